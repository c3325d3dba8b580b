//! An invoice divided among payors by shares.

use super::number::NumberPattern;
use super::{divisible, proven, sum_up};
use crate::model::{Invoice, Line, LineKind, Value};
use crate::revise::money::{Refusal, cents, less, or_zero, times};
use rust_decimal::Decimal;
use std::cmp::Reverse;

/// A payor's share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Share {
    /// CLIENT_ID of the payor.
    pub payor: String,
    /// Per cent.
    pub percent: Decimal,
}

/// Shares that make exactly 100 %.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shares(Vec<Share>);

const HUNDRED: Decimal = Decimal::ONE_HUNDRED;

impl Shares {
    /// Reads `NGM01=60,SMF02=40`.
    ///
    /// # Errors
    /// What is no share; a payor named twice; shares that do not make exactly 100 %.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let mut shares: Vec<Share> = Vec::new();
        for part in text.split(',') {
            let wrong = |what: &str| {
                Refusal::new(format!(
                    "\"{}\": {what}; write the payor's client id and the share, as in NGM01=60,SMF02=40",
                    part.trim()
                ))
            };
            let (payor, share) = part
                .split_once('=')
                .ok_or_else(|| wrong("there is no share"))?;
            let payor = payor.trim();
            let number = share.trim().trim_end_matches('%').trim_end();
            let percent: Decimal = number
                .parse()
                .map_err(|_| wrong("the share is no number"))?;
            if payor.is_empty() || payor.contains(['|', '[', ']']) {
                return Err(wrong("there is no payor"));
            }
            if percent <= Decimal::ZERO || percent > HUNDRED {
                return Err(wrong("a share is more than 0 % and at most 100 %"));
            }
            if shares.iter().any(|s| s.payor == payor) {
                return Err(wrong("the payor is named twice"));
            }
            shares.push(Share {
                payor: payor.to_owned(),
                percent,
            });
        }
        let sum: Decimal = shares.iter().map(|s| s.percent).sum();
        let difference = (HUNDRED - sum).normalize();
        if !difference.is_zero() {
            let what = if difference.is_sign_positive() {
                "are missing"
            } else {
                "are too much"
            };
            return Err(Refusal::new(format!(
                "the shares make {} %, and must make exactly 100 %: {} % {what}",
                sum.normalize(),
                difference.abs()
            )));
        }
        if shares.len() < 2 {
            return Err(Refusal::new(
                "one payor with 100 % is no division; name at least two",
            ));
        }
        Ok(Self(shares))
    }

    /// The shares, in the order given.
    pub fn all(&self) -> &[Share] {
        &self.0
    }
}

/// What each payor got beyond the exact share so far, so that ties do not always fall to the same one.
struct Ledger<'a> {
    shares: &'a [Share],
    ahead: Vec<Decimal>,
}

impl Ledger<'_> {
    /// Divides an amount of `places` decimals by largest remainder: everybody gets the whole units of their share, and
    /// what is left goes unit by unit to the largest remainders; where they are equal, to whoever is most behind.
    fn divide(&mut self, amount: Decimal, places: u32) -> Result<Vec<Decimal>, Refusal> {
        let unit = Decimal::new(1, places);
        let sign = if amount.is_sign_negative() {
            -Decimal::ONE
        } else {
            Decimal::ONE
        };
        let whole = amount.abs();
        let mut exact = Vec::with_capacity(self.shares.len());
        let mut parts = Vec::with_capacity(self.shares.len());
        for share in self.shares {
            let part = times(whole, share.percent)? / HUNDRED;
            exact.push(part);
            parts.push(part.trunc_with_scale(places));
        }
        let mut left = less(whole, parts.iter().sum())?;
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|i| (Reverse(exact[*i] - parts[*i]), self.ahead[*i] * sign, *i));
        for index in order.iter().cycle() {
            if left < unit {
                break;
            }
            parts[*index] += unit;
            left -= unit;
        }
        for (index, part) in parts.iter_mut().enumerate() {
            self.ahead[index] += (*part - exact[index]) * sign;
            *part *= sign;
        }
        Ok(parts)
    }
}

