//! `rate-over-cap`: a rate above what the client pays for the class or at the place.
//!
//! Caps of the client come before caps for all clients, and a cap for a class at a place before one for either. Of
//! a cap for the class and one for the place the lower holds.

use super::engagement::engagements;
use super::fee::{Fee, fees, priced};
use crate::model::lists::{RateCap, in_span};
use crate::model::{Hits, Invoice, Lists, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::{Judging, Params, Predicate};
use crate::rules::utbms::classes;
use rust_decimal::{Decimal, dec};

struct RateOverCap {
    rule: RuleId,
    tolerance: Decimal,
}

/// Parameter: `tolerance`, money an hour.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(RateOverCap {
        rule: params.rule,
        tolerance: params.decimal("tolerance", dec!(0))?,
    }))
}

impl Predicate for RateOverCap {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let engagements = engagements(invoice, lists);
        let places = places(invoice);
        let mut unplaced = false;
        for fee in fees(invoice, &engagements) {
            let Some((units, rate)) = priced(fee.line) else {
                continue;
            };
            if !lists.rate_caps.is_loaded() {
                hits.lacking(self.rule, "no rate caps loaded");
                return;
            }
            let class = fee.class(invoice, lists);
            let cap = cap(lists, &fee, &class, &places, &mut unplaced);
            let most = cap.and_then(|cap| cap.rate.checked_add(self.tolerance));
            let (Some(cap), Some(most)) = (cap, most) else {
                continue;
            };
            if rate > most {
                hits.raise(
                    fee.above(self.rule, invoice, (units, rate), cap.rate)
                        .with("who", fee.who(invoice, lists))
                        .with("basis", basis(cap)),
                );
            }
        }
        if unplaced {
            let what =
                "caps hold at a place, and the invoice does not say where the firm's office is";
            hits.lacking(self.rule, what);
        }
    }
}

/// City, state and country of the firm's office, where the format has them.
fn places(invoice: &Invoice) -> Vec<String> {
    let address = &invoice.firm.address;
    [address.city, address.state_province, address.country]
        .into_iter()
        .filter(|cell| !cell.is_blank())
        .map(|cell| invoice.get(cell).trim().to_owned())
        .collect()
}

/// What a cap is for, in words.
fn basis(cap: &RateCap) -> String {
    match (cap.timekeeper_classification.as_str(), cap.place.as_str()) {
        ("", "") => "for everybody".to_owned(),
        (class, "") => format!("for the class {class}"),
        ("", place) => format!("in {place}"),
        (class, place) => format!("for the class {class} in {place}"),
    }
}

fn cap<'a>(
    lists: &'a Lists,
    fee: &Fee<'_>,
    class: &str,
    places: &[String],
    unplaced: &mut bool,
) -> Option<&'a RateCap> {
    let mut best: Option<((bool, u8), &RateCap)> = None;
    for row in lists.rate_caps.of(&fee.engagement.client_id) {
        let of_class = &row.timekeeper_classification;
        if !in_span(fee.date, row.from, row.until)
            || !(of_class.is_empty() || classes().same(of_class, class))
            || !fee.engagement.is_in(&row.currency)
        {
            continue;
        }
        if !row.place.is_empty() && !places.iter().any(|p| p.eq_ignore_ascii_case(&row.place)) {
            *unplaced |= places.is_empty();
            continue;
        }
        let told = u8::from(!of_class.is_empty()) + u8::from(!row.place.is_empty());
        let rank = (!row.client_id.is_empty(), told);
        let replaces = match best {
            None => true,
            Some((known, _)) if rank != known => rank > known,
            Some((_, other)) if same_subject(row, other) => row.from > other.from,
            Some((_, other)) => row.rate < other.rate,
        };
        if replaces {
            best = Some((rank, row));
        }
    }
    best.map(|(_, row)| row)
}

fn same_subject(a: &RateCap, b: &RateCap) -> bool {
    a.timekeeper_classification.is_empty() == b.timekeeper_classification.is_empty()
        && a.place.eq_ignore_ascii_case(&b.place)
}
