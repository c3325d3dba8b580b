//! Clocks of portals beside the windows of appeals: a question that ends as a rejection, and what a portal deletes.

use crate::model::Lists;
use crate::model::lists::WindowKind;
use crate::portals::terms_of;
use crate::rules::Shelf;
use crate::store::{Filter, InvoiceRow, StoreError};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use crate::workflow::table::Step;
use crate::workflow::windows::{Deadline, LastMoment, Starts, deadline, window_of};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;
use std::collections::BTreeSet;

/// Steps with which a clock begins.
const STARTS: [Step; 6] = [
    Step::RequireAction,
    Step::Approve,
    Step::Reduce,
    Step::PayPart,
    Step::Pay,
    Step::Reject,
];

/// What runs out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpiryKind {
    /// The client has asked something; without an answer it ends as a rejection.
    Dispute,
    /// The portal deletes what it knows of the invoice.
    Retention,
}

/// A clock that runs for an invoice.
#[derive(Clone, Debug, Serialize)]
pub struct Expiry {
    /// What runs out.
    pub kind: ExpiryKind,
    /// The invoice.
    pub invoice: InvoiceRow,
    /// Until when.
    pub deadline: Deadline,
}

impl Expiry {
    /// What somebody has to do before.
    pub fn next(&self) -> &'static str {
        match self.kind {
            ExpiryKind::Dispute => "answer the client's question",
            ExpiryKind::Retention => {
                "fetch the invoice's details from the portal before it deletes them"
            }
        }
    }
}

/// The last moment of so many days of a portal. Which zone its days are in is not published, so they are counted from
/// the moment itself.
fn of_portal(since: DateTime<Utc>, days: u32, what: &str, source: &str) -> Deadline {
    let Some(at) = since.checked_add_days(Days::new(u64::from(days))) else {
        return Deadline::Beyond;
    };
    Deadline::Until(LastMoment {
        at,
        local: format!("{} UTC", at.format("%Y-%m-%d %H:%M:%S")),
        computed: format!(
            "{days} days after {what} on {} (UTC); {source}",
            since.date_naive()
        ),
    })
}

impl Desk<'_> {
    /// Clocks that run, of clients this person serves: what ends first comes first. By the client's own terms
    /// (`windows.csv`), else by the portal's.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn expiries(
        &self,
        lists: &Lists,
        shelf: &Shelf,
    ) -> Result<Vec<Expiry>, WorkflowError> {
        let states = [
            State::ActionRequired,
            State::Approved,
            State::Reduced,
            State::PartlyPaid,
            State::Paid,
            State::Rejected,
        ];
        self.expiries_in(&states, lists, shelf).await
    }

    /// Questions of clients that nobody has answered, with when they end as rejections; what ends first comes first.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn questions(
        &self,
        lists: &Lists,
        shelf: &Shelf,
    ) -> Result<Vec<Expiry>, WorkflowError> {
        let states = [State::ActionRequired];
        self.expiries_in(&states, lists, shelf).await
    }

    async fn expiries_in(
        &self,
        states: &[State],
        lists: &Lists,
        shelf: &Shelf,
    ) -> Result<Vec<Expiry>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let filter = Filter {
            states: states.iter().map(|s| s.name().to_owned()).collect(),
            clients: self.person.clients.clone(),
            ..Filter::default()
        };
        let mut expiries = Vec::new();
        for invoice in tx.invoices(&filter).await? {
            let placed = lists.placement(&invoice.client, &invoice.matter).portal;
            let portal = Some(invoice.portal.clone()).filter(|p| !p.is_empty());
            let portal = portal.or(placed).unwrap_or_default();
            let terms = terms_of(shelf.packs(), &portal);
            // What is decided about money afterwards makes no clock begin anew.
            let events = tx.events(&invoice.id).await?;
            let mut back = events.iter().rev();
            let Some(event) = back.find(|e| STARTS.iter().any(|s| s.name() == e.step)) else {
                continue;
            };
            let Some(since) = DateTime::from_timestamp_millis(event.at_ms) else {
                continue;
            };
            if State::named(&invoice.state) == Some(State::ActionRequired) {
                let day = since.date_naive();
                let own = window_of(
                    &lists.windows,
                    WindowKind::Dispute,
                    &invoice.client,
                    &portal,
                    day,
                );
                let starts = Starts {
                    adjusted: Some(since),
                    notified: Some(since),
                    ..Starts::default()
                };
                let holidays: BTreeSet<NaiveDate> = own.map_or_else(BTreeSet::new, |w| {
                    let all = lists.holidays.rows().iter();
                    let fits = all.filter(|h| h.calendar.is_empty() || h.calendar == w.holidays);
                    fits.map(|h| h.date).collect()
                });
                let idle = terms.and_then(|t| t.dispute_idle_days.map(|d| (d, &t.source)));
                let deadline = match (own, idle) {
                    (Some(_), _) => deadline(own, &starts, 0, &holidays),
                    (None, Some((days, source))) => {
                        of_portal(since, days, "the client's question", source)
                    }
                    (None, None) => Deadline::NotConfigured,
                };
                expiries.push(Expiry {
                    kind: ExpiryKind::Dispute,
                    invoice,
                    deadline,
                });
                continue;
            }
            let Some((days, source)) = terms.and_then(|t| t.retention_days.map(|d| (d, &t.source)))
            else {
                continue;
            };
            // An answer that was heard is kept here, word for word.
            let facts = Facts::of(event).map_err(StoreError::Unreadable)?;
            if facts.answer.is_some() {
                continue;
            }
            expiries.push(Expiry {
                kind: ExpiryKind::Retention,
                deadline: of_portal(since, days, "it became final", source),
                invoice,
            });
        }
        expiries.sort_by_key(|c| (c.deadline.until_ms().is_none(), c.deadline.until_ms()));
        Ok(expiries)
    }
}
