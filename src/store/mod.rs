//! Where invoices, their events, documents and the people are kept: SQLite or PostgreSQL, and a folder of documents.
//! Not here: what may happen to an invoice, who may do it, and anything that knows a rule or a format.

mod canonical;
mod db;
mod documents;
mod error;
mod events;
mod invoices;
mod keys;
mod people;
mod review;
mod sealed;
mod settings;

pub use canonical::canonical;
pub use db::{Db, Tx};
pub use documents::{Documents, sha256};
pub use error::StoreError;
pub use events::{Event, Head};
pub use invoices::{Filter, InvoiceRow};
pub use keys::{DocumentKey, SigningKey, is_signed};
pub use people::{AttemptRow, CredentialRow, PersonRow, RecoveryRow, SessionRow, TokenRow};
pub use review::{ReviewFilter, ReviewRow};

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
        let db = Db::open(&place.url).await?;
        let mut tx = db.write().await?;
        let wanted = tx.setting("recipient").await?;
        let (key, key_is_new) = match DocumentKey::load(&place.key)? {
            Some(key) => (key, false),
            None if wanted.is_none() => (DocumentKey::make(&place.key)?, true),
            None => return Err(StoreError::KeyMissing(place.key.clone())),
        };
        let recipient = key.recipient();
        match wanted {
            Some(wanted) if wanted != recipient => {
                return Err(StoreError::OtherKey {
                    file: place.key.clone(),
                    wanted,
                    found: recipient,
                });
            }
            Some(_) => {}
            None => tx.set("recipient", &recipient).await?,
        }
        tx.commit().await?;
        let documents = Documents::new(place.documents.clone(), key)?;
        Ok(Self {
            db,
            documents,
            key_is_new,
        })
    }
}
