//! A finding as the page tells it, and the quotation of its place.

use super::shown;
use crate::model::{Finding, Place};
use crate::render::wording::{amount, further_places, level_words, printable};
use rustc_hash::FxHashSet;

/// Characters of a line shown on each side of a place that stands on no line of the bill.
const AROUND: usize = 60;

/// A finding with all it says.
pub(in crate::render) struct Card {
    pub id: String,
    pub class: &'static str,
    pub words: &'static str,
    pub message: String,
    pub rule: String,
    pub place: String,
    pub excerpt: Option<Quote>,
    pub value: Option<String>,
    pub expected: Option<String>,
    pub also: Option<String>,
    pub at_risk: Option<String>,
    pub why: Option<String>,
    pub help: Option<String>,
    pub source: Option<String>,
    pub consequences: Vec<(String, String)>,
}

impl Card {
    pub fn new(id: String, finding: &Finding, currency: &str, excerpt: Option<Quote>) -> Self {
        let first = finding.places.first();
        let unless_empty = |text: &str| (!text.is_empty()).then(|| shown(text));
        Self {
            id,
            class: finding.level.name(),
            words: level_words(finding.level),
            message: shown(&finding.message),
            rule: finding.rule.clone(),
            place: first.map(place).unwrap_or_default(),
            excerpt,
            value: first.and_then(|p| p.value.as_deref()).map(shown),
            expected: finding.expected.as_deref().map(shown),
            also: further_places(finding),
            at_risk: finding
                .at_risk
                .filter(|money| !money.is_zero())
                .map(|money| amount(&money, currency)),
            why: unless_empty(&finding.why),
            help: unless_empty(&finding.help),
            source: unless_empty(&finding.source),
            consequences: finding
                .consequences
                .iter()
                .map(|c| (shown(&c.message), c.rule.clone()))
                .collect(),
        }
    }

    /// Leaves why and what to do only at the first of the cards, in the order of the page, that says it of a rule.
    pub fn explain_once<'a>(cards: impl Iterator<Item = &'a mut Self>) {
        let mut told = FxHashSet::default();
        for card in cards {
            for text in [&mut card.why, &mut card.help, &mut card.source] {
                let known = text
                    .as_ref()
                    .is_some_and(|text| !told.insert(format!("{}\0{text}", card.rule)));
                if known {
                    *text = None;
                }
            }
        }
    }
}

/// A place quoted from its physical line.
pub(in crate::render) struct Quote {
    pub before: String,
    pub marked: String,
    pub after: String,
}

impl Quote {
    pub fn of(place: &Place) -> Option<Self> {
        let excerpt = place.excerpt.as_ref()?;
        let first = place.column.checked_sub(1)?.checked_sub(excerpt.skipped)? as usize;
        let count = place.end_column.saturating_sub(place.column) as usize;
        let text: Vec<char> = printable(&excerpt.text).chars().collect();
        let end = (first + count).min(text.len());
        let marked = text.get(first..end)?;
        let from = first.saturating_sub(AROUND);
        let to = (end + AROUND).min(text.len());
        let dots = |cut: bool| if cut { "…" } else { "" };
        let shortened: String = marked.iter().take(4 * AROUND).collect();
        Some(Self {
            before: dots(from > 0 || excerpt.skipped > 0).to_owned()
                + &text[from..first].iter().collect::<String>(),
            marked: shortened + dots(marked.len() > 4 * AROUND),
            after: text[end..to].iter().collect::<String>() + dots(to < text.len()),
        })
    }
}

/// `line 4, column 141, LINE_ITEM_TOTAL`
pub(super) fn place(place: &Place) -> String {
    let mut text = format!("line {}, column {}", place.line, place.column);
    if let Some(field) = &place.field {
        text += ", ";
        text += &printable(field);
    }
    text
}
