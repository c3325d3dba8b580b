//! Exceptions: a finding a client has agreed to becomes a note that says so, until its last day.

use super::compile::is_one_of;
use crate::model::did_you_mean;
use crate::model::{Anchor, Hit, Invoice, RuleId};
use crate::rules::condition::{self, Condition, Gathered, Level, Scope, Subject, Type};
use crate::rules::pack::{Pack, PackMistake, Spot};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// An exception of a pack.
pub struct Excuse {
    /// The rule that is set aside.
    pub rule: RuleId,
    /// The pack that says so.
    pub pack: String,
    /// Its place among the pack's exceptions.
    pub index: usize,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub by: String,
    /// The last invoice date it holds for.
    pub until: NaiveDate,
    only: Vec<Condition>,
    used: AtomicBool,
}

/// The exceptions of a pack, made ready. `known` are the rules there are.
///
/// # Errors
/// An unknown rule or field, a day that is none, an empty reason or owner.
pub fn excuses<'a>(
    pack: &Pack,
    known: impl Fn() -> Vec<&'a str>,
) -> Result<Vec<Excuse>, PackMistake> {
    let mut all = Vec::new();
    for (index, written) in pack.ignore.iter().enumerate() {
        let spot = Spot::pack(&pack.pack).section(format!("ignore.{index}"));
        let rules = known();
        if !rules.contains(&written.rule.as_str()) {
            return Err(PackMistake::UnknownWord {
                place: spot.key("rule"),
                found: written.rule.clone(),
                what: "rule",
                remedy: did_you_mean(&written.rule, rules),
            });
        }
        for (key, text) in [("reason", &written.reason), ("by", &written.by)] {
            if text.trim().is_empty() {
                let message =
                    "an exception needs a reason and a person who answers for it; write them down";
                return Err(PackMistake::wrong(spot.key(key), message));
            }
        }
        let until = written.until.0.parse().map_err(|_| {
            let message = format!(
                "\"{}\" is no day; write year-month-day, as in 2026-01-31",
                written.until.0
            );
            PackMistake::wrong(spot.key("until"), message)
        })?;
        let params = BTreeMap::new();
        let scope = Scope {
            level: Level::Line,
            params: &params,
            may_wait: false,
        };
        let mut only = Vec::new();
        for (name, values) in &written.only {
            let place = || spot.key(format!("only.{name}"));
            let values: Vec<String> = values.iter().map(str::to_owned).collect();
            let text = is_one_of(name, &values).map_err(|m| PackMistake::wrong(place(), m))?;
            let condition = condition::read(&text, Type::Bool, &scope)
                .map_err(|m| PackMistake::wrong(place(), m.message))?;
            only.push(condition);
        }
        all.push(Excuse {
            rule: RuleId::intern(&written.rule),
            pack: pack.pack.clone(),
            index,
            reason: written.reason.trim().to_owned(),
            by: written.by.trim().to_owned(),
            until,
            only,
            used: AtomicBool::new(false),
        });
    }
    Ok(all)
}

impl Excuse {
    /// Whether it sets a hit aside: the invoice's date (without one, the day of the check) is not past its end,
    /// and the line, or the invoice's first line, is one it names.
    pub fn covers(&self, hit: &Hit, invoice: &Invoice, today: NaiveDate) -> bool {
        if hit.rule != self.rule || invoice.date.get().unwrap_or(today) > self.until {
            return false;
        }
        let index = match hit.anchor {
            Anchor::Line(line) => line as usize,
            Anchor::Matter(matter) => {
                let of_matter = |line: &crate::model::Line| line.matter == matter;
                invoice
                    .lines
                    .iter()
                    .position(of_matter)
                    .unwrap_or(usize::MAX)
            }
            Anchor::Invoice => 0,
        };
        let gathered = Gathered::default();
        let mut subject = Subject::of_line(invoice, index, &gathered);
        if let (true, Some(matter)) = (index >= invoice.lines.len(), invoice.matters.first()) {
            subject = subject.with_matter(matter);
        }
        let covers = self.only.iter().all(|c| c.holds(&subject) == Some(true));
        if covers {
            self.used.store(true, Ordering::Relaxed);
        }
        covers
    }

    /// Whether it has set anything aside.
    pub fn was_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    /// What is said of a finding it sets aside.
    pub fn note(&self) -> String {
        format!(
            "set aside until {} by {}: {}",
            self.until, self.by, self.reason
        )
    }
}
