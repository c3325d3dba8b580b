//! The words the narrative reader knows, from `rules/narrative/*.csv`: worked out here and written as tables that
//! the program holds ready.

use super::class::Class;
use super::word::*;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

/// The words of a phrase, and its number.
type Phrase = (Vec<u16>, u16);

#[derive(Default)]
struct Lexicon {
    words: HashMap<String, u16>,
    entries: Vec<Entry>,
    /// By the first word: the whole phrase and its entry.
    phrases: BTreeMap<u16, Vec<Phrase>>,
}

/// The source of the tables, of the list of terms as published and of what the reader needs beside it: fixed
/// phrases, abbreviations, generic fillers, clerical work.
pub fn source(terms: &str, words: &str) -> String {
    Lexicon::read(terms, words).written()
}

impl Lexicon {
    fn read(terms: &str, words: &str) -> Self {
        let mut lexicon = Self::default();
        // Number 0 is the word nobody knows.
        lexicon.entries.push(Entry::default());
        let mut abbreviations = Vec::new();
        for row in rows(terms) {
            lexicon.term(&row);
        }
        for row in rows(words) {
            let [role, activity, terms] = row.as_slice() else {
                continue;
            };
            for term in terms.split('|') {
                if role == "abbreviation" {
                    abbreviations.push((term.to_owned(), activity.clone()));
                } else {
                    lexicon.listed(role, activity, term);
                }
            }
        }
        for (short, long) in abbreviations {
            let means = lexicon.id_of(&long);
            let entry = lexicon.entries[usize::from(means)];
            let id = lexicon.number(&short);
            let known = &mut lexicon.entries[id as usize];
            // An abbreviation means its long form and nothing else.
            *known = Entry {
                roles: entry.roles | ABBREVIATION,
                means,
                ..entry
            };
        }
        lexicon
    }

    /// A row of the reference's list: term, part of speech, activity.
    fn term(&mut self, row: &[String]) {
        let [term, part, activity, ..] = row else {
            return;
        };
        let bare = term.split(" (").next().unwrap_or(term).to_lowercase();
        // "confer with (timekeeper)" is what the roster decides; "settle (a draft)" is too rare a sense.
        if term.contains("(timekeeper)")
            || term.contains("(claims)")
            || term.contains("(draft language)")
            || bare == "settle"
        {
            return;
        }
        let class = Class::of_list(activity);
        match part.as_str() {
            "counterparty noun" => self.noun(PARTY, class, &bare),
            "event noun" => self.noun(EVENT, class, &bare),
            "object noun" => self.noun(CLERICAL_OBJECT, class, &bare),
            "filler noun" => self.noun(GENERIC, Class::None, &bare),
            "noun" => {}
            "filler verb" => self.verb(FILLER | VERB, Class::None, &bare),
            "separator" => {
                let role = match bare.trim_start_matches([',', ' ']) {
                    "then" | "also" | "in addition" | "additionally" => ADVERB,
                    _ => STRONG,
                };
                if bare.bytes().any(|b| b.is_ascii_alphabetic()) {
                    self.add(bare.trim_start_matches([',', ' ']), role, Entry::default());
                }
            }
            "weak separator" => {}
            "purpose or topic marker" => {
                let role = match bare.as_str() {
                    "to" | "in order to" => TO,
                    "by" | "while" | "for purposes of" | "in anticipation of" | "for use in"
                    | "in preparation for" => MANNER,
                    word if word.ends_with("ing")
                        && !word.starts_with("re")
                        && word != "concerning" =>
                    {
                        CONTENT
                    }
                    "requesting" | "recommending" => CONTENT,
                    _ => TOPIC,
                };
                self.add(&bare, role, Entry::default());
            }
            "fixed phrase" => self.add(&bare, FIXED, Entry::default()),
            "verb pair" => self.pair(class, &bare),
            _ => {
                let noun = part.contains("noun");
                let ends_in_preposition = [" of", " at", " with"]
                    .iter()
                    .any(|end| bare.ends_with(end));
                let written = [
                    "email",
                    "e-mail",
                    "correspond",
                    "corr",
                    "letter",
                    "ltr",
                    "message",
                    "text",
                ]
                .iter()
                .any(|w| bare.starts_with(w));
                let mut roles = if written { WRITTEN } else { 0 };
                if class == Class::A105 {
                    roles |= INTERNAL;
                }
                if ends_in_preposition {
                    roles |= COMPLETE;
                }
                if noun
                    && (ends_in_preposition
                        || class == Class::A105 && bare.contains(' ')
                        || part == "noun head")
                    || part == "noun head"
                {
                    self.noun(roles | NOUN, class, &bare);
                } else if noun && class == Class::Communicate && bare != "confer" && bare != "meet"
                {
                    self.noun(roles | NOUN, class, &bare);
                    self.verb(roles | VERB, class, &bare);
                } else {
                    self.verb(roles | VERB, class, &bare);
                }
            }
        }
    }

