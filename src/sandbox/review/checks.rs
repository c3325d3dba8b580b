//! The few things a practice portal looks at itself, before anything is drawn.

use super::{Case, Objection};
use crate::sandbox::ledes::Read;
use crate::sandbox::reasons;
use rust_decimal::Decimal;

/// What is wrong with an invoice.
pub(super) fn own_checks(case: &Case<'_>, read: &Read) -> Vec<Objection> {
    let mut wrong = Vec::new();
    let mut say = |slug: &'static str, detail: String| {
        let reason = reasons::reason(slug);
        wrong.push(Objection {
            reason,
            text: format!("{}: {detail}", reason.words),
            line: None,
        });
    };
    if case.duplicate {
        say("duplicate_invoice_number", read.number.clone());
    }
    if !read.more.is_empty() {
        say("multiple_invoices_in_file", read.more.join(", "));
    }
    if let Some(other) = read.other_totals.first() {
        say(
            "invoice_total_inconsistent",
            format!("{other} and {}", read.total),
        );
    } else if !read.adds_up() {
        let lines: Decimal = read.lines.iter().map(|l| l.total).sum();
        say("invoice_total_sum", format!("{lines} and {}", read.total));
    }
    let known = &case.settings.matters;
    for matter in &read.matters {
        if !known.is_empty() && !known.contains(matter) {
            say("matter_unmatched", matter.clone());
        }
    }
    let age = read
        .date
        .map(|date| (case.at.date_naive() - date).num_days());
    if let (Some(limit), Some(age)) = (case.settings.late_after_days, age)
        && age > i64::from(limit)
    {
        let reason = reasons::reason("invoice_too_old");
        let words = reason.words.replace("90", &limit.to_string());
        wrong.push(Objection {
            reason,
            text: format!("{words}: it is {age} days old"),
            line: None,
        });
    }
    wrong
}
