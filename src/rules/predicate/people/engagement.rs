//! Whose matter a line is on, as the firm's lists name it.

use crate::model::lists::FirmMatter;
use crate::model::{Invoice, Line, Lists, Matter};

/// A matter of an invoice with what the lists say of it.
pub(in crate::rules::predicate) struct Engagement<'a> {
    /// CLIENT_ID of the invoice.
    pub client_id: String,
    /// The firm's number; where the invoice has none, the one the list of matters has beside the client's number.
    pub law_firm_matter_id: String,
    /// The matter on the firm's list.
    pub listed: Option<&'a FirmMatter>,
    /// ISO 4217, in capitals. Where the format names none: the matter's, else the client's only one. Empty: unknown.
    pub currency: String,
}

/// One for each matter of the invoice, in their order.
pub(in crate::rules::predicate) fn engagements<'a>(
    invoice: &Invoice,
    lists: &'a Lists,
) -> Vec<Engagement<'a>> {
    let matters = invoice.matters.iter();
    matters.map(|m| Engagement::of(invoice, m, lists)).collect()
}

impl<'a> Engagement<'a> {
    fn of(invoice: &Invoice, matter: &Matter, lists: &'a Lists) -> Self {
        let text = |cell| invoice.get(cell).trim().to_owned();
        let client_id = text(invoice.client.client_id);
        let number = text(matter.law_firm_matter_id);
        let of_client = text(matter.client_matter_id);
        let listed = lists.matter(&client_id, &number).or_else(|| {
            let mut rows = lists.matters.of(&client_id);
            rows.find(|row| !of_client.is_empty() && row.client_matter_id == of_client)
        });
        let currency = match text(invoice.currency) {
            known if !known.is_empty() => known,
            _ => lists.currency(&client_id, listed).unwrap_or_default(),
        };
        Self {
            law_firm_matter_id: match listed {
                Some(row) if number.is_empty() => row.law_firm_matter_id.clone(),
                _ => number,
            },
            client_id,
            listed,
            currency: currency.to_ascii_uppercase(),
        }
    }

    /// What the matter is called in messages.
    pub fn name(&self) -> &str {
        match self.law_firm_matter_id.as_str() {
            "" => "of this invoice",
            number => number,
        }
    }

    /// True where money of a list in `currency` (empty: not said) is money of this invoice. A list that names a
    /// currency says nothing about an invoice in another.
    pub fn is_in(&self, currency: &str) -> bool {
        currency.is_empty()
            || self.currency.is_empty()
            || currency.eq_ignore_ascii_case(&self.currency)
    }
}

/// The engagement of a line.
pub(in crate::rules::predicate) fn of_line<'e, 'a>(
    engagements: &'e [Engagement<'a>],
    line: &Line,
) -> Option<&'e Engagement<'a>> {
    engagements.get(line.matter as usize)
}
