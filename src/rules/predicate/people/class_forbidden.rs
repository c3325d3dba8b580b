//! `class-forbidden`: a person billed as a timekeeper whose title may not bill at all, by the class on the line or
//! by the firm's list.

use super::engagement::engagements;
use super::fee::fees;
use super::roster;
use crate::model::{Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::{Judging, Params, Predicate};
use crate::rules::utbms::classes;

struct ClassForbidden {
    rule: RuleId,
    titles: Vec<String>,
}

/// Parameter: `forbidden_titles`, classes or words.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ClassForbidden {
        rule: params.rule,
        titles: params.list("forbidden_titles")?,
    }))
}

impl Predicate for ClassForbidden {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let engagements = engagements(invoice, lists);
        for fee in fees(invoice, &engagements) {
            let cell = fee.line.timekeeper_classification;
            let written = invoice.get(cell);
            let row = roster::row(lists, &fee.timekeeper_id, fee.date);
            let listed = row.map_or("", |row| row.timekeeper_classification.as_str());
            let forbidden = [
                (written.as_ref(), "on the line"),
                (listed, "on the firm's list"),
            ]
            .into_iter()
            .find(|(class, _)| self.titles.iter().any(|t| classes().same(t, class)));
            if let Some((class, by)) = forbidden {
                let (field, cell) = match cell.is_blank() {
                    true => (Field::TimekeeperId, fee.line.timekeeper_id),
                    false => (Field::TimekeeperClassification, cell),
                };
                let meaning = classes().find(class).map(|class| class.label.as_str());
                let shown = match meaning {
                    Some(label) if !label.is_empty() => format!("{class} ({label})"),
                    _ => class.to_owned(),
                };
                hits.raise(
                    Hit::on_line(self.rule, fee.index)
                        .at(invoice.format, field, cell)
                        .with("who", fee.who(invoice, lists))
                        .with("class", shown)
                        .with("by", by),
                );
            }
        }
    }
}
