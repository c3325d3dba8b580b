//! Lines of earlier invoices on the same matter.

use super::engagement::Engagement;
use crate::model::{EarlierInvoice, EarlierLine, History, Invoice};

/// Earlier invoices of the matter's client, earliest first. The invoice itself may lie among them, when it is
/// checked again.
pub(super) fn invoices<'a>(
    history: &'a History,
    invoice: &Invoice,
    engagement: &Engagement<'_>,
) -> impl DoubleEndedIterator<Item = &'a EarlierInvoice> {
    let number = invoice.get(invoice.number).trim().to_owned();
    let date = invoice.date.get();
    history
        .of_client(&engagement.client_id)
        .filter(move |earlier| {
            let before = earlier.date.zip(date).is_none_or(|(a, b)| a < b);
            before && earlier.number != number
        })
}

/// The lines of an earlier invoice on the same matter.
pub(super) fn lines<'a>(
    earlier: &'a EarlierInvoice,
    engagement: &'a Engagement<'_>,
) -> impl Iterator<Item = &'a EarlierLine> {
    let wanted = engagement.law_firm_matter_id.as_str();
    earlier.lines.iter().filter(move |line| {
        let matter = earlier.law_firm_matter_ids.get(line.matter as usize);
        !wanted.is_empty() && matter.is_some_and(|matter| matter == wanted)
    })
}
