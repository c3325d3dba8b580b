//! What a reader or a rule has to say, before levels, texts and families are applied.

use super::field::Field;
use super::finding::Safety;
use super::format::LedesFormat;
use super::text::Cell;
use rust_decimal::Decimal;
use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The name of a rule, kebab-case, never renamed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(&'static str);

impl RuleId {
    /// The id of a rule that readers raise by name.
    pub const fn new(id: &'static str) -> Self {
        Self(id)
    }

    /// The id of a rule that was read from a pack. Ids are kept for the life of the program.
    pub fn intern(id: &str) -> Self {
        static KNOWN: OnceLock<Mutex<HashSet<&'static str>>> = OnceLock::new();
        let mut known = KNOWN
            .get_or_init(Default::default)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = known.get(id) {
            return Self(id);
        }
        let kept: &'static str = Box::leak(id.to_owned().into_boxed_str());
        known.insert(kept);
        Self(kept)
    }

    /// The id as text.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What a hit is about. Rules of one family silence each other only about the same thing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Anchor {
    /// The whole invoice.
    Invoice,
    /// A matter, by its index.
    Matter(u32),
    /// A line, by its index.
    Line(u32),
}

/// A place a hit points at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// What the file calls the field; empty for a whole record.
    pub field: &'static str,
    /// Where. An empty or absent cell is shown where it should stand.
    pub cell: Cell,
    /// Index of the line it stands on.
    pub line: Option<u32>,
    /// The value is repeated on every line of the invoice and would have to be changed on each.
    pub everywhere: Option<Field>,
}

/// One thing a reader or rule found.
#[derive(Clone, PartialEq, Debug)]
pub struct Hit {
    /// Which rule.
    pub rule: RuleId,
    /// The version of the rule's packs that judged it: 0 that of the invoice's date, else one of another day, counted
    /// from 1, for a rule that goes by the line's date.
    pub version: u16,
    /// Which of the rule's texts and levels; empty for the main one.
    pub variant: &'static str,
    /// What it is about.
    pub anchor: Anchor,
    /// Where, the main place first. Never empty.
    pub marks: Vec<Mark>,
    /// Values the message names, beside those every message can name (`field`, `value`, `item`, `line`,
    /// `invoice`, `expected`).
    pub args: Vec<(&'static str, String)>,
    /// What should stand at the main place.
    pub expected: Option<String>,
    /// What should be written at the main place, where it is too long to be shown or follows from no rule of the format.
    pub mended: Option<String>,
    /// Whether the change is one of form only, where that is not the same for every hit of the rule.
    pub safety: Option<Safety>,
    /// Money in doubt, where it is not the whole scope.
    pub amount: Option<Decimal>,
    /// Index of the exception that sets it aside.
    pub excused: Option<u32>,
}

impl Hit {
    /// A hit about `anchor`, without places yet.
    pub fn new(rule: RuleId, anchor: Anchor) -> Self {
        Self {
            rule,
            version: 0,
            variant: "",
            anchor,
            marks: Vec::new(),
            args: Vec::new(),
            expected: None,
            mended: None,
            safety: None,
            amount: None,
            excused: None,
        }
    }

    /// A hit about a line, by its index in `Invoice::lines`.
    pub fn on_line(rule: RuleId, line: usize) -> Self {
        Self::new(rule, Anchor::Line(line as u32))
    }

    /// Chooses one of the rule's variants.
    pub fn variant(mut self, variant: &'static str) -> Self {
        self.variant = variant;
        self
    }

    /// Adds a place under the file's own name for the field.
    pub fn at_name(mut self, field: &'static str, cell: Cell) -> Self {
        let line = match self.anchor {
            Anchor::Line(line) => Some(line),
            Anchor::Invoice | Anchor::Matter(_) => None,
        };
        self.marks.push(Mark {
            field,
            cell,
            line,
            everywhere: None,
        });
        self
    }

    /// Adds a place.
    pub fn at(self, format: LedesFormat, field: Field, cell: Cell) -> Self {
        self.at_name(field.name_in(format), cell)
    }

    /// Adds a place on another line than the one the hit is about.
    pub fn at_line(mut self, format: LedesFormat, field: Field, cell: Cell, line: usize) -> Self {
        self.marks.push(Mark {
            field: field.name_in(format),
            cell,
            line: Some(line as u32),
            everywhere: None,
        });
        self
    }

    /// Adds a value of the invoice that the pipe formats repeat on every line.
    pub fn everywhere(mut self, format: LedesFormat, field: Field, cell: Cell) -> Self {
        self.marks.push(Mark {
            field: field.name_in(format),
            cell,
            line: None,
            everywhere: Some(field),
        });
        self
    }

    /// Names a value for the message.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Says what should stand at the main place.
    pub fn expecting(mut self, expected: impl ToString) -> Self {
        self.expected = Some(expected.to_string());
        self
    }

    /// Says what should be written at the main place without showing it.
    pub fn mending(mut self, mended: impl ToString) -> Self {
        self.mended = Some(mended.to_string());
        self
    }

    /// Says whether the change is one of form only, where the rule's other hits are not alike.
    pub fn with_safety(mut self, safety: Safety) -> Self {
        self.safety = Some(safety);
        self
    }
}

/// A rule that could not be applied, and the cell because of which.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unjudged {
    /// Which rule.
    pub rule: RuleId,
    /// What it would have been about.
    pub anchor: Anchor,
    /// The cell or record that could not be read.
    pub because: Cell,
}

/// A rule that could not be applied because data of the firm was not loaded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lacking {
    /// Which rule.
    pub rule: RuleId,
    /// What was missing, as in "no approved rates loaded".
    pub what: &'static str,
}

/// Where readers and rules put what they have to say about one invoice.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Hits {
    /// What was found.
    pub hits: Vec<Hit>,
    /// What could not be judged.
    pub unjudged: Vec<Unjudged>,
    /// Rules whose data was not loaded.
    pub lacking: Vec<Lacking>,
}

impl Hits {
    /// Adds a hit.
    pub fn raise(&mut self, hit: Hit) {
        debug_assert!(!hit.marks.is_empty(), "{} has no place", hit.rule);
        self.hits.push(hit);
    }

    /// Says that a rule could not be applied because a cell could not be read.
    pub fn unjudged(&mut self, rule: RuleId, anchor: Anchor, because: Cell) {
        self.unjudged.push(Unjudged {
            rule,
            anchor,
            because,
        });
    }

    /// Says that a rule could not be applied because a list or the history was not loaded.
    pub fn lacking(&mut self, rule: RuleId, what: &'static str) {
        self.lacking.push(Lacking { rule, what });
    }
}
