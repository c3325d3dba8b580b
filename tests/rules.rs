//! Every rule against its own examples: each bad one gives exactly this finding, each good one none.

use chrono::NaiveDate;
use cleanbill::check::scenario::{base, file_of};
use cleanbill::check::{FileReport, Options, check_bytes};
use cleanbill::model::{Finding, LedesFormat};
use cleanbill::rules::pack::written::{Change, Scenario, WrittenRule};
use cleanbill::rules::{Pack, Shelf};
use std::collections::BTreeMap;

/// Ids of the groups `format` and `code` (reference rule-ids.csv).
const FORMAT: &str = "not-ledes signature header line-terminator field-count embedded-line-break \
    xml-not-well-formed xml-dtd xml-version xml-unknown-element xml-element-order xml-item-number encoding \
    forbidden-character no-line-items trailing-blank-lines required-field invalid-date invalid-number \
    lenient-number number-precision field-too-long line-type line-math-mismatch adjustment-math \
    adjustment-sign invoice-total-mismatch invoice-field-varies duplicate-line-number \
    zero-or-negative-units billing-period-reversed line-date-outside-period line-date-in-future \
    invoice-date-in-future timekeeper-inconsistent timekeeper-two-rates multiple-matters-on-invoice \
    currency tax-math-mismatch tax-rate-as-percent tax-reference tax-reported-total country-code \
    account-type law-firm-id code-list-value timekeeper-not-in-summary credit-note-reference \
    discount-note duplicate-invoice-number timekeeper-class name-order padded-value null-text \
    tax-type-missing invoice-not-adjacent";
const CODE: &str = "unknown-code malformed-code code-in-wrong-field code-on-wrong-line-type \
    missing-task-code missing-activity-code activity-without-task missing-expense-code \
    phase-code-posted heading-code-posted code-set-not-allowed mixed-code-sets jcode-use residual-code \
    tax-as-expense";

/// Families of rule-ids.csv, with the rank of each member.
const FAMILIES: &[(&str, &str, u8)] = &[
    ("line-terminator", "record-shape", 3),
    ("field-count", "record-shape", 1),
    ("embedded-line-break", "record-shape", 2),
    ("required-field", "missing", 5),
    ("line-math-mismatch", "totals", 1),
    ("adjustment-math", "totals", 2),
    ("tax-math-mismatch", "totals", 3),
    ("invoice-total-mismatch", "totals", 4),
    ("invoice-field-varies", "invoice-identity", 1),
    ("multiple-matters-on-invoice", "invoice-identity", 2),
    ("timekeeper-two-rates", "rate", 5),
    ("timekeeper-class", "class", 1),
    ("malformed-code", "code", 1),
    ("unknown-code", "code", 2),
    ("code-in-wrong-field", "code", 3),
    ("heading-code-posted", "code", 4),
    ("phase-code-posted", "code", 5),
    ("code-set-not-allowed", "code", 6),
    ("missing-expense-code", "missing", 2),
    ("missing-task-code", "missing", 3),
    ("missing-activity-code", "missing", 4),
];

fn shipped() -> Shelf {
    Shelf::shipped().expect("the packs in this repository are right")
}

fn written(shelf: &Shelf) -> Vec<WrittenRule> {
    shelf
        .packs()
        .iter()
        .flat_map(|pack| pack.rule.clone())
        .collect()
}

fn format_of(scenario: &Scenario) -> LedesFormat {
    let name = scenario.base.as_deref().unwrap_or("1998B");
    LedesFormat::ALL
        .into_iter()
        .find(|format| format.name() == name)
        .unwrap_or(LedesFormat::L1998B)
}

/// The shelf for an example: the rule in force at its own level where the house switches it off, and with
/// the example's parameters.
fn shelf_for(rule: &WrittenRule, scenario: &Scenario) -> Shelf {
    let mut shelf = shipped();
    let set = shelf
        .rules_for(Some(format_of(scenario)), None)
        .expect("the packs in this repository are right");
    let off = set
        .rules()
        .iter()
        .any(|known| known.id.as_str() == rule.id && known.is_off());
    if off || !scenario.params.is_empty() {
        let change = Change {
            level: off.then(|| rule.level.clone()),
            source: None,
            params: scenario.params.clone(),
        };
        let formats = LedesFormat::ALL.map(|format| format.name().to_owned());
        shelf.add(Pack {
            pack: "example".to_owned(),
            title: "Parameters of one example".to_owned(),
            version: "1".to_owned(),
            governs: BTreeMap::from([("ledes_format".to_owned(), formats.to_vec())]),
            rules: BTreeMap::from([(rule.id.clone(), change)]),
            ..Pack::default()
        });
    }
    shelf
}

