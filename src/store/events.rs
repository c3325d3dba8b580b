//! Events: append-only, each bound to the one before it by a hash.

use super::db::on;
use super::{StoreError, Tx, canonical, sha256};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Event {
    /// The invoice's id, or `people`.
    pub chain: String,
    /// From 1, without gaps.
    pub seq: i64,
    /// Milliseconds since 1970, never less than the event before.
    pub at_ms: i64,
    /// Name of the person or service.
    pub actor: String,
    /// What happened.
    pub step: String,
    /// Hashes, ids and amounts, never narratives: canonical JSON.
    pub facts: String,
    /// Hash of the event before; empty for the first.
    pub prev: String,
    /// Hash of this one.
    pub hash: String,
}

/// The end of a chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Head {
    /// Which chain.
    pub chain: String,
    /// How many events it has.
    pub seq: i64,
    /// Hash of the last.
    pub hash: String,
}

impl Event {
    /// The event that follows `last` in a chain. A clock that jumped back does not take time back.
    pub fn after(
        last: Option<&Self>,
        chain: &str,
        now_ms: i64,
        actor: &str,
        step: &str,
        facts: &Value,
    ) -> Self {
        let mut event = Self {
            chain: chain.to_owned(),
            seq: last.map_or(1, |l| l.seq + 1),
            at_ms: last.map_or(now_ms, |l| l.at_ms.max(now_ms)),
            actor: actor.to_owned(),
            step: step.to_owned(),
            facts: canonical(facts),
            prev: last.map_or_else(String::new, |l| l.hash.clone()),
            hash: String::new(),
        };
        event.hash = event.computed();
        event
    }

    /// The hash it must have: SHA-256 over its canonical JSON, in which the hash of the event before stands.
    pub fn computed(&self) -> String {
        let whole = json!({
            "actor": self.actor, "at": self.at_ms, "chain": self.chain, "facts": self.facts,
            "prev": self.prev, "seq": self.seq, "step": self.step,
        });
        sha256(canonical(&whole).as_bytes())
    }

    /// What is wrong with an event that should follow `last`.
    pub fn fault(&self, last: Option<&Self>) -> Option<String> {
        let expected = last.map_or(1, |l| l.seq + 1);
        if self.seq != expected {
            return Some(format!("event {expected} is missing"));
        }
        let n = self.seq;
        if self.prev != last.map_or("", |l| l.hash.as_str()) {
            return Some(format!(
                "event {n} does not follow from the event before it"
            ));
        }
        if self.hash != self.computed() {
            return Some(format!("event {n} is not what was written"));
        }
        if last.is_some_and(|l| l.at_ms > self.at_ms) {
            return Some(format!("event {n} is older than the event before it"));
        }
        None
    }
}

type Row = (String, i64, i64, String, String, String, String, String);

fn event((chain, seq, at_ms, actor, step, facts, prev, hash): Row) -> Event {
    Event {
        chain,
        seq,
        at_ms,
        actor,
        step,
        facts,
        prev,
        hash,
    }
}

impl Tx {
    /// Adds an event, and lays it into the outbox of every webhook that is to be told of it. Two that add to one chain
    /// at once: the second gets [`StoreError::Conflict`].
    ///
    /// # Errors
    /// The database fails, or somebody else was first.
    pub async fn append(&mut self, event: &Event) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO event (chain, seq, at_ms, actor, step, facts, prev, hash) \
                           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        const TELL: &str = "INSERT INTO outbox (webhook, chain, seq, at_ms) \
                            SELECT webhook, $1, $2, $3 FROM webhook_step WHERE step IN ($4, '*')";
        // One statement, as each is a way to the server and back; SQLite has none that does both.
        const BOTH: &str = "WITH happened AS (INSERT INTO event (chain, seq, at_ms, actor, step, facts, prev, hash) \
                            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING chain, seq, at_ms, step) \
                            INSERT INTO outbox (webhook, chain, seq, at_ms) \
                            SELECT w.webhook, h.chain, h.seq, h.at_ms FROM happened h \
                            JOIN webhook_step w ON w.step IN (h.step, '*')";
        let whole = match self {
            Tx::Pg(_) => BOTH,
            Tx::Lite(_) => SQL,
        };
        on!(self, c => {
            sqlx::query(whole)
                .bind(&event.chain).bind(event.seq).bind(event.at_ms).bind(&event.actor)
                .bind(&event.step).bind(&event.facts).bind(&event.prev).bind(&event.hash)
                .execute(c).await?;
        });
        if let Tx::Lite(tx) = self {
            sqlx::query(TELL)
                .bind(&event.chain)
                .bind(event.seq)
                .bind(event.at_ms)
                .bind(&event.step)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }

