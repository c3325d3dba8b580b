//! What becomes of an invoice: the whole story is drawn when it arrives, and told stage by stage as the clock goes on.

use super::ledes::{Line, Read};
use super::reasons::{self, Reason, Use};
use super::seed;
use super::settings::{Outcome, PortalSettings};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

/// Where an invoice is. Each portal has its own words for these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum State {
    Received,
    FileError,
    Delivered,
    InReview,
    Question,
    TaxPending,
    Approved,
    SentToAp,
    Paid,
    Rejected,
    /// A word that is on no list.
    Strange,
}

/// From when an invoice is where.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stage {
    pub(super) at: DateTime<Utc>,
    pub(super) state: State,
}

/// What was wrong.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Objection {
    pub(super) reason: Reason,
    /// The reason with what it is about.
    pub(super) text: String,
    /// The charge, where it is about one.
    pub(super) line: Option<Line>,
}

/// What was cut.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cut {
    pub(super) reason: Reason,
    /// Above 0: so much less.
    pub(super) amount: Decimal,
    pub(super) line: Option<Line>,
    /// The portal kept no line number.
    pub(super) unmatched: bool,
}

/// Money that was sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Payment {
    pub(super) at: DateTime<Utc>,
    pub(super) amount: Decimal,
    pub(super) reference: String,
    pub(super) by: &'static str,
}

/// How times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamps {
    Usual,
    Mixed,
    Bad,
}

/// All that will be said of an invoice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Story {
    pub(super) outcome: Outcome,
    pub(super) stages: Vec<Stage>,
    pub(super) note: Option<String>,
    pub(super) objections: Vec<Objection>,
    pub(super) approved_total: Option<Decimal>,
    pub(super) cuts: Vec<Cut>,
    pub(super) payments: Vec<Payment>,
    pub(super) stamps: Stamps,
    pub(super) reviewer: &'static str,
}

impl Story {
    /// Where the invoice is at a time.
    pub(super) fn at(&self, now: DateTime<Utc>) -> Stage {
        let told = self.stages.iter().take_while(|s| s.at <= now).last();
        told.or(self.stages.first()).cloned().unwrap_or(Stage {
            at: now,
            state: State::Received,
        })
    }

    /// Whether what the reviewers decided can be seen.
    pub(super) fn decided(&self, now: DateTime<Utc>) -> bool {
        let visible = |s: &Stage| {
            s.at <= now
                && matches!(
                    s.state,
                    State::Approved
                        | State::SentToAp
                        | State::Paid
                        | State::Rejected
                        | State::FileError
                )
        };
        self.stages.iter().any(visible)
    }

    /// Whether it ends in a rejection, of the file or by people.
    pub(super) fn rejected(&self, now: DateTime<Utc>) -> bool {
        matches!(self.at(now).state, State::Rejected | State::FileError)
    }

    /// Payments that were made by then.
    pub(super) fn paid_by(&self, now: DateTime<Utc>) -> &[Payment] {
        let count = self.payments.iter().take_while(|p| p.at <= now).count();
        self.payments.get(..count).unwrap_or_default()
    }
}

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

/// The few things the sandbox looks at itself.
fn own_checks(case: &Case<'_>, read: &Read) -> Vec<Objection> {
    let mut wrong = Vec::new();
    let mut say = |slug: &'static str, detail: String| {
        let reason = reasons::reason(slug);
        wrong.push(Objection {
            reason,
            text: format!("{}: {detail}", reason.words),
            line: None,
        });
    };
    if case.duplicate {
        say("duplicate_invoice_number", read.number.clone());
    }
    if !read.more.is_empty() {
        say("multiple_invoices_in_file", read.more.join(", "));
    }
    if let Some(other) = read.other_totals.first() {
        say(
            "invoice_total_inconsistent",
            format!("{other} and {}", read.total),
        );
    } else if !read.adds_up() {
        let lines: Decimal = read.lines.iter().map(|l| l.total).sum();
        say("invoice_total_sum", format!("{lines} and {}", read.total));
    }
    let known = &case.settings.matters;
    for matter in &read.matters {
        if !known.is_empty() && !known.contains(matter) {
            say("matter_unmatched", matter.clone());
        }
    }
    let age = read
        .date
        .map(|date| (case.at.date_naive() - date).num_days());
    if let (Some(limit), Some(age)) = (case.settings.late_after_days, age)
        && age > i64::from(limit)
    {
        let reason = reasons::reason("invoice_too_old");
        let words = reason.words.replace("90", &limit.to_string());
        wrong.push(Objection {
            reason,
            text: format!("{words}: it is {age} days old"),
            line: None,
        });
    }
    wrong
}

