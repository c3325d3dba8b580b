//! What each kind says about the references' worked examples with one thing changed.
//! Not here: reading of files, and rules of other modules.

mod invoices;
mod lines;
mod matters;

use crate::rules::pack::written::Param;
use crate::rules::predicate::sample::{L1998B, L1998BI, L2000, XML22, read, said};
use crate::rules::predicate::{KINDS, build};
use crate::rules::{Rule, Shelf};
use std::sync::Arc;

/// Changes the first occurrence of each text; `0*` before it: every occurrence.
fn changed(base: &str, changes: &[(&str, &str)]) -> String {
    let mut text = base.to_owned();
    for (from, to) in changes {
        let (from, count) = match from.strip_prefix("0*") {
            Some(from) => (from, usize::MAX),
            None => (*from, 1),
        };
        assert!(text.contains(from), "{from} is not in the example");
        text = text.replacen(from, to, count);
    }
    text
}

fn check(kind: &str, base: &str, changes: &[(&str, &str)], expected: &[&str]) {
    check_with(kind, &[], base, changes, expected);
}

fn check_with(
    kind: &str,
    params: &[(&str, Param)],
    base: &str,
    changes: &[(&str, &str)],
    expected: &[&str],
) {
    let invoice = read(&changed(base, changes));
    assert_eq!(
        said(kind, params, &invoice),
        expected,
        "{kind}: {changes:?}"
    );
}

#[test]
fn the_worked_examples_give_nothing() {
    for (kind, _) in KINDS {
        for base in [L1998B, L1998BI, XML22, L2000] {
            check(kind, base, &[], &[]);
        }
    }
}

/// Rules of the pack `ledes` that this module looks for are built with the parameters they are written with.
#[test]
fn the_rules_take_their_parameters() {
    let shelf = Shelf::shipped().expect("packs that were built");
    let pack: Arc<str> = Arc::from("ledes");
    let mut built = 0;
    let rules = shelf.packs().iter().flat_map(|p| &p.rule);
    for written in rules.filter(|rule| rule.kind.iter().next().is_some()) {
        let rule = Rule::from_written(written, &pack).expect("known words");
        built += build(&rule).expect("known kinds and parameters").len();
    }
    assert!(built >= 32, "{built}");
}
