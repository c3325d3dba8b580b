//! Which table rules a line has to be asked about: by what a field says, and by limits that it breaks.

use crate::rules::condition::{Bound, Entry, Subject, Value};
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

/// Rules found by what a field of the line says.
pub(super) struct ByText {
    entry: &'static Entry,
    rules: FxHashMap<String, Vec<u32>>,
}

impl ByText {
    pub(super) fn add(
        all: &mut Vec<Self>,
        entry: &'static Entry,
        texts: &FxHashSet<String>,
        rule: u32,
    ) {
        let known = all.iter().position(|own| std::ptr::eq(own.entry, entry));
        let at = known.unwrap_or_else(|| {
            all.push(Self {
                entry,
                rules: FxHashMap::default(),
            });
            all.len() - 1
        });
        for text in texts {
            all[at].rules.entry(text.clone()).or_default().push(rule);
        }
    }

    pub(super) fn of(&self, subject: &Subject<'_>) -> &[u32] {
        match self.entry.value(subject) {
            Some(Value::Text(text)) => self.rules.get(text.as_ref()).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }
}

/// Rules that only hold an amount of the line against a limit, by that amount: those whose limit is not broken need
/// not be asked, however many they are.
pub(super) struct ByLimit {
    entry: &'static Entry,
    bound: Bound,
    /// Limits that are broken first stand first.
    limits: Vec<(Decimal, u32)>,
}

impl ByLimit {
    pub(super) fn add(
        all: &mut Vec<Self>,
        entry: &'static Entry,
        bound: Bound,
        limit: Decimal,
        rule: u32,
    ) {
        let known = all
            .iter()
            .position(|own| std::ptr::eq(own.entry, entry) && own.bound == bound);
        let at = known.unwrap_or_else(|| {
            all.push(Self {
                entry,
                bound,
                limits: Vec::new(),
            });
            all.len() - 1
        });
        let limits = &mut all[at].limits;
        let place = limits.partition_point(|(other, _)| match bound {
            Bound::AtMost => *other <= limit,
            Bound::AtLeast => *other >= limit,
        });
        limits.insert(place, (limit, rule));
    }

    /// Rules whose limit a line breaks.
    pub(super) fn broken(&self, subject: &Subject<'_>) -> impl Iterator<Item = u32> {
        let value = self.entry.amount(subject);
        let is_broken =
            move |limit: &Decimal| value.is_some_and(|value| self.bound.is_broken(&value, limit));
        let broken = self
            .limits
            .iter()
            .take_while(move |(limit, _)| is_broken(limit));
        broken.map(|(_, rule)| *rule)
    }
}
