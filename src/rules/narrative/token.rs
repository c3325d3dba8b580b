//! Cuts a narrative into words and marks, each with what the lists know of it.

use super::class::Class;
use super::lexicon::{
    ABBREVIATION, BILLING, CLERICAL, CLERICAL_OBJECT, Entry, FILLER, Form, LOGISTICS, LONGEST_WORD,
    Letters, Lexicon, Roles, VENDOR, letters,
};
use std::ops::Range;

/// What a token is, beside what the lists know of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A word or phrase.
    Word,
    /// Begins with a digit: a date, a range, a section.
    Number,
    /// A person's initials: "M.T.", "K."
    Initials,
    /// A mark: one of `; . , / ( ) [ ] & + : - |` and `"`.
    Mark(u8),
}

/// A word, phrase or mark of a narrative.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// What it is.
    pub kind: Kind,
    /// Number in the lexicon; 0 where it is unknown.
    pub id: u16,
    /// What it can be.
    pub roles: Roles,
    /// Its activity as an action.
    pub class: Class,
    /// Its class as a person.
    pub party: Class,
    /// Its form as a verb.
    pub form: Form,
    /// Some phrase begins with it.
    pub begins: bool,
    /// Begins with a capital letter.
    pub capital: bool,
    /// Has a possessive ending.
    pub possessive: bool,
    /// Inside brackets.
    pub inside: bool,
}

impl Token {
    /// True where it can be any of these.
    pub fn is(&self, roles: Roles) -> bool {
        self.roles & roles != 0
    }

    /// True for this mark.
    pub fn is_mark(&self, mark: u8) -> bool {
        self.kind == Kind::Mark(mark)
    }

    /// True for any mark.
    pub fn is_any_mark(&self) -> bool {
        matches!(self.kind, Kind::Mark(_))
    }
}

/// Begins typographic marks, and letters of other scripts.
const MARK_OR_LETTER: u8 = 0xe2;

/// Bytes that belong to a word: 1, and 2 for what may begin a typographic mark.
const IN_WORD: [u8; 256] = {
    let mut known = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let own = byte as u8;
        if own.is_ascii_alphanumeric()
            || own >= 0x80
            || matches!(own, b'\'' | b'_' | b'$' | b'%' | b'#' | b'@')
        {
            known[byte] = 1;
        }
        byte += 1;
    }
    known[MARK_OR_LETTER as usize] = 2;
    known
};

fn in_word(byte: u8) -> bool {
    IN_WORD[byte as usize] != 0
}

/// Cuts `text` into `tokens`, which is emptied first.
pub fn cut(text: &str, lexicon: &Lexicon, tokens: &mut Vec<Token>) {
    tokens.clear();
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut depth = 0u32;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        // Typographic dashes and bullets are marks; their bytes are not ASCII.
        if byte == MARK_OR_LETTER && bytes.get(at + 1) == Some(&0x80) {
            let third = bytes.get(at + 2).copied().unwrap_or(0);
            let mark = match third {
                0x93 | 0x94 => Some(b'-'),
                0xa2 => Some(b';'),
                0x9c | 0x9d => Some(b'"'),
                _ => None,
            };
            if let Some(mark) = mark {
                at += 3;
                tokens.push(token(start, at, Kind::Mark(mark), depth));
                continue;
            }
        }
        if in_word(byte) {
            at = word_end(bytes, at);
            tokens.push(word(bytes, start, at, depth, lexicon));
            // The stop of an abbreviation or of initials is no end of a sentence.
            if bytes.get(at) == Some(&b'.') {
                let known = tokens.last().is_some_and(|t| {
                    t.kind == Kind::Initials || t.is(ABBREVIATION) || is_title(&bytes[start..at])
                });
                if known {
                    at += 1;
                }
            }
            continue;
        }
        at += 1;
        match byte {
            b'(' | b'[' => {
                tokens.push(token(start, at, Kind::Mark(byte), depth));
                depth += 1;
            }
            b')' | b']' => {
                depth = depth.saturating_sub(1);
                tokens.push(token(start, at, Kind::Mark(byte), depth));
            }
            b';' | b'.' | b',' | b'/' | b'&' | b'+' | b':' | b'-' | b'"' | b'|' => {
                tokens.push(token(start, at, Kind::Mark(byte), depth));
            }
            _ => {}
        }
    }
    join_phrases(lexicon, tokens);
    keep_names(tokens);
}

