//! What a part does not say: each family of actions has slots that must be filled (guidelines section 4).
//! A slot is filled by any word that is not generic, a bare kind of document or a bare kind of event.

use super::class::Class;
use super::lexicon::{
    ADVERB, AMBIGUOUS, AND, CITING, CONTENT, DETERMINER, DOCUMENT, EVENT, FILLER, FOR, Form,
    GENERIC, GENERIC_EVENT, LAW, MANNER, MODIFIER, NOUN, OUTCOME, PARTY, PRODUCT, PURPOSE_VERB,
    RESPONSE, SAME, STOP, TO, TOPIC, VERB, WITH, WRITTEN,
};
use super::reading::{Missing, Segment};
use super::token::{Kind, Token};

/// What the words of a part amount to.
#[derive(Default, Debug)]
struct Content {
    specific: u32,
    documents: u32,
    written: u32,
    events: u32,
    generic_events: u32,
    parties: u32,
    named: u32,
    others: u32,
    same: bool,
    in_topic: u32,
    responses: u32,
    topic: bool,
}

/// What a part leaves open. `said_before` is true where an earlier part says what "same" refers to.
pub fn missing(tokens: &[Token], segment: &Segment, said_before: bool) -> Option<Missing> {
    let Some(verb) = segment.verb else {
        return Some(Missing::Action);
    };
    let content = weigh(tokens, segment, verb);
    let filled = content.specific > 0 || content.same && said_before;
    // Work "with" somebody is talk: about what?
    if segment.filler && segment.class.is_communication() && segment.counterparty.is_some() {
        return (!filled).then_some(Missing::Subject);
    }
    if segment.filler {
        // Work "on" a document: drafted, reviewed or argued?
        let attended = tokens[verb].is(super::lexicon::ATTENDING);
        let hidden = !attended && content.documents > 0;
        return (!filled || hidden).then_some(Missing::Content);
    }
    match segment.class {
        class if class.is_communication() => {
            communication(tokens, segment, verb, &content, filled, said_before)
        }
        // Citations are checked in a paper.
        Class::A102 if tokens[verb].is(CITING) => document(&content, filled),
        Class::A102 => (!filled).then_some(Missing::Issue),
        // "Reviewed motion for sanctions and drafted opposition": to what was said before.
        Class::A103 => document(&content, filled || said_before && content.responses > 0),
        Class::A104 => document(&content, filled),
        Class::A101 => event(
            &content,
            filled || content.documents > 0 && content.events > 0,
        ),
        Class::A109 => event(&content, filled),
        Class::A112 => (content.specific < 2
            && content.events == 0
            && !said_before
            && !tokens[verb..segment.last].iter().any(|t| t.is(FOR)))
        .then_some(Missing::Event),
        Class::None => (!filled).then_some(Missing::Content),
        Class::A110 => (!filled
            && content.documents + content.events + content.others == 0
            && segment.office.is_none())
        .then_some(Missing::Document),
        _ => (!filled && content.documents + content.events == 0 && tokens[verb].is(FILLER | NOUN))
            .then_some(Missing::Content),
    }
}

fn communication(
    tokens: &[Token],
    segment: &Segment,
    verb: usize,
    content: &Content,
    filled: bool,
    said_before: bool,
) -> Option<Missing> {
    let token = &tokens[verb];
    // A topic named after something specific was said before says enough.
    let subject = filled
        || said_before && content.topic
        || content.events > content.generic_events
        || content.in_topic > 1
        || content.documents > 1
        || content.in_topic > 0 && content.generic_events > 0 && content.documents == 0;
    if segment.counterparty.is_none()
        && segment.class != Class::A105
        && segment.class == Class::Communicate
    {
        return Some(if subject {
            Missing::Counterparty
        } else {
            Missing::Subject
        });
    }
    // The witness is what an interview is about; a negotiation names its object.
    let interview = token.class == Class::Communicate && token.is(super::lexicon::INTERVIEW);
    if interview {
        let named = content.named > 0 || content.parties > 0 && content.specific > 0 || filled;
        return (!named).then_some(Missing::Counterparty);
    }
    (!subject).then_some(Missing::Subject)
}

fn document(content: &Content, filled: bool) -> Option<Missing> {
    // "objection letter", "notice of deposition", "opposing counsel's production" can be told apart; a letter
    // or email by its author alone cannot.
    let papers = content.documents > content.written;
    let told = content.documents > 1 && papers
        || content.documents > 0 && content.written == 0 && content.events + content.parties > 0
        || content.documents > 0 && content.events > 0
        || content.events > content.generic_events;
    (!filled && !told).then_some(Missing::Document)
}

fn event(content: &Content, filled: bool) -> Option<Missing> {
    let named = filled || content.events > content.generic_events || content.named > 0;
    (!named).then_some(Missing::Event)
}

