//! What is on its way, account by account, for who looks at it while it goes.

use super::{Parcel, status};
use crate::store::{Carried, SubmissionRow, SubmissionTally, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Where invoices are that have not yet arrived.
const ON_ITS_WAY: [&str; 3] = [
    State::Queued.name(),
    State::Sending.name(),
    State::InDoubt.name(),
];
/// What lies at one point of its way through an account.
#[derive(Clone, Debug, Default)]
pub struct Pile {
    /// The account.
    pub account: String,
    /// `waiting`, `sending`, `in-doubt` or `by-hand`.
    pub status: String,
    /// How many invoices.
    pub count: usize,
    /// What they come to, by currency.
    pub sums: BTreeMap<String, Decimal>,
    /// The first of them, in the order of sending.
    pub first: Vec<Parcel>,
}

/// What is on its way, of clients a person serves.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// Waiting, sending, in doubt, or for a person to upload; by account and status.
    pub live: Vec<Pile>,
    /// What arrived or was refused since then, the last first.
    pub lately: Vec<Parcel>,
    /// Accounts that a process drives at this moment.
    pub driven: Vec<String>,
}

/// How much of the board is shown.
#[derive(Clone, Copy, Debug)]
pub struct Glance {
    /// Invoices of one pile.
    pub of_each: usize,
    /// What arrived or was refused since this instant, in milliseconds since 1970.
    pub since_ms: i64,
    /// Invoices of that.
    pub lately: usize,
}

fn piled(tallies: Vec<SubmissionTally>) -> Vec<Pile> {
    let mut piles: Vec<Pile> = Vec::new();
    for tally in tallies {
        let same = |p: &&mut Pile| p.account == tally.account && p.status == tally.status;
        let count = usize::try_from(tally.count).unwrap_or(0);
        match piles.last_mut().filter(same) {
            Some(pile) => {
                pile.count += count;
                pile.sums.insert(tally.currency, tally.total);
            }
            None => piles.push(Pile {
                account: tally.account,
                status: tally.status,
                count,
                sums: BTreeMap::from([(tally.currency, tally.total)]),
                first: Vec::new(),
            }),
        }
    }
    piles
}

impl Desk<'_> {
    fn on_its_way(&self) -> Carried<'_> {
        Carried {
            clients: self.person.clients.as_deref(),
            states: &ON_ITS_WAY,
        }
    }

    async fn with_invoices(
        &self,
        tx: &mut Tx,
        rows: Vec<SubmissionRow>,
    ) -> Result<Vec<Parcel>, WorkflowError> {
        let ids: Vec<String> = rows.iter().map(|r| r.invoice.clone()).collect();
        let invoices = tx.invoices_of(&ids).await?;
        let parcels = rows.into_iter().filter_map(|submission| {
            let invoice = invoices.get(&submission.invoice)?.clone();
            Some(Parcel {
                submission,
                invoice,
            })
        });
        Ok(parcels.collect())
    }

    /// What is on its way, counted and in part.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn board(&self, glance: Glance) -> Result<Board, WorkflowError> {
        self.may(Act::Read)?;
        let most = i64::try_from(glance.of_each).unwrap_or(i64::MAX);
        let mut tx = self.store.db.read().await?;
        let mut live = piled(
            tx.submission_tallies(&status::LIVE, self.on_its_way())
                .await?,
        );
        for pile in &mut live {
            let rows = tx
                .submissions_in_order(
                    Some(&pile.account),
                    &[&pile.status],
                    self.on_its_way(),
                    Some(most),
                )
                .await?;
            pile.first = self.with_invoices(&mut tx, rows).await?;
        }
        Ok(Board {
            live,
            lately: self
                .lately_in(&mut tx, glance.since_ms, glance.lately)
                .await?,
            driven: tx.driven((self.clock)()).await?,
        })
    }

    /// Every invoice on its way, in the order of sending.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn all_on_their_way(&self) -> Result<Vec<Parcel>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let rows = tx
            .submissions_in_order(None, &status::LIVE, self.on_its_way(), None)
            .await?;
        self.with_invoices(&mut tx, rows).await
    }

    /// At most `most` of the invoices that arrived or were refused since an instant, the last first.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn arrived_since(
        &self,
        since_ms: i64,
        most: usize,
    ) -> Result<Vec<Parcel>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        self.lately_in(&mut tx, since_ms, most).await
    }

    async fn lately_in(
        &self,
        tx: &mut Tx,
        since_ms: i64,
        most: usize,
    ) -> Result<Vec<Parcel>, WorkflowError> {
        let ended = [status::SENT, status::REFUSED];
        let clients = self.person.clients.as_deref();
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = tx.last_submissions(&ended, clients, since_ms, most).await?;
        self.with_invoices(tx, rows).await
    }

    /// Whether a submission of a client this person serves changed since an instant.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn moved_since(&self, since_ms: i64) -> Result<bool, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let clients = self.person.clients.as_deref();
        Ok(tx.submissions_moved(clients, since_ms).await?)
    }
}