/// "Tarn Logistics", "Ames Courier": after a name in capitals, a capital makes another part of the name, and no
/// office work. Where most words begin with a capital, capitals say nothing.
fn keep_names(tokens: &mut [Token]) {
    const OFFICE: Roles = CLERICAL | CLERICAL_OBJECT | LOGISTICS | VENDOR | BILLING | FILLER;
    let after_name = |pair: &[Token]| {
        let [before, token] = pair else { return false };
        token.capital
            && token.is(OFFICE)
            && before.capital
            && before.kind == Kind::Word
            && before.id == 0
    };
    if !tokens.windows(2).any(after_name) {
        return;
    }
    let words = tokens
        .iter()
        .filter(|t| t.kind == Kind::Word && t.end - t.start > 3);
    let (capitals, all) = words.fold((0, 0), |(c, n), t| (c + u32::from(t.capital), n + 1));
    if capitals * 3 > all * 2 {
        return;
    }
    for at in 1..tokens.len() {
        if after_name(&tokens[at - 1..=at]) {
            let named = &mut tokens[at];
            named.roles = 0;
            named.class = Class::None;
        }
    }
}

fn is_title(word: &[u8]) -> bool {
    [
        &b"dr"[..],
        b"mr",
        b"ms",
        b"mrs",
        b"no",
        b"nos",
        b"st",
        b"vs",
        b"v",
        b"inc",
        b"corp",
        b"co",
        b"jr",
        b"sr",
        b"art",
        b"sec",
        b"ex",
        b"approx",
        b"ltd",
        b"prof",
        b"hon",
        b"esq",
        b"dept",
        b"fed",
        b"civ",
        b"pp",
        b"al",
        b"etc",
        b"i.e",
        b"e.g",
        b"cal",
        b"supp",
        b"para",
        b"maj",
        b"capt",
        b"col",
        b"gen",
        b"lt",
        b"cmdr",
        b"sgt",
        b"det",
        b"insp",
        b"supt",
        b"sen",
        b"gov",
        b"messrs",
        b"asst",
        b"assoc",
    ]
    .iter()
    .any(|t| t.eq_ignore_ascii_case(word))
}

/// Where a word ends: letters and digits, and marks that stand between them without a blank.
fn word_end(bytes: &[u8], mut at: usize) -> usize {
    let first_digit = bytes[at].is_ascii_digit();
    let begin = at;
    loop {
        while let Some(byte) = bytes.get(at) {
            match IN_WORD[*byte as usize] {
                0 => break,
                2 if bytes.get(at + 1) == Some(&0x80)
                    && matches!(bytes.get(at + 2), Some(0x93 | 0x94 | 0xa2 | 0x9c | 0x9d)) =>
                {
                    return at.max(begin + 1);
                }
                _ => at += 1,
            }
        }
        let next_in_word = bytes.get(at + 1).is_some_and(|b| in_word(*b));
        match bytes.get(at) {
            Some(b'-' | b'/') if next_in_word => at += 1,
            // "w/" before a blank.
            Some(b'/') if at - begin == 1 && bytes[begin] | 0x20 == b'w' => return at + 1,
            Some(b'.' | b',' | b':' | b'(')
                if first_digit && bytes.get(at + 1).is_some_and(|b| b.is_ascii_digit()) =>
            {
                at += 1
            }
            // Initials: "M.T.", "J.D"
            Some(b'.')
                if is_single(bytes, begin, at)
                    && next_in_word
                    && is_single_after(bytes, at + 1) =>
            {
                at += 1
            }
            _ => return at,
        }
    }
}

/// True where one letter, after a stop or the beginning, ends at `at`.
fn is_single(bytes: &[u8], begin: usize, at: usize) -> bool {
    at > begin && bytes[at - 1].is_ascii_alphabetic() && (at - 1 == begin || bytes[at - 2] == b'.')
}

