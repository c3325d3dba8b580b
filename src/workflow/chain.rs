//! The chain of an invoice's events as it stands in the store: hashes, ids and amounts, no words.

use super::desk::Desk;
use super::permits::Act;
use super::refusal::WorkflowError;
use crate::store::{Event, InvoiceRow};

impl Desk<'_> {
    /// The events of an invoice, the first first.
    ///
    /// # Errors
    /// Not allowed, or no such invoice of a client this person serves.
    pub async fn events_of(&self, named: &str) -> Result<(InvoiceRow, Vec<Event>), WorkflowError> {
        self.may(Act::Audit)?;
        let mut tx = self.store.db.read().await?;
        let row = self.find(&mut tx, named).await?;
        let events = tx.events(&row.id).await?;
        Ok((row, events))
    }
}
