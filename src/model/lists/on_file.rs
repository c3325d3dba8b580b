//! What lies on file: consents, vendors, receipts, how far a matter is set up at its portal.

use super::Keyed;
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// A client's consent.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Approval {
    /// The client.
    pub client_id: String,
    /// The matter; blank: every matter of the client.
    pub law_firm_matter_id: String,
    /// What it is for.
    pub approves: Approves,
    /// A timekeeper id, a task or expense code, a vendor; blank: all of that kind.
    pub subject: String,
    /// Hours (research, work) or money (expenses, rates) up to which it holds; none: without limit.
    pub limit: Option<Decimal>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
    /// Who gave it.
    pub approved_by: String,
    /// When it was given.
    pub approved_on: Option<NaiveDate>,
    /// The mail or letter it stands in.
    pub reference: String,
}

/// What a consent is for.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Hash)]
pub enum Approves {
    /// A timekeeper working on the matter.
    #[default]
    Timekeeper,
    /// A rate rise of a timekeeper.
    Rate,
    /// Legal research.
    Research,
    /// An expense.
    Expense,
    /// A vendor or expert.
    Vendor,
    /// A kind of work, by task code or by its word (motion, appeal, deposition).
    Work,
    /// More people at one event.
    Staffing,
    /// Travel at another share of the rate.
    Travel,
}

/// An approved vendor or expert.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Vendor {
    /// The client; blank: every client.
    pub client_id: String,
    /// Its name, as narratives write it.
    pub vendor: String,
    /// Expense codes it is approved for. Empty: all.
    pub expense_codes: Vec<String>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// A receipt or vendor's bill for an expense line.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Receipt {
    /// The invoice it belongs to.
    pub invoice_number: String,
    /// The line it belongs to.
    pub line_item_number: String,
    /// Who was paid.
    pub vendor: String,
    /// What was paid.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// The file it is kept in.
    pub file: String,
}

/// How far a matter is set up at its portal; `None`: not known.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Readiness {
    /// The client.
    pub client_id: String,
    /// The matter.
    pub law_firm_matter_id: String,
    /// The portal.
    pub portal: String,
    /// The matter is assigned to the firm.
    pub assigned: Option<bool>,
    /// The portal knows the firm's number of the matter.
    pub number_matched: Option<bool>,
    /// Every timekeeper is known there.
    pub timekeepers_known: Option<bool>,
    /// Rates are approved.
    pub rates_approved: Option<bool>,
    /// A budget is approved.
    pub budget_approved: Option<bool>,
    /// The client's guidelines were accepted.
    pub guidelines_accepted: Option<bool>,
    /// The day somebody looked.
    pub checked_on: Option<NaiveDate>,
    /// What is still to be done.
    pub note: String,
}

/// A finding somebody says is a false alarm.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct WrongFinding {
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// Its rule.
    pub rule: String,
    /// The invoice it was about.
    pub invoice_number: String,
    /// Why it is one.
    pub reason: String,
    /// Who says so.
    pub marked_by: String,
    /// When.
    pub marked_on: NaiveDate,
}

impl Keyed for WrongFinding {
    fn key(&self) -> &str {
        &self.fingerprint
    }
}

impl Keyed for Approval {
    fn key(&self) -> &str {
        &self.client_id
    }
}

impl Keyed for Vendor {
    fn key(&self) -> &str {
        &self.client_id
    }
}

impl Keyed for Receipt {
    fn key(&self) -> &str {
        &self.invoice_number
    }
}

impl Keyed for Readiness {
    fn key(&self) -> &str {
        &self.client_id
    }
}