    /// The last event of a chain.
    ///
    /// # Errors
    /// The database fails.
    pub async fn last_event(&mut self, chain: &str) -> Result<Option<Event>, StoreError> {
        const SQL: &str = "SELECT chain, seq, at_ms, actor, step, facts, prev, hash FROM event \
                           WHERE chain = $1 ORDER BY seq DESC LIMIT 1";
        let found: Option<Row> =
            on!(self, c => sqlx::query_as(SQL).bind(chain).fetch_optional(c).await?);
        Ok(found.map(event))
    }

    /// A chain from its beginning.
    ///
    /// # Errors
    /// The database fails.
    pub async fn events(&mut self, chain: &str) -> Result<Vec<Event>, StoreError> {
        const SQL: &str = "SELECT chain, seq, at_ms, actor, step, facts, prev, hash FROM event \
                           WHERE chain = $1 ORDER BY seq";
        let rows: Vec<Row> = on!(self, c => sqlx::query_as(SQL).bind(chain).fetch_all(c).await?);
        Ok(rows.into_iter().map(event).collect())
    }

    /// Every event of every chain, one by one, chain after chain.
    ///
    /// # Errors
    /// The database fails.
    pub async fn each_event(&mut self, mut take: impl FnMut(Event)) -> Result<(), StoreError> {
        const SQL: &str = "SELECT chain, seq, at_ms, actor, step, facts, prev, hash FROM event \
                           ORDER BY chain, seq";
        on!(self, c => {
            let mut rows = sqlx::query_as::<_, Row>(SQL).fetch(c);
            while let Some(row) = rows.try_next().await? {
                take(event(row));
            }
        });
        Ok(())
    }

    /// As [`Tx::each_event`], but only events of these steps, and those whose facts name `fact`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn each_event_of(
        &mut self,
        steps: &[&str],
        fact: &str,
        mut take: impl FnMut(Event),
    ) -> Result<(), StoreError> {
        let marks: Vec<String> = (1..=steps.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "SELECT chain, seq, at_ms, actor, step, facts, prev, hash FROM event \
             WHERE step IN ({}) OR facts LIKE ${} ORDER BY chain, seq",
            marks.join(", "),
            steps.len() + 1
        );
        let named = format!("%\"{fact}\"%");
        on!(self, c => {
            let mut query = sqlx::query_as::<_, Row>(AssertSqlSafe(sql));
            for step in steps {
                query = query.bind(*step);
            }
            let mut rows = query.bind(named).fetch(c);
            while let Some(row) = rows.try_next().await? {
                take(event(row));
            }
        });
        Ok(())
    }

    /// The names of all chains, in their order.
    ///
    /// # Errors
    /// The database fails.
    pub async fn chains(&mut self) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "SELECT DISTINCT chain FROM event ORDER BY chain";
        let rows: Vec<(String,)> = on!(self, c => sqlx::query_as(SQL).fetch_all(c).await?);
        Ok(rows.into_iter().map(|(chain,)| chain).collect())
    }

    /// The ends of all chains, in the order of their names.
    ///
    /// # Errors
    /// The database fails.
    pub async fn heads(&mut self) -> Result<Vec<Head>, StoreError> {
        const SQL: &str = "SELECT e.chain, e.seq, e.hash FROM event e JOIN \
                           (SELECT chain, MAX(seq) AS seq FROM event GROUP BY chain) m \
                           ON m.chain = e.chain AND m.seq = e.seq ORDER BY e.chain";
        let rows: Vec<(String, i64, String)> =
            on!(self, c => sqlx::query_as(SQL).fetch_all(c).await?);
        Ok(rows
            .into_iter()
            .map(|(chain, seq, hash)| Head { chain, seq, hash })
            .collect())
    }
}
