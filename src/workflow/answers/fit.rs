//! Whether what was heard fits what is known: news, old news, or a contradiction.

use crate::model::{Outcome, StatusReport};
use crate::workflow::state::State;
use crate::workflow::submission::steps;
use rust_decimal::Decimal;

/// How an answer fits an invoice's state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Fit {
    /// Steps follow.
    News,
    /// The invoice is there or further already.
    Old,
    /// It cannot be, after what is known.
    Contradicts,
}

/// A report held beside its invoice: what it does not repeat is the invoice's, and approved below the total is reduced.
pub(super) fn beside(report: &StatusReport, total: Option<Decimal>) -> StatusReport {
    let mut report = report.clone();
    report.original_total = report.original_total.or(total);
    let less = report
        .original_total
        .zip(report.approved_total)
        .is_some_and(|(billed, approved)| approved < billed);
    if less && report.outcome == Outcome::Approved {
        report.outcome = Outcome::Reduced;
    }
    report
}

/// How far an outcome is on the ladder of answers.
fn rung(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Unknown | Outcome::Received => 0,
        Outcome::Acknowledged => 1,
        Outcome::InReview | Outcome::ActionRequired => 2,
        Outcome::Approved | Outcome::Reduced | Outcome::Rejected => 3,
        Outcome::PartlyPaid => 4,
        Outcome::Paid => 5,
    }
}

/// The outcome an invoice's state stands for; `None` before it is at a portal.
fn heard_before(state: State) -> Option<Outcome> {
    Some(match state {
        State::Submitted => Outcome::Received,
        State::Acknowledged => Outcome::Acknowledged,
        State::InClientReview => Outcome::InReview,
        State::ActionRequired => Outcome::ActionRequired,
        State::Approved => Outcome::Approved,
        State::Reduced => Outcome::Reduced,
        State::Rejected => Outcome::Rejected,
        State::PartlyPaid => Outcome::PartlyPaid,
        State::Paid => Outcome::Paid,
        _ => return None,
    })
}

/// How a report fits the state of an invoice that is at a portal.
pub(super) fn fit(state: State, report: &StatusReport) -> Fit {
    let Some(before) = heard_before(state) else {
        return Fit::Contradicts;
    };
    if !steps(state, report).is_empty() {
        return Fit::News;
    }
    let (told, known) = (rung(report.outcome), rung(before));
    // More may stand in it, such as the lines of a cut; the state stays.
    let same = report.outcome == before;
    // What was cut before it was paid is told by other files than the payment.
    let before_money = known > 3 && matches!(report.outcome, Outcome::Approved | Outcome::Reduced);
    if same || before_money || told < 3 && told <= known {
        return Fit::Old;
    }
    Fit::Contradicts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Payment;

    fn report(outcome: Outcome, paid: bool) -> StatusReport {
        let hundred = rust_decimal::dec!(100.00);
        let payment = Payment {
            amount: hundred,
            ..Payment::default()
        };
        StatusReport {
            outcome,
            original_total: Some(hundred),
            payments: paid.then_some(payment).into_iter().collect(),
            ..StatusReport::default()
        }
    }

    #[test]
    fn approved_below_the_total_is_reduced() {
        let mut told = report(Outcome::Approved, false);
        told.original_total = None;
        told.approved_total = Some(rust_decimal::dec!(99.99));
        let total = Some(rust_decimal::dec!(100.00));
        assert_eq!(beside(&told, total).outcome, Outcome::Reduced);
        told.approved_total = total;
        assert_eq!(beside(&told, total).outcome, Outcome::Approved);
        assert_eq!(beside(&told, None).outcome, Outcome::Approved);
    }

    #[test]
    fn what_cannot_follow_is_a_contradiction() {
        use Outcome as O;
        use State as S;
        for (state, outcome, expected) in [
            (S::Submitted, O::Acknowledged, Fit::News),
            (S::Submitted, O::Received, Fit::Old),
            (S::Submitted, O::Paid, Fit::News),
            (S::Approved, O::InReview, Fit::Old),
            (S::Approved, O::Reduced, Fit::News),
            (S::Approved, O::Rejected, Fit::Contradicts),
            (S::Reduced, O::Approved, Fit::Contradicts),
            (S::Reduced, O::Reduced, Fit::Old),
            (S::Rejected, O::Rejected, Fit::Old),
            (S::Rejected, O::Paid, Fit::Contradicts),
            (S::Rejected, O::Approved, Fit::Contradicts),
            (S::Rejected, O::Acknowledged, Fit::Old),
            (S::Paid, O::Rejected, Fit::Contradicts),
            (S::Paid, O::Reduced, Fit::Old),
            (S::Paid, O::PartlyPaid, Fit::Contradicts),
            (S::PartlyPaid, O::Paid, Fit::News),
            (S::Cleared, O::Approved, Fit::Contradicts),
            (S::Withdrawn, O::Paid, Fit::Contradicts),
        ] {
            assert_eq!(
                fit(state, &report(outcome, outcome == O::Paid)),
                expected,
                "{state} {outcome:?}"
            );
        }
    }
}
