//! What reviewers decide: the story that leads to an outcome, with what is refused, cut and paid.

use super::{Case, Cut, Objection, Payment, Stamps, State, Story, blank, unreadable};
use crate::sandbox::ledes::{Line, Read};
use crate::sandbox::reasons::{self, Use};
use crate::sandbox::seed;
use crate::sandbox::settings::Outcome;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

/// The story that leads to an outcome.
pub(super) fn told(case: &Case<'_>, read: &Read, outcome: Outcome) -> Story {
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
