//! The packet of an appeal as text, and its letter from a template the firm may edit.

use crate::workflow::{Packet, PacketLine};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use std::fmt::Write as _;

/// The letter where the firm has none of its own.
pub const LETTER: &str = include_str!("templates/appeal-letter.txt");

/// A template that cannot be used; says where and why.
#[derive(Debug, thiserror::Error)]
#[error("the letter's template: {0}")]
pub struct BadTemplate(String);

/// The letter of an appeal. The template sees the packet's fields and nothing else; a name it misspells is an error and
/// no blank.
///
/// # Errors
/// A mistake in the template.
pub fn letter(packet: &Packet, template: Option<&str>) -> Result<String, BadTemplate> {
    rendered(packet, template.unwrap_or(LETTER))
}

/// A letter of a template that sees these fields and nothing else.
pub(super) fn rendered(fields: &impl Serialize, template: &str) -> Result<String, BadTemplate> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    let bad = |e: minijinja::Error| {
        let line = e.line().map_or_else(String::new, |n| format!("line {n}: "));
        let detail = e
            .detail()
            .map_or_else(|| e.kind().to_string(), str::to_owned);
        BadTemplate(format!("{line}{detail}"))
    };
    environment.add_template("letter", template).map_err(bad)?;
    let made = environment.get_template("letter").map_err(bad)?;
    made.render(fields).map_err(bad)
}

/// The packet as text, for who decides and files.
pub fn text(packet: &Packet) -> String {
    let mut out = String::new();
    let money = |amount| match packet.currency.as_str() {
        "?" | "" => format!("{amount}"),
        currency => format!("{amount} {currency}"),
    };
    let _ = writeln!(
        out,
        "Appeal {} against invoice {} of {}, client {}{}, matter {}\nAsked for: {}\nWindow: {}\nWhy: {}",
        packet.appeal,
        packet.invoice_number,
        packet.invoice_date,
        packet.client_id,
        match packet.client_name.as_str() {
            "" => String::new(),
            name => format!(" ({name})"),
        },
        packet.law_firm_matter_id,
        money(packet.claimed),
        packet.window,
        packet.why
    );
    for line in &packet.lines {
        let _ = writeln!(out);
        let what = match line.item.as_str() {
            "" => "The invoice as a whole".to_owned(),
            item => format!("Line {item}"),
        };
        let _ = writeln!(
            out,
            "{what}: {} cut, {} asked for",
            money(line.cut),
            money(line.claimed)
        );
        for part in parts(line) {
            let _ = writeln!(out, "  {part}");
        }
    }
    out
}

fn parts(line: &PacketLine) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(sent) = &line.line {
        let number =
            |n: Option<rust_decimal::Decimal>| n.map_or_else(|| "?".to_owned(), |n| n.to_string());
        parts.push(format!(
            "Billed: {} x {} = {}, {} on {}: {}",
            number(sent.units),
            number(sent.unit_cost),
            number(sent.total),
            sent.timekeeper_id,
            sent.date.map_or_else(|| "?".to_owned(), |d| d.to_string()),
            sent.narrative
        ));
    }
    parts.push(match line.reason.as_str() {
        "" => "The client gave no reason.".to_owned(),
        reason => format!("The client: {reason}"),
    });
    parts.push(match (line.supported, line.clause.as_str()) {
        (Some(false), _) => "Its own guidelines have no rule that fits.".to_owned(),
        (None, "") => "Its guidelines are not known here.".to_owned(),
        (_, "") => format!(
            "Our rule {} fits; the client's pack names no clause.",
            line.rule
        ),
        (_, clause) => format!("Guidelines: {clause} ({})", line.rule),
    });
    for own in &line.approvals {
        parts.push(format!(
            "On file: {} approved by {}{}{}",
            own.what,
            own.by,
            own.on.map_or_else(String::new, |d| format!(" on {d}")),
            match own.reference.as_str() {
                "" => String::new(),
                reference => format!(", {reference}"),
            }
        ));
    }
    for win in &line.earlier_wins {
        parts.push(format!(
            "Given back before: {} of {} on invoice {}, line {} ({})",
            win.recovered, win.cut, win.invoice_number, win.item, win.on
        ));
    }
    if !line.doubt.is_empty() {
        parts.push(format!("LOOK: {}", line.doubt));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn packet() -> Packet {
        Packet {
            appeal: "a1".to_owned(),
            invoice_number: "AW-2041".to_owned(),
            invoice_date: "2026-09-30".to_owned(),
            client_id: "SMF01".to_owned(),
            client_name: "Stillwater".to_owned(),
            law_firm_matter_id: "2026-0113".to_owned(),
            portal: "Acuity".to_owned(),
            currency: "USD".to_owned(),
            claimed: dec!(90.00),
            window: "until then".to_owned(),
            why: "The hearing lasted that long.".to_owned(),
            lines: vec![PacketLine {
                reduction: "r1".to_owned(),
                item: "4".to_owned(),
                line: None,
                cut: dec!(90.00),
                claimed: dec!(90.00),
                reason: "Excessive {{ time }} <b>".to_owned(),
                rule: String::new(),
                clause: String::new(),
                supported: Some(false),
                doubt: String::new(),
                approvals: Vec::new(),
                earlier_wins: Vec::new(),
            }],
            proposed_by: "ann".to_owned(),
            decided_by: "bob".to_owned(),
        }
    }

    #[test]
    fn a_letter_says_what_the_packet_says() {
        let letter = letter(&packet(), None).expect("a letter");
        for words in [
            "AW-2041",
            "90.00 USD",
            "The hearing lasted",
            "Excessive {{ time }} <b>",
        ] {
            assert!(letter.contains(words), "{words}: {letter}");
        }
        assert!(
            !letter.contains("ann") && !letter.contains("bob"),
            "{letter}"
        );
    }

    #[test]
    fn a_letter_reads_well() {
        let mut packet = packet();
        packet.currency.clear();
        let text = letter(&packet, None).expect("a letter");
        let wanted = "Stillwater\n\nInvoice AW-2041 of 2026-09-30, matter 2026-0113\n\
                      Request to reconsider reductions of 90.00\n\n\
                      We ask you to reconsider the following reductions.\n\n\
                      The hearing lasted that long.\n\n\
                      Line 4: 90.00 of 90.00 cut\n  Your reason: Excessive {{ time }} <b>\n  \
                      We find no clause of your guidelines on which this reduction rests. Please name it.\n\n\
                      Please let us know your decision line by line.";
        assert_eq!(text.trim_end(), wanted);
    }

    #[test]
    fn a_mistake_in_a_template_has_its_place() {
        let own = letter(&packet(), Some("{{ invoice_number }}: {{ claimed }}")).expect("a letter");
        assert_eq!(own, "AW-2041: 90.00");
        let wrong = letter(&packet(), Some("Dear\n{{ clent_name }}")).expect_err("a misspelt name");
        assert!(wrong.to_string().contains("line 2"), "{wrong}");
        let wrong = letter(&packet(), Some("{% for %}")).expect_err("no template");
        assert!(wrong.to_string().contains("line 1"), "{wrong}");
    }
}
