//! The timekeepers of a matter, found by the lines that refer to them.

use crate::model::{Cell, Line, Matter, SourceText, TimekeeperSummary};
use rustc_hash::FxHashMap;

/// The timekeepers, the names written for them so far, and which a line referred to.
pub(super) struct People {
    pub list: Vec<TimekeeperSummary>,
    pub names: Vec<Option<Cell>>,
    pub used: Vec<bool>,
    by_id: FxHashMap<String, Vec<usize>>,
}

impl People {
    pub(super) fn of(text: &SourceText, matter: &Matter) -> Self {
        let mut by_id: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (index, person) in matter.timekeepers.iter().enumerate() {
            let id = text.get(person.id).into_owned();
            by_id.entry(id).or_default().push(index);
        }
        Self {
            list: matter.timekeepers.clone(),
            names: vec![None; matter.timekeepers.len()],
            used: vec![false; matter.timekeepers.len()],
            by_id,
        }
    }

    /// By id, level and rate; else by as many of them as fit.
    pub(super) fn find(&self, text: &SourceText, line: &Line) -> Option<usize> {
        if line.timekeeper_id.is_blank() {
            return None;
        }
        let known = self.by_id.get(&*text.get(line.timekeeper_id))?;
        let level = text.get(line.timekeeper_classification);
        let fits = |index: &&usize| {
            let person = &self.list[**index];
            let same_level = level.is_empty() || text.get(person.level) == level;
            let same_rate = person.rate.get() == line.unit_cost.get();
            u8::from(same_level) * 2 + u8::from(same_rate)
        };
        // The first of those that fit best.
        known.iter().rev().max_by_key(fits).copied()
    }
}
