//! The life cycle and the permissions as a page, made from the tables.

use super::{Act, Role, State, Step, TABLE};
use std::fmt::Write as _;

/// The page, as Markdown.
pub fn page() -> String {
    let mut out = String::from(
        "# The life of an invoice\n\nMade from `table.rs` and `permits.rs`; `UPDATE=1 cargo test --test generated` writes it anew.\n\n```mermaid\nstateDiagram-v2\n",
    );
    for state in State::ALL {
        let _ = writeln!(out, "    {} : {state}", key(state));
    }
    let mut pairs: Vec<(Option<State>, State)> = TABLE.iter().map(|t| (t.from, t.to)).collect();
    pairs.dedup();
    let mut drawn = Vec::new();
    for pair in pairs {
        if drawn.contains(&pair) {
            continue;
        }
        drawn.push(pair);
        let steps = TABLE.iter().filter(|t| (t.from, t.to) == pair);
        let steps: Vec<&str> = steps.map(|t| t.step.name()).collect();
        let from = pair.0.map_or("[*]", key);
        let _ = writeln!(out, "    {from} --> {} : {}", key(pair.1), steps.join(", "));
    }
    for end in [State::Paid, State::Withdrawn] {
        let _ = writeln!(out, "    {} --> [*]", key(end));
    }
    out += "```\n\n| from | step | to | who may | provided |\n| --- | --- | --- | --- | --- |\n";
    for t in TABLE {
        let who: Vec<&str> = t.who.iter().map(|r| r.name()).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            t.from.map_or("", State::name),
            t.step.name(),
            t.to,
            who.join(", "),
            t.step.proviso()
        );
    }
    out += "\n## Who may do what\n\nWith invoices, only for clients the person serves.\n\n| |";
    for role in Role::ALL {
        let _ = write!(out, " {role} |");
    }
    out += "\n| --- |";
    out += &" --- |".repeat(Role::ALL.len());
    out += "\n";
    let steps = Step::ALL.into_iter().map(Act::Step);
    let others = [
        Act::Read,
        Act::People,
        Act::Audit,
        Act::Backup,
        Act::Export,
        Act::Retain,
        Act::Purge,
    ];
    for act in others.into_iter().chain(steps) {
        let name = match act {
            Act::Step(step) => step.name().to_owned(),
            other => other.words(),
        };
        let _ = write!(out, "| {name} |");
        for role in Role::ALL {
            let mark = if act.who().contains(&role) { "yes" } else { "" };
            let _ = write!(out, " {mark} |");
        }
        out += "\n";
    }
    out
}

/// A name without blanks, as the diagram wants it.
fn key(state: State) -> &'static str {
    match state {
        State::InReview => "in_review",
        State::InDoubt => "in_doubt",
        State::InClientReview => "in_client_review",
        State::ActionRequired => "action_required",
        State::PartlyPaid => "partly_paid",
        plain => plain.name(),
    }
}
