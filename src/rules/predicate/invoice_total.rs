//! `invoice-total`: INVOICE_TOTAL of the pipe formats is the sum of the written line totals.

use super::amount::shown;
use super::line_sum;
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Field, Hit, Hits, Invoice, RuleId, Safety};
use crate::rules::PackMistake;
use rust_decimal::{Decimal, dec};

struct InvoiceTotal {
    rule: RuleId,
    line_tolerance: Decimal,
}

/// Parameter: `line_tolerance`, the tolerance of the line arithmetic, in the invoice's currency: it decides
/// which line totals count as wrong when a wrong line explains the wrong sum.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(InvoiceTotal {
        rule: params.rule,
        line_tolerance: params.decimal("line_tolerance", dec!(0.01))?,
    }))
}

/// The cell because of which a total of the invoice cannot be judged: the value varies from line to line, or
/// a record could not be read.
pub(super) fn obstacle(invoice: &Invoice, field: Field) -> Option<Cell> {
    let varies = invoice.variations.iter().find(|v| v.field == field);
    varies
        .map(|v| v.other)
        .or_else(|| invoice.unread.first().map(|u| u.record))
}

impl Predicate for InvoiceTotal {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if invoice.format.is_xml() || invoice.lines.is_empty() {
            return;
        }
        let mut unjudged = |cell| hits.unjudged(self.rule, Anchor::Invoice, cell);
        let Some(stated) = invoice.total.get() else {
            if invoice.total.is_unreadable() {
                unjudged(invoice.total.cell);
            }
            return;
        };
        if let Some(cell) = obstacle(invoice, Field::InvoiceTotal) {
            return unjudged(cell);
        }
        let (mut sum, mut tax) = (Decimal::ZERO, Some(Decimal::ZERO));
        for line in &invoice.lines {
            let Some(total) = line.total.get() else {
                if !line.total.is_absent() {
                    unjudged(line.total.cell);
                }
                return;
            };
            let Some(more) = sum.checked_add(total) else {
                return unjudged(line.total.cell);
            };
            sum = more;
            if !line.tax_total.is_blank() {
                tax = tax
                    .zip(line.tax_total.get())
                    .and_then(|(a, b)| a.checked_add(b));
            }
        }
        if sum == stated {
            return;
        }
        if let Some(cell) = self.wrong_line(invoice, stated) {
            return unjudged(cell);
        }
        let net = tax
            .filter(|tax| !tax.is_zero())
            .and_then(|tax| sum.checked_sub(tax));
        let variant = if net == Some(stated) { "is-net" } else { "" };
        let difference = sum.checked_sub(stated).unwrap_or_default().abs();
        let agreed = variant.is_empty() && self.lines_agree(invoice);
        let safety = if agreed { Safety::Safe } else { Safety::Unsafe };
        hits.raise(
            Hit::new(self.rule, Anchor::Invoice)
                .with_safety(safety)
                .everywhere(invoice.format, Field::InvoiceTotal, invoice.total.cell)
                .variant(variant)
                .with("lines", invoice.lines.len())
                .with("difference", shown(difference))
                .with("tax", shown(tax.unwrap_or_default()))
                .expecting(shown(sum)),
        );
    }
}

impl InvoiceTotal {
    /// True where every line comes to its own total: then only the sum can be wrong.
    fn lines_agree(&self, invoice: &Invoice) -> bool {
        let international = invoice.format.is_international();
        invoice.lines.iter().all(|line| {
            line_sum::of(line, international).gross().is_some()
                && line_sum::correction(line, international, self.line_tolerance).is_none()
        })
    }

    /// The first line whose total is wrong, where the corrected totals add up to the stated sum: then the
    /// sum is right and the line is the cause.
    fn wrong_line(&self, invoice: &Invoice, stated: Decimal) -> Option<Cell> {
        let international = invoice.format.is_international();
        let mut first = None;
        let mut sum = Decimal::ZERO;
        for line in &invoice.lines {
            let correction = line_sum::correction(line, international, self.line_tolerance);
            if correction.is_some() {
                first = first.or(Some(line.total.cell));
            }
            sum = sum.checked_add(correction.or(line.total.get())?)?;
        }
        first.filter(|_| sum == stated)
    }
}
