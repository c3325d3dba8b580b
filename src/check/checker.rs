//! Files held in memory, checked one by one with the same packs and lists: what the store takes in.

use super::judge::{Bench, Options, packs_of};
use super::report::{FileReport, InvoiceReport, NotChecked, PackUsed, Wants};
use super::run::{CheckError, Opened, Stop};
use crate::formats::Source;
use crate::model::History;
use crate::rules::RuleSet;
use sha2::{Digest, Sha256};
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
    /// SHA-256 of what makes the invoice this version of it: its own bytes, the head above them, and what is wrong
    /// with the file as a whole. Other invoices of the file have no part in it.
    pub content: String,
    /// Where the firm's lists say it belongs.
    pub placed: Placed,
}

/// Where the firm's lists say an invoice belongs; empty where they do not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Placed {
    /// The partner who answers for its first matter.
    pub partner: String,
    /// The portal it goes to.
    pub portal: String,
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

    /// Earlier invoices that were given with the options.
    pub fn history(&self) -> &Arc<History> {
        self.bench.history()
    }

    /// Checks a file: what concerns it as a whole, without its invoices, and each invoice after the earlier ones that
    /// `history` gives for its place in the file.
    ///
    /// # Errors
    /// A mistake in a pack, or no temporary file can be written.
    pub fn file(
        &self,
        name: &str,
        bytes: &[u8],
        history: &dyn Fn(usize) -> Arc<History>,
    ) -> Result<(FileReport, Vec<Checked>), CheckError> {
        let stopped = |stop| match stop {
            Stop::Io(e) => CheckError::Output(e),
            Stop::Pack(e) => CheckError::Pack(e),
        };
        let source = Source::of_bytes(bytes).map_err(CheckError::Output)?;
        let opened = Opened::new(&self.bench, name.to_owned(), source).map_err(stopped)?;
        let marks = opened
            .report
            .findings
            .iter()
            .map(|f| f.fingerprint.as_str());
        let as_a_whole = marks.collect::<Vec<_>>().join("\n");
        let mut invoices = Vec::new();
        for index in 0..opened.survey.invoices.count() {
            let reading = opened.survey.invoices.read(index);
            let reading = reading.map_err(CheckError::Output)?;
            let (report, not_checked, rules) =
                self.bench
                    .judge_after(reading, &opened.survey.numbers, &history(index))?;
            let packs = self.packs(&rules);
            let own = opened.survey.invoices.own(index);
            let mut content = Sha256::new_with_prefix(own.map_err(CheckError::Output)?);
            content.update("\u{1f}");
            content.update(&as_a_whole);
            invoices.push(Checked {
                placed: self.placed(&report),
                content: hex::encode(content.finalize()),
                report,
                packs,
                not_checked,
            });
        }
        Ok((opened.report, invoices))
    }

    fn placed(&self, report: &InvoiceReport) -> Placed {
        let client = report.client.as_deref().unwrap_or("").trim();
        let matter = report.matter.as_deref().unwrap_or("");
        let (partner, portal) = self.bench.placed(client, matter);
        Placed { partner, portal }
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
