//! Folders a practice portal reads and writes: a file drop, and result mails.

use super::Like;
use serde::Deserialize;
use std::path::PathBuf;

/// Folders of a file drop.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drop {
    /// Where the firm puts files. Names that begin with a dot or end in `.tmp`, `.part` or `.filepart` are not read.
    pub incoming: PathBuf,
    /// Where `ack` and `adjustments` files are written.
    pub outgoing: PathBuf,
    /// Milliseconds between two looks.
    #[serde(default = "a_quarter")]
    pub look_ms: u64,
}

/// Result mails.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Where `.eml` files are written.
    pub folder: PathBuf,
    /// Whose mails.
    pub like: Like,
    /// Who gets them.
    #[serde(default = "billing_address")]
    pub to: String,
    /// The firm, as it stands in mails.
    #[serde(default)]
    pub firm: String,
}

fn a_quarter() -> u64 {
    250
}

fn billing_address() -> String {
    "billing@firm.example".to_owned()
}
