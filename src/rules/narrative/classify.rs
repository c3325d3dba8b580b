//! The activity of a part: from its verb or noun head, then from whom it was with (guidelines section 3.5,
//! step 4).

use super::class::Class;
use super::lexicon::{
    AND, CLERICAL_OBJECT, CONTENT, DETERMINER, DOCUMENT, EVENT, FILLER, FOR, Form, GENERIC,
    INTERNAL, LAW, MANNER, NOUN, PARTY, RESPONDING, STOP, TO, TOPIC, VERB, WITH, WRITTEN,
};
use super::reading::Segment;
use super::roster::Roster;
use super::token::{Kind, Token};
use std::ops::Range;

/// What decides the class beside the words.
pub struct Classifier<'a> {
    /// The narrative.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: &'a [Token],
    /// People of the firm.
    pub roster: &'a Roster,
}

impl Classifier<'_> {
    /// Sets class, other party and object of a part.
    pub fn classify(&self, segment: &mut Segment) {
        let Some(verb) = segment.verb else {
            segment.class = self.bare(segment);
            return;
        };
        let token = self.tokens[verb];
        segment.filler = token.is(FILLER);
        let class = match token.class {
            Class::None if token.is(FILLER) => self.of_filler(segment),
            Class::A104 if self.object_is(verb, segment.last, LAW, DOCUMENT) => Class::A102,
            // A paper is reviewed, a boiler is looked at.
            Class::A104
                if self.begins(verb, "inspect")
                    && !self.object_is(verb, segment.last, DOCUMENT | GENERIC | WRITTEN, 0) =>
            {
                Class::A111
            }
            Class::A103 => self.of_drafting(segment, verb),
            Class::A109 => self.of_attendance(segment, verb),
            Class::Communicate
                if token.is(RESPONDING)
                    && self.object_is(verb, segment.last, DOCUMENT, WRITTEN) =>
            {
                Class::A103
            }
            class => class,
        };
        segment.class = class;
        let party = self.party(segment, verb);
        if class.is_communication() {
            self.of_communication(segment, verb, party.clone());
        }
        segment.counterparty = party.map(|p| self.bytes(&p));
        self.object(segment, verb);
    }

    fn bytes(&self, tokens: &Range<usize>) -> Range<usize> {
        let end = tokens.end.max(tokens.start + 1) - 1;
        self.tokens[tokens.start].start as usize..self.tokens[end].end as usize
    }

    /// The words after the action, up to what governs the rest.
    fn object(&self, segment: &mut Segment, verb: usize) {
        let ends = |t: &Token| t.is(TOPIC | MANNER | CONTENT) || t.is_mark(b'(');
        let end = (verb + 1..segment.last)
            .find(|i| ends(&self.tokens[*i]))
            .unwrap_or(segment.last);
        let start = (verb + 1..end)
            .find(|i| !self.tokens[*i].is(STOP | WITH) && !self.tokens[*i].is_any_mark());
        segment.object = start.map(|start| self.bytes(&(start..end)));
    }

    /// A part without any action.
    fn bare(&self, segment: &Segment) -> Class {
        let words = self.tokens[segment.first..segment.last].iter();
        // Of a compound the last noun tells: "motion hearing" is a hearing, "hearing of the motion" too.
        let head = words
            .skip_while(|t| !t.is(DOCUMENT | EVENT))
            .take_while(|t| !t.is_any_mark() && !t.is(STOP | WITH | TOPIC | TO | MANNER | AND));
        match head.filter(|t| t.is(DOCUMENT | EVENT)).last() {
            Some(paper) if paper.is(DOCUMENT) => Class::A103,
            Some(_) => Class::A109,
            None => Class::None,
        }
    }

    /// "Work on the brief": the object tells more than the verb.
    fn of_filler(&self, segment: &Segment) -> Class {
        let words = &self.tokens[segment.verb.map_or(segment.first, |v| v + 1)..segment.last];
        for token in words {
            if token.is(VERB | NOUN) && token.class != Class::None && token.form != Form::Base {
                return token.class;
            }
            if token.is(DOCUMENT) {
                return Class::A103;
            }
            if token.is(PARTY) {
                return Class::Communicate;
            }
        }
        Class::None
    }

    fn object_is(&self, verb: usize, last: usize, roles: u64, but: u64) -> bool {
        let mut words = self.tokens[verb + 1..last.max(verb + 1)]
            .iter()
            .take(5)
            .take_while(|t| !t.is_any_mark() && !t.is(TOPIC | MANNER));
        words.any(|t| t.is(roles) && !t.is(but) && !t.is(PARTY))
    }

    /// "Prepare" is drafting where a document follows, preparation where exhibits or a witness follow, office
    /// work where a binder follows.
    fn of_drafting(&self, segment: &Segment, verb: usize) -> Class {
        if !self.begins(verb, "prepar") {
            return Class::A103;
        }
        if self.object_is(verb, segment.last, CLERICAL_OBJECT, 0) {
            return Class::A110;
        }
        let mut words = self.tokens[verb + 1..segment.last]
            .iter()
            .take(4)
            .take_while(|t| !t.is(STOP | WITH | TOPIC));
        let exhibits = words.any(|t| {
            let word = &self.text[t.start as usize..t.end as usize];
            word.eq_ignore_ascii_case("exhibits")
                || word.eq_ignore_ascii_case("witness")
                || word.eq_ignore_ascii_case("witnesses")
        });
        if exhibits || self.readies_somebody(segment, verb) {
            Class::A101
        } else {
            Class::A103
        }
    }

    /// "Prepare Mr. Vega for deposition".
    fn readies_somebody(&self, segment: &Segment, verb: usize) -> bool {
        let object = &self.tokens[verb + 1..segment.last.max(verb + 1)];
        let Some(at) = object.iter().position(|t| t.is(FOR)) else {
            return false;
        };
        let (whom, event) = object.split_at(at);
        let person =
            |t: &Token| t.is(PARTY) || t.kind == Kind::Initials || t.roles == 0 && t.capital;
        !whom.is_empty()
            && whom
                .iter()
                .all(|t| person(t) || t.is(DETERMINER) || t.is_any_mark())
            && whom.iter().any(person)
            && event.iter().take(4).any(|t| t.is(EVENT))
    }

    fn begins(&self, at: usize, with: &str) -> bool {
        let word = self.word(at).get(..with.len());
        word.is_some_and(|word| word.eq_ignore_ascii_case(with))
    }

    /// Taking part in a call is talking, and so is attending somebody; attending a meeting is attendance.
    fn of_attendance(&self, segment: &Segment, verb: usize) -> Class {
        let object = &self.tokens[verb + 1..segment.last.max(verb + 1)];
        let mut object = object.iter().skip_while(|t| t.is(DETERMINER));
        let somebody = object.next().is_some_and(|t| {
            t.is(PARTY) && !t.possessive && matches!(t.party, Class::A106 | Class::A107)
        });
        if somebody
            && object
                .next()
                .is_none_or(|t| t.is_any_mark() || t.is(STOP | TOPIC | MANNER))
        {
            return Class::Communicate;
        }
        let mut words = self.tokens[verb..segment.last]
            .iter()
            .take(5)
            .take_while(|t| !t.is(WITH | TOPIC));
        let talk = words.any(|t| {
            let word = &self.text[t.start as usize..t.end as usize];
            let ends = |end: &str| {
                word.len() >= end.len()
                    && word.is_char_boundary(word.len() - end.len())
                    && word[word.len() - end.len()..].eq_ignore_ascii_case(end)
            };
            ends("confer") || ends("call") || ends("telephone conference")
        });
        if talk {
            Class::Communicate
        } else {
            Class::A109
        }
    }

    fn word(&self, at: usize) -> &str {
        let token = &self.tokens[at];
        &self.text[token.start as usize..token.end as usize]
    }

    /// The tokens that name the other party.
    fn party(&self, segment: &Segment, verb: usize) -> Option<Range<usize>> {
        let ends = |t: &Token| {
            t.is(TOPIC | MANNER | CONTENT) || t.is_mark(b'.') || t.is_mark(b':') || t.is_mark(b'-')
        };
        let channel = |at: usize| super::segments::is_channel(self.tokens, at);
        let stretch = |start: usize| {
            let end = (start..segment.last).find(|i| {
                let token = &self.tokens[*i];
                ends(token) || *i > start && token.is(TO | WITH | FOR)
            });
            start..end.unwrap_or(segment.last)
        };
        let named = |range: &Range<usize>| {
            self.tokens[range.clone()].iter().any(|t| {
                t.is(PARTY)
                    || t.kind == Kind::Initials
                    || t.kind == Kind::Word && t.capital && t.roles == 0
                    || self.is_ours(t)
            })
        };
        let talks = segment.class.is_communication() || self.tokens[verb].class.is_communication();
        // "Emailing client with queries": who is written to stands before what was written.
        let object = (verb + 1..segment.last).find(|i| !self.tokens[*i].is(DETERMINER));
        let direct =
            object.filter(|i| talks && self.tokens[*i].is(PARTY) && !self.tokens[*i].possessive);
        if let Some(at) = direct.filter(|at| self.tokens.get(at + 1).is_some_and(|t| t.is(WITH))) {
            return Some(at..at + 1);
        }
        for at in verb + 1..segment.last {
            let token = &self.tokens[at];
            if token.is(TOPIC | MANNER | CONTENT) && !channel(at) {
                break;
            }
            // "Left message for clerk"
            let left = at == verb + 1 && token.is(FOR) && self.is_left(verb);
            if (token.is(WITH) || left) && at + 1 < segment.last {
                let range = stretch(at + 1);
                let in_lower_case = range
                    .clone()
                    .any(|i| self.tokens[i].roles == 0 && !self.tokens[i].is_any_mark());
                let purpose =
                    token.is(TO) && self.tokens[at + 1].is(VERB) && !self.tokens[at + 1].is(PARTY);
                if named(&range)
                    || in_lower_case && !purpose && self.tokens[verb].class.is_communication()
                {
                    return Some(range);
                }
            }
        }
        if !talks && !self.tokens[verb].is(FILLER) {
            return None;
        }
        // "interviews of four nurses": those who are interviewed need no title.
        if self.tokens[verb].is(super::lexicon::INTERVIEW)
            && verb + 2 < segment.last
            && self.tokens[verb + 1].is(STOP)
        {
            let range = stretch(verb + 2);
            if range
                .clone()
                .any(|i| self.tokens[i].kind == Kind::Word && self.tokens[i].roles == 0)
            {
                return Some(range);
            }
        }
        // "call client", "interview witness", "email opposing counsel", "client's questions"
        let range = stretch(verb + 1);
        // "Presentation to management": after "to" and "with" any word may name them.
        let addressed = [" to", " with", " from"]
            .iter()
            .any(|end| self.word(verb).ends_with(end));
        let told = |i: usize| self.tokens[i].kind == Kind::Word && self.tokens[i].roles == 0;
        if addressed && !range.is_empty() && !named(&range) && range.clone().any(told) {
            return Some(range);
        }
        if !range.is_empty() && named(&range) {
            let last = range.clone().rev().find(|i| {
                self.tokens[*i].is(PARTY)
                    || self.tokens[*i].capital
                    || self.tokens[*i].kind == Kind::Initials
            });
            return Some(range.start..last.map_or(range.end, |l| l + 1));
        }
        // "client meeting"
        let before = segment.first..verb;
        if !before.is_empty() && self.tokens[before.clone()].iter().any(|t| t.is(PARTY)) {
            return Some(before);
        }
        None
    }

    /// A message that is left for somebody.
    fn is_left(&self, verb: usize) -> bool {
        let word = self.word(verb).to_ascii_lowercase();
        ["message", "voicemail", "voice mail", "word"]
            .iter()
            .any(|end| word.ends_with(end))
    }

    fn is_ours(&self, token: &Token) -> bool {
        (token.capital || token.kind == Kind::Initials)
            && !self.roster.is_empty()
            && self
                .roster
                .knows(&self.text[token.start as usize..token.end as usize])
    }

    /// Who the other party is decides which communication it was.
    fn of_communication(&self, segment: &mut Segment, verb: usize, party: Option<Range<usize>>) {
        let token = self.tokens[verb];
        let Some(party) = party else {
            segment.internal = token.is(INTERNAL) && token.is(NOUN);
            segment.class = if segment.internal {
                Class::A105
            } else {
                token.class
            };
            return;
        };
        let mut class = Class::None;
        let mut ours = false;
        let mut outside = false;
        let mut initials = false;
        let mut first_decides = false;
        for at in party.clone() {
            let token = &self.tokens[at];
            if (token.is_mark(b',') || token.is(AND)) && class != Class::None {
                first_decides = true;
                continue;
            }
            let ours_by_word = token.is(PARTY) && token.is(INTERNAL) && token.party == Class::A105;
            // "FTC staff", "the client's deal team": whoever is named before has them.
            let theirs = ours_by_word
                && self.tokens[party.start..at]
                    .iter()
                    .rev()
                    .take(6)
                    .take_while(|t| t.kind == Kind::Word && !t.is(AND))
                    .any(|t| (t.roles == 0 || t.possessive) && !self.is_ours(t));
            if theirs {
                outside = true;
                continue;
            }
            let internal = self.is_ours(token) || ours_by_word;
            initials |= token.kind == Kind::Initials;
            if internal {
                ours = true;
                if !first_decides {
                    class = Class::A105;
                }
            } else if token.is(PARTY) {
                outside |= !token.possessive;
                let whose = at > party.start && self.tokens[at - 1].possessive;
                if !first_decides
                    && (class == Class::None || !token.inside || whose || class == Class::A105)
                {
                    class = token.party;
                }
            }
        }
        segment.internal = (ours || token.is(INTERNAL) && token.is(NOUN)) && !outside;
        let conference = self.word(verb).to_ascii_lowercase().starts_with("confer");
        segment.class = match class {
            _ if segment.internal => Class::A105,
            Class::None if initials && conference && !self.tokens[party.start].is(STOP) => {
                Class::A105
            }
            Class::None => match token.class {
                Class::Communicate => Class::A108,
                known => known,
            },
            class => class,
        };
    }
}
