//! Several fees for one.

use super::{Places, edited, escaped, name, numbers};
use crate::model::{Cell, Invoice, LineKind};
use crate::revise::line::Revised;
use crate::revise::line::edit::change;
use crate::revise::line::parts::money;
use crate::revise::line::text::place;
use crate::revise::money::{Refusal, add, cents, times};
use crate::revise::readable::readable;
use rust_decimal::Decimal;
use std::ops::Range;

/// Writes fees of these hours and words in the place of one; rate and sum stay. Elements inside it (its taxes) are
/// those of each, under numbers of their own.
///
/// # Errors
/// Hours that do not make the line's own, or a line that bears discounts of its own.
pub(in crate::revise::line) fn parts(
    bytes: &[u8],
    invoice: &Invoice,
    item: &str,
    parts: &[(Decimal, String)],
    rule: &str,
) -> Result<Revised, Refusal> {
    let index = place(invoice, item)?;
    let line = &invoice.lines[index];
    let mut places = Places::new(bytes, invoice)?;
    readable(invoice)?;
    let unit_price = invoice.get(line.charge_type).trim() == "U";
    if line.kind.get() != Some(LineKind::Fee) || !unit_price {
        return Err(Refusal::new(format!(
            "line {item} is no fee by the hour and has no hours to divide"
        )));
    }
    let read = line.units.get().zip(line.unit_cost.get());
    let Some(((hours, rate), total)) = read.zip(line.total.get()) else {
        return Err(Refusal::new(format!(
            "line {item} lacks hours, rate or total"
        )));
    };
    let discounted = line
        .detail
        .as_ref()
        .is_some_and(|d| !d.discounts.is_empty())
        || line.adjustment.get().is_some_and(|a| !a.is_zero());
    if discounted || line.base_amount.get() != Some(total) {
        return Err(Refusal::new(format!(
            "line {item} bears a discount of its own, which no part of it has: divide it in the billing system and take \
             the new export in, or answer with one text"
        )));
    }
    crate::revise::line::parts::hours_fit(item, hours, parts)?;
    let mut sum = Decimal::ZERO;
    for (own, _) in parts {
        add(&mut sum, cents(times(*own, rate)?))?;
    }
    if sum != total {
        return Err(Refusal::new(format!(
            "at a rate of {rate} these parts come to {sum} in whole cents, and line {item} to {total}: divide its hours in \
             another way, or in the billing system"
        )));
    }
    let element = places.element(line.record, name(line))?;
    let lead = places.lead(element.start).to_owned();
    let at = |cell: Cell| places.at(cell);
    let (units, base, total, words) = (
        at(line.units.cell)?,
        at(line.base_amount.cell)?,
        at(line.total.cell)?,
        at(line.description)?,
    );
    let own_numbers: Vec<Range<usize>> = numbers(&places.text[element.clone()])
        .map(|n| element.start + n.start..element.start + n.end)
        .collect();
    let own_number = at(line.item)?;
    let original = invoice.text.position(line.record).map_or(1, |p| p.line);
    let (mut all, mut changes) = (String::new(), Vec::new());
    for (n, (own, narrative)) in parts.iter().enumerate() {
        let amount = money(cents(times(*own, rate)?));
        let mut edits = vec![
            (units.clone(), own.to_string(), "units"),
            (base.clone(), amount.clone(), "base_amount"),
            (total.clone(), amount, "total_amount"),
            (words.clone(), escaped(narrative), "charge_desc"),
        ];
        let mut new_item = String::new();
        if n > 0 {
            all.push_str(&lead);
            for number in &own_numbers {
                let next = places.next_item();
                if *number == own_number {
                    new_item.clone_from(&next);
                }
                edits.push((number.clone(), next, "file_item_nbr"));
            }
        }
        for (at, value, field) in &edits {
            let of_line = *field != "file_item_nbr" || *at == own_number;
            let before = &places.text[at.clone()];
            if !of_line || n == 0 && before == value {
                continue;
            }
            let after = match *field {
                "charge_desc" => narrative,
                _ => value,
            };
            let before = match *field {
                "charge_desc" => invoice.get(line.description).into_owned(),
                _ => before.to_owned(),
            };
            let mut new = change(invoice, line, original, field, before, after, rule);
            if n > 0 {
                // A line that was not there is new in every field.
                new.before.clear();
                new.item.clone_from(&new_item);
            }
            changes.push(new);
        }
        edits.sort_by_key(|(at, ..)| at.start);
        let edits: Vec<_> = edits.into_iter().map(|(at, new, _)| (at, new)).collect();
        all.push_str(&edited(&places.text, element.clone(), &edits));
    }
    places.edits.push((element, all));
    places.written(changes)
}
