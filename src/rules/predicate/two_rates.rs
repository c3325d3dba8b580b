//! `two-rates`: one timekeeper billed at two rates on one matter. Travel, often billed at a lower rate, and
//! lines without charge are left out, and so are lines whose approved rate is on file: they are judged by that.

use super::amount::near;
use super::line_sum;
use super::people::approved_rate::ApprovedRates;
use super::people::engagement::{Engagement, of_line};
use super::people::{engagement::engagements, fee::Fee};
use super::places::{PLACES, line_number};
use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, Line, LineKind, RuleId};
use crate::rules::PackMistake;
use rust_decimal::{Decimal, dec};
use rustc_hash::FxHashMap;

struct TwoRates {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TwoRates { rule: params.rule }))
}

/// The first line of a timekeeper on a matter, its rate, and the lines with another.
struct Billed {
    first: usize,
    rate: Decimal,
    others: Vec<usize>,
}

impl Predicate for TwoRates {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let mut approved = Approved::of(invoice, judging);
        let mut billed: FxHashMap<(u32, &str), Billed> = FxHashMap::default();
        let mut found: Vec<(u32, &str)> = Vec::new();
        for (index, line) in invoice.lines.iter().enumerate() {
            if line.kind.get() != Some(LineKind::Fee) {
                continue;
            }
            let id = invoice.text.raw(line.timekeeper_id);
            let Some(rate) = line.unit_cost.get().filter(|rate| !rate.is_zero()) else {
                continue;
            };
            if id.is_empty() {
                continue;
            }
            // A credit carries the minus in the unit cost.
            let rate = rate.abs();
            let key = (line.matter, id);
            if approved.is_on_file(invoice, index, line) {
                continue;
            }
            match billed.get_mut(&key) {
                Some(known) if known.rate == rate => {}
                Some(known) if is_hourly(invoice, line) && agrees(invoice, line) => {
                    if known.others.is_empty() {
                        found.push(key);
                    }
                    known.others.push(index);
                }
                None if is_hourly(invoice, line) && agrees(invoice, line) => {
                    let first = Billed {
                        first: index,
                        rate,
                        others: Vec::new(),
                    };
                    billed.insert(key, first);
                }
                _ => {}
            }
        }
        for key in found {
            if let Some(known) = billed.get(&key) {
                hits.raise(self.hit(invoice, key.1, known));
            }
        }
    }
}

/// Which lines have an approved rate on file.
struct Approved<'a> {
    engagements: Vec<Engagement<'a>>,
    rates: ApprovedRates<'a>,
    loaded: bool,
}

impl<'a> Approved<'a> {
    fn of(invoice: &Invoice, judging: &'a Judging) -> Self {
        let lists = &judging.lists;
        Self {
            engagements: engagements(invoice, lists),
            rates: ApprovedRates::of(lists),
            loaded: lists.rates.is_loaded(),
        }
    }

    fn is_on_file(&mut self, invoice: &Invoice, index: usize, line: &Line) -> bool {
        let engagement = of_line(&self.engagements, line).filter(|_| self.loaded);
        engagement
            .zip(line.date.get())
            .is_some_and(|(engagement, date)| {
                let fee = Fee {
                    index,
                    line,
                    engagement,
                    timekeeper_id: invoice.get(line.timekeeper_id),
                    date,
                };
                self.rates.find(invoice, &fee).is_some()
            })
    }
}

/// True where the line's figures make its total. Where they do not, the unit cost itself is in doubt, which
/// line-math-mismatch says.
fn agrees(invoice: &Invoice, line: &Line) -> bool {
    if invoice.format.is_xml() {
        return true;
    }
    let gross = line_sum::of(line, invoice.format.is_international()).gross();
    match (gross, line.total.get()) {
        (Some(exact), Some(stated)) => near(exact, stated, dec!(0.01)),
        _ => true,
    }
}

/// Time at the timekeeper's own rate: no travel, no fixed fee.
fn is_hourly(invoice: &Invoice, line: &Line) -> bool {
    let raw = |cell| invoice.text.raw(cell);
    let travel_code =
        |code: &str| code.eq_ignore_ascii_case("A112") || code.eq_ignore_ascii_case("B195");
    let class = raw(line.timekeeper_classification);
    // FLTFEE and ADJSMT stand for lines without a biller (ledes-1998b.md section 6).
    let nobody = class.eq_ignore_ascii_case("FLTFEE") || class.eq_ignore_ascii_case("ADJSMT");
    let fixed = raw(line.charge_type).eq_ignore_ascii_case("F");
    !nobody
        && !fixed
        && !travel_code(raw(line.activity_code))
        && !travel_code(raw(line.task_code))
        && !says_travel(raw(line.description))
}

fn says_travel(narrative: &str) -> bool {
    narrative
        .as_bytes()
        .windows("travel".len())
        .any(|w| w.eq_ignore_ascii_case(b"travel"))
}

impl TwoRates {
    /// The hit is about the first line with the highest rate: that is the one in doubt, and where another rule of
    /// the family knows what is allowed, it speaks about that line too.
    fn hit(&self, invoice: &Invoice, id: &str, known: &Billed) -> Hit {
        let cell = |index: usize| invoice.lines[index].unit_cost.cell;
        let rate = |index: usize| invoice.lines[index].unit_cost.get().map(|r| r.abs());
        let number = |index: usize| line_number(invoice, cell(index));
        let mut all: Vec<usize> = std::iter::once(known.first)
            .chain(known.others.iter().copied())
            .collect();
        let highest = all.iter().copied().map(rate).max().flatten();
        let top = all
            .iter()
            .copied()
            .find(|index| rate(*index) == highest)
            .unwrap_or(known.first);
        let against = match top == known.first {
            true => known.others[0],
            false => known.first,
        };
        all.retain(|index| *index != top && *index != against);
        let mut hit = Hit::on_line(self.rule, top)
            .at(invoice.format, Field::UnitCost, cell(top))
            .at_line(invoice.format, Field::UnitCost, cell(against), against)
            .with("id", id)
            .with("first", invoice.get(cell(against)))
            .with("line1", number(against))
            .with("line2", number(top));
        for index in all.into_iter().take(PLACES) {
            hit = hit.at_line(invoice.format, Field::UnitCost, cell(index), index);
        }
        hit
    }
}