fn weigh(tokens: &[Token], segment: &Segment, verb: usize) -> Content {
    let mut content = Content::default();
    let mut topic = false;
    let mut told = false;
    for (at, token) in tokens
        .iter()
        .enumerate()
        .take(segment.last)
        .skip(segment.first)
    {
        if at == verb || token.is_any_mark() {
            continue;
        }
        // "email to adjuster Felton reporting testimony": after the party what the message says. A "managing partner"
        // is a party still.
        let party_named = content.parties + content.named > 0;
        if segment.class.is_communication()
            && party_named
            && !topic
            && at > verb
            && token.is(VERB)
            && token.form == Form::Gerund
            && !tokens.get(at + 1).is_some_and(|next| next.is(PARTY))
        {
            (topic, told) = (true, true);
            content.topic = true;
            content.specific += u32::from(at + 1 < segment.last);
            continue;
        }
        let inside_party = !told
            && segment
                .counterparty
                .as_ref()
                .is_some_and(|p| token.start as usize >= p.start && token.end as usize <= p.end);
        if token.is(SAME) {
            content.same = true;
        }
        content.responses += u32::from(token.is(RESPONSE));
        let purpose = token.is(TO)
            && tokens
                .get(at + 1)
                .is_some_and(|t| t.is(VERB | PURPOSE_VERB) && !t.is(PARTY));
        if token.is(TOPIC | CONTENT | MANNER) || purpose {
            topic = true;
            content.topic = true;
            // "requesting records": the message says what it asks for.
            if token.is(CONTENT) && at + 1 < segment.last {
                content.specific += 1;
            }
            continue;
        }
        if inside_party && !segment.class.is_communication() {
            // The author of a document qualifies it; the witness of an event must be named.
            if token.is(PARTY) {
                content.parties += 1;
                content.named +=
                    u32::from(!token.is(super::lexicon::ANONYMOUS) && token.party != Class::A108);
            } else if token.kind != Kind::Word || token.roles == 0 {
                content.specific += 1;
            }
            continue;
        }
        if inside_party {
            if token.is(PARTY) {
                content.parties += 1;
                content.named += u32::from(!token.is(super::lexicon::ANONYMOUS));
            } else if token.kind == Kind::Initials || token.roles == 0 {
                content.named += 1;
            }
            continue;
        }
        match token.kind {
            Kind::Number | Kind::Initials => {
                // A time in brackets is no content.
                if !(token.inside && segment.time.is_some() && token.kind == Kind::Number) {
                    content.specific += 1;
                }
                continue;
            }
            _ => {}
        }
        if at < verb && token.is(MODIFIER | VERB | ADVERB) {
            continue;
        }
        let before = content.specific + content.documents + content.events;
        if token.is(GENERIC_EVENT) {
            content.events += 1;
            content.generic_events += 1;
        } else if token.is(EVENT) {
            content.events += 1;
        } else if token.is(PARTY) && topic && segment.class.is_communication() {
            content.specific += 1;
        } else if token.is(PARTY) {
            content.parties += 1;
            content.named += u32::from(
                !token.is(super::lexicon::ANONYMOUS)
                    && (token.party != Class::A108 || !segment.class.same_family(Class::A109)),
            );
        } else if token.is(GENERIC | LAW) {
            content.others += 1;
        } else if token.is(DOCUMENT | PRODUCT) {
            content.documents += 1;
        } else if token.is(WRITTEN) {
            content.documents += 1;
            content.written += 1;
        } else if token.is(VERB)
            && token.is(AMBIGUOUS)
            && token.form == Form::Base
            && !token.is(STOP | MODIFIER)
        {
            content.specific += 1;
        } else if token.is(VERB)
            && token.form == Form::Gerund
            && at > verb
            && (content.written > 0 || segment.class.is_communication())
        {
            // "summarizing the status": what the message says.
            content.specific += 1;
        } else if token.is(NOUN) && token.is(WRITTEN) {
            content.documents += 1;
            content.written += 1;
        } else if token.is(NOUN) {
            content.others += 1;
        } else if token.is(VERB)
            && token.class != Class::None
            && !token.is(super::lexicon::FIXED | OUTCOME)
        {
            content.documents += u32::from(token.form == Form::Base && topic);
        } else if token.roles == 0
            || !token.is(STOP
                | WITH
                | TO
                | MANNER
                | DETERMINER
                | AND
                | FOR
                | ADVERB
                | MODIFIER
                | SAME)
                && !token.is(super::lexicon::BARE)
        {
            content.specific += 1;
        }
        if topic && content.specific + content.documents + content.events > before {
            content.in_topic += 1;
        }
    }
    content
}