/// What the check says about an example.
fn report(rule: &WrittenRule, scenario: &Scenario) -> Result<FileReport, String> {
    let today = scenario.today.as_deref().unwrap_or("2026-04-15");
    let options = Options {
        today: today
            .parse::<NaiveDate>()
            .map_err(|_| format!("\"{today}\" is no day"))?,
        shelf: shelf_for(rule, scenario),
        client: None,
    };
    let bytes = file_of(scenario)?;
    check_bytes("example", &bytes, &options).map_err(|e| e.to_string())
}

fn findings(report: &FileReport) -> impl Iterator<Item = &Finding> {
    let of_invoices = report.invoices.iter().flat_map(|invoice| &invoice.findings);
    report.findings.iter().chain(of_invoices)
}

fn told<'a>(findings: impl Iterator<Item = &'a Finding>) -> String {
    let lines: Vec<String> = findings
        .map(|f| format!("      {} ({}): {}", f.rule, f.level, f.message))
        .collect();
    if lines.is_empty() {
        "      nothing".to_owned()
    } else {
        lines.join("\n")
    }
}

/// A sentence whose `{name}` nobody filled.
fn unfilled(text: &str) -> bool {
    text.split('{').skip(1).any(|rest| {
        rest.split_once('}')
            .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    })
}

#[test]
fn each_bad_example_gives_exactly_its_finding() {
    let mut wrong = Vec::new();
    for rule in written(&shipped()) {
        for (index, scenario) in rule.bad.iter().enumerate() {
            match report(&rule, scenario) {
                Err(error) => wrong.push(format!("{} bad {}: {error}", rule.id, index + 1)),
                Ok(report) => {
                    let found: Vec<&Finding> = findings(&report).collect();
                    let right = matches!(found.as_slice(), [one] if one.rule == rule.id);
                    let filled = !found
                        .iter()
                        .any(|f| unfilled(&f.message) || unfilled(&f.help));
                    if !right || !filled {
                        let what = told(found.into_iter());
                        wrong.push(format!("{} bad {} gives\n{what}", rule.id, index + 1));
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} examples:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn each_good_example_gives_nothing() {
    let mut wrong = Vec::new();
    for rule in written(&shipped()) {
        for (index, scenario) in rule.good.iter().enumerate() {
            match report(&rule, scenario) {
                Err(error) => wrong.push(format!("{} good {}: {error}", rule.id, index + 1)),
                Ok(report) if findings(&report).next().is_some() => {
                    let what = told(findings(&report));
                    wrong.push(format!("{} good {} gives\n{what}", rule.id, index + 1));
                }
                Ok(_) => {}
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} examples:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_id_of_the_groups_format_and_code_is_there_with_its_texts_and_examples() {
    let rules = written(&shipped());
    let mut wrong = Vec::new();
    for (group, ids) in [("format", FORMAT), ("code", CODE)] {
        for id in ids.split_whitespace() {
            let Some(rule) = rules.iter().find(|rule| rule.id == id) else {
                wrong.push(format!("{id} is missing"));
                continue;
            };
            let family = FAMILIES.iter().find(|(member, ..)| *member == id);
            let wanted = family.map(|(_, family, rank)| (*family, *rank));
            let written = rule.family.as_deref().map(|family| (family, rule.rank));
            for (right, what) in [
                (rule.group == group, "its group"),
                (written == wanted, "its family"),
                (
                    !rule.title.is_empty() && !rule.message.is_empty(),
                    "title or message",
                ),
                (!rule.why.is_empty(), "why"),
                (!rule.help.is_empty(), "help"),
                (!rule.source.is_empty(), "source"),
                (!rule.bad.is_empty(), "a bad example"),
                (!rule.good.is_empty(), "a good example"),
            ] {
                if !right {
                    wrong.push(format!("{id}: {what}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_good_invoices_are_clean() {
    let rules = written(&shipped());
    let rule = rules.first().expect("there are rules");
    for format in LedesFormat::ALL {
        let name = format.name();
        if base(name).is_none() {
            assert_eq!(format, LedesFormat::L1998BI, "{name} has no good invoice");
            continue;
        }
        let scenario = Scenario {
            base: Some(name.to_owned()),
            ..Scenario::default()
        };
        let report = report(rule, &scenario).expect("checked");
        assert_eq!(report.ledes_format, Some(format));
        assert_eq!(
            findings(&report).count(),
            0,
            "{name} gives\n{}",
            told(findings(&report))
        );
    }
}
