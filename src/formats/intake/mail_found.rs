//! What was found in a mail: the invoice, or what stands there instead.

use super::kind::Kind;
use super::opening::Opening;
use crate::formats::LineNumbers;

/// What a mail holds.
#[derive(Debug, Default)]
pub struct Found {
    /// The first invoice in it.
    pub invoice: Option<Wrapped>,
    /// How many more there are.
    pub more: usize,
    /// True where it is signed.
    pub signed: bool,
    /// What else it holds, in words.
    pub others: Vec<String>,
    /// Why it, or a mail inside it, was not opened, in words that complete "a mail".
    pub closed: Option<String>,
}

/// An invoice inside a mail.
#[derive(Debug)]
pub struct Wrapped {
    /// The invoice file, decoded.
    pub opening: Opening,
    /// What it is.
    pub kind: Kind,
    /// Lines of the outer file.
    pub numbers: LineNumbers,
}

impl Wrapped {
    /// The line of the outer file on which the invoice begins.
    pub fn starts(&self) -> u32 {
        self.numbers.outer(self.opening.line)
    }
}

impl Found {
    /// What a mail without an invoice is, in words.
    pub fn without(&self) -> String {
        let kind = if self.signed {
            "a signed mail"
        } else {
            "a mail"
        };
        if let Some(closed) = &self.closed {
            return format!("{kind} {closed}");
        }
        if self.others.is_empty() {
            return format!("{kind} without an invoice in it");
        }
        let shown = self.others.len().min(3);
        let mut words = format!("{kind} that holds {}", self.others[..shown].join(", "));
        if self.others.len() > shown {
            words.push_str(&format!(" and {} more", self.others.len() - shown));
        }
        words.push_str(", and no invoice in a LEDES format");
        words
    }
}
