//! Splits a narrative into its parts: at strong separators, and at a comma or "and" where another action
//! follows that no purpose, manner or topic governs (guidelines section 3.5, step 3).
//!
//! What governs is decided by form. After "to" stand base forms, after "by" gerunds, after "regarding" nouns:
//! a verb in another form, that of the part's own verb, is an action of its own.

use super::class::Class;
use super::lexicon::{
    ADVERB, AMBIGUOUS, AND, BARE, CLERICAL_OBJECT, COMPLETE, CONTENT, DETERMINER, DOCUMENT, EVENT,
    FILLER, FIXED, Form, GENERIC, INTAKE, LIGHT, LOGISTICS, MANNER, MODIFIER, NOUN, OUTCOME, PARTY,
    PURPOSE_VERB, RESULT, SCHEDULING, SEND, STOP, STRONG, TO, TOPIC, TRAVEL, VENDOR, VERB, WITH,
    WRITTEN,
};
use super::reading::{Link, Segment, Separator};
use super::token::{Kind, Token};

/// What governs the words that follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Governed {
    No,
    Topic,
    Purpose,
    Manner,
    Content,
}

/// An action: the token that shows it, and its form.
#[derive(Clone, Copy)]
struct Action {
    at: usize,
    form: Form,
}

/// Splits the tokens of a narrative.
pub fn split(tokens: &[Token]) -> Vec<Segment> {
    let mut splitter = Splitter {
        tokens,
        // Most narratives have one part or two, and all of an invoice are kept.
        segments: Vec::with_capacity(2),
        governed: Governed::No,
    };
    splitter.run();
    splitter.segments
}

/// "By telephone", "by video": a way to talk, which governs nothing.
pub fn is_channel(tokens: &[Token], at: usize) -> bool {
    let channel = |t: &Token| {
        t.is(WRITTEN | BARE) || t.class == Class::Communicate || t.is(MODIFIER) && !t.is(STOP)
    };
    tokens.get(at).is_some_and(|t| t.is(MANNER))
        && tokens
            .get(at + 1)
            .is_some_and(|t| channel(t) && t.form != Form::Gerund)
}

struct Splitter<'a> {
    tokens: &'a [Token],
    segments: Vec<Segment>,
    governed: Governed,
}

