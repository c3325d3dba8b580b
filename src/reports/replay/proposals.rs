//! Reasons no rule explains, grouped by what they say.

use super::Money;
use super::outcomes::Outcome;
use rust_decimal::Decimal;
use serde::Serialize;

/// A reason that comes up and that no rule explains.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Proposal {
    /// Its words, as they were first written.
    pub reason: String,
    /// The client's code.
    pub code: String,
    /// How often it came up.
    pub count: usize,
    /// What was cut for it.
    pub money: Money,
    /// Where: up to three invoices, with their lines.
    pub examples: Vec<String>,
    /// The narrative of the first line cut for it.
    pub narrative: Option<String>,
    /// A rule to begin with.
    pub begin_with: String,
}

/// Texts that share so much are one reason.
const ALIKE: f64 = 0.8;
const EXAMPLES: usize = 3;

/// Groups them: the same code, or nearly the same words, figures aside.
pub fn grouped(all: &[(&Outcome, String, Option<String>)]) -> Vec<Proposal> {
    let mut groups: Vec<(String, Proposal)> = Vec::new();
    for (outcome, currency, narrative) in all {
        let key = plain(&outcome.text);
        let alike = |(known, group): &(String, Proposal)| {
            let coded = !outcome.code.is_empty() && group.code.eq_ignore_ascii_case(&outcome.code);
            coded || !key.is_empty() && strsim::normalized_damerau_levenshtein(known, &key) >= ALIKE
        };
        let at = match groups.iter().position(alike) {
            Some(at) => at,
            None => {
                let said = if outcome.text.is_empty() {
                    &outcome.code
                } else {
                    &outcome.text
                };
                let reason = if said.is_empty() {
                    "(no reason was given)"
                } else {
                    said
                };
                let group = Proposal {
                    reason: reason.to_owned(),
                    code: outcome.code.clone(),
                    begin_with: begin_with(said),
                    narrative: narrative.clone(),
                    ..Proposal::default()
                };
                groups.push((key, group));
                groups.len() - 1
            }
        };
        let group = &mut groups[at].1;
        group.count += 1;
        if !outcome.cut.is_zero() {
            let sum = group.money.entry(currency.clone()).or_default();
            *sum = sum.saturating_add(outcome.cut);
        }
        if group.examples.len() < EXAMPLES {
            let line = match outcome.line_number.as_str() {
                "" => String::new(),
                number => format!(" line {number}"),
            };
            group
                .examples
                .push(format!("{}{line}", outcome.invoice_number));
        }
    }
    let mut groups: Vec<Proposal> = groups.into_iter().map(|(_, g)| g).collect();
    let weight = |p: &Proposal| -> Decimal { p.money.values().copied().sum() };
    groups.sort_by(|a, b| {
        weight(b)
            .cmp(&weight(a))
            .then(b.count.cmp(&a.count))
            .then(a.reason.cmp(&b.reason))
    });
    groups
}

fn plain(text: &str) -> String {
    let letters = |c: char| if c.is_alphabetic() { c } else { ' ' };
    let text: String = text.to_lowercase().chars().map(letters).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The command that writes a skeleton.
fn begin_with(reason: &str) -> String {
    const EMPTY: [&str; 16] = [
        "the", "a", "an", "of", "to", "for", "is", "are", "was", "not", "on", "in", "and", "we",
        "do", "this",
    ];
    let ascii: String = plain(reason).chars().filter(|c| c.is_ascii()).collect();
    let words: Vec<&str> = ascii
        .split_whitespace()
        .filter(|w| !EMPTY.contains(w))
        .take(3)
        .collect();
    let id = if words.is_empty() {
        "unexplained-reason".to_owned()
    } else {
        words.join("-")
    };
    format!("cleanbill rules new --kind phrases {id}")
}
