//! A finding as a page tells it, and a hint at one that is told elsewhere.

use crate::model::{Finding, Safety};
use crate::render::printable;
use crate::web::locale::Locale;
use crate::web::wording::{counted, level};

/// A finding as a page tells it.
pub(in crate::web::pages) struct Card {
    pub(in crate::web::pages) anchor: String,
    pub(in crate::web::pages) class: &'static str,
    pub(in crate::web::pages) words: &'static str,
    pub(in crate::web::pages) rule: String,
    pub(in crate::web::pages) message: String,
    pub(in crate::web::pages) value: String,
    pub(in crate::web::pages) expected: String,
    pub(in crate::web::pages) at_risk: String,
    pub(in crate::web::pages) place: String,
    pub(in crate::web::pages) why: String,
    pub(in crate::web::pages) help: String,
    pub(in crate::web::pages) source: String,
    pub(in crate::web::pages) consequences: Vec<String>,
    /// What a fix would write, and whether it only changes the form.
    pub(in crate::web::pages) fix: Option<(String, bool)>,
    pub(in crate::web::pages) fingerprint: String,
    /// Who set it aside, when and why.
    pub(in crate::web::pages) aside: Option<(String, String, String)>,
}

impl Card {
    pub(in crate::web::pages) fn of(
        anchor: String,
        finding: &Finding,
        currency: &str,
        locale: &Locale,
    ) -> Self {
        let shown = |text: &str| printable(text).into_owned();
        let said = |text: &str| locale.days_in(&printable(text));
        let first = finding.places.first();
        let edit = finding
            .fix
            .as_ref()
            .and_then(|f| Some((f.edits.first()?, f.safety)));
        Self {
            anchor,
            class: finding.level.name(),
            words: level(finding.level.name()),
            rule: finding.rule.clone(),
            message: said(&finding.message),
            value: first
                .and_then(|p| p.value.as_deref())
                .map(shown)
                .unwrap_or_default(),
            expected: finding.expected.as_deref().map(shown).unwrap_or_default(),
            at_risk: match finding.at_risk {
                Some(money) if !money.is_zero() => locale.money(money, currency),
                _ => String::new(),
            },
            place: places(finding),
            why: shown(&finding.why),
            help: said(&finding.help),
            source: shown(&finding.source),
            consequences: finding
                .consequences
                .iter()
                .map(|c| said(&c.message))
                .collect(),
            fix: edit.map(|(edit, safety)| (shown(&edit.value), safety == Safety::Safe)),
            fingerprint: finding.fingerprint.clone(),
            aside: None,
        }
    }
}

/// Where in the file it stands, in one line.
fn places(finding: &Finding) -> String {
    let Some(first) = finding.places.first() else {
        return String::new();
    };
    let field = first
        .field
        .as_deref()
        .map_or_else(String::new, |f| format!(", {}", printable(f)));
    let total = finding.places_total.unwrap_or(0).max(finding.places.len());
    let more = match total {
        0 | 1 => String::new(),
        n => format!(", and {} more", counted(n - 1, "place")),
    };
    format!("line {} of the file{field}{more}", first.line)
}

/// A further place of a finding that is told in full elsewhere.
pub(in crate::web::pages) struct Again {
    pub(in crate::web::pages) anchor: String,
    pub(in crate::web::pages) class: &'static str,
    pub(in crate::web::pages) words: &'static str,
    pub(in crate::web::pages) rule: String,
}
