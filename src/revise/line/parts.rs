//! Several lines for one: its hours divided as its timekeeper says, its rate and its sum kept to the cent.

use super::edit::{Plan, fits};
use super::text::place;
use crate::model::{Invoice, LineKind};
use crate::revise::money::{Refusal, add, cents, less, or_zero, times};
use crate::revise::readable::readable;
use rust_decimal::Decimal;

/// A number with two decimals or more.
pub(super) fn money(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount.to_string()
}

/// An amount above 0 in whole cents.
pub(super) fn whole_cents(amount: Decimal) -> Result<Decimal, Refusal> {
    let amount = amount.normalize();
    if amount > Decimal::ZERO && amount.scale() <= 2 {
        return Ok(amount);
    }
    Err(Refusal::new(format!(
        "{amount}: a write-down is an amount above 0 in whole cents, as in 120.50"
    )))
}

/// Two parts or more, each with hours and words, which come to the line's hours.
pub(super) fn hours_fit(
    item: &str,
    hours: Decimal,
    parts: &[(Decimal, String)],
) -> Result<(), Refusal> {
    if parts.len() < 2 {
        return Err(Refusal::new(
            "a line is divided into two parts or more; else answer with one text",
        ));
    }
    let mut sum = Decimal::ZERO;
    for (own, words) in parts {
        if *own <= Decimal::ZERO {
            return Err(Refusal::new(format!(
                "{own} hours: each part needs hours above 0"
            )));
        }
        fits(words)?;
        add(&mut sum, *own)?;
    }
    if sum != hours {
        return Err(Refusal::new(format!(
            "the parts have {sum} hours, line {item} has {hours}: hours are divided, never changed"
        )));
    }
    Ok(())
}

/// The lines that stand in the place of one.
pub(super) fn parts(
    invoice: &Invoice,
    item: &str,
    parts: &[(Decimal, String)],
) -> Result<Plan, Refusal> {
    let index = place(invoice, item)?;
    let line = &invoice.lines[index];
    readable(invoice)?;
    if line.kind.get() != Some(LineKind::Fee) {
        return Err(Refusal::new(format!(
            "line {item} is no fee and has no hours to divide"
        )));
    }
    let (Some(hours), Some(rate), Some(total)) =
        (line.units.get(), line.unit_cost.get(), line.total.get())
    else {
        return Err(Refusal::new(format!(
            "line {item} lacks hours, rate or total"
        )));
    };
    hours_fit(item, hours, parts)?;
    let tax = or_zero(line.tax_total);
    let adjustment = or_zero(line.adjustment);
    let net = less(total, tax)?;
    let mut left = [adjustment, net, tax];
    let mut numbers = Numbers::of(invoice, item);
    let mut into = Vec::with_capacity(parts.len());
    for (n, (own, words)) in parts.iter().enumerate() {
        // The last takes what is left, so that the line's sums are kept to the cent.
        let last = n + 1 == parts.len();
        let share = |whole: Decimal| Ok::<_, Refusal>(cents(times(whole, *own)? / hours));
        let (mut own_adjustment, own_net, own_tax) = if last {
            (left[0], left[1], left[2])
        } else {
            let own_adjustment = share(adjustment)?;
            let mut own_net = cents(times(*own, rate)?);
            add(&mut own_net, own_adjustment)?;
            (own_adjustment, own_net, share(tax)?)
        };
        if last {
            // The cent that rounding leaves over is an adjustment.
            own_adjustment = less(own_net, cents(times(*own, rate)?))?;
        }
        for (left, own) in left.iter_mut().zip([own_adjustment, own_net, own_tax]) {
            *left = less(*left, own)?;
        }
        let mut own_total = own_net;
        add(&mut own_total, own_tax)?;
        let mut cells = vec![
            ("LINE_ITEM_NUMBER", numbers.next(n)),
            ("LINE_ITEM_NUMBER_OF_UNITS", own.to_string()),
            ("LINE_ITEM_ADJUSTMENT_AMOUNT", money(own_adjustment)),
            ("LINE_ITEM_TOTAL", money(own_total)),
            ("LINE_ITEM_DESCRIPTION", words.clone()),
        ];
        if !line.tax_total.is_blank() {
            cells.push(("LINE_ITEM_TAX_TOTAL", money(own_tax)));
        }
        into.push(cells);
    }
    Ok(Plan {
        line: index,
        into,
        everywhere: Vec::new(),
    })
}

/// Numbers of lines: the first keeps its own, others come after the highest.
struct Numbers {
    own: String,
    highest: u64,
}

impl Numbers {
    fn of(invoice: &Invoice, item: &str) -> Self {
        let all = invoice.lines.iter();
        let read = all.filter_map(|l| invoice.get(l.item).trim().parse::<u64>().ok());
        Self {
            own: item.to_owned(),
            highest: read.max().unwrap_or(invoice.lines.len() as u64),
        }
    }

    fn next(&mut self, n: usize) -> String {
        if n == 0 {
            return self.own.clone();
        }
        self.highest += 1;
        self.highest.to_string()
    }
}
