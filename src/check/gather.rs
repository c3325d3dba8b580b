//! Hits turned into findings: levels, texts, families, money.

use super::families::speakers;
use super::message::{filled, shortened};
use super::places::{Ground, MOST_PLACES};
use super::report::NotChecked;
use crate::model::{
    Anchor, Cell, Consequence, Edit, Finding, Fix, Hit, Hits, Level, Mark, Place, Repair, RuleId,
    Scope, Unjudged,
};
use crate::rules::code_help::{self, CodeHelp};
use crate::rules::{Gathering, Rule, RuleSet};
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What hits about one invoice, or about a file, come to.
#[derive(Default)]
pub struct Gathered {
    /// Most serious first, then in the order of the file.
    pub findings: Vec<Finding>,
    /// Rules that could not be applied, and why.
    pub not_checked: Vec<NotChecked>,
    /// Money in doubt over all findings; never more than the total.
    pub at_risk: Decimal,
}

/// Findings of one rule about one invoice; what is more is named among the places of the last.
const MOST_ALIKE: usize = 1_000;

type Key = (
    (RuleId, u16),
    &'static str,
    &'static str,
    Option<String>,
    usize,
    Option<u32>,
);

/// A finding in the making.
struct Draft<'a> {
    hit: Hit,
    rule: &'a Rule,
    marks: Vec<Mark>,
    hits: usize,
    consequences: Vec<Consequence>,
    repairs: Vec<Repair>,
}

/// Gathers hits. `number` is the invoice's, for messages and fingerprints.
pub fn gather(rules: &RuleSet, ground: Ground<'_>, number: &str, hits: Hits) -> Gathered {
    let Hits {
        hits,
        unjudged,
        lacking,
    } = hits;
    let loud: Vec<Hit> = hits.into_iter().filter(|h| is_loud(rules, h)).collect();
    let speaker = speakers(rules, &loud);
    let mut drafts: Vec<Draft<'_>> = Vec::new();
    let mut by_key: FxHashMap<Key, usize> = FxHashMap::default();
    let mut alike: FxHashMap<(RuleId, &str), usize> = FxHashMap::default();
    let mut draft_of: Vec<Option<usize>> = vec![None; loud.len()];
    for (index, hit) in loud.iter().enumerate() {
        let Some(rule) = rules.rule_of(hit).filter(|_| speaker[index] == index) else {
            continue;
        };
        let alike = alike.entry((hit.rule, hit.variant)).or_default();
        let key = match key_of(rules, rule, hit, ground, (index, number)) {
            key if *alike < MOST_ALIKE || by_key.contains_key(&key) => key,
            _ => (
                (hit.rule, hit.version),
                hit.variant,
                "",
                None,
                usize::MAX,
                hit.excused,
            ),
        };
        let at = *by_key.entry(key).or_insert_with(|| {
            *alike += 1;
            drafts.push(Draft {
                hit: hit.clone(),
                rule,
                marks: Vec::new(),
                hits: 0,
                consequences: Vec::new(),
                repairs: Vec::new(),
            });
            drafts.len() - 1
        });
        if drafts[at].hits > 0 {
            let sum = drafts[at].hit.amount.zip(hit.amount);
            drafts[at].hit.amount = sum.and_then(|(sum, more)| sum.checked_add(more));
        }
        drafts[at].marks.extend(hit.marks.iter().copied());
        drafts[at].hits += 1;
        if let Some(safety) = rule.fix.filter(|_| ground.repairs && hit.excused.is_none()) {
            drafts[at].repairs.extend(ground.repairs(hit, safety));
        }
        draft_of[index] = Some(at);
    }
    for (index, hit) in loud.iter().enumerate() {
        if let Some(at) = draft_of[speaker[index]].filter(|_| speaker[index] != index) {
            let message = message_of(rules, hit, ground, number);
            add_consequence(&mut drafts[at].consequences, hit.rule, message);
        }
    }
    let mut not_checked = attach_unjudged(rules, unjudged, &mut drafts);
    not_checked.extend(lacking.into_iter().map(|lacking| NotChecked {
        rule: lacking.rule.as_str().to_owned(),
        because: lacking.what.to_owned(),
    }));
    let mut money = Money::default();
    let mut help = None;
    let mut seen: FxHashMap<String, u32> = FxHashMap::default();
    let mut findings: Vec<Finding> = drafts
        .into_iter()
        .map(|draft| {
            let codes = suggested(&draft, ground, &mut help);
            finish(rules, draft, ground, number, codes, &mut money, &mut seen)
        })
        .collect();
    findings.sort_by_key(|f| {
        let place = f.places.first().map(|p| (p.line, p.column));
        (std::cmp::Reverse(f.level), place)
    });
    Gathered {
        at_risk: money.total(ground),
        findings,
        not_checked,
    }
}

