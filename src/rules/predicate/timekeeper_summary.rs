//! `timekeeper-summary`: the timekeeper of an XML fee has a summary in its matter, at its level and rate, and
//! in LEDES 2000 the hours of a summary are those of the fees.

use super::amount::shown;
use super::places::matter_name;
use super::{Judging, Params, Predicate};
use crate::model::{
    Anchor, Field, Hit, Hits, Invoice, LedesFormat, Line, LineKind, RuleId,
    TimekeeperSummary as Summary,
};
use crate::rules::PackMistake;
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

struct TimekeeperSummary {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TimekeeperSummary { rule: params.rule }))
}

/// The summaries of a timekeeper in a matter.
type Summaries<'a> = FxHashMap<(u32, &'a str), Vec<&'a Summary>>;

impl Predicate for TimekeeperSummary {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if !invoice.format.is_xml() {
            return;
        }
        let mut summaries = Summaries::default();
        for (index, matter) in invoice.matters.iter().enumerate() {
            for summary in &matter.timekeepers {
                let key = (index as u32, invoice.text.raw(summary.id));
                summaries.entry(key).or_default().push(summary);
            }
        }
        for (index, line) in invoice.lines.iter().enumerate() {
            let matter = invoice.matter_of(line);
            if matter.is_some_and(|m| m.complete)
                && line.kind.get() == Some(LineKind::Fee)
                && !line.timekeeper_id.is_blank()
            {
                self.judge_fee(invoice, &summaries, index, line, hits);
            }
        }
        if invoice.format == LedesFormat::L2000 {
            self.judge_hours(invoice, &summaries, hits);
        }
    }
}

impl TimekeeperSummary {
    fn judge_fee(
        &self,
        invoice: &Invoice,
        summaries: &Summaries<'_>,
        index: usize,
        line: &Line,
        hits: &mut Hits,
    ) {
        let raw = |cell| invoice.text.raw(cell);
        let id = raw(line.timekeeper_id);
        let level = raw(line.timekeeper_classification);
        let hit = |variant, field, cell| {
            Hit::on_line(self.rule, index)
                .at(invoice.format, field, cell)
                .variant(variant)
                .with("id", id)
                .with("matter", matter_name(invoice, line.matter as usize))
        };
        let of_id = summaries
            .get(&(line.matter, id))
            .map_or(&[][..], Vec::as_slice);
        let Some(first) = of_id.first() else {
            return hits.raise(hit("", Field::TimekeeperId, line.timekeeper_id));
        };
        let at_level = || {
            of_id.iter().filter(|t| {
                let own = raw(t.level);
                level.is_empty() || own.is_empty() || own.eq_ignore_ascii_case(level)
            })
        };
        let Some(billed) = at_level().next() else {
            let class = line.timekeeper_classification;
            return hits.raise(
                hit("level", Field::TimekeeperClassification, class)
                    .with("summary_level", raw(first.level)),
            );
        };
        let fixed = raw(line.charge_type).eq_ignore_ascii_case("F");
        let Some(rate) = line.unit_cost.get() else {
            return;
        };
        // Neither a fixed charge nor a line without charge shows the timekeeper's rate.
        if fixed || rate.is_zero() {
            return;
        }
        // A credit carries the minus in its rate.
        if at_level().all(|t| t.rate.get().is_some_and(|known| known != rate.abs())) {
            hits.raise(
                hit("rate", Field::UnitCost, line.unit_cost.cell)
                    .with("summary_rate", raw(billed.rate.cell)),
            );
        }
    }

    /// Hours of the summaries of one timekeeper against the units of the fees (ledes-other.md 1.5, D-016).
    fn judge_hours(&self, invoice: &Invoice, summaries: &Summaries<'_>, hits: &mut Hits) {
        let mut units: FxHashMap<(u32, &str), Option<Decimal>> = FxHashMap::default();
        for line in &invoice.lines {
            if line.kind.get() == Some(LineKind::Fee) {
                let key = (line.matter, invoice.text.raw(line.timekeeper_id));
                let sum = units.entry(key).or_insert(Some(Decimal::ZERO));
                *sum = sum
                    .zip(line.units.get())
                    .and_then(|(a, b)| a.checked_add(b));
            }
        }
        // A fee under an id without summary is said already; whose hours it holds is not known.
        let astray: FxHashSet<u32> = units
            .keys()
            .filter(|key| !summaries.contains_key(*key))
            .map(|(matter, _)| *matter)
            .collect();
        for (index, matter) in invoice.matters.iter().enumerate() {
            if astray.contains(&(index as u32)) {
                continue;
            }
            for summary in matter.timekeepers.iter().filter(|_| matter.complete) {
                let id = invoice.text.raw(summary.id);
                let key = (index as u32, id);
                let of_id = summaries.get(&key).map_or(&[][..], Vec::as_slice);
                let first = of_id.first().is_some_and(|f| std::ptr::eq(*f, summary));
                if id.is_empty() || !first {
                    continue;
                }
                let hours = of_id.iter().try_fold(Decimal::ZERO, |sum, t| {
                    t.hours.get().and_then(|h| sum.checked_add(h))
                });
                let worked = units.get(&key).copied().unwrap_or(Some(Decimal::ZERO));
                let (Some(hours), Some(worked)) = (hours, worked) else {
                    continue;
                };
                if hours != worked {
                    hits.raise(
                        Hit::new(self.rule, Anchor::Matter(index as u32))
                            .at_name("tk_hours", summary.hours.cell)
                            .variant("hours")
                            .with("id", id)
                            .with("hours", shown(hours))
                            .with("matter", matter_name(invoice, index))
                            .expecting(shown(worked)),
                    );
                }
            }
        }
    }
}
