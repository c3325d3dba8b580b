//! Every phrase of every rule, looked for in one pass: whole words, without regard to case. The phrases lie sorted, as
//! in a dictionary: ready at once, where an automaton of a thousand phrases takes longer to build than a small invoice to
//! judge.

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

/// The phrases of all rules.
pub struct Phrases {
    /// In the order of their texts.
    all: Vec<Phrase>,
    /// Of each the [`key`].
    keys: Vec<u64>,
    /// For the first two bytes of a narrative's word a bit for each third one where some phrase begins so: all of them
    /// modulo 32, as which small letters and capitals are the same.
    openings: Box<[u32; 32 * 32]>,
}

struct Phrase {
    /// In small letters.
    text: String,
    rule: u32,
    /// Any ending may follow.
    stem: bool,
    /// The longest other phrase that this one begins with.
    beginning: Option<usize>,
}

impl Phrases {
    /// From the phrases of each rule.
    pub fn new<'a>(rules: impl Iterator<Item = &'a [String]>) -> Self {
        let mut all = Vec::new();
        let mut openings = Box::new([0; 32 * 32]);
        for (rule, phrases) in rules.enumerate() {
            for phrase in phrases {
                let stem = phrase.strip_suffix('*');
                let text = stem.unwrap_or(phrase).to_ascii_lowercase();
                open(&mut openings, text.as_bytes());
                all.push(Phrase {
                    text,
                    rule: rule as u32,
                    stem: stem.is_some(),
                    beginning: None,
                });
            }
        }
        all.sort_by(|a, b| a.text.cmp(&b.text));
        for at in 1..all.len() {
            // Whatever this phrase begins with, the one before it begins with too, or is.
            let before = std::iter::successors(Some(at - 1), |at| all[*at].beginning);
            let mut begins = before.filter(|other| all[at].text.starts_with(&all[*other].text));
            all[at].beginning = begins.next();
        }
        Self {
            keys: all.iter().map(|p| key(p.text.as_bytes())).collect(),
            all,
            openings,
        }
    }

    /// Adds what stands in a narrative, all of the places of each phrase. Most words are left behind after a look at three
    /// letters.
    pub fn find(&self, narrative: &str, found: &mut Vec<Found>) {
        if self.all.is_empty() {
            return;
        }
        let bytes = narrative.as_bytes();
        let mut start = 0;
        while start < bytes.len() {
            let letter = |at: usize| {
                bytes
                    .get(start + at)
                    .map_or(0, |byte| usize::from(byte & 31))
            };
            if self.openings[letter(0) * 32 + letter(1)] >> letter(2) & 1 == 1 {
                self.begin_at(start, bytes, found);
            }
            start += word_at(bytes, start) + 1;
        }
    }

    /// Adds the phrases that begin at a place, shorter ones first. The last phrase of the dictionary that does not come
    /// after the text begins with every phrase that the text begins with.
    fn begin_at(&self, start: usize, bytes: &[u8], found: &mut Vec<Found>) {
        let rest = &bytes[start..];
        let comes_after = |phrase: &Phrase| {
            let text = rest.iter().map(u8::to_ascii_lowercase);
            phrase.text.bytes().gt(text)
        };
        let key = key(rest);
        let from = self.keys.partition_point(|other| *other < key);
        let alike = self.keys[from..].partition_point(|other| *other == key);
        let alike = &self.all[from..from + alike];
        let after = from + alike.partition_point(|phrase| !comes_after(phrase));
        let known = found.len();
        let candidates = std::iter::successors(after.checked_sub(1), |at| self.all[*at].beginning);
        for phrase in candidates.map(|at| &self.all[at]) {
            let written = rest.get(..phrase.text.len());
            if !written.is_some_and(|w| w.eq_ignore_ascii_case(phrase.text.as_bytes())) {
                continue;
            }
            let end = start + phrase.text.len();
            let ending = word_at(bytes, end);
            if ending > 0 && !phrase.stem {
                continue;
            }
            found.push(Found {
                rule: phrase.rule,
                start,
                end: end + ending,
            });
        }
        found[known..].reverse();
    }
}

/// How a text begins, in small letters: texts that differ so early are in the order of these numbers.
fn key(text: &[u8]) -> u64 {
    let mut key = [0; 8];
    for (room, byte) in key.iter_mut().zip(text) {
        *room = byte.to_ascii_lowercase();
    }
    u64::from_be_bytes(key)
}

/// How long the word, or rest of a word, at a place is.
fn word_at(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().take_while(|b| in_word(b)).count()
}

/// Notes how a phrase begins.
fn open(openings: &mut [u32; 32 * 32], phrase: &[u8]) {
    let letter = |at: usize| phrase.get(at).map(|byte| usize::from(byte & 31));
    let Some(first) = letter(0) else { return };
    let seconds = letter(1).map_or(0..32, |second| second..second + 1);
    let thirds = letter(2).map_or(u32::MAX, |third| 1 << third);
    for second in seconds {
        openings[first * 32 + second] |= thirds;
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
        assert!(found(&["late fee"], "late").is_empty());
        assert_eq!(found(&["a", "a b c", "a d"], "a b d"), ["a"]);
        let both = found(&["Parent\u{e9}", "par*"], "PARENT\u{e9}");
        assert_eq!(both, ["PARENT\u{e9}"; 2]);
    }

    /// As looking for each phrase alone finds them.
    #[test]
    fn no_phrase_hides_another() {
        let mut state = 3_usize;
        let mut drawn = |letters: &[u8], most: usize| -> String {
            let mut draw = |below: usize| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % below
            };
            let length = 1 + draw(most);
            let drawn = (0..length).map(|_| char::from(letters[draw(letters.len())]));
            drawn.collect()
        };
        for _ in 0..300 {
            let phrases: Vec<String> = (0..12)
                .map(|at| drawn(b"ab c", 6) + if at % 4 == 0 { "*" } else { "" })
                .collect();
            let narrative = drawn(b"abAB Cc", 40);
            let bytes = narrative.as_bytes();
            let mut wanted = Vec::new();
            for start in 0..bytes.len() {
                if start > 0 && in_word(&bytes[start - 1]) {
                    continue;
                }
                for (rule, phrase) in phrases.iter().enumerate() {
                    let stem = phrase.strip_suffix('*');
                    let text = stem.unwrap_or(phrase);
                    let here = narrative.get(start..start + text.len());
                    let end = start + text.len();
                    let ending = bytes.iter().skip(end).take_while(|b| in_word(b)).count();
                    let here = here.is_some_and(|here| here.eq_ignore_ascii_case(text));
                    if here && (ending == 0 || stem.is_some()) {
                        let rule = rule as u32;
                        let end = end + ending;
                        wanted.push(Found { rule, start, end });
                    }
                }
            }
            let mut found = Vec::new();
            let all = Phrases::new(phrases.iter().map(std::slice::from_ref));
            all.find(&narrative, &mut found);
            found.sort_by_key(|f| (f.start, f.rule));
            assert_eq!(found, wanted, "{phrases:?} in {narrative:?}");
        }
    }
}
