//! What was agreed with clients: rates, budgets, codes, prices. A blank client or matter holds for all.

use super::Keyed;
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// An hourly rate a client has approved.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct ApprovedRate {
    /// The client.
    pub client_id: String,
    /// The matter, where the rate is for one.
    pub law_firm_matter_id: String,
    /// The timekeeper, where the rate is for one.
    pub timekeeper_id: String,
    /// The class, where the rate is for one.
    pub timekeeper_classification: String,
    /// Money an hour.
    pub rate: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// The most a client pays an hour for a class or at a place.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct RateCap {
    /// The client.
    pub client_id: String,
    /// The class; blank: every class.
    pub timekeeper_classification: String,
    /// City, state or country of the firm's office; blank: everywhere.
    pub place: String,
    /// Money an hour.
    pub rate: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// An approved budget of a matter, a phase or a task.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Budget {
    /// The client.
    pub client_id: String,
    /// The matter.
    pub law_firm_matter_id: String,
    /// Task or phase code (`L100` holds for `L110` to `L190`); blank: the whole matter.
    pub task_code: String,
    /// Money.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// Billed before the invoices at hand.
    pub billed_before: Option<Decimal>,
    /// The day it was approved.
    pub approved_on: Option<NaiveDate>,
}

/// A code a client or matter takes.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct AcceptedCode {
    /// The client.
    pub client_id: String,
    /// The matter, where the code is for one.
    pub law_firm_matter_id: String,
    /// `task`, `activity`, `expense` or `classification`.
    pub kind: String,
    /// The code as invoices write it.
    pub code: String,
    /// What it stands for.
    pub meaning: String,
}

/// The official price of a mile or kilometre driven.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Mileage {
    /// The client; blank: every client.
    pub client_id: String,
    /// Money a unit.
    pub rate: Decimal,
    /// `mile` or `km`.
    pub unit: String,
    /// ISO 4217.
    pub currency: String,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// The most a client pays for a night.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct LodgingCap {
    /// The client; blank: every client.
    pub client_id: String,
    /// The place; blank: every place that is not named.
    pub place: String,
    /// Money a night.
    pub max_per_night: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

impl Keyed for ApprovedRate {
    fn key(&self) -> &str {
        &self.client_id
    }
}

impl Keyed for RateCap {
    fn key(&self) -> &str {
        &self.client_id
    }
}

impl Keyed for Budget {
    fn key(&self) -> &str {
        &self.client_id
    }
}

impl Keyed for AcceptedCode {
    fn key(&self) -> &str {
        &self.client_id
    }
}

impl Keyed for Mileage {
    fn key(&self) -> &str {
        &self.client_id
    }
}

impl Keyed for LodgingCap {
    fn key(&self) -> &str {
        &self.client_id
    }
}
