//! Exact sums, and the refusal of what cannot be converted.

use crate::model::Value;
use rust_decimal::{Decimal, RoundingStrategy};

/// Why an invoice is not converted, and what to do.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Refusal {
    /// A refusal in these words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

const TOO_LARGE: &str =
    "its amounts are too large to be added; mend it first: cleanbill check shows where";

/// Adds, and refuses what goes beyond 28 digits.
pub fn add(sum: &mut Decimal, more: Decimal) -> Result<(), Refusal> {
    *sum = sum
        .checked_add(more)
        .ok_or_else(|| Refusal::new(TOO_LARGE))?;
    Ok(())
}

/// Multiplies, and refuses what goes beyond 28 digits.
pub fn times(a: Decimal, b: Decimal) -> Result<Decimal, Refusal> {
    a.checked_mul(b).ok_or_else(|| Refusal::new(TOO_LARGE))
}

/// Subtracts, and refuses what goes beyond 28 digits.
pub fn less(a: Decimal, b: Decimal) -> Result<Decimal, Refusal> {
    a.checked_sub(b).ok_or_else(|| Refusal::new(TOO_LARGE))
}

/// Half up to whole hundredths, as invoices are rounded.
pub fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// A value, or zero where there is none.
pub fn or_zero(value: Value<Decimal>) -> Decimal {
    value.get().unwrap_or_default()
}

/// Units x price, as the rest of the line says: rounded to hundredths where that is what the line adds up to.
pub fn base_of(units: Decimal, price: Decimal, rest: Decimal) -> Result<Decimal, Refusal> {
    let exact = times(units, price)?;
    Ok(if cents(exact) == rest { rest } else { exact })
}
