//! Where invoices, their events, documents and the people are kept: SQLite or PostgreSQL, and a folder of documents.
//! Not here: what may happen to an invoice, who may do it, and anything that knows a rule or a format.

mod answers;
mod appeals;
pub mod backup;
mod board;
#[cfg(feature = "s3")]
mod bucket;
mod canonical;
mod conditions;
mod db;
mod documents;
mod error;
mod events;
mod invoices;
mod keys;
mod payments;
mod people;
mod reason_words;
mod reductions;
mod remittances;
mod repeat;
mod retention;
mod review;
mod saved_filters;
mod sealed;
mod settings;
mod submissions;
mod tables;
pub mod webhooks;

pub use answers::{AnswerFilter, AnswerRow};
pub use appeals::{AppealFilter, AppealRow};
pub use board::{Carried, SubmissionTally};
pub use canonical::canonical;
pub use db::{Db, Tx};
pub use documents::{Documents, sha256};
pub use error::StoreError;
pub use events::{Event, Head};
pub use invoices::{Filter, InvoiceRow, Sort, Tally};
pub use keys::{DocumentKey, SigningKey, is_signed};
pub use payments::{PaymentFilter, PaymentRow};
pub use people::{
    AttemptRow, CredentialRow, LinkRow, PersonRow, RecoveryRow, SessionRow, TokenRow,
};
pub use reason_words::ReasonWordRow;
pub use reductions::{ReductionFilter, ReductionRow};
pub use remittances::{ReminderRow, RemittanceFilter, RemittanceRow};
pub use repeat::RepeatRow;
pub use review::{ReviewFilter, ReviewRow};
pub use saved_filters::SavedFilterRow;
pub use submissions::{SubmissionFilter, SubmissionRow};
pub use tables::{Cells, Column, Table};
pub use webhooks::WebhookRow;

use std::path::PathBuf;

/// Where a store lies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// A path of a SQLite file, `sqlite:PATH`, or `postgres://USER@HOST/DATABASE`.
    pub url: String,
    /// The folder of the documents.
    pub documents: PathBuf,
    /// The file with the key of the documents (an age identity).
    pub key: PathBuf,
}

/// A store that is open.
pub struct Store {
    /// The database.
    pub db: Db,
    /// Invoice files, reports and reasons.
    pub documents: Documents,
    /// The key was made just now, so somebody has to be told to keep it safe.
    pub key_is_new: bool,
}

impl Store {
    /// Opens a store, makes it if there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// The database cannot be reached, was made by a newer program, or the key is not the one its documents were
    /// encrypted to.
    pub async fn open(place: &Place) -> Result<Self, StoreError> {
        Self::with(Db::open(&place.url).await?, place).await
    }

    /// Opens a store that is there, and brings its tables up to date.
    ///
    /// # Errors
    /// As of [`Store::open`], or there is no store.
    pub async fn open_existing(place: &Place) -> Result<Self, StoreError> {
        Self::with(Db::open_existing(&place.url).await?, place).await
    }

    async fn with(db: Db, place: &Place) -> Result<Self, StoreError> {
        let mut tx = db.read().await?;
        let mut wanted = tx.setting("recipient").await?;
        drop(tx);
        let mut key_is_new = false;
        let key = match DocumentKey::load(&place.key)? {
            Some(key) => key,
            None if wanted.is_none() => {
                key_is_new = true;
                DocumentKey::make(&place.key)?
            }
            None => return Err(StoreError::KeyMissing(place.key.clone())),
        };
        let recipient = key.recipient();
        if wanted.is_none() {
            // Another process may have been first.
            let mut tx = db.write().await?;
            wanted = tx.setting("recipient").await?;
            if wanted.is_none() {
                tx.set("recipient", &recipient).await?;
                tx.commit().await?;
            }
        }
        if let Some(wanted) = wanted.filter(|wanted| *wanted != recipient) {
            return Err(StoreError::OtherKey {
                file: place.key.clone(),
                wanted,
                found: recipient,
            });
        }
        let documents = Documents::new(&place.documents, key)?;
        Ok(Self {
            db,
            documents,
            key_is_new,
        })
    }
}
