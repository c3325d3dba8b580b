//! `hotel-cap`: a night dearer than the client pays at the place (reference guideline-rules.csv, hotel-cap).

use super::wording::Wording;
use super::{Expense, expenses};
use crate::model::lists::{Approves, LodgingCap, in_span};
use crate::model::{Field, Hit, Hits, Invoice, Lists, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::matters::client_of;
use crate::rules::predicate::places::{money, same_currency};
use crate::rules::predicate::{Judging, Params, Predicate};
use rust_decimal::Decimal;

const LODGING: &[&str] = &[
    "hotel",
    "hotels",
    "motel",
    "inn",
    "lodging",
    "lodgings",
    "accommodation",
    "accommodations",
    "overnight",
    "guesthouse",
];
/// Words of lines that name a hotel but bill something else, or something beside it.
const OTHERS: &[&str] = &[
    "taxi",
    "cab",
    "uber",
    "lyft",
    "shuttle",
    "train",
    "rail",
    "flight",
    "airfare",
    "fare",
    "fares",
    "car",
    "rental",
    "mileage",
    "parking",
    "meal",
    "meals",
    "breakfast",
    "lunch",
    "dinner",
    "conference",
    "meeting",
    "wifi",
    "internet",
    "telephone",
    "delivery",
    "courier",
    "mail",
];

struct HotelCap {
    rule: RuleId,
    codes: Vec<String>,
    max_per_night: Option<Decimal>,
}

/// Parameters: `codes`, expense codes of travel; `max_per_night`, for places the list of caps does not name
/// (without it only those are judged).
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(HotelCap {
        rule: params.rule,
        codes: params.list("codes")?,
        max_per_night: params.optional_decimal("max_per_night")?,
    }))
}

impl Predicate for HotelCap {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let mut unknown = false;
        for expense in expenses(invoice) {
            if !self.codes.iter().any(|code| code == expense.code) {
                continue;
            }
            let wording = expense.wording();
            if !wording.has(LODGING) || wording.has(OTHERS) {
                continue;
            }
            let row = cap(invoice, lists, &expense, &wording);
            let Some(most) = row.map(|row| row.max_per_night).or(self.max_per_night) else {
                unknown = true;
                continue;
            };
            let Some(nights) = nights(&expense, &wording) else {
                continue;
            };
            let over = most
                .checked_mul(nights)
                .and_then(|most| expense.net.checked_sub(most))
                .filter(|over| *over >= Decimal::new(1, 2));
            let Some(over) = over.filter(|_| !expense.approved(lists, &[Approves::Expense])) else {
                continue;
            };
            let each = expense.net.checked_div(nights).unwrap_or_default();
            let place = row.map_or("", |row| row.place.as_str());
            let place = match place {
                "" => String::new(),
                place => format!(" in {place}"),
            };
            let cell = expense.line.unit_cost.cell;
            let hit = Hit::on_line(self.rule, expense.index)
                .at(invoice.format, Field::UnitCost, cell)
                .with("each", money(each))
                .with("nights", nights.normalize())
                .with("most", money(most))
                .with("place", place);
            hits.raise(Hit {
                amount: Some(over),
                ..hit
            });
        }
        if unknown {
            hits.lacking(
                self.rule,
                match lists.lodging.is_loaded() {
                    true => "no cap on lodging on file for some places",
                    false => "no caps on lodging loaded",
                },
            );
        }
    }
}

/// Nights are units; with one unit the narrative may say that there were more.
fn nights(expense: &Expense<'_>, wording: &Wording) -> Option<Decimal> {
    let units = expense.line.units.get().filter(|u| *u > Decimal::ZERO)?;
    let told = wording.number_before(&["night", "nights"]);
    Some(told.map_or(units, |told| told.max(units)))
}

/// The client's own caps before those for all, a place the narrative names before every place.
fn cap<'a>(
    invoice: &Invoice,
    lists: &'a Lists,
    expense: &Expense<'_>,
    wording: &Wording,
) -> Option<&'a LodgingCap> {
    let day = expense.line.date.get().or(invoice.date.get());
    let client = client_of(invoice).unwrap_or("");
    let currency = invoice.text.raw(invoice.currency);
    lists
        .lodging
        .of(client)
        .filter(|row| {
            same_currency(&row.currency, currency)
                && day.is_none_or(|day| in_span(day, row.from, row.until))
                && (row.place.is_empty() || wording.names(&row.place))
        })
        .max_by_key(|row| (!row.client_id.is_empty(), row.place.len(), row.from))
}
