//! An invoice whose outcome is unknown: the portal is asked, or a person decides. It is never sent again before.

use super::answer::Heard;
use super::package::handle;
use super::{Door, Parcel, status};
use crate::model::{Evidence, StatusReport};
use crate::portals::{Asked, Portal};
use crate::store::SubmissionFilter;
use crate::workflow::desk::{Desk, given};
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::state::State;
use crate::workflow::table::Step;

/// What a person found out about an invoice in doubt.
#[derive(Clone, Debug)]
pub enum Settled {
    /// It is at the portal, with this id where one is known.
    Arrived(Option<String>),
    /// It is not.
    NeverArrived,
}

impl Desk<'_> {
    /// What another process was sending when it ended: the outcome is unknown.
    pub(super) async fn lose_sight(&self, parcel: &Parcel) -> Result<(), WorkflowError> {
        self.take_step(parcel, Step::LoseSight, &Heard::default(), |row| {
            row.status = status::IN_DOUBT.to_owned();
            row.note = "the program ended while it was being sent".to_owned();
        })
        .await?;
        Ok(())
    }

    /// Asks the portal for an invoice in doubt. True where the doubt is gone.
    pub(super) async fn ask_in_doubt(
        &self,
        door: &Door,
        parcel: &Parcel,
    ) -> Result<bool, WorkflowError> {
        let can = door.portal.abilities();
        let by_id = parcel.submission.portal_id.is_some() && can.status;
        if !by_id && !can.find {
            return Ok(false);
        }
        let since = parcel.submission.sent_ms.unwrap_or(0);
        match door.portal.ask(&handle(parcel)).await {
            Ok(Asked::Here(report)) => {
                if !self.is_this_one(parcel, &report).await? {
                    return Ok(false);
                }
                self.arrived(parcel, &Heard::report(&report)).await?;
                Ok(true)
            }
            // What was under way may still arrive.
            Ok(Asked::Absent) if (self.clock)() - since < door.believe_after_ms => Ok(false),
            Ok(Asked::Absent) => {
                let heard = Heard::of(&Evidence::default(), "the portal does not have it");
                self.take_step(parcel, Step::NeverArrived, &heard, |row| {
                    row.status = status::WAITING.to_owned();
                    row.note = "the portal was asked: it never arrived".to_owned();
                    row.next_ms = row.changed_ms;
                })
                .await?;
                Ok(true)
            }
            Ok(Asked::CannotSay) | Err(_) => Ok(false),
        }
    }

    /// Whether what a portal has under an invoice's number is this version of it: not one refused before, and of the same
    /// total where the portal names one.
    pub(super) async fn is_this_one(
        &self,
        parcel: &Parcel,
        report: &StatusReport,
    ) -> Result<bool, WorkflowError> {
        let known = self.known_ids(parcel).await?;
        let another = report
            .portal_id
            .as_ref()
            .is_some_and(|id| known.contains(id));
        let totals = report.original_total.zip(parcel.invoice.total);
        Ok(!another && totals.is_none_or(|(theirs, ours)| theirs == ours))
    }

    /// The portal's ids of other versions of the invoice.
    async fn known_ids(&self, parcel: &Parcel) -> Result<Vec<String>, WorkflowError> {
        let mut tx = self.store.db.read().await?;
        let filter = SubmissionFilter {
            invoice: Some(parcel.invoice.id.clone()),
            ..SubmissionFilter::default()
        };
        let all = tx.submissions(&filter).await?;
        let others = all.into_iter().filter(|s| s.id != parcel.submission.id);
        Ok(others.filter_map(|s| s.portal_id).collect())
    }

    /// A person says what became of an invoice in doubt, or of one they uploaded by hand.
    ///
    /// # Errors
    /// Not allowed, no reason, or the invoice is not in doubt.
    pub async fn settle(
        &self,
        named: &str,
        settled: &Settled,
        reason: &str,
    ) -> Result<Parcel, WorkflowError> {
        let step = match settled {
            Settled::Arrived(_) => Step::Arrive,
            Settled::NeverArrived => Step::NeverArrived,
        };
        self.may(Act::Step(step))?;
        let reason = given(reason)?;
        let parcel = self.parcel(named).await?;
        if State::named(&parcel.invoice.state) != Some(State::InDoubt) {
            return refused(format!(
                "invoice {} is {}: there is no doubt to settle",
                parcel.invoice.number, parcel.invoice.state
            ));
        }
        let mut heard = Heard {
            reason: Some(reason.to_owned()),
            ..Heard::default()
        };
        match settled {
            Settled::Arrived(id) => {
                heard.portal_id.clone_from(id);
                self.arrived(&parcel, &heard).await?;
            }
            Settled::NeverArrived => {
                self.take_step(&parcel, Step::NeverArrived, &heard, |row| {
                    row.status = status::WAITING.to_owned();
                    row.note = "somebody looked: it never arrived".to_owned();
                    row.next_ms = row.changed_ms;
                })
                .await?;
            }
        }
        self.parcel(named).await
    }

    /// An invoice with its submission.
    ///
    /// # Errors
    /// No such invoice of a client this person serves, or it was never queued.
    pub async fn parcel(&self, named: &str) -> Result<Parcel, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let invoice = self.find(&mut tx, named).await?;
        match tx.submission(&super::id_of(&invoice)).await? {
            Some(submission) => Ok(Parcel {
                submission,
                invoice,
            }),
            None => refused(format!(
                "invoice {} (version {}) was not queued for any portal",
                invoice.number, invoice.version
            )),
        }
    }
}
