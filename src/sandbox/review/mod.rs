//! What becomes of an invoice: the whole story is drawn when it arrives, and told stage by stage as the clock goes on.
//! Not here: a portal's words for it (`words`), and how it is asked (each portal's own file).

mod checks;
mod decision;
mod story;

pub(super) use story::{Cut, Objection, Payment, Stage, Stamps, State, Story};

use super::ledes::Read;
use super::reasons;
use super::seed;
use super::settings::{ByNumber, Outcome, PortalSettings};
use checks::own_checks;
use chrono::{DateTime, TimeDelta, Utc};
use decision::told;

const REVIEWERS: [&str; 4] = ["Imogen Farr", "T. Okonjo", "Review desk 4", "Saskia Vance"];

/// What is drawn for invoices that pass the checks when the settings do not say otherwise.
const USUAL: [(Outcome, u32); 4] = [
    (Outcome::Approved, 70),
    (Outcome::Reduced, 17),
    (Outcome::Rejected, 9),
    (Outcome::Question, 4),
];

/// Who is asked, and about what.
pub(super) struct Case<'a> {
    pub(super) settings: &'a PortalSettings,
    pub(super) seed: u64,
    pub(super) at: DateTime<Utc>,
    /// What was read, or why nothing could be.
    pub(super) read: Result<&'a Read, &'a str>,
    /// An earlier invoice has this number, and the portal says so only now.
    pub(super) duplicate: bool,
}

/// Draws the story.
pub(super) fn story(case: &Case<'_>) -> Story {
    let read = match case.read {
        Ok(read) => read,
        Err(why) => return unreadable(case, why),
    };
    let wrong = own_checks(case, read);
    if !wrong.is_empty() {
        let mut story = blank(case, Outcome::Rejected);
        story.stages = case.stages(&[State::Received, State::Delivered, State::Rejected]);
        story.note = wrong.first().map(|o| o.reason.words.to_owned());
        story.objections = wrong;
        return story;
    }
    let outcome = outcome(case, read);
    told(case, read, outcome)
}

impl Case<'_> {
    fn draw(&self, number: &str, what: &str) -> u64 {
        seed::draw(self.seed, &[&self.settings.name, number, what])
    }

    fn step(&self, steps: i32) -> DateTime<Utc> {
        let one = TimeDelta::seconds(i64::from(self.settings.step_seconds));
        let all = one.checked_mul(steps).unwrap_or_default();
        self.at.checked_add_signed(all).unwrap_or(self.at)
    }

    fn stages(&self, states: &[State]) -> Vec<Stage> {
        let stage = |(n, state): (i32, &State)| Stage {
            at: self.step(n),
            state: *state,
        };
        (0..).zip(states).map(stage).collect()
    }
}

fn blank(case: &Case<'_>, outcome: Outcome) -> Story {
    let number = case.read.map_or("", |r| r.number.as_str());
    let reviewer = seed::place(case.draw(number, "reviewer"), REVIEWERS.len());
    Story {
        outcome,
        stages: case.stages(&[State::Received]),
        note: None,
        objections: Vec::new(),
        approved_total: None,
        cuts: Vec::new(),
        payments: Vec::new(),
        stamps: Stamps::Usual,
        reviewer: REVIEWERS.get(reviewer).copied().unwrap_or("Review desk 1"),
    }
}

fn unreadable(case: &Case<'_>, why: &str) -> Story {
    let mut story = blank(case, Outcome::FileError);
    let reason = reasons::reason("file_invalid_format");
    story.stages = case.stages(&[State::Received, State::FileError]);
    story.objections = vec![Objection {
        reason,
        text: format!("{}: {why}", reason.words),
        line: None,
    }];
    story
}

fn outcome(case: &Case<'_>, read: &Read) -> Outcome {
    let by_number = |n: &&ByNumber| read.number.starts_with(&n.starts);
    if let Some(fitting) = case.settings.numbers.iter().find(by_number) {
        return fitting.outcome;
    }
    let weights: Vec<(Outcome, u32)> = if case.settings.outcomes.is_empty() {
        USUAL.to_vec()
    } else {
        case.settings
            .outcomes
            .iter()
            .map(|(o, w)| (*o, *w))
            .collect()
    };
    let all: u64 = weights.iter().map(|(_, w)| u64::from(*w)).sum();
    let mut left = case.draw(&read.number, "outcome") % all.max(1);
    for (outcome, weight) in weights {
        if left < u64::from(weight) {
            return outcome;
        }
        left -= u64::from(weight);
    }
    Outcome::Approved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::ledes::Line;
    use crate::sandbox::settings::Settings;
    use rust_decimal::Decimal;

    fn portal(more: &str) -> PortalSettings {
        let text = format!("[[portal]]\nname = \"p\"\nkind = \"ledes-api\"\n{more}");
        let settings = Settings::parse(&text).expect("settings");
        settings.portals.into_iter().next().expect("a portal")
    }

    fn read(number: &str) -> Read {
        let line = |n: u32| Line {
            number: n.to_string(),
            kind: "F".to_owned(),
            total: Decimal::from(100 * n),
            ..Line::default()
        };
        Read {
            number: number.to_owned(),
            total: Decimal::from(600),
            sums_known: true,
            lines: (1..=3).map(line).collect(),
            ..Read::default()
        }
    }

    fn tell(settings: &PortalSettings, read: &Read) -> Story {
        story(&Case {
            settings,
            seed: 5,
            at: DateTime::UNIX_EPOCH,
            read: Ok(read),
            duplicate: false,
        })
    }

    #[test]
    fn every_outcome_keeps_its_promise() {
        let names = [
            "approved",
            "reduced",
            "reduced-unmatched",
            "reduced-whole",
            "reduced-wrong-sum",
            "paid-twice",
            "paid-wrong",
        ];
        for name in names {
            let settings = portal(&format!("outcomes = {{ {name} = 1 }}"));
            let read = read("N1");
            let story = tell(&settings, &read);
            let cut: Decimal = story.cuts.iter().map(|c| c.amount).sum();
            let paid: Decimal = story.payments.iter().map(|p| p.amount).sum();
            let approved = story.approved_total.expect("decided");
            assert_eq!(
                approved != read.total,
                name.starts_with("reduced"),
                "{name}"
            );
            assert_eq!(
                read.total - cut == approved,
                name != "reduced-wrong-sum",
                "{name}"
            );
            assert_eq!(paid == approved, name != "paid-wrong", "{name}");
            let twice = if name == "paid-twice" { 2 } else { 1 };
            assert_eq!(story.payments.len(), twice, "{name}");
        }
    }

    #[test]
    fn own_checks_come_before_chance() {
        let settings = portal("matters = [\"M1\"]\nlate_after_days = 90");
        let mut read = read("N1");
        read.matters = vec!["M2".to_owned()];
        read.total = Decimal::ONE;
        read.date = chrono::NaiveDate::from_ymd_opt(1969, 1, 1);
        let story = tell(&settings, &read);
        let slugs: Vec<_> = story.objections.iter().map(|o| o.reason.slug).collect();
        assert_eq!(
            slugs,
            ["invoice_total_sum", "matter_unmatched", "invoice_too_old"]
        );
        assert!(
            story
                .stages
                .last()
                .is_some_and(|s| s.state == State::Rejected)
        );
    }
}
