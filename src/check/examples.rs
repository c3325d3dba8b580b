//! Rules run against their own examples: each bad one gives exactly this finding, each good one none.

use super::history;
use super::judge::Options;
use super::report::FileReport;
use super::run::check_bytes;
use super::scenario::file_of;
use crate::firm::{self, Table};
use crate::model::lists::ListHead;
use crate::model::{Finding, History, LedesFormat, Level, Lists};
use crate::rules::pack::written::{Change, Scenario, WrittenRule};
use crate::rules::{Pack, Shelf};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The pack that holds the parameters of an example.
const EXAMPLE: &str = "example";

/// An example that does not do what it should.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failed {
    /// The rule.
    pub rule: String,
    /// `bad 1`, `good 2`.
    pub example: String,
    /// What happened instead.
    pub what: String,
}

/// The examples of the rules of one group in one pack.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tested {
    /// The pack.
    pub pack: String,
    /// The group.
    pub group: String,
    /// Rules.
    pub rules: usize,
    /// Bad examples.
    pub bad: usize,
    /// Good examples.
    pub good: usize,
    /// Those that fail.
    pub failed: Vec<Failed>,
}

/// Runs every example of the packs on a shelf, or of those named `only`.
pub fn run(shelf: &Shelf, only: Option<&str>) -> Vec<Tested> {
    let mut all: Vec<Tested> = Vec::new();
    let packs = shelf.packs().iter();
    for pack in packs.filter(|p| only.is_none_or(|only| p.pack == only)) {
        for rule in &pack.rule {
            let at = all
                .iter()
                .position(|t| t.pack == pack.pack && t.group == rule.group);
            let at = at.unwrap_or_else(|| {
                all.push(Tested {
                    pack: pack.pack.clone(),
                    group: rule.group.clone(),
                    ..Tested::default()
                });
                all.len() - 1
            });
            let tested = &mut all[at];
            tested.rules += 1;
            tested.bad += rule.bad.len();
            tested.good += rule.good.len();
            tested.failed.extend(failed(shelf, pack, rule));
        }
    }
    all
}

/// The examples of one rule that fail.
pub fn failed(shelf: &Shelf, pack: &Pack, rule: &WrittenRule) -> Vec<Failed> {
    let mut all = Vec::new();
    for (name, list) in [("bad", &rule.bad), ("good", &rule.good)] {
        for (index, scenario) in list.iter().enumerate() {
            let what = match report(shelf, pack, rule, scenario) {
                Err(error) => Some(error),
                Ok(report) => unlike(rule, &report, name == "bad"),
            };
            all.extend(what.map(|what| Failed {
                rule: rule.id.clone(),
                example: format!("{name} {}", index + 1),
                what,
            }));
        }
    }
    all
}

fn unlike(rule: &WrittenRule, report: &FileReport, bad: bool) -> Option<String> {
    // A note of another rule, as that no pack governs the client, asks for nothing.
    let found: Vec<&Finding> = findings(report)
        .filter(|f| f.rule == rule.id || f.level > Level::Note)
        .collect();
    let right = match found.as_slice() {
        [] => !bad,
        [one] => bad && one.rule == rule.id && !unfilled(&one.message) && !unfilled(&one.help),
        _ => false,
    };
    if right {
        return None;
    }
    if found.is_empty() {
        return Some("nothing is found".to_owned());
    }
    let told: Vec<String> = found
        .iter()
        .map(|f| format!("{} ({}): {}", f.rule, f.level, f.message))
        .collect();
    Some(format!("found is {}", told.join("; ")))
}

/// Findings of the file and of its invoices.
pub fn findings(report: &FileReport) -> impl Iterator<Item = &Finding> {
    let of_invoices = report.invoices.iter().flat_map(|invoice| &invoice.findings);
    report.findings.iter().chain(of_invoices)
}

/// A sentence with a `{name}` nobody filled.
pub fn unfilled(text: &str) -> bool {
    text.split('{').skip(1).any(|rest| {
        rest.split_once('}')
            .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    })
}

fn format_of(scenario: &Scenario) -> LedesFormat {
    let name = scenario.base.as_deref().unwrap_or("1998B");
    LedesFormat::ALL
        .into_iter()
        .find(|format| format.name() == name)
        .unwrap_or(LedesFormat::L1998B)
}

