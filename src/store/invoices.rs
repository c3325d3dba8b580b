//! What each invoice is now, as rows, and the questions asked of them.

use super::db::on;
use super::{StoreError, Tx};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use sqlx::{AssertSqlSafe, Row};

/// An invoice as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct InvoiceRow {
    /// Follows from client and number.
    pub id: String,
    /// INVOICE_NUMBER.
    pub number: String,
    /// CLIENT_ID; empty where the file has none.
    pub client: String,
    /// The firm's number of the first matter; empty where the file has none.
    pub matter: String,
    /// Invoice date, ISO.
    pub invoice_date: Option<String>,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// The total the file states.
    pub total: Option<Decimal>,
    /// Money its findings put in doubt.
    pub at_risk: Decimal,
    /// How many lines.
    pub lines: i64,
    /// The check's verdict.
    pub verdict: String,
    /// Where it is in its life.
    pub state: String,
    /// From 1.
    pub version: i64,
    /// SHA-256 of the invoice file.
    pub document: String,
    /// SHA-256 of what makes it this version, whatever else the file holds; empty for what an older program stored.
    pub content: String,
    /// The partner who answers for its matter, by the firm's list at the time of the check; empty where not known.
    pub partner: String,
    /// The portal it goes to, by the firm's lists at the time of the check; empty where not known.
    pub portal: String,
    /// SHA-256 of what the check said.
    pub report: String,
    /// Who brought in this version.
    pub preparer: String,
    /// Who cleared this version.
    pub cleared_by: Option<String>,
    /// When it first came, in milliseconds since 1970.
    pub taken_ms: i64,
    /// When it last changed.
    pub changed_ms: i64,
    /// How many events it has.
    pub seq: i64,
    /// Hash of the last.
    pub head: String,
}

/// How many invoices are in a state with a verdict and a currency, and what they come to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Tally {
    /// Where they are.
    pub state: String,
    /// The check's verdict.
    pub verdict: String,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// How many.
    pub count: i64,
    /// What is in doubt of them, to four decimals.
    pub at_risk: Decimal,
    /// Their totals, to four decimals; one that cannot be read counts as 0.
    pub total: Decimal,
}

/// Which invoices; what is not set asks for nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// One of these states.
    pub states: Vec<String>,
    /// Of one of these clients; with nothing in the list, none.
    pub clients: Option<Vec<String>>,
    /// Of this client.
    pub client: Option<String>,
    /// Of this matter.
    pub matter: Option<String>,
    /// Of this partner.
    pub partner: Option<String>,
    /// For this portal.
    pub portal: Option<String>,
    /// With this number or id.
    pub named: Option<String>,
    /// Unchanged since this instant.
    pub unchanged_since_ms: Option<i64>,
    /// With at least so much in doubt.
    pub at_risk: Option<Decimal>,
    /// With one of these verdicts.
    pub verdicts: Vec<String>,
    /// Which come first.
    pub sort: Sort,
    /// Only what comes after this instant and id in the order of `sort`: of `Taken` and `Newest` the instant it first came,
    /// else that of its last change. Orders by anything else know no place.
    pub after: Option<(i64, String)>,
    /// Without so many of the first.
    pub skip: i64,
    /// No more than so many.
    pub limit: Option<i64>,
}

/// Which invoices come first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sort {
    /// The last changed.
    #[default]
    Changed,
    /// The longest unchanged.
    Age,
    /// Those that came first.
    Taken,
    /// Those that came last.
    Newest,
    /// With the latest invoice date; those without one come last.
    Date,
    /// With the most in doubt.
    AtRisk,
    /// With the largest total.
    Total,
}

impl Sort {
    /// What lies after a place, for an instant and an id to be bound.
    fn after(self, instant: usize, id: usize) -> Option<String> {
        let column = match self {
            Self::Taken | Self::Newest => "taken_ms",
            Self::Age => "changed_ms",
            _ => return None,
        };
        let sign = if self == Self::Newest { '<' } else { '>' };
        Some(format!(" AND ({column}, id) {sign} (${instant}, ${id})"))
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Changed => "changed_ms DESC, id",
            Self::Age => "changed_ms, id",
            Self::Taken => "taken_ms, id",
            Self::Newest => "taken_ms DESC, id DESC",
            Self::Date => "COALESCE(invoice_date, '') DESC, id",
            Self::AtRisk => "at_risk_order DESC, id",
            // Invoices whose total could not be read come last, on both databases.
            Self::Total => "COALESCE(total_order, -9223372036854775807) DESC, id",
        }
    }
}

const COLUMNS: &str = "id, number, client, matter, invoice_date, currency, total, at_risk, lines, verdict, state, \
                       version, document, content, partner, portal, report, preparer, cleared_by, taken_ms, \
                       changed_ms, seq, head";

