//! What becomes of an invoice at the client: the portal is asked on a schedule, each answer is a step.

use super::answer::Heard;
use super::package::handle;
use super::{Door, Parcel, status};
use crate::model::{Outcome, StatusReport};
use crate::portals::{Asked, Portal, PortalError};
use crate::store::{StoreError, sha256};
use crate::workflow::desk::Desk;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use crate::workflow::table::{Step, next};
use rust_decimal::Decimal;

/// Minutes until a portal is asked again, by how often it was (reference ledes-api.md section 9).
const SCHEDULE: [i64; 5] = [1, 5, 15, 60, 6 * 60];

/// Milliseconds until a portal is asked again that was asked so often.
pub(super) fn after(asked: i64) -> i64 {
    let last = SCHEDULE.len() - 1;
    let at = usize::try_from(asked).unwrap_or(0).min(last);
    SCHEDULE[at] * 60_000
}

/// What an answer changed.
#[derive(Clone, Debug, Default)]
pub(in crate::workflow) struct Followed {
    /// What became of it, if that is news.
    pub(in crate::workflow) news: Option<Outcome>,
    /// What a person should look at.
    pub(in crate::workflow) doubts: Vec<String>,
}

impl Desk<'_> {
    /// Asks what became of an invoice.
    pub(super) async fn follow(
        &self,
        door: &Door,
        parcel: &Parcel,
    ) -> Result<Result<Followed, PortalError>, WorkflowError> {
        let report = match door.portal.ask(&handle(parcel)).await {
            Ok(Asked::Here(report)) => report,
            Ok(Asked::Absent) => {
                self.asked(parcel, None).await?;
                return Ok(Ok(Followed {
                    news: None,
                    doubts: vec!["the portal no longer knows it".to_owned()],
                }));
            }
            Ok(Asked::CannotSay) => {
                self.asked(parcel, None).await?;
                return Ok(Ok(Followed::default()));
            }
            Err(error) => return Ok(Err(error)),
        };
        Ok(Ok(self.take_report(parcel, &report).await?))
    }

    /// An answer proves that an invoice in doubt, or uploaded by hand, is at the portal.
    pub(in crate::workflow) async fn arrived_by(
        &self,
        parcel: &Parcel,
        report: &StatusReport,
    ) -> Result<(), WorkflowError> {
        let heard = Heard {
            portal_id: report.portal_id.clone(),
            word: Some("an answer to it came".to_owned()),
            ..Heard::default()
        };
        self.arrived(parcel, &heard).await?;
        Ok(())
    }

    /// Takes what was said of an invoice: its steps, or the answer alone where it says nothing new.
    pub(in crate::workflow) async fn take_report(
        &self,
        parcel: &Parcel,
        report: &StatusReport,
    ) -> Result<Followed, WorkflowError> {
        let heard = Heard::report(report);
        let answer = heard.kept()?;
        let hash = answer.as_deref().map(sha256);
        if hash.is_some() && hash == parcel.submission.answer {
            self.asked(parcel, None).await?;
            return Ok(Followed::default());
        }
        let state = State::named(&parcel.invoice.state);
        let steps = state.map(|state| steps(state, report)).unwrap_or_default();
        let mut followed = Followed {
            news: None,
            doubts: report.doubts.clone(),
        };
        for step in &steps {
            let last = report.outcome.is_final() && Some(step) == steps.last();
            self.take_step(parcel, *step, &heard, |row| {
                row.asked += 1;
                row.next_ms = row.changed_ms.saturating_add(after(row.asked));
                if last {
                    row.status = if *step == Step::Reject {
                        status::REFUSED.to_owned()
                    } else {
                        status::DONE.to_owned()
                    };
                }
            })
            .await?;
            followed.news = Some(report.outcome);
        }
        if steps.is_empty() {
            self.asked(parcel, Some(&heard)).await?;
        }
        Ok(followed)
    }

    /// The portal was asked, and nothing is new.
    async fn asked(&self, parcel: &Parcel, heard: Option<&Heard>) -> Result<(), WorkflowError> {
        let answer = heard.map(Heard::kept).transpose()?.flatten();
        again!(self.try_asked(parcel, heard, answer.as_deref()))
    }

    async fn try_asked(
        &self,
        parcel: &Parcel,
        heard: Option<&Heard>,
        answer: Option<&[u8]>,
    ) -> Result<(), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let Some(mut row) = tx.submission(&parcel.submission.id).await? else {
            let why = format!("submission {} is gone", parcel.submission.id);
            return Err(StoreError::Unreadable(why).into());
        };
        row.asked += 1;
        row.next_ms = (self.clock)().saturating_add(after(row.asked));
        if let Some(bytes) = answer {
            let hash = self.keep(&tx, bytes)?;
            // It may speak of money without leading anywhere.
            let invoice = tx.invoice(&row.invoice).await?;
            if let Some(invoice) = invoice.filter(|i| i.version == row.version)
                && let Some(report) = heard.and_then(|h| h.report.as_ref())
            {
                let invoice = self.book(&mut tx, invoice, report, &hash).await?;
                tx.put_invoice(&invoice).await?;
            }
            row.answer = Some(hash);
        }
        if let Some(heard) = heard {
            self.note_unknown_reasons(&mut tx, &row.invoice, heard)
                .await?;
        }
        tx.put_submission(&row).await?;
        Ok(tx.commit().await?)
    }
}

