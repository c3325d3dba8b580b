//! Earlier invoices, as far as later ones are judged by them.

use super::line::LineKind;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

/// An invoice sent before.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct EarlierInvoice {
    /// Invoice number.
    pub number: String,
    /// The file it stands in.
    pub file: String,
    /// The tracker keeps it and sees itself to what comes under its number again.
    pub kept: bool,
    /// Its place among those that came together: an invoice is judged by those before it. 0 came earlier.
    pub arrival: u64,
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
    /// The number of the rejected invoice it replaces; empty where it says of none.
    pub replaces: String,
    /// What it bills on each of its matters, without tax; `None` where that could not be read.
    pub billed: Vec<Option<Decimal>>,
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
    /// The tax inside the line total.
    pub tax_total: Option<Decimal>,
    /// UTBMS task code.
    pub task_code: String,
    /// UTBMS activity code.
    pub activity_code: String,
    /// UTBMS expense code.
    pub expense_code: String,
    /// The narrative.
    pub description: String,
}

impl EarlierLine {
    /// The line total without the tax in it.
    pub fn net(&self) -> Option<Decimal> {
        self.total?.checked_sub(self.tax_total.unwrap_or_default())
    }
}

/// Positions in [`History::invoices`], and of a matter or line in them.
type At = (u32, u32);

/// By client, and by something of each client's invoices.
type ByClient<K> = FxHashMap<Box<str>, FxHashMap<K, Vec<At>>>;

/// All earlier invoices at hand. Cheap to clone.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct History {
    loaded: bool,
    all: Arc<All>,
    /// Where set, only what arrived before counts.
    before: Option<u64>,
}

#[derive(Default, PartialEq, Debug)]
struct All {
    invoices: Vec<Arc<EarlierInvoice>>,
    by_client: FxHashMap<Box<str>, Vec<u32>>,
    /// By client and matter; made when it is first asked for.
    by_matter: OnceLock<ByClient<Box<str>>>,
    /// Lines by client and day; made when it is first asked for.
    by_day: OnceLock<ByClient<NaiveDate>>,
}

/// The lines of a client's earlier invoices, by day.
#[derive(Clone, Copy, Debug)]
pub struct Days<'a> {
    history: &'a History,
    lines: &'a FxHashMap<NaiveDate, Vec<At>>,
}

impl<'a> Days<'a> {
    /// Those of one day, with their invoices, earliest invoice first.
    pub fn on(
        &self,
        day: NaiveDate,
    ) -> impl Iterator<Item = (&'a EarlierInvoice, &'a EarlierLine)> {
        let history = self.history;
        let at = self.lines.get(&day).map_or(&[][..], Vec::as_slice);
        at.iter().filter_map(move |(invoice, line)| {
            let invoice = history.at(*invoice)?;
            Some((invoice, invoice.lines.get(*line as usize)?))
        })
    }
}

impl History {
    /// A history that was given, earliest invoices first whatever their order here.
    pub fn new(invoices: Vec<EarlierInvoice>) -> Self {
        Self::of(invoices.into_iter().map(Arc::new).collect())
    }

    /// The same of invoices that others hold, too.
    pub fn of(mut invoices: Vec<Arc<EarlierInvoice>>) -> Self {
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
            all: Arc::new(All {
                invoices,
                by_client,
                ..All::default()
            }),
            before: None,
        }
    }

    /// The same invoices, as far as they arrived before this one.
    pub fn before(&self, arrival: u64) -> Self {
        Self {
            before: Some(arrival),
            ..self.clone()
        }
    }

    /// True where earlier invoices were given, if only none.
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Every earlier invoice.
    pub fn invoices(&self) -> &[Arc<EarlierInvoice>] {
        &self.all.invoices
    }

    fn at(&self, index: u32) -> Option<&EarlierInvoice> {
        let invoice = self.all.invoices.get(index as usize)?;
        let counts = self.before.is_none_or(|before| invoice.arrival < before);
        counts.then_some(&**invoice)
    }

    /// Those of a client, earliest first.
    pub fn of_client(&self, client_id: &str) -> impl DoubleEndedIterator<Item = &EarlierInvoice> {
        let own = self.all.by_client.get(client_id);
        let own = own.map_or(&[][..], Vec::as_slice);
        own.iter().filter_map(|index| self.at(*index))
    }

    /// Those of a client that bill a matter, by the firm's number of it, with its index there; earliest first.
    pub fn of_matter(
        &self,
        client_id: &str,
        law_firm_matter_id: &str,
    ) -> impl DoubleEndedIterator<Item = (&EarlierInvoice, usize)> {
        let index = self.all.by_matter.get_or_init(|| {
            let mut index: ByClient<Box<str>> = FxHashMap::default();
            for (at, invoice) in (0..).zip(&self.all.invoices) {
                let matters = index.entry(invoice.client_id.as_str().into()).or_default();
                for (number, id) in (0..).zip(&invoice.law_firm_matter_ids) {
                    matters
                        .entry(id.as_str().into())
                        .or_default()
                        .push((at, number));
                }
            }
            index
        });
        let own = index
            .get(client_id)
            .and_then(|matters| matters.get(law_firm_matter_id))
            .map_or(&[][..], Vec::as_slice);
        own.iter()
            .filter_map(|(at, number)| Some((self.at(*at)?, *number as usize)))
    }

    /// The lines of a client by day; `None` where there are none.
    pub fn days_of(&self, client_id: &str) -> Option<Days<'_>> {
        let index = self.all.by_day.get_or_init(|| {
            let mut index: ByClient<NaiveDate> = FxHashMap::default();
            for (at, invoice) in (0..).zip(&self.all.invoices) {
                let days = index.entry(invoice.client_id.as_str().into()).or_default();
                for (number, line) in (0..).zip(&invoice.lines) {
                    if let Some(day) = line.date {
                        days.entry(day).or_default().push((at, number));
                    }
                }
            }
            index
        });
        Some(Days {
            history: self,
            lines: index.get(client_id)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice(number: &str, client: &str, day: u32) -> EarlierInvoice {
        let date = NaiveDate::from_ymd_opt(2026, 3, day);
        EarlierInvoice {
            number: number.to_owned(),
            client_id: client.to_owned(),
            law_firm_matter_ids: vec!["M1".to_owned(), "M2".to_owned()],
            date,
            lines: vec![EarlierLine {
                date,
                matter: 1,
                ..EarlierLine::default()
            }],
            ..EarlierInvoice::default()
        }
    }

    #[test]
    fn invoices_and_lines_are_found_by_client_matter_and_day() {
        let history = History::new(vec![
            invoice("B", "C1", 9),
            invoice("A", "C1", 2),
            invoice("C", "C2", 2),
        ]);
        let on: Vec<_> = history
            .of_matter("C1", "M2")
            .map(|(i, at)| (i.number.as_str(), at))
            .collect();
        assert_eq!(on, [("A", 1), ("B", 1)]);
        assert_eq!(history.of_matter("C1", "M3").count(), 0);
        let day = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");
        let lines: Vec<_> = history.days_of("C1").expect("known").on(day).collect();
        assert_eq!((lines.len(), lines[0].0.number.as_str()), (1, "A"));
        assert!(history.days_of("C3").is_none());
    }
}
