//! What clients cut, as rows.

use super::conditions::{Conditions, asked};
use super::db::on;
use super::invoices::amount;
use super::{StoreError, Tx};
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::Row;

/// Money a client cut from a line, or from an invoice as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ReductionRow {
    /// Follows from invoice, version, line, amount and its place among equals.
    pub id: String,
    /// The invoice's id.
    pub invoice: String,
    /// The invoice's version.
    pub version: i64,
    /// LINE_ITEM_NUMBER; `None`: the invoice as a whole.
    pub item: Option<String>,
    /// The line's total, or the invoice's; `None` where the line is not known.
    pub billed: Option<Decimal>,
    /// What was cut; positive.
    pub cut: Decimal,
    /// Of it, what a partner accepted.
    pub accepted: Decimal,
    /// Of it, what the client gave back.
    pub recovered: Decimal,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// The client's words, sealed (`Store::unseal`); empty where it gave none, or after a purge.
    pub reason: String,
    /// What the words mean; empty where not known.
    pub slug: String,
    /// The rule of ours that fits the cut; empty where none does.
    pub rule: String,
    /// Whether the client's own pack has a rule that fits; `None` where the client has no pack.
    pub supported: Option<bool>,
    /// What a person should look at; empty: nothing.
    pub doubt: String,
    /// `open`, `accepted`, `accepted in part`, `appealed`, `won`, `partly won`, `lost`, `taken back`.
    pub status: String,
    /// The appeal it is part of, or was last.
    pub appeal: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When, in milliseconds since 1970.
    pub decided_ms: Option<i64>,
    /// Why, sealed; empty where nothing was decided.
    pub decision: String,
    /// When the client says it cut, in milliseconds since 1970.
    pub said_ms: Option<i64>,
    /// When that was heard, in milliseconds since 1970.
    pub heard_ms: i64,
    /// SHA-256 of the answer.
    pub answer: String,
}

impl ReductionRow {
    /// What is neither accepted nor given back: money that can still be asked for.
    pub fn contested(&self) -> Decimal {
        (self.cut - self.accepted - self.recovered).max(Decimal::ZERO)
    }
}

/// Which reductions; what is not set asks for nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReductionFilter {
    /// With this id.
    pub id: Option<String>,
    /// Of this invoice.
    pub invoice: Option<String>,
    /// In this status.
    pub status: Option<String>,
    /// Of this appeal.
    pub appeal: Option<String>,
    /// What the client's words mean.
    pub slug: Option<String>,
    /// Of one of these clients; with nothing in the list, none.
    pub clients: Option<Vec<String>>,
}

const COLUMNS: &str = "id, invoice, version, item, billed, cut, accepted, recovered, currency, reason, slug, rule, \
                       supported, doubt, status, appeal, decided_by, decided_ms, decision, said_ms, heard_ms, answer";

macro_rules! reduction {
    ($row:expr) => {{
        let row = $row;
        let billed: Option<String> = row.try_get("billed")?;
        ReductionRow {
            id: row.try_get("id")?,
            invoice: row.try_get("invoice")?,
            version: row.try_get("version")?,
            item: row.try_get("item")?,
            billed: billed.as_deref().map(amount).transpose()?,
            cut: amount(row.try_get("cut")?)?,
            accepted: amount(row.try_get("accepted")?)?,
            recovered: amount(row.try_get("recovered")?)?,
            currency: row.try_get("currency")?,
            reason: row.try_get("reason")?,
            slug: row.try_get("slug")?,
            rule: row.try_get("rule")?,
            supported: row
                .try_get::<Option<i64>, _>("supported")?
                .map(|yes| yes == 1),
            doubt: row.try_get("doubt")?,
            status: row.try_get("status")?,
            appeal: row.try_get("appeal")?,
            decided_by: row.try_get("decided_by")?,
            decided_ms: row.try_get("decided_ms")?,
            decision: row.try_get("decision")?,
            said_ms: row.try_get("said_ms")?,
            heard_ms: row.try_get("heard_ms")?,
            answer: row.try_get("answer")?,
        }
    }};
}

impl Tx {
    /// Reductions: by invoice, in the order they were heard of.
    ///
    /// # Errors
    /// The database fails.
    pub async fn reductions(
        &mut self,
        filter: &ReductionFilter,
    ) -> Result<Vec<ReductionRow>, StoreError> {
        let mut asked = Conditions::of(&format!("SELECT {COLUMNS} FROM reduction"));
        asked.are([
            ("id", filter.id.as_ref()),
            ("invoice", filter.invoice.as_ref()),
            ("status", filter.status.as_ref()),
            ("appeal", filter.appeal.as_ref()),
            ("slug", filter.slug.as_ref()),
        ]);
        asked.of_clients(filter.clients.as_deref());
        let asked = asked.ordered("invoice, heard_ms, COALESCE(item, ''), id", None);
        on!(self, c => {
            let rows = asked!(asked).fetch_all(c).await?;
            rows.iter().map(|row| Ok(reduction!(row))).collect()
        })
    }

    /// Writes a reduction, new or changed.
    ///
    /// # Errors
    /// The database fails, or there is no such invoice.
    pub async fn put_reduction(&mut self, row: &ReductionRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO reduction (id, invoice, version, item, billed, cut, accepted, recovered, currency, \
            reason, slug, rule, supported, doubt, status, appeal, decided_by, decided_ms, decision, said_ms, heard_ms, \
            answer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
            $21, $22) ON CONFLICT (id) DO UPDATE SET billed = excluded.billed, accepted = excluded.accepted, \
            recovered = excluded.recovered, reason = excluded.reason, slug = excluded.slug, rule = excluded.rule, \
            supported = excluded.supported, doubt = excluded.doubt, status = excluded.status, \
            appeal = excluded.appeal, decided_by = excluded.decided_by, decided_ms = excluded.decided_ms, \
            decision = excluded.decision";
        let r = row;
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&r.id).bind(&r.invoice).bind(r.version).bind(&r.item).bind(r.billed.map(|b| b.to_string()))
                .bind(r.cut.to_string()).bind(r.accepted.to_string()).bind(r.recovered.to_string())
                .bind(&r.currency).bind(&r.reason).bind(&r.slug).bind(&r.rule).bind(r.supported.map(i64::from))
                .bind(&r.doubt).bind(&r.status).bind(&r.appeal).bind(&r.decided_by).bind(r.decided_ms)
                .bind(&r.decision).bind(r.said_ms).bind(r.heard_ms).bind(&r.answer)
                .execute(c).await?;
        });
        Ok(())
    }

    /// Takes away the sealed words of an invoice's reductions and appeals, when its documents are purged.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_words(&mut self, invoice: &str) -> Result<(), StoreError> {
        on!(self, c => {
            sqlx::query("UPDATE reduction SET reason = '', decision = '' WHERE invoice = $1")
                .bind(invoice).execute(&mut *c).await?;
            sqlx::query("UPDATE appeal SET reason = '' WHERE invoice = $1").bind(invoice).execute(&mut *c).await?;
        });
        Ok(())
    }
}
