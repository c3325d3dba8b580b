//! `quarter-hour-pattern` and `round-hours-pattern`: most entries of a timekeeper are quarter hours, or whole
//! and half hours (guideline-rules.csv; WELCH, AUDIT, CALBAR (k)). Of tenths of an hour one in five is round.

use super::entries::{billed, person};
use super::places::PLACES;
use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, LineKind, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::Classes;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rustc_hash::FxHashMap;

struct HoursPattern {
    rule: RuleId,
    /// Hundredths of an hour.
    step: i64,
    min_lines: i64,
    max_share: Decimal,
}

/// Parameters: `min_lines`, entries a timekeeper must have; `max_share`, of them in quarter hours.
pub(super) fn quarter(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(HoursPattern {
        rule: params.rule,
        step: 25,
        min_lines: params.integer("min_lines", 20)?,
        max_share: params.decimal("max_share", Decimal::new(6, 1))?,
    }))
}

/// Parameters: `min_lines`, entries a timekeeper must have; `max_share`, of them in whole and half hours.
pub(super) fn round(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(HoursPattern {
        rule: params.rule,
        step: 50,
        min_lines: params.integer("min_lines", 20)?,
        max_share: params.decimal("max_share", Decimal::new(4, 1))?,
    }))
}

/// A person's entries.
#[derive(Clone, Debug)]
pub(super) struct Billing {
    /// The person, as [`person`] calls them.
    pub id: String,
    /// Index of the line and its hours, in hundredths; finer ones are left out.
    pub entries: Vec<(u32, i64)>,
}

/// The entries of each person that bill time, in the order met.
pub(super) fn by_person(invoice: &Invoice) -> Vec<Billing> {
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    let mut all: Vec<Billing> = Vec::new();
    for (index, line) in invoice.lines.iter().enumerate() {
        let fee = line.kind.get() == Some(LineKind::Fee);
        if !fee || Classes::is_nobody(invoice.text.raw(line.timekeeper_classification)) {
            continue;
        }
        let Some((id, hours)) = person(invoice, line).zip(billed(invoice, line)) else {
            continue;
        };
        let Some(hundredths) = hundredths(hours) else {
            continue;
        };
        let place = *places.entry(id).or_insert_with(|| {
            all.push(Billing {
                id: id.to_owned(),
                entries: Vec::new(),
            });
            all.len() - 1
        });
        all[place].entries.push((index as u32, hundredths));
    }
    all
}

/// Hours in hundredths, where they are a whole number of them.
fn hundredths(hours: Decimal) -> Option<i64> {
    let hours = if hours.scale() > 2 {
        hours.normalize()
    } else {
        hours
    };
    let missing = 2_u32.checked_sub(hours.scale())?;
    let units = hours.mantissa().to_i64()?;
    units.checked_mul(10_i64.pow(missing))
}

impl Predicate for HoursPattern {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for billing in judging.billing(invoice) {
            let all = billing.entries.len();
            if (all as i64) < self.min_lines.max(1) {
                continue;
            }
            let mut found: Vec<(u32, i64)> = billing.entries.clone();
            // A single quarter among tenths is a slip; who has many keeps time in quarters, and of those half are
            // whole and half hours.
            let quarter = |(_, hours): &(u32, i64)| hours % 25 == 0 && hours % 50 != 0;
            let quarters = found.iter().filter(|e| quarter(e)).count();
            let in_quarters = quarters * 5 >= all;
            found.retain(|(_, hours)| hours % self.step == 0);
            if in_quarters && self.step != 25 || !is_over(found.len(), all, self.max_share) {
                continue;
            }
            // Quarters break the step of a tenth as well: the rules of the family meet at the first of them.
            let first = found.iter().position(|e| quarter(e) == in_quarters);
            found[..=first.unwrap_or(0)].rotate_right(1);
            let lines: Vec<u32> = found.iter().map(|(line, _)| *line).collect();
            hits.raise(
                hit(self.rule, invoice, &lines)
                    .with("timekeeper", &billing.id)
                    .with("found", found.len())
                    .with("all", all)
                    .with("share", percent(found.len(), all)),
            );
        }
    }
}

/// A hit about the hours of several lines.
pub(super) fn hit(rule: RuleId, invoice: &Invoice, lines: &[u32]) -> Hit {
    let first = lines.first().copied().unwrap_or_default();
    let places = lines.iter().take(PLACES);
    places.fold(Hit::on_line(rule, first as usize), |hit, line| {
        let line = *line as usize;
        let cell = invoice.lines.get(line).map(|l| l.units.cell);
        hit.at_line(invoice.format, Field::Units, cell.unwrap_or_default(), line)
    })
}

/// Whether so many of all are more than a share; none never are.
pub(super) fn is_over(found: usize, all: usize, share: Decimal) -> bool {
    let limit = share.checked_mul(Decimal::from(all));
    found > 0 && limit.is_some_and(|limit| Decimal::from(found) > limit)
}

/// So many of all, in whole percent.
pub(super) fn percent(found: usize, all: usize) -> String {
    format!("{} %", (found * 200 + all) / (all.max(1) * 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_in_hundredths() {
        let of = |text: &str| hundredths(text.parse().expect("hours"));
        assert_eq!(of("1"), Some(100));
        assert_eq!(of("0.2"), Some(20));
        assert_eq!(of("1.2500"), Some(125));
        assert_eq!(of("0.333"), None);
    }

    #[test]
    fn shares_are_exact() {
        let share = Decimal::new(6, 1);
        assert!(!is_over(12, 20, share) && is_over(13, 20, share));
        assert_eq!(percent(2, 3), "67 %");
        assert_eq!(percent(1, 8), "13 %");
    }
}
