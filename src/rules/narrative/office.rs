//! Work that is not a timekeeper's: clerical work, billing, intake (guidelines section 5).

use super::class::Class;
use super::lexicon::{
    AMBIGUOUS, AND, BILL_VERB, BILLING, CLERICAL, CLERICAL_OBJECT, DETERMINER, DOCKET, DOCUMENT,
    EVIDENCE, Form, INTAKE, LOGISTICS, MANNER, NOUN, PARTY, SCHEDULING, STOP, TO, TOPIC, VENDOR,
    VENDOR_BILL, VERB,
};
use super::reading::{Office, Segment};
use super::token::Token;

/// What kind of office work a part is, if any. `before` is the part before it.
pub fn office(
    text: &str,
    tokens: &[Token],
    segment: &Segment,
    before: Option<&Segment>,
) -> Option<Office> {
    let all = &tokens[segment.first..segment.last];
    let any = |words: &[Token], roles| words.iter().any(|t| t.is(roles));
    let verb = segment.verb.map(|v| tokens[v]);
    let object = segment.content(tokens);
    let direct: &[Token] = {
        let end = object
            .iter()
            .position(|t| t.is(TOPIC | MANNER) || t.is_mark(b'('))
            .unwrap_or(object.len());
        &object[..end]
    };
    if let Some(office) = administration(all, object, direct, verb.as_ref()) {
        return Some(office);
    }
    let verb = verb?;
    let booked = direct.iter().any(|t| t.is(super::lexicon::BOOKING));
    if booked && (verb.is(super::lexicon::LIGHT) || segment.class.is_communication()) {
        return Some(Office::Clerical);
    }
    let word = &text[verb.start as usize..verb.end as usize];
    if verb.is(SCHEDULING) && verb.form != Form::Noun {
        // Scheduling is office work; arranging a settlement is not.
        let begins = direct
            .iter()
            .filter(|t| !t.is(STOP))
            .take_while(|t| !t.is(DOCUMENT) || t.is(LOGISTICS))
            .take(2)
            .any(|t| t.is(LOGISTICS | VENDOR | CLERICAL_OBJECT));
        let calendar = word.to_ascii_lowercase().starts_with("calendar")
            || word.to_ascii_lowercase().starts_with("docket");
        return (begins || calendar).then_some(Office::Clerical);
    }
    if verb.is(CLERICAL) && !(verb.is(NOUN) && verb.form == Form::Noun) {
        let files = word.len() <= 6
            && (starts(word, "file")
                || starts(word, "filing")
                || starts(word, "e-file")
                || starts(word, "efile")
                || starts(word, "serve"));
        // What was drafted in the same breath is filed in the same breath.
        let drafted = before.is_some_and(|b| b.class == Class::A103) && segment.shares_object;
        return Some(if files && drafted {
            Office::Incidental
        } else {
            Office::Clerical
        });
    }
    if direct.iter().take(5).any(|t| t.is(CLERICAL_OBJECT))
        && matches!(segment.class, Class::A103 | Class::A110 | Class::A101)
        && (!verb.is(AMBIGUOUS) || segment.class == Class::A110)
    {
        return Some(Office::Clerical);
    }
    if matches!(segment.class, Class::A104 | Class::A102) && is_docket(direct) {
        return Some(Office::Docket);
    }
    // A vendor's bill.
    if matches!(segment.class, Class::A104 | Class::A110)
        && any(direct, BILLING)
        && any(direct, VENDOR_BILL)
        && !any(direct, EVIDENCE)
    {
        return Some(Office::Clerical);
    }
    if segment.class.is_communication() && routine(tokens, segment, object) {
        return Some(Office::Clerical);
    }
    None
}

/// True where the object is a docket, whatever court or case names it: "bankruptcy docket of Harbour Line". An order
/// struck from a docket is an order.
fn is_docket(direct: &[Token]) -> bool {
    let Some(at) = direct.iter().position(|t| t.is(DOCKET)) else {
        return false;
    };
    let names_it = |t: &Token| !t.is(STOP | VERB | AND) || t.is(DETERMINER) || t.is(PARTY);
    let ends = direct
        .get(at + 1)
        .is_none_or(|t| t.is_any_mark() || t.is(STOP | AND | TO));
    ends && direct[..at]
        .iter()
        .all(|t| names_it(t) && !t.is_any_mark() && !t.is(DOCUMENT))
}

fn starts(word: &str, with: &str) -> bool {
    word.get(..with.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(with))
}

/// Bills and the opening and closing of files.
fn administration(
    all: &[Token],
    object: &[Token],
    direct: &[Token],
    verb: Option<&Token>,
) -> Option<Office> {
    if let Some(at) = all.iter().position(|t| t.is(INTAKE)) {
        // "Conflict check" is intake anywhere; an engagement letter only as what was worked on.
        let before = all[..at].iter().filter(|t| !t.is(STOP)).count();
        let governed = before > 3
            || all[..at]
                .iter()
                .any(|t| t.is(TOPIC | MANNER) || t.is_any_mark());
        let disputed = all.iter().any(|t| t.is(EVIDENCE));
        if !governed && !disputed {
            return Some(Office::Intake);
        }
    }
    let verb = verb?;
    let bill = |t: &&Token| t.is(BILLING);
    let evidence = object.iter().any(|t| t.is(EVIDENCE | VENDOR_BILL));
    let of_verb = verb.is(BILL_VERB) && direct.iter().take(6).any(|t| bill(&t));
    let about = verb.class.is_communication()
        && object.iter().any(|t| bill(&t))
        && object.iter().any(|t| t.is(PARTY) && t.party == Class::A106);
    ((of_verb || about) && !evidence).then_some(Office::Billing)
}

/// Calls to clerks, reporters and vendors, and messages about nothing but dates.
fn routine(tokens: &[Token], segment: &Segment, object: &[Token]) -> bool {
    let to_vendor = segment.counterparty.as_ref().is_some_and(|party| {
        let inside = |t: &&Token| t.start as usize >= party.start && t.end as usize <= party.end;
        tokens.iter().filter(inside).any(|t| t.is(VENDOR))
            && !tokens.iter().filter(inside).any(|t| t.is(DOCUMENT))
    });
    if to_vendor {
        // A call to the clerk about a rule of substance is not routine, nor one to find out how to do something
        // with a paper.
        let aim = object.windows(2).position(|pair| {
            pair[0].is(TO) && pair[1].is(VERB | super::lexicon::PURPOSE_VERB) && !pair[1].is(PARTY)
        });
        let learns = aim.is_some_and(|aim| {
            object[aim + 1].is(super::lexicon::RESULT)
                && object[aim + 2..]
                    .iter()
                    .any(|t| t.is(DOCUMENT) && !t.is(LOGISTICS))
        });
        let topic = object.iter().skip_while(|t| !t.is(TOPIC)).skip(1);
        return !learns
            && topic.filter(|t| !t.is(STOP)).all(|t| {
                t.is(LOGISTICS | super::lexicon::GENERIC)
                    || t.is_any_mark()
                    || t.roles == 0 && !t.capital
            });
    }
    let purpose = object
        .iter()
        .skip_while(|t| !t.is(TOPIC | TO) || t.is(super::lexicon::WITH) && !t.is(TOPIC))
        .skip(1);
    let mut words = purpose
        .filter(|t| !t.is(STOP) && !t.is_any_mark())
        .peekable();
    words.peek().is_some()
        && words.clone().any(|t| t.is(super::lexicon::APPOINTMENT))
        && words
            .all(|t| t.is(LOGISTICS | super::lexicon::APPOINTMENT | super::lexicon::PURPOSE_VERB))
}
