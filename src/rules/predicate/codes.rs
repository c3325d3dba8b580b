//! The codes an invoice has in its fields, each looked up and judged once, however many lines have it.

use super::code_cells::judged_cells;
use crate::model::{Cell, Hit, Invoice, RuleId};
use crate::rules::utbms::{Code, CodeKind, catalogue};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// A code as it is written in fields of one kind.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// What kind of code belongs there.
    pub kind: CodeKind,
    /// What stands there.
    pub text: String,
    /// The code of any kind that it is.
    pub code: Option<&'static Code>,
}

impl Written {
    /// The code it is, where it stands in a field for its kind.
    pub fn in_its_field(&self) -> Option<&'static Code> {
        self.code.filter(|code| code.kind == self.kind)
    }
}

/// A field that has a code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    /// Index of its line.
    pub line: usize,
    /// Where it stands.
    pub cell: Cell,
    /// What kind of code belongs there.
    pub kind: CodeKind,
    written: u32,
}

impl Posting {
    /// A hit about the field.
    pub fn hit(&self, rule: RuleId, invoice: &Invoice) -> Hit {
        Hit::on_line(rule, self.line).at(invoice.format, self.kind.field(), self.cell)
    }
}

/// The [judged fields](judged_cells) of an invoice, and the codes in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Codes {
    written: Vec<Written>,
    postings: Vec<Posting>,
}

impl Codes {
    /// Looks up each code once.
    pub fn of(invoice: &Invoice) -> Self {
        let mut all = Self::default();
        let mut known: FxHashMap<(CodeKind, Cow<'_, str>), u32> = FxHashMap::default();
        for (index, line) in invoice.lines.iter().enumerate() {
            for field in judged_cells(invoice, line) {
                let text = invoice.get(field.cell);
                let written =
                    *known
                        .entry((field.kind, text))
                        .or_insert_with_key(|(kind, text)| {
                            all.written.push(Written {
                                kind: *kind,
                                code: catalogue().find(text),
                                text: text.to_string(),
                            });
                            all.written.len() as u32 - 1
                        });
                all.postings.push(Posting {
                    line: index,
                    cell: field.cell,
                    kind: field.kind,
                    written,
                });
            }
        }
        all
    }

    /// The fields whose code `said` has something to say of, and what, in the order of the file.
    pub fn judged<'a, T: Clone>(
        &'a self,
        said: impl FnMut(&'a Written) -> Option<T>,
    ) -> Vec<(&'a Posting, T)> {
        let said: Vec<Option<T>> = self.written.iter().map(said).collect();
        if said.iter().all(Option::is_none) {
            return Vec::new();
        }
        let of = |posting: &Posting| said.get(posting.written as usize)?.clone();
        let postings = self.postings.iter();
        postings
            .filter_map(|posting| Some((posting, of(posting)?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::predicate::sample;

    #[test]
    fn each_code_is_judged_once_and_said_of_each_line() {
        let text = sample::L1998B
            .replace("L320", "L210")
            .replace("E101", "E999");
        let invoice = sample::read(&text);
        let codes = Codes::of(&invoice);
        let mut asked = Vec::new();
        let answers = codes.judged(|written| {
            asked.push(written.text.as_str());
            (written.text == "L210").then_some("an answer")
        });
        let lines: Vec<usize> = answers.iter().map(|(posting, _)| posting.line).collect();
        assert_eq!(lines, [0, 1]);
        assert_eq!(asked, ["L210", "A103", "A104", "E999"]);
        let unknown = codes.judged(|written| written.code.is_none().then_some(()));
        assert_eq!(unknown.len(), 1);
        assert!(codes.judged(|_| None::<()>).is_empty());
    }
}
