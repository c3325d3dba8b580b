// A pack as it is written in TOML. The build script includes this file, so it uses nothing of the crate.

use super::terms::Terms;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// One pack of rules: a folder of TOML files with one head.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Its name.
    pub pack: String,
    /// Its name for people.
    pub title: String,
    /// Its version.
    pub version: String,
    /// The first day it is in force, ISO.
    #[serde(default)]
    pub effective: Option<Day>,
    /// The last day it is in force, ISO.
    #[serde(default)]
    pub until: Option<Day>,
    /// Packs whose rules it takes over.
    #[serde(default)]
    pub extends: Vec<String>,
    /// Which invoices it governs: `ledes_format`, `portal`, `client_id`, `law_firm_matter_id`, `client_matter_id`; all
    /// that it names. Empty: those of packs that extend it, and where the firm's lists name it.
    #[serde(default)]
    pub governs: BTreeMap<String, Vec<String>>,
    /// Rules of its own.
    #[serde(default)]
    pub rule: Vec<WrittenRule>,
    /// Changes to rules it takes over.
    #[serde(default)]
    pub rules: BTreeMap<String, Change>,
    /// Exceptions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<Ignore>,
    /// What is known of the portal, in a portal's pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// What a portal takes beside the invoice. Without it nothing is known of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<AttachmentTerms>,
    /// Where its keys stand in its file, for mistakes. Not known of packs shipped with the program.
    #[serde(skip)]
    pub places: Places,
    /// The SHA-256 of its file in hexadecimal digits; of a pack shipped with the program that of its JSON, worked out
    /// when that is built.
    #[serde(skip)]
    pub sha256: Cow<'static, str>,
    /// It is shipped with the program, and was looked through by its tests.
    #[serde(skip)]
    pub shipped: bool,
}

/// Where the keys of a pack stand in its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The file.
    pub file: String,
    /// What stands in it.
    pub text: Arc<str>,
    /// Line and column from 1, by the path of the key, once they are asked for.
    pub keys: OnceLock<BTreeMap<String, (usize, usize)>>,
}

/// Which files a portal takes beside an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentTerms {
    /// The most megabytes of one file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_mb: Option<u32>,
    /// Endings of the names of files it takes. Empty: not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// The clause that says so.
    pub source: String,
}

/// An exception to a rule: it always has a reason, an owner and an end.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    /// The rule that is set aside.
    pub rule: String,
    /// Fields and the values they must have. Empty: everywhere.
    #[serde(default)]
    pub only: BTreeMap<String, OneOrMore>,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub by: String,
    /// The last invoice date it holds for, ISO.
    pub until: Day,
}

/// A day, as a TOML date or as an ISO text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Day(pub String);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Toml(toml::value::Datetime),
        }
        match Written::deserialize(from) {
            Ok(Written::Text(text)) => Ok(Self(text)),
            Ok(Written::Toml(day)) => Ok(Self(day.to_string())),
            Err(missing) if missing.to_string().contains("missing field") => Err(missing),
            Err(_) => Err(de::Error::custom(
                "this is no day; write year-month-day, as in 2026-01-31",
            )),
        }
    }
}

/// A rule as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WrittenRule {
    /// Kebab-case, never renamed.
    pub id: String,
    /// What it looks for, in one short line.
    pub title: String,
    /// `format`, `code`, ...: its group in the list of ids.
    pub group: String,
    /// Its level where no pack says otherwise.
    pub level: String,
    /// Rules of one family about the same thing: the lowest rank speaks.
    #[serde(default)]
    pub family: Option<String>,
    /// Its rank in the family.
    #[serde(default)]
    pub rank: u8,
    /// `line`, `matter`, `invoice` or `file`.
    pub each: String,
    /// What looks for it: `reader`, or one or more predicate kinds. Without it the table below says it all.
    #[serde(default)]
    pub kind: OneOrMore,
    /// Fields and the values they must have for the rule to apply. Table rules only, like all that follow.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub only: BTreeMap<String, OneOrMore>,
    /// The least a field may be.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub min: BTreeMap<String, Param>,
    /// The most a field may be.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub max: BTreeMap<String, Param>,
    /// The values a field may have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub one_of: BTreeMap<String, OneOrMore>,
    /// Fields that must be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<OneOrMore>,
    /// Patterns fields must have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub matches: BTreeMap<String, String>,
    /// Words the narrative may not hold; `*` at the end stands for any ending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phrases: Option<OneOrMore>,
    /// Where the rule applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// `invoice` (the default) or `line`: whose date picks the version of the pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// The money a finding puts in doubt, where it is not the whole line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_risk: Option<String>,
    /// `invoice` (the default) or `line`: what bounces.
    #[serde(default)]
    pub scope: Option<String>,
    /// `high` (the default), `medium` or `low`.
    #[serde(default)]
    pub confidence: Option<String>,
    /// Hits that make one finding: `field` (same field; the default), `value` (same field and value),
    /// `message` (same sentence), `all`, or `none`.
    #[serde(default)]
    pub gather: Option<String>,
    /// `safe` or `unsafe`, where the expected value may be offered as a fix.
    #[serde(default)]
    pub fix: Option<String>,
    /// One sentence; `{name}` stands for a value.
    pub message: String,
    /// Other texts and levels of the same rule.
    #[serde(default)]
    pub variant: BTreeMap<String, WrittenVariant>,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub help: String,
    /// Document and section.
    pub source: String,
    /// Each gives exactly this finding.
    #[serde(default)]
    pub bad: Scenarios,
    /// Each gives none.
    #[serde(default)]
    pub good: Scenarios,
    /// Parameters of the predicate.
    #[serde(flatten)]
    pub params: BTreeMap<String, Param>,
}

