//! The morning report: ten lines that say what happened, then what a person has to see to.

use super::amounts::{grouped, money};
use crate::workflow::submission::{Morning, MorningLine, MorningOwed};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A part of the report: its name, its invoices, and what to do about them.
pub type Part<'a> = (&'static str, &'a [MorningLine], &'static str);

/// The parts of the report, in its order.
pub fn parts(morning: &Morning) -> [Part<'_>; 12] {
    [
        ("Sent", &morning.sent, ""),
        ("Approved", &morning.approved, ""),
        ("Paid", &morning.paid, ""),
        (
            "Rejected",
            &morning.rejected,
            "correct each and take the new file in; the late-billing clock runs on",
        ),
        ("Reduced", &morning.reduced, "a partner accepts or appeals"),
        (
            "Wants an answer",
            &morning.action_required,
            "see what the client asks",
        ),
        (
            "In doubt",
            &morning.in_doubt,
            "look at the portal, then: cleanbill settle NUMBER --arrived or --never-arrived",
        ),
        (
            "To upload by hand",
            &morning.by_hand,
            "upload, then: cleanbill settle NUMBER --arrived",
        ),
        (
            "Not sent",
            &morning.not_sent,
            "sent as soon as the reason is gone",
        ),
        ("Silent", &morning.silent, "ask the portal"),
        (
            "Windows closing",
            &morning.closing,
            "accept, appeal or file: cleanbill appeals list",
        ),
        (
            "Window missed",
            &morning.missed,
            "ask the client whether it takes the appeal all the same",
        ),
    ]
}

/// Sums by currency, as `1,200.00 USD`.
fn sums(lines: &[MorningLine]) -> String {
    let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
    for line in lines {
        let sum = sums.entry(&line.currency).or_default();
        *sum = sum
            .checked_add(line.total.unwrap_or_default())
            .unwrap_or(*sum);
    }
    let sums: Vec<String> = sums
        .iter()
        .map(|(currency, sum)| money(*sum, currency))
        .collect();
    sums.join(" and ")
}

fn instant(ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(ms).map_or_else(
        || ms.to_string(),
        |at| {
            let local = at.with_timezone(&chrono::Local);
            local.format("%Y-%m-%d %H:%M").to_string()
        },
    )
}

/// What is owed and somebody should look at, in one line; nothing where there is nothing.
fn owed(owed: &MorningOwed) -> Option<String> {
    let sum = |sums: &BTreeMap<String, Decimal>| {
        let all = sums.iter().map(|(currency, sum)| money(*sum, currency));
        all.collect::<Vec<_>>().join(" and ")
    };
    let mut parts = Vec::new();
    if owed.short > 0 {
        parts.push(format!(
            "{} short paid, {} missing",
            owed.short,
            sum(&owed.missing)
        ));
    }
    if owed.old > 0 {
        parts.push(format!(
            "{} open for over 90 days, {}",
            owed.old,
            sum(&owed.open)
        ));
    }
    if owed.waiting > 0 {
        parts.push(format!(
            "{} rows of remittances wait for a person",
            owed.waiting
        ));
    }
    (!parts.is_empty()).then(|| format!("Receivables: {}: cleanbill receivables", parts.join("; ")))
}

/// The subject of a mail with the report: no client and no invoice.
pub fn subject(morning: &Morning) -> String {
    let day = instant(morning.now_ms);
    let day = day.split(' ').next().unwrap_or_default();
    match morning.for_a_person() {
        0 => format!("Invoices overnight, {day}: nothing needs a person"),
        1 => format!("Invoices overnight, {day}: 1 thing needs a person"),
        many => format!("Invoices overnight, {day}: {many} things need a person"),
    }
}

