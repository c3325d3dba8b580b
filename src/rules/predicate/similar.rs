//! Entries whose words are nearly the same, found without comparing each with each.
//!
//! Two sets of words that share nine tenths of them must share one of the few rarest words of each (the prefix
//! filter of set similarity joins), so only entries with a rare word in common are compared. How often a word
//! stands there is counted roughly, in a table of fixed size; the order only has to be the same for all.

use super::entries::{Entries, Entry, Telling, Word, mixed};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// When entries count as nearly the same.
pub(super) struct Similar {
    /// Words in common of all words of both, in thousandths.
    thousandths: u64,
    /// Days from one to the next, at most.
    window_days: i64,
    /// Texts of fewer different words come back by themselves.
    min_words: usize,
}

/// Entries that are nearly the same.
#[derive(Clone, Debug)]
pub(super) struct Cluster<'a> {
    /// Those of this invoice, in the order of the lines.
    pub now: Vec<&'a Entry>,
    /// Those of earlier invoices.
    pub earlier: Vec<&'a Entry>,
}

/// The words of a text as a set.
struct Set {
    words: Vec<u32>,
    /// Texts with different numbers or names are about different things, however much they share.
    bag: u64,
}

const COUNTERS: usize = 4096;
/// Texts with the same rare word that are compared with a new one: the latest. More would make an invoice of a
/// hundred thousand copies of one form cost the square of that.
const LATEST: usize = 64;

impl Similar {
    /// From the parameters of the rule.
    pub fn new(similarity: Decimal, window_days: i64, min_words: usize) -> Self {
        let share = similarity.clamp(Decimal::new(5, 1), Decimal::ONE);
        let thousandths = (share * Decimal::from(1000)).trunc().to_u64();
        Self {
            thousandths: thousandths.unwrap_or(900),
            window_days,
            min_words: min_words.max(1),
        }
    }

    /// Entries of `now` that are nearly the same as others of `now` or `earlier`: on one matter, of several
    /// dates or persons.
    pub fn clusters<'a>(&self, now: &'a Entries, earlier: &'a Entries) -> Vec<Cluster<'a>> {
        let all = now.iter().len() + earlier.iter().len();
        // Only texts with the same numbers are alike, and many have numbers that no other has.
        let counts = |e: &&Entry| e.telling != Telling::Presence && e.date.is_some();
        let mut numbered: FxHashMap<u64, u32> = map_of(all);
        for entry in earlier.iter().chain(now.iter()).filter(counts) {
            *numbered.entry(entry.numbers).or_default() += 1;
        }
        let mut texts: FxHashMap<u64, u32> = map_of(all);
        let mut sets: Vec<Set> = Vec::with_capacity(all);
        let mut members: Vec<(u32, bool, &Entry)> = Vec::with_capacity(all);
        let mut room = Vec::new();
        // The same words in the same order need their set only once.
        let mut known: FxHashMap<u64, Option<u32>> = map_of(all);
        for (entries, is_now) in [(earlier, false), (now, true)] {
            for entry in entries.iter().filter(counts) {
                if numbered.get(&entry.numbers) == Some(&1) {
                    continue;
                }
                let place = *known
                    .entry(mixed(entry.matter, entry.text))
                    .or_insert_with(|| {
                        let set = self.set_of(entry, entries.words(entry), &mut room)?;
                        let key = set
                            .words
                            .iter()
                            .fold(entry.matter, |key, word| mixed(key, u64::from(*word)));
                        Some(*texts.entry(key).or_insert_with(|| {
                            sets.push(set);
                            sets.len() as u32 - 1
                        }))
                    });
                if let Some(place) = place {
                    members.push((place, is_now, entry));
                }
            }
        }
        let root = self.joined(&sets);
        for member in &mut members {
            member.0 = root[member.0 as usize];
        }
        members.sort_unstable_by_key(|(place, is_now, entry)| {
            (*place, entry.date, *is_now, entry.line)
        });
        let near = |a: &(u32, bool, &Entry), b: &(u32, bool, &Entry)| {
            let days = a.2.date.zip(b.2.date).map(|(a, b)| (b - a).num_days());
            a.0 == b.0 && days.is_some_and(|days| days <= self.window_days)
        };
        let mut clusters: Vec<Cluster<'a>> = members
            .chunk_by(near)
            .filter(|run| is_a_repeat(run))
            .map(|run| {
                let side = |wanted: bool| {
                    let mut side: Vec<&Entry> =
                        run.iter().filter(|m| m.1 == wanted).map(|m| m.2).collect();
                    side.sort_unstable_by_key(|e| e.line);
                    side
                };
                Cluster {
                    now: side(true),
                    earlier: side(false),
                }
            })
            .filter(|cluster| !cluster.now.is_empty())
            .collect();
        clusters.sort_unstable_by_key(|c| c.now.first().map(|e| e.line));
        clusters
    }

