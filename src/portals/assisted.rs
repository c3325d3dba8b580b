//! Assisted upload: the exact file under the exact name, with a page that says what a person has to do. The person
//! confirms it afterwards.
//! Not here: any scripted sign-in at a portal's web pages (reference portals.md section 12).

use super::account::Account;
use super::portal::{Abilities, Asked, Handle, Portal};
use super::{PortalError, settings_of};
use crate::model::{Attachment, Evidence, Receipt, Submission};
use crate::rules::pack::Terms;
use async_trait::async_trait;
use serde::Deserialize;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What only these accounts have under `settings`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Where the files are laid out, a folder an invoice.
    folder: PathBuf,
}

/// An account whose invoices a person uploads.
pub(super) struct Assisted {
    portal: String,
    url: Option<String>,
    folder: PathBuf,
    before: Vec<String>,
}

impl Assisted {
    /// # Errors
    /// The account names no folder.
    pub fn new(account: &Account, terms: Option<&Terms>) -> Result<Self, PortalError> {
        let settings: Settings = settings_of(account)?;
        Ok(Self {
            portal: account.portal.clone(),
            url: account.url.clone(),
            folder: settings.folder,
            before: terms.map(|t| t.before.clone()).unwrap_or_default(),
        })
    }

    fn page(&self, submission: &Submission) -> String {
        let s = submission;
        let mut page = String::new();
        let total = s.total.map_or_else(|| "?".to_owned(), |t| t.to_string());
        let _ = writeln!(
            page,
            "Upload invoice {} to {}\n",
            s.invoice_number, self.portal
        );
        let _ = writeln!(page, "  client   {}", s.client_id);
        let _ = writeln!(
            page,
            "  matter   {} ({} at the firm)",
            s.client_matter_id, s.law_firm_matter_id
        );
        let _ = writeln!(page, "  total    {total} {}", s.currency);
        let _ = writeln!(page, "  file     {} ({} bytes)", s.file_name, s.bytes.len());
        if let Some(url) = &self.url {
            let _ = writeln!(page, "  where    {url}");
        }
        let _ = writeln!(page, "\nBefore you begin, make sure that:");
        for step in &self.before {
            let _ = writeln!(page, "  [ ] {step}");
        }
        let _ = writeln!(
            page,
            "  [ ] {} is not at the portal already",
            s.invoice_number
        );
        let _ = writeln!(page, "\nThen:");
        let _ = writeln!(
            page,
            "  [ ] upload {} as it is; do not open it in another program",
            s.file_name
        );
        for attachment in &s.attachments {
            let whose = attachment.item.as_ref();
            let whose = whose.map_or_else(String::new, |item| format!(" (line item {item})"));
            let _ = writeln!(page, "  [ ] attach {}{whose}", attachment.name);
        }
        if let Some(comment) = &s.comment {
            let _ = writeln!(page, "  [ ] enter this word to the client: {comment}");
        }
        let _ = writeln!(
            page,
            "  [ ] compare the total the portal shows with {total} {}",
            s.currency
        );
        let _ = writeln!(
            page,
            "\nAnd last, tell cleanbill what happened:\n  cleanbill settle {} --arrived --reason \"uploaded, confirmation ...\"\n  cleanbill settle {0} --never-arrived --reason \"...\"",
            s.invoice_number
        );
        page
    }
}

/// A name without anything that leads elsewhere.
fn plain(name: &str) -> Result<&str, PortalError> {
    let bad = name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']);
    if bad {
        return Err(PortalError::Setup(format!(
            "\"{name}\" cannot be the name of a file"
        )));
    }
    Ok(name)
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name))?;
    Ok(())
}

#[async_trait]
impl Portal for Assisted {
    fn abilities(&self) -> Abilities {
        Abilities {
            attachments: true,
            by_hand: true,
            ..Abilities::default()
        }
    }

    async fn submit(&self, submission: &Submission) -> Result<Receipt, PortalError> {
        let folder: String = submission
            .invoice_number
            .chars()
            .map(|c| {
                if c.is_alphanumeric() || c == '-' {
                    c
                } else {
                    '_'
                }
            })
            .collect();
        let folder = self.folder.join(folder);
        let failed = |e: io::Error| PortalError::Setup(format!("{}: {e}", folder.display()));
        fs::create_dir_all(&folder).map_err(failed)?;
        put(&folder, plain(&submission.file_name)?, &submission.bytes).map_err(failed)?;
        for Attachment { name, bytes, .. } in &submission.attachments {
            put(&folder, plain(name)?, bytes).map_err(failed)?;
        }
        let page = self.page(submission);
        put(&folder, "READ ME FIRST.txt", page.as_bytes()).map_err(failed)?;
        Ok(Receipt {
            by_hand: true,
            remarks: vec![format!(
                "made ready in {}; a person uploads it",
                folder.display()
            )],
            evidence: Evidence {
                asked: "made ready".to_owned(),
                status: None,
                body: page.into_bytes(),
            },
            ..Receipt::default()
        })
    }

    async fn ask(&self, _: &Handle) -> Result<Asked, PortalError> {
        Ok(Asked::CannotSay)
    }

    async fn check(&self) -> Result<Vec<String>, PortalError> {
        let failed = |e: io::Error| PortalError::Setup(format!("{}: {e}", self.folder.display()));
        fs::create_dir_all(&self.folder).map_err(failed)?;
        tempfile::NamedTempFile::new_in(&self.folder).map_err(failed)?;
        Ok(vec![format!(
            "files are laid out in {}",
            self.folder.display()
        )])
    }
}
