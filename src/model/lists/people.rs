//! Clients, matters, timekeepers.

use super::Keyed;
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// A client of the firm.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct FirmClient {
    /// CLIENT_ID as invoices write it.
    pub client_id: String,
    /// Name.
    pub client_name: String,
    /// The portal its invoices go to.
    pub portal: String,
    /// Packs in force for it, beside those that name it themselves.
    pub packs: Vec<String>,
    /// Currencies it takes (ISO 4217). Empty: not agreed.
    pub currencies: Vec<String>,
    /// Tax rates it takes, as fractions (0.2 for 20 %); 0 alone: no tax. Empty: not agreed.
    pub tax_rates: Vec<Decimal>,
    /// How often it wants invoices: `monthly`, `quarterly`, ...
    pub billing_cycle: String,
}

/// A matter.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct FirmMatter {
    /// Its client.
    pub client_id: String,
    /// The firm's number.
    pub law_firm_matter_id: String,
    /// The client's number.
    pub client_matter_id: String,
    /// Name.
    pub matter_name: String,
    /// Its own portal, where it is not the client's.
    pub portal: String,
    /// Packs in force for it, beside the client's.
    pub packs: Vec<String>,
    /// First day of the engagement.
    pub opened: Option<NaiveDate>,
    /// Last day of the engagement.
    pub closed: Option<NaiveDate>,
    /// How fees are charged.
    pub fee_arrangement: FeeArrangement,
    /// Task codes (or their first letters) at a flat fee, where only some phases are.
    pub flat_tasks: Vec<String>,
    /// Agreed discount on fees, as a fraction (0.1 for 10 %).
    pub discount: Option<Decimal>,
    /// ISO 4217.
    pub currency: String,
    /// UTBMS code sets it takes, as `codes` names them. Empty: not agreed.
    pub code_sets: Vec<String>,
    /// The partner who answers for it.
    pub billing_partner: String,
}

/// How fees of a matter are charged.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum FeeArrangement {
    /// Not said.
    #[default]
    Unknown,
    /// By the hour.
    Hourly,
    /// One fee.
    Flat,
    /// Some tasks at a flat fee, the rest by the hour.
    Mixed,
}

/// A timekeeper of the firm.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct FirmTimekeeper {
    /// TIMEKEEPER_ID as invoices write it.
    pub timekeeper_id: String,
    /// Last name.
    pub last_name: String,
    /// First name.
    pub first_name: String,
    /// TIMEKEEPER_CLASSIFICATION.
    pub timekeeper_classification: String,
    /// The year of first admission.
    pub admission_year: Option<i32>,
    /// First day with the firm.
    pub from: Option<NaiveDate>,
    /// Last day with the firm.
    pub until: Option<NaiveDate>,
}

/// A timekeeper as a portal knows them.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct TimekeeperName {
    /// The firm's id.
    pub timekeeper_id: String,
    /// The portal.
    pub portal: String,
    /// The client, where it differs from client to client.
    pub client_id: String,
    /// The id there.
    pub portal_timekeeper_id: String,
    /// The name there.
    pub portal_name: String,
    /// The role there.
    pub portal_role: String,
}

impl Keyed for FirmClient {
    fn key(&self) -> &str {
        &self.client_id
    }
}

impl Keyed for FirmMatter {
    fn key(&self) -> &str {
        &self.client_id
    }
}

impl Keyed for FirmTimekeeper {
    fn key(&self) -> &str {
        &self.timekeeper_id
    }
}

impl Keyed for TimekeeperName {
    fn key(&self) -> &str {
        &self.timekeeper_id
    }
}
