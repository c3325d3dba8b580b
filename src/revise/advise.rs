//! From any LEDES format to Litigation Advisor's three sections, by an insurer's field map.

use super::convert::{Target, convert};
use super::losses::{Losses, why};
use super::money::{Refusal, or_zero};
use crate::formats::parts::{self, Names, Owner};
use crate::formats::write::Dialect;
use crate::formats::write::advisor::{AdvisorForm, Sequence};
use crate::model::{Field, Invoice, LedesFormat, LineKind};

/// Writes one bill, reads it again, and notes what it does not hold.
///
/// # Errors
/// What could not be read in the invoice, or is refused by the format.
pub fn advise(
    invoice: Invoice,
    form: &AdvisorForm,
    sequence: Sequence,
    losses: &mut Losses,
) -> Result<Vec<u8>, Refusal> {
    let source = invoice.format;
    let target = Target::new(LedesFormat::L1998BIV2, Dialect::default(), None)?;
    let mut lost = Losses::default();
    let shaped = convert(invoice, &target, &mut lost)?;
    if let Some(tax) = shaped.tax_total.get().filter(|t| !t.is_zero()) {
        return Err(Refusal::new(format!(
            "it bills {tax} of tax, and the format has no known place for tax; convert it to 1998BI-V2 or XML"
        )));
    }
    let bytes = form.bill(&shaped, sequence).map_err(Refusal::new)?;
    let sections = form.read(&bytes).map_err(Refusal::new)?;
    let of = |kind: LineKind| {
        let lines = shaped.lines.iter();
        lines.filter(|l| l.kind.get() == Some(kind)).count()
    };
    if sections.fees.len() != of(LineKind::Fee) || sections.expenses.len() != of(LineKind::Expense)
    {
        return Err(Refusal::new(
            "the bill does not read back as it was written; look at the delimiter and the headings of the field map",
        ));
    }
    parts::visit(&shaped, &mut |owner: Owner, names: &Names, content| {
        // What the source has no column for was only reckoned on the way.
        let own = source.is_xml() || parts::has_place(source, owner, names);
        if content.is_blank() || !own {
            return;
        }
        let Some(field) = Field::of_column(names.pipe) else {
            return;
        };
        let held = match owner {
            Owner::Expense => form.holds(field, LineKind::Expense) && field != Field::TaskCode,
            Owner::Fee => form.holds(field, LineKind::Fee),
            _ => form.holds(field, LineKind::Fee) || form.holds(field, LineKind::Expense),
        };
        // Sums and zeros that 1998BI has beside the lines.
        let said = matches!(
            field,
            Field::InvoiceNetTotal | Field::InvoiceTaxTotal | Field::TaxRate | Field::TaxTotal
        );
        let zero = matches!(content, parts::Content::Number(n) if or_zero(n).is_zero());
        if !held && !said && !zero {
            lost.note(source, owner, names, why::NO_PLACE);
        }
    });
    losses.add(lost);
    Ok(bytes)
}
