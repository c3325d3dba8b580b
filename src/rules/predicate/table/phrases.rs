//! Every phrase of every rule, looked for in one pass: whole words, without regard to case.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

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
    automaton: Option<AhoCorasick>,
    /// For each phrase its rule, and whether any ending may follow.
    owners: Vec<(u32, bool)>,
}

impl Phrases {
    /// From the phrases of each rule.
    pub fn new<'a>(rules: impl Iterator<Item = &'a [String]>) -> Self {
        let mut texts = Vec::new();
        let mut owners = Vec::new();
        for (rule, phrases) in rules.enumerate() {
            for phrase in phrases {
                let stem = phrase.strip_suffix('*');
                texts.push(stem.unwrap_or(phrase));
                owners.push((rule as u32, stem.is_some()));
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            // A DFA takes longer to build than a small invoice to judge, and finds no faster.
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&texts)
            .ok()
            .filter(|_| !texts.is_empty());
        Self { automaton, owners }
    }

    /// Adds what stands in a narrative, the first of each phrase and all of its places.
    pub fn find(&self, narrative: &str, found: &mut Vec<Found>) {
        let Some(automaton) = &self.automaton else {
            return;
        };
        let bytes = narrative.as_bytes();
        let in_word = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(|b| b.is_ascii_alphanumeric() || !b.is_ascii())
        };
        for hit in automaton.find_overlapping_iter(narrative) {
            let (rule, stem) = self.owners[hit.pattern().as_usize()];
            let (start, mut end) = (hit.start(), hit.end());
            if in_word(start.checked_sub(1)) || !stem && in_word(Some(end)) {
                continue;
            }
            while stem && in_word(Some(end)) {
                end += 1;
            }
            found.push(Found { rule, start, end });
        }
    }
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
        assert!(found(&[], "anything").is_empty());
    }
}
