//! `first-year`: a timekeeper with too few years of admission. The list has the year, not the day: who was
//! admitted in December counts as one year on from January.

use super::engagement::engagements;
use super::fee::fees;
use super::roster;
use crate::model::{Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::{Judging, Params, Predicate};
use crate::rules::utbms::classes;
use chrono::Datelike;

struct FirstYear {
    rule: RuleId,
    min_years: i64,
    classes: Vec<String>,
}

/// Parameters: `min_years`, and the `classes` of lawyers who are judged.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(FirstYear {
        rule: params.rule,
        min_years: params.integer("min_years", 1)?,
        classes: params.list("classes")?,
    }))
}

impl Predicate for FirstYear {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let engagements = engagements(invoice, lists);
        let mut unsure = false;
        for fee in fees(invoice, &engagements) {
            let class = fee.class(invoice, lists);
            if !self.classes.iter().any(|c| classes().same(c, &class)) {
                continue;
            }
            if !lists.timekeepers.is_loaded() {
                hits.lacking(self.rule, "no list of timekeepers loaded");
                return;
            }
            let row = roster::row(lists, &fee.timekeeper_id, fee.date);
            let Some(admitted) = row.and_then(|row| row.admission_year) else {
                unsure = true;
                continue;
            };
            if i64::from(fee.date.year()) - i64::from(admitted) >= self.min_years {
                continue;
            }
            hits.raise(
                Hit::on_line(self.rule, fee.index)
                    .at(invoice.format, Field::TimekeeperId, fee.line.timekeeper_id)
                    .with("who", fee.who(invoice, lists))
                    .with("admitted", admitted)
                    .with("min_years", self.min_years)
                    .with("year", fee.date.year()),
            );
        }
        if unsure {
            let what = "no year of admission on file for some timekeepers";
            hits.lacking(self.rule, what);
        }
    }
}
