//! Every rule against its own examples: each bad one gives exactly this finding, each good one none.

use cleanbill::check::examples;
use cleanbill::check::scenario::base;
use cleanbill::check::{Options, check_bytes};
use cleanbill::model::LedesFormat;
use cleanbill::rules::Shelf;
use cleanbill::rules::pack::written::{Scenario, WrittenRule};

/// Every rule we owe: id, group, what the house pack does with it (on, term, off), its level there, its family and rank.
const OWED: &str = include_str!("rule-ids.csv");

/// Families this project has beyond that list, because the rules share causes.
const OWN_FAMILIES: &[(&str, &str, u8)] = &[
    ("supervision-or-training-time", "narrative-detail", 0),
    ("internal-conference", "internal-conference", 1),
    ("internal-conference-mismatch", "internal-conference", 2),
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
    let house = shipped().rules_for(None, None).expect("packs");
    let mut wrong = Vec::new();
    let owed: Vec<Vec<&str>> = OWED
        .lines()
        .skip(1)
        .map(|l| l.split(',').collect())
        .collect();
    assert_eq!(owed.len(), 165);
    for row in &owed {
        let [id, group, on, level, family, rank] = row[..] else {
            panic!("{row:?}");
        };
        let Some(rule) = rules.iter().find(|rule| rule.id == id) else {
            wrong.push(format!("{id} is missing"));
            continue;
        };
        let own = OWN_FAMILIES.iter().find(|(member, ..)| *member == id);
        let wanted = match own {
            Some((_, family, rank)) => Some((*family, *rank)),
            None => (!family.is_empty()).then(|| (family, rank.parse().expect("a rank"))),
        };
        let written = rule.family.as_deref().map(|family| (family, rule.rank));
        let wanted_level = if on == "on" { level } else { "off" };
        let in_force = house.rules().iter().find(|r| r.id.as_str() == id);
        // Some rules have a text for each way to break them, with levels of their own.
        let variant = |r: &std::sync::Arc<cleanbill::rules::Rule>| {
            let mut levels = r.variants.values().map(|v| v.level.name());
            levels.any(|l| l == wanted_level) && !r.is_off()
        };
        let in_force = match in_force {
            Some(r) if variant(r) => wanted_level,
            Some(r) => r.main.level.name(),
            None => "missing",
        };
        for (right, what) in [
            (rule.group == group, "its group".to_owned()),
            (written == wanted, format!("its family: {written:?}")),
            (
                in_force == wanted_level,
                format!("in the house {in_force}, not {wanted_level}"),
            ),
            (
                !rule.title.is_empty() && !rule.message.is_empty(),
                "title or message".to_owned(),
            ),
            (!rule.why.is_empty(), "why".to_owned()),
            (!rule.help.is_empty(), "help".to_owned()),
            (!rule.source.is_empty(), "source".to_owned()),
            (!rule.bad.is_empty(), "a bad example".to_owned()),
            (!rule.good.is_empty(), "a good example".to_owned()),
        ] {
            if !right {
                wrong.push(format!("{id}: {what}"));
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

/// The good 1998B invoice with its first fee once for each of `fees` (hours in hundredths, narrative), on
/// one day after another.
fn fees(fees: &[(u32, String)]) -> String {
    let good = base("1998B").expect("there is one");
    let mut lines = good.lines();
    let head: Vec<&str> = lines.by_ref().take(2).collect();
    let fee = lines.next().expect("a fee");
    let money = |cents: u32| format!("{}.{:02}", cents / 100, cents % 100);
    let total = money(fees.iter().map(|(hours, _)| hours * 450).sum());
    let records = fees.iter().enumerate().map(|(at, (hours, narrative))| {
        fee.replace("|1478.60|", &format!("|{total}|"))
            .replace("|1|F|2.40|", &format!("|{}|F|{}|", at + 1, money(*hours)))
            .replace("|1080.00|", &format!("|{}|", money(hours * 450)))
            .replace("|20260304|", &format!("|202603{:02}|", at % 30 + 1))
            .replace(
                "Draft answer to amended complaint of Harbour Line",
                narrative,
            )
    });
    let records: Vec<String> = records.collect();
    format!("{}\n{}\n", head.join("\n"), records.join("\n"))
}

/// Rules of the findings, each with those that follow from it.
fn told(file: &str) -> Vec<(String, Vec<String>)> {
    let options = Options::on("2026-04-15".parse().expect("a day"), shipped());
    let report = check_bytes("fees", file.as_bytes(), &options).expect("packs");
    let follow = |f: &cleanbill::model::Finding| {
        let mut rules: Vec<String> = f.consequences.iter().map(|c| c.rule.clone()).collect();
        rules.sort();
        (f.rule.clone(), rules)
    };
    examples::findings(&report).map(follow).collect()
}

#[test]
fn quarter_hours_are_one_cause() {
    let narrative = |at: u32| format!("Draft answer to count {at} of amended complaint");
    let quarters: Vec<(u32, String)> = (0..24)
        .map(|at| (25 * (at % 4 + 1), narrative(at)))
        .collect();
    let pattern = vec!["quarter-hour-pattern".to_owned()];
    let told_of = told(&fees(&quarters));
    assert_eq!(told_of, [("minimum-increment".to_owned(), pattern)]);
    // One slip among tenths is not the habit of whole hours.
    let halves = |at: u32| if at == 7 { 125 } else { 50 + 30 * (at % 2) };
    let halves: Vec<(u32, String)> = (0..24).map(|at| (halves(at), narrative(at))).collect();
    let rules: Vec<String> = told(&fees(&halves))
        .into_iter()
        .map(|(rule, _)| rule)
        .collect();
    assert_eq!(rules, ["round-hours-pattern", "minimum-increment"]);
}

#[test]
fn copied_words_are_one_cause() {
    let text = "Review crew statements on the grounding and compare them with the entries in both logbooks";
    let copies: Vec<(u32, String)> = (0..6).map(|at| (130 + at * 10, text.to_owned())).collect();
    let file = fees(&copies).replace("|A103|", "|A104|");
    let copied = vec!["copied-narrative-pattern".to_owned()];
    assert_eq!(told(&file), [("near-duplicate-entry".to_owned(), copied)]);
    // Two of them on one day are the worst of it.
    let file = file.replace("|20260304|", "|20260303|");
    let both = vec![
        "copied-narrative-pattern".to_owned(),
        "near-duplicate-entry".to_owned(),
    ];
    assert_eq!(told(&file), [("identical-narrative".to_owned(), both)]);
}