/// The steps from a state to what a portal says; portals skip some that we count.
pub(in crate::workflow) fn steps(state: State, report: &StatusReport) -> Vec<Step> {
    let paid: Decimal = report.payments.iter().map(|p| p.amount).sum();
    let less = report
        .original_total
        .zip(report.approved_total)
        .is_some_and(|(billed, approved)| approved < billed);
    let decided = if less { Step::Reduce } else { Step::Approve };
    let wanted: &[Step] = match report.outcome {
        Outcome::Received | Outcome::Unknown => &[],
        Outcome::Acknowledged => &[Step::Acknowledge],
        Outcome::InReview => &[Step::UnderReview],
        Outcome::ActionRequired => &[Step::RequireAction],
        Outcome::Approved if paid > Decimal::ZERO => &[decided, Step::PayPart],
        Outcome::Approved => &[Step::Approve],
        Outcome::Reduced if paid > Decimal::ZERO => &[Step::Reduce, Step::PayPart],
        Outcome::Reduced => &[Step::Reduce],
        Outcome::Rejected => &[Step::Reject],
        Outcome::PartlyPaid => &[decided, Step::PayPart],
        Outcome::Paid => &[decided, Step::Pay],
    };
    let mut at = state;
    let mut steps = Vec::new();
    for step in wanted {
        // What it went through already is not gone through again.
        if let Some(row) = next(Some(at), *step)
            && row.to != at
        {
            at = row.to;
            steps.push(*step);
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Payment;

    fn report(outcome: Outcome, approved: &str, paid: &[&str]) -> StatusReport {
        let amount = |text: &str| text.parse().expect("an amount");
        StatusReport {
            outcome,
            original_total: Some(amount("100.00")),
            approved_total: Some(amount(approved)),
            payments: paid
                .iter()
                .map(|p| Payment {
                    amount: amount(p),
                    ..Payment::default()
                })
                .collect(),
            ..StatusReport::default()
        }
    }

    #[test]
    fn steps_that_a_portal_skips_are_taken() {
        let paid = report(Outcome::Paid, "90.00", &["90.00"]);
        assert_eq!(steps(State::Submitted, &paid), [Step::Reduce, Step::Pay]);
        assert_eq!(steps(State::Reduced, &paid), [Step::Pay]);
        assert_eq!(steps(State::Paid, &paid), []);
        let part = report(Outcome::Approved, "100.00", &["40.00"]);
        assert_eq!(
            steps(State::InClientReview, &part),
            [Step::Approve, Step::PayPart]
        );
        assert_eq!(steps(State::PartlyPaid, &part), []);
        let review = report(Outcome::InReview, "100.00", &[]);
        assert_eq!(steps(State::InClientReview, &review), []);
        assert_eq!(steps(State::Approved, &review), []);
    }

    #[test]
    fn portals_are_asked_less_and_less_often() {
        let waits: Vec<i64> = (0..7).map(|n| after(n) / 60_000).collect();
        assert_eq!(waits, [1, 5, 15, 60, 360, 360, 360]);
    }
}