/// An amount in ten-thousandths, as large as it fits.
fn order(amount: Decimal) -> i64 {
    let units = (amount.round_dp(4)).checked_mul(Decimal::from(10_000));
    units.and_then(|u| u.trunc().to_i64()).unwrap_or(i64::MAX)
}

pub(super) fn amount(text: &str) -> Result<Decimal, StoreError> {
    let read = text.parse();
    read.map_err(|_| StoreError::Unreadable(format!("the amount \"{text}\"")))
}

macro_rules! invoice {
    ($row:expr) => {{
        let row = $row;
        let total: Option<String> = row.try_get("total")?;
        let at_risk: String = row.try_get("at_risk")?;
        InvoiceRow {
            id: row.try_get("id")?,
            number: row.try_get("number")?,
            client: row.try_get("client")?,
            matter: row.try_get("matter")?,
            invoice_date: row.try_get("invoice_date")?,
            currency: row.try_get("currency")?,
            total: total.as_deref().map(amount).transpose()?,
            at_risk: amount(&at_risk)?,
            lines: row.try_get("lines")?,
            verdict: row.try_get("verdict")?,
            state: row.try_get("state")?,
            version: row.try_get("version")?,
            document: row.try_get("document")?,
            content: row.try_get("content")?,
            partner: row.try_get("partner")?,
            portal: row.try_get("portal")?,
            report: row.try_get("report")?,
            preparer: row.try_get("preparer")?,
            cleared_by: row.try_get("cleared_by")?,
            taken_ms: row.try_get("taken_ms")?,
            changed_ms: row.try_get("changed_ms")?,
            seq: row.try_get("seq")?,
            head: row.try_get("head")?,
        }
    }};
}

/// A value bound to a statement that is put together.
enum Bound {
    Text(String),
    Number(i64),
}

impl Filter {
    /// `common` says that the amount in doubt picks out so many that its index is no help.
    fn sql(&self, common: bool) -> (String, Vec<Bound>) {
        let mut sql = format!("SELECT {COLUMNS} FROM invoice WHERE 1 = 1");
        let mut bound = Vec::new();
        let any = |name: &str, values: &[String], sql: &mut String, bound: &mut Vec<Bound>| {
            let first = bound.len() + 1;
            let marks: Vec<String> = (first..first + values.len())
                .map(|n| format!("${n}"))
                .collect();
            *sql += &format!(" AND {name} IN ({})", marks.join(", "));
            bound.extend(values.iter().cloned().map(Bound::Text));
        };
        if !self.states.is_empty() {
            any("state", &self.states, &mut sql, &mut bound);
        }
        if !self.verdicts.is_empty() {
            any("verdict", &self.verdicts, &mut sql, &mut bound);
        }
        match &self.clients {
            Some(clients) if clients.is_empty() => sql += " AND 1 = 0",
            Some(clients) => any("client", clients, &mut sql, &mut bound),
            None => {}
        }
        for (name, value) in [
            ("client", &self.client),
            ("matter", &self.matter),
            ("partner", &self.partner),
            ("portal", &self.portal),
        ] {
            if let Some(value) = value {
                any(name, std::slice::from_ref(value), &mut sql, &mut bound);
            }
        }
        if let Some(named) = &self.named {
            bound.push(Bound::Text(named.clone()));
            let n = bound.len();
            sql += &format!(" AND (id = ${n} OR number = ${n})");
        }
        if let Some(instant) = self.unchanged_since_ms {
            bound.push(Bound::Number(instant));
            sql += &format!(" AND changed_ms <= ${}", bound.len());
        }
        if let Some(least) = self.at_risk {
            bound.push(Bound::Number(order(least)));
            // Neither database looks up an expression in the index of the column alone.
            let column = if common {
                "+at_risk_order"
            } else {
                "at_risk_order"
            };
            sql += &format!(" AND {column} >= ${}", bound.len());
        }
        if let Some((instant, id)) = &self.after
            && let Some(after) = self.sort.after(bound.len() + 1, bound.len() + 2)
        {
            bound.push(Bound::Number(*instant));
            bound.push(Bound::Text(id.clone()));
            sql += &after;
        }
        sql += " ORDER BY ";
        sql += self.sort.sql();
        if let Some(limit) = self.limit {
            bound.push(Bound::Number(limit));
            sql += &format!(" LIMIT ${}", bound.len());
            bound.push(Bound::Number(self.skip));
            sql += &format!(" OFFSET ${}", bound.len());
        }
        (sql, bound)
    }
}

