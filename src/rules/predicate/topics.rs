//! What a piece of a narrative is about, as far as two pieces can be held against each other: its words without
//! those that stand in every narrative.

use super::entries::{hash, words};

/// Words behind which the subject stands.
const MARKERS: &[&str] = &[
    "re",
    "regarding",
    "concerning",
    "about",
    "relating",
    "reference",
];

/// Words that tell no two events or subjects apart. Sorted.
const COMMON: &[&str] = &[
    "a",
    "additional",
    "all",
    "an",
    "and",
    "any",
    "appear",
    "appearance",
    "argue",
    "as",
    "at",
    "attend",
    "attendance",
    "attended",
    "attending",
    "before",
    "brief",
    "by",
    "call",
    "calls",
    "chair",
    "client",
    "conf",
    "confer",
    "conference",
    "conferred",
    "conferring",
    "correspondence",
    "counsel",
    "court",
    "day",
    "defend",
    "defended",
    "defending",
    "depo",
    "deposition",
    "depositions",
    "discuss",
    "discussed",
    "discussing",
    "discussion",
    "during",
    "email",
    "emails",
    "evidentiary",
    "for",
    "from",
    "further",
    "hearing",
    "hearings",
    "her",
    "his",
    "hon",
    "honorable",
    "in",
    "initial",
    "issue",
    "issues",
    "its",
    "judge",
    "letter",
    "matter",
    "meet",
    "meeting",
    "meetings",
    "meets",
    "met",
    "motion",
    "motions",
    "mr",
    "mrs",
    "ms",
    "of",
    "on",
    "opposing",
    "our",
    "participate",
    "participated",
    "participating",
    "phone",
    "regarding",
    "review",
    "s",
    "same",
    "second",
    "send",
    "spoke",
    "status",
    "t",
    "take",
    "taking",
    "tc",
    "teleconference",
    "telephone",
    "telephonic",
    "that",
    "the",
    "their",
    "this",
    "to",
    "took",
    "via",
    "video",
    "videoconference",
    "w",
    "with",
    "zoom",
];

/// Words of a piece of a narrative, without the common ones.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct WordSet {
    hashes: Vec<u64>,
    /// Those of them that are numbers.
    numbers: Vec<u64>,
}

impl WordSet {
    /// The words that tell.
    pub fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut set = Self::default();
        for word in words.filter(|word| !is_common(word)) {
            let hash = hash(word.as_bytes());
            set.hashes.push(hash);
            if word.bytes().any(|b| b.is_ascii_digit()) {
                set.numbers.push(hash);
            }
        }
        set.hashes.sort_unstable();
        set.hashes.dedup();
        set
    }

    /// The words behind "regarding" and the like; empty where there is no such word.
    pub fn of_subject(text: &str) -> Self {
        let marker = |word: &&str| !MARKERS.iter().any(|m| m.eq_ignore_ascii_case(word));
        Self::of(words(text).skip_while(marker).skip(1))
    }

    /// No word that tells.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The words, hashed and sorted.
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// More than half of the smaller one's words stand in the other; never where one has none, nor where both
    /// have numbers and none in common: exhibit 4 is not exhibit 32.
    pub fn shares_most(&self, other: &Self) -> bool {
        let smaller = self.hashes.len().min(other.hashes.len());
        let known = |hash: &&u64| other.hashes.binary_search(hash).is_ok();
        let shared = self.hashes.iter().filter(known).count();
        let numbered = !self.numbers.is_empty() && !other.numbers.is_empty();
        let apart = numbered && !self.numbers.iter().any(|n| other.numbers.contains(n));
        shared * 2 > smaller && !apart
    }
}

fn is_common(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    COMMON.binary_search(&lower.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_words_are_sorted() {
        let unsorted = COMMON.windows(2).find(|w| w[0] >= w[1]);
        assert_eq!(unsorted, None);
    }

    #[test]
    fn subjects_are_compared_by_the_words_that_tell() {
        let of = WordSet::of_subject;
        let laytime = of("Telephone conference with client regarding laytime");
        assert!(laytime.shares_most(&of("Call with client re laytime and notice of readiness")));
        assert!(!laytime.shares_most(&of("Call with client re crew statements")));
        assert!(!laytime.shares_most(&of("Call with client about the same")));
        assert!(of("Attend hearing on motion to compel").is_empty());
        let exhibit = of("Call re exhibit 4 of the carrier's production");
        assert!(!exhibit.shares_most(&of("Call re exhibit 32 of the carrier's production")));
        let two = of("Call re discovery responses");
        assert!(!two.shares_most(&of("Call re discovery schedule")));
    }
}
