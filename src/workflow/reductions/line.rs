//! Which line of the invoice a client means, and which way its amounts count.

use crate::model::{Reduction, StatusReport};
use crate::revise::line::LineText;
use rust_decimal::Decimal;

/// What a client that kept no line numbers writes instead (LEDES API, `line_item_ref`).
const NO_REFERENCE: &str = "-9999";

/// The line a reduction is about, as far as that is certain.
pub(super) struct Meant<'a> {
    /// The line; `None`: the invoice as a whole, or nobody knows.
    pub(super) line: Option<&'a LineText>,
    /// What a person should look at.
    pub(super) doubt: Option<String>,
}

/// Finds the line: by its number, else by date, timekeeper and amount.
pub(super) fn meant<'a>(reduction: &Reduction, lines: &'a [LineText]) -> Meant<'a> {
    let whole = Meant {
        line: None,
        doubt: None,
    };
    let Some(told) = &reduction.line else {
        return whole;
    };
    let doubt = |doubt: String| Meant {
        line: None,
        doubt: Some(doubt),
    };
    let named = told.item.as_deref().map(str::trim);
    if let Some(item) = named.filter(|item| *item != NO_REFERENCE && !item.is_empty()) {
        let same = |l: &&LineText| l.item == item || number(&l.item) == number(item);
        let mut found = lines.iter().filter(same);
        return match (found.next(), found.next()) {
            (Some(line), None) => Meant {
                line: Some(line),
                doubt: None,
            },
            (None, _) => doubt(format!("the invoice has no line {item}")),
            _ => doubt(format!("the invoice has several lines {item}")),
        };
    }
    let known = [
        told.date.is_some(),
        told.timekeeper_id.is_some(),
        told.total.is_some(),
    ];
    if known == [false; 3] {
        return doubt("the client does not say which line".to_owned());
    }
    let fits = |line: &&LineText| {
        told.date.is_none_or(|date| line.date == Some(date))
            && told
                .timekeeper_id
                .as_ref()
                .is_none_or(|id| line.timekeeper_id == id.trim())
            && told.total.is_none_or(|total| line.total == Some(total))
    };
    let found: Vec<&LineText> = lines.iter().filter(fits).collect();
    match found.as_slice() {
        [one] => Meant {
            line: Some(one),
            doubt: None,
        },
        [] => doubt("no line has the date, timekeeper and amount the client names".to_owned()),
        many => doubt(format!(
            "{} lines have the date, timekeeper and amount the client names",
            many.len()
        )),
    }
}

/// Line numbers are compared as numbers where both are: "004" is 4.
fn number(item: &str) -> Option<u64> {
    item.parse().ok()
}

