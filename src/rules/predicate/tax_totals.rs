//! `tax-totals`: in 1998BI, INVOICE_TAX_TOTAL is the sum of the line taxes, and INVOICE_NET_TOTAL is
//! INVOICE_TOTAL less INVOICE_TAX_TOTAL.

use super::amount::{in_place_of, near, shown};
use super::invoice_total::obstacle;
use super::line_sum::{self, LineSum};
use super::line_tax::exact_tax;
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Field, Hit, Hits, Invoice, RuleId, Value};
use crate::rules::PackMistake;
use rust_decimal::{Decimal, dec};

struct TaxTotals {
    rule: RuleId,
    tolerance: Decimal,
}

/// Parameter: `tolerance`, that of the line taxes, in the invoice's currency.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TaxTotals {
        rule: params.rule,
        tolerance: params.decimal("tolerance", dec!(0.01))?,
    }))
}

impl Predicate for TaxTotals {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if !invoice.format.is_international() || invoice.lines.is_empty() {
            return;
        }
        self.judge_tax(invoice, hits);
        self.judge_net(invoice, hits);
    }
}

impl TaxTotals {
    fn unjudged(&self, cell: Cell, hits: &mut Hits) {
        hits.unjudged(self.rule, Anchor::Invoice, cell);
    }

    /// A total of the invoice; says why where it cannot be judged.
    fn stated(&self, value: &Value<Decimal>, hits: &mut Hits) -> Option<Decimal> {
        if value.is_unreadable() {
            self.unjudged(value.cell, hits);
        }
        value.get()
    }

    fn judge_tax(&self, invoice: &Invoice, hits: &mut Hits) {
        let Some(stated) = self.stated(&invoice.tax_total, hits) else {
            return;
        };
        if let Some(cell) = obstacle(invoice, Field::InvoiceTaxTotal) {
            return self.unjudged(cell, hits);
        }
        let mut sum = Decimal::ZERO;
        let mut blank = None;
        for line in &invoice.lines {
            match line.tax_total.get() {
                Some(tax) => match sum.checked_add(tax) {
                    Some(more) => sum = more,
                    None => return self.unjudged(line.tax_total.cell, hits),
                },
                None if line.tax_total.is_absent() => return,
                None if line.tax_total.is_blank() => blank = blank.or(Some(line.tax_total.cell)),
                None => return self.unjudged(line.tax_total.cell, hits),
            }
        }
        if sum == stated {
            return;
        }
        if let Some(cell) = blank.or_else(|| self.wrong_line(invoice, stated)) {
            return self.unjudged(cell, hits);
        }
        hits.raise(
            Hit::new(self.rule, Anchor::Invoice)
                .everywhere(
                    invoice.format,
                    Field::InvoiceTaxTotal,
                    invoice.tax_total.cell,
                )
                .variant("total")
                .expecting(shown(sum)),
        );
    }

    /// The first line whose tax is wrong, where the corrected taxes add up to the stated total.
    fn wrong_line(&self, invoice: &Invoice, stated: Decimal) -> Option<Cell> {
        let mut first = None;
        let mut sum = Decimal::ZERO;
        for line in &invoice.lines {
            let mut tax = line.tax_total.get()?;
            if let Some(exact) = exact_tax(line)
                && !near(exact, tax, self.tolerance)
            {
                first = first.or(Some(line.tax_total.cell));
                tax = in_place_of(exact, tax);
            }
            sum = sum.checked_add(tax)?;
        }
        first.filter(|_| sum == stated)
    }

    fn judge_net(&self, invoice: &Invoice, hits: &mut Hits) {
        let Some(stated) = self.stated(&invoice.net_total, hits) else {
            return;
        };
        let (Some(total), Some(tax)) = (
            self.stated(&invoice.total, hits),
            self.stated(&invoice.tax_total, hits),
        ) else {
            return;
        };
        let varying = [
            Field::InvoiceNetTotal,
            Field::InvoiceTotal,
            Field::InvoiceTaxTotal,
        ];
        if let Some(v) = invoice
            .variations
            .iter()
            .find(|v| varying.contains(&v.field))
        {
            return self.unjudged(v.other, hits);
        }
        let Some(expected) = total.checked_sub(tax) else {
            return;
        };
        if expected == stated {
            return;
        }
        // A net total that is the sum of the lines' net amounts is right; another total is wrong and has
        // been said.
        if let Some((totals, taxes)) = line_sums(invoice)
            && totals.checked_sub(taxes) == Some(stated)
        {
            let cause = match tax == taxes {
                true => invoice.total.cell,
                false => invoice.tax_total.cell,
            };
            return self.unjudged(cause, hits);
        }
        if worked_out_net(invoice) == Some(stated) {
            return self.unjudged(invoice.total.cell, hits);
        }
        hits.raise(
            Hit::new(self.rule, Anchor::Invoice)
                .everywhere(
                    invoice.format,
                    Field::InvoiceNetTotal,
                    invoice.net_total.cell,
                )
                .variant("net")
                .with("total", shown(total))
                .with("tax", shown(tax))
                .expecting(shown(expected)),
        );
    }
}

/// Sums of the line totals and of the line taxes.
fn line_sums(invoice: &Invoice) -> Option<(Decimal, Decimal)> {
    if !invoice.unread.is_empty() {
        return None;
    }
    let mut sums = (Decimal::ZERO, Decimal::ZERO);
    for line in &invoice.lines {
        sums.0 = sums.0.checked_add(line.total.get()?)?;
        sums.1 = sums
            .1
            .checked_add(line.tax_total.get().unwrap_or_default())?;
    }
    Some(sums)
}

/// Sum of what units, unit costs and adjustments of the lines make, whatever their totals say.
fn worked_out_net(invoice: &Invoice) -> Option<Decimal> {
    invoice
        .lines
        .iter()
        .try_fold(Decimal::ZERO, |sum, line| match line_sum::of(line, true) {
            LineSum::Is { net, .. } => sum.checked_add(net),
            _ => None,
        })
}
