//! Codes a narrative suggests: the activity by what the narrative reader sees, task and expense by words of
//! `rules/utbms/keywords.csv`. A suggestion is for a person to look at; nothing applies it.

use super::narrative::{Class, NarrativeReading};
use super::utbms::{Code, CodeKind, catalogue};
use crate::model::Confidence;
use std::sync::OnceLock;

/// A code a narrative suggests.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// The code.
    pub code: &'static Code,
    /// How sure. Prose is never certain: high means that the words are the code's own.
    pub confidence: Confidence,
    /// The words it was told by.
    pub because: String,
}

struct Keyword {
    kind: CodeKind,
    code: &'static Code,
    /// Words in lower case; the last may take any ending.
    words: Vec<&'static str>,
    confidence: Confidence,
}

const TABLE: &str = include_str!("../../rules/utbms/keywords.csv");

fn keywords() -> &'static [Keyword] {
    static READ: OnceLock<Vec<Keyword>> = OnceLock::new();
    READ.get_or_init(|| TABLE.lines().skip(1).filter_map(keyword).collect())
}

fn keyword(row: &'static str) -> Option<Keyword> {
    let mut cells = row.split(',');
    let (kind, code) = (cells.next()?, cells.next()?);
    let (phrase, confidence) = (cells.next()?, cells.next()?);
    Some(Keyword {
        kind: match kind {
            "task" => CodeKind::Task,
            "expense" => CodeKind::Expense,
            _ => return None,
        },
        code: catalogue().find(code)?,
        words: phrase.split_whitespace().collect(),
        confidence: match confidence {
            "high" => Confidence::High,
            "medium" => Confidence::Medium,
            _ => Confidence::Low,
        },
    })
}

/// The activity of a fee. Several tasks on one line have several activities: the first is named, with low confidence.
pub fn activity(text: &str, reading: &NarrativeReading) -> Option<Suggestion> {
    let class = reading.class();
    if matches!(class, Class::None | Class::A111) {
        return None;
    }
    let tasks = reading.tasks().count();
    let segment = reading.segments.iter().find(|s| s.class == class)?;
    let confidence = match (tasks, class) {
        (_, Class::Communicate) => Confidence::Low,
        // A person who is only named may be the client.
        (1, Class::A108) => Confidence::Medium,
        (1, _) if segment.missing.is_none() && !segment.filler => Confidence::High,
        (1, _) => Confidence::Medium,
        _ => Confidence::Low,
    };
    let shown = segment.action.clone().unwrap_or(segment.text.clone());
    Some(Suggestion {
        code: catalogue().find(class.code())?,
        confidence,
        because: text.get(shown).unwrap_or("").trim().to_owned(),
    })
}

/// The task of a fee, from these sets.
pub fn task(text: &str, sets: &[&str]) -> Option<Suggestion> {
    by_words(text, |k| {
        k.kind == CodeKind::Task && sets.contains(&catalogue().set_of(k.code).name.as_str())
    })
}

/// The expense code of an expense.
pub fn expense(text: &str) -> Option<Suggestion> {
    by_words(text, |k| k.kind == CodeKind::Expense)
}

/// The code whose phrase has the most words; of equals the surer one, then the one told first. Where another code is
/// told as well, the confidence is a step lower.
fn by_words(text: &str, wanted: impl Fn(&Keyword) -> bool) -> Option<Suggestion> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let mut found: Vec<(&Keyword, usize)> = keywords()
        .iter()
        .filter(|k| wanted(k))
        .filter_map(|k| Some((k, position(&words, &k.words)?)))
        .collect();
    found.sort_by_key(|(k, at)| {
        (
            std::cmp::Reverse(k.words.len()),
            std::cmp::Reverse(k.confidence),
            *at,
        )
    });
    let (best, at) = *found.first()?;
    let rival = found
        .iter()
        .any(|(k, _)| k.code != best.code && k.confidence >= Confidence::Medium);
    let confidence = match (best.confidence, rival) {
        (Confidence::High, true) => Confidence::Medium,
        (Confidence::Medium, true) => Confidence::Low,
        (own, _) => own,
    };
    Some(Suggestion {
        code: best.code,
        confidence,
        because: words[at..at + best.words.len()].join(" "),
    })
}

