//! Appeals, as rows. Their lines are the reductions that name them.

use super::conditions::{Conditions, asked};
use super::db::on;
use super::invoices::amount;
use super::{StoreError, Tx};
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::Row;

/// What the firm says against reductions of one invoice.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct AppealRow {
    /// Its id.
    pub id: String,
    /// The id of the invoice that was cut.
    pub invoice: String,
    /// `proposed`, `decided`, `filed`, `won`, `partly won`, `lost`, `window missed`, `withdrawn`.
    pub status: String,
    /// What is asked for: the sum of its lines.
    pub claimed: Decimal,
    /// What came back.
    pub recovered: Decimal,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// The portal's way it goes; empty before it is filed.
    pub route: String,
    /// Its own number at the portal; empty where it goes under the first one's.
    pub number: String,
    /// The id of the invoice that is its file; `None` where it has none.
    pub filed_as: Option<String>,
    /// Which try at these lines it is, from 1.
    pub tries: i64,
    /// The last moment of its window, in milliseconds since 1970; `None` where no window is configured.
    pub until_ms: Option<i64>,
    /// How that was computed, in words.
    pub computed: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// When, in milliseconds since 1970.
    pub proposed_ms: i64,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When, in milliseconds since 1970.
    pub decided_ms: Option<i64>,
    /// Why, sealed (`Store::unseal`); empty where nothing was decided, or after a purge.
    pub reason: String,
    /// When it was filed, in milliseconds since 1970.
    pub filed_ms: Option<i64>,
    /// When it ended, in milliseconds since 1970.
    pub ended_ms: Option<i64>,
    /// SHA-256 of the packet; `None` before it was made.
    pub packet: Option<String>,
}

/// Which appeals; what is not set asks for nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AppealFilter {
    /// With this id.
    pub id: Option<String>,
    /// Of this invoice.
    pub invoice: Option<String>,
    /// Whose file is this invoice.
    pub filed_as: Option<String>,
    /// In one of these; with nothing in the list, any.
    pub statuses: Vec<&'static str>,
    /// Of one of these clients; with nothing in the list, none.
    pub clients: Option<Vec<String>>,
}

const COLUMNS: &str = "id, invoice, status, claimed, recovered, currency, route, number, filed_as, tries, until_ms, \
                       computed, proposed_by, proposed_ms, decided_by, decided_ms, reason, filed_ms, ended_ms, packet";

macro_rules! appeal {
    ($row:expr) => {{
        let row = $row;
        AppealRow {
            id: row.try_get("id")?,
            invoice: row.try_get("invoice")?,
            status: row.try_get("status")?,
            claimed: amount(row.try_get("claimed")?)?,
            recovered: amount(row.try_get("recovered")?)?,
            currency: row.try_get("currency")?,
            route: row.try_get("route")?,
            number: row.try_get("number")?,
            filed_as: row.try_get("filed_as")?,
            tries: row.try_get("tries")?,
            until_ms: row.try_get("until_ms")?,
            computed: row.try_get("computed")?,
            proposed_by: row.try_get("proposed_by")?,
            proposed_ms: row.try_get("proposed_ms")?,
            decided_by: row.try_get("decided_by")?,
            decided_ms: row.try_get("decided_ms")?,
            reason: row.try_get("reason")?,
            filed_ms: row.try_get("filed_ms")?,
            ended_ms: row.try_get("ended_ms")?,
            packet: row.try_get("packet")?,
        }
    }};
}

impl Tx {
    /// Appeals: the one whose window ends first comes first, those without a window last.
    ///
    /// # Errors
    /// The database fails.
    pub async fn appeals(&mut self, filter: &AppealFilter) -> Result<Vec<AppealRow>, StoreError> {
        let mut asked = Conditions::of(&format!("SELECT {COLUMNS} FROM appeal"));
        asked.are([
            ("id", filter.id.as_ref()),
            ("invoice", filter.invoice.as_ref()),
            ("filed_as", filter.filed_as.as_ref()),
        ]);
        if !filter.statuses.is_empty() {
            asked.any("status", &filter.statuses);
        }
        asked.of_clients(filter.clients.as_deref());
        let asked = asked.ordered(
            "CASE WHEN until_ms IS NULL THEN 1 ELSE 0 END, until_ms, proposed_ms, id",
            None,
        );
        on!(self, c => {
            let rows = asked!(asked).fetch_all(c).await?;
            rows.iter().map(|row| Ok(appeal!(row))).collect()
        })
    }

    /// Writes an appeal, new or changed.
    ///
    /// # Errors
    /// The database fails, or there is no such invoice.
    pub async fn put_appeal(&mut self, row: &AppealRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO appeal (id, invoice, status, claimed, recovered, currency, route, number, \
            filed_as, tries, until_ms, computed, proposed_by, proposed_ms, decided_by, decided_ms, reason, filed_ms, \
            ended_ms, packet) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
            $19, $20) ON CONFLICT (id) DO UPDATE SET status = excluded.status, claimed = excluded.claimed, \
            recovered = excluded.recovered, route = excluded.route, number = excluded.number, \
            filed_as = excluded.filed_as, tries = excluded.tries, until_ms = excluded.until_ms, \
            computed = excluded.computed, decided_by = excluded.decided_by, decided_ms = excluded.decided_ms, \
            reason = excluded.reason, filed_ms = excluded.filed_ms, ended_ms = excluded.ended_ms, \
            packet = excluded.packet";
        let a = row;
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&a.id).bind(&a.invoice).bind(&a.status).bind(a.claimed.to_string())
                .bind(a.recovered.to_string()).bind(&a.currency).bind(&a.route).bind(&a.number).bind(&a.filed_as)
                .bind(a.tries).bind(a.until_ms).bind(&a.computed).bind(&a.proposed_by).bind(a.proposed_ms)
                .bind(&a.decided_by).bind(a.decided_ms).bind(&a.reason).bind(a.filed_ms).bind(a.ended_ms)
                .bind(&a.packet)
                .execute(c).await?;
        });
        Ok(())
    }
}
