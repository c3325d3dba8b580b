//! Which column of an export is which field: TOML, of the program (`rules/imports/`) or of the firm.

use super::cells::{DateOrder, DecimalMark, HoursForm};
use super::field::slot;
use crate::model::LineKind;
use crate::model::did_you_mean;
use regex::Regex;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How far a mapping of the program has been proven.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Its columns are those of public documentation, which `source` names.
    Known,
    /// Usual names of columns; nobody has laid an export beside it yet.
    #[default]
    ToBeConfirmed,
}

impl Status {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::ToBeConfirmed => "to be confirmed",
        }
    }
}

/// A field taken apart: each named group of the pattern is a field.
#[derive(Clone, Debug)]
pub struct Split {
    /// The field whose value is matched.
    pub field: &'static str,
    /// Its form.
    pub pattern: Regex,
}

/// Values by field.
pub type Values = BTreeMap<&'static str, String>;

/// A mapping.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// Its name.
    pub name: String,
    /// What it reads.
    pub title: String,
    /// How far it has been proven.
    pub status: Status,
    /// Where its columns are documented.
    pub source: String,
    /// How dates are written.
    pub date_order: DateOrder,
    /// How numbers are written.
    pub decimal_mark: DecimalMark,
    /// How durations are written.
    pub hours_form: HoursForm,
    /// Every column named must be there.
    pub strict: bool,
    /// Fields whose column somebody has just named: it must be there.
    pub asked: Vec<&'static str>,
    /// Names of the column of each field; one of them is there.
    pub columns: BTreeMap<&'static str, Vec<String>>,
    /// Values of fields that are blank.
    pub constants: Values,
    /// Words of the line type.
    pub words: Vec<(LineKind, Vec<String>)>,
    /// Rows left aside: a column, and values of it in small letters.
    pub skip: BTreeMap<String, Vec<String>>,
    /// Fields to take apart.
    pub splits: Vec<Split>,
    /// Field and value that others follow from.
    pub lookups: Vec<(&'static str, String, Values)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Option<String>,
    #[serde(default)]
    title: String,
    #[serde(default)]
    status: Status,
    #[serde(default)]
    source: String,
    #[serde(default)]
    date_order: DateOrder,
    #[serde(default)]
    decimal_mark: DecimalMark,
    #[serde(default)]
    hours_form: HoursForm,
    #[serde(default)]
    columns: BTreeMap<String, Names>,
    #[serde(default)]
    constants: BTreeMap<String, String>,
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    skip: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    split: Vec<WrittenSplit>,
    #[serde(default)]
    lookup: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSplit {
    field: String,
    pattern: String,
}

const SHIPPED: [&str; 11] = [
    include_str!("../../../rules/imports/generic.toml"),
    include_str!("../../../rules/imports/clio.toml"),
    include_str!("../../../rules/imports/clio-report.toml"),
    include_str!("../../../rules/imports/quickbooks-timer.toml"),
    include_str!("../../../rules/imports/quickbooks.toml"),
    include_str!("../../../rules/imports/freshbooks.toml"),
    include_str!("../../../rules/imports/karbon.toml"),
    include_str!("../../../rules/imports/canopy.toml"),
    include_str!("../../../rules/imports/practice-cs.toml"),
    include_str!("../../../rules/imports/cch-axcess.toml"),
    include_str!("../../../rules/imports/jetpack-workflow.toml"),
];

impl Mapping {
    /// The mappings of the program.
    ///
    /// # Errors
    /// One of them is wrong; a test reads them all.
    pub fn shipped() -> Result<Vec<Self>, String> {
        SHIPPED
            .iter()
            .map(|text| {
                Self::parse(text).map(|mapping| Self {
                    strict: false,
                    ..mapping
                })
            })
            .collect()
    }

    /// A mapping of the program by its name.
    ///
    /// # Errors
    /// There is none.
    pub fn named(name: &str) -> Result<Self, String> {
        let all = Self::shipped()?;
        let names: Vec<String> = all.iter().map(|m| m.name.clone()).collect();
        all.into_iter().find(|m| m.name == name).ok_or_else(|| {
            format!(
                "\"{name}\" is no mapping of the program and no file; {}",
                did_you_mean(name, names.iter().map(String::as_str))
            )
        })
    }

    /// Reads a mapping of the firm: what it names must be there.
    ///
    /// # Errors
    /// A key or a field that is not known, a pattern that is none, a constant or lookup for no field.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written: Written =
            toml::from_str(text).map_err(|e| e.to_string().trim_end().to_owned())?;
        let known = |place: &str, name: &str| {
            slot(name)
                .map(|s| s.name)
                .map_err(|e| format!("[{place}] {e}"))
        };
        let values = |place: &str, given: BTreeMap<String, String>| {
            let pairs = given.into_iter();
            pairs
                .map(|(name, value)| Ok((known(place, &name)?, value)))
                .collect::<Result<Values, String>>()
        };
        let mut columns = BTreeMap::new();
        for (field, names) in written.columns {
            let names = match names {
                Names::One(name) => vec![name],
                Names::Several(names) => names,
            };
            let field = known("columns", &field)?;
            if columns.insert(field, names).is_some() {
                return Err(format!(
                    "[columns] {field} stands there twice; take one away"
                ));
            }
        }
        let mut words = Vec::new();
        for (code, list) in written.words {
            let kind = LineKind::of_code(&code).ok_or_else(|| {
                format!("[words] \"{code}\" is no line type; there are F, E, IF and IE")
            })?;
            words.push((kind, list.iter().map(|w| plain(w)).collect()));
        }
        let mut splits = Vec::new();
        for split in written.split {
            let pattern = Regex::new(&split.pattern)
                .map_err(|e| format!("[[split]] pattern of {}: {e}", split.field))?;
            for group in pattern.capture_names().flatten() {
                if known("[split]", group)? != group {
                    return Err(format!(
                        "[[split]] write the group \"{group}\" with our name of the field"
                    ));
                }
            }
            let field = known("[split]", &split.field)?;
            splits.push(Split { field, pattern });
        }
        let mut lookups = Vec::new();
        for (field, entries) in written.lookup {
            let place = format!("lookup.{field}");
            let field = known("lookup", &field)?;
            for (value, given) in entries {
                lookups.push((field, plain(&value), values(&place, given)?));
            }
        }
        let skip = written.skip.into_iter();
        Ok(Self {
            name: written.name.unwrap_or_else(|| "own".to_owned()),
            title: written.title,
            status: written.status,
            source: written.source,
            date_order: written.date_order,
            decimal_mark: written.decimal_mark,
            hours_form: written.hours_form,
            strict: true,
            asked: Vec::new(),
            columns,
            constants: values("constants", written.constants)?,
            words,
            skip: skip
                .map(|(column, v)| (column, v.iter().map(|v| plain(v)).collect()))
                .collect(),
            splits,
            lookups,
        })
    }

    /// The line type a word stands for: one of the mapping's words, else of those every program uses.
    pub fn kind(&self, word: &str) -> Option<LineKind> {
        const USUAL: [(LineKind, &[&str]); 4] = [
            (
                LineKind::Fee,
                &[
                    "f",
                    "fee",
                    "fees",
                    "time",
                    "time entry",
                    "timeentry",
                    "service",
                    "hourly",
                ],
            ),
            (
                LineKind::Expense,
                &[
                    "e",
                    "expense",
                    "expenses",
                    "expense entry",
                    "expenseentry",
                    "cost",
                    "disbursement",
                ],
            ),
            (LineKind::FeeAdjustment, &["if", "fee adjustment"]),
            (LineKind::ExpenseAdjustment, &["ie", "expense adjustment"]),
        ];
        let word = plain(word);
        let own = self.words.iter().find(|(_, list)| list.contains(&word));
        own.map(|(kind, _)| *kind).or_else(|| {
            let usual = USUAL.iter().find(|(_, list)| list.contains(&word.as_str()));
            usual.map(|(kind, _)| *kind)
        })
    }
}

