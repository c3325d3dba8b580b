//! Files of the firm that were replaced through this program: who, when, which, and what it became.

use super::record;
use crate::store::sha256;
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::table::Step;
use serde_json::json;

impl Desk<'_> {
    /// Whether this person may replace a list or a pack of the firm. Either holds for every client, so only whoever
    /// serves every client may.
    ///
    /// # Errors
    /// They may not; says who may.
    pub fn may_replace_files(&self) -> Result<(), WorkflowError> {
        if self.may(Act::People).is_err() {
            self.may(Act::Step(Step::TakeIn))?;
        }
        if self.person.clients.is_some() {
            return refused(format!(
                "{} serves some clients only, and the firm's lists and packs hold for all; that is for somebody who \
                 serves every client",
                self.person.name
            ));
        }
        Ok(())
    }

    /// Writes down that a list (`clients`) or a pack (`pack first.toml`) was replaced by a file.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn note_file(&self, what: &str, bytes: &[u8]) -> Result<(), WorkflowError> {
        self.may_replace_files()?;
        let facts = json!({ "file": what, "sha256": sha256(bytes) });
        again!(async {
            let mut tx = self.store.db.write().await?;
            record::note(
                &mut tx,
                &self.person.name,
                "replace file",
                &facts,
                self.clock,
            )
            .await?;
            Ok(tx.commit().await?)
        })
    }
}
