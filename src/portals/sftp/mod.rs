//! SFTP by agreement: a file under a temporary name, renamed when it is whole; answers read from a folder.
//! Not here: keys and sessions (`transport::ssh`), and what a row of a table says (`portals::answers`).

mod answers;

use super::account::Account;
use super::answers::Laid;
use super::portal::{Abilities, Asked, Handle, Portal};
use super::transport::ssh::{Session, Ssh, reason};
use super::{PortalError, settings_of};
use crate::model::{Evidence, Outcome, Receipt, StatusReport, Submission};
use async_trait::async_trait;
use russh_sftp::client::error::Error as SftpError;
use russh_sftp::protocol::{OpenFlags, StatusCode};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;

/// The largest file of answers that is read.
const MOST: u64 = 10 * 1024 * 1024;

/// What only these accounts have under `settings`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The server's key as `SHA256:...`. Without it nothing is sent, and the message names the one that was shown.
    #[serde(default)]
    host_key: String,
    /// Where invoices go, below the url.
    #[serde(default)]
    incoming: String,
    /// Where `ack*.csv` and `adjustments*.csv` come from, below the url; without it the portal cannot be asked.
    #[serde(default)]
    answers: Option<String>,
}

/// A file of answers, as far as it tells whether it changed.
type Seen = (u64, u32);

/// An account with an agreed SFTP drop.
pub(super) struct Sftp {
    ssh: Ssh,
    settings: Settings,
    session: Mutex<Option<Session>>,
    /// Answers already read, by the file's name.
    read: Mutex<HashMap<String, (Seen, Arc<Laid>)>>,
}

fn setup(why: String) -> PortalError {
    PortalError::Setup(why)
}

/// What an error means before an invoice has its name.
fn before(error: &SftpError, what: &str) -> PortalError {
    match error {
        SftpError::Status(_) => setup(format!("{what}: {}; nothing was sent", reason(error))),
        _ => PortalError::Unreachable {
            outcome_unknown: false,
            because: format!("{what}: {}", reason(error)),
        },
    }
}

fn plain(name: &str) -> Result<(), PortalError> {
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0', '\n']) {
        return Err(setup(format!("\"{name}\" cannot be the name of a file")));
    }
    Ok(())
}

impl Sftp {
    /// # Errors
    /// The account is not set up.
    pub fn new(account: &Account) -> Result<Self, PortalError> {
        let settings: Settings = settings_of(account)?;
        Ok(Self {
            ssh: Ssh::new(account, &settings.host_key)?,
            settings,
            session: Mutex::new(None),
            read: Mutex::new(HashMap::new()),
        })
    }

    /// The session that stands, or a new one.
    async fn session(&self) -> Result<Session, PortalError> {
        if let Some(session) = self.session.lock().await.take()
            && session.sftp.canonicalize(".").await.is_ok()
        {
            return Ok(session);
        }
        self.ssh.session().await
    }

    async fn keep(&self, session: Session) {
        *self.session.lock().await = Some(session);
    }

    fn final_path(&self, name: &str) -> String {
        self.ssh.path(&self.settings.incoming, name)
    }

    /// A name that no portal reads.
    fn temporary_path(&self, name: &str) -> String {
        self.ssh
            .path(&self.settings.incoming, &format!(".{name}.part"))
    }

    async fn put(&self, session: &Session, submission: &Submission) -> Result<(), PortalError> {
        let sftp = &session.sftp;
        let (end, part) = (
            self.final_path(&submission.file_name),
            self.temporary_path(&submission.file_name),
        );
        if sftp.try_exists(&end).await.map_err(|e| before(&e, &end))? {
            return Err(setup(format!(
                "{end} is there already and was not taken yet; nothing was sent. Ask the portal whether it is read"
            )));
        }
        let failed = |e: SftpError| before(&e, &part);
        let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
        let mut file = sftp.open_with_flags(&part, flags).await.map_err(failed)?;
        let written = file.write_all(&submission.bytes).await;
        written.map_err(|e| failed(SftpError::from(e)))?;
        file.sync_all().await.map_err(failed)?;
        file.close().await.map_err(|e| failed(SftpError::from(e)))?;
        let length = sftp.metadata(&part).await.map_err(failed)?.size;
        if length.is_some_and(|l| l != submission.bytes.len() as u64) {
            return Err(setup(format!(
                "{part}: the server keeps another length; nothing was sent"
            )));
        }
        match sftp.rename(&part, &end).await {
            Ok(()) => Ok(()),
            Err(error @ SftpError::Status(_)) => Err(before(&error, &end)),
            // The name may have been given before the connection broke.
            Err(error) => Err(PortalError::Unreachable {
                outcome_unknown: true,
                because: format!("{end}: {}", reason(&error)),
            }),
        }
    }

