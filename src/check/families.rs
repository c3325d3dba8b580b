//! One cause, one finding: of the rules of one family that speak about the same place, the one with the
//! lowest rank speaks (DESIGN section 4).

use crate::model::{Anchor, Cell, Hit};
use crate::rules::RuleSet;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// For each hit the index of the hit that speaks for it; its own where it speaks itself.
pub fn speakers(rules: &RuleSet, hits: &[Hit]) -> Vec<usize> {
    let mut lowest: FxHashMap<(Arc<str>, Anchor, Cell), (u8, usize)> = FxHashMap::default();
    let mut keys = Vec::with_capacity(hits.len());
    for (index, hit) in hits.iter().enumerate() {
        let family = rules.rule_of(hit).and_then(|r| r.family.clone());
        let key = family.zip(hit.marks.first()).map(|((family, rank), mark)| {
            let key = (family, hit.anchor, mark.cell);
            let best = lowest.entry(key.clone()).or_insert((rank, index));
            if rank < best.0 {
                *best = (rank, index);
            }
            (key, rank)
        });
        keys.push(key);
    }
    keys.iter()
        .enumerate()
        .map(|(index, key)| match key {
            // Rules of the same rank are the same rule, which may say two things of one place.
            Some((key, rank)) => match lowest.get(key) {
                Some((best, speaker)) if best < rank => *speaker,
                _ => index,
            },
            None => index,
        })
        .collect()
}
