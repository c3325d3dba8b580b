//! What other packs would change: the same files checked twice, and what differs invoice by invoice.

use super::inputs::Input;
use super::judge::Options;
use super::report::{FileReport, InvoiceReport, RunError, Sink};
use super::run::{CheckError, Quiet, check};
use crate::model::{Finding, Level};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::io;

/// What one rule says about one invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// The highest level of its findings.
    pub level: Level,
    /// Its findings' money at risk, together.
    pub at_risk: Decimal,
    /// How many places its findings name.
    pub places: usize,
    /// What the first of them says.
    pub message: String,
}

/// A rule that says something else about an invoice; `None` where it says nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The rule.
    pub rule: String,
    /// Under the old packs.
    pub before: Option<Said>,
    /// Under the new ones.
    pub after: Option<Said>,
}

/// An invoice with other findings, or the findings of a file itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Changed {
    /// The file.
    pub path: String,
    /// The invoice's number; `None` for what is said about the file.
    pub invoice: Option<String>,
    /// ISO 4217, or "?".
    pub currency: String,
    /// What differs, by rule.
    pub differences: Vec<Difference>,
}

/// All that differs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Comparison {
    /// Invoices that were checked.
    pub invoices: usize,
    /// Those with other findings, in the order of the files.
    pub changed: Vec<Changed>,
    /// Money at risk by currency before and after, over all invoices.
    pub at_risk: BTreeMap<String, (Decimal, Decimal)>,
    /// Files that could not be read.
    pub errors: Vec<RunError>,
}

/// Checks the files under both and compares what is found.
///
/// # Errors
/// A mistake in a pack.
pub fn compare(inputs: &[Input], old: Options, new: Options) -> Result<Comparison, CheckError> {
    let told = |options: Options| {
        let mut told = Told::default();
        check(inputs, options, &Quiet, &mut told).map(|run| (told, run))
    };
    let ((before, _), (after, run)) = (told(old)?, told(new)?);
    let mut comparison = Comparison {
        invoices: after.invoices.iter().filter(|i| i.of.1.is_some()).count(),
        errors: run.errors,
        ..Comparison::default()
    };
    // Both runs read the same files, so their invoices pair in order.
    for (before, after) in before.invoices.iter().zip(&after.invoices) {
        let sums = comparison.at_risk.entry(after.currency.clone());
        let (old, new) = sums.or_default();
        *old = old.saturating_add(before.at_risk);
        *new = new.saturating_add(after.at_risk);
        let differences = differences(&before.said, &after.said);
        if !differences.is_empty() {
            comparison.changed.push(Changed {
                path: after.of.0.clone(),
                invoice: after.of.1.clone(),
                currency: after.currency.clone(),
                differences,
            });
        }
    }
    comparison
        .at_risk
        .retain(|_, (old, new)| !(old.is_zero() && new.is_zero()));
    Ok(comparison)
}

fn differences(before: &BTreeMap<String, Said>, after: &BTreeMap<String, Said>) -> Vec<Difference> {
    let mut rules: Vec<&String> = before.keys().chain(after.keys()).collect();
    rules.sort();
    rules.dedup();
    let weight = |said: Option<&Said>| said.map(|s| (s.level, s.at_risk, s.places));
    rules
        .into_iter()
        .filter(|rule| weight(before.get(*rule)) != weight(after.get(*rule)))
        .map(|rule| Difference {
            rule: rule.clone(),
            before: before.get(rule).cloned(),
            after: after.get(rule).cloned(),
        })
        .collect()
}

/// What a run said, and nothing that takes room.
#[derive(Default)]
struct Told {
    invoices: Vec<OneTold>,
}

struct OneTold {
    of: (String, Option<String>),
    currency: String,
    at_risk: Decimal,
    said: BTreeMap<String, Said>,
}

fn said(findings: &[Finding]) -> BTreeMap<String, Said> {
    let mut all: BTreeMap<String, Said> = BTreeMap::new();
    for finding in findings {
        let one = all.entry(finding.rule.clone()).or_insert_with(|| Said {
            level: Level::Off,
            at_risk: Decimal::ZERO,
            places: 0,
            message: finding.message.clone(),
        });
        one.level = one.level.max(finding.level);
        let at_risk = finding.at_risk.unwrap_or_default();
        one.at_risk = one.at_risk.saturating_add(at_risk);
        one.places += finding.places.len();
    }
    all
}

impl Sink for Told {
    fn file(&mut self, file: &FileReport) -> io::Result<()> {
        self.invoices.push(OneTold {
            of: (file.path.clone(), None),
            currency: "?".to_owned(),
            at_risk: Decimal::ZERO,
            said: said(&file.findings),
        });
        Ok(())
    }

    fn invoice(&mut self, file: &FileReport, invoice: InvoiceReport) -> io::Result<()> {
        self.invoices.push(OneTold {
            of: (file.path.clone(), Some(invoice.number)),
            currency: invoice.currency,
            at_risk: invoice.at_risk,
            said: said(&invoice.findings),
        });
        Ok(())
    }
}