/// Another text or level of a rule.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenVariant {
    /// Its level, where it differs from the rule's.
    #[serde(default)]
    pub level: Option<String>,
    /// Its sentence.
    #[serde(default)]
    pub message: Option<String>,
    /// What to do, where it differs.
    #[serde(default)]
    pub help: Option<String>,
    /// `invoice` or `line`, where it differs.
    #[serde(default)]
    pub scope: Option<String>,
}

/// A change to a rule taken over from another pack.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Change {
    /// Its new level.
    #[serde(default)]
    pub level: Option<String>,
    /// The clause that says so.
    #[serde(default)]
    pub source: Option<String>,
    /// New levels and texts of its variants.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variant: BTreeMap<String, WrittenVariant>,
    /// Fields and the values they must have for the rule to apply.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub only: BTreeMap<String, OneOrMore>,
    /// The least a field may be.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub min: BTreeMap<String, Param>,
    /// The most a field may be.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub max: BTreeMap<String, Param>,
    /// The values a field may have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub one_of: BTreeMap<String, OneOrMore>,
    /// Fields that must be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<OneOrMore>,
    /// Patterns fields must have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub matches: BTreeMap<String, String>,
    /// Words the narrative may not hold; `*` at the end stands for any ending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phrases: Option<OneOrMore>,
    /// Where the rule applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// `invoice` (the default) or `line`: whose date picks the version of the pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// The money a finding puts in doubt, where it is not the whole line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_risk: Option<String>,
    /// Parameters.
    #[serde(flatten)]
    pub params: BTreeMap<String, Param>,
}

/// Examples of a rule. Those shipped with the program are most of its packs, and no check asks for them: they are
/// read when somebody does.
#[derive(Clone, Debug, Default)]
pub struct Scenarios {
    /// JSON of the build script.
    shipped: &'static str,
    read: OnceLock<Arc<[Scenario]>>,
}

impl Scenarios {
    /// Examples that the build script wrote as JSON.
    pub fn shipped(json: &'static str) -> Self {
        Self {
            shipped: json,
            read: OnceLock::new(),
        }
    }
}

impl Deref for Scenarios {
    type Target = [Scenario];

    fn deref(&self) -> &[Scenario] {
        self.read.get_or_init(|| match self.shipped {
            "" => Arc::default(),
            json => {
                let read: Vec<Scenario> =
                    serde_json::from_str(json).expect("the build script wrote scenarios");
                read.into()
            }
        })
    }
}

impl<'a> IntoIterator for &'a Scenarios {
    type Item = &'a Scenario;
    type IntoIter = std::slice::Iter<'a, Scenario>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Scenarios {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Scenarios {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self {
            shipped: "",
            read: OnceLock::from(Arc::from(Vec::deserialize(from)?)),
        })
    }
}

/// An example: a patch of a known good invoice. In its texts the characters U+EE80 to U+EEFF stand for the
/// bytes 80 to FF, for files that are not UTF-8.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The good invoice it starts from: `1998B` (the default), `1998BI-V2`, `2000`, `XML-2.0`, `XML-2.1`, `XML-2.2`.
    #[serde(default)]
    pub base: Option<String>,
    /// Fields of the first fee line, by their canonical names. Totals follow unless they are set here.
    #[serde(default)]
    pub line: BTreeMap<String, String>,
    /// Fields of the first lines, one table a line. Totals follow unless they are set here.
    #[serde(default)]
    pub lines: Vec<BTreeMap<String, String>>,
    /// Fields set on every line.
    #[serde(default)]
    pub invoice: BTreeMap<String, String>,
    /// Texts replaced in the written file, `[from, to]`, first occurrence, after everything else.
    #[serde(default)]
    pub replace: Vec<[String; 2]>,
    /// The whole file, instead of a patch.
    #[serde(default)]
    pub file: Option<String>,
    /// The day of the check, ISO.
    #[serde(default)]
    pub today: Option<String>,
    /// Parameters for this example only.
    #[serde(default)]
    pub params: BTreeMap<String, Param>,
    /// The firm's lists: rows by the names of their columns, under the list's name.
    #[serde(default)]
    pub firm: BTreeMap<String, Vec<BTreeMap<String, String>>>,
    /// The lists among them that say they are complete.
    #[serde(default)]
    pub complete: Vec<String>,
    /// Earlier invoices, as patches of the same good invoice. Without it there is no history.
    #[serde(default)]
    pub history: Option<Vec<Scenario>>,
    /// Other rules that are off in this example, for a rule that another one speaks for.
    #[serde(default)]
    pub off: Vec<String>,
}

/// A parameter of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Param {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A text; amounts and percentages are written as text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
}

impl<'de> Deserialize<'de> for Param {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Plain;
        impl<'de> Visitor<'de> for Plain {
            type Value = Param;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a text, a whole number, true or false, or a list of texts")
            }

            fn visit_bool<E: de::Error>(self, yes: bool) -> Result<Param, E> {
                Ok(Param::Bool(yes))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Param, E> {
                Ok(Param::Integer(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Param, E> {
                i64::try_from(number)
                    .map(Param::Integer)
                    .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Param, E> {
                Ok(Param::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, texts: A) -> Result<Param, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(texts)).map(Param::List)
            }
        }
        from.deserialize_any(Plain)
    }
}

/// One text or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = OneOrMore;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMore, E> {
                Ok(OneOrMore::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, texts: A) -> Result<OneOrMore, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(texts)).map(OneOrMore::More)
            }
        }
        from.deserialize_any(Texts)
    }
}

impl Default for OneOrMore {
    fn default() -> Self {
        Self::More(Vec::new())
    }
}

impl OneOrMore {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let all = match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more.as_slice(),
        };
        all.iter().map(String::as_str)
    }
}
