//! Confidential documents that somebody takes out of the program: each time is an event, of one chain for all of them.

use super::desk::Desk;
use super::permits::Act;
use super::refusal::{WorkflowError, refused};
use super::review::About;
use crate::store::{Event, InvoiceRow, Tally};
use serde::{Deserialize, Serialize};

/// The chain of what was taken out.
pub(super) const READS: &str = "reads";

/// What is taken out of an invoice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paper<'a> {
    /// The invoice file as it stands, or of this version.
    File(Option<i64>),
    /// The attached file with this id.
    Attachment(&'a str),
}

/// A document that was taken out.
#[derive(Clone, Debug)]
pub struct ReadOut {
    /// A name for it, without folders.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What an event of reading says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadFacts {
    /// The invoice's id.
    invoice: String,
    /// `file` or `attachment`.
    what: String,
    /// SHA-256 of the document.
    document: String,
}

/// Events of the chain that cannot be read.
pub(super) fn faults(events: &[Event]) -> Vec<String> {
    let read = events.iter().map(|e| {
        let facts: Result<ReadFacts, _> = serde_json::from_str(&e.facts);
        facts.map_err(|why| format!("event {} cannot be read: {why}", e.seq))
    });
    read.filter_map(Result::err).take(1).collect()
}

impl Desk<'_> {
    /// Whether there is an invoice of this id or number, of a client this person serves.
    ///
    /// # Errors
    /// The store fails.
    pub async fn serves_invoice(&self, named: &str) -> Result<bool, WorkflowError> {
        let mut tx = self.store.db.read().await?;
        match self.find(&mut tx, named).await {
            Ok(_) => Ok(true),
            Err(WorkflowError::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether this person stands in for a partner today.
    ///
    /// # Errors
    /// The store fails.
    pub async fn stands_in(&self) -> Result<bool, WorkflowError> {
        let today = self.today();
        let mut tx = self.store.db.read().await?;
        let authority = tx.authority().await?;
        let own = |s: &&super::Substitute| s.by == self.person.name && s.holds(today);
        Ok(authority.substitutes.iter().find(own).is_some())
    }

    /// How many invoices there are of the clients this person serves, by state, verdict and currency.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn tallies(&self) -> Result<Vec<Tally>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        Ok(tx.tallies(self.person.clients.as_deref()).await?)
    }

    /// The file of an invoice as it stands, to be shown on a page: nothing leaves the program.
    ///
    /// # Errors
    /// Not allowed, or the document is missing.
    pub fn file_to_show(&self, row: &InvoiceRow) -> Result<Vec<u8>, WorkflowError> {
        self.may(Act::Read)?;
        if !self.person.serves(&row.client) {
            return refused(format!(
                "{} does not serve {}",
                self.person.name, row.client
            ));
        }
        Ok(self.store.documents.get(&row.document)?)
    }

    /// Takes a document out of the program, and writes down who did.
    ///
    /// # Errors
    /// Not allowed, no such invoice or document, or the store fails.
    pub async fn read_out(&self, named: &str, paper: Paper<'_>) -> Result<ReadOut, WorkflowError> {
        self.may(Act::Read)?;
        again!(self.try_read_out(named, paper))
    }

    async fn try_read_out(&self, named: &str, paper: Paper<'_>) -> Result<ReadOut, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, named).await?;
        let (what, document, name, media_type) = match paper {
            Paper::File(version) => {
                let document = match version.filter(|v| *v != row.version) {
                    None => row.document.clone(),
                    Some(version) => self.document_of(&mut tx, &row, version).await?,
                };
                let media_type = "application/octet-stream".to_owned();
                ("file", document, row.number.clone(), media_type)
            }
            Paper::Attachment(id) => {
                let story = self.story_of(&mut tx, row.clone()).await?;
                let own = story.review.attachments.iter().find(|a| a.id == id);
                let Some(own) = own else {
                    return refused(format!(
                        "nothing with the id {id} is attached to invoice {}",
                        row.number
                    ));
                };
                let about: Option<About> = story.read(&own.about);
                let (name, kind) = about.map_or_else(
                    || (id.to_owned(), "application/octet-stream".to_owned()),
                    |about| (about.name, about.media_type),
                );
                ("attachment", own.file.clone(), name, kind)
            }
        };
        let bytes = self.store.documents.get(&document)?;
        let name = match what {
            "file" => format!("{name}.{}", ending(&bytes)),
            _ => name,
        };
        let facts = ReadFacts {
            invoice: row.id,
            what: what.to_owned(),
            document,
        };
        let last = tx.last_event(READS).await?;
        let facts = serde_json::to_value(&facts)?;
        let now = (self.clock)();
        let event = Event::after(last.as_ref(), READS, now, &self.person.name, "read", &facts);
        tx.append(&event).await?;
        tx.commit().await?;
        Ok(ReadOut {
            name,
            media_type,
            bytes,
        })
    }

    /// The document of an earlier version.
    async fn document_of(
        &self,
        tx: &mut crate::store::Tx,
        row: &InvoiceRow,
        version: i64,
    ) -> Result<String, WorkflowError> {
        let mut at = 0;
        for event in tx.events(&row.id).await? {
            let facts = super::Facts::of(&event).map_err(crate::store::StoreError::Unreadable)?;
            let makes = super::Step::named(&event.step).is_some_and(super::Step::makes_version);
            if makes {
                at += 1;
                if at == version
                    && let Some(document) = facts.document
                {
                    return Ok(document);
                }
            }
        }
        refused(format!(
            "invoice {} has no version {version}; the last is {}",
            row.number, row.version
        ))
    }
}

/// What files of this content are mostly called.
fn ending(bytes: &[u8]) -> &'static str {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match text.trim_ascii_start().first() {
        Some(b'<') => "xml",
        _ => "txt",
    }
}
