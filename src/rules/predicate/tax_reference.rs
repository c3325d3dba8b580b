//! `tax-reference`: every tax an XML invoice names is defined and summed up, and tiered and withholding taxes
//! are used the way they may be.

use super::places::matter_name;
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Family, Hit, Hits, Invoice, Line, Matter, RuleId, Tax};
use crate::rules::PackMistake;
use rustc_hash::{FxHashMap, FxHashSet};

struct TaxReference {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TaxReference { rule: params.rule }))
}

/// The file's taxes by their `tx_id`.
type Taxes<'a> = FxHashMap<&'a str, &'a Tax>;

/// Where a matter uses a tax first.
type Used<'a> = FxHashMap<&'a str, Cell>;

pub(super) fn taxes(invoice: &Invoice) -> Taxes<'_> {
    let raw = |tax: &Tax| invoice.text.raw(tax.id);
    let mut taxes = Taxes::default();
    for tax in &invoice.taxes {
        taxes.entry(raw(tax)).or_insert(tax);
    }
    taxes
}

/// True for a tax with tiers.
pub(super) fn is_tiered(invoice: &Invoice, tax: &Tax) -> bool {
    invoice.text.raw(tax.tiers).eq_ignore_ascii_case("Y")
}

/// True for a withholding tax.
pub(super) fn is_withheld(invoice: &Invoice, tax: &Tax) -> bool {
    let word = invoice.text.raw(tax.increase_decrease);
    word.eq_ignore_ascii_case("Decrease")
}

impl Predicate for TaxReference {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if invoice.format.family() != Family::Xml2 || !invoice.whole {
            return;
        }
        let taxes = taxes(invoice);
        self.judge_taxes(invoice, &taxes, hits);
        let mut used: Vec<Used<'_>> = vec![Used::default(); invoice.matters.len()];
        for (index, line) in invoice.lines.iter().enumerate() {
            self.judge_item(invoice, &taxes, &mut used, index, line, hits);
        }
        for (index, matter) in invoice.matters.iter().enumerate() {
            self.judge_matter(invoice, &taxes, &mut used[index], index, matter, hits);
        }
        let tiers = invoice.tax_tiers.iter().map(|t| t.tax_id);
        let summaries = invoice.tax_tier_summaries.iter().map(|t| t.tax_id);
        for cell in tiers.chain(summaries) {
            self.known(invoice, &taxes, Anchor::Invoice, "tx_id", cell, hits);
        }
    }
}

