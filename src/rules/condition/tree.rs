//! An expression whose names and types are known: ready to be asked.

use super::eval::compared;
use super::functions::{Aggregate, Function};
use super::glossary::Entry;
use super::subject::Needs;
use super::syntax::{Expr, Op};
use super::value::{Type, Value};
use regex_automata::meta::{BuildError, Config, Regex};
use rust_decimal::Decimal;
use rustc_hash::FxHashSet;
use std::sync::{Arc, OnceLock};

/// Bytes a compiled pattern may take.
const LARGEST_PATTERN: usize = 1 << 20;

/// A condition, or an expression for an amount.
pub struct Condition {
    pub(super) root: Node,
    pub(super) kind: Type,
    /// As it was written, parameters by name.
    pub(super) written: Expr,
    pub(super) needs: Needs,
    /// Parameters that were used.
    pub(super) used: Vec<String>,
    /// Fields it names, in their order.
    pub(super) places: Vec<&'static Entry>,
}

impl Condition {
    /// The type it gives.
    pub fn kind(&self) -> Type {
        self.kind
    }

    /// The groups it is worked out from.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// Parameters it uses, `max.unit_cost` and the like included.
    pub fn used(&self) -> &[String] {
        &self.used
    }

    /// Fields it names, in their order.
    pub fn places(&self) -> &[&'static Entry] {
        &self.places
    }

    /// The field and the texts, where it says of a field that it is one of some texts, and nothing else.
    pub fn texts(&self) -> Option<(&'static Entry, &FxHashSet<String>)> {
        match &self.root {
            Node::InTexts(item, texts) => match item.as_ref() {
                Node::Field(entry) => Some((*entry, texts)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The field, whether it has to be at least or at most a number, and the number, where it says that and nothing else.
    pub fn limit(&self) -> Option<(&'static Entry, Bound, Decimal)> {
        let (bound, left, right) = match &self.root {
            Node::Binary(Op::AtMost, left, right) => (Bound::AtMost, left, right),
            Node::Binary(Op::AtLeast, left, right) => (Bound::AtLeast, left, right),
            _ => return None,
        };
        match (left.as_ref(), right.as_ref()) {
            (Node::Field(entry), Node::Always(Value::Decimal(limit))) => {
                Some((*entry, bound, *limit))
            }
            _ => None,
        }
    }

    /// As it was written.
    pub fn written(&self) -> &Expr {
        &self.written
    }
}

/// Which way a limit holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    /// Not more.
    AtMost,
    /// Not less.
    AtLeast,
}

impl Bound {
    /// Whether a value lies on the wrong side of a limit.
    pub fn is_broken(self, value: &Decimal, limit: &Decimal) -> bool {
        match self {
            Self::AtMost => compared(value, limit).is_gt(),
            Self::AtLeast => compared(value, limit).is_lt(),
        }
    }
}

/// A regular expression, compiled when it is first asked.
pub struct Pattern {
    source: Box<str>,
    ready: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Of a text.
    pub fn new(source: &str) -> Self {
        Self {
            source: source.into(),
            ready: OnceLock::new(),
        }
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Compiles it now.
    ///
    /// # Errors
    /// What is no regular expression, or becomes too large.
    pub fn look(&self) -> Result<(), Box<BuildError>> {
        let ready = self.compiled()?;
        self.ready.get_or_init(|| Some(ready));
        Ok(())
    }

    /// The expression, ready to be asked; `None` of what is none.
    pub fn ready(&self) -> Option<&Regex> {
        let ready = self.ready.get_or_init(|| self.compiled().ok());
        ready.as_ref()
    }

    /// Whether it is found in a text; `None` of what is no regular expression.
    pub fn is_match(&self, text: &str) -> Option<bool> {
        Some(self.ready()?.is_match(text))
    }

    /// The search for literals before the expression takes longer to prepare than all of a small invoice to judge.
    fn compiled(&self) -> Result<Regex, Box<BuildError>> {
        let config = Config::new()
            .nfa_size_limit(Some(LARGEST_PATTERN))
            .auto_prefilter(false);
        let built = Regex::builder().configure(config).build(&self.source);
        built.map_err(Box::new)
    }
}

/// A typed expression.
pub enum Node {
    /// A value that is always the same.
    Always(Value<'static>),
    /// The value of a field.
    Field(&'static Entry),
    /// A sum or count.
    Aggregate(Aggregate),
    /// `!a`
    Not(Box<Node>),
    /// `-a`
    Minus(Box<Node>),
    /// Between two values.
    Binary(Op, Box<Node>, Box<Node>),
    /// `a ? b : c`
    Choice(Box<Node>, Box<Node>, Box<Node>),
    /// `text in [...]`, of texts that are always the same.
    InTexts(Box<Node>, FxHashSet<String>),
    /// `a in [...]`
    In(Box<Node>, Vec<Node>),
    /// A function of values.
    Call(Function, Vec<Node>),
    /// `matches(text, pattern)`
    Matches(Box<Node>, Arc<Pattern>),
    /// `share_of(condition)`
    ShareOf(Box<Node>),
}