impl Splitter<'_> {
    fn get(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    fn is(&self, at: usize, roles: u64) -> bool {
        self.get(at).is_some_and(|t| t.is(roles))
    }

    fn run(&mut self) {
        let Some(begin) = (0..self.tokens.len()).find(|i| !self.tokens[*i].is_any_mark()) else {
            return;
        };
        let head = self.head_at(begin);
        self.open(begin, head, Separator::Start, false);
        let mut at = begin;
        while at < self.tokens.len() {
            let action = self.segments.last().and_then(|s| s.verb);
            if action.is_some_and(|a| at <= a) {
                at += 1;
                continue;
            }
            if self.tokens[at].inside {
                at += 1;
                continue;
            }
            at = self.step(at);
        }
        let end = self.tokens.len();
        self.close(end);
    }

    /// Looks at one token and returns the next to look at.
    fn step(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        if let Some(separator) = self.strong(at) {
            let next = self.after_separator(at + 1);
            if next >= self.tokens.len() {
                return next;
            }
            let head = self.head_at(next);
            let hard = matches!(separator, Separator::Semicolon | Separator::Stop);
            if head.is_some() || hard {
                self.close(at);
                self.open(next, head, separator, false);
                self.governed = Governed::No;
                return head.map_or(next, |h| h.at);
            }
            return at + 1;
        }
        let weak = match token.kind {
            Kind::Mark(b',') => Some(Separator::Comma),
            Kind::Mark(b'&' | b'+') => Some(Separator::And),
            Kind::Word if self.is_and(at) => Some(Separator::And),
            _ => None,
        };
        if let Some(mut separator) = weak {
            let mut next = at + 1;
            while self
                .get(next)
                .is_some_and(|t| t.is_mark(b',') || t.is_mark(b'&'))
                || self.is_and(next)
            {
                if self.is_and(next) {
                    separator = Separator::And;
                }
                next += 1;
            }
            let action = self.action_at(next, separator);
            if let Some(action) = action
                && self.opens(at, next, action, separator)
            {
                let shares = self.shares_object(at);
                self.close(at);
                self.open(next, Some(action), separator, shares);
                self.governed = Governed::No;
                return action.at;
            }
            // ", describing the policy": what the paper says, and so does what follows.
            let head = self.segments.last().filter(|s| s.verb.is_some());
            if action.is_some_and(|a| a.form == Form::Gerund)
                && separator == Separator::Comma
                && self.governed == Governed::No
                && head.is_some_and(|s| s.form != Form::Gerund)
            {
                self.governed = Governed::Content;
            }
            return next.max(at + 1);
        }
        // "Label: action" names the action after the label.
        if token.is_mark(b':') {
            self.after_label(at);
            return at + 1;
        }
        self.govern(at);
        at + 1
    }

    fn is_and(&self, at: usize) -> bool {
        self.get(at)
            .is_some_and(|t| t.kind == Kind::Word && t.end - t.start == 3 && t.id != 0 && t.is(AND))
    }

    fn after_separator(&self, mut at: usize) -> usize {
        while self
            .get(at)
            .is_some_and(|t| t.is_any_mark() && !t.is_mark(b'(') && !t.is_mark(b'['))
            || self.is_and(at)
        {
            at += 1;
        }
        at
    }

    /// A separator that closes a part whatever governs it.
    fn strong(&self, at: usize) -> Option<Separator> {
        let token = self.tokens[at];
        let next = self.get(at + 1);
        let spaced = next.is_none_or(|n| n.start > token.end);
        let spaced_before = at > 0 && self.tokens[at - 1].end < token.start;
        match token.kind {
            Kind::Mark(b';' | b'|') => Some(Separator::Semicolon),
            Kind::Mark(b'.')
                if spaced && next.is_some_and(|n| n.capital || n.kind == Kind::Number) =>
            {
                Some(Separator::Stop)
            }
            Kind::Mark(b'/') if spaced || spaced_before => Some(Separator::Slash),
            Kind::Mark(b'-') if spaced && spaced_before => Some(Separator::Dash),
            Kind::Word if token.is(STRONG) => Some(Separator::Then),
            // The stop of initials can end a sentence too.
            Kind::Word
                if at > 1
                    && self.tokens[at - 1].kind == Kind::Initials
                    && token.capital
                    && token.is(VERB)
                    && token.form != Form::Noun =>
            {
                None
            }
            _ => None,
        }
    }

    /// The action a part begins with; a noun may stand a few words in: "follow-up strategy call with".
    fn head_at(&self, start: usize) -> Option<Action> {
        if let Some(action) = self.action_at(start, Separator::Start) {
            return Some(action);
        }
        self.noun_ahead(start).or_else(|| self.unknown_verb(start))
    }

    fn noun_ahead(&self, start: usize) -> Option<Action> {
        let mut at = start;
        let mut words = 0;
        while let Some(token) = self.get(at) {
            // "non-working travel"
            if token.is_mark(b'-') && at > start && self.tokens[at - 1].end == token.start {
                at += 1;
                continue;
            }
            if words > 4
                || token.is_any_mark()
                || token.is(TOPIC | TO | WITH | MANNER | CONTENT | FIXED)
                || self.is_and(at)
            {
                return None;
            }
            if at > start && token.is(NOUN | TRAVEL) && !token.possessive {
                return Some(Action {
                    at,
                    form: Form::Noun,
                });
            }
            if token.is(STOP) && !token.is(DETERMINER) {
                return None;
            }
            words += 1;
            at += 1;
        }
        None
    }

    /// A narrative begins with what was done: a word on no list is a verb where its object follows and something
    /// belongs to that ("trace deposits to the joint account"). "Escrow account" alone remains two nouns.
    fn unknown_verb(&self, start: usize) -> Option<Action> {
        let token = self.get(start)?;
        // "Secured", "located": verbs the lists know only as what came of a call.
        let outcome = token.is(OUTCOME | RESULT | SEND | PURPOSE_VERB)
            && !token.is(NOUN | PARTY | EVENT | DOCUMENT | GENERIC | STOP);
        let known = token.kind != Kind::Word
            || token.id != 0 && !outcome
            || token.possessive
            || token.inside;
        if known || token.form == Form::Noun || token.end - token.start < 4 {
            return None;
        }
        let next = self.get(start + 1)?;
        let determined =
            next.is(DETERMINER) || next.kind == Kind::Initials || next.capital || next.possessive;
        let named = next.is_any_mark() || next.is(STOP | TOPIC | MANNER | AND | TO | EVENT | NOUN);
        let governs = (start + 2..start + 6).any(|i| self.is(i, STOP | TO | WITH | TOPIC | MANNER));
        (determined || !named && governs).then_some(Action {
            at: start,
            form: token.form,
        })
    }

    /// The action that begins at a token, after adverbs and the like.
    fn action_at(&self, start: usize, separator: Separator) -> Option<Action> {
        let mut at = start;
        let mut light: Option<usize> = None;
        let mut skipped = false;
        loop {
            let token = self.get(at)?;
            if token.is_any_mark() || token.inside {
                break;
            }
            let noun = token.is(NOUN) && !token.possessive;
            // "follow-up call": the noun is the action.
            if token.is(FILLER) && token.is(MODIFIER) && self.is(at + 1, NOUN) {
                at += 1;
                continue;
            }
            if let Some(light) = light.filter(|_| token.is(EVENT) && !self.is(at + 1, NOUN)) {
                return Some(Action {
                    at,
                    form: self.tokens[light].form,
                });
            }
            let verb = token.is(VERB) && !token.possessive && !token.is(LIGHT);
            // "Participate in telephone hearing": the word before an event only describes it.
            if light.is_some() && token.form == Form::Base && verb && self.is(at + 1, EVENT) {
                at += 1;
                continue;
            }
            let as_verb = verb
                && (!skipped
                    || light.is_some()
                    || token.form != Form::Base
                    || !token.is(NOUN | AMBIGUOUS | DOCUMENT | GENERIC));
            // "then", "begin": the next word is the action.
            if token.is(ADVERB) && !as_verb || token.is(ADVERB) && self.leads_on(at) {
                light = light
                    .or((token.form != Form::Base || separator == Separator::Start).then_some(at))
                    .filter(|_| verb)
                    .or(light);
                at += 1;
                if self.is(at, TO) {
                    at += 1;
                }
                continue;
            }
            // "Begin outline of claim notice": after such an adverb the paper is what is worked on.
            let begun = at > start && self.is(at - 1, ADVERB) && token.form == Form::Base;
            if as_verb && begun && self.is(at + 1, STOP) && !self.is(at + 1, DETERMINER) {
                return Some(Action {
                    at,
                    form: Form::Noun,
                });
            }
            if as_verb && (!token.is(AMBIGUOUS) || self.is_verb_here(at, separator)) {
                return Some(Action {
                    at,
                    form: light.map_or(token.form, |l| self.tokens[l].form),
                });
            }
            if noun {
                // Of a compound such as "strategy call" the last noun is the action.
                while self
                    .get(at + 1)
                    .is_some_and(|t| t.is(NOUN) && !t.is_any_mark())
                {
                    at += 1;
                }
                let form = light.map_or(Form::Noun, |l| self.tokens[l].form);
                return Some(Action { at, form });
            }
            if token.is(LIGHT) {
                light = Some(at);
                at += 1;
                continue;
            }
            let passes = token.is(MODIFIER)
                || light.is_some()
                    && (token.is(DETERMINER | GENERIC)
                        || token.roles == 0
                        || token.is(DOCUMENT | PARTY | EVENT) && self.is(at + 1, NOUN));
            if !passes || at - start > 4 {
                break;
            }
            skipped = true;
            at += 1;
        }
        let light: usize = light?;
        self.tokens[light]
            .is(VERB | FILLER | LIGHT)
            .then_some(Action {
                at: light,
                form: self.tokens[light].form,
            })
    }

    /// True where an adverb such as "continue" stands before an action.
    fn leads_on(&self, at: usize) -> bool {
        let next = if self.is(at + 1, TO | DETERMINER) {
            at + 2
        } else {
            at + 1
        };
        self.is(next, VERB | NOUN | LIGHT | MODIFIER)
            || self.is(next + 1, NOUN) && !self.is(next, STOP)
    }

    /// Words such as "answer", "order", "index" are verbs only before an object of their own.
    fn is_verb_here(&self, at: usize, separator: Separator) -> bool {
        let token = self.tokens[at];
        if separator.is_weak() && token.form == Form::Past {
            return self.get(at + 1).is_some_and(|n| {
                !n.is_any_mark()
                    && (n.is(DETERMINER) || !n.is(STOP | WITH | TOPIC | MANNER))
                    && !self.is_and(at + 1)
            });
        }
        if token.form != Form::Base {
            return true;
        }
        // "tabs 1 through 38", "order 45": the number names the paper. "Label 400 exhibits" counts.
        if self.get(at + 1).is_some_and(|n| n.kind == Kind::Number)
            && self
                .get(at + 2)
                .is_none_or(|n| n.is_any_mark() || n.is(STOP | AND | TO))
        {
            return false;
        }
        // "schedule updates": what is scheduled is a date, an event or a person.
        if token.is(SCHEDULING)
            && separator.is_weak()
            && !(at + 1..at + 5).any(|i| {
                self.is(
                    i,
                    LOGISTICS | EVENT | VENDOR | PARTY | DETERMINER | CLERICAL_OBJECT,
                )
            })
        {
            return false;
        }
        // "Read and respond", "file and serve".
        if self.is_and(at + 1) && self.is(at + 2, VERB) {
            return true;
        }
        if token.class == Class::Communicate && is_channel(self.tokens, at + 1) {
            return true;
        }
        self.get(at + 1).is_some_and(|next| {
            !next.is_any_mark()
                && !self.is_and(at + 1)
                && (next.is(DETERMINER) || !next.is(STOP | WITH | TOPIC | MANNER | TO | NOUN))
        })
    }

    /// Whether the action at a comma or "and" opens a part.
    fn opens(&self, at: usize, next: usize, action: Action, separator: Separator) -> bool {
        let Some(segment) = self.segments.last() else {
            return false;
        };
        let token = self.tokens[action.at];
        let after = self.get(action.at + 1);
        let after_is = |roles| after.is_some_and(|t| t.is(roles));
        let at_end = after.is_none_or(|t| t.is_any_mark());
        let Some(verb) = segment.verb else {
            return true;
        };
        // "supporting affidavit", "continuing disclosure": a participle before its noun.
        let before_noun = after.is_some_and(|t| {
            !t.is_any_mark() && !t.is(DETERMINER | STOP | TO | WITH | TOPIC | MANNER | AND)
        });
        if token.form == Form::Gerund
            && token.is(FILLER | ADVERB)
            && segment.form != Form::Gerund
            && before_noun
        {
            return false;
        }
        if token.is(FILLER) && token.form == Form::Past
            || token.is(AMBIGUOUS) && action.form == Form::Past && segment.form != Form::Past
        {
            return false;
        }
        let head = segment.form;
        if self.shares_object(at) {
            // "review and analyze", "trial and trial prep": nouns need the same form.
            return action.form == head
                || head != Form::Noun && action.form != Form::Noun
                || self.tokens[verb].is(EVENT) && action.form == Form::Noun
                || token.class == Class::Communicate
                    && self.tokens[verb].class == Class::Communicate;
        }
        let same = action.form == head;
        let _ = next;
        match action.form {
            Form::Noun => self.noun_opens(verb, action, separator),
            Form::Base => {
                let object = after
                    .is_some_and(|t| t.is(DETERMINER | WITH) || !t.is(STOP | TOPIC | MANNER | AND))
                    && !at_end;
                let noun_too = token.is(NOUN | DOCUMENT);
                // "telephone call with", "email to" after an "and".
                if token.is(NOUN) && after_is(WITH) {
                    return self.noun_opens(verb, action, separator);
                }
                match self.governed {
                    Governed::No => match head {
                        Form::Base | Form::Noun => !at_end && (!noun_too || object),
                        Form::Past | Form::Gerund => {
                            !token.is(AMBIGUOUS | DOCUMENT | NOUN) && !at_end
                        }
                    },
                    Governed::Topic | Governed::Content => {
                        matches!(head, Form::Base | Form::Noun)
                            && !token.is(AMBIGUOUS)
                            && object
                            && !after_is(GENERIC | WITH)
                    }
                    Governed::Manner => head == Form::Base && !token.is(AMBIGUOUS) && object,
                    Governed::Purpose => false,
                }
            }
            Form::Past => {
                let by = after_is(MANNER)
                    || after_is(STOP) && !after_is(DETERMINER) && !after_is(TO | WITH);
                match self.governed {
                    Governed::No => same || head == Form::Noun || !by && !at_end,
                    _ => (same || head == Form::Noun) && !by,
                }
            }
            Form::Gerund => match self.governed {
                Governed::No => {
                    same || head == Form::Noun || separator == Separator::And && !at_end
                }
                Governed::Topic | Governed::Purpose => same,
                Governed::Manner | Governed::Content => false,
            },
        }
    }

    /// Nouns that show an action: "telephone conference with", "correspondence to", "analysis of".
    fn noun_opens(&self, verb: usize, action: Action, separator: Separator) -> bool {
        let token = self.tokens[action.at];
        let after = self.get(action.at + 1);
        let with = after.is_some_and(|t| t.is(WITH));
        let ends = after.is_none_or(|t| t.is_any_mark()) || self.is_and(action.at + 1);
        let topic = after.is_some_and(|t| t.is(TOPIC));
        let head = self.tokens[verb].class;
        let ungoverned = self.governed == Governed::No;
        if token.is(WRITTEN) {
            let outgoing = self.is(action.at + 1, TO);
            return match head {
                Class::A104 => outgoing && self.governed != Governed::Manner,
                Class::A103 => outgoing && separator == Separator::Comma,
                _ => {
                    with && (ungoverned || outgoing)
                        || ungoverned && (topic || self.segments.len() > 1 && ends)
                }
            };
        }
        if token.class == Class::Communicate || token.class == Class::A105 {
            let discussion = token.is(OUTCOME);
            return with && !discussion
                || ungoverned && !discussion && (topic || ends || self.is(action.at + 1, STOP));
        }
        let of = after.is_some_and(|t| t.is(STOP) && !t.is(DETERMINER));
        let complete = token.end - token.start > 10;
        ungoverned
            && (of
                || topic
                || token.is(COMPLETE)
                || with
                || complete && ends
                || head == Class::A109 && ends && self.tokens[action.at].class == Class::A101)
    }

    /// True where nothing but verbs stands between the part's action and here: they share the object.
    fn shares_object(&self, at: usize) -> bool {
        let Some(verb) = self.segments.last().and_then(|s| s.verb) else {
            return false;
        };
        // "Close file and send": the object stands in the phrase.
        if self.tokens[verb].is(INTAKE) {
            return false;
        }
        (verb + 1..at).all(|i| {
            self.tokens[i].is(TO | ADVERB)
                || self.tokens[i].is(WITH) && i + 1 == at
                || self.tokens[i].is(STOP) && self.is(i, super::lexicon::FOR)
        })
    }

    fn govern(&mut self, at: usize) {
        let token = self.tokens[at];
        if token.is(TOPIC) {
            self.governed = Governed::Topic;
        } else if token.is(MANNER)
            && self.governed != Governed::Topic
            && !is_channel(self.tokens, at)
        {
            self.governed = Governed::Manner;
        } else if token.is(CONTENT) {
            self.governed = Governed::Content;
        } else if token.is(VERB)
            && token.form == Form::Gerund
            && self.governed == Governed::No
            && at > 0
            && self.tokens[at - 1].is(DOCUMENT)
        {
            // "memorandum comparing X and Y"
            self.governed = Governed::Content;
        } else if token.is(TO) && self.governed == Governed::No {
            let after_paper = at > 0 && self.tokens[at - 1].is(DOCUMENT);
            let verb = self.get(at + 1).is_some_and(|t| {
                t.is(VERB | PURPOSE_VERB | RESULT | OUTCOME | SEND)
                    && t.form == Form::Base
                    && !t.is(PARTY)
            });
            if verb && !after_paper {
                self.governed = Governed::Purpose;
            }
        }
    }

    /// "Fact investigation: interview witnesses": the action stands after the label.
    fn after_label(&mut self, at: usize) {
        let topic = at > 0 && self.tokens[at - 1].is(TOPIC);
        let Some(segment) = self.segments.last() else {
            return;
        };
        if topic || self.governed != Governed::No || at - segment.first > 4 {
            return;
        }
        if let Some(head) = self.head_at(at + 1)
            && let Some(segment) = self.segments.last_mut()
        {
            segment.verb = Some(head.at);
            segment.form = head.form;
        }
    }

    fn open(
        &mut self,
        first: usize,
        head: Option<Action>,
        separator: Separator,
        shares_object: bool,
    ) {
        let start = self.tokens[first].start as usize;
        self.segments.push(Segment {
            text: start..start,
            separator,
            link: Link::Task,
            class: Class::None,
            action: head.map(|h| self.tokens[h.at].start as usize..self.tokens[h.at].end as usize),
            object: None,
            counterparty: None,
            time: None,
            missing: None,
            filler: false,
            office: None,
            internal: false,
            travel_inside: false,
            written: false,
            first,
            last: first,
            verb: head.map(|h| h.at),
            form: head.map_or(Form::Noun, |h| h.form),
            shares_object,
        });
    }

    /// Ends the open part before a token.
    fn close(&mut self, end: usize) {
        let Some(segment) = self.segments.last_mut() else {
            return;
        };
        let mut last = end;
        while last > segment.first + 1
            && self.tokens[last - 1].is_any_mark()
            && !matches!(self.tokens[last - 1].kind, Kind::Mark(b')' | b']'))
        {
            last -= 1;
        }
        segment.last = last;
        segment.text.end = self.tokens[last - 1].end as usize;
    }
}
