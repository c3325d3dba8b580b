//! What a file can be.

use std::borrow::Cow;

/// What a file is, by its content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// An invoice of the pipe formats, or what looks like one.
    Pipe,
    /// XML of any kind.
    Xml {
        /// Its first elements are those of an invoice.
        invoice: bool,
    },
    /// A mail.
    Mail,
    /// Nothing that is read as an invoice.
    Other(Refused),
}

/// A file that is not read as an invoice, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// The variant of rule `not-ledes`; empty for the main one.
    pub variant: &'static str,
    /// What it is, in words that complete "the file is ...".
    pub seen: Cow<'static, str>,
    /// False where its first bytes are no text that could be shown.
    pub text: bool,
}

impl Refused {
    /// A file of text.
    pub fn text(variant: &'static str, seen: impl Into<Cow<'static, str>>) -> Self {
        Self {
            variant,
            seen: seen.into(),
            text: true,
        }
    }

    /// A file of bytes that are no text.
    pub fn binary(variant: &'static str, seen: impl Into<Cow<'static, str>>) -> Self {
        Self {
            variant,
            seen: seen.into(),
            text: false,
        }
    }
}

impl From<Refused> for Kind {
    fn from(refused: Refused) -> Self {
        Self::Other(refused)
    }
}
