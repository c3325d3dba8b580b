//! Money that came, as rows.

use super::conditions::{Conditions, asked};
use super::db::on;
use super::invoices::amount;
use super::{StoreError, Tx};
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::Row;

/// Money that came for an invoice, or for one of its lines.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct PaymentRow {
    /// Follows from invoice, line, amount, reference and its place among equals.
    pub id: String,
    /// The invoice's id.
    pub invoice: String,
    /// LINE_ITEM_NUMBER; `None`: the invoice as a whole.
    pub item: Option<String>,
    /// How much.
    pub amount: Decimal,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// Cheque, wire, in the payer's word; empty where not said.
    pub kind: String,
    /// Number of the cheque or of the transfer; empty where not said.
    pub reference: String,
    /// Its day, ISO; `None` where not said.
    pub day: Option<String>,
    /// `answer` or `remittance`.
    pub source: String,
    /// SHA-256 of the answer, or of the remittance's row as it is kept.
    pub document: String,
    /// When it was heard of, in milliseconds since 1970.
    pub heard_ms: i64,
}

/// Which payments; what is not set asks for nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PaymentFilter {
    /// Of this invoice.
    pub invoice: Option<String>,
    /// From `answer` or `remittance`.
    pub source: Option<String>,
    /// Of one of these clients; with nothing in the list, none.
    pub clients: Option<Vec<String>>,
}

macro_rules! payment {
    ($row:expr) => {{
        let row = $row;
        PaymentRow {
            id: row.try_get("id")?,
            invoice: row.try_get("invoice")?,
            item: row.try_get("item")?,
            amount: amount(row.try_get("amount")?)?,
            currency: row.try_get("currency")?,
            kind: row.try_get("kind")?,
            reference: row.try_get("reference")?,
            day: row.try_get("day")?,
            source: row.try_get("source")?,
            document: row.try_get("document")?,
            heard_ms: row.try_get("heard_ms")?,
        }
    }};
}

impl Tx {
    /// Payments, in the order they were heard of.
    ///
    /// # Errors
    /// The database fails.
    pub async fn payments(
        &mut self,
        filter: &PaymentFilter,
    ) -> Result<Vec<PaymentRow>, StoreError> {
        const SQL: &str = "SELECT id, invoice, item, amount, currency, kind, reference, day, source, document, \
                           heard_ms FROM payment";
        let mut asked = Conditions::of(SQL);
        asked.are([
            ("invoice", filter.invoice.as_ref()),
            ("source", filter.source.as_ref()),
        ]);
        asked.of_clients(filter.clients.as_deref());
        let asked = asked.ordered("heard_ms, invoice, id", None);
        on!(self, c => {
            let rows = asked!(asked).fetch_all(c).await?;
            rows.iter().map(|row| Ok(payment!(row))).collect()
        })
    }

    /// Adds a payment; false where it was there already, which changes nothing.
    ///
    /// # Errors
    /// The database fails, or there is no such invoice.
    pub async fn add_payment(&mut self, row: &PaymentRow) -> Result<bool, StoreError> {
        const SQL: &str = "INSERT INTO payment (id, invoice, item, amount, currency, kind, reference, day, source, \
            document, heard_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING";
        let p = row;
        Ok(on!(self, c => {
            let done = sqlx::query(SQL)
                .bind(&p.id).bind(&p.invoice).bind(&p.item).bind(p.amount.to_string()).bind(&p.currency)
                .bind(&p.kind).bind(&p.reference).bind(&p.day).bind(&p.source).bind(&p.document).bind(p.heard_ms)
                .execute(c).await?;
            done.rows_affected() == 1
        }))
    }
}