    fn set_of(&self, entry: &Entry, words: &[Word], room: &mut Vec<Word>) -> Option<Set> {
        if words.len() < self.min_words {
            return None;
        }
        room.clear();
        room.extend_from_slice(words);
        room.sort_unstable();
        room.dedup_by_key(|word| word.hash);
        if room.len() < self.min_words {
            return None;
        }
        let telling = room.iter().filter(|word| word.telling);
        Some(Set {
            bag: telling.fold(entry.matter, |bag, word| mixed(bag, u64::from(word.hash))),
            words: room.iter().map(|word| word.hash).collect(),
        })
    }

    /// For each set the first of those it is joined with, directly or over others.
    fn joined(&self, sets: &[Set]) -> Vec<u32> {
        let mut parent: Vec<u32> = (0..sets.len() as u32).collect();
        // Only sets of one bag are joined, and most bags hold one set.
        let mut bags: FxHashMap<u64, u32> = map_of(sets.len());
        for set in sets {
            *bags.entry(set.bag).or_default() += 1;
        }
        // For each word of a bag the last set that has it, and before each the one before it.
        let mut postings: FxHashMap<u64, u32> = FxHashMap::default();
        let mut links: Vec<(u32, Option<u32>)> = Vec::new();
        let mut ordered: Vec<u32> = Vec::new();
        let mut counts: Vec<u32> = Vec::new();
        for (at, set) in sets.iter().enumerate() {
            if bags.get(&set.bag).is_none_or(|sets| *sets < 2) {
                continue;
            }
            let size = set.words.len();
            let prefix = self.prefix(size);
            // Where one word more makes too much of a difference: equal sets are one already.
            if self.is_alike(size, size, size + 1) {
                if counts.is_empty() {
                    counts = counted(sets);
                }
                ordered.clear();
                ordered.extend_from_slice(&set.words);
                ordered.sort_unstable_by_key(|w| (counts[*w as usize % COUNTERS], *w));
                for word in ordered.iter().take(prefix) {
                    let here = links.len() as u32;
                    let last = postings.insert(mixed(set.bag, u64::from(*word)), here);
                    let before = |link: &u32| links[*link as usize].1;
                    for link in std::iter::successors(last, before).take(LATEST) {
                        let other = links[link as usize].0;
                        let (a, b) = (root(&mut parent, at as u32), root(&mut parent, other));
                        if a != b && self.is_similar(set, &sets[other as usize]) {
                            parent[a.max(b) as usize] = a.min(b);
                        }
                    }
                    links.push((at as u32, last));
                }
            }
        }
        (0..sets.len() as u32)
            .map(|at| root(&mut parent, at))
            .collect()
    }

    /// How many of the rarest words of a set must hold one that it shares with every similar set.
    fn prefix(&self, words: usize) -> usize {
        let needed = (words as u64 * self.thousandths).div_ceil(1000) as usize;
        words - needed.min(words) + 1
    }

    fn is_alike(&self, shared: usize, one: usize, other: usize) -> bool {
        let all = (one + other - shared) as u64;
        shared as u64 * 1000 >= self.thousandths * all
    }

    fn is_similar(&self, one: &Set, other: &Set) -> bool {
        let (few, many) = (one.words.len(), other.words.len());
        if !self.is_alike(few.min(many), few, many) {
            return false;
        }
        let (mut a, mut b, mut shared) = (0, 0, 0);
        while let (Some(x), Some(y)) = (one.words.get(a), other.words.get(b)) {
            shared += usize::from(x == y);
            a += usize::from(x <= y);
            b += usize::from(y <= x);
        }
        self.is_alike(shared, few, many)
    }
}

/// A map with room for so many.
fn map_of<V>(size: usize) -> FxHashMap<u64, V> {
    FxHashMap::with_capacity_and_hasher(size, FxBuildHasher)
}

fn counted(sets: &[Set]) -> Vec<u32> {
    let mut counts = vec![0_u32; COUNTERS];
    for word in sets.iter().flat_map(|set| &set.words) {
        counts[*word as usize % COUNTERS] += 1;
    }
    counts
}

fn root(parent: &mut [u32], mut at: u32) -> u32 {
    while parent[at as usize] != at {
        let above = parent[at as usize];
        parent[at as usize] = parent[above as usize];
        at = above;
    }
    at
}

