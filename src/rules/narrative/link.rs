//! Parts that are one task are merged, tasks that go together are linked (guidelines section 3.5, step 5).

use super::class::Class;
use super::lexicon::{
    DOCUMENT, Form, GENERIC, LAW, OUTCOME, PRODUCT, RESPONDING, RESULT, SAME, SEND, STOP, WITH,
};
use super::reading::{Link, Office, Segment};
use super::token::Token;

/// Decides for each part how it belongs to the one before.
pub fn link(tokens: &[Token], segments: &mut [Segment]) {
    for at in 1..segments.len() {
        let (before, rest) = segments.split_at_mut(at);
        let Some(segment) = rest.first_mut() else {
            return;
        };
        // A result belongs to the task, not to the result before it.
        let task = before
            .iter()
            .rposition(|s| s.link != Link::Same)
            .unwrap_or(0);
        segment.link = judged(tokens, &before[task], &before[at - 1], segment);
        // "Respond to same": to the same people.
        if segment.link == Link::Communications && segment.counterparty.is_none() {
            segment.class = before[task].class;
        }
        let verb = segment.verb.map(|v| tokens[v]);
        // "Drafted and sent demand letter": what was sent need say no more than what was drafted.
        let drafted = before[task].class == Class::A103 && segment.shares_object;
        if segment.link == Link::Same && drafted && verb.is_some_and(|v| v.is(SEND)) {
            segment.class = Class::A103;
        }
        // What shares an object is done on the object of the last of its verbs: to review and revise a draft is to
        // draft, to locate and interview a witness is to interview.
        let (class, shared) = (segment.class, segment.shares_object);
        let decides = match before[task].class {
            Class::None => true,
            Class::A104 => {
                shared && class == Class::A103 && !verb.is_some_and(|v| v.is(RESPONDING))
            }
            Class::A102 => shared && class.is_communication(),
            Class::A110 => shared && class == Class::A104,
            _ => false,
        };
        if segment.link == Link::Same && decides {
            before[task].class = class;
        }
    }
}

fn judged(tokens: &[Token], task: &Segment, before: &Segment, segment: &Segment) -> Link {
    let Some(verb) = segment.verb else {
        // A fragment after a semicolon goes on with what stood before.
        return Link::Same;
    };
    let token = &tokens[verb];
    let words = &tokens[verb + 1..segment.last.max(verb + 1)];
    let has = |roles| words.iter().any(|t| t.is(roles));
    if task.class == Class::A112 || segment.class == Class::A112 {
        return if task.class == segment.class {
            Link::Same
        } else {
            Link::Task
        };
    }
    if segment.shares_object {
        return shared(before, segment);
    }
    if token.is(RESULT) && !has(PRODUCT) {
        return Link::Same;
    }
    if task.office == Some(Office::Billing) && segment.office == Some(Office::Billing) {
        return Link::Same;
    }
    // The outcome of a call, or what was said in it.
    let own_party = segment.counterparty.is_some() && segment.counterparty != task.counterparty;
    // "Attended settlement conference and negotiated terms": not what was arranged or fetched afterwards.
    let event = task.class == Class::A109
        && segment.form == Form::Past
        && segment.class.is_communication()
        && segment.office.is_none();
    if (task.class.is_communication() || event) && token.is(OUTCOME) && !own_party {
        return Link::Same;
    }
    // "Close file and send materials to storage".
    if task.office == Some(Office::Intake) && token.is(SEND) {
        return Link::Same;
    }
    if task.class == Class::A102
        && matches!(segment.class, Class::A102 | Class::A104)
        && (segment.class == Class::A102
            || has(LAW)
            || !has(DOCUMENT) && segment.object_is_a_case(tokens))
    {
        return Link::Same;
    }
    let only_sent = token.is(SEND) && segment.class != Class::A103 && !has(PRODUCT);
    if only_sent && task.class == Class::A103 && segment.no_object_of_its_own(tokens) {
        return Link::Same;
    }
    if task.office == Some(Office::Clerical)
        && segment.office == Some(Office::Clerical)
        && segment.separator.is_weak()
    {
        return Link::Same;
    }
    let same_family = task.class.same_family(segment.class) && task.class != Class::None;
    let generic = |s: &Segment| {
        s.content(tokens)
            .iter()
            .all(|t| t.is(GENERIC | STOP | WITH) || t.is_any_mark())
    };
    if same_family
        && !segment.class.is_communication()
        && (generic(segment) && !generic(task)
            || task.filler && generic(segment)
            || has(SAME) && segment.class != Class::A110)
    {
        return Link::Same;
    }
    if segment.class.is_communication() && task.class.is_communication() {
        let same_subject = has(SAME) || token.is(SEND) && words.len() < 5;
        let alone =
            segment.counterparty.is_none() && task.counterparty.is_some() && !token.is(OUTCOME);
        if alone && segment.separator.is_weak() || own_discussion(segment, task) {
            return Link::Same;
        }
        return if same_subject || alone {
            Link::Communications
        } else {
            Link::Task
        };
    }
    if paired(tokens, task, segment, has(PRODUCT), has(SAME)) {
        return Link::Pair;
    }
    Link::Task
}

