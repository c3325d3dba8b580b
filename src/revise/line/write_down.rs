//! A line billed lower: its adjustment, its total, and the totals of the invoice.

use super::edit::Plan;
use super::parts::{money, whole_cents};
use super::text::place;
use crate::model::Invoice;
use crate::revise::money::{Refusal, add, cents, less, or_zero, times};
use crate::revise::split::divisible;
use rust_decimal::Decimal;

/// What a write-down changes. `amount` is without tax.
pub(super) fn write_down(invoice: &Invoice, item: &str, amount: Decimal) -> Result<Plan, Refusal> {
    let index = place(invoice, item)?;
    let line = &invoice.lines[index];
    let whole = divisible(invoice)?;
    let kind = line.kind.get();
    if kind.is_none_or(crate::model::LineKind::is_adjustment) {
        return Err(Refusal::new(format!("line {item} is an adjustment itself")));
    }
    let amount = whole_cents(amount)?;
    let tax = or_zero(line.tax_total);
    let net = less(or_zero(line.total), tax)?;
    if amount > net {
        return Err(Refusal::new(format!(
            "line {item} bills {}: it cannot be written down by {amount}",
            money(net)
        )));
    }
    let adjustment = less(or_zero(line.adjustment), amount)?;
    let new_net = less(net, amount)?;
    let new_tax = match line.tax_rate.get() {
        Some(rate) => cents(times(new_net, rate)?),
        None if net.is_zero() => tax,
        None => cents(times(tax, new_net)? / net),
    };
    let mut new_total = new_net;
    add(&mut new_total, new_tax)?;
    let off = less(or_zero(line.total), new_total)?;
    let tax_off = less(tax, new_tax)?;
    let mut cells = vec![
        ("LINE_ITEM_ADJUSTMENT_AMOUNT", money(adjustment)),
        ("LINE_ITEM_TOTAL", money(new_total)),
    ];
    if !line.tax_total.is_blank() {
        cells.push(("LINE_ITEM_TAX_TOTAL", money(new_tax)));
    }
    let mut everywhere = vec![("INVOICE_TOTAL", money(less(whole.total, off)?))];
    for (value, column, off) in [
        (invoice.tax_total, "INVOICE_TAX_TOTAL", tax_off),
        (
            invoice.reported_tax_total,
            "INVOICE_REPORTED_TAX_TOTAL",
            tax_off,
        ),
        (invoice.net_total, "INVOICE_NET_TOTAL", amount),
    ] {
        if let Some(value) = value.get() {
            everywhere.push((column, money(less(value, off)?)));
        }
    }
    Ok(Plan {
        line: index,
        into: vec![cells],
        everywhere,
    })
}