impl Tx {
    /// The invoice with an id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn invoice(&mut self, id: &str) -> Result<Option<InvoiceRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM invoice WHERE id = $1");
        Ok(on!(self, c => {
            match sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(c).await? {
                Some(row) => Some(invoice!(&row)),
                None => None,
            }
        }))
    }

    /// Invoices, in the order asked for.
    ///
    /// # Errors
    /// The database fails.
    pub async fn invoices(&mut self, filter: &Filter) -> Result<Vec<InvoiceRow>, StoreError> {
        let common = match filter.at_risk {
            Some(least) if filter.sort != Sort::AtRisk => self.is_common(order(least)).await?,
            _ => false,
        };
        let (sql, bound) = filter.sql(common);
        on!(self, c => {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for value in bound {
                query = match value {
                    Bound::Text(text) => query.bind(text),
                    Bound::Number(number) => query.bind(number),
                };
            }
            let rows = query.fetch_all(c).await?;
            rows.iter().map(|row| Ok(invoice!(row))).collect()
        })
    }

    /// Whether so many invoices have at least this in doubt that reading them all to sort them would take long. The
    /// databases do not know what will be asked for when they choose an index.
    async fn is_common(&mut self, least: i64) -> Result<bool, StoreError> {
        const SQL: &str =
            "SELECT COUNT(*) FROM (SELECT 1 FROM invoice WHERE at_risk_order >= $1 LIMIT $2) these";
        const MANY: i64 = 5000;
        let (count,): (i64,) =
            on!(self, c => sqlx::query_as(SQL).bind(least).bind(MANY).fetch_one(c).await?);
        Ok(count == MANY)
    }

    /// How many invoices there are, by state, verdict and currency: of these clients, or of all.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tallies(&mut self, clients: Option<&[String]>) -> Result<Vec<Tally>, StoreError> {
        const SUMS: &str = "SELECT state, verdict, currency, COUNT(*), CAST(SUM(at_risk_order) AS BIGINT), \
                            CAST(SUM(COALESCE(total_order, 0)) AS BIGINT) FROM invoice";
        const GROUPS: &str = "GROUP BY state, verdict, currency ORDER BY state, verdict, currency";
        let filter = match clients {
            None => String::new(),
            Some([]) => "WHERE 1 = 0".to_owned(),
            Some(own) => {
                let marks: Vec<String> = (1..=own.len()).map(|n| format!("${n}")).collect();
                format!("WHERE client IN ({})", marks.join(", "))
            }
        };
        let sql = format!("{SUMS} {filter} {GROUPS}");
        let rows: Vec<(String, String, String, i64, i64, i64)> = on!(self, c => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql));
            for client in clients.unwrap_or_default() {
                query = query.bind(client);
            }
            query.fetch_all(c).await?
        });
        let tally = |(state, verdict, currency, count, at_risk, total)| Tally {
            state,
            verdict,
            currency,
            count,
            at_risk: Decimal::new(at_risk, 4),
            total: Decimal::new(total, 4),
        };
        Ok(rows.into_iter().map(tally).collect())
    }

    /// Writes an invoice, new or changed.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_invoice(&mut self, invoice: &InvoiceRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO invoice (id, number, client, matter, invoice_date, currency, total, at_risk, \
            at_risk_order, lines, verdict, state, version, document, report, preparer, cleared_by, taken_ms, \
            changed_ms, seq, head, content, partner, portal, total_order) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
            $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25) \
            ON CONFLICT (id) DO UPDATE SET matter = excluded.matter, \
            invoice_date = excluded.invoice_date, currency = excluded.currency, total = excluded.total, \
            at_risk = excluded.at_risk, at_risk_order = excluded.at_risk_order, lines = excluded.lines, \
            verdict = excluded.verdict, state = excluded.state, version = excluded.version, \
            document = excluded.document, report = excluded.report, preparer = excluded.preparer, \
            cleared_by = excluded.cleared_by, changed_ms = excluded.changed_ms, seq = excluded.seq, \
            head = excluded.head, content = excluded.content, partner = excluded.partner, \
            portal = excluded.portal, total_order = excluded.total_order";
        let i = invoice;
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&i.id).bind(&i.number).bind(&i.client).bind(&i.matter).bind(&i.invoice_date)
                .bind(&i.currency).bind(i.total.map(|t| t.to_string())).bind(i.at_risk.to_string())
                .bind(order(i.at_risk)).bind(i.lines).bind(&i.verdict).bind(&i.state).bind(i.version)
                .bind(&i.document).bind(&i.report).bind(&i.preparer).bind(&i.cleared_by)
                .bind(i.taken_ms).bind(i.changed_ms).bind(i.seq).bind(&i.head)
                .bind(&i.content).bind(&i.partner).bind(&i.portal).bind(i.total.map(order))
                .execute(c).await?;
        });
        Ok(())
    }
}
