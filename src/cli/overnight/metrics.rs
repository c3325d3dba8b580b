//! Figures of a night in Prometheus's text format.

use crate::workflow::submission::{Morning, NightEnd};
use std::fmt::Write as _;

/// The figures.
pub(super) fn text(ends: &[NightEnd], morning: &Morning) -> String {
    let mut out = String::new();
    type Figure = fn(&NightEnd) -> u64;
    let by_account: [(&str, &str, Figure); 7] = [
        (
            "attempts",
            "Attempts to send an invoice in the last night",
            |e| e.attempts,
        ),
        (
            "arrived",
            "Invoices taken by the portal in the last night",
            |e| e.arrived,
        ),
        (
            "by_hand",
            "Invoices made ready for a person in the last night",
            |e| e.by_hand,
        ),
        (
            "refused",
            "Invoices refused by the portal in the last night",
            |e| e.refused,
        ),
        (
            "in_doubt",
            "Invoices whose outcome became unknown in the last night",
            |e| e.in_doubt,
        ),
        (
            "settled",
            "Invoices in doubt that were found out in the last night",
            |e| e.settled,
        ),
        ("stopped", "1 where nothing more could be sent", |e| {
            u64::from(e.stopped.is_some())
        }),
    ];
    for (name, help, figure) in by_account {
        let _ = writeln!(out, "# HELP cleanbill_night_{name} {help}.");
        let _ = writeln!(out, "# TYPE cleanbill_night_{name} gauge");
        for end in ends {
            let account = label(&end.account);
            let _ = writeln!(
                out,
                "cleanbill_night_{name}{{account=\"{account}\"}} {}",
                figure(end)
            );
        }
    }
    let whole = [
        ("waiting", "Invoices in the queue", morning.not_sent.len()),
        ("doubtful", "Invoices in doubt", morning.in_doubt.len()),
        (
            "for_a_person",
            "Things that need a person",
            morning.for_a_person(),
        ),
    ];
    for (name, help, figure) in whole {
        let _ = writeln!(out, "# HELP cleanbill_{name} {help}.");
        let _ = writeln!(out, "# TYPE cleanbill_{name} gauge");
        let _ = writeln!(out, "cleanbill_{name} {figure}");
    }
    let _ = writeln!(
        out,
        "# HELP cleanbill_night_end_seconds When the last night ended."
    );
    let _ = writeln!(out, "# TYPE cleanbill_night_end_seconds gauge");
    let _ = writeln!(out, "cleanbill_night_end_seconds {}", morning.now_ms / 1000);
    out
}

fn label(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_their_label() {
        let end = NightEnd {
            account: "a\"b".to_owned(),
            arrived: 3,
            ..NightEnd::default()
        };
        let said = text(&[end], &Morning::default());
        assert!(
            said.contains("cleanbill_night_arrived{account=\"a\\\"b\"} 3"),
            "{said}"
        );
    }
}
