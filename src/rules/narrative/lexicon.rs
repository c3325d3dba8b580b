//! The words the reader knows: `rules/narrative/*.csv`, with the forms a verb or noun takes in a narrative.
//! The build script works the tables out, so that a start reads nothing.

pub use super::word::*;

/// A word, or a phrase, whose letters are zeros.
pub struct Known {
    letters: Letters,
    entry: Entry,
}

/// Words and phrases by their numbers; number 0 is the word nobody knows.
pub struct Lexicon {
    /// Each with what is known of it: they are asked for together, and so they stand together.
    known: &'static [Known],
    /// Numbers of words, each at its place or after it; a power of two of them, 0 where there is none.
    slots: &'static [u16],
    /// Of each word the first of the phrases it begins, and after the last word their number.
    first_phrases: &'static [u16],
    /// First word in `phrase_words`, count of words, number; by the first word, longest first.
    phrases: &'static [(u16, u8, u16)],
    /// The words of all phrases.
    phrase_words: &'static [u16],
}

mod shipped {
    use super::super::class::Class::*;
    use super::{Entry, Form::*, Known, Lexicon};
    include!(concat!(env!("OUT_DIR"), "/lexicon.rs"));
}

impl Lexicon {
    /// The lists compiled into the program.
    pub fn shipped() -> &'static Self {
        &shipped::SHIPPED
    }

    /// The number of a word in lower case, without possessive ending, and what is known of it.
    #[inline]
    pub fn word(&self, letters: &Letters) -> Option<(u16, Entry)> {
        let mut at = place(letters);
        loop {
            let id = *self.slots.get(at & (self.slots.len() - 1))?;
            if id == 0 {
                return None;
            }
            let known = self.known.get(usize::from(id))?;
            if known.letters == *letters {
                return Some((id, known.entry));
            }
            at += 1;
        }
    }

    /// What is known of a word or phrase by its number.
    pub fn entry(&self, id: u16) -> Entry {
        let known = self.known.get(usize::from(id));
        known.map(|known| known.entry).unwrap_or_default()
    }

    /// Phrases that begin with a word, longest first: their words and their numbers.
    pub fn phrases(&self, first: u16) -> impl Iterator<Item = (&'static [u16], u16)> {
        let (words, first) = (self.phrase_words, first as usize);
        let all = self.first_phrases[first] as usize..self.first_phrases[first + 1] as usize;
        self.phrases[all].iter().map(|(start, length, id)| {
            let start = usize::from(*start);
            (&words[start..start + usize::from(*length)], *id)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::narrative::class::Class;

    fn id_of(term: &str) -> u16 {
        let lexicon = Lexicon::shipped();
        let words = term.split(' ').map(|word| {
            let found = lexicon.word(&letters(word.as_bytes()));
            found.map(|(id, _)| id)
        });
        let words: Vec<u16> = words.map(Option::unwrap_or_default).collect();
        match words.as_slice() {
            [one] => *one,
            [first, ..] => {
                let mut phrases = lexicon.phrases(*first);
                phrases
                    .find(|(phrase, _)| *phrase == words)
                    .map_or(0, |(_, id)| id)
            }
            [] => 0,
        }
    }

    #[test]
    fn verbs_are_known_in_their_forms() {
        let lexicon = Lexicon::shipped();
        for (word, form) in [
            ("review", Form::Base),
            ("reviewed", Form::Past),
            ("reviewing", Form::Gerund),
            ("analyzed", Form::Past),
            ("preparing", Form::Gerund),
            ("conferred", Form::Past),
            ("identified", Form::Past),
            ("spoke", Form::Past),
        ] {
            let entry = lexicon.entry(id_of(word));
            assert_eq!(entry.form, form, "{word}");
            assert!(entry.roles & (VERB | RESULT) != 0, "{word}");
        }
    }

    #[test]
    fn phrases_and_abbreviations_are_known() {
        let lexicon = Lexicon::shipped();
        let call = lexicon.entry(id_of("telephone conference"));
        assert_eq!(call.class, Class::Communicate);
        assert_eq!(lexicon.entry(id_of("t/c")).class, call.class);
        assert_eq!(lexicon.entry(id_of("prepare for")).class, Class::A101);
        assert_eq!(lexicon.entry(id_of("opposing counsel")).party, Class::A107);
        assert!(lexicon.entry(id_of("meet and confer")).roles & FIXED != 0);
        assert_eq!(id_of("zebra crossing"), 0);
    }
}