    /// Every answer, old ones from memory.
    async fn answers(
        &self,
        session: &Session,
        folder: &str,
    ) -> Result<(Vec<Arc<Laid>>, Vec<String>), PortalError> {
        let path = self.ssh.path(folder, "");
        let unread = |e: SftpError| PortalError::Unreachable {
            outcome_unknown: false,
            because: format!("{path}: {}", reason(&e)),
        };
        let (mut tables, mut wrong) = (Vec::new(), Vec::new());
        let mut memory = self.read.lock().await;
        let mut entries: Vec<_> = session
            .sftp
            .read_dir(&path)
            .await
            .map_err(unread)?
            .collect();
        entries.sort_by_key(|entry| entry.file_name());
        for entry in entries {
            let name = entry.file_name();
            let lower = name.to_lowercase();
            let ours = lower.starts_with("ack") || lower.starts_with("adjustments");
            if !ours || !lower.ends_with(".csv") {
                continue;
            }
            let about = entry.metadata();
            let seen = (about.size.unwrap_or(0), about.mtime.unwrap_or(0));
            if let Some((_, known)) = memory.get(&name).filter(|(then, _)| *then == seen) {
                tables.push(Arc::clone(known));
                continue;
            }
            if seen.0 > MOST {
                wrong.push(format!("{name}: longer than {MOST} bytes, not read"));
                continue;
            }
            let bytes = session.sftp.read(self.ssh.path(folder, &name)).await;
            match answers::read(&name, &bytes.map_err(unread)?) {
                Ok(laid) => {
                    let laid = Arc::new(laid);
                    tables.push(Arc::clone(&laid));
                    memory.insert(name, (seen, laid));
                }
                Err(why) => wrong.push(why),
            }
        }
        Ok((tables, wrong))
    }

    async fn look(&self, session: &Session, handle: &Handle) -> Result<Asked, PortalError> {
        if let Some(folder) = &self.settings.answers {
            let (tables, wrong) = self.answers(session, folder).await?;
            if let Some(mut report) = answers::about(handle, &tables) {
                report.doubts.extend(wrong);
                return Ok(Asked::Here(Box::new(report)));
            }
        }
        if plain(&handle.file_name).is_err() {
            return Ok(Asked::CannotSay);
        }
        let there = async |path: String| {
            let found = session.sftp.metadata(&path).await;
            match found {
                Ok(_) => Ok(true),
                Err(SftpError::Status(s)) if s.status_code == StatusCode::NoSuchFile => Ok(false),
                Err(e) => Err(PortalError::Unreachable {
                    outcome_unknown: false,
                    because: format!("{path}: {}", reason(&e)),
                }),
            }
        };
        if there(self.final_path(&handle.file_name)).await? {
            return Ok(Asked::Here(Box::new(waiting(handle))));
        }
        // Still under its temporary name, it never had its own; gone, the portal may have taken it.
        match there(self.temporary_path(&handle.file_name)).await? {
            true => Ok(Asked::Absent),
            false => Ok(Asked::CannotSay),
        }
    }
}

/// It lies in the portal's folder and waits.
fn waiting(handle: &Handle) -> StatusReport {
    let word = "in the folder".to_owned();
    StatusReport {
        invoice_number: Some(handle.invoice_number.clone()),
        outcome: Outcome::Received,
        evidence: Evidence {
            asked: "the portal's folder".to_owned(),
            status: None,
            body: format!("{word}: {}", handle.file_name).into_bytes(),
        },
        word,
        ..StatusReport::default()
    }
}

#[async_trait]
impl Portal for Sftp {
    fn abilities(&self) -> Abilities {
        Abilities {
            status: self.settings.answers.is_some(),
            find: true,
            ..Abilities::default()
        }
    }

    async fn submit(&self, submission: &Submission) -> Result<Receipt, PortalError> {
        plain(&submission.file_name)?;
        if !submission.attachments.is_empty() {
            return Err(setup(
                "nothing says which file of a drop belongs to which invoice; send attachments as the client says, and take them off the package".to_owned(),
            ));
        }
        let session = self.session().await?;
        self.put(&session, submission).await?;
        self.keep(session).await;
        let end = self.final_path(&submission.file_name);
        Ok(Receipt {
            evidence: Evidence {
                asked: format!("sftp put {end}"),
                status: None,
                body: format!("renamed to {end}").into_bytes(),
            },
            ..Receipt::default()
        })
    }

    async fn ask(&self, handle: &Handle) -> Result<Asked, PortalError> {
        let session = self.session().await?;
        let found = self.look(&session, handle).await?;
        self.keep(session).await;
        Ok(found)
    }

    async fn check(&self) -> Result<Vec<String>, PortalError> {
        let session = self.session().await?;
        let mut found =
            vec!["the host's key is the pinned one, and the sign-in is accepted".to_owned()];
        let incoming = self.ssh.path(&self.settings.incoming, "");
        let listed = session.sftp.read_dir(&incoming).await;
        listed.map_err(|e| setup(format!("incoming {incoming}: {}", reason(&e))))?;
        found.push(format!("invoices go to {incoming}"));
        match &self.settings.answers {
            None => found.push(
                "no folder of answers is set (settings.answers): a person confirms each invoice"
                    .to_owned(),
            ),
            Some(folder) => {
                let (tables, wrong) = self.answers(&session, folder).await?;
                let rows: usize = tables.iter().map(|laid| laid.rows().len()).sum();
                found.push(format!("{rows} rows of answers can be read"));
                found.extend(wrong);
            }
        }
        self.keep(session).await;
        Ok(found)
    }
}
