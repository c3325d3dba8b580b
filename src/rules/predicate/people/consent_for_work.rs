//! `consent-for-work`: work of a kind that needs the client's consent, by task code or by words of the narrative.
//!
//! A consent for work names a task or phase code or one of the words, or nothing: then it is for all such work. That
//! none is on file means something where the approvals say they are complete, or where a consent for the same work
//! on the matter has ended or is used up.

use super::approvals;
use super::engagement::engagements;
use super::fee::{Fee, fees};
use super::flat_fee::is_part_of;
use super::words::Words;
use crate::model::lists::{Approval, Approves};
use crate::model::{Cell, Field, Hit, Hits, Invoice, Lists, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::{Judging, Params, Predicate};
use crate::rules::utbms::catalogue;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

struct ConsentForWork {
    rule: RuleId,
    task_codes: Vec<String>,
    words: Words,
}

/// Parameters: `task_codes` (tasks or phases) and `words`.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ConsentForWork {
        rule: params.rule,
        task_codes: params.list("task_codes")?,
        words: Words::of(params.list("words")?),
    }))
}

/// What on a line needs consent.
struct Work {
    field: Field,
    cell: Cell,
    /// The task code, or the word of the parameter.
    subject: String,
    /// In words, for messages.
    told: String,
}

enum Consent<'a> {
    Given,
    Limited(&'a Approval),
    Ended,
    Nothing,
}

impl Predicate for ConsentForWork {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let engagements = engagements(invoice, lists);
        let mut hours: FxHashMap<(u32, String), Decimal> = FxHashMap::default();
        let mut unsure = false;
        for fee in fees(invoice, &engagements) {
            let Some(work) = self.work(invoice, &fee) else {
                continue;
            };
            if !lists.approvals.is_loaded() {
                hits.lacking(self.rule, "no approvals loaded");
                return;
            }
            let reached = hours
                .entry((fee.line.matter, work.subject.clone()))
                .or_default();
            *reached = reached.saturating_add(fee.line.units.get().unwrap_or_default());
            let hit = || {
                Hit::on_line(self.rule, fee.index)
                    .at(invoice.format, work.field, work.cell)
                    .with("work", &work.told)
                    .with("subject", &work.subject)
                    .with("matter", fee.engagement.name())
                    .with("client", &fee.engagement.client_id)
            };
            match consent(lists, &fee, &work.subject, *reached) {
                Consent::Given => {}
                Consent::Limited(row) => {
                    let limit = row.limit.unwrap_or_default().normalize();
                    hits.raise(hit().variant("limit").with("limit", limit));
                }
                Consent::Ended => hits.raise(hit().variant("not-then")),
                Consent::Nothing if lists.approvals.is_complete() => hits.raise(hit()),
                Consent::Nothing => unsure = true,
            }
        }
        if unsure {
            hits.lacking(
                self.rule,
                "no consent to some work on file, and the approvals do not say they are complete",
            );
        }
    }
}

fn consent<'a>(lists: &'a Lists, fee: &'a Fee<'_>, subject: &str, reached: Decimal) -> Consent<'a> {
    let rows = approvals::of(lists, fee.engagement, Approves::Work).filter(|row| {
        row.subject.is_empty()
            || is_part_of(subject, &row.subject)
            || row
                .subject
                .eq_ignore_ascii_case(subject.trim_end_matches('*'))
    });
    let mut found = Consent::Nothing;
    for row in rows {
        if !approvals::is_in_force(row, fee.date) {
            if matches!(found, Consent::Nothing) {
                found = Consent::Ended;
            }
        } else if row.limit.is_some_and(|limit| reached > limit) {
            found = Consent::Limited(row);
        } else {
            return Consent::Given;
        }
    }
    found
}

impl ConsentForWork {
    fn work(&self, invoice: &Invoice, fee: &Fee<'_>) -> Option<Work> {
        let line = fee.line;
        let code = invoice.get(line.task_code);
        if self
            .task_codes
            .iter()
            .any(|wanted| is_part_of(&code, wanted))
        {
            let label = catalogue()
                .find(&code)
                .map_or("", |code| code.label.as_str());
            return Some(Work {
                field: Field::TaskCode,
                cell: line.task_code,
                subject: code.to_string(),
                told: format!("{code} {label}").trim_end().to_owned(),
            });
        }
        let narrative = invoice.get(line.description);
        let (word, place) = self.words.first(&narrative)?;
        Some(Work {
            field: Field::LineDescription,
            cell: line.description,
            subject: word.trim_end_matches('*').to_owned(),
            told: format!("\"{}\"", narrative.get(place).unwrap_or(word)),
        })
    }
}
