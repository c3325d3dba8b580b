//! Timekeeper classes: the two-letter codes of the 1998B document and the six-letter codes of the LOC's
//! later list (reference ledes-1998b.md section 6).

use super::catalogue::{each, packed, word};
use super::code::Status;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/timekeeper-classes.csv"));

/// Words and spellings people write instead of a class, with the six-letter and the two-letter code.
const WORDS: &[(&str, &str, &str)] = &[
    ("adjuster", "ADJSTR", ""),
    ("analyst", "ANALST", ""),
    ("assoc", "ASSOC", "AS"),
    ("associate", "ASSOC", "AS"),
    ("attorney", "ASSOC", "AS"),
    ("auditor", "AUDITR", ""),
    ("clerk", "CLKSEC", ""),
    ("consultant", "CONSLT", ""),
    ("counsel", "OFCOUN", "OC"),
    ("equitypartner", "PARTNR", "PT"),
    ("expert", "EXPERT", ""),
    ("intern", "LGLINT", ""),
    ("investigator", "INVSTG", ""),
    ("juniorassociate", "ASSOC", "AS"),
    ("legalassistant", "LGLAST", "LA"),
    ("legalintern", "LGLINT", ""),
    ("legalsecretary", "CLKSEC", ""),
    ("librarian", "LIBRRN", ""),
    ("ofcnsl", "OFCOUN", "OC"),
    ("ofcounsel", "OFCOUN", "OC"),
    ("oth", "NBOTHR", "OT"),
    ("other", "NBOTHR", "OT"),
    ("othr", "NBOTHR", "OT"),
    ("para", "PARALG", "PL"),
    ("paralegal", "PARALG", "PL"),
    ("paralgl", "PARALG", "PL"),
    ("part", "PARTNR", "PT"),
    ("partner", "PARTNR", "PT"),
    ("principal", "PARTNR", "PT"),
    ("prlgl", "PARALG", "PL"),
    ("ptnr", "PARTNR", "PT"),
    ("ptr", "PARTNR", "PT"),
    ("secretary", "CLKSEC", ""),
    ("seniorassociate", "ASSOC", "AS"),
    ("seniorcounsel", "OFCOUN", "OC"),
    ("seniorpartner", "PARTNR", "PT"),
    ("shareholder", "PARTNR", "PT"),
    ("staffattorney", "STFATT", ""),
    ("summerassociate", "LGLINT", ""),
    ("trainee", "TRANEE", ""),
    ("traineesolicitor", "TRANEE", ""),
    ("translator", "TRANSL", ""),
];

/// A timekeeper class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// As it stands in an invoice.
    pub code: String,
    /// Its meaning; empty where no source gives one.
    pub label: String,
    /// `Active`, or `Dialect` where only one portal uses it.
    pub status: Status,
}

/// Every timekeeper class.
pub struct Classes {
    classes: Vec<Class>,
    by_code: FxHashMap<u64, u16>,
}

/// The classes shipped with the program; read at the first call.
pub fn classes() -> &'static Classes {
    static READ: OnceLock<Classes> = OnceLock::new();
    READ.get_or_init(Classes::read)
}

impl Classes {
    fn read() -> Self {
        let mut made = Self {
            classes: Vec::with_capacity(64),
            by_code: FxHashMap::default(),
        };
        each(TABLE, |[code, label, status]| {
            let Some(key) = packed(code) else { return };
            made.by_code.insert(key, made.classes.len() as u16);
            made.classes.push(Class {
                code: code.to_owned(),
                label: label.to_owned(),
                status: word(status),
            });
        });
        made
    }

    /// The class written exactly so.
    pub fn find(&self, code: &str) -> Option<&Class> {
        let index = self.by_code.get(&packed(code)?)?;
        self.classes.get(usize::from(*index))
    }

    /// Every class.
    pub fn all(&self) -> &[Class] {
        &self.classes
    }

