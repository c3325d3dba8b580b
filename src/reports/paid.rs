//! What clients paid as tables for spreadsheets and other programs: payments that are known, and rows of remittances.

use super::sheet::columns;
use crate::store::{InvoiceRow, PaymentRow, RemittanceRow};
use rust_decimal::Decimal;
use serde::Serialize;

/// A payment that is known.
#[derive(Serialize)]
pub struct KnownPayment {
    /// INVOICE_NUMBER.
    pub invoice_number: String,
    /// CLIENT_ID.
    pub client_id: String,
    /// LAW_FIRM_MATTER_ID.
    pub law_firm_matter_id: String,
    /// LINE_ITEM_NUMBER; empty: the invoice as a whole.
    pub line_item_number: String,
    /// How much; below nothing where money was taken back.
    pub amount: Decimal,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// Its day, ISO; empty where nobody said.
    pub paid_on: String,
    /// Cheque, wire, in the payer's word.
    pub kind: String,
    /// Number of the cheque or of the transfer.
    pub reference: String,
    /// `answer` (of a portal) or `remittance`.
    pub source: String,
}

impl From<&(PaymentRow, InvoiceRow)> for KnownPayment {
    fn from((payment, invoice): &(PaymentRow, InvoiceRow)) -> Self {
        Self {
            invoice_number: invoice.number.clone(),
            client_id: invoice.client.clone(),
            law_firm_matter_id: invoice.matter.clone(),
            line_item_number: payment.item.clone().unwrap_or_default(),
            amount: payment.amount,
            currency: payment.currency.clone(),
            paid_on: payment.day.clone().unwrap_or_default(),
            kind: payment.kind.clone(),
            reference: payment.reference.clone(),
            source: payment.source.clone(),
        }
    }
}

columns! {
    KnownPayment:
    invoice_number text, client_id text, law_firm_matter_id text, line_item_number text, amount,
    currency text, paid_on text, kind text, reference text, source
}

columns! {
    RemittanceRow:
    id, document, place text, number text, client_number text, client text, item perhaps, amount,
    currency text, day, kind text, reference text, status, invoice, why text, decided_by perhaps,
    received_ms, changed_ms
}

#[cfg(test)]
mod tests {
    use super::super::sheet::tests::names_agree;
    use super::*;

    #[test]
    fn tables_are_headed_as_their_rows_are_named() {
        let pair = (PaymentRow::default(), InvoiceRow::default());
        names_agree(KnownPayment::from(&pair));
        names_agree(RemittanceRow::default());
    }
}
