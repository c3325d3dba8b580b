//! Table rules: what a pack says with `only`, `min`, `max`, `one_of`, `required`, `matches`, `phrases`, `when` and `check`.
//! Not here: the condition language itself, any single rule.

mod compile;
mod excuse;
mod index;
mod phrases;
mod sentence;

pub use compile::compile;
pub use excuse::{Excuse, excuses};
pub use sentence::sentence;

use super::places::{PLACES, on_invoice};
use super::{Judging, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, Line, LineKind, RuleId};
use crate::rules::condition::{Bound, Condition, Entry, Gathered, Level, Needs, Of, Subject};
use chrono::NaiveDate;
use index::{ByLimit, ByText};
use phrases::Found;
pub(super) use phrases::Phrases;
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// One thing that must hold.
pub struct Test {
    condition: Condition,
    /// What should stand there, where it is a limit.
    expected: Option<String>,
    /// Where to point.
    place: Option<&'static Entry>,
}

/// A value a message names.
enum Arg {
    Value(Condition),
    /// The phrase that was found, as it stands in the narrative.
    Found,
}

/// A table rule, ready to be asked.
pub struct TableRule {
    id: RuleId,
    level: Level,
    /// First and last day of the lines it judges, where that is not the invoice's affair.
    days: (Option<NaiveDate>, Option<NaiveDate>),
    /// See [`Hit::version`].
    version: u16,
    /// By [`kind_index`].
    kinds: [bool; KINDS],
    /// One of these codes stands on the line, where `only` says so.
    codes: Option<(Field, Vec<String>)>,
    only: Vec<Condition>,
    when: Option<Condition>,
    tests: Vec<Test>,
    phrases: Vec<String>,
    at_risk: Option<Condition>,
    args: Vec<(&'static str, Arg)>,
    needs: Needs,
}

/// Line types, and a place for what could not be read.
const KINDS: usize = 5;

fn kind_index(kind: Option<LineKind>) -> usize {
    match kind {
        Some(LineKind::Fee) => 0,
        Some(LineKind::Expense) => 1,
        Some(LineKind::FeeAdjustment) => 2,
        Some(LineKind::ExpenseAdjustment) => 3,
        None => 4,
    }
}

/// Every table rule in force, indexed by line type, code and other texts.
pub struct TableRules {
    rules: Vec<TableRule>,
    /// Rules about each line that must always be asked: without a list of codes or other texts, by line type.
    by_kind: [Vec<u32>; KINDS],
    /// Rules about each line with a list of texts for a field that is no code, by field.
    by_text: Vec<ByText>,
    /// Other rules about each line that are one limit, by line type.
    by_limit: [Vec<ByLimit>; KINDS],
    /// Rules about each line without a list of codes that only look for phrases: asked where one was found.
    by_phrase: FxHashSet<u32>,
    /// Rules about each line with one, by code.
    by_code: FxHashMap<String, Vec<u32>>,
    groups: Vec<u32>,
    phrases: Phrases,
    /// Line types some phrase is looked for on.
    spoken: [bool; KINDS],
    needs: Needs,
}

impl TableRules {
    /// Puts rules together. Each may stand there several times, for different days.
    pub fn new(rules: Vec<TableRule>) -> Self {
        let mut by_kind: [Vec<u32>; KINDS] = Default::default();
        let mut by_code: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        let mut by_phrase = FxHashSet::default();
        let mut by_text = Vec::new();
        let mut by_limit: [Vec<ByLimit>; KINDS] = Default::default();
        let mut groups = Vec::new();
        let mut spoken = [false; KINDS];
        let mut needs = Needs::default();
        for (index, rule) in rules.iter().enumerate() {
            let index = index as u32;
            needs = needs.and(rule.needs);
            if rule.level != Level::Line {
                groups.push(index);
                continue;
            }
            match &rule.codes {
                Some((_, codes)) => {
                    for code in codes {
                        by_code.entry(code.clone()).or_default().push(index);
                    }
                }
                None if rule.tests.is_empty() => {
                    by_phrase.insert(index);
                }
                None => {
                    let kinds = (0..KINDS).filter(|kind| rule.kinds[*kind]);
                    if let Some((entry, texts)) = rule.texts() {
                        ByText::add(&mut by_text, entry, texts, index);
                    } else if let Some((entry, bound, limit)) = rule.limit() {
                        for kind in kinds {
                            ByLimit::add(&mut by_limit[kind], entry, bound, limit, index);
                        }
                    } else {
                        kinds.for_each(|kind| by_kind[kind].push(index));
                    }
                }
            }
            if !rule.phrases.is_empty() {
                for (kind, spoken) in spoken.iter_mut().enumerate() {
                    *spoken |= rule.kinds[kind];
                }
            }
        }
        Self {
            phrases: Phrases::new(rules.iter().map(|rule| rule.phrases.as_slice())),
            rules,
            by_kind,
            by_phrase,
            by_text,
            by_limit,
            by_code,
            groups,
            spoken,
            needs,
        }
    }

