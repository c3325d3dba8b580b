//! Words of an expense's narrative: names of vendors and places, numbers before a word.

use rust_decimal::Decimal;

/// Words that say nothing about who somebody is.
const PLAIN: &[&str] = &[
    "the",
    "and",
    "of",
    "inc",
    "incorporated",
    "llc",
    "llp",
    "lp",
    "pllc",
    "pc",
    "ltd",
    "limited",
    "plc",
    "corp",
    "corporation",
    "co",
    "company",
    "gmbh",
    "ag",
    "sa",
    "bv",
    "dr",
    "mr",
    "mrs",
    "ms",
    "prof",
    "professor",
];

/// Small numbers written as words.
const NUMBERS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
];

/// A narrative as lower-case words and numbers.
#[derive(Clone, PartialEq, Debug)]
pub struct Wording {
    words: Vec<String>,
}

impl Wording {
    /// Takes a narrative apart. A point or comma inside a number belongs to it.
    pub fn of(narrative: &str) -> Self {
        let chars: Vec<char> = narrative.chars().collect();
        let mut words = Vec::new();
        let mut word = String::new();
        for (at, c) in chars.iter().enumerate() {
            let digit = |at: Option<usize>| {
                at.and_then(|at| chars.get(at))
                    .is_some_and(char::is_ascii_digit)
            };
            if *c == ',' && digit(at.checked_sub(1)) && digit(Some(at + 1)) {
                continue;
            }
            let point = *c == '.' && digit(at.checked_sub(1)) && digit(Some(at + 1));
            if c.is_alphanumeric() || point {
                // "120km" is a number and a word.
                if c.is_alphabetic() && digit(at.checked_sub(1)) && is_number(&word) {
                    words.push(std::mem::take(&mut word));
                }
                word.extend(c.to_lowercase());
            } else if *c == '%' {
                push(&mut words, &mut word);
                words.push("%".to_owned());
            } else {
                push(&mut words, &mut word);
            }
        }
        push(&mut words, &mut word);
        Self { words }
    }

    /// True where any of these words stands in it.
    pub fn has(&self, any: &[&str]) -> bool {
        self.words.iter().any(|word| any.contains(&word.as_str()))
    }

    /// Where these words stand in it one after another.
    pub fn find(&self, phrase: &[String]) -> Option<usize> {
        if phrase.is_empty() {
            return None;
        }
        self.words.windows(phrase.len()).position(|w| w == phrase)
    }

    /// True where one of these words stands in the three before `at`.
    pub fn has_before(&self, at: usize, any: &[&str]) -> bool {
        self.words[at.saturating_sub(3)..at.min(self.words.len())]
            .iter()
            .any(|word| any.contains(&word.as_str()))
    }

    /// The number before any of these words: `12.5 miles`, `two nights`.
    pub fn number_before(&self, any: &[&str]) -> Option<Decimal> {
        self.words.windows(2).find_map(|pair| {
            any.contains(&pair[1].as_str())
                .then(|| number(&pair[0]))
                .flatten()
        })
    }

    /// True where a person, firm or place of this name stands in it: its words one after another, legal forms
    /// and titles aside. A name with a comma may stand the other way round too.
    pub fn names(&self, name: &str) -> bool {
        let told: Vec<&str> = self
            .words
            .iter()
            .map(String::as_str)
            .filter(|w| !PLAIN.contains(w))
            .collect();
        let stands = |name: &[String]| {
            !name.is_empty()
                && told
                    .windows(name.len())
                    .any(|window| window.iter().zip(name).all(|(a, b)| a == b))
        };
        let wanted = plain(name);
        if stands(&wanted) {
            return true;
        }
        name.split_once(',').is_some_and(|(last, first)| {
            let mut turned = plain(first);
            turned.extend(plain(last));
            stands(&turned)
        })
    }
}

fn push(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

fn number(word: &str) -> Option<Decimal> {
    let spelled = NUMBERS.iter().zip(1..).find(|(number, _)| **number == word);
    match spelled {
        Some((_, value)) => Some(Decimal::from(value)),
        None => is_number(word).then(|| word.parse().ok()).flatten(),
    }
}

/// The words of a name that tell it from others.
fn plain(name: &str) -> Vec<String> {
    let words = Wording::of(name).words.into_iter();
    words.filter(|w| !PLAIN.contains(&w.as_str())).collect()
}

/// Phrases of a parameter as words.
pub fn phrases(list: &[String]) -> Vec<Vec<String>> {
    list.iter()
        .map(|phrase| Wording::of(phrase).words)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_written() {
        for (narrative, name, found) in [
            (
                "Transcript, Tidewater Reporting, Inc.",
                "Tidewater Reporting",
                true,
            ),
            (
                "Tidewater Reporting's bill of 3 March",
                "TIDEWATER REPORTING LLC",
                true,
            ),
            ("Fee of Dr. Ada Brightwell", "Brightwell, Ada", true),
            ("Fee of Dr. Ada Brightwell", "Ada Brightwell, PhD", false),
            ("Harbour and Sons, survey", "Harbour & Sons Ltd.", true),
            (
                "Tidewater survey, reporting fee",
                "Tidewater Reporting",
                false,
            ),
            ("Tidewaters Reporting", "Tidewater Reporting", false),
            ("Hotel in New York", "New York", true),
            ("Anything", "The Company", false),
        ] {
            assert_eq!(
                Wording::of(narrative).names(name),
                found,
                "{narrative}: {name}"
            );
        }
    }

    #[test]
    fn numbers_are_read_before_their_words() {
        let miles = |text: &str| Wording::of(text).number_before(&["miles", "km"]);
        assert_eq!(miles("Drive to Hull, 1,120.5 miles"), "1120.5".parse().ok());
        assert_eq!(miles("120km to Hull"), Some(Decimal::from(120)));
        assert_eq!(miles("Miles to Hull"), None);
        let nights = Wording::of("Hotel, two-night stay");
        assert_eq!(
            nights.number_before(&["night", "nights"]),
            Some(Decimal::TWO)
        );
    }
}
