//! What a portal holds: the invoices it took, found by id and by number.

use super::ledes::Read;
use super::review::Story;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap};

/// An invoice a portal took.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) id: String,
    pub(super) at: DateTime<Utc>,
    /// The account that sent it.
    pub(super) account: String,
    pub(super) file_name: String,
    pub(super) bytes: usize,
    pub(super) invoice_type: String,
    pub(super) related: Option<String>,
    /// What was read, or why nothing could be.
    pub(super) read: Result<Read, String>,
    pub(super) story: Story,
    /// Fields that came with it, under the portal's own names.
    pub(super) fields: BTreeMap<String, String>,
    /// Names of files attached to it.
    pub(super) attachments: Vec<String>,
    /// Waits until somebody releases it.
    pub(super) waits: bool,
}

impl Held {
    /// The invoice number, empty if it could not be read.
    pub(super) fn number(&self) -> &str {
        self.read.as_ref().map_or("", |r| &r.number)
    }
}

/// The invoices of a portal, in the order they came.
#[derive(Debug, Default)]
pub(super) struct Book {
    held: Vec<Held>,
    by_id: HashMap<String, usize>,
    by_number: HashMap<String, Vec<usize>>,
}

impl Book {
    pub(super) fn add(&mut self, held: Held) {
        let place = self.held.len();
        self.by_id.insert(held.id.clone(), place);
        if !held.number().is_empty() {
            let number = held.number().to_owned();
            self.by_number.entry(number).or_default().push(place);
        }
        self.held.push(held);
    }

    pub(super) fn all(&self) -> &[Held] {
        &self.held
    }

    pub(super) fn by_id(&self, id: &str) -> Option<&Held> {
        self.held.get(*self.by_id.get(id)?)
    }

    pub(super) fn change(&mut self, id: &str) -> Option<&mut Held> {
        self.held.get_mut(*self.by_id.get(id)?)
    }

    /// Every invoice of that number, oldest first.
    pub(super) fn by_number(&self, number: &str) -> impl Iterator<Item = &Held> {
        let places = self.by_number.get(number).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|place| self.held.get(*place))
    }
}