/// One invoice for each payor. Every line keeps its hours, rate and narrative; what others pay of it is its adjustment,
/// so that units x rate + adjustment is the payor's share to the cent. The description says which share it is and how it
/// was divided.
///
/// # Errors
/// Something in it could not be read or does not add up; amounts that are no whole cents; numbers that are not new.
pub fn by_shares(
    invoice: &Invoice,
    shares: &Shares,
    numbers: &NumberPattern,
) -> Result<Vec<Invoice>, Refusal> {
    let whole = divisible(invoice)?;
    let places = places(invoice);
    let original = invoice.get(invoice.number).into_owned();
    let mut parts: Vec<Invoice> = vec![invoice.clone(); shares.0.len()];
    let zeros = vec![Decimal::ZERO; shares.0.len()];
    let mut nets = Ledger {
        shares: &shares.0,
        ahead: zeros.clone(),
    };
    let mut taxes = Ledger {
        shares: &shares.0,
        ahead: zeros,
    };
    for (index, line) in invoice.lines.iter().enumerate() {
        let tax = or_zero(line.tax_total);
        let net = less(or_zero(line.total), tax)?;
        for amount in [net, tax] {
            if amount.normalize().scale() > places {
                return Err(Refusal::new(format!(
                    "line item {} has the amount {amount}, which is no whole number of the currency's smallest unit and \
                     cannot be divided to the cent",
                    invoice.get(line.item)
                )));
            }
        }
        let net_parts = nets.divide(net, places)?;
        let tax_parts = taxes.divide(tax, places)?;
        for (part, (net, tax)) in parts.iter_mut().zip(net_parts.into_iter().zip(tax_parts)) {
            divided(&mut part.lines[index], net, tax)?;
        }
    }
    for (part, share) in parts.iter_mut().zip(&shares.0) {
        part.client.client_id = part.text.push_value(&share.payor);
        let own = invoice.get(invoice.description);
        let said = format!(
            "{}{}{} % of invoice {original}, payor {}; each line divided to the cent by largest remainder",
            own.trim_end(),
            if own.trim().is_empty() { "" } else { "; " },
            share.percent.normalize(),
            share.payor
        );
        part.description = part.text.push_value(&said);
        part.variations.clear();
        sum_up(part)?;
    }
    numbers.number(&original, &mut parts)?;
    proven(whole, &parts)?;
    Ok(parts)
}

/// Decimals of the invoice's currency; cents where it names none.
fn places(invoice: &Invoice) -> u32 {
    let code = invoice.get(invoice.currency);
    iso_currency::Currency::from_code(code.trim())
        .and_then(iso_currency::Currency::exponent)
        .map_or(2, u32::from)
}

/// Puts a payor's part into a line.
fn divided(line: &mut Line, net: Decimal, tax: Decimal) -> Result<(), Refusal> {
    let mut total = net;
    crate::revise::money::add(&mut total, tax)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn shares_make_exactly_a_hundred() {
        assert_eq!(
            Shares::parse("A=60, B=40 %").expect("shares").all().len(),
            2
        );
        assert!(Shares::parse("A=33.34,B=33.33,C=33.33").is_ok());
        for (text, words) in [
            ("A=60,B=39.9", "99.9 %"),
            ("A=60,B=40.1", "100.1 %"),
            ("A=60,A=40", "twice"),
            ("A=60,B", "no share"),
            ("A=x,B=40", "no number"),
            ("A=-10,B=110", "more than 0"),
            ("=50,B=50", "no payor"),
            ("A=100", "no division"),
        ] {
            let error = Shares::parse(text).expect_err(text).0;
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn cents_go_to_the_largest_remainders_and_ties_take_turns() {
        let shares = Shares::parse("A=33.34,B=33.33,C=33.33").expect("shares");
        let mut ledger = Ledger {
            shares: &shares.0,
            ahead: vec![Decimal::ZERO; 3],
        };
        assert_eq!(
            ledger.divide(dec!(100.00), 2).expect("divided"),
            [dec!(33.34), dec!(33.33), dec!(33.33)]
        );
        assert_eq!(
            ledger
                .divide(dec!(-0.02), 2)
                .expect("divided")
                .iter()
                .sum::<Decimal>(),
            dec!(-0.02)
        );
        let halves = Shares::parse("A=50,B=50").expect("shares");
        let mut ledger = Ledger {
            shares: &halves.0,
            ahead: vec![Decimal::ZERO; 2],
        };
        let odd: Vec<Decimal> = (0..4)
            .map(|_| ledger.divide(dec!(0.01), 2).expect("divided")[0])
            .collect();
        assert_eq!(odd, [dec!(0.01), dec!(0.00), dec!(0.01), dec!(0.00)]);
        // A credit takes turns the other way.
        let mut back = Ledger {
            shares: &halves.0,
            ahead: vec![Decimal::ZERO; 2],
        };
        back.divide(dec!(0.01), 2).expect("divided");
        assert_eq!(
            back.divide(dec!(-0.01), 2).expect("divided")[0],
            dec!(-0.01)
        );
    }
}