fn is_single_after(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(u8::is_ascii_alphabetic)
        && !bytes.get(at + 1).is_some_and(|b| in_word(*b))
}

fn token(start: usize, end: usize, kind: Kind, depth: u32) -> Token {
    Token {
        start: start as u32,
        end: end as u32,
        kind,
        id: 0,
        roles: 0,
        class: Class::None,
        party: Class::None,
        form: Form::Base,
        begins: false,
        capital: false,
        possessive: false,
        inside: depth > 0,
    }
}

fn word(bytes: &[u8], start: usize, end: usize, depth: u32, lexicon: &Lexicon) -> Token {
    let written = &bytes[start..end];
    let mut made = token(start, end, Kind::Word, depth);
    made.capital = written[0].is_ascii_uppercase() || written[0] >= 0x80;
    if written[0].is_ascii_digit() || written[0] == b'$' || written[0] == b'#' {
        made.kind = Kind::Number;
    }
    let letters = || written.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let single = made.capital
        && written.len() == 1
        && written[0].is_ascii_alphabetic()
        && bytes.get(end) == Some(&b'.')
        && (written != b"A" || names_somebody(&bytes[end + 1..], lexicon));
    let dotted = made.capital && written.contains(&b'.') && {
        let letters = letters();
        letters >= 2 && written.len() == 2 * letters - 1
    };
    if single || dotted {
        made.kind = Kind::Initials;
        if bytes.get(end) == Some(&b'.') {
            made.end += 1;
        }
    }
    let Some(bare) = Bare::of(bytes, start..end) else {
        return made;
    };
    made.possessive = bare.possessive;
    if made.kind != Kind::Initials
        && let Some((id, entry)) = lexicon.word(&bare.letters)
    {
        fill(&mut made, id, entry);
    } else {
        made.form = form_of(&bare);
    }
    made
}

/// After "A.": the initial of a first name where a name follows, and no word that could begin a sentence.
fn names_somebody(rest: &[u8], lexicon: &Lexicon) -> bool {
    let Some(name) = rest
        .strip_prefix(b" ")
        .filter(|n| n.first().is_some_and(u8::is_ascii_uppercase))
    else {
        return false;
    };
    let end = name.iter().position(|b| !in_word(*b)).unwrap_or(name.len());
    let known = Bare::of(name, 0..end).and_then(|bare| lexicon.word(&bare.letters));
    known.is_none_or(|(_, entry)| entry.roles == 0)
}

/// What the ending of a word that nobody knows says of its form.
fn form_of(bare: &Bare) -> Form {
    const NOUNS: [&[u8]; 11] = [
        b"tion", b"sion", b"ment", b"ance", b"ence", b"ness", b"ity", b"ship", b"ism", b"ist",
        b"ics",
    ];
    let mut word = [0; LONGEST_WORD];
    for (eight, room) in bare.letters.iter().zip(word.as_chunks_mut::<8>().0) {
        *room = eight.to_le_bytes();
    }
    let word = &word[..bare.length];
    let ends = |end: &[u8]| word.len() > end.len() + 2 && word.ends_with(end);
    if ends(b"ed") {
        Form::Past
    } else if ends(b"ing") {
        Form::Gerund
    } else if NOUNS.iter().any(|n| ends(n)) || ends(b"s") && !ends(b"ss") {
        Form::Noun
    } else {
        Form::Base
    }
}

fn fill(token: &mut Token, id: u16, entry: Entry) {
    token.id = if entry.means == 0 { id } else { entry.means };
    token.roles = entry.roles;
    token.class = entry.class;
    token.party = entry.party;
    token.form = entry.form;
    token.begins = entry.begins;
}

/// A word in lower case without its possessive ending.
struct Bare {
    letters: Letters,
    length: usize,
    possessive: bool,
}

