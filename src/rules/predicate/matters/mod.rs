//! Matters and clients against the firm's lists: on file, open, budgeted, ready at the portal, agreed currency.
//! Not here: expenses, and what needs earlier invoices.

pub(super) mod agreed_currency;
pub(super) mod budget_missing;
pub(super) mod client_pack;
pub(super) mod engagement_dates;
pub(super) mod final_invoice;
pub(super) mod matter_on_file;
pub(super) mod readiness;

use crate::model::lists::FirmMatter;
use crate::model::{Invoice, Lists, Matter};

/// CLIENT_ID as it stands in the invoice; `None` where it is blank.
pub(super) fn client_of(invoice: &Invoice) -> Option<&str> {
    let id = invoice.text.raw(invoice.client.client_id).trim();
    (!id.is_empty()).then_some(id)
}

/// The firm's number of a matter; `None` where it is blank.
pub(super) fn number_of<'a>(invoice: &'a Invoice, matter: &Matter) -> Option<&'a str> {
    let id = invoice.text.raw(matter.law_firm_matter_id).trim();
    (!id.is_empty()).then_some(id)
}

/// The row of the list of matters for a matter of the invoice: by the firm's number, or where the invoice has
/// none by the client's. Of several rows with one number that with the same client's number.
pub(super) fn listed<'a>(
    lists: &'a Lists,
    invoice: &Invoice,
    matter: &Matter,
) -> Option<&'a FirmMatter> {
    let client = client_of(invoice)?;
    let clients_own = invoice.text.raw(matter.client_matter_id).trim();
    let by_client = |row: &&FirmMatter| row.client_matter_id == clients_own;
    match number_of(invoice, matter) {
        Some(own) => {
            let rows = || lists.matters.of(client);
            let mut same = rows().filter(|row| row.law_firm_matter_id == own);
            let first = same.next()?;
            if by_client(&first) {
                return Some(first);
            }
            Some(same.find(by_client).unwrap_or(first))
        }
        None if clients_own.is_empty() => None,
        None => lists.matters.of(client).find(by_client),
    }
}