/// The report as text.
pub fn text(morning: &Morning) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "Morning report, {} to {}",
        instant(morning.since_ms),
        instant(morning.now_ms)
    );
    let _ = match morning.for_a_person() {
        0 => writeln!(out, "Nothing needs a person.\n"),
        1 => writeln!(out, "1 thing needs a person.\n"),
        many => writeln!(out, "{many} things need a person.\n"),
    };
    for (name, lines, _) in parts(morning) {
        if !lines.is_empty() || name == "Sent" {
            let _ = writeln!(out, "  {name:<18} {:>5}   {}", lines.len(), sums(lines));
        }
    }
    for (name, lines, remedy) in parts(morning) {
        if lines.is_empty() || remedy.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{name}: {remedy}");
        for line in lines {
            let _ = writeln!(out, "  {}", one(line));
        }
    }
    if let Some(line) = owed(&morning.owed) {
        let _ = writeln!(out, "\n{line}");
    }
    for (account, why) in &morning.stopped {
        let _ = writeln!(out, "\nAccount {account}: nothing more was sent: {why}");
    }
    for (account, why) in &morning.put_off {
        let _ = writeln!(out, "\nAccount {account}: {why}");
    }
    for (account, day) in &morning.credentials {
        let _ = writeln!(out, "\nAccount {account}: the credentials end on {day}");
    }
    if !morning.doubts.is_empty() {
        let _ = writeln!(out, "\nAnswers that do not fit together:");
        for doubt in &morning.doubts {
            let _ = writeln!(out, "  {doubt}");
        }
    }
    out
}

fn one(line: &MorningLine) -> String {
    let total = line.total.map(|total| money(total, &line.currency));
    let mut out = format!(
        "{:<16} {:<10} {:>16}  {}",
        line.number,
        line.client,
        total.unwrap_or_else(|| "not read".to_owned()),
        line.account
    );
    if let Some(approved) = line.approved {
        let _ = write!(out, ", approved {}", grouped(approved));
    }
    if let Some(due) = &line.due {
        let _ = write!(out, ", due {due}");
    }
    if !line.why.is_empty() {
        let _ = write!(out, ": {}", line.why);
    }
    out
}

/// The report as a page.
#[derive(askama::Template)]
#[template(path = "morning.html", config = "src/reports/askama.toml")]
struct Page<'a> {
    since: String,
    now: String,
    for_a_person: usize,
    parts: Vec<Shown<'a>>,
    owed: Option<String>,
    morning: &'a Morning,
}

struct Shown<'a> {
    name: &'static str,
    sums: String,
    remedy: &'static str,
    lines: &'a [MorningLine],
}

impl Shown<'_> {
    fn amount(&self, amount: &Decimal) -> String {
        grouped(*amount)
    }

    fn total(&self, line: &MorningLine) -> String {
        let total = line.total.map(|total| money(total, &line.currency));
        total.unwrap_or_else(|| "not read".to_owned())
    }
}

/// The report as a page that needs nothing from elsewhere and prints on paper.
///
/// # Errors
/// Never, but the template's own.
pub fn html(morning: &Morning) -> Result<String, askama::Error> {
    use askama::Template;
    let page = Page {
        since: instant(morning.since_ms),
        now: instant(morning.now_ms),
        for_a_person: morning.for_a_person(),
        parts: parts(morning)
            .into_iter()
            .filter(|(name, lines, _)| !lines.is_empty() || *name == "Sent")
            .map(|(name, lines, remedy)| Shown {
                name,
                sums: sums(lines),
                remedy,
                lines,
            })
            .collect(),
        owed: owed(&morning.owed),
        morning,
    };
    page.render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_summed_by_currency_and_grouped() {
        let line = |total: &str, currency: &str| MorningLine {
            total: Some(total.parse().expect("an amount")),
            currency: currency.to_owned(),
            ..MorningLine::default()
        };
        let lines = [
            line("1234567.5", "USD"),
            line("-0.50", "USD"),
            line("900", "GBP"),
        ];
        assert_eq!(sums(&lines), "900.00 GBP and 1,234,567.00 USD");
        assert_eq!(grouped("-1234.5".parse().expect("an amount")), "-1,234.50");
    }

    #[test]
    fn each_thing_for_a_person_is_named() {
        let rejected = MorningLine {
            number: "AW-2041".to_owned(),
            why: "unknown <matter>".to_owned(),
            ..MorningLine::default()
        };
        let morning = Morning {
            rejected: vec![rejected],
            stopped: [("one".to_owned(), "no token".to_owned())].into(),
            ..Morning::default()
        };
        let said = text(&morning);
        assert!(said.contains("2 things need a person"), "{said}");
        assert!(
            said.contains("AW-2041") && said.contains("no token"),
            "{said}"
        );
        let page = html(&morning).expect("a page");
        assert!(page.contains("unknown &#60;matter&#62;"), "{page}");
    }
}
