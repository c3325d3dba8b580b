//! What clients paid as tables for spreadsheets and other programs: payments that are known, and rows of remittances.

use super::sheet::SheetRow;
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

impl SheetRow for KnownPayment {
    const COLUMNS: &'static [&'static str] = &[
        "invoice_number",
        "client_id",
        "law_firm_matter_id",
        "line_item_number",
        "amount",
        "currency",
        "paid_on",
        "kind",
        "reference",
        "source",
    ];

    fn texts(&mut self) -> Vec<&mut String> {
        vec![
            &mut self.invoice_number,
            &mut self.client_id,
            &mut self.law_firm_matter_id,
            &mut self.line_item_number,
            &mut self.currency,
            &mut self.paid_on,
            &mut self.kind,
            &mut self.reference,
        ]
    }
}

impl SheetRow for RemittanceRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "document",
        "place",
        "number",
        "client_number",
        "client",
        "item",
        "amount",
        "currency",
        "day",
        "kind",
        "reference",
        "status",
        "invoice",
        "why",
        "decided_by",
        "received_ms",
        "changed_ms",
    ];

    fn texts(&mut self) -> Vec<&mut String> {
        let mut texts = vec![
            &mut self.place,
            &mut self.number,
            &mut self.client_number,
            &mut self.client,
            &mut self.currency,
            &mut self.kind,
            &mut self.reference,
            &mut self.why,
        ];
        texts.extend(&mut self.item);
        texts.extend(&mut self.decided_by);
        texts
    }
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
