//! Invoices on their way to portals, and which process drives which account.

use super::conditions::{Conditions, asked};
use super::db::on;
use super::{StoreError, Tx};
use serde::Serialize;
use sqlx::{AssertSqlSafe, Row};

/// An invoice's version on its way to a portal.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct SubmissionRow {
    /// Its id.
    pub id: String,
    /// The invoice's id.
    pub invoice: String,
    /// The invoice's version.
    pub version: i64,
    /// The account it goes through.
    pub account: String,
    /// `waiting`, `sending`, `in-doubt`, `by-hand`, `sent`, `refused`, `done`.
    pub status: String,
    /// The name of the file at the portal.
    pub file_name: String,
    /// SHA-256 of the file as it left at the last attempt.
    pub sent: Option<String>,
    /// The attempt at hand, or the last.
    pub attempt: Option<String>,
    /// How many attempts there were.
    pub attempts: i64,
    /// When the attempt began, in milliseconds since 1970.
    pub sent_ms: Option<i64>,
    /// The portal's id of it.
    pub portal_id: Option<String>,
    /// The last day on which it should be at the portal, ISO.
    pub due: Option<String>,
    /// The total in ten-thousandths, for the order of sending only.
    pub total_order: i64,
    /// Not before this instant: to try again, or to ask again.
    pub next_ms: i64,
    /// How often the portal was asked since.
    pub asked: i64,
    /// SHA-256 of the last answer.
    pub answer: Option<String>,
    /// Why it was not sent.
    pub note: String,
    /// When the row changed.
    pub changed_ms: i64,
}

/// Which submissions; what is not set asks for nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SubmissionFilter {
    /// Of this invoice.
    pub invoice: Option<String>,
    /// Through this account.
    pub account: Option<String>,
    /// In this status.
    pub status: Option<&'static str>,
    /// Known at its portal by this id.
    pub portal_id: Option<String>,
    /// To be taken up by this instant.
    pub next_by_ms: Option<i64>,
    /// No more than so many.
    pub limit: Option<i64>,
}

pub(super) const COLUMNS: &str = "id, invoice, version, account, status, file_name, sent, attempt, attempts, sent_ms, portal_id, \
                       due, total_order, next_ms, asked, answer, note, changed_ms";

macro_rules! submission {
    ($row:expr) => {{
        let row = $row;
        SubmissionRow {
            id: row.try_get("id")?,
            invoice: row.try_get("invoice")?,
            version: row.try_get("version")?,
            account: row.try_get("account")?,
            status: row.try_get("status")?,
            file_name: row.try_get("file_name")?,
            sent: row.try_get("sent")?,
            attempt: row.try_get("attempt")?,
            attempts: row.try_get("attempts")?,
            sent_ms: row.try_get("sent_ms")?,
            portal_id: row.try_get("portal_id")?,
            due: row.try_get("due")?,
            total_order: row.try_get("total_order")?,
            next_ms: row.try_get("next_ms")?,
            asked: row.try_get("asked")?,
            answer: row.try_get("answer")?,
            note: row.try_get("note")?,
            changed_ms: row.try_get("changed_ms")?,
        }
    }};
}

pub(super) use submission;