impl TaxReference {
    /// The tax a cell refers to; says so where there is none.
    fn known<'a>(
        &self,
        invoice: &Invoice,
        taxes: &Taxes<'a>,
        anchor: Anchor,
        name: &'static str,
        cell: Cell,
        hits: &mut Hits,
    ) -> Option<&'a Tax> {
        if cell.is_blank() {
            return None;
        }
        let tax = taxes.get(invoice.text.raw(cell)).copied();
        if tax.is_none() {
            hits.raise(Hit::new(self.rule, anchor).at_name(name, cell));
        }
        tax
    }

    fn judge_taxes(&self, invoice: &Invoice, taxes: &Taxes<'_>, hits: &mut Hits) {
        let hit = || Hit::new(self.rule, Anchor::Invoice);
        let raw = |cell| invoice.text.raw(cell);
        for tax in &invoice.taxes {
            if is_tiered(invoice, tax) {
                if invoice.matters.len() > 1 {
                    hits.raise(
                        hit()
                            .at_name("tx_id", tax.id)
                            .variant("tiered-matters")
                            .with("matters", invoice.matters.len()),
                    );
                }
                if tax.rate.get().is_some_and(|rate| !rate.is_zero()) {
                    hits.raise(
                        hit()
                            .at_name("tax_rate_percent", tax.rate.cell)
                            .variant("tiered-rate")
                            .with("tax", raw(tax.id)),
                    );
                }
            }
            self.known(
                invoice,
                taxes,
                Anchor::Invoice,
                "tax_on_tax_id",
                tax.on_tax_id,
                hits,
            );
            if leads_to_itself(invoice, taxes, tax) {
                hits.raise(
                    hit()
                        .at_name("tax_on_tax_id", tax.on_tax_id)
                        .variant("circle")
                        .with("tax", raw(tax.id)),
                );
            }
        }
    }

    fn judge_item<'a>(
        &self,
        invoice: &'a Invoice,
        taxes: &Taxes<'_>,
        used: &mut [Used<'a>],
        index: usize,
        line: &'a Line,
        hits: &mut Hits,
    ) {
        let ids = line.detail.iter().flat_map(|d| &d.tax_ids);
        for cell in ids.copied() {
            let anchor = Anchor::Line(index as u32);
            let Some(tax) = self.known(invoice, taxes, anchor, "tx_id", cell, hits) else {
                continue;
            };
            if is_withheld(invoice, tax) {
                let hit = Hit::on_line(self.rule, index).at_name("tx_id", cell);
                hits.raise(hit.variant("withheld-on-item"));
            } else if let Some(used) = used.get_mut(line.matter as usize) {
                used.entry(invoice.text.raw(cell)).or_insert(cell);
            }
        }
    }

    fn judge_matter<'a>(
        &self,
        invoice: &'a Invoice,
        taxes: &Taxes<'_>,
        used: &mut Used<'a>,
        index: usize,
        matter: &'a Matter,
        hits: &mut Hits,
    ) {
        let anchor = Anchor::Matter(index as u32);
        for cell in matter.discounts.iter().flat_map(|d| &d.tax_ids).copied() {
            if self
                .known(invoice, taxes, anchor, "tx_id", cell, hits)
                .is_some()
            {
                used.entry(invoice.text.raw(cell)).or_insert(cell);
            }
        }
        if !matter.complete {
            return;
        }
        let hit = |cell, variant| {
            Hit::new(self.rule, anchor)
                .at_name("tx_id", cell)
                .variant(variant)
                .with("matter", matter_name(invoice, index))
        };
        let mut summed: FxHashSet<&str> = FxHashSet::default();
        for summary in &matter.tax_summaries {
            let id = invoice.text.raw(summary.tax_id);
            summed.insert(id);
            let Some(tax) = self.known(invoice, taxes, anchor, "tx_id", summary.tax_id, hits)
            else {
                continue;
            };
            // Withholding and tiered taxes bear on totals; one that comes to nothing misleads nobody.
            let own_way = is_withheld(invoice, tax) || is_tiered(invoice, tax);
            let amounts = [summary.tax_on_fees.get(), summary.tax_on_expenses.get()];
            let has_amount = amounts.iter().flatten().any(|a| !a.is_zero());
            if !own_way && has_amount && !used.contains_key(id) {
                hits.raise(hit(summary.tax_id, "unused"));
            }
        }
        let mut missing: Vec<Cell> = used
            .iter()
            .filter(|(id, _)| !summed.contains(*id))
            .map(|(_, cell)| *cell)
            .collect();
        missing.sort_by_key(|cell| cell.start());
        for cell in missing {
            hits.raise(hit(cell, "no-summary"));
        }
    }
}

/// True where following `tax_on_tax_id` comes back to the tax it began with.
fn leads_to_itself(invoice: &Invoice, taxes: &Taxes<'_>, tax: &Tax) -> bool {
    let raw = |cell| invoice.text.raw(cell);
    let mut at = tax;
    // No way through the taxes is longer than there are taxes, and none needs to be followed very far.
    for _ in 0..taxes.len().min(100) {
        if at.on_tax_id.is_blank() {
            return false;
        }
        match taxes.get(raw(at.on_tax_id)) {
            None => return false,
            Some(next) if raw(next.id) == raw(tax.id) => return true,
            Some(next) => at = next,
        }
    }
    false
}
