//! `work-outside-engagement-dates`: work before a matter was opened or after it was closed (reference
//! guideline-rules.csv, work-outside-engagement-dates).

use super::listed;
use crate::model::{Field, Hit, Hits, Invoice, LineKind, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::places::matter_name;
use crate::rules::predicate::{Judging, Params, Predicate};

struct EngagementDates {
    rule: RuleId,
}

/// No parameters.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(EngagementDates { rule: params.rule }))
}

impl Predicate for EngagementDates {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        if !judging.lists.matters.is_loaded() {
            return hits.lacking(self.rule, "no list of matters loaded");
        }
        let dates: Vec<_> = invoice
            .matters
            .iter()
            .map(|matter| listed(&judging.lists, invoice, matter))
            .map(|row| row.map_or((None, None), |row| (row.opened, row.closed)))
            .collect();
        if dates.iter().all(|(from, until)| from.or(*until).is_none()) {
            return;
        }
        for (index, line) in invoice.lines.iter().enumerate() {
            // Bills of vendors may come after the end; the work they are for is dated by them.
            if line.kind.get() != Some(LineKind::Fee) {
                continue;
            }
            let own = dates.get(line.matter as usize).zip(line.date.get());
            let Some((&(opened, closed), date)) = own else {
                continue;
            };
            let (variant, day) = match (opened, closed) {
                (Some(opened), _) if date < opened => ("", opened),
                (_, Some(closed)) if closed < date => ("closed", closed),
                _ => continue,
            };
            hits.raise(
                Hit::on_line(self.rule, index)
                    .variant(variant)
                    .at(invoice.format, Field::LineDate, line.date.cell)
                    .with("date", date)
                    .with("day", day)
                    .with("matter", matter_name(invoice, line.matter as usize)),
            );
        }
    }
}
