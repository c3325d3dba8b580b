//! Who bills on an invoice, and whom of them a piece of a narrative names.

use super::entries::{person, words};
use crate::model::{Invoice, Line, LineKind};
use crate::rules::narrative::spellings;
use rustc_hash::FxHashMap;

/// The people who bill on the invoice, numbered in the order met.
#[derive(Default)]
pub(super) struct People<'a> {
    ids: FxHashMap<&'a str, u32>,
    /// Last names and initials; `None` where two people have the same.
    names: FxHashMap<String, Option<u32>>,
    shown: Vec<String>,
}

impl<'a> People<'a> {
    /// Of the fee lines.
    pub fn of(invoice: &'a Invoice) -> Self {
        let mut all = Self::default();
        for line in &invoice.lines {
            if line.kind.get() == Some(LineKind::Fee) {
                all.add(invoice, line);
            }
        }
        all
    }

    fn add(&mut self, invoice: &'a Invoice, line: &Line) {
        let Some(id) = person(invoice, line) else {
            return;
        };
        let number = self.shown.len() as u32;
        if *self.ids.entry(id).or_insert(number) != number {
            return;
        }
        let name = if line.timekeeper_name.is_blank() {
            let first = invoice.get(line.timekeeper_first_name);
            format!("{}, {first}", invoice.get(line.timekeeper_last_name))
        } else {
            invoice.get(line.timekeeper_name).into_owned()
        };
        for spelling in spellings(&name) {
            let known = self.names.entry(spelling).or_insert(Some(number));
            if *known != Some(number) {
                *known = None;
            }
        }
        let blank = name.trim_matches([',', ' ']).is_empty();
        self.shown.push(if blank { id.to_owned() } else { name });
    }

    /// The number of a line's timekeeper.
    pub fn biller(&self, invoice: &Invoice, line: &Line) -> Option<u32> {
        self.ids.get(person(invoice, line)?).copied()
    }

    /// The numbers of those a text names, each once.
    pub fn named(&self, text: &str) -> Vec<u32> {
        let mut found: Vec<u32> = words(text)
            .filter(|word| word.chars().next().is_some_and(char::is_uppercase))
            .filter_map(|word| *self.names.get(&word.to_lowercase())?)
            .chain(text.split_whitespace().filter_map(|word| {
                // Initials with their stops: "D.O.", "D.K.O."
                let word = word.trim_matches([',', ';', '(', ')', '.']);
                let stops = word.contains('.');
                *self.names.get(&word.to_lowercase()).filter(|_| stops)?
            }))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The name as the invoice has it, else the id.
    pub fn name(&self, number: u32) -> &str {
        self.shown.get(number as usize).map_or("", String::as_str)
    }
}
