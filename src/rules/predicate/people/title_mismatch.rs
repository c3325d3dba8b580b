//! `title-mismatch`: the class on a line is not the one the firm's list of timekeepers has. A title of the firm's own
//! that stands for no class of the lists cannot be compared.

use super::engagement::engagements;
use super::fee::fees;
use super::roster;
use crate::model::lists::in_span;
use crate::model::{Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::{Judging, Params, Predicate};
use crate::rules::utbms::classes;

struct TitleMismatch {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TitleMismatch { rule: params.rule }))
}

impl Predicate for TitleMismatch {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let engagements = engagements(invoice, lists);
        for fee in fees(invoice, &engagements) {
            let cell = fee.line.timekeeper_classification;
            if cell.is_blank() {
                continue;
            }
            if !lists.timekeepers.is_loaded() {
                hits.lacking(self.rule, "no list of timekeepers loaded");
                return;
            }
            let written = invoice.get(cell);
            let id = fee.timekeeper_id.as_ref();
            let mut listed = roster::rows(lists, id)
                .filter(|row| in_span(fee.date, row.from, row.until))
                .map(|row| row.timekeeper_classification.as_str())
                .filter(|class| classes().knows(class))
                .peekable();
            let Some(class) = listed.peek().copied() else {
                continue;
            };
            let mut roles = roster::portal_roles(lists, &fee.engagement.client_id, id);
            if listed.any(|class| classes().same(class, &written))
                || roles.any(|role| classes().same(role, &written))
            {
                continue;
            }
            // Written the way the line writes its classes, where there is such a code.
            let right = classes()
                .meant(class, written.len() == 2)
                .map_or(class, |class| class.code.as_str());
            hits.raise(
                Hit::on_line(self.rule, fee.index)
                    .at(invoice.format, Field::TimekeeperClassification, cell)
                    .with("who", fee.who(invoice, lists))
                    .with("class", class)
                    .expecting(right),
            );
        }
    }
}
