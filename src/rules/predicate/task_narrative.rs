//! `task-narrative-mismatch`: the narrative tells of work that has a task code of its own, and the line has
//! another (reference guidelines.md section 6). Only litigation codes, only lines of one task, and only where
//! the work itself is the deposition, mediation, pleading or trial: a review of one may serve anything.

use super::entries::words;
use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::{Class, Segment};
use crate::rules::utbms::{CodeKind, catalogue};

struct TaskNarrative {
    rule: RuleId,
    /// Codes that are right for each kind of work; a phase such as `L4` stands for its tasks.
    codes: [Vec<String>; 5],
}

/// Work with a task code of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Work {
    Deposition,
    Settlement,
    Expert,
    Pleading,
    Trial,
}

impl Work {
    fn words(self) -> &'static str {
        match self {
            Self::Deposition => "a deposition",
            Self::Settlement => "settlement or mediation",
            Self::Expert => "an expert",
            Self::Pleading => "a complaint or answer",
            Self::Trial => "trial",
        }
    }
}

/// Parameters: the codes that are right for each kind of work: `deposition`, `settlement`, `expert`, `pleading`,
/// `trial`.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TaskNarrative {
        rule: params.rule,
        codes: [
            params.list("deposition")?,
            params.list("settlement")?,
            params.list("expert")?,
            params.list("pleading")?,
            params.list("trial")?,
        ],
    }))
}

impl Predicate for TaskNarrative {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            let cell = told.line.task_code;
            let code = invoice.text.raw(cell);
            if told.reading.tasks().count() != 1 || !is_litigation_task(code) {
                continue;
            }
            let Some(task) = told.reading.segments.first() else {
                continue;
            };
            let unclear = task.missing.is_some() || task.filler || task.office.is_some();
            if unclear || task.internal {
                continue;
            }
            let object = task.object.clone().and_then(|range| told.text.get(range));
            let party = task.counterparty.clone();
            let party = party.and_then(|range| told.text.get(range));
            let Some(work) = work_of(task, object.unwrap_or(""), party.unwrap_or("")) else {
                continue;
            };
            let right = &self.codes[work as usize];
            // An early phase is where trial work has no place; later ones lead up to it.
            let early = work != Work::Trial || code.starts_with("L1");
            if right.is_empty() || !early || right.iter().any(|r| code.starts_with(r.as_str())) {
                continue;
            }
            hits.raise(
                Hit::on_line(self.rule, told.index)
                    .at(invoice.format, Field::TaskCode, cell)
                    .with("work", work.words())
                    .with("part", told.part(task))
                    .with("right", shown(right)),
            );
        }
    }
}

/// Codes as a sentence names them, a phase with all its tasks: "L4xx".
fn shown(codes: &[String]) -> String {
    let codes: Vec<String> = codes.iter().map(|code| format!("{code:x<4}")).collect();
    codes.join(" or ")
}

/// A task of the litigation set, not of e-discovery. Headings, unknown codes and those for what has no code have
/// rules of their own.
fn is_litigation_task(code: &str) -> bool {
    let litigation = code.len() == 4
        && code.starts_with('L')
        && code[1..].bytes().all(|b| b.is_ascii_digit())
        && !code.starts_with("L6")
        && !code.ends_with("00")
        && !code.ends_with("90");
    litigation
        && catalogue()
            .find(code)
            .is_some_and(|known| known.kind == CodeKind::Task)
}

/// Words without one of which no object is of a kind of work.
const TELLING: [&str; 8] = [
    "deposition",
    "depositions",
    "mediation",
    "trial",
    "settlement",
    "expert",
    "complaint",
    "answer",
];

fn work_of(task: &Segment, object: &str, party: &str) -> Option<Work> {
    let event = matches!(task.class, Class::A101 | Class::A109);
    let drafting = task.class == Class::A103 && !task.written;
    if !event && !drafting && task.class != Class::A108 {
        return None;
    }
    let first = words(party).next();
    let with_expert = first.is_some_and(|word| word.eq_ignore_ascii_case("expert"));
    if event || drafting {
        // Most objects have none of these words, and need not be looked at word by word.
        let tells = |word: &str| TELLING.iter().any(|t| t.eq_ignore_ascii_case(word));
        if !words(object).any(tells) {
            return None;
        }
    } else if !with_expert {
        return None;
    }
    let object = object.to_ascii_lowercase();
    let object: Vec<&str> = words(&object).collect();
    let has = |word: &str| object.contains(&word);
    let phrase = |one: &str, two: &str| object.windows(2).any(|w| w[0] == one && w[1] == two);
    // A motion about any of these is a motion, and discovery answers are discovery.
    let other = [
        "motion",
        "opposition",
        "appeal",
        "brief",
        "interrogatories",
        "requests",
        "subpoena",
    ];
    if other.iter().any(|word| has(word)) {
        return None;
    }
    // "Trial of the deposition video" is the trial's: the first word that names an event decides.
    let first = object.iter().find_map(|word| match *word {
        "deposition" | "depositions" => Some(Work::Deposition),
        "mediation" => Some(Work::Settlement),
        "trial" => Some(Work::Trial),
        _ => None,
    });
    if event {
        let settling = phrase("settlement", "conference") || phrase("settlement", "meeting");
        // What is held before or about a trial is not the trial.
        let around = [
            "pretrial",
            "pre",
            "hearing",
            "conference",
            "order",
            "mock",
            "setting",
        ];
        return match first {
            _ if settling => Some(Work::Settlement),
            Some(Work::Trial) if around.iter().any(|word| has(word)) => None,
            first => first,
        };
    }
    if drafting {
        let settling = ["agreement", "demand", "offer", "proposal"];
        if settling.iter().any(|word| phrase("settlement", word))
            || phrase("mediation", "statement")
        {
            return Some(Work::Settlement);
        }
        if ["report", "disclosure", "disclosures"]
            .iter()
            .any(|w| phrase("expert", w))
        {
            return Some(Work::Expert);
        }
        return pleads(&object).then_some(Work::Pleading);
    }
    Some(Work::Expert)
}

/// The paper itself is a complaint, or an answer to one.
fn pleads(object: &[&str]) -> bool {
    const BEFORE: [&str; 11] = [
        "the", "a", "an", "amended", "first", "second", "third", "party", "initial", "verified",
        "proposed",
    ];
    let mut words = object
        .iter()
        .copied()
        .skip_while(|word| BEFORE.contains(word));
    match words.next() {
        Some("complaint") => {
            !words.any(|word| matches!(word, "letter" | "response" | "summary" | "chart"))
        }
        Some("answer") => {
            let to: Vec<&str> = words
                .skip_while(|w| *w == "to" || BEFORE.contains(w))
                .collect();
            matches!(
                to.first(),
                Some(&("complaint" | "petition" | "counterclaim" | "counterclaims"))
            )
        }
        _ => false,
    }
}
