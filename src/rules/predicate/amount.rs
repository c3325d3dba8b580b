//! Amounts as they are compared and shown: the rounding portals accept, and money that stays readable.

use rust_decimal::{Decimal, RoundingStrategy};

/// How well a stated amount agrees with the exact one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fit {
    /// It is the exact amount, rounded half up or half to even.
    Exact,
    /// It is off by no more than the tolerance.
    Cents,
    /// It is another amount.
    Off,
}

/// Compares a stated amount with the exact one. The specification names no rounding rule, so both usual ones
/// pass, at the decimals of the stated amount and never fewer than two (ledes-1998b.md section 5).
pub(super) fn fit(exact: Decimal, stated: Decimal, tolerance: Decimal) -> Fit {
    if exact == stated {
        return Fit::Exact;
    }
    let scale = stated.scale().max(2);
    let rounded = |how| exact.round_dp_with_strategy(scale, how);
    if rounded(RoundingStrategy::MidpointAwayFromZero) == stated
        || rounded(RoundingStrategy::MidpointNearestEven) == stated
    {
        return Fit::Exact;
    }
    if near(exact, stated, tolerance) {
        Fit::Cents
    } else {
        Fit::Off
    }
}

/// True where two amounts differ by no more than the tolerance.
pub(super) fn near(a: Decimal, b: Decimal, tolerance: Decimal) -> bool {
    a.checked_sub(b).is_some_and(|d| d.abs() <= tolerance)
}

/// The exact amount as it should stand in place of the stated one: its decimals, never fewer than two, half up.
pub(super) fn in_place_of(exact: Decimal, stated: Decimal) -> Decimal {
    exact.round_dp_with_strategy(
        stated.scale().max(2),
        RoundingStrategy::MidpointAwayFromZero,
    )
}

/// A share for a message, without its sign: 5 for 0.05.
pub(super) fn percent(share: Decimal) -> Decimal {
    share.saturating_mul(Decimal::ONE_HUNDRED).normalize()
}

/// An amount for a message: at least two decimals, and no zeros behind those.
pub(super) fn shown(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount.to_string()
}

/// ` + 70.00`, ` - 90.00`, or nothing for zero: a further term of a sum.
pub(super) fn term(amount: Decimal) -> String {
    if amount.is_zero() {
        String::new()
    } else if amount.is_sign_negative() {
        format!(" - {}", shown(-amount))
    } else {
        format!(" + {}", shown(amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn both_ways_of_rounding_pass() {
        let cent = dec!(0.01);
        assert_eq!(fit(dec!(0.125), dec!(0.13), cent), Fit::Exact);
        assert_eq!(fit(dec!(0.125), dec!(0.12), cent), Fit::Exact);
        assert_eq!(fit(dec!(0.135), dec!(0.13), cent), Fit::Cents);
        assert_eq!(fit(dec!(0.1254), dec!(0.1254), cent), Fit::Exact);
        assert_eq!(fit(dec!(0.1254), dec!(0.125), cent), Fit::Exact);
        assert_eq!(fit(dec!(380), dec!(390), cent), Fit::Off);
        assert_eq!(fit(dec!(1.005), dec!(1), cent), Fit::Exact);
        assert_eq!(fit(dec!(1.006), dec!(1), cent), Fit::Cents);
    }

    #[test]
    fn money_stays_readable() {
        assert_eq!(shown(dec!(380)), "380.00");
        assert_eq!(shown(dec!(1.50000)), "1.50");
        assert_eq!(shown(dec!(0.061245)), "0.061245");
        assert_eq!(shown(dec!(-0.0)), "0.00");
        assert_eq!(term(dec!(-90)), " - 90.00");
        assert_eq!(term(dec!(0)), "");
    }
}
