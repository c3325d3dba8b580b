//! Shares of a pipe invoice: what the other payors pay of a line is its adjustment.

use super::ledger::Ledger;
use super::shares::Share;
use crate::model::{Invoice, Line, LineKind, Value};
use crate::revise::money::{Refusal, add, cents, less, or_zero, times};
use rust_decimal::Decimal;

/// Divides every line among the parts, so that units x rate + adjustment is the payor's share to the cent.
///
/// # Errors
/// An amount that is no whole number of the currency's smallest unit.
pub(super) fn divide(
    invoice: &Invoice,
    parts: &mut [Invoice],
    shares: &[Share],
    places: u32,
) -> Result<(), Refusal> {
    let mut nets = Ledger::new(shares, places);
    let mut taxes = Ledger::new(shares, places);
    for (index, line) in invoice.lines.iter().enumerate() {
        let of =
            |why: Refusal| Refusal::new(format!("line item {}: {why}", invoice.get(line.item)));
        let tax = or_zero(line.tax_total);
        let net = less(or_zero(line.total), tax)?;
        let net_parts = nets.divide(net).map_err(of)?;
        let tax_parts = taxes.divide(tax).map_err(of)?;
        for (part, (net, tax)) in parts.iter_mut().zip(net_parts.into_iter().zip(tax_parts)) {
            divided(&mut part.lines[index], net, tax)?;
        }
    }
    Ok(())
}

/// Puts a payor's part into a line.
fn divided(line: &mut Line, net: Decimal, tax: Decimal) -> Result<(), Refusal> {
    let mut total = net;
    add(&mut total, tax)?;
    line.total = Value::calculated(total);
    if !line.tax_total.is_absent() {
        line.tax_total = Value::calculated(tax);
    }
    let priced = line.units.get().zip(line.unit_cost.get());
    if !line.kind.get().is_some_and(LineKind::is_adjustment) {
        line.adjustment = match priced {
            Some((units, price)) => {
                let base = times(units, price)?;
                let base = if base.normalize().scale() > 2 {
                    cents(base)
                } else {
                    base
                };
                Value::calculated(less(net, base)?)
            }
            // A line without a price is its total.
            None => Value::calculated(Decimal::ZERO),
        };
        return Ok(());
    }
    if or_zero(line.adjustment).is_zero() && priced.is_some() {
        // In 1998BI the amount of an adjustment may stand in the unit cost.
        line.units = Value::calculated(Decimal::ONE);
        line.unit_cost = Value::calculated(net);
        return Ok(());
    }
    line.adjustment = Value::calculated(net);
    if let Some((units, price)) = priced
        && !times(units, price)?.is_zero()
    {
        line.units = Value::calculated(Decimal::ONE);
        line.unit_cost = Value::calculated(net);
    }
    Ok(())
}
