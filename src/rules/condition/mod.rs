//! The condition language of packs: CEL's syntax over one glossary of fields, typed when a pack is loaded.
//! Not here: which rule says what, how packs are read, hits.

mod check;
mod eval;
mod functions;
mod glossary;
mod lexer;
mod page;
mod parser;
mod subject;
mod syntax;
#[cfg(test)]
mod tests;
mod tree;
mod value;
mod words;

pub use check::{Scope, read, read_any};
pub use glossary::{Entry, NARRATIVE, Of, Read, entry, known_names};
pub use page::page;
pub use parser::parse;
pub use subject::{Gathered, Group, Level, Needs, Subject};
pub use tree::{Bound, Condition, Pattern};
pub use value::{ParamValue, Type, Value, number, param_value};
pub use words::in_words;
pub(crate) use words::quoted;

/// What is wrong with an expression, and where in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// The byte of the expression it is noticed at.
    pub at: usize,
    /// What is wrong, with a remedy.
    pub message: String,
}

impl Mistake {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
        }
    }
}