impl Tx {
    /// Submissions: the one that is due first, then the larger one, comes first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn submissions(
        &mut self,
        filter: &SubmissionFilter,
    ) -> Result<Vec<SubmissionRow>, StoreError> {
        let mut asked = Conditions::of(&format!("SELECT {COLUMNS} FROM submission"));
        asked.are([
            ("invoice", filter.invoice.as_deref()),
            ("account", filter.account.as_deref()),
            ("status", filter.status),
            ("portal_id", filter.portal_id.as_deref()),
        ]);
        if let Some(instant) = filter.next_by_ms {
            asked.is("next_ms <=", instant);
        }
        let asked = asked.ordered("COALESCE(due, '9999'), total_order DESC, id", filter.limit);
        on!(self, c => {
            let rows = asked!(asked).fetch_all(c).await?;
            rows.iter().map(|row| Ok(submission!(row))).collect()
        })
    }

    /// The submission with an id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn submission(&mut self, id: &str) -> Result<Option<SubmissionRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM submission WHERE id = $1");
        Ok(on!(self, c => {
            match sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(c).await? {
                Some(row) => Some(submission!(&row)),
                None => None,
            }
        }))
    }

    /// Writes a submission, new or changed.
    ///
    /// # Errors
    /// The database fails, or there is no such invoice.
    pub async fn put_submission(&mut self, row: &SubmissionRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO submission (id, invoice, version, account, status, file_name, attempt, attempts, \
            sent_ms, portal_id, due, total_order, next_ms, asked, answer, note, changed_ms, sent) VALUES ($1, $2, $3, \
            $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT (id) DO UPDATE SET \
            account = excluded.account, status = excluded.status, file_name = excluded.file_name, \
            attempt = excluded.attempt, attempts = excluded.attempts, sent_ms = excluded.sent_ms, \
            portal_id = excluded.portal_id, due = excluded.due, total_order = excluded.total_order, \
            next_ms = excluded.next_ms, asked = excluded.asked, answer = excluded.answer, note = excluded.note, \
            changed_ms = excluded.changed_ms, sent = excluded.sent";
        let s = row;
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&s.id).bind(&s.invoice).bind(s.version).bind(&s.account).bind(&s.status).bind(&s.file_name)
                .bind(&s.attempt).bind(s.attempts).bind(s.sent_ms).bind(&s.portal_id).bind(&s.due)
                .bind(s.total_order).bind(s.next_ms).bind(s.asked).bind(&s.answer).bind(&s.note).bind(s.changed_ms)
                .bind(&s.sent)
                .execute(c).await?;
        });
        Ok(())
    }

    /// How many invoices went out through an account since an instant: those whose last attempt began since and did not
    /// end with the certainty that nothing was taken.
    ///
    /// # Errors
    /// The database fails.
    pub async fn sent_since(&mut self, account: &str, since_ms: i64) -> Result<i64, StoreError> {
        const SQL: &str = "SELECT COUNT(*) AS n FROM submission WHERE account = $1 AND sent_ms >= $2 AND status <> 'waiting'";
        Ok(on!(self, c => {
            sqlx::query(SQL).bind(account).bind(since_ms).fetch_one(c).await?.try_get("n")?
        }))
    }

    /// Takes or keeps an account for `holder` until an instant, and gives its fence; `None` where another process
    /// holds it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_lease(
        &mut self,
        account: &str,
        holder: &str,
        now_ms: i64,
        until_ms: i64,
    ) -> Result<Option<i64>, StoreError> {
        const SQL: &str = "INSERT INTO lease (account, holder, fence, until_ms) VALUES ($1, $2, 1, $3) \
            ON CONFLICT (account) DO UPDATE SET \
            fence = CASE WHEN lease.holder = excluded.holder THEN lease.fence ELSE lease.fence + 1 END, \
            holder = excluded.holder, until_ms = excluded.until_ms \
            WHERE lease.holder = excluded.holder OR lease.until_ms <= $4 RETURNING fence";
        Ok(on!(self, c => {
            let row = sqlx::query(SQL).bind(account).bind(holder).bind(until_ms).bind(now_ms).fetch_optional(c).await?;
            match row {
                Some(row) => Some(row.try_get("fence")?),
                None => None,
            }
        }))
    }

    /// True while `holder` has the account with this fence.
    ///
    /// # Errors
    /// The database fails.
    pub async fn holds_lease(
        &mut self,
        account: &str,
        holder: &str,
        fence: i64,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT 1 FROM lease WHERE account = $1 AND holder = $2 AND fence = $3 AND until_ms > $4";
        Ok(on!(self, c => {
            sqlx::query(SQL).bind(account).bind(holder).bind(fence).bind(now_ms).fetch_optional(c).await?.is_some()
        }))
    }

    /// The accounts that a process drives at an instant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn driven(&mut self, now_ms: i64) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "SELECT account FROM lease WHERE until_ms > $1 ORDER BY account";
        Ok(on!(self, c => {
            let rows = sqlx::query(SQL).bind(now_ms).fetch_all(c).await?;
            let names: Result<Vec<String>, sqlx::Error> = rows.iter().map(|r| r.try_get("account")).collect();
            names?
        }))
    }

    /// Gives an account back.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_lease(&mut self, account: &str, holder: &str) -> Result<(), StoreError> {
        // The row stays, for its fence.
        const SQL: &str = "UPDATE lease SET until_ms = 0 WHERE account = $1 AND holder = $2";
        on!(self, c => {
            sqlx::query(SQL).bind(account).bind(holder).execute(c).await?;
        });
        Ok(())
    }
}
