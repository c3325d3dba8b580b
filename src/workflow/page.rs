//! The life cycle and the permissions as a page, made from the tables.

use super::{
    Act, FREE_TRIES, LONGEST_LOCK_MS, LONGEST_PASSWORD, LONGEST_TOKEN_DAYS, ONE_TIME_DAYS,
    RECOVERY_CODES, Role, SHORTEST_LOCK_MS, SHORTEST_PASSWORD, State, Step, TABLE,
};
use std::fmt::Write as _;

/// The page, as Markdown.
pub fn page() -> String {
    let mut out = String::from(
        "# The life of an invoice\n\nMade from `table.rs` and `permits.rs`; `UPDATE=1 cargo test --test generated` writes it anew.\n\n```mermaid\nstateDiagram-v2\n",
    );
    for state in State::ALL {
        let _ = writeln!(out, "    {} : {state}", key(state));
    }
    let life = || TABLE.iter().filter(|t| !t.step.is_about_money());
    let mut pairs: Vec<(Option<State>, State)> = life().map(|t| (t.from, t.to)).collect();
    pairs.dedup();
    let mut drawn = Vec::new();
    for pair in pairs {
        if drawn.contains(&pair) {
            continue;
        }
        drawn.push(pair);
        let steps = life().filter(|t| (t.from, t.to) == pair);
        let steps: Vec<&str> = steps.map(|t| t.step.name()).collect();
        let from = pair.0.map_or("[*]", key);
        // A label on one line would be wider than the diagram.
        let label: Vec<String> = steps.chunks(3).map(|some| some.join(", ")).collect();
        let _ = writeln!(
            out,
            "    {from} --> {} : {}",
            key(pair.1),
            label.join("<br/>")
        );
    }
    for end in [State::Paid, State::Withdrawn] {
        let _ = writeln!(out, "    {} --> [*]", key(end));
    }
    out += "```\n\n| from | step | to | who may | provided |\n| --- | --- | --- | --- | --- |\n";
    for t in life() {
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
    out += &money();
    out += "\n## Who may do what\n\nWith invoices, only for clients the person serves. A token of the scope `read` is good for what nothing changes by.\n\n| |";
    for role in Role::ALL {
        let _ = write!(out, " {role} |");
    }
    out += " token `read` |\n| --- |";
    out += &" --- |".repeat(Role::ALL.len() + 1);
    out += "\n";
    let steps = Step::ALL.into_iter().map(Act::Step);
    for act in Act::BESIDE.into_iter().chain(steps) {
        let name = match act {
            Act::Step(step) => step.name().to_owned(),
            other => other.words(),
        };
        let _ = write!(out, "| {name} |");
        for role in Role::ALL {
            let mark = if act.who().contains(&role) { "yes" } else { "" };
            let _ = write!(out, " {mark} |");
        }
        let _ = writeln!(out, " {} |", if act.changes() { "" } else { "yes" });
    }
    out += &signing_in();
    out
}

/// What is done about money, which leaves the invoice where it is.
fn money() -> String {
    let own = || TABLE.iter().filter(|t| t.step.is_about_money());
    let mut states: Vec<&str> = own().filter_map(|t| t.from).map(State::name).collect();
    states.sort_unstable();
    states.dedup();
    let mut out = format!(
        "\n## Money\n\nThese leave the invoice where it is: {}. An appeal is an object of its own beside the invoice: \
         proposed, decided, filed, then won, partly won or lost; or window missed, or withdrawn.\n\n\
         | step | who may | provided |\n| --- | --- | --- |\n",
        states.join(", ")
    );
    let mut seen = Vec::new();
    for t in own().filter(|t| t.from.is_some()) {
        if seen.contains(&t.step) {
            continue;
        }
        seen.push(t.step);
        let who: Vec<&str> = t.who.iter().map(|r| r.name()).collect();
        let (step, who) = (t.step.name(), who.join(", "));
        let _ = writeln!(out, "| {step} | {who} | {} |", t.step.proviso());
    }
    out
}

/// How people sign in, with the numbers in force.
fn signing_in() -> String {
    let minutes = |ms: i64| ms / 60_000;
    format!(
        "\n## Signing in\n\n\
         - A call is known to be a person's by a token (`CLEANBILL_TOKEN`), else by the session that `cleanbill sign-in` \
         began, else by the operating system's user. `--as NAME` only says who it has to be.\n\
         - A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters and is chosen by its person. One that an \
         administrator gives holds {ONE_TIME_DAYS} days and is replaced at the first sign-in.\n\
         - The second factor is a code of six digits every thirty seconds (RFC 6238), each good once, and \
         {RECOVERY_CODES} recovery codes, each good once.\n\
         - After {FREE_TRIES} wrong tries in a row a name is locked for {} minute, and after each further one for twice \
         as long, up to {} minutes; tries meanwhile are not looked at. A right one, a day without one, or \
         `cleanbill user unlock NAME` ends the count, which is kept in the store and holds on every machine.\n\
         - A new role, other clients, a new password, or the end of a person's access end all sessions and tokens of \
         that person at once. A token holds at most {LONGEST_TOKEN_DAYS} days.\n",
        minutes(SHORTEST_LOCK_MS),
        minutes(LONGEST_LOCK_MS),
    )
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