    fn listed(&mut self, role: &str, activity: &str, term: &str) {
        let class = Class::of_list(activity);
        match role {
            "verb" => self.verb(VERB, class, term),
            "noun" => {
                let written = ["corr", "email", "letter", "advice"]
                    .iter()
                    .any(|w| term.starts_with(w));
                self.noun(NOUN | if written { WRITTEN } else { 0 }, class, term);
            }
            "filler" => self.verb(FILLER | VERB, Class::None, term),
            "party" => self.noun(PARTY, class, term),
            "party-internal" => self.noun(PARTY | INTERNAL, class, term),
            "event-generic" => self.noun(EVENT | GENERIC_EVENT, Class::A109, term),
            "event" => self.noun(EVENT, Class::A109, term),
            "generic" | "document" | "clerical-object" | "product" | "logistics" | "vendor" => {
                self.noun(role_of(role), Class::None, term);
            }
            "ambiguous" | "outcome" | "result" | "send" | "clerical" | "schedule-verb"
            | "bill-verb" | "purpose-verb" | "interview" | "light" | "citing" => {
                self.inflected(role_of(role), term)
            }
            "fixed" => self.add(term, FIXED, Entry::default()),
            _ => self.add(term, role_of(role), Entry::default()),
        }
    }

    /// A role of a verb in each of its forms, without making it an action.
    fn inflected(&mut self, role: Roles, term: &str) {
        for (word, form) in forms(term) {
            let entry = Entry {
                form,
                ..Entry::default()
            };
            self.add(&word, role, entry);
        }
    }

    fn verb(&mut self, roles: Roles, class: Class, term: &str) {
        for (word, form) in forms(term) {
            let entry = Entry {
                class,
                form,
                ..Entry::default()
            };
            self.add(&word, roles, entry);
        }
    }

    /// Two verbs, both in the same form: "reviewed and revised".
    fn pair(&mut self, class: Class, term: &str) {
        let between = [" and ", "/"].into_iter().find(|b| term.contains(b));
        let Some((first, second)) = between.and_then(|b| term.split_once(b)) else {
            return;
        };
        for ((one, form), (other, _)) in forms(first).into_iter().zip(forms(second)) {
            let entry = Entry {
                class,
                form,
                ..Entry::default()
            };
            for between in [" and ", "/"] {
                self.add(&format!("{one}{between}{other}"), VERB, entry);
            }
        }
    }

    fn noun(&mut self, roles: Roles, class: Class, term: &str) {
        let party = if roles & PARTY != 0 {
            class
        } else {
            Class::None
        };
        let action = if roles & PARTY != 0 {
            Class::None
        } else {
            class
        };
        let entry = Entry {
            class: action,
            party,
            form: Form::Noun,
            ..Entry::default()
        };
        self.add(term, roles, entry);
        if !term.ends_with('s')
            && !term.ends_with(" of")
            && !term.ends_with(" with")
            && !term.ends_with(" to")
        {
            let plural = match term.strip_suffix('y') {
                Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
                _ if term.ends_with('x') || term.ends_with("ch") => format!("{term}es"),
                _ => format!("{term}s"),
            };
            self.add(&plural, roles, entry);
        }
    }

    /// Adds what a word can be to what is known of it. The first list that gives it a class decides.
    fn add(&mut self, term: &str, roles: Roles, entry: Entry) {
        let id = self.number(term);
        let known = &mut self.entries[id as usize];
        let verb_already = known.roles & VERB != 0;
        known.roles |= roles;
        if known.class == Class::None {
            known.class = entry.class;
        }
        if known.party == Class::None {
            known.party = entry.party;
        }
        let makes_noun = entry.form == Form::Noun && verb_already;
        let keeps =
            known.form != Form::Base && known.form != Form::Noun && entry.form == Form::Base;
        if !makes_noun && !keeps {
            known.form = entry.form;
        }
    }