/// Several dates; or several persons, where it is work that one does alone; or one person's work of one day on
/// this invoice and an earlier one.
fn is_a_repeat(run: &[(u32, bool, &Entry)]) -> bool {
    let Some((_, is_now, first)) = run.first() else {
        return false;
    };
    let others = || run.iter().map(|(_, _, entry)| *entry);
    let talk = others().all(|e| e.telling == Telling::Talk);
    let several_people = others().any(|e| e.person != first.person);
    others().any(|e| e.date != first.date)
        || several_people && !talk
        || !several_people && run.iter().any(|(_, other, _)| other != is_now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "Review and analyze survey report of hull damage below the waterline, crew statements about \
        the grounding and weather records for purposes of drafting answer to salvage claim";

    fn found(texts: &[(&str, u32)], window: i64) -> Vec<Vec<u32>> {
        let now = Entries::written(texts);
        let similar = Similar::new(Decimal::new(9, 1), window, 8);
        let earlier = Entries::default();
        let clusters = similar.clusters(&now, &earlier);
        let lines = |c: &Cluster<'_>| c.now.iter().map(|e| e.line).collect();
        clusters.iter().map(lines).collect()
    }

    #[test]
    fn one_word_of_twenty_may_differ_but_no_number_or_name() {
        let other = LONG.replace("weather", "tide");
        assert_eq!(found(&[(LONG, 1), (&other, 2)], 31), [[0, 1]]);
        let two = other.replace("crew", "pilot");
        assert!(found(&[(LONG, 1), (&two, 2)], 31).is_empty());
        let name = LONG.replace("hull", "Margit");
        assert!(found(&[(LONG, 1), (&name, 2)], 31).is_empty());
        let number = LONG.replace("weather", "2 weather");
        assert!(found(&[(LONG, 1), (&number, 2)], 31).is_empty());
    }

    #[test]
    fn short_texts_come_back_and_dates_must_differ() {
        assert!(found(&[("Review hull survey", 1), ("Review hull survey", 2)], 31).is_empty());
        assert!(found(&[(LONG, 1), (LONG, 1)], 31).is_empty());
        assert_eq!(found(&[(LONG, 1), (LONG, 20)], 31), [[0, 1]]);
        assert!(found(&[(LONG, 1), (LONG, 20)], 7).is_empty());
        let far = [(LONG, 1), (LONG, 3), (LONG, 20), (LONG, 21)];
        assert_eq!(found(&far, 7), [[0, 1], [2, 3]]);
    }

    #[test]
    fn capitals_do_not_count_in_the_same_words() {
        let shouted = LONG.to_uppercase();
        assert_eq!(found(&[(LONG, 1), (&shouted, 2)], 31), [[0, 1]]);
        let turned = format!("Margit 2 {}", LONG.replace("weather", "Weather"));
        let other = format!("{LONG} margit 2");
        assert_eq!(found(&[(&turned, 1), (&other, 2)], 31), [[0, 1]]);
    }

    #[test]
    fn earlier_entries_count_but_are_not_found_by_themselves() {
        let now = Entries::written(&[(LONG, 20)]);
        let earlier = Entries::written(&[(LONG, 2), (LONG, 3)]);
        let similar = Similar::new(Decimal::new(9, 1), 31, 8);
        let clusters = similar.clusters(&now, &earlier);
        assert_eq!(clusters.len(), 1);
        assert_eq!((clusters[0].now.len(), clusters[0].earlier.len()), (1, 2));
        assert!(similar.clusters(&Entries::default(), &earlier).is_empty());
        let twice = Entries::written(&[(LONG, 2)]);
        assert_eq!(similar.clusters(&twice, &twice).len(), 1);
    }

    /// Every similar pair is found that comparing each with each would find.
    #[test]
    fn nothing_is_missed() {
        let mut state = 7_u64;
        let mut draw = |below: u64| {
            state = mixed(state, 0x51);
            (state >> 33) % below
        };
        let mut texts: Vec<(String, u32)> = Vec::new();
        for _ in 0..40 {
            let base: Vec<String> = (0..22 + draw(20))
                .map(|_| {
                    format!("w{}", (b'a' + draw(26) as u8) as char).repeat(1 + draw(4) as usize)
                })
                .collect();
            for _ in 0..3 {
                let mut one = base.clone();
                for _ in 0..draw(3) {
                    let at = draw(one.len() as u64) as usize;
                    one[at] = "changed".to_owned();
                }
                texts.push((one.join(" "), 1 + texts.len() as u32 % 28));
            }
        }
        let borrowed: Vec<(&str, u32)> = texts.iter().map(|(t, d)| (t.as_str(), *d)).collect();
        let entries = Entries::written(&borrowed);
        let similar = Similar::new(Decimal::new(9, 1), 31, 8);
        let mut room = Vec::new();
        let sets: Vec<Set> = entries
            .iter()
            .filter_map(|e| similar.set_of(e, entries.words(e), &mut room))
            .collect();
        assert_eq!(sets.len(), texts.len());
        let roots = similar.joined(&sets);
        let mut pairs = 0;
        for a in 0..sets.len() {
            for b in 0..a {
                if sets[a].bag == sets[b].bag
                    && sets[a].words != sets[b].words
                    && similar.is_similar(&sets[a], &sets[b])
                {
                    pairs += 1;
                    assert_eq!(roots[a], roots[b], "{}\n{}", texts[a].0, texts[b].0);
                }
            }
        }
        assert!(pairs > 10, "{pairs} similar pairs");
    }
}
