//! Everything about one invoice as one folder of plain files, for a fee dispute.

use super::desk::Desk;
use super::permits::Act;
use super::projection::Facts;
use super::refusal::{WorkflowError, refused};
use super::table::Step;
use crate::store::StoreError;
use std::fs;
use std::path::{Path, PathBuf};

/// How a reader proves the events without this program.
const HOW: &str = "events.jsonl holds what happened, one event a line, oldest first. The hash of each is the SHA-256 of its\n\
    canonical JSON (no blanks, keys sorted) with the keys actor, at (at_ms), chain, facts (as the string that stands\n\
    there), prev, seq and step; prev is the hash of the event before. Facts name files by their SHA-256: they lie in\n\
    this folder under the number of the event that brought them.\n\
    invoice.json is what the invoice is now.\n";

impl Desk<'_> {
    /// Writes everything about one invoice into a new folder and returns how many files.
    ///
    /// # Errors
    /// Not allowed, the folder is there already, or a document is missing.
    pub async fn export(&self, named: &str, folder: &Path) -> Result<usize, WorkflowError> {
        self.may(Act::Read)?;
        self.may(Act::Audit)?;
        let story = self.story(named).await?;
        if folder.exists() {
            return refused(format!(
                "{} is there already; name a new folder",
                folder.display()
            ));
        }
        fs::create_dir_all(folder).map_err(StoreError::io(folder))?;
        let mut files: Vec<(PathBuf, Vec<u8>)> = vec![
            ("HOW.txt".into(), HOW.as_bytes().to_vec()),
            (
                "invoice.json".into(),
                serde_json::to_vec_pretty(&story.row)?,
            ),
        ];
        let mut events = Vec::new();
        for event in &story.events {
            serde_json::to_writer(&mut events, event)?;
            events.push(b'\n');
            let facts = Facts::of(event).map_err(StoreError::Unreadable)?;
            // A clearance names the file and report it is about; they lie under the events that brought them.
            let brought =
                ![Step::Clear.name(), Step::Endorse.name()].contains(&event.step.as_str());
            let named = [
                (facts.document, "invoice-file"),
                (facts.report, "report.json"),
                (facts.reason, "reason.txt"),
                (facts.about, "said"),
                (facts.file, "attached-file"),
                (facts.changes, "changes.json"),
            ];
            for (document, name) in named.into_iter().filter(|_| brought) {
                if let Some(hash) = document {
                    let name = format!("{:04}-{name}", event.seq);
                    files.push((name.into(), self.store.documents.get(&hash)?));
                }
            }
        }
        files.push(("events.jsonl".into(), events));
        for (name, bytes) in &files {
            let path = folder.join(name);
            fs::write(&path, bytes).map_err(StoreError::io(&path))?;
        }
        Ok(files.len())
    }
}
