//! Filters of the list of invoices that a person keeps under a name. They are a convenience of one person, so no event is
//! written, and they show no invoice that the person could not list without them.

use super::desk::Desk;
use super::permits::Act;
use super::refusal::{WorkflowError, refused};
use crate::store::SavedFilterRow;

/// Letters of a name.
const LONGEST_NAME: usize = 60;
/// Bytes of a query.
const LONGEST_QUERY: usize = 2_000;
/// Filters of one person.
const MOST: usize = 40;

impl Desk<'_> {
    /// This person's filters, by name.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn saved_filters(&self) -> Result<Vec<SavedFilterRow>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        Ok(tx.saved_filters(&self.person.name).await?)
    }

    /// Keeps a filter under a name; one that has the name already is replaced. `query` is as in the list's address.
    ///
    /// # Errors
    /// Not allowed, a name that is empty or too long, too many filters, or the store fails.
    pub async fn save_filter(&self, name: &str, query: &str) -> Result<(), WorkflowError> {
        self.may_keep_filters()?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return refused(format!(
                "give the filter a name of 1 to {LONGEST_NAME} letters"
            ));
        }
        if name.chars().any(char::is_control) {
            return refused("write the filter's name without tabs and line breaks");
        }
        if query.len() > LONGEST_QUERY {
            return refused("the filter asks for too much to be kept; leave something away");
        }
        again!(self.try_save_filter(name, query))
    }

    async fn try_save_filter(&self, name: &str, query: &str) -> Result<(), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let all = tx.saved_filters(&self.person.name).await?;
        if all.len() >= MOST && !all.iter().any(|f| f.name == name) {
            return refused(format!(
                "you have {MOST} filters; take one away that you no longer use"
            ));
        }
        tx.put_saved_filter(&SavedFilterRow {
            person: self.person.name.clone(),
            name: name.to_owned(),
            query: query.to_owned(),
            saved_ms: (self.clock)(),
        })
        .await?;
        Ok(tx.commit().await?)
    }

    /// Takes a filter of this person away.
    ///
    /// # Errors
    /// Not allowed, there is none of that name, or the store fails.
    pub async fn drop_filter(&self, name: &str) -> Result<(), WorkflowError> {
        self.may_keep_filters()?;
        again!(self.try_drop_filter(name.trim()))
    }

    async fn try_drop_filter(&self, name: &str) -> Result<(), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        if !tx.drop_saved_filter(&self.person.name, name).await? {
            return refused(format!("you have no filter \"{name}\""));
        }
        Ok(tx.commit().await?)
    }

    fn may_keep_filters(&self) -> Result<(), WorkflowError> {
        self.may(Act::Read)?;
        match self.person.only_reads() {
            true => refused("a token of the scope read keeps no filters; sign in"),
            false => Ok(()),
        }
    }
}