/// True where the rule is not off for this hit.
fn is_loud(rules: &RuleSet, hit: &Hit) -> bool {
    let Some(rule) = rules.rule_of(hit) else {
        debug_assert!(false, "no pack has the rule {}", hit.rule);
        return false;
    };
    let has_text = hit.variant.is_empty() || rule.variants.contains_key(hit.variant);
    debug_assert!(has_text, "{}/{} has no text", hit.rule, hit.variant);
    rule.variant(hit.variant).level > Level::Off
}

fn key_of(
    rules: &RuleSet,
    rule: &Rule,
    hit: &Hit,
    ground: Ground<'_>,
    (index, number): (usize, &str),
) -> Key {
    let mark = hit.marks.first();
    let field = mark.map_or("", |m| m.field);
    let value = || mark.map(|m| ground.text.get(m.cell).trim().to_owned());
    match rule.gathering {
        Gathering::All => (
            (hit.rule, hit.version),
            hit.variant,
            "",
            None,
            0,
            hit.excused,
        ),
        Gathering::Field => (
            (hit.rule, hit.version),
            hit.variant,
            field,
            None,
            0,
            hit.excused,
        ),
        Gathering::Value => (
            (hit.rule, hit.version),
            hit.variant,
            field,
            value(),
            0,
            hit.excused,
        ),
        Gathering::Message => {
            let said = message_of(rules, hit, ground, number);
            (
                (hit.rule, hit.version),
                hit.variant,
                field,
                Some(said),
                0,
                hit.excused,
            )
        }
        Gathering::None => (
            (hit.rule, hit.version),
            hit.variant,
            field,
            None,
            index + 1,
            hit.excused,
        ),
    }
}

fn add_consequence(list: &mut Vec<Consequence>, rule: RuleId, message: String) {
    let known = list
        .iter()
        .any(|c| c.rule == rule.as_str() && c.message == message);
    if !known && list.len() < MOST_PLACES {
        list.push(Consequence {
            rule: rule.as_str().to_owned(),
            message,
        });
    }
}

