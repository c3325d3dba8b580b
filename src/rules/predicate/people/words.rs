//! Words of a parameter, looked for in narratives. They are sorted when the first narrative is asked: most rules that have
//! some are off.

use crate::rules::predicate::table::Phrases;
use std::ops::Range;
use std::sync::OnceLock;

/// Whole words, without regard to case; `*` at the end stands for any ending.
pub(super) struct Words {
    list: Vec<String>,
    phrases: OnceLock<Phrases>,
}

impl Words {
    /// From a parameter.
    pub fn of(list: Vec<String>) -> Self {
        Self {
            list,
            phrases: OnceLock::new(),
        }
    }

    /// The first that stands in a narrative, as the parameter writes it, and where.
    pub fn first(&self, narrative: &str) -> Option<(&str, Range<usize>)> {
        let words = || Phrases::new(self.list.iter().map(std::slice::from_ref));
        let mut found = Vec::new();
        self.phrases.get_or_init(words).find(narrative, &mut found);
        let first = found.iter().min_by_key(|f| f.start)?;
        let word = self.list.get(first.rule as usize)?;
        Some((word, first.start..first.end))
    }
}
