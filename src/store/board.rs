//! Submissions of some clients, with the invoices they carry: counted by account, and the first or the last of them.

use super::conditions::{Conditions, asked};
use super::db::on;
use super::submissions::{COLUMNS, SubmissionRow, submission};
use super::{StoreError, Tx};
use rust_decimal::Decimal;
use sqlx::{FromRow, Row};

/// How many submissions are at the same point, and what their invoices come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SubmissionTally {
    /// The account they go through.
    pub account: String,
    /// Their status.
    pub status: String,
    /// The currency of their invoices.
    pub currency: String,
    /// How many.
    pub count: i64,
    /// The sum of their totals, where those could be read.
    pub total: Decimal,
}

/// Which submissions: of these clients or of all, of the version of their invoice that stands, in these states of it.
#[derive(Clone, Copy, Debug)]
pub struct Carried<'a> {
    /// Clients; `None` asks for all.
    pub clients: Option<&'a [String]>,
    /// States of the invoice.
    pub states: &'a [&'a str],
}

impl Carried<'_> {
    fn narrow(self, asked: &mut Conditions) {
        asked.sql += " AND i.version = s.version";
        asked.any("i.state", self.states);
        of_clients(asked, self.clients);
    }
}

fn of_clients(asked: &mut Conditions, clients: Option<&[String]>) {
    if let Some(clients) = clients {
        asked.any("i.client", clients);
    }
}

fn of(columns: &str) -> Conditions {
    Conditions::of(&format!(
        "SELECT {columns} FROM submission s JOIN invoice i ON i.id = s.invoice"
    ))
}

/// The order of sending.
const IN_ORDER: &str = "COALESCE(s.due, '9999'), s.total_order DESC, s.id";

/// The columns of a submission where an invoice is beside it.
fn columns() -> String {
    let own = COLUMNS.split(", ").map(|c| format!("s.{}", c.trim()));
    own.collect::<Vec<_>>().join(", ")
}

impl Tx {
    /// How many submissions with one of these statuses there are, by account, status and currency.
    ///
    /// # Errors
    /// The database fails.
    pub async fn submission_tallies(
        &mut self,
        statuses: &[&str],
        which: Carried<'_>,
    ) -> Result<Vec<SubmissionTally>, StoreError> {
        let mut asked = of(
            "s.account, s.status, i.currency, COUNT(*), CAST(SUM(COALESCE(i.total_order, 0)) AS BIGINT)",
        );
        asked.any("s.status", statuses);
        which.narrow(&mut asked);
        asked.sql +=
            " GROUP BY s.account, s.status, i.currency ORDER BY s.account, s.status, i.currency";
        let rows: Vec<(String, String, String, i64, i64)> = on!(self, c => {
            let rows = asked!(asked).fetch_all(c).await?;
            rows.iter().map(FromRow::from_row).collect::<Result<_, _>>()?
        });
        let tally = |(account, status, currency, count, total)| SubmissionTally {
            account,
            status,
            currency,
            count,
            total: Decimal::new(total, 4),
        };
        Ok(rows.into_iter().map(tally).collect())
    }

    /// Submissions with one of these statuses in the order of sending, of one account or of all.
    ///
    /// # Errors
    /// The database fails.
    pub async fn submissions_in_order(
        &mut self,
        account: Option<&str>,
        statuses: &[&str],
        which: Carried<'_>,
        most: Option<i64>,
    ) -> Result<Vec<SubmissionRow>, StoreError> {
        let mut asked = of(&columns());
        asked.are([("s.account", account)]);
        asked.any("s.status", statuses);
        which.narrow(&mut asked);
        self.joined(asked.ordered(IN_ORDER, most)).await
    }

    /// Submissions that changed since an instant and have one of these statuses, of whatever version, the last first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn last_submissions(
        &mut self,
        statuses: &[&str],
        clients: Option<&[String]>,
        since_ms: i64,
        most: i64,
    ) -> Result<Vec<SubmissionRow>, StoreError> {
        let mut asked = of(&columns());
        asked.any("s.status", statuses);
        of_clients(&mut asked, clients);
        asked.is("s.changed_ms >=", since_ms);
        self.joined(asked.ordered("s.changed_ms DESC, s.id", Some(most)))
            .await
    }

    /// Submissions that somebody may have to know of in the morning, in the order of sending: with one of these
    /// statuses, changed or sent since an instant, or with the invoice in one of the states of `which`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn submissions_since(
        &mut self,
        since_ms: i64,
        statuses: &[&str],
        which: Carried<'_>,
    ) -> Result<Vec<SubmissionRow>, StoreError> {
        let mut asked = of(&columns());
        let tests = [
            asked.one_of("s.status", statuses),
            asked.one_of("i.state", which.states),
            format!("s.changed_ms >= {}", asked.mark(since_ms)),
            format!("s.sent_ms >= {}", asked.mark(since_ms)),
        ];
        asked.sql += &format!(" AND i.version = s.version AND ({})", tests.join(" OR "));
        of_clients(&mut asked, which.clients);
        self.joined(asked.ordered(IN_ORDER, None)).await
    }

    async fn joined(&mut self, asked: Conditions) -> Result<Vec<SubmissionRow>, StoreError> {
        on!(self, c => {
            let rows = asked!(asked).fetch_all(c).await?;
            rows.iter().map(|row| Ok(submission!(row))).collect()
        })
    }

    /// Whether a submission of these clients changed since an instant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn submissions_moved(
        &mut self,
        clients: Option<&[String]>,
        since_ms: i64,
    ) -> Result<bool, StoreError> {
        let mut asked = of("s.id");
        of_clients(&mut asked, clients);
        asked.is("s.changed_ms >=", since_ms);
        asked.sql += " LIMIT 1";
        Ok(on!(self, c => asked!(asked).fetch_optional(c).await?.is_some()))
    }
}