/// A rule that could not be applied because of a cell some finding is about goes away with that finding.
fn attach_unjudged(
    rules: &RuleSet,
    unjudged: Vec<Unjudged>,
    drafts: &mut [Draft<'_>],
) -> Vec<NotChecked> {
    if unjudged.is_empty() {
        return Vec::new();
    }
    let mut by_cell: FxHashMap<Cell, usize> = FxHashMap::default();
    for (index, draft) in drafts.iter().enumerate() {
        for mark in &draft.marks {
            by_cell.entry(mark.cell).or_insert(index);
        }
    }
    let mut not_checked: FxHashSet<RuleId> = FxHashSet::default();
    for missed in unjudged {
        let Some(rule) = rules.rule(missed.rule).filter(|r| !r.is_off()) else {
            continue;
        };
        match by_cell.get(&missed.because) {
            Some(index) => add_consequence(
                &mut drafts[*index].consequences,
                missed.rule,
                format!("could not be judged: {}", rule.title),
            ),
            None => {
                not_checked.insert(missed.rule);
            }
        }
    }
    let mut list: Vec<NotChecked> = not_checked
        .into_iter()
        .map(|rule| NotChecked {
            rule: rule.as_str().to_owned(),
            because: "a value it needs could not be read".to_owned(),
        })
        .collect();
    list.sort();
    list
}

fn message_of(rules: &RuleSet, hit: &Hit, ground: Ground<'_>, number: &str) -> String {
    let Some(rule) = rules.rule_of(hit) else {
        return hit.rule.to_string();
    };
    let mut places = Vec::new();
    if let Some(mark) = hit.marks.first() {
        ground.add(
            &Mark {
                everywhere: None,
                ..*mark
            },
            &mut places,
        );
    }
    let template = &rule.variant(hit.variant).message;
    sentence(template, hit, places.first(), 1, ground, number)
}

fn sentence(
    template: &str,
    hit: &Hit,
    place: Option<&Place>,
    count: usize,
    ground: Ground<'_>,
    number: &str,
) -> String {
    let mark = hit.marks.first();
    let common = |name: &str| -> Option<String> {
        Some(match name {
            "field" => mark.map_or("", |m| m.field).to_owned(),
            "value" => {
                let value = mark.map(|m| ground.text.get(m.cell)).unwrap_or_default();
                shortened(value.trim(), 60)
            }
            "item" => place
                .and_then(|p| p.item.clone())
                .unwrap_or_else(|| "?".to_owned()),
            "line" => place.map_or(0, |p| p.line).to_string(),
            "invoice" => shortened(number, 60),
            "expected" => hit.expected.clone().unwrap_or_default(),
            "count" => count.to_string(),
            _ => return None,
        })
    };
    // Line numbers among the values are the reader's own; a mail moves them.
    let mapped;
    let hit = if hit.args.iter().any(|(n, _)| is_line_number(n)) {
        let mut copy = hit.clone();
        for (name, value) in &mut copy.args {
            if let Some(inner) = value.parse().ok().filter(|_| is_line_number(name)) {
                *value = ground.numbers.outer(inner).to_string();
            }
        }
        mapped = copy;
        &mapped
    } else {
        hit
    };
    filled(template, hit, &common)
}

fn is_line_number(name: &str) -> bool {
    matches!(name, "line1" | "line2" | "first_line" | "between")
}

/// The lines whose money findings put in doubt.
#[derive(Default)]
struct Money {
    whole: bool,
    lines: FxHashSet<u32>,
    extra: Decimal,
}

impl Money {
    fn total(&self, ground: Ground<'_>) -> Decimal {
        let Some(invoice) = ground.invoice else {
            return Decimal::ZERO;
        };
        let total = invoice.total.get().unwrap_or_default().max(Decimal::ZERO);
        if self.whole {
            return total;
        }
        let lines = self.lines.iter().copied();
        let sum = line_totals(ground, lines).checked_add(self.extra);
        sum.map_or(total, |sum| sum.min(total))
    }
}

fn line_totals(ground: Ground<'_>, lines: impl Iterator<Item = u32>) -> Decimal {
    let Some(invoice) = ground.invoice else {
        return Decimal::ZERO;
    };
    lines
        .filter_map(|l| invoice.lines.get(l as usize)?.total.get())
        .fold(Decimal::ZERO, |sum, total| {
            sum.checked_add(total.max(Decimal::ZERO)).unwrap_or(sum)
        })
}

/// Money one finding puts in doubt: nothing below `reduce`, else its scope's amount or the hit's own.
fn at_risk(draft: &Draft<'_>, ground: Ground<'_>, money: &mut Money) -> Option<Decimal> {
    let variant = draft.rule.variant(draft.hit.variant);
    let invoice = ground.invoice?;
    if variant.level < Level::Reduce || draft.hit.excused.is_some() {
        return None;
    }
    let total = invoice.total.get().unwrap_or_default().max(Decimal::ZERO);
    match variant.scope {
        Scope::Invoice => {
            money.whole = true;
            Some(total)
        }
        Scope::Line => {
            let lines: FxHashSet<u32> = match draft.hit.anchor {
                Anchor::Line(_) => draft.marks.iter().filter_map(|m| m.line).collect(),
                Anchor::Invoice | Anchor::Matter(_) => FxHashSet::default(),
            };
            let scope = line_totals(ground, lines.iter().copied());
            let amount = match draft.hit.amount {
                Some(own) => {
                    let own = own.clamp(Decimal::ZERO, scope);
                    money.extra = money.extra.checked_add(own).unwrap_or(money.extra);
                    own
                }
                None => {
                    money.lines.extend(&lines);
                    scope
                }
            };
            Some(amount.min(total))
        }
    }
}

fn finish(
    rules: &RuleSet,
    draft: Draft<'_>,
    ground: Ground<'_>,
    number: &str,
    codes: Option<String>,
    money: &mut Money,
    seen: &mut FxHashMap<String, u32>,
) -> Finding {
    let mut places = Vec::new();
    let total: usize = draft
        .marks
        .iter()
        .map(|mark| ground.add(mark, &mut places))
        .sum();
    let risk = at_risk(&draft, ground, money);
    let Draft {
        hit,
        rule,
        hits,
        consequences,
        repairs,
        ..
    } = draft;
    let variant = rule.variant(hit.variant);
    let mut message = sentence(
        &variant.message,
        &hit,
        places.first(),
        total,
        ground,
        number,
    );
    if hits > 1 && !variant.message.contains("{count}") {
        let more = hits - 1;
        let _ = write!(
            message,
            " (and {more} more {} like it)",
            if more == 1 { "place" } else { "places" }
        );
    }
    let excuse = hit.excused.and_then(|at| rules.excuses().get(at as usize));
    if let Some(excuse) = excuse {
        let _ = write!(message, " ({})", excuse.note());
    }
    let fix = rule
        .fix
        .zip(hit.expected.as_ref().or(hit.mended.as_ref()))
        .map(|(safety, value)| Fix {
            safety: hit.safety.unwrap_or(safety),
            edits: edits(rule, &hit, hits, &places, value),
        });
    Finding {
        rule: rule.id.as_str().to_owned(),
        pack: rule.pack.to_string(),
        level: match excuse {
            Some(_) => variant.level.min(Level::Note),
            None => variant.level,
        },
        scope: variant.scope,
        confidence: rule.confidence,
        message,
        why: rule.why.clone(),
        help: match (
            sentence(&variant.help, &hit, places.first(), total, ground, number),
            codes,
        ) {
            (help, None) => help,
            (help, Some(codes)) => format!("{help} {codes}"),
        },
        source: rule.source.clone(),
        fingerprint: fingerprint(rule, &hit, number, places.first(), seen),
        places_total: (total > places.len()).then_some(total),
        places,
        expected: hit.expected,
        at_risk: risk,
        consequences,
        fix: fix.filter(|f| !f.edits.is_empty()),
        repairs,
    }
}

/// Codes the narratives suggest, where the finding is about codes. The invoice is looked through for the first of them.
fn suggested<'a>(
    draft: &Draft<'_>,
    ground: Ground<'a>,
    help: &mut Option<CodeHelp<'a>>,
) -> Option<String> {
    let rule = draft.rule.id.as_str();
    let invoice = ground.invoice?;
    code_help::kind_of(rule)?;
    if draft.rule.variant(draft.hit.variant).level <= Level::Note {
        return None;
    }
    let marks = draft.marks.iter().take(MOST_PLACES);
    let places = marks.filter_map(|mark| Some((mark.cell, mark.line?)));
    help.get_or_insert_with(|| CodeHelp::new(invoice, ground.lists))
        .sentence(rule, places)
}

