//! `minimum-charge-pattern`: most entries of a timekeeper are the least that can be charged, or a day's work on
//! one subject is cut into them (guideline-rules.csv; ABA-AUD, LBRB: "chipping").

use super::hours_pattern::{Billing, hit, is_over, percent};
use super::topics::WordSet;
use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::repeats;
use chrono::NaiveDate;
use rust_decimal::Decimal;

struct MinimumCharge {
    rule: RuleId,
    min_lines: i64,
    max_share: Decimal,
    chain_len: i64,
}

/// Hundredths of an hour: entries of 0.2 hours and less.
const TINY: i64 = 20;

/// Parameters: `min_lines`, entries a timekeeper must have; `max_share`, of them of 0.2 hours and less;
/// `chain_len`, so many of those on one day, matter and subject are one piece of work.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(MinimumCharge {
        rule: params.rule,
        min_lines: params.integer("min_lines", 20)?,
        max_share: params.decimal("max_share", Decimal::new(5, 1))?,
        chain_len: params.integer("chain_len", 4)?,
    }))
}

impl Predicate for MinimumCharge {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for billing in judging.billing(invoice) {
            let tiny: Vec<u32> = billing
                .entries
                .iter()
                .filter(|(_, hours)| *hours <= TINY)
                .map(|(line, _)| *line)
                .collect();
            let all = billing.entries.len();
            if (all as i64) >= self.min_lines && is_over(tiny.len(), all, self.max_share) {
                hits.raise(
                    hit(self.rule, invoice, &tiny)
                        .with("timekeeper", &billing.id)
                        .with("found", tiny.len())
                        .with("all", all)
                        .with("share", percent(tiny.len(), all)),
                );
                continue;
            }
            if (tiny.len() as i64) >= self.chain_len {
                self.chains(invoice, billing, &tiny, hits);
            }
        }
    }
}

impl MinimumCharge {
    fn chains(&self, invoice: &Invoice, billing: &Billing, tiny: &[u32], hits: &mut Hits) {
        let mut subjects: Vec<(NaiveDate, u32, WordSet, u32)> = Vec::new();
        for line in tiny {
            let Some((line, index)) = invoice.lines.get(*line as usize).zip(Some(*line)) else {
                continue;
            };
            let subject = WordSet::of_subject(&invoice.get(line.description));
            if let Some(date) = line.date.get().filter(|_| !subject.is_empty()) {
                subjects.push((date, line.matter, subject, index));
            }
        }
        let key = |entry: &(NaiveDate, u32, WordSet, u32)| {
            (entry.0, entry.1, entry.2.hashes().to_vec(), entry.3)
        };
        subjects.sort_by_cached_key(key);
        for chain in subjects.chunk_by(|a, b| (a.0, a.1, &a.2) == (b.0, b.1, &b.2)) {
            if (chain.len() as i64) < self.chain_len.max(2) {
                continue;
            }
            let lines: Vec<u32> = chain.iter().map(|(.., line)| *line).collect();
            hits.raise(
                hit(self.rule, invoice, &lines)
                    .variant("chain")
                    .with("timekeeper", &billing.id)
                    .with("found", lines.len())
                    .with("items", repeats::items(invoice, &lines))
                    .with("date", chain[0].0),
            );
        }
    }
}