impl Bare {
    /// The word that stands in `text` there; `None` where it is too long to be known.
    fn of(text: &[u8], word: Range<usize>) -> Option<Self> {
        let written = &text[word.clone()];
        let bare = match written {
            [bare @ .., b'\'', b's' | b'S'] | [bare @ .., b'\''] => bare.len(),
            all => all.len(),
        };
        let mut letters = Letters::default();
        let mut others = 0;
        for (index, room) in letters.iter_mut().enumerate().take(bare.div_ceil(8)) {
            let eight = eight(text, word.start + index * 8..word.start + bare);
            others |= eight & EIGHT_HIGH;
            *room = small(eight);
        }
        if others != 0 {
            return Self::straightened(written);
        }
        (bare <= LONGEST_WORD).then_some(Self {
            letters,
            length: bare,
            possessive: bare < written.len(),
        })
    }

    /// As [`Self::of`], of a word with letters that are not ASCII; typographic apostrophes become plain ones.
    fn straightened(mut rest: &[u8]) -> Option<Self> {
        let mut word = [0; LONGEST_WORD + 2];
        let mut length = 0;
        while let Some((&byte, tail)) = rest.split_first() {
            let (byte, tail) = match rest {
                [0xe2, 0x80, 0x98 | 0x99, tail @ ..] => (b'\'', tail),
                _ => (byte, tail),
            };
            *word.get_mut(length)? = byte.to_ascii_lowercase();
            length += 1;
            rest = tail;
        }
        let bare = match &word[..length] {
            [bare @ .., b'\'', b's'] | [bare @ .., b'\''] => bare.len(),
            all => all.len(),
        };
        (bare <= LONGEST_WORD).then_some(Self {
            letters: letters(&word[..bare]),
            length: bare,
            possessive: bare < length,
        })
    }
}

/// The highest bit of each of eight bytes: no ASCII character has it.
const EIGHT_HIGH: u64 = 0x8080_8080_8080_8080;

/// The first eight bytes of a place in a text, the first one lowest, with zeros behind its end.
pub fn eight(text: &[u8], place: Range<usize>) -> u64 {
    let length = place.len().min(8);
    match text.get(place.start..place.start + 8) {
        Some(&[a, b, c, d, e, f, g, h]) if length > 0 => {
            u64::from_le_bytes([a, b, c, d, e, f, g, h]) & (u64::MAX >> (64 - 8 * length))
        }
        _ => {
            let backwards = text[place.start..place.start + length].iter().rev();
            backwards.fold(0, |sum, byte| sum << 8 | u64::from(*byte))
        }
    }
}

/// Eight ASCII characters with small letters for capitals.
fn small(eight: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // The highest bit of a byte says that it is at least A, or more than Z: no sum reaches into the next byte.
    let from_a = eight.wrapping_add(EACH * (0x80 - b'A' as u64));
    let past_z = eight.wrapping_add(EACH * (0x7f - b'Z' as u64));
    eight | (from_a & !past_z & EIGHT_HIGH) >> 2
}

/// Words that make a phrase become one token.
fn join_phrases(lexicon: &Lexicon, tokens: &mut Vec<Token>) {
    let phrase = |tokens: &[Token]| phrase_at(lexicon, tokens);
    // Nothing moves before the first of them.
    let Some(first) = (0..tokens.len()).find(|at| phrase(&tokens[*at..]).is_some()) else {
        return;
    };
    let (mut kept, mut at) = (first, first);
    while at < tokens.len() {
        let mut token = tokens[at];
        let mut length = 1;
        if let Some((words, id)) = phrase(&tokens[at..]) {
            length = words;
            let last = &tokens[at + length - 1];
            token.end = last.end;
            token.possessive = last.possessive;
            fill(&mut token, id, lexicon.entry(id));
        }
        tokens[kept] = token;
        kept += 1;
        at += length;
    }
    tokens.truncate(kept);
}

/// The longest phrase that tokens begin with: how many words it has, and its number.
#[inline]
fn phrase_at(lexicon: &Lexicon, tokens: &[Token]) -> Option<(usize, u16)> {
    let first = tokens.first()?;
    if !first.begins || !matches!(first.kind, Kind::Word | Kind::Number) {
        return None;
    }
    let stands_here = |words: &[u16]| {
        let here = tokens.get(..words.len());
        here.is_some_and(|here| here.iter().zip(words).all(|(token, id)| token.id == *id))
    };
    let mut phrases = lexicon.phrases(first.id);
    let (words, id) = phrases.find(|(words, _)| stands_here(words))?;
    Some((words.len(), id))
}
