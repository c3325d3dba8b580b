//! Every set, read once from the tables compiled into the program.

use super::code::{Code, CodeKind, CodeLevel, CodeSet, Status};
use super::pattern;
use crate::model::Confidence;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::sync::OnceLock;

/// One row a set. Source: reference utbms/sets.csv; the titles are those of its README.
const SETS: &str = include_str!("../../../rules/utbms/sets.csv");

macro_rules! tables {
    ($($file:literal)*) => {
        /// The tables of the sets, by file name.
        const TABLES: &[(&str, &str)] =
            &[$(($file, include_str!(concat!("../../../rules/utbms/", $file)))),*];
    };
}

tables! {
    "litigation.csv" "ediscovery.csv" "counseling.csv" "project.csv" "bankruptcy.csv" "patent.csv"
    "trademark.csv" "intellectual-property-original.csv" "uk-jcodes.csv" "activity.csv" "expense.csv"
    "expense-revised.csv"
}

/// Every UTBMS set.
pub struct Catalogue {
    sets: Vec<CodeSet>,
    codes: Vec<Code>,
    by_code: FxHashMap<u64, u16>,
}

/// The sets shipped with the program; read at the first call.
pub fn catalogue() -> &'static Catalogue {
    static READ: OnceLock<Catalogue> = OnceLock::new();
    READ.get_or_init(Catalogue::read)
}

/// A row of `sets.csv`; columns that are not read here are for people.
#[derive(Deserialize)]
struct SetRow<'a> {
    set: &'a str,
    title: &'a str,
    file: &'a str,
    pattern: &'a str,
    field_kind: CodeKind,
    issuer: &'a str,
    status: Status,
}

#[derive(Deserialize)]
struct CodeRow<'a> {
    code: &'a str,
    label: &'a str,
    level: CodeLevel,
    parent: &'a str,
    kind: CodeKind,
    summary: &'a str,
    since: &'a str,
    status: Status,
    confidence: Confidence,
}

/// A code of at most eight bytes as a number; no code is longer.
pub(super) fn packed(code: &str) -> Option<u64> {
    let bytes = code.as_bytes();
    if bytes.is_empty() || bytes.len() > 8 {
        return None;
    }
    Some(bytes.iter().fold(0, |sum, b| (sum << 8) | u64::from(*b)))
}

impl Catalogue {
    /// Panics only where a table in this repository is wrong, which a test excludes.
    fn read() -> Self {
        let mut made = Self {
            sets: Vec::with_capacity(TABLES.len()),
            codes: Vec::with_capacity(420),
            by_code: FxHashMap::default(),
        };
        made.by_code.reserve(420);
        let columns = header(SETS);
        each(SETS, |record| {
            let row = record
                .deserialize(Some(&columns))
                .expect("sets.csv has the columns read here");
            made.add_set(&row);
        });
        made
    }

    fn add_set(&mut self, row: &SetRow<'_>) {
        let set = self.sets.len();
        let table = TABLES
            .iter()
            .find(|(file, _)| *file == row.file)
            .map_or("", |(_, table)| *table);
        let mut certain = true;
        let columns = header(table);
        each(table, |record| {
            let row: CodeRow<'_> = record
                .deserialize(Some(&columns))
                .expect("a table of codes has the columns read here");
            certain &= row.confidence == Confidence::High;
            self.add_code(&row, set);
        });
        self.sets.push(CodeSet {
            name: row.set.to_owned(),
            title: row.title.to_owned(),
            pattern: row.pattern.to_owned(),
            kind: row.field_kind,
            issuer: row.issuer.to_owned(),
            status: row.status,
            certain,
        });
    }

    fn add_code(&mut self, row: &CodeRow<'_>, set: usize) {
        let key = packed(row.code).expect("no code has more than eight letters");
        self.by_code.insert(key, self.codes.len() as u16);
        self.codes.push(Code {
            code: row.code.to_owned(),
            label: row.label.to_owned(),
            level: row.level,
            parent: row.parent.to_owned(),
            kind: row.kind,
            summary: row.summary.to_owned(),
            since: row.since.to_owned(),
            status: row.status,
            confidence: row.confidence,
            set,
        });
    }

    /// The code written exactly so.
    pub fn find(&self, code: &str) -> Option<&Code> {
        let index = self.by_code.get(&packed(code)?)?;
        self.codes.get(usize::from(*index))
    }

    /// Every code, set by set.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// Every set.
    pub fn sets(&self) -> &[CodeSet] {
        &self.sets
    }

    /// The set of a code.
    pub fn set_of(&self, code: &Code) -> &CodeSet {
        &self.sets[code.set]
    }

    /// The set's place among [`Self::sets`].
    pub fn set_index(&self, code: &Code) -> usize {
        code.set
    }

    /// The set whose codes look like this one, known or not.
    pub fn set_like(&self, code: &str) -> Option<&CodeSet> {
        self.sets
            .iter()
            .find(|set| pattern::matches(&set.pattern, code))
    }

    /// True for X900 to X998, which the revised expense set leaves to clients (reference utbms/rules.csv, U037).
    pub fn is_client_reserved(code: &str) -> bool {
        code.len() == 4
            && code.starts_with("X9")
            && code != "X999"
            && pattern::matches("X9[0-9][0-9]", code)
    }
}

fn header(table: &str) -> csv::StringRecord {
    table
        .lines()
        .next()
        .unwrap_or("")
        .split(',')
        .collect::<Vec<_>>()
        .into()
}

/// Calls `take` with each row of a table, its header left out.
pub(super) fn each(table: &str, mut take: impl FnMut(&csv::StringRecord)) {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut record = csv::StringRecord::new();
    while reader
        .read_record(&mut record)
        .expect("tables in this repository have rows of equal length")
    {
        take(&record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_read_and_no_code_stands_twice() {
        let all = catalogue();
        assert_eq!(all.sets().len(), 12);
        assert_eq!(all.codes().len(), 400);
        assert_eq!(all.by_code.len(), 400);
        for code in all.codes() {
            let set = all.set_of(code);
            assert_eq!(code.kind, set.kind, "{}", code.code);
            let like = all.set_like(&code.code).map(|s| s.name.as_str());
            assert_eq!(like, Some(set.name.as_str()), "{}", code.code);
            assert!(code.parent.is_empty() || all.find(&code.parent).is_some());
        }
    }

    #[test]
    fn a_code_is_found_as_written_and_only_so() {
        let all = catalogue();
        let found = all.find("L120").expect("in the litigation set");
        assert_eq!(all.set_of(found).title, "Litigation");
        assert_eq!((found.kind, found.level), (CodeKind::Task, CodeLevel::Task));
        for unknown in ["l120", "L12", "", "L120 ", "ZZZZ", "L120L120L120"] {
            assert_eq!(all.find(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn only_wholly_attested_sets_are_certain() {
        let certain: Vec<&str> = catalogue()
            .sets()
            .iter()
            .filter(|s| s.certain)
            .map(|s| s.name.as_str())
            .collect();
        assert_eq!(
            certain,
            ["litigation", "counseling", "project", "bankruptcy"]
        );
    }

    #[test]
    fn the_range_left_to_clients_is_told_from_the_rest() {
        for (code, reserved) in [
            ("X900", true),
            ("X998", true),
            ("X999", false),
            ("X899", false),
            ("X9A0", false),
        ] {
            assert_eq!(Catalogue::is_client_reserved(code), reserved, "{code}");
        }
    }
}