    /// The class that was meant by a word, by lower case or by a slip of the pen; `short` asks for the
    /// two-letter code where there is one.
    pub fn meant(&self, written: &str, short: bool) -> Option<&Class> {
        let upper = written.trim().to_ascii_uppercase();
        if let Some(class) = self.find(&upper).filter(|c| c.status == Status::Active) {
            return Some(class);
        }
        let letters: String = written
            .chars()
            .filter(char::is_ascii_alphabetic)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if let Some((_, long, two)) = WORDS.iter().find(|(word, ..)| *word == letters) {
            let code = if short && !two.is_empty() { two } else { long };
            return self.find(code);
        }
        if upper.len() < 4 {
            return None;
        }
        self.classes
            .iter()
            .filter(|c| c.code.len() > 2)
            .map(|c| (strsim::damerau_levenshtein(&upper, &c.code), c))
            .filter(|(distance, _)| *distance <= 2)
            .min_by_key(|(distance, c)| (*distance, &c.code))
            .map(|(_, c)| c)
    }

    /// True where two classes, or words for one, mean the same: `PT`, `PARTNR` and "Partner". What stands in no list
    /// is only the same as itself, without regard to case.
    pub fn same(&self, one: &str, other: &str) -> bool {
        let (one, other) = (one.trim(), other.trim());
        if one.is_empty() || other.is_empty() {
            return false;
        }
        one.eq_ignore_ascii_case(other)
            || self
                .six_letters(one)
                .is_some_and(|code| self.six_letters(other) == Some(code))
    }

    /// True for a class of the lists, or a word for one. Of other titles nobody can say which class they have.
    pub fn knows(&self, title: &str) -> bool {
        self.six_letters(title.trim()).is_some()
    }

    /// The six-letter code of a class or of a word for one, written exactly so.
    fn six_letters<'a>(&'a self, written: &str) -> Option<&'a str> {
        let upper = written.to_ascii_uppercase();
        if let Some(class) = self.find(&upper) {
            if class.code.len() > 2 {
                return Some(&class.code);
            }
            let word = WORDS.iter().find(|(_, _, two)| *two == class.code);
            let labelled = || {
                let mut long = self.classes.iter().filter(|c| c.code.len() > 2);
                long.find(|c| !c.label.is_empty() && c.label == class.label)
                    .map(|c| c.code.as_str())
            };
            return word.map(|(_, long, _)| *long).or_else(labelled);
        }
        if written.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
        let letters: String = written
            .chars()
            .filter(char::is_ascii_alphabetic)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let word = WORDS.iter().find(|(word, ..)| *word == letters);
        word.map(|(_, long, _)| *long)
    }

    /// True for the classes that stand for no person: a flat fee, an adjustment.
    pub fn is_nobody(code: &str) -> bool {
        matches!(code, "FLTFEE" | "ADJSMT")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_read() {
        assert_eq!(classes().all().len(), 60);
        assert_eq!(classes().by_code.len(), 60);
        assert_eq!(
            classes().find("LP").map(|c| c.status),
            Some(Status::Dialect)
        );
        assert!(classes().find("QA").is_none());
    }

    #[test]
    fn two_ways_of_writing_a_class_are_the_same() {
        for (one, other, same) in [
            ("PT", "PARTNR", true),
            ("Partner", "pt", true),
            ("OT", "NBOTHR", true),
            ("LA", "LGLAST", true),
            ("CS", "secretary", true),
            ("Senior Associate", "AS", true),
            ("AS", "PT", false),
            ("Trainee", "ASSOC", false),
            ("ASSOC1", "ASSOC2", false),
            ("ASSOC1", "assoc1", true),
            ("law clerk", "Law Clerk", true),
            ("", "", false),
        ] {
            assert_eq!(classes().same(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn words_and_slips_lead_to_a_class() {
        for (written, short, meant) in [
            ("Partner", false, Some("PARTNR")),
            ("PARTNER", true, Some("PT")),
            ("Associate", false, Some("ASSOC")),
            ("Senior Associate", true, Some("AS")),
            ("Paralegal", false, Some("PARALG")),
            ("partnr", true, Some("PARTNR")),
            ("PRLGL", false, Some("PARALG")),
            ("OFCNSL", false, Some("OFCOUN")),
            ("OTH", false, Some("NBOTHR")),
            ("PARTNT", false, Some("PARTNR")),
            ("QA", false, None),
            ("AT", false, None),
        ] {
            let found = classes().meant(written, short).map(|c| c.code.as_str());
            assert_eq!(found, meant, "{written}");
        }
        for (word, long, two) in WORDS {
            assert!(classes().find(long).is_some(), "{word}");
            assert!(two.is_empty() || classes().find(two).is_some(), "{word}");
        }
    }
}
