//! `meal-cap`: meals above the client's limit, alcohol, and meals at home (reference guideline-rules.csv).

use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, Line, LineKind, RuleId};
use crate::rules::PackMistake;
use crate::rules::condition::Pattern;
use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};
use rustc_hash::FxHashMap;

/// Drinks, as a bill names them; "Wine Street" and "Beer v. Harlow" are no drinks.
const ALCOHOL: &str = r"(?i-u)\b(wines?|beers?|alcohol|alcoholic|cocktails?|liquor|champagne|whisk(?:e)?y|bar (?:tab|bill)|spirits|martinis?)\b(?: (?:street|st\.|road|avenue|v\.|company|co\.|inc\.?|llc|institute|distributors?|board|commission)\b)?";

/// A journey, by the words of the line.
const JOURNEY: &str = r"(?i-u)\b(travel(?:s|l?ed|l?ing)?|overnight|trip|out[- ]of[- ]town|hotel|airport|en route|layover|per diem|flight)\b";

struct MealCap {
    rule: RuleId,
    per_meal: Decimal,
    per_day: Decimal,
    overnight: bool,
    alcohol: Pattern,
    journey: Pattern,
}

/// `max_per_meal` and `max_per_day` for one person, in the invoice's currency; `require_overnight`: a meal is paid on
/// a journey only.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    let per_day = params.decimal("max_per_day", dec!(75))?;
    Ok(Box::new(MealCap {
        rule: params.rule,
        // One meal can never be paid with more than the day.
        per_meal: params.decimal("max_per_meal", dec!(75))?.min(per_day),
        per_day,
        overnight: params.flag("require_overnight", true)?,
        alcohol: Pattern::new(ALCOHOL),
        journey: Pattern::new(JOURNEY),
    }))
}

impl Predicate for MealCap {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        let coded = |line: &Line, code: &str| {
            line.kind.get() == Some(LineKind::Expense)
                && invoice
                    .text
                    .raw(line.expense_code)
                    .eq_ignore_ascii_case(code)
        };
        // Fares and hotels say on which days somebody was away.
        let away: Vec<(u32, NaiveDate)> = invoice
            .lines
            .iter()
            .filter(|line| coded(line, "E110"))
            .filter_map(|line| Some((line.matter, line.date.get()?)))
            .collect();
        let mut days: FxHashMap<(u32, &str, NaiveDate), Decimal> = FxHashMap::default();
        for (index, line) in invoice.lines.iter().enumerate() {
            if !coded(line, "E111") {
                continue;
            }
            let Some(total) = line.total.get().filter(|total| *total > Decimal::ZERO) else {
                continue;
            };
            let text = invoice.get(line.description);
            let hit = Hit::on_line(self.rule, index).at(
                invoice.format,
                Field::LineTotal,
                line.total.cell,
            );
            if let Some(drink) = self.drink(&text) {
                hits.raise(hit.variant("alcohol").with("found", drink));
                continue;
            }
            let near = line.date.get().is_some_and(|day| {
                away.iter().any(|(matter, other)| {
                    *matter == line.matter && (*other - day).num_days().abs() <= 1
                })
            });
            if self.overnight && !near && self.journey.is_match(&text) != Some(true) {
                hits.raise(hit.variant("at-home"));
                continue;
            }
            // The unit is a meal: one dinner of two people is two units.
            let price = line.unit_cost.get().unwrap_or(total);
            if price > self.per_meal {
                let units = line.units.get().unwrap_or(Decimal::ONE);
                let excess = (price - self.per_meal) * units;
                hits.raise(self.over(hit, excess, price, self.per_meal));
                continue;
            }
            let Some(day) = line.date.get() else {
                continue;
            };
            let who = invoice.text.raw(line.timekeeper_id);
            let spent = days.entry((line.matter, who, day)).or_default();
            let before = (*spent - self.per_day).max(Decimal::ZERO);
            *spent += total;
            let excess = *spent - self.per_day - before;
            if excess > Decimal::ZERO {
                let hit = hit.variant("per-day").with("date", day.to_string());
                hits.raise(self.over(hit, excess, *spent, self.per_day));
            }
        }
    }
}

impl MealCap {
    /// The drink a text names. A street or a party of that name is none.
    fn drink<'a>(&self, text: &'a str) -> Option<&'a str> {
        let mut found = self.alcohol.ready()?.captures_iter(text);
        found.find_map(|c| {
            let (whole, drink) = (c.get_group(0)?, c.get_group(1)?);
            (whole.end == drink.end).then(|| &text[drink.range()])
        })
    }

    fn over(&self, mut hit: Hit, excess: Decimal, price: Decimal, limit: Decimal) -> Hit {
        hit.amount = Some(excess);
        hit.expected = Some(format!("{limit:.2}"));
        hit.with("price", format!("{price:.2}"))
            .with("limit", format!("{limit:.2}"))
    }
}
