//! Who outside is told of events, and what they have not been told of yet.

use super::db::on;
use super::{StoreError, Tx};
use sqlx::{AssertSqlSafe, Row};

/// The word for every step.
pub const EVERY_STEP: &str = "*";

/// Somebody outside who is told of events.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WebhookRow {
    /// Its id.
    pub id: String,
    /// The address, sealed (`Store::unseal`).
    pub url: String,
    /// By which its messages are signed, sealed.
    pub secret: String,
    /// The steps it is told of; [`EVERY_STEP`] is all.
    pub steps: Vec<String>,
    /// `active` or `disabled`.
    pub status: String,
    /// Why it is disabled; empty while it is not.
    pub note: String,
    /// Its address may be a private one.
    pub private: bool,
    /// Who made it.
    pub made_by: String,
    /// When, in milliseconds since 1970.
    pub made_ms: i64,
    /// Tries in a row that failed.
    pub failed: i64,
    /// Not before this instant.
    pub next_ms: i64,
    /// When it last took a message.
    pub delivered_ms: Option<i64>,
}

/// Words of [`WebhookRow::status`].
pub mod status {
    /// It is told.
    pub const ACTIVE: &str = "active";
    /// It is not.
    pub const DISABLED: &str = "disabled";
}

const COLUMNS: &str = "id, url, secret, steps, status, note, private, made_by, made_ms, failed, next_ms, delivered_ms";

macro_rules! webhook {
    ($row:expr) => {{
        let row = $row;
        let steps: String = row.try_get("steps")?;
        let private: i64 = row.try_get("private")?;
        WebhookRow {
            id: row.try_get("id")?,
            url: row.try_get("url")?,
            secret: row.try_get("secret")?,
            steps: serde_json::from_str(&steps)
                .map_err(|e| StoreError::Unreadable(format!("steps of a webhook: {e}")))?,
            status: row.try_get("status")?,
            note: row.try_get("note")?,
            private: private != 0,
            made_by: row.try_get("made_by")?,
            made_ms: row.try_get("made_ms")?,
            failed: row.try_get("failed")?,
            next_ms: row.try_get("next_ms")?,
            delivered_ms: row.try_get("delivered_ms")?,
        }
    }};
}

