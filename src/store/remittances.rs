//! What clients' remittances say, as rows, and the reminders that were drafted.

use super::conditions::{Conditions, asked};
use super::db::on;
use super::invoices::amount;
use super::{StoreError, Tx};
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::{AssertSqlSafe, Row};

/// A row of a remittance.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct RemittanceRow {
    /// Follows from what the row says, whatever file it stood in.
    pub id: String,
    /// SHA-256 of the file it came in first.
    pub document: String,
    /// Name of the file and row.
    pub place: String,
    /// INVOICE_NUMBER as it was said; empty where it was not.
    pub number: String,
    /// The client's or portal's own number of the invoice; empty where it was not said.
    pub client_number: String,
    /// CLIENT_ID as it was said; empty where it was not.
    pub client: String,
    /// LINE_ITEM_NUMBER; `None`: the invoice as a whole.
    pub item: Option<String>,
    /// How much; below nothing where money was taken back.
    pub amount: Decimal,
    /// ISO 4217; empty where it was not said.
    pub currency: String,
    /// The day of the payment, ISO.
    pub day: String,
    /// Cheque, wire, in the payer's word; empty where not said.
    pub kind: String,
    /// Number of the cheque or of the transfer; empty where not said.
    pub reference: String,
    /// `taken`, `unmatched`, `ambiguous`, `doubtful`, `put aside`.
    pub status: String,
    /// The id of the invoice it was applied to, the first of several, or the one that may be meant.
    pub invoice: Option<String>,
    /// Why it waits, in sentences; empty: it does not.
    pub why: String,
    /// Who decided, where a person did.
    pub decided_by: Option<String>,
    /// Why it was decided so, sealed (`Store::unseal`); empty where nobody said, or after a purge.
    #[serde(skip)]
    pub reason: String,
    /// When it was brought here, in milliseconds since 1970.
    pub received_ms: i64,
    /// When the row changed.
    pub changed_ms: i64,
}

/// Which rows; what is not set asks for nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RemittanceFilter {
    /// Whose id begins so.
    pub id: Option<String>,
    /// In one of these; with nothing in the list, any.
    pub statuses: Vec<&'static str>,
    /// Of this invoice.
    pub invoice: Option<String>,
    /// No more than so many.
    pub limit: Option<i64>,
}

/// That a reminder was drafted.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ReminderRow {
    /// The invoice's id.
    pub invoice: String,
    /// For which number of days.
    pub days: i64,
    /// What was asked for.
    pub amount: Decimal,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// By whom.
    pub drafted_by: String,
    /// When, in milliseconds since 1970.
    pub drafted_ms: i64,
    /// SHA-256 of the draft.
    pub letter: String,
}

const COLUMNS: &str = "id, document, place, number, client_number, client, item, amount, currency, day, kind, reference, \
                       status, invoice, why, decided_by, reason, received_ms, changed_ms";

macro_rules! remittance {
    ($row:expr) => {{
        let row = $row;
        RemittanceRow {
            id: row.try_get("id")?,
            document: row.try_get("document")?,
            place: row.try_get("place")?,
            number: row.try_get("number")?,
            client_number: row.try_get("client_number")?,
            client: row.try_get("client")?,
            item: row.try_get("item")?,
            amount: amount(row.try_get("amount")?)?,
            currency: row.try_get("currency")?,
            day: row.try_get("day")?,
            kind: row.try_get("kind")?,
            reference: row.try_get("reference")?,
            status: row.try_get("status")?,
            invoice: row.try_get("invoice")?,
            why: row.try_get("why")?,
            decided_by: row.try_get("decided_by")?,
            reason: row.try_get("reason")?,
            received_ms: row.try_get("received_ms")?,
            changed_ms: row.try_get("changed_ms")?,
        }
    }};
}

