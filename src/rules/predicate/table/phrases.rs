//! Every phrase of every rule, looked for in one pass: whole words, without regard to case.

use aho_corasick::Anchored;
use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::{Builder, NFA};
use std::sync::OnceLock;

/// A phrase that was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Found {
    /// Index of the rule.
    pub rule: u32,
    /// First byte in the narrative.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// The automaton, and whose its phrases are.
pub struct Phrases {
    /// Built when a narrative is first looked through: packs that are only verified need none.
    automaton: OnceLock<Option<NFA>>,
    texts: Vec<String>,
    /// For each phrase its rule, and whether any ending may follow.
    owners: Vec<(u32, bool)>,
    /// For the first byte of a narrative's word a bit for each second byte, both modulo 64, where some phrase begins so.
    openings: [u64; 64],
}

impl Phrases {
    /// From the phrases of each rule.
    pub fn new<'a>(rules: impl Iterator<Item = &'a [String]>) -> Self {
        let mut texts = Vec::new();
        let mut owners = Vec::new();
        let mut openings = [0; 64];
        for (rule, phrases) in rules.enumerate() {
            for phrase in phrases {
                let stem = phrase.strip_suffix('*');
                let text = stem.unwrap_or(phrase);
                open(&mut openings, text.as_bytes());
                texts.push(text.to_owned());
                owners.push((rule as u32, stem.is_some()));
            }
        }
        Self {
            automaton: OnceLock::new(),
            texts,
            owners,
            openings,
        }
    }

    /// Adds what stands in a narrative, all of the places of each phrase. The automaton is asked at the beginning of
    /// each word, and no longer than some phrase goes on: most words are left behind after a letter or two.
    pub fn find(&self, narrative: &str, found: &mut Vec<Found>) {
        if self.texts.is_empty() {
            return;
        }
        // A DFA takes longer to build than a small invoice to judge, and finds no faster.
        let automaton = self.automaton.get_or_init(|| {
            let build = Builder::new()
                .ascii_case_insensitive(true)
                .build(&self.texts);
            build.ok()
        });
        let Some(automaton) = automaton else { return };
        let Ok(beginning) = automaton.start_state(Anchored::Yes) else {
            return;
        };
        let bytes = narrative.as_bytes();
        let mut start = 0;
        while let Some(&first) = bytes.get(start) {
            let second = bytes.get(start + 1).copied().unwrap_or(b' ');
            if self.openings[usize::from(first & 63)] >> (second & 63) & 1 == 1 {
                self.begin_at(start, (automaton, beginning), bytes, found);
            }
            let word = bytes[start..].iter().take_while(|b| in_word(b)).count();
            start += word + 1;
        }
    }

    /// Adds the phrases that begin at a place.
    fn begin_at(
        &self,
        start: usize,
        (automaton, mut state): (&NFA, StateID),
        bytes: &[u8],
        found: &mut Vec<Found>,
    ) {
        let in_word = |at: usize| bytes.get(at).is_some_and(in_word);
        for (at, byte) in bytes.iter().enumerate().skip(start) {
            state = automaton.next_state(Anchored::Yes, state, *byte);
            if !automaton.is_special(state) {
                continue;
            }
            if automaton.is_dead(state) {
                return;
            }
            if !automaton.is_match(state) {
                continue;
            }
            for index in 0..automaton.match_len(state) {
                let phrase = automaton.match_pattern(state, index);
                // A state also tells of phrases that end here and began later; they are found where they begin.
                if automaton.pattern_len(phrase) != at + 1 - start {
                    continue;
                }
                let (rule, stem) = self.owners[phrase.as_usize()];
                let mut end = at + 1;
                if !stem && in_word(end) {
                    continue;
                }
                while stem && in_word(end) {
                    end += 1;
                }
                found.push(Found { rule, start, end });
            }
        }
    }
}

/// Notes how a phrase begins, in both cases.
fn open(openings: &mut [u64; 64], phrase: &[u8]) {
    let Some(first) = phrase.first() else { return };
    let seconds = match phrase.get(1) {
        Some(second) => [second.to_ascii_lowercase(), second.to_ascii_uppercase()]
            .iter()
            .fold(0, |bits, second| bits | 1 << (second & 63)),
        None => u64::MAX,
    };
    for first in [first.to_ascii_lowercase(), first.to_ascii_uppercase()] {
        openings[usize::from(first & 63)] |= seconds;
    }
}

/// Bytes that belong to a word.
const IN_WORD: [bool; 256] = {
    let mut known = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        known[byte] = (byte as u8).is_ascii_alphanumeric() || byte >= 0x80;
        byte += 1;
    }
    known
};

fn in_word(byte: &u8) -> bool {
    IN_WORD[usize::from(*byte)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrases: &[&str], narrative: &str) -> Vec<String> {
        let phrases: Vec<String> = phrases.iter().map(|p| (*p).to_owned()).collect();
        let mut found = Vec::new();
        Phrases::new([phrases.as_slice()].into_iter()).find(narrative, &mut found);
        found
            .iter()
            .map(|f| narrative[f.start..f.end].to_owned())
            .collect()
    }

    #[test]
    fn phrases_are_whole_words() {
        assert_eq!(found(&["late fee"], "Late Fee on bill 3"), ["Late Fee"]);
        assert!(found(&["rent"], "Current rental, parenté").is_empty());
        assert_eq!(found(&["train*"], "Training of staff"), ["Training"]);
        assert_eq!(found(&["a b", "b c"], "a b c"), ["a b", "b c"]);
        assert_eq!(
            found(&["a b", "b", "a b c"], "A b c"),
            ["A b", "A b c", "b"]
        );
        assert_eq!(found(&["(no charge)"], "Call (No Charge)"), ["(No Charge)"]);
        assert!(found(&[], "anything").is_empty());
    }
}