/// "Call to mother's attorney. Brief discussion."
fn own_discussion(segment: &Segment, task: &Segment) -> bool {
    segment.counterparty.is_none()
        && segment.separator == super::reading::Separator::Stop
        && task.counterparty.is_some()
}

/// Verbs before one object: one task, but preparing for an event and attending it are a pair, and office work
/// beside legal work stands alone.
fn shared(before: &Segment, segment: &Segment) -> Link {
    let clerical = |s: &Segment| matches!(s.office, Some(Office::Clerical | Office::Docket));
    if before.class == Class::A101 && segment.class == Class::A109
        || before.class == Class::A109 && segment.class == Class::A101
    {
        // "Prepare for and attend" names one event; "trial and trial prep" lumps two things.
        return if before.class == Class::A101 {
            Link::Pair
        } else {
            Link::Task
        };
    }
    // Two nouns: "case strategy and planning" is one thing, "analysis and team debrief" is not.
    if before.form == Form::Noun && segment.form == Form::Noun {
        let talk = before.class.is_communication() != segment.class.is_communication();
        return if talk { Link::Task } else { Link::Same };
    }
    let kinds = clerical(before) != clerical(segment) && before.class != segment.class;
    if kinds && segment.office != Some(Office::Incidental) {
        return Link::Pair;
    }
    Link::Same
}

/// Research and its memo, review and its summary, interview and its note, a call and the email that confirms it.
fn paired(tokens: &[Token], task: &Segment, segment: &Segment, product: bool, same: bool) -> bool {
    let _ = tokens;
    match (task.class, segment.class) {
        (Class::A101, Class::A109) => {
            same || task.object.is_some() && task.object == segment.object
        }
        (Class::A102 | Class::A104, Class::A103 | Class::A104) => product,
        (Class::A102 | Class::A104, class) if class.is_communication() => {
            product && segment.separator.is_weak()
        }
        (Class::A109, Class::A103 | Class::A104) => product,
        (class, Class::A103) if class.is_communication() => product,
        _ => false,
    }
}

impl Segment {
    /// The tokens after the action.
    pub(super) fn content<'a>(&self, tokens: &'a [Token]) -> &'a [Token] {
        let start = self.verb.map_or(self.first, |v| v + 1).min(self.last);
        &tokens[start..self.last]
    }

    /// "K. v. C." or nothing that names a document.
    fn object_is_a_case(&self, tokens: &[Token]) -> bool {
        self.content(tokens)
            .iter()
            .any(|t| t.end - t.start <= 2 && !t.is_any_mark())
    }

    /// "and transmit to client": what is sent is what was drafted.
    fn no_object_of_its_own(&self, tokens: &[Token]) -> bool {
        let before_party = self.content(tokens).iter().take_while(|t| !t.is(WITH));
        before_party
            .filter(|t| !t.is(STOP | GENERIC | SAME) && !t.is_any_mark())
            .count()
            == 0
    }
}