/// The expected value goes to the first place, or to all where all hold the same value.
fn edits(rule: &Rule, hit: &Hit, hits: usize, places: &[Place], value: &str) -> Vec<Edit> {
    let everywhere = hit.marks.first().is_some_and(|m| m.everywhere.is_some());
    let alike =
        everywhere || rule.gathering == Gathering::Value || hits == 1 && hit.marks.len() == 1;
    let changed = if alike { places.len() } else { 1 };
    places
        .iter()
        .take(changed)
        .filter_map(|p| {
            Some(Edit {
                line: p.line,
                field: p.field.clone()?,
                value: value.to_owned(),
            })
        })
        .collect()
}

/// The same for the same finding in the next run: line numbers may have moved, so they are left out.
fn fingerprint(
    rule: &Rule,
    hit: &Hit,
    number: &str,
    place: Option<&Place>,
    seen: &mut FxHashMap<String, u32>,
) -> String {
    let part = |text: Option<&String>| text.cloned().unwrap_or_default();
    let mut key = [
        rule.id.as_str().to_owned(),
        hit.variant.to_owned(),
        number.to_owned(),
        part(place.and_then(|p| p.field.as_ref())),
        part(place.and_then(|p| p.item.as_ref())),
        part(place.and_then(|p| p.value.as_ref())),
    ]
    .join("\u{1f}");
    let before = seen.entry(key.clone()).or_default();
    if *before > 0 {
        let _ = write!(key, "\u{1f}{before}");
    }
    *before += 1;
    hex::encode(&Sha256::digest(key.as_bytes())[..8])
}