/// As names are compared: small letters, one blank between words, marks of a header (`*`, `:`) left out.
pub fn plain(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '_' | '*' | ':'));
    words
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mappings_of_the_program_are_right_and_say_what_they_rest_on() {
        let all = Mapping::shipped().expect("right");
        for mapping in &all {
            assert!(!mapping.title.is_empty() && mapping.name != "own");
            assert!(
                mapping.columns.contains_key("line_date"),
                "{}",
                mapping.name
            );
            if mapping.status == Status::Known {
                assert!(mapping.source.contains("https://"), "{}", mapping.name);
            }
            // One column for two fields, or twice in one, would never be found out by whoever uses it.
            let mut seen = Vec::new();
            for name in mapping.columns.values().flatten().map(|n| plain(n)) {
                assert!(!seen.contains(&name), "{}: {name}", mapping.name);
                seen.push(name);
            }
        }
    }

    #[test]
    fn mistakes_in_a_mapping_are_named() {
        for (text, wanted) in [
            (
                "[columns]\nline_dat = \"Date\"",
                "did you mean \"line_date\"?",
            ),
            ("[colums]\n", "unknown field `colums`"),
            ("[words]\nX = [\"a\"]", "is no line type"),
            (
                "[[split]]\nfield = \"line_description\"\npattern = \"(\"",
                "pattern of line_description",
            ),
            (
                "[[split]]\nfield = \"line_description\"\npattern = \"(?<naration>.)\"",
                "no field",
            ),
            (
                "[lookup.matter_name.X]\nclient = \"A\"",
                "[lookup.matter_name]",
            ),
            (
                "[columns]\nunits = \"A\"\nLINE_ITEM_NUMBER_OF_UNITS = \"B\"",
                "twice",
            ),
            ("date_order = \"us\"", "unknown variant"),
        ] {
            let error = Mapping::parse(text).expect_err(text);
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }
}