fn outcome(case: &Case<'_>, read: &Read) -> Outcome {
    let by_number = |n: &&super::settings::ByNumber| read.number.starts_with(&n.starts);
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

fn told(case: &Case<'_>, read: &Read, outcome: Outcome) -> Story {
    use State::{
        Approved, Delivered, InReview, Paid, Question, Received, Rejected, SentToAp, Strange,
        TaxPending,
    };
    const WAY: [State; 6] = [Received, Delivered, InReview, Approved, SentToAp, Paid];
    let mut story = blank(case, outcome);
    match outcome {
        Outcome::FileError => return unreadable(case, "it could not be read"),
        Outcome::Silent => return story,
        Outcome::Question => {
            story.stages = case.stages(&[Received, Delivered, InReview, Question]);
            story.note = Some(reasons::reason("question_inquiry").words.to_owned());
            return story;
        }
        Outcome::Rejected | Outcome::RejectedThree => {
            story.stages = case.stages(&[Received, Delivered, InReview, Rejected]);
            reject(case, read, &mut story);
            return story;
        }
        Outcome::TaxPending => {
            story.stages = case.stages(&[
                Received, TaxPending, Delivered, InReview, Approved, SentToAp, Paid,
            ]);
        }
        Outcome::Strange => {
            story.stages = case.stages(&[Received, Delivered, Strange, Approved, SentToAp, Paid]);
        }
        _ => story.stages = case.stages(&WAY),
    }
    let cut = match outcome {
        Outcome::Reduced | Outcome::ReducedUnmatched | Outcome::ReducedWrongSum => {
            cut_lines(case, read, &mut story, outcome == Outcome::ReducedUnmatched)
        }
        Outcome::ReducedWhole => cut_whole(case, read, &mut story),
        _ => Decimal::ZERO,
    };
    let gap = if outcome == Outcome::ReducedWrongSum {
        Decimal::ONE
    } else {
        Decimal::ZERO
    };
    let approved = read.total - cut - gap;
    story.approved_total = Some(approved);
    story.stamps = match outcome {
        Outcome::OddTimes => Stamps::Mixed,
        Outcome::BadTime => Stamps::Bad,
        _ => Stamps::Usual,
    };
    pay(case, read, &mut story, approved);
    story
}

fn reject(case: &Case<'_>, read: &Read, story: &mut Story) {
    let drawn = case.draw(&read.number, "rejection");
    let three = story.outcome == Outcome::RejectedThree;
    let whole = reasons::drawn(drawn, Use::RejectsInvoice);
    story.note = Some(if three {
        reasons::reason("too_many_violations").words.to_owned()
    } else {
        whole.words.to_owned()
    });
    let count = if three { 3 } else { seed::place(drawn >> 8, 3) };
    for n in 0..count {
        let what = format!("error {n}");
        let reason = reasons::drawn(case.draw(&read.number, &what), Use::RejectsLine);
        // One error a line, as far as there are lines.
        let line = read.lines.get(n % read.lines.len().max(1)).cloned();
        let of = line.as_ref().map_or("", |l| l.number.as_str());
        story.objections.push(Objection {
            reason,
            text: format!("Line item {of}: {}", reason.words),
            line,
        });
    }
    if story.objections.is_empty() {
        story.objections.push(Objection {
            reason: whole,
            text: whole.words.to_owned(),
            line: None,
        });
    }
}

fn part(amount: Decimal, drawn: u64) -> Decimal {
    let percent = [10, 15, 20, 25, 50, 100];
    let percent = percent.get(seed::place(drawn, percent.len())).copied();
    (amount * Decimal::from(percent.unwrap_or(10)) / Decimal::ONE_HUNDRED).round_dp(2)
}

fn cut_lines(case: &Case<'_>, read: &Read, story: &mut Story, unmatched: bool) -> Decimal {
    let charges: Vec<&Line> = read
        .lines
        .iter()
        .filter(|l| l.total > Decimal::ZERO && !l.kind.starts_with('I'))
        .collect();
    if charges.is_empty() {
        return cut_whole(case, read, story);
    }
    let first = seed::place(case.draw(&read.number, "first line"), charges.len());
    let count = 1 + seed::place(case.draw(&read.number, "lines cut"), 2.min(charges.len()));
    let mut cut = Decimal::ZERO;
    for n in 0..count {
        let Some(line) = charges.get((first + n) % charges.len()) else {
            continue;
        };
        let drawn = case.draw(&read.number, &format!("cut {n}"));
        let amount = part(line.total, drawn);
        let good_for = if line.kind == "E" {
            Use::CutsExpense
        } else {
            Use::CutsFee
        };
        cut += amount;
        story.cuts.push(Cut {
            reason: reasons::drawn(drawn >> 8, good_for),
            amount,
            line: Some((*line).clone()),
            unmatched,
        });
    }
    cut
}

fn cut_whole(case: &Case<'_>, read: &Read, story: &mut Story) -> Decimal {
    let amount = part(read.total, case.draw(&read.number, "whole"));
    story.cuts.push(Cut {
        reason: reasons::reason("too_many_violations"),
        amount,
        line: None,
        unmatched: false,
    });
    amount
}

fn pay(case: &Case<'_>, read: &Read, story: &mut Story, approved: Decimal) {
    let last = i32::try_from(story.stages.len()).unwrap_or(1) - 1;
    let number = case.draw(&read.number, "payment") % 900_000 + 100_000;
    let mut send = |at: DateTime<Utc>, amount: Decimal, nth: u64, by: &'static str| {
        // Nobody sends nothing.
        if amount.is_zero() {
            return;
        }
        story.payments.push(Payment {
            at,
            amount,
            reference: (number + nth).to_string(),
            by,
        });
    };
    match story.outcome {
        Outcome::PaidTwice => {
            let half = (approved / Decimal::TWO).round_dp(2);
            send(case.step(last - 1), half, 0, "CHECK");
            send(case.step(last), approved - half, 1, "ACH");
        }
        Outcome::PaidWrong => {
            send(case.step(last), approved - Decimal::TEN, 0, "WIRE");
        }
        Outcome::ChargedBack => {
            send(case.step(last), approved, 0, "ACH");
            send(case.step(last + 1), -approved, 1, "REVERSAL");
        }
        _ => send(case.step(last), approved, 0, "ACH"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::settings::Settings;

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
