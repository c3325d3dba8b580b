//! `mileage-rate`: driving dearer than the official price on the day (reference guideline-rules.csv,
//! mileage-rate).

use super::wording::Wording;
use super::{Expense, expenses};
use crate::model::lists::{Mileage, in_span};
use crate::model::{Field, Hit, Hits, Invoice, Lists, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::matters::client_of;
use crate::rules::predicate::places::{money, same_currency};
use crate::rules::predicate::{Judging, Params, Predicate};
use rust_decimal::Decimal;

/// Local and out-of-town travel, in the expense codes of 1997 and of 2013.
const TRAVEL: [&str; 4] = ["E109", "E110", "X114", "X115"];
const MILES: &[&str] = &["mile", "miles", "mi"];
const KILOMETRES: &[&str] = &[
    "km",
    "kms",
    "kilometre",
    "kilometres",
    "kilometer",
    "kilometers",
];
const DRIVING: &[&str] = &["mileage", "drive", "drove", "driving"];
/// Somebody else drives, or the price is not by the mile.
const OTHERS: &[&str] = &[
    "taxi",
    "cab",
    "uber",
    "lyft",
    "shuttle",
    "bus",
    "train",
    "rail",
    "flight",
    "air",
    "airfare",
    "ferry",
    "rental",
    "hire",
    "hired",
    "driver",
    "chauffeur",
    "hotel",
    "parking",
    "meal",
    "lunch",
    "dinner",
    "fuel",
    "gas",
    "petrol",
    "towing",
];
/// No mile or kilometre is driven for so much; a price above it is that of a whole trip.
const DEAREST: Decimal = Decimal::from_parts(5, 0, 0, false, 0);

struct MileageRate {
    rule: RuleId,
}

/// No parameters: the rates are a list of the firm.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(MileageRate { rule: params.rule }))
}

/// Driving that is billed by distance.
struct Driven {
    distance: Decimal,
    /// `mile` or `km`; `None` where the narrative does not say.
    unit: Option<&'static str>,
}

/// True where an expense is for driving one's own car.
pub(super) fn is_driven(expense: &Expense<'_>) -> bool {
    TRAVEL.contains(&expense.code) && is_worded(&expense.wording())
}

fn is_worded(wording: &Wording) -> bool {
    !wording.has(OTHERS) && (wording.has(MILES) || wording.has(KILOMETRES) || wording.has(DRIVING))
}

/// How far was driven, as units or narrative say; `None` where neither does.
fn driven(expense: &Expense<'_>) -> Option<Driven> {
    if !TRAVEL.contains(&expense.code) {
        return None;
    }
    let wording = expense.wording();
    if !is_worded(&wording) {
        return None;
    }
    let unit = match (wording.has(KILOMETRES), wording.has(MILES)) {
        (true, false) => Some("km"),
        (false, true) => Some("mile"),
        _ => None,
    };
    let told = wording
        .number_before(MILES)
        .or_else(|| wording.number_before(KILOMETRES))
        .filter(|told| *told > Decimal::ZERO);
    let units = expense.line.units.get().filter(|u| *u > Decimal::ZERO)?;
    let each = expense.net.checked_div(units)?;
    let distance = match told {
        Some(told) if units == Decimal::ONE => told,
        _ if units > Decimal::ONE && each < DEAREST => units,
        Some(told) => told.checked_mul(units)?,
        None => return None,
    };
    Some(Driven { distance, unit })
}

impl Predicate for MileageRate {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let mut unknown = false;
        for expense in expenses(invoice) {
            let Some(driven) = driven(&expense) else {
                continue;
            };
            if !lists.mileage.is_loaded() {
                return hits.lacking(self.rule, "no mileage rates loaded");
            }
            if expense.line.date.get().is_none() {
                continue;
            }
            let Some(row) = rate(invoice, lists, &expense, &driven) else {
                unknown = true;
                continue;
            };
            let over = row
                .rate
                .checked_mul(driven.distance)
                .and_then(|most| expense.net.checked_sub(most));
            // Less than a cent is rounding.
            let Some(over) = over.filter(|over| *over >= Decimal::new(1, 2)) else {
                continue;
            };
            let each = expense.net.checked_div(driven.distance).unwrap_or_default();
            let cell = expense.line.unit_cost.cell;
            let hit = Hit::on_line(self.rule, expense.index)
                .at(invoice.format, Field::UnitCost, cell)
                .with("each", each.round_dp(4).normalize())
                .with("rate", row.rate)
                .with("unit", &row.unit)
                .with("distance", driven.distance.normalize())
                .with("over", money(over));
            hits.raise(Hit {
                amount: Some(over),
                ..hit
            });
        }
        if unknown {
            hits.lacking(self.rule, "no mileage rate on file for some lines");
        }
    }
}

/// The client's own rate on the day before one for all; the latest of several. Where the narrative does not say
/// whether miles or kilometres are meant, the dearer unit counts.
fn rate<'a>(
    invoice: &Invoice,
    lists: &'a Lists,
    expense: &Expense<'_>,
    driven: &Driven,
) -> Option<&'a Mileage> {
    let day = expense.line.date.get()?;
    let client = client_of(invoice).unwrap_or("");
    let currency = invoice.text.raw(invoice.currency);
    lists
        .mileage
        .of(client)
        .filter(|row| {
            in_span(day, row.from, row.until)
                && same_currency(&row.currency, currency)
                && driven.unit.is_none_or(|unit| unit == row.unit)
        })
        .max_by_key(|row| (!row.client_id.is_empty(), row.unit == "mile", row.from))
}
