//! Files held in memory, checked one by one with the same packs and lists: what the store takes in.

use super::judge::{Bench, Options, packs_of};
use super::report::{FileReport, InvoiceReport, NotChecked, PackUsed, Wants};
use super::run::{CheckError, Opened, Stop};
use crate::formats::Source;
use crate::rules::RuleSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Checks file after file.
pub struct Checker {
    bench: Bench,
    /// What the packs of a rule set are called; hashing them for each invoice would cost more than judging it.
    packs: Mutex<Vec<Named>>,
}

/// A rule set and what its packs are called.
type Named = (Arc<RuleSet>, Arc<Vec<PackUsed>>);

/// An invoice with what it was judged by.
pub struct Checked {
    /// What the check says.
    pub report: InvoiceReport,
    /// The packs in force for it.
    pub packs: Arc<Vec<PackUsed>>,
    /// What could not be judged.
    pub not_checked: Vec<NotChecked>,
}

impl Checker {
    /// A checker that goes by these packs and lists.
    pub fn new(options: Options) -> Self {
        Self {
            bench: Bench::new(options, Wants::default()),
            packs: Mutex::default(),
        }
    }

    /// The day of the check.
    pub fn today(&self) -> chrono::NaiveDate {
        self.bench.today()
    }

    /// Checks a file: what concerns it as a whole, without its invoices, and each invoice.
    ///
    /// # Errors
    /// A mistake in a pack, or no temporary file can be written.
    pub fn file(&self, name: &str, bytes: &[u8]) -> Result<(FileReport, Vec<Checked>), CheckError> {
        let stopped = |stop| match stop {
            Stop::Io(e) => CheckError::Output(e),
            Stop::Pack(e) => CheckError::Pack(e),
        };
        let source = Source::of_bytes(bytes).map_err(CheckError::Output)?;
        let opened = Opened::new(&self.bench, name.to_owned(), source).map_err(stopped)?;
        let mut invoices = Vec::new();
        for index in 0..opened.survey.invoices.count() {
            let reading = opened.survey.invoices.read(index);
            let reading = reading.map_err(CheckError::Output)?;
            let (report, not_checked, rules) = self.bench.judge(reading, &opened.survey.numbers)?;
            let packs = self.packs(&rules);
            invoices.push(Checked {
                report,
                packs,
                not_checked,
            });
        }
        Ok((opened.report, invoices))
    }

    fn packs(&self, rules: &Arc<RuleSet>) -> Arc<Vec<PackUsed>> {
        let mut known = self.packs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, packs)) = known.iter().find(|(set, _)| Arc::ptr_eq(set, rules)) {
            return Arc::clone(packs);
        }
        let packs = Arc::new(packs_of(rules));
        known.push((Arc::clone(rules), Arc::clone(&packs)));
        packs
    }
}
