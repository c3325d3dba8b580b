//! Amounts divided to the cent by largest remainder.

use super::shares::Share;
use crate::revise::money::{Refusal, less, times};
use rust_decimal::Decimal;
use std::cmp::Reverse;

/// What each payor got beyond the exact share so far, so that ties do not always fall to the same one.
pub(super) struct Ledger<'a> {
    shares: &'a [Share],
    places: u32,
    ahead: Vec<Decimal>,
}

impl<'a> Ledger<'a> {
    /// An empty one, for amounts of `places` decimals.
    pub(super) fn new(shares: &'a [Share], places: u32) -> Self {
        Self {
            shares,
            places,
            ahead: vec![Decimal::ZERO; shares.len()],
        }
    }

    /// Divides an amount by largest remainder: everybody gets the whole units of their share, and what is left goes unit
    /// by unit to the largest remainders; where they are equal, to whoever is most behind.
    ///
    /// # Errors
    /// An amount of parts of a unit, or one too large to be calculated with.
    pub(super) fn divide(&mut self, amount: Decimal) -> Result<Vec<Decimal>, Refusal> {
        let places = self.places;
        if amount.normalize().scale() > places {
            return Err(Refusal::new(format!(
                "the amount {amount} is no whole number of the currency's smallest unit and cannot be divided to the cent"
            )));
        }
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
            let part = times(whole, share.percent)? / Decimal::ONE_HUNDRED;
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

#[cfg(test)]
mod tests {
    use super::super::Shares;
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn cents_go_to_the_largest_remainders_and_ties_take_turns() {
        let shares = Shares::parse("A=33.34,B=33.33,C=33.33").expect("shares");
        let mut ledger = Ledger::new(shares.all(), 2);
        assert_eq!(
            ledger.divide(dec!(100.00)).expect("divided"),
            [dec!(33.34), dec!(33.33), dec!(33.33)]
        );
        assert_eq!(
            ledger
                .divide(dec!(-0.02))
                .expect("divided")
                .iter()
                .sum::<Decimal>(),
            dec!(-0.02)
        );
        let halves = Shares::parse("A=50,B=50").expect("shares");
        let mut ledger = Ledger::new(halves.all(), 2);
        let odd: Vec<Decimal> = (0..4)
            .map(|_| ledger.divide(dec!(0.01)).expect("divided")[0])
            .collect();
        assert_eq!(odd, [dec!(0.01), dec!(0.00), dec!(0.01), dec!(0.00)]);
        // A credit takes turns the other way.
        let mut back = Ledger::new(halves.all(), 2);
        back.divide(dec!(0.01)).expect("divided");
        assert_eq!(back.divide(dec!(-0.01)).expect("divided")[0], dec!(-0.01));
    }
}