    /// `found` and `more` are room that is used again for each line.
    fn line(
        &self,
        subject: &Subject<'_>,
        found: &mut Vec<Found>,
        more: &mut Vec<u32>,
        hits: &mut Hits,
    ) {
        let line = subject.line;
        let kind = kind_index(line.kind.get());
        found.clear();
        if self.spoken[kind] && !line.description.is_blank() {
            let narrative = subject.invoice.get(line.description);
            self.phrases.find(&narrative, found);
        }
        more.clear();
        let phrased = found.iter().map(|f| f.rule);
        more.extend(phrased.filter(|rule| self.by_phrase.contains(rule)));
        for field in &self.by_text {
            more.extend(field.of(subject));
        }
        for limits in &self.by_limit[kind] {
            more.extend(limits.broken(subject));
        }
        more.retain(|rule| self.rules[*rule as usize].kinds[kind]);
        let mut asked = self.by_kind[kind].as_slice();
        // Hits are raised in the order of the rules.
        more.sort_unstable();
        more.dedup();
        for one in more.iter() {
            let before = asked.partition_point(|rule| rule < one);
            for rule in &asked[..before] {
                self.rule(*rule, subject, found, hits);
            }
            asked = &asked[before..];
            self.rule(*one, subject, found, hits);
        }
        for rule in asked {
            self.rule(*rule, subject, found, hits);
        }
        if self.by_code.is_empty() {
            return;
        }
        for cell in [line.expense_code, line.task_code, line.activity_code] {
            if cell.is_blank() {
                continue;
            }
            let code = subject.invoice.text.raw(cell);
            for rule in self.by_code.get(code).into_iter().flatten() {
                let known = &self.rules[*rule as usize];
                let field = known.codes.as_ref().map(|(field, _)| *field);
                if known.kinds[kind] && field.is_some_and(|f| code_cell(line, f) == cell) {
                    self.rule(*rule, subject, found, hits);
                }
            }
        }
    }

    fn rule(&self, index: u32, subject: &Subject<'_>, found: &[Found], hits: &mut Hits) {
        let rule = &self.rules[index as usize];
        let phrase = found.iter().find(|f| f.rule == index);
        if rule.tests.is_empty() && phrase.is_none() || !rule.is_about_code_less(subject) {
            return;
        }
        let (expected, place) = match (rule.failed(subject), phrase) {
            (Some(test), _) => (test.expected.as_ref(), test.place),
            (None, Some(_)) => (None, Some(compile::NARRATIVE)),
            (None, None) => return,
        };
        // Most lines pass the tests of most rules, whatever `when` says.
        if !rule.applies(subject) {
            return;
        }
        let mut hit = Hit::on_line(rule.id, subject.index);
        hit = pointed(hit, subject, place);
        hit.expected = expected.cloned();
        hits.raise(rule.filled(hit, subject, phrase));
    }

