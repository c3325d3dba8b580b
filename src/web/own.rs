//! What of the firm's lies on the disk beside the store: its lists, its packs, its letter.

use super::answer::Trouble;
use crate::workflow::ReceivableTerms;
use std::path::{Path, PathBuf};

/// Where it is; what is not named there is not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Own {
    /// The folder of the firm's lists.
    pub lists: Option<PathBuf>,
    /// The folder of the firm's packs.
    pub packs: Option<PathBuf>,
    /// The key that signs heads of the audit chains; made where there is none.
    pub audit_key: Option<PathBuf>,
    /// The firm's own letter of an appeal.
    pub letter: Option<PathBuf>,
    /// The firm's own letter of a reminder.
    pub reminder: Option<PathBuf>,
    /// What the firm has decided about its receivables.
    pub receivables: ReceivableTerms,
    /// How many days before the end of a window it is shown as near.
    pub alarm_days: u32,
}

impl Default for Own {
    fn default() -> Self {
        Self {
            lists: None,
            packs: None,
            audit_key: None,
            letter: None,
            reminder: None,
            receivables: ReceivableTerms::default(),
            alarm_days: 7,
        }
    }
}

impl Own {
    /// The text of the firm's own letter of an appeal, where it has one.
    pub(super) fn letter(&self) -> Result<Option<String>, Trouble> {
        text(self.letter.as_deref())
    }

    /// The text of the firm's own letter of a reminder, where it has one.
    pub(super) fn reminder(&self) -> Result<Option<String>, Trouble> {
        text(self.reminder.as_deref())
    }
}

fn text(path: Option<&Path>) -> Result<Option<String>, Trouble> {
    let Some(path) = path else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(path);
    text.map(Some)
        .map_err(|error| Trouble::Failed(format!("the firm's letter cannot be read: {error}")))
}
