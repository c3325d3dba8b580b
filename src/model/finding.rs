//! Findings: what our check says about an invoice (DESIGN sections 2 and 5).

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// How bad a finding is for the bill.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The rule is switched off.
    Off,
    /// Worth knowing.
    Note,
    /// A person at the client may question it.
    Review,
    /// Money will be cut.
    Reduce,
    /// The portal will bounce it.
    Reject,
}

impl Level {
    /// The word used in packs and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Note => "note",
            Self::Review => "review",
            Self::Reduce => "reduce",
            Self::Reject => "reject",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What bounces or is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The whole invoice.
    Invoice,
    /// One line.
    Line,
}

/// How sure the rule is.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess about prose.
    Low,
    /// Likely.
    Medium,
    /// Arithmetic, form, lists.
    High,
}

/// A place in the file, as a person counts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// Physical line, from 1.
    pub line: u32,
    /// First character, from 1.
    pub column: u32,
    /// The character after the last.
    pub end_column: u32,
    /// LINE_ITEM_NUMBER or file_item_nbr of the line it stands on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The file's own name of the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What stands there, shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The physical line, or the part of a very long one round the place, for people to look at.
    #[serde(skip)]
    #[schemars(skip)]
    pub excerpt: Option<Excerpt>,
}

/// A piece of a physical line that holds a place.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Excerpt {
    /// The text.
    pub text: Arc<str>,
    /// Characters of the line left out before it.
    pub skipped: u32,
}

/// Whether a fix changes only the form, or money, time, codes or words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Form only.
    Safe,
    /// Needs a named person.
    Unsafe,
}

/// A proposed change of one value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Edit {
    /// Physical line.
    pub line: u32,
    /// The file's own name of the field.
    pub field: String,
    /// What should stand there.
    pub value: String,
}

/// How a finding could be mended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Fix {
    /// Whether it may be applied without a named person.
    pub safety: Safety,
    /// The changes.
    pub edits: Vec<Edit>,
}

/// A change that mends one place, with the text it replaces, so that it can be made in the file. [`Fix`] is what a
/// report says of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Repair {
    /// Whether it may be made without a named person.
    pub safety: Safety,
    /// Which of the rule's texts spoke; empty for the main one.
    pub variant: &'static str,
    /// Physical line, from 1.
    pub line: u32,
    /// First character, from 1.
    pub column: u32,
    /// LINE_ITEM_NUMBER or file_item_nbr of the line it stands on; empty where it has none.
    pub item: String,
    /// The file's own name of the field; empty for a whole line.
    pub field: String,
    /// What stands there, as it is written in the file.
    pub before: String,
    /// The value that should stand there; `None` where the form of a line is wrong and not a value.
    pub after: Option<String>,
}

/// Something that follows from a finding and goes away with it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Consequence {
    /// The rule that would have spoken.
    pub rule: String,
    /// What it would have said, or that it could not be judged.
    pub message: String,
}

/// What our check says about an invoice or a file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// The pack that put it in force.
    pub pack: String,
    /// How bad.
    pub level: Level,
    /// What bounces or is cut.
    pub scope: Scope,
    /// How sure.
    pub confidence: Confidence,
    /// One sentence with the values in it.
    pub message: String,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub help: String,
    /// Where the rule comes from.
    pub source: String,
    /// Where, the main place first.
    pub places: Vec<Place>,
    /// All places, where there are more than `places` holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places_total: Option<usize>,
    /// What should stand at the first place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Money in doubt, in the invoice's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_risk: Option<Decimal>,
    /// What follows from it.
    pub consequences: Vec<Consequence>,
    /// How it could be mended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// The same for the same finding in the next run.
    pub fingerprint: String,
    /// Every change that would mend it, where a run asks for them.
    #[serde(skip)]
    #[schemars(skip)]
    pub repairs: Vec<Repair>,
}
