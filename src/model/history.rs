//! Earlier invoices, as far as later ones are judged by them.

use super::line::LineKind;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

/// An invoice sent before.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct EarlierInvoice {
    /// Invoice number.
    pub number: String,
    /// The file it stands in.
    pub file: String,
    /// CLIENT_ID.
    pub client_id: String,
    /// The firm's numbers of its matters.
    pub law_firm_matter_ids: Vec<String>,
    /// Invoice date.
    pub date: Option<NaiveDate>,
    /// First day of the billing period.
    pub billing_start: Option<NaiveDate>,
    /// Last day of the billing period.
    pub billing_end: Option<NaiveDate>,
    /// Invoice total.
    pub total: Option<Decimal>,
    /// ISO 4217; empty where the format names none.
    pub currency: String,
    /// Its lines.
    pub lines: Vec<EarlierLine>,
}

/// A line of an earlier invoice.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct EarlierLine {
    /// LINE_ITEM_NUMBER.
    pub item: String,
    /// Fee, expense, adjustment.
    pub kind: Option<LineKind>,
    /// Index in [`EarlierInvoice::law_firm_matter_ids`].
    pub matter: u32,
    /// Its date.
    pub date: Option<NaiveDate>,
    /// TIMEKEEPER_ID.
    pub timekeeper_id: String,
    /// Hours or pieces.
    pub units: Option<Decimal>,
    /// Rate or price.
    pub unit_cost: Option<Decimal>,
    /// Line total.
    pub total: Option<Decimal>,
    /// UTBMS task code.
    pub task_code: String,
    /// UTBMS activity code.
    pub activity_code: String,
    /// UTBMS expense code.
    pub expense_code: String,
    /// The narrative.
    pub description: String,
}

/// All earlier invoices at hand.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct History {
    loaded: bool,
    invoices: Vec<EarlierInvoice>,
    by_client: FxHashMap<Box<str>, Vec<u32>>,
}

impl History {
    /// A history that was given, earliest invoices first whatever their order here.
    pub fn new(mut invoices: Vec<EarlierInvoice>) -> Self {
        invoices.sort_by(|a, b| (a.date, &a.number).cmp(&(b.date, &b.number)));
        let mut by_client: FxHashMap<Box<str>, Vec<u32>> = FxHashMap::default();
        for (index, invoice) in invoices.iter().enumerate() {
            by_client
                .entry(invoice.client_id.as_str().into())
                .or_default()
                .push(index as u32);
        }
        Self {
            loaded: true,
            invoices,
            by_client,
        }
    }

    /// True where earlier invoices were given, if only none.
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Every earlier invoice.
    pub fn invoices(&self) -> &[EarlierInvoice] {
        &self.invoices
    }

    /// Those of a client, earliest first.
    pub fn of_client(&self, client_id: &str) -> impl DoubleEndedIterator<Item = &EarlierInvoice> {
        let own = self.by_client.get(client_id).map_or(&[][..], Vec::as_slice);
        own.iter()
            .filter_map(|index| self.invoices.get(*index as usize))
    }
}
