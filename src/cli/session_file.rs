//! The file in which the command line keeps the session that sign-in began: one for each store, readable only by its
//! owner.

use super::settings::settings;
use crate::config::{SESSIONS, address};
use crate::store::sha256;
use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file for a store. Whoever reaches the same database by another password has the same session.
fn file(store: &str) -> anyhow::Result<PathBuf> {
    let folder = settings()?.path(&SESSIONS);
    let folder = folder.context(
        "this user has no home folder: say where sessions are kept with CLEANBILL_SESSIONS",
    )?;
    let name = if store.contains("://") {
        address(store)
    } else {
        let path = Path::new(store.strip_prefix("sqlite:").unwrap_or(store));
        let path = fs::canonicalize(path).or_else(|_| std::path::absolute(path))?;
        path.display().to_string()
    };
    let mut name = sha256(name.as_bytes());
    name.truncate(16);
    Ok(folder.join(format!("{name}.session")))
}

/// The session of a store, if there is one.
pub fn read(store: &str) -> anyhow::Result<Option<SecretString>> {
    let path = file(store)?;
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned().into())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| format!("{}: the session cannot be read", path.display())),
    }
}

/// Keeps a session; the one before is gone.
pub fn write(store: &str, session: &SecretString) -> anyhow::Result<PathBuf> {
    let path = file(store)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = (|| {
        fs::create_dir_all(folder)?;
        let part = tempfile::Builder::new()
            .prefix(".session-")
            .make_in(folder, |path| private().open(path))?;
        part.as_file()
            .write_all(session.expose_secret().as_bytes())?;
        part.as_file().sync_all()?;
        part.persist(&path).map_err(|e| e.error)?;
        Ok::<_, io::Error>(())
    })();
    written.with_context(|| format!("{}: the session cannot be kept", path.display()))?;
    Ok(path)
}

/// A new file that only its owner reads.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Forgets the session of a store.
pub fn remove(store: &str) -> anyhow::Result<()> {
    let path = file(store)?;
    match fs::remove_file(&path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            Err(e).with_context(|| format!("{}: the session cannot be removed", path.display()))
        }
        _ => Ok(()),
    }
}
