//! What is wrong with the file as a whole, while it is looked through: a hit that still names its place by bytes.

use super::feed::Spot;
use crate::model::RuleId;
use rustc_hash::FxHashSet;

/// Rules that the look through a file can raise.
pub mod rule {
    use crate::model::RuleId;

    /// Cannot be read as XML.
    pub const NOT_WELL_FORMED: RuleId = RuleId::new("xml-not-well-formed");
    /// Document type or entity declarations.
    pub const DTD: RuleId = RuleId::new("xml-dtd");
    /// Root, namespace, or an element of a later version.
    pub const VERSION: RuleId = RuleId::new("xml-version");
    /// An element the format lacks.
    pub const UNKNOWN_ELEMENT: RuleId = RuleId::new("xml-unknown-element");
    /// Another order or place.
    pub const ELEMENT_ORDER: RuleId = RuleId::new("xml-element-order");
    /// file_item_nbr.
    pub const ITEM_NUMBER: RuleId = RuleId::new("xml-item-number");
    /// Bytes that contradict the declaration, or are no UTF-8.
    pub const ENCODING: RuleId = RuleId::new("encoding");
    /// Invoice number used twice.
    pub const DUPLICATE_INVOICE: RuleId = RuleId::new("duplicate-invoice-number");
    /// Nothing is billed.
    pub const NO_LINE_ITEMS: RuleId = RuleId::new("no-line-items");
    /// Not in the format's own list.
    pub const CODE_LIST: RuleId = RuleId::new("code-list-value");
    /// Not an ISO country.
    pub const COUNTRY: RuleId = RuleId::new("country-code");
    /// LEDES 2000: charge_type.
    pub const LINE_TYPE: RuleId = RuleId::new("line-type");
    /// Control characters.
    pub const FORBIDDEN: RuleId = RuleId::new("forbidden-character");
}

/// A stretch of the file.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Where it begins.
    pub start: Spot,
    /// Bytes.
    pub len: u64,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// Which rule.
    pub rule: RuleId,
    /// Which of its texts.
    pub variant: &'static str,
    /// The file's own name of the field.
    pub field: &'static str,
    /// Values the message names.
    pub args: Vec<(&'static str, String)>,
    /// What should stand there.
    pub expected: Option<String>,
    /// Where, the main place first.
    pub places: Vec<Span>,
}

impl Trouble {
    /// Trouble with a rule at a place.
    pub fn new(rule: RuleId, variant: &'static str, start: Spot, len: u64) -> Self {
        Self {
            rule,
            variant,
            field: "",
            args: Vec::new(),
            expected: None,
            places: vec![Span { start, len }],
        }
    }

    /// Names the field.
    pub fn field(mut self, field: &'static str) -> Self {
        self.field = field;
        self
    }

    /// Names a value for the message.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Says what should stand there.
    pub fn expecting(mut self, expected: impl ToString) -> Self {
        self.expected = Some(expected.to_string());
        self
    }
}

/// Troubles, capped: a file in which everything is wrong need not be listed to its end.
#[derive(Debug, Default)]
pub struct Troubles {
    all: Vec<Trouble>,
    /// Rules and variants raised so far, kept or not.
    raised: FxHashSet<(RuleId, &'static str)>,
}

impl Troubles {
    /// How many are kept.
    pub const MOST: usize = 2_000;

    /// Adds one.
    pub fn raise(&mut self, trouble: Trouble) {
        self.raised.insert((trouble.rule, trouble.variant));
        if self.all.len() < Self::MOST {
            self.all.push(trouble);
        }
    }

    /// True once this rule and variant was raised.
    pub fn has(&self, rule: RuleId, variant: &'static str) -> bool {
        self.raised.contains(&(rule, variant))
    }

    /// True once this rule was raised.
    pub fn has_rule(&self, rule: RuleId) -> bool {
        self.raised.iter().any(|(raised, _)| *raised == rule)
    }

    /// All of them, in the order raised.
    pub fn into_vec(self) -> Vec<Trouble> {
        self.all
    }
}
