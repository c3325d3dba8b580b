//! `timekeeper-known`: a fee without a timekeeper id, by an id that is not on the firm's list, or dated when the
//! timekeeper was not with the firm.

use super::engagement::{Engagement, engagements};
use super::fee::{Fee, fees, is_of_person};
use super::roster;
use crate::model::lists::in_span;
use crate::model::{Anchor, Field, Hit, Hits, Invoice, Line, Lists, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::{Judging, Params, Predicate};

struct TimekeeperKnown {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TimekeeperKnown { rule: params.rule }))
}

impl Predicate for TimekeeperKnown {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let engagements = engagements(invoice, lists);
        for (index, line) in invoice.lines.iter().enumerate() {
            if is_of_person(invoice, line) && line.timekeeper_id.is_blank() {
                self.judge_blank(invoice, index, line, hits);
            }
        }
        let mut judged = fees(invoice, &engagements).peekable();
        if judged.peek().is_none() {
            return;
        }
        if !lists.timekeepers.is_loaded() {
            hits.lacking(self.rule, "no list of timekeepers loaded");
            return;
        }
        let mut unsure = false;
        for fee in judged {
            unsure |= !self.judge_listed(invoice, lists, &fee, hits);
        }
        if unsure {
            hits.lacking(
                self.rule,
                "some timekeepers are not on the list of timekeepers, which does not say it is complete",
            );
        }
    }
}

impl TimekeeperKnown {
    /// In XML a missing element has no place of its own, and the reader has said so already.
    fn judge_blank(&self, invoice: &Invoice, index: usize, line: &Line, hits: &mut Hits) {
        let field = invoice.name(Field::TimekeeperId);
        let cell = match line.timekeeper_id.is_absent() {
            false => line.timekeeper_id,
            true => {
                let anchor = Anchor::Line(index as u32);
                let mut said = hits.hits.iter().filter(|hit| hit.anchor == anchor);
                if said.any(|hit| hit.marks.first().is_some_and(|mark| mark.field == field)) {
                    return;
                }
                line.record
            }
        };
        // A file whose header lacks the column is the header's fault.
        if !invoice.whole && line.timekeeper_id.is_absent() {
            return;
        }
        hits.raise(Hit::on_line(self.rule, index).at(invoice.format, Field::TimekeeperId, cell));
    }

    /// False where the list does not know the timekeeper, which means nothing unless it is complete.
    fn judge_listed(
        &self,
        invoice: &Invoice,
        lists: &Lists,
        fee: &Fee<'_>,
        hits: &mut Hits,
    ) -> bool {
        let id = fee.timekeeper_id.as_ref();
        let hit = |variant| {
            Hit::on_line(self.rule, fee.index)
                .at(invoice.format, Field::TimekeeperId, fee.line.timekeeper_id)
                .variant(variant)
                .with("who", fee.who(invoice, lists))
        };
        let Engagement { client_id, .. } = fee.engagement;
        if !roster::is_listed(lists, client_id, id) {
            if !lists.timekeepers.is_complete() {
                return false;
            }
            hits.raise(hit("unknown"));
            return true;
        }
        let away = |from, until| !in_span(fee.date, from, until);
        let rows = || roster::rows(lists, id);
        if rows().next().is_some() && rows().all(|row| away(row.from, row.until)) {
            let (from, until) =
                roster::row(lists, id, fee.date).map_or((None, None), |row| (row.from, row.until));
            let times = match (from, until) {
                (_, Some(until)) if until < fee.date => format!("left on {until}"),
                (Some(from), _) => format!("came on {from}"),
                _ => String::new(),
            };
            hits.raise(hit("away").with("times", times));
        }
        true
    }
}
