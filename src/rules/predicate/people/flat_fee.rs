//! `flat-fee`: time charged by the hour on a matter, or a phase of one, that was agreed at a flat fee.

use super::engagement::{Engagement, engagements};
use super::fee::{is_of_person, priced};
use crate::model::lists::FeeArrangement;
use crate::model::{Field, Hit, Hits, Invoice, Line, LineKind, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::amount::shown;
use crate::rules::predicate::{Judging, Params, Predicate};
use crate::rules::utbms::catalogue;
use rust_decimal::Decimal;

struct FlatFee {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(FlatFee { rule: params.rule }))
}

impl Predicate for FlatFee {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        if !lists.matters.is_loaded() {
            if invoice.lines.iter().any(|l| is_of_person(invoice, l)) {
                hits.lacking(self.rule, "no list of matters loaded");
            }
            return;
        }
        for (index, engagement) in engagements(invoice, lists).iter().enumerate() {
            self.judge_matter(invoice, index, engagement, hits);
        }
    }
}

impl FlatFee {
    fn judge_matter(
        &self,
        invoice: &Invoice,
        matter: usize,
        engagement: &Engagement<'_>,
        hits: &mut Hits,
    ) {
        let Some(listed) = engagement.listed else {
            return;
        };
        let lines = || {
            let all = invoice.lines.iter().enumerate();
            all.filter(|(_, line)| line.matter as usize == matter)
        };
        let hourly: Vec<(usize, &Line, &str)> = lines()
            .filter(|(_, line)| is_hourly(invoice, line))
            .filter_map(|(index, line)| {
                let task = invoice.get(line.task_code);
                let flat = match listed.fee_arrangement {
                    FeeArrangement::Flat => "",
                    FeeArrangement::Mixed => {
                        listed.flat_tasks.iter().find(|f| is_part_of(&task, f))?
                    }
                    FeeArrangement::Hourly | FeeArrangement::Unknown => return None,
                };
                Some((index, line, flat))
            })
            .collect();
        let sum = |lines: &mut dyn Iterator<Item = &Line>| -> Decimal {
            lines
                .filter_map(|line| line.total.get())
                .fold(Decimal::ZERO, |sum, total| {
                    sum.checked_add(total).unwrap_or(sum)
                })
        };
        // Hours shown for information are taken off again.
        let charged = sum(&mut hourly.iter().map(|(_, line, _)| *line));
        let off = |line: &&Line| line.kind.get() == Some(LineKind::FeeAdjustment);
        let taken_off = sum(&mut lines().map(|(_, line)| line).filter(off));
        if charged.saturating_add(taken_off) <= Decimal::ZERO {
            return;
        }
        for (index, line, flat) in hourly {
            let hit = Hit::on_line(self.rule, index)
                .at(invoice.format, Field::UnitCost, line.unit_cost.cell)
                .with("rate", shown(line.unit_cost.get().unwrap_or_default()))
                .with("matter", engagement.name());
            hits.raise(match flat {
                "" => hit,
                task => hit.variant("task").with("task", task),
            });
        }
    }
}

/// Time of a person that costs something. The XML formats mark a fixed charge.
fn is_hourly(invoice: &Invoice, line: &Line) -> bool {
    is_of_person(invoice, line)
        && priced(line).is_some()
        && line.total.get().is_none_or(|total| total > Decimal::ZERO)
}

/// True where `task` is the wanted task, one of the wanted phase, or begins with the wanted letters.
pub(super) fn is_part_of(task: &str, wanted: &str) -> bool {
    let task = task.trim();
    !task.is_empty()
        && !wanted.is_empty()
        && (task.starts_with(wanted)
            || catalogue()
                .find(task)
                .is_some_and(|code| code.parent == wanted))
}