/// What the check says about an example.
///
/// # Errors
/// In words: an example that is none, a mistake in a pack.
pub fn report(
    shelf: &Shelf,
    pack: &Pack,
    rule: &WrittenRule,
    scenario: &Scenario,
) -> Result<FileReport, String> {
    let today = scenario.today.as_deref().unwrap_or("2026-04-15");
    let today = today
        .parse()
        .map_err(|_| format!("\"{today}\" is no day; write year-month-day"))?;
    let (shelf, packs) = shelf_for(shelf, pack, rule, scenario)?;
    let options = Options {
        packs,
        lists: Arc::new(lists_of(scenario)?),
        history: Arc::new(history_of(scenario)?),
        ..Options::on(today, shelf)
    };
    let bytes = file_of(scenario)?;
    check_bytes("example", &bytes, &options).map_err(|e| e.to_string())
}

/// The shelf for an example, and the packs in force by name: the rule's own where nothing in the example puts it
/// in force, and one with the example's parameters that has the rule at its own level where the house switches
/// it off.
fn shelf_for(
    shelf: &Shelf,
    pack: &Pack,
    rule: &WrittenRule,
    scenario: &Scenario,
) -> Result<(Shelf, Vec<String>), String> {
    let mut shelf = shelf.clone();
    let set = shelf
        .rules_for(Some(format_of(scenario)), None)
        .map_err(|e| e.to_string())?;
    let known = set
        .rules()
        .iter()
        .find(|known| known.id.as_str() == rule.id);
    // A rule of another format stays away; any other pack is put in force.
    let mut packs = match known.is_some() || pack.governs.contains_key("ledes_format") {
        true => Vec::new(),
        false => vec![pack.pack.clone()],
    };
    let off = known.is_none_or(|known| known.is_off());
    if off || !scenario.params.is_empty() || !scenario.off.is_empty() {
        let change = Change {
            level: off.then(|| rule.level.clone()),
            params: scenario.params.clone(),
            ..Change::default()
        };
        let mut rules = BTreeMap::from([(rule.id.clone(), change)]);
        for other in &scenario.off {
            let silent = Change {
                level: Some("off".to_owned()),
                ..Change::default()
            };
            rules.insert(other.clone(), silent);
        }
        shelf.add(Pack {
            pack: EXAMPLE.to_owned(),
            title: "Parameters of one example".to_owned(),
            version: "1".to_owned(),
            extends: packs.clone(),
            rules,
            ..Pack::default()
        });
        packs = vec![EXAMPLE.to_owned()];
    }
    Ok((shelf, packs))
}

/// The firm's lists of an example.
fn lists_of(scenario: &Scenario) -> Result<Lists, String> {
    let unknown = |list: &&String| !scenario.firm.contains_key(*list);
    if let Some(list) = scenario.complete.iter().find(unknown) {
        return Err(format!(
            "`complete` names \"{list}\", which `firm` does not hold"
        ));
    }
    let table = |(list, rows): (&String, &Vec<BTreeMap<String, String>>)| Table {
        list: list.clone(),
        file: format!("firm.{list}"),
        head: ListHead {
            complete: scenario.complete.contains(list),
            ..ListHead::default()
        },
        rows: (1..).zip(rows.iter().cloned()).collect(),
    };
    let tables: Vec<Table> = scenario.firm.iter().map(table).collect();
    match firm::from_tables(&tables) {
        (lists, mistakes) if mistakes.is_empty() => Ok(lists),
        (_, mistakes) => Err(mistakes[0].to_string()),
    }
}

/// The earlier invoices of an example.
fn history_of(scenario: &Scenario) -> Result<History, String> {
    let Some(earlier) = &scenario.history else {
        return Ok(History::default());
    };
    let mut invoices = Vec::new();
    for (index, patch) in (1..).zip(earlier) {
        let base = patch.base.clone().or_else(|| scenario.base.clone());
        let bytes = file_of(&Scenario {
            base,
            ..patch.clone()
        })?;
        let found = history::of_bytes(&format!("history {index}"), &bytes);
        invoices.extend(found.map_err(|e| e.to_string())?);
    }
    Ok(History::new(invoices))
}
