//! What each invoice is now, as rows, and the questions asked of them.

use super::conditions::{Conditions, asked};
use super::db::on;
use super::{StoreError, Tx};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use sqlx::{AssertSqlSafe, FromRow, Row};
use std::collections::BTreeMap;

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
    /// What lies after a place: an instant and an id follow.
    fn after(self) -> Option<&'static str> {
        match self {
            Self::Taken => Some("(taken_ms, id) >"),
            Self::Newest => Some("(taken_ms, id) <"),
            Self::Age => Some("(changed_ms, id) >"),
            _ => None,
        }
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

impl Filter {
    /// `common` says that the amount in doubt picks out so many that its index is no help.
    fn asked(&self, common: bool) -> Conditions {
        let mut asked = Conditions::of(&format!("SELECT {COLUMNS} FROM invoice"));
        for (column, values) in [("state", &self.states), ("verdict", &self.verdicts)] {
            if !values.is_empty() {
                asked.any(column, values);
            }
        }
        if let Some(clients) = &self.clients {
            asked.any("client", clients);
        }
        asked.are([
            ("client", self.client.as_ref()),
            ("matter", self.matter.as_ref()),
            ("partner", self.partner.as_ref()),
            ("portal", self.portal.as_ref()),
        ]);
        if let Some(named) = &self.named {
            let mark = asked.mark(named);
            asked.sql += &format!(" AND (id = {mark} OR number = {mark})");
        }
        if let Some(instant) = self.unchanged_since_ms {
            asked.is("changed_ms <=", instant);
        }
        if let Some(least) = self.at_risk {
            // Neither database looks up an expression in the index of the column alone.
            let column = if common {
                "+at_risk_order >="
            } else {
                "at_risk_order >="
            };
            asked.is(column, order(least));
        }
        if let Some((instant, id)) = &self.after
            && let Some(after) = self.sort.after()
        {
            let (instant, id) = (asked.mark(*instant), asked.mark(id));
            asked.sql += &format!(" AND {after} ({instant}, {id})");
        }
        let mut asked = asked.ordered(self.sort.sql(), self.limit);
        if self.limit.is_some() {
            let skip = asked.mark(self.skip);
            asked.sql += &format!(" OFFSET {skip}");
        }
        asked
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

    /// The invoices with these ids, by id; ids of none are passed over.
    ///
    /// # Errors
    /// The database fails.
    pub async fn invoices_of(
        &mut self,
        ids: &[String],
    ) -> Result<BTreeMap<String, InvoiceRow>, StoreError> {
        // Databases take so many values at once.
        const AT_ONCE: usize = 500;
        let mut all = BTreeMap::new();
        for some in ids.chunks(AT_ONCE) {
            let mut asked = Conditions::of(&format!("SELECT {COLUMNS} FROM invoice"));
            asked.any("id", some);
            on!(self, c => {
                for row in &asked!(asked).fetch_all(c).await? {
                    let invoice = invoice!(row);
                    all.insert(invoice.id.clone(), invoice);
                }
            });
        }
        Ok(all)
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
        let asked = filter.asked(common);
        on!(self, c => {
            let rows = asked!(asked).fetch_all(c).await?;
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
        let mut asked = Conditions::of(SUMS);
        if let Some(clients) = clients {
            asked.any("client", clients);
        }
        asked.sql += " GROUP BY state, verdict, currency ORDER BY state, verdict, currency";
        let rows: Vec<(String, String, String, i64, i64, i64)> = on!(self, c => {
            let rows = asked!(asked).fetch_all(c).await?;
            rows.iter().map(FromRow::from_row).collect::<Result<_, _>>()?
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
