//! What was heard of invoices, and which of it waits for a person.

use super::conditions::{Conditions, asked};
use super::db::on;
use super::{StoreError, Tx};
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::{AssertSqlSafe, Row};

/// Something that was heard of an invoice.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct AnswerRow {
    /// SHA-256 of what it says.
    pub id: String,
    /// `mail`, `typed`, or the name of a mapping.
    pub source: String,
    /// When it was brought here, in milliseconds since 1970.
    pub received_ms: i64,
    /// When it says that it happened.
    pub said_ms: Option<i64>,
    /// Its portal; empty where nobody knows.
    pub portal: String,
    /// INVOICE_NUMBER as it was said; empty where it was not.
    pub number: String,
    /// CLIENT_ID as it was said, or the invoice's.
    pub client: String,
    /// The invoice's total as it was said.
    pub total: Option<Decimal>,
    /// What became of the invoice, in our word.
    pub outcome: String,
    /// The invoice's id.
    pub invoice: Option<String>,
    /// `taken`, `unmatched`, `ambiguous`, `doubtful`, `contradicts`, `put aside`.
    pub status: String,
    /// What was said, sealed.
    #[serde(skip)]
    pub words: String,
    /// Who decided, where a person did.
    pub decided_by: Option<String>,
    /// When the row changed.
    pub changed_ms: i64,
}

/// Which answers; what is not set asks for nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AnswerFilter {
    /// Whose id begins so.
    pub id: Option<String>,
    /// In one of these.
    pub statuses: Vec<&'static str>,
    /// Of this invoice.
    pub invoice: Option<String>,
    /// No more than so many.
    pub limit: Option<i64>,
}

const COLUMNS: &str = "id, source, received_ms, said_ms, portal, number, client, total, outcome, invoice, status, words, \
                       decided_by, changed_ms";

macro_rules! answer {
    ($row:expr) => {{
        let row = $row;
        let total: Option<String> = row.try_get("total")?;
        AnswerRow {
            id: row.try_get("id")?,
            source: row.try_get("source")?,
            received_ms: row.try_get("received_ms")?,
            said_ms: row.try_get("said_ms")?,
            portal: row.try_get("portal")?,
            number: row.try_get("number")?,
            client: row.try_get("client")?,
            total: total.and_then(|t| t.parse().ok()),
            outcome: row.try_get("outcome")?,
            invoice: row.try_get("invoice")?,
            status: row.try_get("status")?,
            words: row.try_get("words")?,
            decided_by: row.try_get("decided_by")?,
            changed_ms: row.try_get("changed_ms")?,
        }
    }};
}

impl Tx {
    /// Answers, the latest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn answers(&mut self, filter: &AnswerFilter) -> Result<Vec<AnswerRow>, StoreError> {
        let mut asked = Conditions::of(&format!("SELECT {COLUMNS} FROM answer"));
        if let Some(id) = &filter.id {
            asked.id_begins(id);
        }
        asked.are([("invoice", filter.invoice.as_ref())]);
        if !filter.statuses.is_empty() {
            asked.any("status", &filter.statuses);
        }
        let asked = asked.ordered("received_ms DESC, id", filter.limit);
        on!(self, c => {
            let rows = asked!(asked).fetch_all(c).await?;
            rows.iter().map(|row| Ok(answer!(row))).collect()
        })
    }

    /// The answer with an id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn answer(&mut self, id: &str) -> Result<Option<AnswerRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM answer WHERE id = $1");
        Ok(on!(self, c => {
            match sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(c).await? {
                Some(row) => Some(answer!(&row)),
                None => None,
            }
        }))
    }

    /// Writes an answer, new or decided.
    ///
    /// # Errors
    /// The database fails, or there is no such invoice.
    pub async fn put_answer(&mut self, row: &AnswerRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO answer (id, source, received_ms, said_ms, portal, number, client, total, outcome, \
            invoice, status, words, decided_by, changed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
            $13, $14) ON CONFLICT (id) DO UPDATE SET portal = excluded.portal, client = excluded.client, \
            invoice = excluded.invoice, status = excluded.status, words = excluded.words, \
            decided_by = excluded.decided_by, changed_ms = excluded.changed_ms";
        let a = row;
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&a.id).bind(&a.source).bind(a.received_ms).bind(a.said_ms).bind(&a.portal).bind(&a.number)
                .bind(&a.client).bind(a.total.map(|t| t.to_string())).bind(&a.outcome).bind(&a.invoice)
                .bind(&a.status).bind(&a.words).bind(&a.decided_by).bind(a.changed_ms)
                .execute(c).await?;
        });
        Ok(())
    }

    /// Takes away what was said of an invoice whose documents are purged; that it was said stays.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_answers(&mut self, invoice: &str) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE answer SET words = '' WHERE invoice = $1";
        on!(self, c => {
            sqlx::query(SQL).bind(invoice).execute(c).await?;
        });
        Ok(())
    }

    /// Whether a mail was fetched before, by the hash of its place or of what it is.
    ///
    /// # Errors
    /// The database fails.
    pub async fn heard_mail(&mut self, id: &str) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT id FROM heard_mail WHERE id = $1";
        let row: Option<(String,)> =
            on!(self, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await?);
        Ok(row.is_some())
    }

    /// Writes that a mail was fetched; known, it stays as it is.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_heard_mail(&mut self, id: &str, heard_ms: i64) -> Result<(), StoreError> {
        const SQL: &str =
            "INSERT INTO heard_mail (id, heard_ms) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
        on!(self, c => {
            sqlx::query(SQL).bind(id).bind(heard_ms).execute(c).await?;
        });
        Ok(())
    }
}
