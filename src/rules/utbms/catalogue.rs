//! Every set, read once from the tables compiled into the program.

use super::code::{Code, CodeSet};
use super::pattern;
use crate::model::Confidence;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};
use std::sync::OnceLock;

/// One row a set. Source: reference utbms/sets.csv; the titles are those of its README.
const SETS: &str = include_str!(concat!(env!("OUT_DIR"), "/sets.csv"));

macro_rules! tables {
    ($($file:literal)*) => {
        /// The tables of the sets, by file name.
        const TABLES: &[(&str, &str)] =
            &[$(($file, include_str!(concat!(env!("OUT_DIR"), "/", $file)))),*];
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
        each(SETS, |row| made.add_set(row));
        made
    }

    fn add_set(&mut self, row: [&'static str; 7]) {
        let [name, title, file, pattern, kind, issuer, status] = row;
        let set = self.sets.len();
        let table = TABLES.iter().find(|(known, _)| *known == file);
        let mut certain = true;
        each(table.map_or("", |(_, table)| *table), |row| {
            certain &= self.add_code(row, set) == Confidence::High;
        });
        self.sets.push(CodeSet {
            name: name.to_owned(),
            title: title.to_owned(),
            pattern: pattern.to_owned(),
            kind: word(kind),
            issuer: issuer.to_owned(),
            status: word(status),
            certain,
        });
    }

    fn add_code(&mut self, row: [&'static str; 9], set: usize) -> Confidence {
        let [
            code,
            label,
            level,
            parent,
            kind,
            summary,
            since,
            status,
            confidence,
        ] = row;
        let confidence = word(confidence);
        let key = packed(code).expect("no code has more than eight letters");
        self.by_code.insert(key, self.codes.len() as u16);
        self.codes.push(Code {
            code: code.to_owned(),
            label: label.to_owned(),
            level: word(level),
            parent: parent.to_owned(),
            kind: word(kind),
            summary: summary.to_owned(),
            since: since.to_owned(),
            status: word(status),
            confidence,
            set,
        });
        confidence
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

/// Calls `take` with each row of a table, as the build script writes tables: its columns in the order of
/// `build/tables.rs`, tabs between them and no header.
pub(super) fn each<const N: usize>(table: &'static str, mut take: impl FnMut([&'static str; N])) {
    for row in table.lines() {
        let mut cells = row.split('\t');
        take(std::array::from_fn(|_| cells.next().unwrap_or("")));
    }
}

/// A cell that holds one of some words.
pub(super) fn word<T: Deserialize<'static>>(cell: &'static str) -> T {
    T::deserialize(StrDeserializer::<Error>::new(cell)).expect("a test reads every table")
}

#[cfg(test)]
mod tests {
    use super::super::code::{CodeKind, CodeLevel};
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
