//! A backup: one file with every table and every document, encrypted, with a list of what it holds and its hashes.

use super::db::{Db, steps};
use super::documents::{hash_in, name_of, private, sha256};
use super::tables::{Cells, Table};
use super::{DocumentKey, Place, Store, StoreError};
use age::x25519::Recipient;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::str::FromStr;

/// The name of its form.
const SCHEMA: &str = "cleanbill.backup/1";
/// What stands last in it.
const MANIFEST: &str = "manifest.json";
/// Rows that are written together.
const PART: usize = 8 << 20;

/// What a backup holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// `cleanbill.backup/1`.
    pub schema: String,
    /// Version of the program that wrote it.
    pub program: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The steps its tables were made by.
    pub steps: Vec<i64>,
    /// The key its documents are sealed to, which is needed beside the one that opens the backup.
    pub recipient: String,
    /// Its tables; one comes after those it refers to.
    pub tables: Vec<Table>,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// Every other part: name, bytes, SHA-256.
    pub parts: Vec<Part>,
}

/// A part of a backup.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// `tables/NAME/N.jsonl` or `documents/XX/SHA256.age`.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// How many documents.
    pub fn documents(&self) -> usize {
        self.parts
            .iter()
            .filter(|p| hash_in(&p.name).is_some())
            .count()
    }

    /// How many rows of a table.
    pub fn rows_of(&self, table: &str) -> u64 {
        self.rows.get(table).copied().unwrap_or_default()
    }
}

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

fn broken(file: &Path, why: impl std::fmt::Display) -> StoreError {
    StoreError::Backup(format!("{}: {why}", file.display()))
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
    let mut out = String::with_capacity(64);
    for byte in hash.finalize() {
        use std::fmt::Write as _;
        let _ = write!(out, "{byte:02x}");
    }
    Ok(out)
}

/// The parts of a backup one after another.
struct Unpacker<'k> {
    key: &'k DocumentKey,
}

impl Unpacker<'_> {
    fn reader(&self, file: &Path) -> Result<impl Read + use<>, StoreError> {
        let opened = File::open(file).map_err(StoreError::io(file))?;
        let opened = BufReader::with_capacity(1 << 20, opened);
        let decryptor = age::Decryptor::new(opened)
            .map_err(|e| broken(file, format!("is no backup of cleanbill: {e}")))?;
        let identity = self.key.identity() as &dyn age::Identity;
        decryptor.decrypt([identity].into_iter()).map_err(|e| {
            let own = self.key.recipient();
            broken(
                file,
                format!("cannot be opened with the key {own} ({e}); name the key it was made for with --identity"),
            )
        })
    }
}

/// One part of an archive, whole, with its name.
fn part<R: Read>(mut entry: tar::Entry<'_, R>) -> io::Result<(String, Vec<u8>)> {
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
    let mut archive = tar::Archive::new(Unpacker { key }.reader(file)?);
    let mut found = Vec::new();
    let mut manifest: Option<Manifest> = None;
    for entry in archive.entries().map_err(damaged)? {
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

/// Restores a backup into a store that is not there yet, or empty.
///
/// # Errors
/// The backup is damaged or of a newer program, the store is not empty, or the key of the documents is not here.
pub async fn restore(
    place: &Place,
    file: &Path,
    identity: Option<&Path>,
) -> Result<Manifest, StoreError> {
    let opens = identity.unwrap_or(&place.key);
    let opens =
        DocumentKey::load(opens)?.ok_or_else(|| StoreError::KeyMissing(opens.to_owned()))?;
    let manifest = check(file, &opens)?;
    let own =
        DocumentKey::load(&place.key)?.ok_or_else(|| StoreError::KeyMissing(place.key.clone()))?;
    if own.recipient() != manifest.recipient {
        return Err(StoreError::OtherKey {
            file: place.key.clone(),
            wanted: manifest.recipient,
            found: own.recipient(),
        });
    }
    let db = Db::connect(&place.url).await?;
    let done = fill(&db, place, file, &opens, &manifest, own).await;
    db.close().await;
    done.map(|()| manifest)
}

async fn fill(
    db: &Db,
    place: &Place,
    file: &Path,
    opens: &DocumentKey,
    manifest: &Manifest,
    own: DocumentKey,
) -> Result<(), StoreError> {
    let there = db.steps_taken().await?;
    if !there.is_empty() && there != manifest.steps {
        return Err(StoreError::NotEmpty(
            "it has tables of another version".to_owned(),
        ));
    }
    let wanted = steps(|n| manifest.steps.contains(&n));
    if let Some(unknown) = manifest
        .steps
        .iter()
        .find(|n| wanted.iter().all(|s| s.version != **n))
    {
        return Err(StoreError::Newer(format!(
            "the backup's tables are of step {unknown}"
        )));
    }
    db.migrate(&wanted).await?;
    let documents = super::Documents::new(&place.documents, own)?;
    let mut tx = db.write().await?;
    for table in tx.tables().await? {
        if tx.count(&table).await? > 0 {
            return Err(StoreError::NotEmpty(format!("{} has rows", table.name)));
        }
    }
    let tables: BTreeMap<&str, &Table> = manifest
        .tables
        .iter()
        .map(|t| (t.name.as_str(), t))
        .collect();
    let damaged = |e: io::Error| broken(file, format!("is damaged or cut short: {e}"));
    let mut archive = tar::Archive::new(Unpacker { key: opens }.reader(file)?);
    for entry in archive.entries().map_err(damaged)? {
        let (name, bytes) = entry.and_then(part).map_err(damaged)?;
        if let Some(hash) = hash_in(&name) {
            documents.put_sealed(hash, bytes)?;
            continue;
        }
        let table = name
            .strip_prefix("tables/")
            .and_then(|n| n.split('/').next());
        let Some(table) = table.and_then(|name| tables.get(name)) else {
            continue;
        };
        for line in bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
            let cells: Cells = serde_json::from_slice(line)
                .map_err(|e| broken(file, format!("{name} cannot be read: {e}")))?;
            tx.put_row(table, &cells).await?;
        }
    }
    for table in &manifest.tables {
        let (has, wanted) = (tx.count(table).await?, manifest.rows_of(&table.name));
        if u64::try_from(has).ok() != Some(wanted) {
            return Err(broken(
                file,
                format!("{} has {has} rows of {wanted}", table.name),
            ));
        }
    }
    tx.commit().await?;
    db.migrate(&steps(|_| true)).await
}
