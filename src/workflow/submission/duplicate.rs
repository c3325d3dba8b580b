//! A portal says that it has an invoice's number already: it is asked what it has, before that counts as a refusal.

use super::answer::Heard;
use super::attempt::Went;
use super::package::handle;
use super::{Door, Parcel, status};
use crate::model::{PortalRemark, Receipt};
use crate::portals::{Asked, Handle, Portal, PortalError};
use crate::rules::Reasons;
use crate::workflow::desk::Desk;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::table::Step;

/// The reason's slug.
const DUPLICATE: &str = "duplicate_invoice_number";
/// A portal that says so again and again, and has nothing, has refused it.
const TRIES: i64 = 4;
/// Milliseconds between two tries: what such a portal looks in may lag behind.
const AFTER_MS: i64 = 10 * 60_000;

impl Desk<'_> {
    /// What came of an attempt that the portal calls a duplicate. `None`: it was no such answer, or it is a refusal like
    /// any other: the portal cannot be asked, or has another invoice under this number.
    pub(super) async fn said_twice(
        &self,
        door: &Door,
        parcel: &Parcel,
        answer: &Result<Receipt, PortalError>,
    ) -> Result<Option<Went>, WorkflowError> {
        let Err(PortalError::Refused {
            remarks,
            portal_id,
            evidence,
        }) = answer
        else {
            return Ok(None);
        };
        let can = door.portal.abilities();
        if !remarks.iter().any(is_duplicate) || !(can.find || can.status && portal_id.is_some()) {
            return Ok(None);
        }
        let there = Handle {
            portal_id: portal_id.clone(),
            ..handle(parcel)
        };
        let mut heard = Heard::of(evidence, "said to be there already");
        heard.remarks.clone_from(remarks);
        match door.portal.ask(&there).await {
            Ok(Asked::Here(report)) => {
                if !self.is_this_one(parcel, &report).await? {
                    return Ok(None);
                }
                self.arrived(parcel, &Heard::report(&report)).await?;
                Ok(Some(Went::Arrived))
            }
            Ok(Asked::Absent) if parcel.submission.attempts >= TRIES => Ok(None),
            Ok(Asked::Absent) => {
                self.take_step(parcel, Step::NeverArrived, &heard, |row| {
                    row.status = status::WAITING.to_owned();
                    row.note =
                        "the portal says it has this number already, and does not".to_owned();
                    row.next_ms = row.changed_ms.saturating_add(AFTER_MS);
                })
                .await?;
                Ok(Some(Went::Later { wait_ms: AFTER_MS }))
            }
            Ok(Asked::CannotSay) | Err(_) => {
                self.take_step(parcel, Step::LoseSight, &heard, |row| {
                    row.status = status::IN_DOUBT.to_owned();
                    row.note = "the portal says it has this number already".to_owned();
                })
                .await?;
                Ok(Some(Went::InDoubt))
            }
        }
    }
}

fn is_duplicate(remark: &PortalRemark) -> bool {
    let code = remark.code.as_deref().unwrap_or_default();
    let known = Reasons::shipped().of(code, &remark.text);
    known.is_some_and(|known| known.reason.slug == DUPLICATE)
}