fn position(words: &[&str], phrase: &[&str]) -> Option<usize> {
    let same = |word: &str, wanted: &str| match wanted.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == wanted,
    };
    words
        .windows(phrase.len())
        .position(|part| part.iter().zip(phrase).all(|(w, p)| same(w, p)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::narrative::{Roster, read};
    use crate::rules::utbms::{CodeLevel, Status};

    #[test]
    fn every_keyword_names_a_code_of_its_kind() {
        assert_eq!(keywords().len(), TABLE.lines().count() - 1);
        for keyword in keywords() {
            assert_eq!(keyword.code.kind, keyword.kind, "{}", keyword.code.code);
            assert!(!keyword.words.is_empty());
            assert!(
                !matches!(keyword.code.level, CodeLevel::Phase | CodeLevel::Group),
                "{} is not for posting",
                keyword.code.code
            );
        }
        // Every task set in use has words.
        for set in catalogue().sets() {
            let words = keywords()
                .iter()
                .filter(|k| catalogue().set_of(k.code) == set);
            let wanted = set.kind == CodeKind::Task && set.status == Status::Active;
            assert!(!wanted || words.count() >= 4, "{}", set.name);
        }
    }

    #[test]
    fn narratives_suggest_codes_with_their_words() {
        let task_of =
            |text: &str| task(text, &["litigation"]).map(|s| (s.code.code.clone(), s.confidence));
        let is = |code: &str, confidence| Some((code.to_owned(), confidence));
        assert_eq!(
            task_of("Draft motion for summary judgment on lost chance"),
            is("L240", Confidence::High)
        );
        assert_eq!(
            task_of("Defend deposition of plaintiff at mediation"),
            is("L330", Confidence::Medium)
        );
        assert_eq!(task_of("Attention to file"), None);
        for (set, text, code) in [
            (
                "project",
                "Negotiate indemnity in share purchase agreement",
                "P500",
            ),
            ("counseling", "Legal research on notice periods", "C200"),
            (
                "bankruptcy",
                "Review proof of claim of Harbour Line",
                "B310",
            ),
            ("patent", "Respond to office action", "PA430"),
            (
                "trademark",
                "Cease and desist letter to Gull Foods",
                "TR260",
            ),
            ("ediscovery", "Privilege review of custodian mail", "L655"),
            ("uk-jcodes", "Prepare points of dispute", "JM20"),
        ] {
            let found = task(text, &[set]).expect(text);
            assert_eq!(found.code.code, code, "{text}");
            assert_eq!(task_of(text).filter(|(c, _)| c == code), None);
        }
        let cost = |text: &str| expense(text).map(|s| s.code.code.clone());
        assert_eq!(cost("Courier to notary").as_deref(), Some("E107"));
        assert_eq!(
            cost("Clerk, filing fee for complaint").as_deref(),
            Some("E112")
        );
        assert_eq!(cost("Sundry"), None);
    }

    #[test]
    fn an_activity_is_surer_on_a_line_of_one_task() {
        let of = |text: &str| {
            let found = activity(text, &read(text, &Roster::default()));
            found.map(|s| (s.code.code.clone(), s.confidence, s.because))
        };
        let (code, confidence, because) =
            of("Draft answer to amended complaint of Harbour Line").expect("a suggestion");
        assert_eq!((code.as_str(), confidence), ("A103", Confidence::High));
        assert_eq!(because, "Draft");
        let (_, confidence, _) = of(
            "Draft motion to dismiss counterclaim; telephone conference with adjuster Felton on reserve",
        )
        .expect("a suggestion");
        assert_eq!(confidence, Confidence::Low);
        assert_eq!(of("Miscellaneous"), None);
    }
}
