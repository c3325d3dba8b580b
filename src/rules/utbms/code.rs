//! A code and a set of codes.

use crate::model::{Confidence, Field};
use serde::Deserialize;

/// What a code codes, and so the field it belongs in (UTBMS README, "Which field takes which set").
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CodeKind {
    /// What the work was for: LINE_ITEM_TASK_CODE.
    Task,
    /// What was done: LINE_ITEM_ACTIVITY_CODE.
    Activity,
    /// What was bought: LINE_ITEM_EXPENSE_CODE.
    Expense,
}

impl CodeKind {
    /// In words, for messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Activity => "activity",
            Self::Expense => "expense",
        }
    }

    /// The field it belongs in.
    pub fn field(self) -> Field {
        match self {
            Self::Task => Field::TaskCode,
            Self::Activity => Field::ActivityCode,
            Self::Expense => Field::ExpenseCode,
        }
    }
}

/// Where a code stands in its set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeLevel {
    /// A heading with tasks below it; not meant for posting.
    Phase,
    /// For posting.
    Task,
    /// Heading and task in one; for posting.
    PhaseTask,
    /// The heading of the activity or expense list; never for posting.
    Group,
    /// For posting.
    Activity,
    /// For posting.
    Expense,
}

/// Whether a code is in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// In use.
    Active,
    /// Added later: valid only where the client takes it.
    Extended,
    /// Kept to read old invoices.
    Superseded,
    /// One portal's own.
    Dialect,
}

impl Status {
    /// In words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Active => "in use",
            Self::Extended => "extended: only where the client takes it",
            Self::Superseded => "superseded: kept to read old invoices",
            Self::Dialect => "one portal's own",
        }
    }
}

/// A code of a UTBMS set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// As it stands in an invoice.
    pub code: String,
    /// Its name.
    pub label: String,
    /// Where it stands in its set.
    pub level: CodeLevel,
    /// The heading it is under; empty for none.
    pub parent: String,
    /// What it codes.
    pub kind: CodeKind,
    /// What it covers, in our words.
    pub summary: String,
    /// The year it was first issued; empty where not known.
    pub since: String,
    /// Whether it is in use.
    pub status: Status,
    /// How well it is attested.
    pub confidence: Confidence,
    /// Index of its set.
    pub(super) set: usize,
}

/// A set of codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeSet {
    /// Its name in packs.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What its codes look like.
    pub pattern: String,
    /// What its codes code.
    pub kind: CodeKind,
    /// Who issued it.
    pub issuer: String,
    /// Whether it is in use.
    pub status: Status,
    /// True where every code of the set is well attested, so that a code which looks like one of the set
    /// and is not in it is certainly wrong.
    pub certain: bool,
}