impl Tx {
    /// Rows of remittances, the latest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn remittances(
        &mut self,
        filter: &RemittanceFilter,
    ) -> Result<Vec<RemittanceRow>, StoreError> {
        let mut asked = Conditions::of(&format!("SELECT {COLUMNS} FROM remittance"));
        if let Some(id) = &filter.id {
            asked.id_begins(id);
        }
        asked.are([("invoice", filter.invoice.as_ref())]);
        if !filter.statuses.is_empty() {
            asked.any("status", &filter.statuses);
        }
        let asked = asked.ordered("received_ms DESC, day DESC, id", filter.limit);
        on!(self, c => {
            let rows = asked!(asked).fetch_all(c).await?;
            rows.iter().map(|row| Ok(remittance!(row))).collect()
        })
    }

    /// The row with an id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn remittance(&mut self, id: &str) -> Result<Option<RemittanceRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM remittance WHERE id = $1");
        Ok(on!(self, c => {
            match sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(c).await? {
                Some(row) => Some(remittance!(&row)),
                None => None,
            }
        }))
    }

    /// Writes a row, new or decided.
    ///
    /// # Errors
    /// The database fails, or there is no such invoice.
    pub async fn put_remittance(&mut self, row: &RemittanceRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO remittance (id, document, place, number, client_number, client, item, amount, \
            currency, day, kind, reference, status, invoice, why, decided_by, reason, received_ms, changed_ms) VALUES \
            ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (id) DO \
            UPDATE SET status = excluded.status, invoice = excluded.invoice, why = excluded.why, \
            decided_by = excluded.decided_by, reason = excluded.reason, changed_ms = excluded.changed_ms";
        let r = row;
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&r.id).bind(&r.document).bind(&r.place).bind(&r.number).bind(&r.client_number).bind(&r.client)
                .bind(&r.item).bind(r.amount.to_string()).bind(&r.currency).bind(&r.day).bind(&r.kind)
                .bind(&r.reference).bind(&r.status).bind(&r.invoice).bind(&r.why).bind(&r.decided_by).bind(&r.reason)
                .bind(r.received_ms).bind(r.changed_ms)
                .execute(c).await?;
        });
        Ok(())
    }

    /// Takes away the sealed words of an invoice's remittances, when its documents are purged.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_remittances(&mut self, invoice: &str) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE remittance SET reason = '' WHERE invoice = $1";
        on!(self, c => {
            sqlx::query(SQL).bind(invoice).execute(c).await?;
        });
        Ok(())
    }

    /// The reminders of one invoice, or of the invoices of these clients; by invoice and days.
    ///
    /// # Errors
    /// The database fails.
    pub async fn reminders(
        &mut self,
        invoice: Option<&str>,
        clients: &Option<Vec<String>>,
    ) -> Result<Vec<ReminderRow>, StoreError> {
        const SQL: &str =
            "SELECT invoice, days, amount, currency, drafted_by, drafted_ms, letter FROM reminder";
        let mut asked = Conditions::of(SQL);
        asked.are([("invoice", invoice)]);
        asked.of_clients(clients.as_deref());
        let asked = asked.ordered("invoice, days", None);
        on!(self, c => {
            let rows = asked!(asked).fetch_all(c).await?;
            rows.iter().map(|row| Ok(ReminderRow {
                invoice: row.try_get("invoice")?,
                days: row.try_get("days")?,
                amount: amount(row.try_get("amount")?)?,
                currency: row.try_get("currency")?,
                drafted_by: row.try_get("drafted_by")?,
                drafted_ms: row.try_get("drafted_ms")?,
                letter: row.try_get("letter")?,
            })).collect()
        })
    }

    /// Adds that a reminder was drafted; false where one was for so many days, which changes nothing.
    ///
    /// # Errors
    /// The database fails, or there is no such invoice.
    pub async fn add_reminder(&mut self, row: &ReminderRow) -> Result<bool, StoreError> {
        const SQL: &str = "INSERT INTO reminder (invoice, days, amount, currency, drafted_by, drafted_ms, letter) VALUES \
            ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (invoice, days) DO NOTHING";
        let r = row;
        Ok(on!(self, c => {
            let done = sqlx::query(SQL)
                .bind(&r.invoice).bind(r.days).bind(r.amount.to_string()).bind(&r.currency).bind(&r.drafted_by)
                .bind(r.drafted_ms).bind(&r.letter)
                .execute(c).await?;
            done.rows_affected() == 1
        }))
    }
}
