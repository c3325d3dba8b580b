//! What clients say they paid, in tables of rows (CSV): read cell by cell into [`PaidRow`]s, each with its place.
//! Not here: which invoice of ours is meant and what becomes of it (`workflow`), and what portals say of invoices (`answers`).

mod mapping;
mod table;

pub use mapping::RemittanceMapping;
pub use table::read;

use super::answers::Mistake;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The table clients or the bank's export are brought into where they have none of their own, with what each column says.
pub const TEMPLATE: &str = include_str!("../../../rules/remittance.csv");

/// One row: money for one invoice, or for one of its lines.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PaidRow {
    /// File and row.
    pub place: String,
    /// INVOICE_NUMBER; empty where it was not said.
    pub number: String,
    /// The client's or portal's own number of the invoice; empty where it was not said.
    pub client_number: String,
    /// CLIENT_ID; empty where it was not said.
    pub client: String,
    /// LINE_ITEM_NUMBER; `None`: the invoice as a whole.
    pub item: Option<String>,
    /// How much, in whole cents; below nothing where money was taken back. Never nothing.
    pub amount: Decimal,
    /// ISO 4217; empty where it was not said.
    pub currency: String,
    /// The day of the payment.
    pub day: NaiveDate,
    /// Cheque, wire, in the payer's word; empty where it was not said.
    pub kind: String,
    /// Number of the cheque or of the transfer; empty where it was not said.
    pub reference: String,
}

/// What a file held.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Remittance {
    /// Its rows, in the order of the file.
    pub rows: Vec<PaidRow>,
    /// What could not be read.
    pub mistakes: Vec<Mistake>,
}
