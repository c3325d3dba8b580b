//! The ledger of a portal: one row for each invoice that reached it, whatever became of it. Rows are only ever added.

use super::settings::Mistake;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// What a portal did with what it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Kept: the portal has it.
    Accepted,
    /// Refused: the number was posted before.
    Duplicate,
    /// Refused for another reason.
    Refused,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// When, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// How many times this number has come to this portal, this time included.
    pub attempt: u32,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Its length.
    pub bytes: usize,
    /// The name it came under.
    pub file_name: String,
    /// Invoice number; empty if it could not be read.
    pub number: String,
    /// CLIENT_ID.
    pub client_id: String,
    /// Total, exact; absent if it could not be read.
    pub total: Option<String>,
    /// INVOICE, RESUBMIT, APPEAL and so on.
    pub invoice_type: String,
    /// Id of the invoice it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub related: Option<String>,
    /// Who sent it: the account.
    pub account: String,
    /// What the portal did.
    pub verdict: Verdict,
    /// The portal's id of it; of the earlier one, if it is a duplicate.
    pub id: Option<String>,
    /// Why it was refused.
    pub reason: Option<String>,
    /// X-Request-ID of the request.
    pub request_id: Option<String>,
    /// The fault that struck the answer, so that the sender may not know of this row.
    pub fault: Option<String>,
}

/// Rows, and the files they were written to.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    rows: Vec<Row>,
    file: Option<File>,
    folder: Option<PathBuf>,
}

impl Ledger {
    /// Opens `FOLDER/NAME.jsonl` and reads what is in it. A last row that was cut off is left out.
    pub(super) fn open(folder: Option<&Path>, name: &str) -> Result<Self, Mistake> {
        let Some(folder) = folder else {
            return Ok(Self::default());
        };
        let path = folder.join(format!("{name}.jsonl"));
        let failed = |source| Mistake::File {
            path: path.display().to_string(),
            source,
        };
        let files = folder.join("files");
        std::fs::create_dir_all(folder).map_err(failed)?;
        private(&files).map_err(failed)?;
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(&path)
            .map_err(failed)?;
        let mut rows = Vec::new();
        let mut ends_in_line = true;
        for line in BufReader::new(&file).split(b'\n') {
            let line = line.map_err(failed)?;
            match serde_json::from_slice::<Row>(&line) {
                Ok(row) => rows.push(row),
                Err(_) => ends_in_line = false,
            }
        }
        if !ends_in_line {
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Self {
            rows,
            file: Some(file),
            folder: Some(files),
        })
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Adds a row; the file of an invoice that was kept is kept too.
    pub(super) fn add(&mut self, row: Row, bytes: &[u8]) -> std::io::Result<()> {
        if let (Some(folder), Verdict::Accepted) = (&self.folder, row.verdict) {
            let path = folder.join(&row.sha256);
            if !path.exists() {
                std::fs::write(path, bytes)?;
            }
        }
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&row)?;
            line.push(b'\n');
            file.write_all(&line)?;
        }
        self.rows.push(row);
        Ok(())
    }

    /// The file of a row, where it was kept.
    pub(super) fn bytes(&self, row: &Row) -> Option<Vec<u8>> {
        let plain = row.sha256.len() == 64 && row.sha256.bytes().all(|b| b.is_ascii_hexdigit());
        let folder = self.folder.as_ref().filter(|_| plain)?;
        std::fs::read(folder.join(&row.sha256)).ok()
    }
}

/// A folder that only its owner reads: people rehearse with real invoices.
fn private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
