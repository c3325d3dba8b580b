//! An invoice of several matters as one invoice a matter.

use super::number::NumberPattern;
use super::{divisible, proven, sum_up};
use crate::model::Invoice;
use crate::revise::money::Refusal;
use std::collections::BTreeSet;

/// One invoice for each matter, in the order met, with the totals of its own lines; in XML with what is due for it. An invoice of one matter stays as it
/// is, with its number.
///
/// # Errors
/// Something in it could not be read or does not add up; a line that names no matter; numbers that are not new.
pub fn by_matter(invoice: &Invoice, numbers: &NumberPattern) -> Result<Vec<Invoice>, Refusal> {
    if invoice.matters.len() < 2 {
        return Ok(vec![invoice.clone()]);
    }
    let whole = divisible(invoice)?;
    let mut seen = BTreeSet::new();
    for matter in &invoice.matters {
        let id = invoice.get(matter.law_firm_matter_id);
        if id.trim().is_empty() || !seen.insert(id.trim().to_owned()) {
            return Err(Refusal::new(
                "a line names no matter (LAW_FIRM_MATTER_ID), so that it is not known whose it is",
            ));
        }
    }
    let mut parts: Vec<Invoice> = Vec::with_capacity(invoice.matters.len());
    for index in 0..invoice.matters.len() {
        let mut part = invoice.clone();
        part.lines.retain(|line| line.matter as usize == index);
        for line in &mut part.lines {
            line.matter = 0;
        }
        part.matters = vec![invoice.matters[index].clone()];
        part.variations.clear();
        sum_up(&mut part)?;
        parts.push(part);
    }
    numbers.number(&invoice.get(invoice.number), &mut parts)?;
    proven(whole, &parts)?;
    Ok(parts)
}