    fn id_of(&self, term: &str) -> u16 {
        let words: Vec<Option<u16>> = split(term).map(|w| self.words.get(w).copied()).collect();
        match words.as_slice() {
            [Some(one)] => *one,
            [Some(first), ..] => self
                .phrases_of(*first)
                .iter()
                .find(|(phrase, _)| phrase.iter().map(|w| Some(*w)).eq(words.iter().copied()))
                .map_or(0, |(_, id)| *id),
            _ => 0,
        }
    }

    fn phrases_of(&self, first: u16) -> &[Phrase] {
        self.phrases.get(&first).map_or(&[], Vec::as_slice)
    }

    fn new_entry(&mut self) -> u16 {
        let id = u16::try_from(self.entries.len()).expect("the lists have fewer than 65,536 words");
        self.entries.push(Entry::default());
        id
    }

    /// The number of a word or phrase, given where it is new.
    fn number(&mut self, term: &str) -> u16 {
        let mut words = Vec::new();
        for word in split(term) {
            let id = match self.words.get(word) {
                Some(id) => *id,
                None => {
                    let id = self.new_entry();
                    self.words.insert(word.to_owned(), id);
                    id
                }
            };
            words.push(id);
        }
        match words.as_slice() {
            [] => 0,
            [one] => *one,
            [first, ..] => {
                let known = self.phrases_of(*first).iter().find(|(p, _)| *p == words);
                if let Some((_, id)) = known {
                    return *id;
                }
                let id = self.new_entry();
                self.phrases.entry(*first).or_default().push((words, id));
                id
            }
        }
    }
}

/// A power of two, large enough that few words stand beside their places.
const SLOTS: usize = 1 << 13;

impl Lexicon {
    fn written(&self) -> String {
        let mut texts = vec![""; self.entries.len()];
        for (word, id) in &self.words {
            texts[usize::from(*id)] = word;
        }
        // Phrases know a word by all its abbreviations.
        let meant = |word: u16| match self.entries[usize::from(word)].means {
            0 => word,
            means => means,
        };
        let mut by_first: BTreeMap<u16, Vec<Phrase>> = BTreeMap::new();
        for (words, id) in self.phrases.values().flatten() {
            let words: Vec<u16> = words.iter().map(|w| meant(*w)).collect();
            let list = by_first.entry(words[0]).or_default();
            if list.iter().all(|(known, _)| *known != words) {
                list.push((words, *id));
            }
        }
        let mut known = String::new();
        let mut slots = vec![0u16; SLOTS];
        for (id, text) in texts.iter().enumerate() {
            assert!(text.len() <= LONGEST_WORD, "{text} is too long a word");
            let letters = letters(text.as_bytes());
            let mut entry = self.entries[id];
            entry.begins = by_first.contains_key(&meant(id as u16));
            let _ = writeln!(known, "Known {{ letters: {letters:?}, entry: {entry:?} }},");
            if text.is_empty() {
                continue;
            }
            let places = (place(&letters)..).map(|at| at % SLOTS);
            let free = places.into_iter().find(|at| slots[*at] == 0);
            slots[free.expect("fewer words than slots")] = id as u16;
        }
        let mut first_phrases = vec![0];
        let mut phrases = Vec::new();
        let mut phrase_words: Vec<u16> = Vec::new();
        for first in 0..self.entries.len() as u16 {
            let mut list = by_first.remove(&first).unwrap_or_default();
            list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
            for (words, id) in list {
                phrases.push((phrase_words.len(), words.len(), id));
                phrase_words.extend(words);
            }
            first_phrases.push(phrases.len());
        }
        let mut source = String::new();
        let _ = write!(
            source,
            "pub static SHIPPED: Lexicon = Lexicon {{\n\
             known: &[\n{known}],\nslots: &{slots:?},\n\
             first_phrases: &{first_phrases:?},\nphrases: &{phrases:?},\nphrase_words: &{phrase_words:?},\n}};\n",
        );
        source
    }
}

