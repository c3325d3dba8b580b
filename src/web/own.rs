//! What of the firm's lies on the disk beside the store: its lists, its packs, its letter.

use super::answer::Trouble;
use crate::workflow::AgeFrom;
use std::path::PathBuf;

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
    /// How many days before the end of a window it is shown as near.
    pub alarm_days: u32,
    /// From which day open amounts age.
    pub aged_from: AgeFrom,
}

impl Default for Own {
    fn default() -> Self {
        Self {
            lists: None,
            packs: None,
            audit_key: None,
            letter: None,
            alarm_days: 7,
            aged_from: AgeFrom::default(),
        }
    }
}

impl Own {
    /// The text of the firm's own letter, where it has one.
    pub(super) fn letter(&self) -> Result<Option<String>, Trouble> {
        let Some(path) = &self.letter else {
            return Ok(None);
        };
        let text = std::fs::read_to_string(path);
        text.map(Some)
            .map_err(|error| Trouble::Failed(format!("the firm's letter cannot be read: {error}")))
    }
}