/// What each reduction of an answer takes away, and what does not add up. Portals differ in the sign of a reduction: it
/// is the one by which they add up to what the totals differ by. An amount that adds to a line is negative here.
pub(super) fn cuts(report: &StatusReport) -> (Vec<Decimal>, Option<String>) {
    let amounts: Vec<Decimal> = report.reductions.iter().map(|r| r.amount).collect();
    let sum = amounts
        .iter()
        .try_fold(Decimal::ZERO, |sum, a| sum.checked_add(*a));
    let Some(sum) = sum else {
        let doubt = "the amounts of the reductions cannot be added";
        return (amounts, Some(doubt.to_owned()));
    };
    let mixed = amounts.iter().any(|a| a.is_sign_negative() && !a.is_zero())
        && amounts.iter().any(|a| a.is_sign_positive() && !a.is_zero());
    let differ = report
        .original_total
        .zip(report.approved_total)
        .and_then(|(billed, approved)| billed.checked_sub(approved));
    let signed = |sign: Decimal| amounts.iter().map(|a| *a * sign).collect::<Vec<_>>();
    match differ {
        Some(differ) if sum == differ => (amounts, None),
        Some(differ) if -sum == differ => (signed(-Decimal::ONE), None),
        _ => {
            let taken: Vec<Decimal> = if mixed {
                // Whichever takes something away over all.
                signed(if sum.is_sign_negative() {
                    -Decimal::ONE
                } else {
                    Decimal::ONE
                })
            } else {
                amounts.iter().map(Decimal::abs).collect()
            };
            let doubt = differ.filter(|_| !amounts.is_empty()).map(|differ| {
                format!(
                    "the reductions add up to {}, the totals differ by {differ}",
                    sum.abs()
                )
            });
            (taken, doubt)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Outcome, ReducedLine};

    fn amount(text: &str) -> Decimal {
        text.parse().expect("an amount")
    }

    fn line(item: &str, date: &str, timekeeper: &str, total: &str) -> LineText {
        LineText {
            item: item.to_owned(),
            kind: "F".to_owned(),
            date: date.parse().ok(),
            timekeeper_id: timekeeper.to_owned(),
            units: None,
            unit_cost: None,
            adjustment: None,
            total: Some(amount(total)),
            codes: Default::default(),
            narrative: String::new(),
        }
    }

    fn told(item: Option<&str>, date: &str, timekeeper: &str, total: &str) -> Reduction {
        Reduction {
            line: Some(ReducedLine {
                item: item.map(str::to_owned),
                date: date.parse().ok(),
                timekeeper_id: Some(timekeeper.to_owned()).filter(|t| !t.is_empty()),
                total: total.parse().ok(),
            }),
            ..Reduction::default()
        }
    }

    #[test]
    fn a_line_without_a_number_is_found_by_what_it_says() {
        let lines = [
            line("1", "2026-09-01", "AQ", "300.00"),
            line("2", "2026-09-01", "AQ", "120.00"),
            line("3", "2026-09-02", "BT", "300.00"),
            line("4", "2026-09-02", "BT", "300.00"),
        ];
        let of = |told: &Reduction| {
            let meant = meant(told, &lines);
            (meant.line.map(|l| l.item.clone()), meant.doubt)
        };
        assert_eq!(
            of(&told(Some("002"), "", "", "")),
            (Some("2".to_owned()), None)
        );
        assert_eq!(
            of(&told(Some("-9999"), "2026-09-01", "AQ", "300.0")),
            (Some("1".to_owned()), None)
        );
        let twice = of(&told(None, "2026-09-02", "BT", "300.00"));
        assert_eq!(twice.0, None);
        assert!(twice.1.is_some_and(|d| d.starts_with("2 lines")));
        assert!(
            of(&told(Some("9"), "", "", ""))
                .1
                .is_some_and(|d| d.contains("no line 9"))
        );
        assert!(
            of(&told(Some("-9999"), "", "", "")).1.is_some(),
            "nothing to find it by"
        );
        assert_eq!(of(&Reduction::default()), (None, None), "the whole invoice");
    }

    #[test]
    fn the_sign_follows_from_the_totals() {
        let report = |approved: Option<&str>, amounts: &[&str]| StatusReport {
            outcome: Outcome::Reduced,
            original_total: Some(amount("100.00")),
            approved_total: approved.map(amount),
            reductions: amounts
                .iter()
                .map(|a| Reduction {
                    amount: amount(a),
                    ..Reduction::default()
                })
                .collect(),
            ..StatusReport::default()
        };
        let of = |approved: Option<&str>, amounts: &[&str]| {
            let (cuts, doubt) = cuts(&report(approved, amounts));
            let cuts: Vec<String> = cuts.iter().map(ToString::to_string).collect();
            (cuts.join(" "), doubt.is_some())
        };
        assert_eq!(of(Some("70.00"), &["-30.00"]), ("30.00".to_owned(), false));
        assert_eq!(
            of(Some("70.00"), &["20.00", "10.00"]),
            ("20.00 10.00".to_owned(), false)
        );
        // Cut by 40, and 10 added elsewhere.
        assert_eq!(
            of(Some("70.00"), &["-40.00", "10.00"]),
            ("40.00 -10.00".to_owned(), false)
        );
        assert_eq!(of(Some("70.00"), &["29.99"]), ("29.99".to_owned(), true));
        assert_eq!(
            of(None, &["-5.00"]),
            ("5.00".to_owned(), false),
            "nothing to prove it by"
        );
    }
}
