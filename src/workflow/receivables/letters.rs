//! Drafts of reminders that were written: who drafted which letter when, and the letter itself.

use crate::store::ReminderRow;
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use std::collections::BTreeMap;

/// A letter that was drafted, with the invoices it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// SHA-256 of its text.
    pub letter: String,
    /// Of one client.
    pub client: String,
    /// For which number of days.
    pub days: i64,
    /// By whom.
    pub drafted_by: String,
    /// When, in milliseconds since 1970.
    pub drafted_ms: i64,
    /// Numbers of its invoices.
    pub invoices: Vec<String>,
}

impl Desk<'_> {
    /// Letters that were drafted for clients this person serves, the latest first.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn letters(&self) -> Result<Vec<Letter>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let mut all: BTreeMap<(String, String), Letter> = BTreeMap::new();
        let rows: Vec<ReminderRow> = tx.reminders(None, &self.person.clients).await?;
        for row in rows {
            let Some(invoice) = tx.invoice(&row.invoice).await? else {
                continue;
            };
            let key = (row.letter.clone(), invoice.client.clone());
            let letter = all.entry(key).or_insert_with(|| Letter {
                letter: row.letter.clone(),
                client: invoice.client.clone(),
                days: row.days,
                drafted_by: row.drafted_by.clone(),
                drafted_ms: row.drafted_ms,
                invoices: Vec::new(),
            });
            letter.invoices.push(invoice.number);
        }
        let mut all: Vec<Letter> = all.into_values().collect();
        all.sort_by_key(|l| std::cmp::Reverse(l.drafted_ms));
        Ok(all)
    }

    /// The text of a letter that was drafted, by its SHA-256.
    ///
    /// # Errors
    /// Not allowed, no such letter to a client this person serves, or it was purged.
    pub async fn letter(&self, letter: &str) -> Result<(Letter, Vec<u8>), WorkflowError> {
        let all = self.letters().await?;
        let Some(own) = all.into_iter().find(|l| l.letter == letter) else {
            return refused("there is no such letter to a client you serve");
        };
        let text = self.store.documents.get(&own.letter)?;
        Ok((own, text))
    }
}
