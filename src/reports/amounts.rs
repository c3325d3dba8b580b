//! Amounts as people read them.

use rust_decimal::Decimal;

/// An amount with its currency, where that is known: `1,200.00 USD`.
pub fn money(amount: Decimal, currency: &str) -> String {
    match currency {
        "?" | "" => grouped(amount),
        known => format!("{} {known}", grouped(amount)),
    }
}

/// With two decimals and thousands set apart; more decimals where the amount has them.
pub fn grouped(amount: Decimal) -> String {
    let decimals = amount.normalize().scale().max(2) as usize;
    let text = format!("{amount:.decimals$}");
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    format!("{}.{cents}", thousands(whole))
}

/// A whole number with thousands set apart.
pub fn thousands(whole: &str) -> String {
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let mut out = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let shown = |text: &str| grouped(text.parse().expect("an amount"));
        assert_eq!(shown("1234567.5"), "1,234,567.50");
        assert_eq!(shown("-1234.5"), "-1,234.50");
        assert_eq!(shown("0.125"), "0.125");
        assert_eq!(money("7".parse().expect("an amount"), "USD"), "7.00 USD");
    }
}
