//! Numbers and dates, one way for each value.

use crate::formats::lexer::DateForm;
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

/// Appends a number with at least so many decimals and no closing zeros beyond them: 630 as `630.00`, 0.1050 as
/// `0.105`.
pub fn push_number(out: &mut String, number: Decimal, least: u32) {
    let mut scale = number.scale();
    let Ok(mut digits) = u64::try_from(number.mantissa().unsigned_abs()) else {
        return push_long(out, number, least);
    };
    while scale > least && digits.is_multiple_of(10) {
        digits /= 10;
        scale -= 1;
    }
    while scale < least {
        let Some(more) = digits.checked_mul(10) else {
            return push_long(out, number, least);
        };
        digits = more;
        scale += 1;
    }
    if number.is_sign_negative() && digits != 0 {
        out.push('-');
    }
    let mut buffer = [b'0'; 64];
    let mut at = buffer.len();
    let mut written = 0;
    while digits != 0 || written <= scale {
        if written == scale && scale > 0 {
            at -= 1;
            buffer[at] = b'.';
        }
        at -= 1;
        buffer[at] = b'0' + (digits % 10) as u8;
        digits /= 10;
        written += 1;
    }
    out.push_str(std::str::from_utf8(&buffer[at..]).unwrap_or(""));
}

fn push_long(out: &mut String, number: Decimal, least: u32) {
    let text = number.normalize().to_string();
    let has = text.split_once('.').map_or(0, |(_, f)| f.len());
    out.push_str(&text);
    if has == 0 && least > 0 {
        out.push('.');
    }
    for _ in has..least as usize {
        out.push('0');
    }
}

/// Appends a date.
pub fn push_date(out: &mut String, date: NaiveDate, form: DateForm) {
    let year = date.year();
    if !(0..=9999).contains(&year) {
        out.push_str(&form.write(date));
        return;
    }
    let dash = form == DateForm::Iso;
    let mut push = |number: u32, width: u32| {
        for place in (0..width).rev() {
            let digit = number / 10u32.pow(place) % 10;
            out.push(char::from(b'0' + digit as u8));
        }
        if dash && width != 1 {
            out.push('-');
        }
    };
    push(year as u32, 4);
    push(date.month(), 2);
    push(date.day() / 10, 1);
    push(date.day() % 10, 1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(number: &str, least: u32) -> String {
        let mut out = String::new();
        push_number(&mut out, number.parse().expect("a number"), least);
        out
    }

    #[test]
    fn numbers_are_written_one_way() {
        for (number, least, expected) in [
            ("630", 2, "630.00"),
            ("70.0000", 2, "70.00"),
            ("0.1050", 2, "0.105"),
            ("-0.00", 2, "0.00"),
            ("-0.5", 2, "-0.50"),
            ("0.2", 6, "0.200000"),
            ("5", 0, "5"),
            ("0", 0, "0"),
            ("100", 0, "100"),
            (
                "79228162514264337593543950335",
                2,
                "79228162514264337593543950335.00",
            ),
            ("18446744073709551615", 4, "18446744073709551615.0000"),
        ] {
            assert_eq!(written(number, least), expected, "{number}");
        }
    }

    #[test]
    fn dates_are_written_in_both_forms() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 9).expect("a day");
        for (form, expected) in [
            (DateForm::Compact, "20260309"),
            (DateForm::Iso, "2026-03-09"),
        ] {
            let mut out = String::new();
            push_date(&mut out, day, form);
            assert_eq!(out, expected);
            assert_eq!(out, form.write(day));
        }
    }

    proptest! {
        #[test]
        fn a_number_keeps_its_value(mantissa in any::<i64>(), scale in 0..12u32, least in 0..11u32) {
            let number = Decimal::new(mantissa, scale);
            let mut out = String::new();
            push_number(&mut out, number, least);
            prop_assert_eq!(out.parse::<Decimal>().expect("a number"), number);
            let decimals = out.split_once('.').map_or(0, |(_, f)| f.len());
            prop_assert!(decimals >= least as usize);
            prop_assert!(decimals == least as usize || !out.ends_with('0'));
        }
    }
}
