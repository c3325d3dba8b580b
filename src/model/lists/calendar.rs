//! Days that matter: holidays and cut-offs.

use super::Keyed;
use chrono::NaiveDate;

/// A day on which a court, client or country does not work.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Holiday {
    /// The calendar it belongs to, as `us-federal`.
    pub calendar: String,
    /// The day.
    pub date: NaiveDate,
    /// Its name.
    pub name: String,
}

/// The last day on which a client takes invoices of a period.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct CutOff {
    /// The client.
    pub client_id: String,
    /// First day of the period.
    pub period_start: Option<NaiveDate>,
    /// Last day of the period.
    pub period_end: Option<NaiveDate>,
    /// The last day for invoices.
    pub submit_by: NaiveDate,
    /// Why: year-end, accrual close, ...
    pub note: String,
}

impl Keyed for Holiday {
    fn key(&self) -> &str {
        &self.calendar
    }
}

impl Keyed for CutOff {
    fn key(&self) -> &str {
        &self.client_id
    }
}
