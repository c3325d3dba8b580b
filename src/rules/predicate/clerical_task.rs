//! `clerical-task`, `billing-preparation-time`, `intake-administration` and `docket-review`: work no client pays a
//! timekeeper for (reference guidelines.md section 5).

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::Office;

struct OfficeWork {
    rule: RuleId,
    office: Office,
}

fn made(params: &Params<'_>, office: Office) -> Result<Box<dyn Predicate>, PackMistake> {
    let rule = params.rule;
    Ok(Box::new(OfficeWork { rule, office }))
}

/// No parameters. Filing or serving what the same line drafted is not named.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    made(params, Office::Clerical)
}

/// No parameters.
pub(super) fn billing(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    made(params, Office::Billing)
}

/// No parameters.
pub(super) fn intake(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    made(params, Office::Intake)
}

/// No parameters. An entry or order that stands on the docket is a paper to be read.
pub(super) fn docket(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    made(params, Office::Docket)
}

impl Predicate for OfficeWork {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            let mut segments = told.reading.segments.iter();
            if let Some(segment) = segments.find(|s| s.office == Some(self.office)) {
                let hit = told.hit(self.rule, invoice);
                hits.raise(hit.with("part", told.part(segment)));
            }
        }
    }
}
