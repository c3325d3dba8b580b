//! Reads a backup: every part is compared with the list of what it holds.

use super::{MANIFEST, Manifest, Part, SCHEMA, broken};
use crate::store::documents::sha256;
use crate::store::{DocumentKey, StoreError};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// The archive inside a backup, opened with a key.
pub(super) fn archive(
    file: &Path,
    key: &DocumentKey,
) -> Result<tar::Archive<impl Read + use<>>, StoreError> {
    let opened = File::open(file).map_err(StoreError::io(file))?;
    let opened = BufReader::with_capacity(1 << 20, opened);
    let decryptor = age::Decryptor::new(opened)
        .map_err(|e| broken(file, format!("is no backup of cleanbill: {e}")))?;
    let identity = key.identity() as &dyn age::Identity;
    let reader = decryptor.decrypt([identity].into_iter()).map_err(|e| {
        let own = key.recipient();
        broken(
            file,
            format!("cannot be opened with the key {own} ({e}); name the key it was made for with --identity"),
        )
    })?;
    Ok(tar::Archive::new(reader))
}

/// One part of an archive, whole, with its name.
pub(super) fn part<R: Read>(mut entry: tar::Entry<'_, R>) -> io::Result<(String, Vec<u8>)> {
    let name = entry.path()?.to_string_lossy().into_owned();
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes)?;
    Ok((name, bytes))
}

/// Reads a whole backup and compares every part with the list of what it holds.
///
/// # Errors
/// It is damaged, cut short, no backup, or sealed to another key.
pub fn check(file: &Path, key: &DocumentKey) -> Result<Manifest, StoreError> {
    let damaged = |e: io::Error| broken(file, format!("is damaged or cut short: {e}"));
    let mut parts = archive(file, key)?;
    let mut found = Vec::new();
    let mut manifest: Option<Manifest> = None;
    for entry in parts.entries().map_err(damaged)? {
        let (name, bytes) = entry.and_then(part).map_err(damaged)?;
        if name == MANIFEST {
            let read = serde_json::from_slice(&bytes);
            manifest =
                Some(read.map_err(|e| broken(file, format!("its list cannot be read: {e}")))?);
            continue;
        }
        found.push(Part {
            bytes: bytes.len() as u64,
            sha256: sha256(&bytes),
            name,
        });
    }
    let Some(manifest) = manifest else {
        return Err(broken(
            file,
            "is cut short: the list of what it holds is missing",
        ));
    };
    if manifest.schema != SCHEMA {
        let form = &manifest.schema;
        return Err(broken(
            file,
            format!("is of the form {form}; this cleanbill reads {SCHEMA}"),
        ));
    }
    for (wanted, found) in manifest.parts.iter().zip(&found) {
        if wanted != found {
            return Err(broken(
                file,
                format!("{} is not what was written", wanted.name),
            ));
        }
    }
    if manifest.parts.len() != found.len() {
        return Err(broken(file, "parts of it are missing"));
    }
    Ok(manifest)
}
