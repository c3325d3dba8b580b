//! `currency-or-tax-not-agreed`: a currency or a rate of tax the client does not take (reference
//! guideline-rules.csv, currency-or-tax-not-agreed).

use super::{client_of, listed};
use crate::model::lists::FirmClient;
use crate::model::{Anchor, Cell, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::places::on_invoice;
use crate::rules::predicate::{Judging, Params, Predicate};
use rust_decimal::Decimal;
use rustc_hash::FxHashSet;

struct AgreedCurrency {
    rule: RuleId,
}

/// No parameters.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(AgreedCurrency { rule: params.rule }))
}

impl Predicate for AgreedCurrency {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        if !lists.clients.is_loaded() && !lists.matters.is_loaded() {
            return hits.lacking(self.rule, "no list of clients loaded");
        }
        let Some(client) = client_of(invoice) else {
            return;
        };
        let row = lists.clients.of(client).next();
        self.currency(invoice, judging, row, hits);
        if let Some(row) = row.filter(|row| !row.tax_rates.is_empty()) {
            self.taxes(invoice, row, hits);
        }
    }
}

impl AgreedCurrency {
    /// A matter's own currency goes before what the client takes.
    fn currency(
        &self,
        invoice: &Invoice,
        judging: &Judging,
        row: Option<&FirmClient>,
        hits: &mut Hits,
    ) {
        let found = invoice.text.raw(invoice.currency).trim();
        if found.is_empty() {
            return;
        }
        for matter in &invoice.matters {
            let own = listed(&judging.lists, invoice, matter).map(|row| row.currency.as_str());
            let taken: Vec<&str> = match (own.filter(|own| !own.is_empty()), row) {
                (Some(own), _) => vec![own],
                (None, Some(row)) => row.currencies.iter().map(String::as_str).collect(),
                (None, None) => continue,
            };
            if taken.is_empty() || taken.iter().any(|c| c.eq_ignore_ascii_case(found)) {
                continue;
            }
            let hit = Hit::new(self.rule, Anchor::Invoice)
                .with("found", found)
                .with("taken", taken.join(", "));
            // One currency is one cause, however many matters there are.
            return hits.raise(on_invoice(
                hit,
                invoice,
                Field::InvoiceCurrency,
                invoice.currency,
            ));
        }
    }

    fn taxes(&self, invoice: &Invoice, row: &FirmClient, hits: &mut Hits) {
        let taken: Vec<String> = row.tax_rates.iter().map(|rate| percent(*rate)).collect();
        let hit = |hit: Hit, rate: Decimal, field: &'static str, cell: Cell| {
            hit.variant("tax")
                .with("rate", percent(rate))
                .with("taken", taken.join(", "))
                .at_name(field, cell)
        };
        // No tax on a line is no other rate; what is above 1 was meant as per cent: `tax-rate-as-percent`.
        let refused = |rate: Decimal| {
            rate > Decimal::ZERO && rate <= Decimal::ONE && !row.tax_rates.contains(&rate)
        };
        let field = invoice.name(Field::TaxRate);
        if !invoice.format.is_xml() {
            for (index, line) in invoice.lines.iter().enumerate() {
                if let Some(rate) = line.tax_rate.get().filter(|rate| refused(*rate)) {
                    let on_line = Hit::on_line(self.rule, index);
                    hits.raise(hit(on_line, rate, field, line.tax_rate.cell));
                }
            }
            return;
        }
        let details = invoice.lines.iter().filter_map(|line| line.detail.as_ref());
        let used: FxHashSet<&str> = details
            .flat_map(|detail| detail.tax_ids.iter().copied())
            .chain(
                invoice
                    .matters
                    .iter()
                    .flat_map(|m| m.tax_summaries.iter().map(|s| s.tax_id)),
            )
            .map(|cell| invoice.text.raw(cell).trim())
            .collect();
        for tax in &invoice.taxes {
            // A withholding tax is no charge on the client.
            let withheld = invoice
                .text
                .raw(tax.increase_decrease)
                .eq_ignore_ascii_case("Decrease");
            if withheld || !used.contains(invoice.text.raw(tax.id).trim()) {
                continue;
            }
            if let Some(rate) = tax.rate.get().filter(|rate| refused(*rate)) {
                let on_invoice = Hit::new(self.rule, Anchor::Invoice);
                hits.raise(hit(on_invoice, rate, field, tax.rate.cell));
            }
        }
    }
}

/// A share as a percentage.
fn percent(share: Decimal) -> String {
    let number = share.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(share);
    format!("{} %", number.normalize())
}