    fn group(&self, rule: &TableRule, invoice: &Invoice, gathered: &Gathered, hits: &mut Hits) {
        let groups = match rule.level {
            Level::TimekeeperDay => gathered.days.as_slice(),
            Level::Timekeeper => gathered.timekeepers.as_slice(),
            Level::Matter => gathered.matters.as_slice(),
            Level::Invoice | Level::Line => std::slice::from_ref(&gathered.invoice),
        };
        let mut kept = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            let lines = if rule.is_about_every_line() {
                group.lines.as_slice()
            } else {
                kept.clear();
                kept.extend(group.lines.iter().copied().filter(|line| {
                    rule.is_about_line(&Subject::of_line(invoice, *line as usize, gathered))
                }));
                if kept.is_empty() {
                    continue;
                }
                kept.as_slice()
            };
            let mut subject = Subject::of_lines(invoice, rule.level, lines, gathered);
            if rule.level == Level::Matter
                && let Some(matter) = invoice.matters.get(index)
            {
                subject = subject.with_matter(matter);
            }
            if !rule.applies(&subject) {
                continue;
            }
            if let Some(test) = rule.failed(&subject) {
                let mut hit = group_hit(rule, &subject, index, test.place);
                hit.expected.clone_from(&test.expected);
                hits.raise(rule.filled(hit, &subject, None));
            }
        }
    }
}

impl Predicate for TableRules {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let mut gathered = Gathered::new(invoice, self.needs);
        gathered.lists = Arc::clone(&judging.lists);
        let (mut found, mut more) = (Vec::new(), Vec::new());
        for index in 0..invoice.lines.len() {
            let subject = Subject::of_line(invoice, index, &gathered);
            self.line(&subject, &mut found, &mut more, hits);
        }
        for rule in &self.groups {
            self.group(&self.rules[*rule as usize], invoice, &gathered, hits);
        }
    }
}

fn code_cell(line: &Line, field: Field) -> crate::model::Cell {
    match field {
        Field::ExpenseCode => line.expense_code,
        Field::TaskCode => line.task_code,
        _ => line.activity_code,
    }
}