/// The words of a term as the reader cuts them: without possessive endings and final full stops.
fn split(term: &str) -> impl Iterator<Item = &str> {
    term.split_whitespace().map(|word| {
        let word = if word.len() > 4 {
            word.trim_end_matches('.')
        } else {
            word
        };
        word.strip_suffix("'s")
            .or_else(|| word.strip_suffix("s'").map(|_| &word[..word.len() - 1]))
            .unwrap_or(word)
    })
}

fn rows(text: &str) -> Vec<Vec<String>> {
    csv::Reader::from_reader(text.as_bytes())
        .records()
        .filter_map(Result::ok)
        .map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

/// A verb in its forms; of a phrase the first word changes.
fn forms(term: &str) -> Vec<(String, Form)> {
    let (verb, rest) = match term.split_once(' ') {
        Some((verb, rest)) => (verb, format!(" {rest}")),
        None => (term, String::new()),
    };
    let own = if verb.ends_with("ing") && verb.len() > 5 {
        Form::Gerund
    } else if verb.ends_with("ed") && verb.len() > 4 || is_irregular_past(verb) {
        Form::Past
    } else if verb.ends_with("tion") || verb.ends_with("ment") {
        Form::Noun
    } else {
        Form::Base
    };
    let mut all = vec![(term.to_owned(), own)];
    if own != Form::Base || matches!(verb, "e" | "en" | "cover" if !rest.is_empty()) {
        return all;
    }
    let stem = verb.strip_suffix('e').unwrap_or(verb);
    let vowel = |b: Option<&u8>| b.is_some_and(|b| b"aeiou".contains(b));
    let bytes = verb.as_bytes();
    let doubled = matches!(
        verb,
        "tab"
            | "scan"
            | "plan"
            | "confer"
            | "travel"
            | "transmit"
            | "set"
            | "submit"
            | "commit"
            | "chat"
            | "log"
            | "tag"
            | "stop"
            | "label"
            | "get"
            | "redraft-"
            | "vet"
    );
    let (past, gerund) = if doubled {
        let last = &verb[verb.len() - 1..];
        (format!("{verb}{last}ed"), format!("{verb}{last}ing"))
    } else if verb.ends_with('y') && !vowel(bytes.get(bytes.len().wrapping_sub(2))) {
        let stem = &verb[..verb.len() - 1];
        (format!("{stem}ied"), format!("{verb}ing"))
    } else {
        (format!("{stem}ed"), format!("{stem}ing"))
    };
    let third = if verb.ends_with('y') && !vowel(bytes.get(bytes.len().wrapping_sub(2))) {
        format!("{}ies", &verb[..verb.len() - 1])
    } else if verb.ends_with("ch")
        || verb.ends_with("sh")
        || verb.ends_with('x')
        || verb.ends_with("ss")
    {
        format!("{verb}es")
    } else {
        format!("{verb}s")
    };
    let past = match verb {
        "write" => "wrote".to_owned(),
        "send" => "sent".to_owned(),
        "get" => "got".to_owned(),
        "meet" => "met".to_owned(),
        "speak" => "spoke".to_owned(),
        "leave" => "left".to_owned(),
        "deal" => "dealt".to_owned(),
        "hold" => "held".to_owned(),
        "make" => "made".to_owned(),
        "drive" => "drove".to_owned(),
        "fly" => "flew".to_owned(),
        "take" => "took".to_owned(),
        _ => past,
    };
    let mut others = vec![
        (past, Form::Past),
        (gerund, Form::Gerund),
        (third, Form::Base),
    ];
    // "Travelled" and "traveled".
    if doubled && verb.ends_with('l') {
        others.push((format!("{verb}ed"), Form::Past));
        others.push((format!("{verb}ing"), Form::Gerund));
    }
    all.extend(
        others
            .into_iter()
            .map(|(word, form)| (format!("{word}{rest}"), form)),
    );
    all
}

fn is_irregular_past(verb: &str) -> bool {
    matches!(
        verb,
        "met"
            | "spoke"
            | "wrote"
            | "sent"
            | "took"
            | "made"
            | "held"
            | "began"
            | "drove"
            | "flew"
            | "left"
            | "spoken"
            | "found"
    )
}