impl Tx {
    /// All of them, the oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn webhooks(&mut self) -> Result<Vec<WebhookRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM webhook ORDER BY made_ms, id");
        on!(self, c => {
            let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(c).await?;
            rows.iter().map(|row| Ok(webhook!(row))).collect()
        })
    }

    /// Adds one, and has it told of its steps from now on.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_webhook(&mut self, row: &WebhookRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO webhook (id, url, secret, steps, status, note, private, made_by, made_ms, \
            failed, next_ms, claimed_ms, delivered_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, NULL)";
        let steps = serde_json::json!(row.steps).to_string();
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&row.id).bind(&row.url).bind(&row.secret).bind(steps).bind(&row.status)
                .bind(&row.note).bind(i64::from(row.private)).bind(&row.made_by).bind(row.made_ms)
                .execute(c).await?;
        });
        self.subscribe(&row.id, &row.steps).await
    }

    async fn subscribe(&mut self, id: &str, steps: &[String]) -> Result<(), StoreError> {
        const GONE: &str = "DELETE FROM webhook_step WHERE webhook = $1";
        const SQL: &str = "INSERT INTO webhook_step (webhook, step) VALUES ($1, $2)";
        on!(self, c => { sqlx::query(GONE).bind(id).execute(c).await?; });
        for step in steps {
            on!(self, c => { sqlx::query(SQL).bind(id).bind(step).execute(c).await?; });
        }
        Ok(())
    }

    /// Takes one away, with what it was not told of.
    ///
    /// # Errors
    /// The database fails.
    pub async fn remove_webhook(&mut self, id: &str) -> Result<(), StoreError> {
        const GONE: [&str; 3] = [
            "DELETE FROM outbox WHERE webhook = $1",
            "DELETE FROM webhook_step WHERE webhook = $1",
            "DELETE FROM webhook WHERE id = $1",
        ];
        for sql in GONE {
            on!(self, c => { sqlx::query(sql).bind(id).execute(c).await?; });
        }
        Ok(())
    }

    /// Stops telling one, or begins again with what it was not told of before. What happens while it is disabled it is
    /// never told.
    ///
    /// # Errors
    /// The database fails.
    pub async fn set_webhook(
        &mut self,
        row: &WebhookRow,
        active: bool,
        note: &str,
    ) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE webhook SET status = $2, note = $3, failed = 0, next_ms = 0, claimed_ms = 0 \
                           WHERE id = $1";
        let (word, steps) = match active {
            true => (status::ACTIVE, row.steps.as_slice()),
            false => (status::DISABLED, &[][..]),
        };
        on!(self, c => {
            sqlx::query(SQL).bind(&row.id).bind(word).bind(note).execute(c).await?;
        });
        self.subscribe(&row.id, steps).await
    }

    /// Those that have something to be told now and to which nobody is sending.
    ///
    /// # Errors
    /// The database fails.
    pub async fn webhooks_due(&mut self, now_ms: i64) -> Result<Vec<WebhookRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM webhook w WHERE w.status = 'active' AND w.next_ms <= $1 AND w.claimed_ms <= $1 \
             AND EXISTS (SELECT 1 FROM outbox o WHERE o.webhook = w.id) ORDER BY w.made_ms, w.id"
        );
        on!(self, c => {
            let rows = sqlx::query(AssertSqlSafe(sql)).bind(now_ms).fetch_all(c).await?;
            rows.iter().map(|row| Ok(webhook!(row))).collect()
        })
    }

    /// Takes it upon this process to send to one until an instant; whether nobody else had.
    ///
    /// # Errors
    /// The database fails, or somebody else was first.
    pub async fn claim_webhook(
        &mut self,
        id: &str,
        now_ms: i64,
        until_ms: i64,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE webhook SET claimed_ms = $3 WHERE id = $1 AND claimed_ms <= $2 \
                           AND status = 'active' AND next_ms <= $2";
        let done = on!(self, c => {
            sqlx::query(SQL).bind(id).bind(now_ms).bind(until_ms).execute(c).await?.rows_affected()
        });
        Ok(done == 1)
    }

    /// Leaves it to others again, or holds it longer.
    ///
    /// # Errors
    /// The database fails.
    pub async fn hold_webhook(&mut self, id: &str, until_ms: i64) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE webhook SET claimed_ms = $2 WHERE id = $1";
        on!(self, c => { sqlx::query(SQL).bind(id).bind(until_ms).execute(c).await?; });
        Ok(())
    }

    /// Chains and numbers of events one has not been told of, the oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn outbox(
        &mut self,
        webhook: &str,
        limit: i64,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        const SQL: &str = "SELECT chain, seq FROM outbox WHERE webhook = $1 \
                           ORDER BY at_ms, chain, seq LIMIT $2";
        Ok(on!(self, c => sqlx::query_as(SQL).bind(webhook).bind(limit).fetch_all(c).await?))
    }

    /// How many events one has not been told of.
    ///
    /// # Errors
    /// The database fails.
    pub async fn untold(&mut self, webhook: &str) -> Result<i64, StoreError> {
        const SQL: &str = "SELECT COUNT(*) FROM outbox WHERE webhook = $1";
        let (count,): (i64,) =
            on!(self, c => sqlx::query_as(SQL).bind(webhook).fetch_one(c).await?);
        Ok(count)
    }

    /// It has been told; `at_ms` is when, `None` where the event is nothing for anybody outside.
    ///
    /// # Errors
    /// The database fails.
    pub async fn told(
        &mut self,
        webhook: &str,
        chain: &str,
        seq: i64,
        at_ms: Option<i64>,
    ) -> Result<(), StoreError> {
        const GONE: &str = "DELETE FROM outbox WHERE webhook = $1 AND chain = $2 AND seq = $3";
        const WELL: &str =
            "UPDATE webhook SET failed = 0, next_ms = 0, delivered_ms = $2 WHERE id = $1";
        on!(self, c => {
            sqlx::query(GONE).bind(webhook).bind(chain).bind(seq).execute(c).await?;
        });
        if let Some(at_ms) = at_ms {
            on!(self, c => { sqlx::query(WELL).bind(webhook).bind(at_ms).execute(c).await?; });
        }
        Ok(())
    }

    /// It could not be told: so many tries failed by now, and the next is not before an instant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn untellable(
        &mut self,
        webhook: &str,
        failed: i64,
        next_ms: i64,
    ) -> Result<(), StoreError> {
        const SQL: &str =
            "UPDATE webhook SET failed = $2, next_ms = $3, claimed_ms = 0 WHERE id = $1";
        on!(self, c => {
            sqlx::query(SQL).bind(webhook).bind(failed).bind(next_ms).execute(c).await?;
        });
        Ok(())
    }
}