impl TableRule {
    /// Judges only lines of these days.
    pub fn on_days(self, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Self {
        Self {
            days: (from, until),
            ..self
        }
    }

    /// Its hits are of this version.
    pub fn of_version(self, version: u16) -> Self {
        Self { version, ..self }
    }

    /// A list of texts that `only` asks a field for.
    fn texts(&self) -> Option<(&'static Entry, &FxHashSet<String>)> {
        self.only.iter().find_map(Condition::texts)
    }

    /// The limit that is all it asks of a line.
    fn limit(&self) -> Option<(&'static Entry, Bound, Decimal)> {
        match self.tests.as_slice() {
            [one] if self.phrases.is_empty() => one.condition.limit(),
            _ => None,
        }
    }

    fn is_about_every_line(&self) -> bool {
        self.only.is_empty()
            && self.codes.is_none()
            && self.kinds == [true; KINDS]
            && self.days == (None, None)
    }

    /// Whether `only` takes a line.
    fn is_about_line(&self, subject: &Subject<'_>) -> bool {
        let code = self.codes.as_ref().is_none_or(|(field, codes)| {
            let cell = code_cell(subject.line, *field);
            let code = subject.invoice.text.raw(cell);
            codes.iter().any(|c| c == code)
        });
        code && self.kinds[kind_index(subject.line.kind.get())] && self.is_about_code_less(subject)
    }

    fn is_about_code_less(&self, subject: &Subject<'_>) -> bool {
        let (from, until) = self.days;
        if from.is_some() || until.is_some() {
            let day = subject.line.date.get().or(subject.invoice.date.get());
            let inside = day.is_some_and(|day| {
                from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
            });
            if !inside {
                return false;
            }
        }
        self.only.iter().all(|c| c.holds(subject) == Some(true))
    }

    /// Whether `when` takes a subject that `only` takes.
    fn applies(&self, subject: &Subject<'_>) -> bool {
        let when = self.when.as_ref();
        when.is_none_or(|when| when.holds(subject) == Some(true))
    }

    fn failed(&self, subject: &Subject<'_>) -> Option<&Test> {
        self.tests
            .iter()
            .find(|test| test.condition.holds(subject) == Some(false))
    }

    /// The hit with the values its sentence names and the money it puts in doubt.
    fn filled(&self, mut hit: Hit, subject: &Subject<'_>, phrase: Option<&Found>) -> Hit {
        for (name, arg) in &self.args {
            let value = match arg {
                Arg::Value(condition) => condition
                    .value(subject)
                    .map_or_else(|| "none".to_owned(), |v| v.shown()),
                Arg::Found => phrase.map_or_else(String::new, |found| {
                    let narrative = subject.invoice.get(subject.line.description);
                    narrative
                        .get(found.start..found.end)
                        .unwrap_or("")
                        .to_owned()
                }),
            };
            hit.args.push((name, value));
        }
        let amount = self.at_risk.as_ref().and_then(|c| c.value(subject));
        hit.amount = amount.and_then(|v| v.as_decimal());
        hit.version = self.version;
        hit
    }
}

/// Points at a field of the line, or of its matter or invoice.
fn pointed(hit: Hit, subject: &Subject<'_>, place: Option<&'static Entry>) -> Hit {
    let format = subject.invoice.format;
    match place {
        Some(entry) if entry.of == Of::Invoice => {
            on_invoice(hit, subject.invoice, entry.field, entry.cell(subject))
        }
        Some(entry)
            if entry.field.name_in(format).is_empty() || entry.cell(subject).is_absent() =>
        {
            hit.at_name("", subject.line.record)
        }
        Some(entry) => hit.at(format, entry.field, entry.cell(subject)),
        None => hit.at_name("", subject.line.record),
    }
}

fn group_hit(
    rule: &TableRule,
    subject: &Subject<'_>,
    index: usize,
    place: Option<&'static Entry>,
) -> Hit {
    let invoice = subject.invoice;
    match rule.level {
        Level::TimekeeperDay => {
            // The longest line speaks for the day, so that rules about long lines and long days meet there.
            let hours = |line: u32| invoice.lines[line as usize].units.get().unwrap_or_default();
            let mut lines = subject.lines.to_vec();
            lines.sort_by_key(|line| (std::cmp::Reverse(hours(*line)), *line));
            lines.truncate(PLACES);
            let first = lines.first().map_or(0, |line| *line as usize);
            lines
                .iter()
                .fold(Hit::on_line(rule.id, first), |hit, line| {
                    let line = *line as usize;
                    hit.at_line(
                        invoice.format,
                        Field::Units,
                        invoice.lines[line].units.cell,
                        line,
                    )
                })
        }
        Level::Timekeeper => {
            let hit = Hit::on_line(rule.id, subject.index);
            hit.at(
                invoice.format,
                Field::TimekeeperId,
                subject.line.timekeeper_id,
            )
        }
        Level::Matter | Level::Invoice | Level::Line => {
            let anchor = match rule.level {
                Level::Matter => Anchor::Matter(index as u32),
                _ => Anchor::Invoice,
            };
            let hit = Hit::new(rule.id, anchor);
            let record = match rule.level {
                Level::Matter => subject.matter.record,
                _ => invoice.record,
            };
            match place {
                Some(entry) if !entry.cell(subject).is_absent() => match entry.of {
                    Of::Invoice => on_invoice(hit, invoice, entry.field, entry.cell(subject)),
                    _ => hit.at(invoice.format, entry.field, entry.cell(subject)),
                },
                _ => hit.at_name("", record),
            }
        }
    }
}
