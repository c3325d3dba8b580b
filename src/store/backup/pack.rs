//! Writes a backup of a store that may be in use, and reads it back.

use super::unpack::check;
use super::{MANIFEST, Manifest, Part, SCHEMA, broken};
use crate::store::documents::{name_of, private, sha256};
use crate::store::{Store, StoreError};
use age::x25519::Recipient;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::str::FromStr;

/// Rows that are written together.
const PART: usize = 8 << 20;

/// A backup that was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// What it holds.
    pub manifest: Manifest,
    /// SHA-256 of the file.
    pub sha256: String,
    /// The key that opens it.
    pub recipient: String,
    /// Every part was decrypted and compared; not possible where it is sealed to a key that is not here, and then
    /// the file alone was compared.
    pub opened_again: bool,
}

/// Puts parts into the archive and writes down what they are.
struct Packer<W: Write> {
    archive: tar::Builder<W>,
    parts: Vec<Part>,
}

impl<W: Write> Packer<W> {
    fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        self.archive.append_data(&mut header, name, bytes)?;
        self.parts.push(Part {
            name: name.to_owned(),
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
        });
        Ok(())
    }
}

/// Writes a backup of a store that may be in use, and reads it back. `to` is an age recipient; without one, the key of
/// the documents opens it.
///
/// # Errors
/// The file is there already or cannot be written, the store fails, or a document is damaged.
pub async fn write(
    store: &Store,
    file: &Path,
    to: Option<&str>,
    now_ms: i64,
) -> Result<Written, StoreError> {
    if file.exists() {
        return Err(broken(file, "is there already; name a new file"));
    }
    let own = store.documents.key().to_whom();
    let recipient = match to {
        None => own.clone(),
        Some(text) => Recipient::from_str(text.trim()).map_err(|why| {
            StoreError::Backup(format!(
                "--to {text}: {why}; age1... is expected, as age-keygen prints it"
            ))
        })?,
    };
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let begun = tempfile::Builder::new()
        .prefix(".backup-")
        .make_in(folder, |path| {
            private().read(true).create_new(true).open(path)
        })
        .map_err(StoreError::io(folder))?;
    let sealed = |e: &dyn std::fmt::Display| broken(file, format!("cannot be encrypted: {e}"));
    let to_all = [&recipient as &dyn age::Recipient];
    let encryptor = age::Encryptor::with_recipients(to_all.into_iter()).map_err(|e| sealed(&e))?;
    let out = begun.as_file().try_clone().map_err(StoreError::io(file))?;
    let out = BufWriter::with_capacity(1 << 20, out);
    let out = encryptor.wrap_output(out).map_err(StoreError::io(file))?;
    let mut packer = Packer {
        archive: tar::Builder::new(out),
        parts: Vec::new(),
    };
    let manifest = pack(store, &mut packer, file, now_ms).await?;
    let finished = (|| {
        let out = packer.archive.into_inner()?.finish()?;
        out.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()
    })();
    finished.map_err(StoreError::io(file))?;
    let hash = hash_of(begun.path())?;
    let opened_again = recipient.to_string() == own.to_string();
    if opened_again {
        let again = check(begun.path(), store.documents.key())?;
        if again != manifest {
            return Err(broken(file, "what was written is not what was read back"));
        }
    }
    match begun.persist_noclobber(file) {
        Ok(_) => {}
        Err(e) => return Err(StoreError::io(file)(e.error)),
    }
    if hash_of(file)? != hash {
        return Err(broken(file, "what was written is not what was read back"));
    }
    Ok(Written {
        manifest,
        sha256: hash,
        recipient: recipient.to_string(),
        opened_again,
    })
}

async fn pack<W: Write>(
    store: &Store,
    packer: &mut Packer<W>,
    file: &Path,
    now_ms: i64,
) -> Result<Manifest, StoreError> {
    let mut tx = store.db.read().await?;
    let steps = tx.steps_taken().await?;
    let tables = tx.tables().await?;
    let mut rows = BTreeMap::new();
    for table in &tables {
        let (mut part, mut number, mut count) = (Vec::new(), 0, 0);
        let mut flush = |part: &mut Vec<u8>| {
            number += 1;
            let name = format!("tables/{}/{number:06}.jsonl", table.name);
            let done = packer.add(&name, part).map_err(StoreError::io(file));
            part.clear();
            done
        };
        tx.rows(table, |cells| {
            serde_json::to_writer(&mut part, &cells)
                .map_err(|e| StoreError::Unreadable(e.to_string()))?;
            part.push(b'\n');
            count += 1;
            if part.len() >= PART {
                flush(&mut part)
            } else {
                Ok(())
            }
        })
        .await?;
        if !part.is_empty() {
            flush(&mut part)?;
        }
        rows.insert(table.name.clone(), count);
    }
    drop(tx);
    // After the tables: whatever they name was there before them.
    for hash in store.documents.all()? {
        let sealed = match store.documents.sealed(&hash) {
            // Purged since the list was made.
            Err(StoreError::Document { .. }) if !store.documents.has(&hash)? => continue,
            read => read?,
        };
        let opened = store.documents.key().open(&sealed);
        if !opened.is_ok_and(|bytes| sha256(&bytes) == hash) {
            return Err(StoreError::Document {
                sha256: hash,
                why: "is not what it was when it was stored; no backup was made. cleanbill audit verify names what is \
                      concerned"
                    .to_owned(),
            });
        }
        packer
            .add(&format!("documents/{}", name_of(&hash)), &sealed)
            .map_err(StoreError::io(file))?;
    }
    let manifest = Manifest {
        schema: SCHEMA.to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        at_ms: now_ms,
        steps,
        recipient: store.documents.key().recipient(),
        tables,
        rows,
        parts: packer.parts.clone(),
    };
    let text =
        serde_json::to_vec_pretty(&manifest).map_err(|e| StoreError::Unreadable(e.to_string()))?;
    packer.add(MANIFEST, &text).map_err(StoreError::io(file))?;
    Ok(manifest)
}

fn hash_of(file: &Path) -> Result<String, StoreError> {
    use sha2::{Digest, Sha256};
    let mut reader = File::open(file).map_err(StoreError::io(file))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = reader.read(&mut buffer).map_err(StoreError::io(file))?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    Ok(hex::encode(hash.finalize()))
}
