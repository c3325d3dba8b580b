//! A backup: one file with every table and every document, encrypted, with a list of what it holds and its hashes.
//! Not here: documents and their keys (`documents`, `keys`), and tables by name (`tables`).

mod pack;
mod restore;
mod unpack;

pub use pack::{Written, write};
pub use restore::restore;
pub use unpack::check;

use super::StoreError;
use super::documents::hash_in;
use super::tables::Table;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The name of its form.
const SCHEMA: &str = "cleanbill.backup/1";
/// What stands last in it.
const MANIFEST: &str = "manifest.json";

/// What a backup holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// `cleanbill.backup/1`.
    pub schema: String,
    /// Version of the program that wrote it.
    pub program: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The steps its tables were made by.
    pub steps: Vec<i64>,
    /// The key its documents are sealed to, which is needed beside the one that opens the backup.
    pub recipient: String,
    /// Its tables; one comes after those it refers to.
    pub tables: Vec<Table>,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// Every other part: name, bytes, SHA-256.
    pub parts: Vec<Part>,
}

/// A part of a backup.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// `tables/NAME/N.jsonl` or `documents/XX/SHA256.age`.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// How many documents.
    pub fn documents(&self) -> usize {
        self.parts
            .iter()
            .filter(|p| hash_in(&p.name).is_some())
            .count()
    }

    /// How many rows of a table.
    pub fn rows_of(&self, table: &str) -> u64 {
        self.rows.get(table).copied().unwrap_or_default()
    }
}

fn broken(file: &Path, why: impl std::fmt::Display) -> StoreError {
    StoreError::Backup(format!("{}: {why}", file.display()))
}
