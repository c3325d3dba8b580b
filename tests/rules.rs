//! Every rule against its own examples: each bad one gives exactly this finding, each good one none.

use cleanbill::check::examples;
use cleanbill::check::scenario::base;
use cleanbill::model::LedesFormat;
use cleanbill::rules::Shelf;
use cleanbill::rules::pack::written::{Scenario, WrittenRule};

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

/// Ids of the groups `reference` and `history` about people, rates and work.
const REFERENCE: &str = "timekeeper-missing-or-unknown timekeeper-not-approved rate-over-approved \
    rate-over-cap title-mismatch first-year-associate non-approved-classification \
    partner-doing-junior-work paralegal-task-by-attorney travel-time-rate discount-not-applied \
    flat-fee-conflict legal-research-approval unapproved-work";
const HISTORY: &str = "rate-increase-without-notice";

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
    ("timekeeper-missing-or-unknown", "missing", 1),
    ("rate-over-approved", "rate", 1),
    ("rate-over-cap", "rate", 2),
    ("rate-increase-without-notice", "rate", 3),
    ("discount-not-applied", "rate", 4),
    ("travel-time-rate", "rate", 6),
    ("title-mismatch", "class", 2),
    ("non-approved-classification", "class", 3),
];

fn shipped() -> Shelf {
    Shelf::shipped()
        .expect("the packs in this repository are right")
        .with_guidelines()
}

fn written(shelf: &Shelf) -> Vec<WrittenRule> {
    shelf
        .packs()
        .iter()
        .flat_map(|pack| pack.rule.clone())
        .collect()
}

#[test]
fn each_example_gives_its_finding_or_none() {
    let tested = examples::run(&shipped(), None);
    let count: usize = tested.iter().map(|t| t.bad + t.good).sum();
    assert!(count > 300, "{count} examples");
    let failed: Vec<String> = tested
        .iter()
        .flat_map(|t| &t.failed)
        .map(|f| format!("{} {}: {}", f.rule, f.example, f.what))
        .collect();
    assert!(
        failed.is_empty(),
        "{} examples:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

#[test]
fn every_id_is_there_with_its_texts_and_examples() {
    let rules = written(&shipped());
    let mut wrong = Vec::new();
    for (group, ids) in [
        ("format", FORMAT),
        ("code", CODE),
        ("reference", REFERENCE),
        ("history", HISTORY),
    ] {
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
    let shelf = shipped();
    let pack = &shelf.packs()[0];
    let rule = pack.rule.first().expect("there are rules");
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
        let report = examples::report(&shelf, pack, rule, &scenario).expect("checked");
        assert_eq!(report.ledes_format, Some(format));
        let found: Vec<String> = examples::findings(&report)
            .map(|f| f.message.clone())
            .collect();
        assert!(found.is_empty(), "{name} gives\n{}", found.join("\n"));
    }
}
