//! Documents by the SHA-256 of what they say, encrypted to the firm's key, each kept once.

use super::{DocumentKey, StoreError};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

/// The folder of the documents.
pub struct Documents {
    folder: PathBuf,
    key: DocumentKey,
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Opens files that only their owner reads.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

impl Documents {
    pub(super) fn new(folder: PathBuf, key: DocumentKey) -> Result<Self, StoreError> {
        fs::create_dir_all(&folder).map_err(StoreError::io(&folder))?;
        Ok(Self { folder, key })
    }

    pub(super) fn key(&self) -> &DocumentKey {
        &self.key
    }

    /// Where the document of a hash lies.
    pub fn path(&self, sha256: &str) -> PathBuf {
        let shelf = sha256.get(..2).unwrap_or("00");
        self.folder.join(shelf).join(format!("{sha256}.age"))
    }

    /// Keeps a document and returns its hash. When this returns, it is on the disk.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn put(&self, bytes: &[u8]) -> Result<String, StoreError> {
        let hash = sha256(bytes);
        let path = self.path(&hash);
        if path.exists() {
            return Ok(hash);
        }
        let shelf = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(shelf).map_err(StoreError::io(shelf))?;
        let sealed = self.key.seal(bytes).map_err(|why| StoreError::Document {
            sha256: hash.clone(),
            why,
        })?;
        // A name of its own for each writer, so that a half-written file never has a document's name.
        let begun = tempfile::Builder::new()
            .prefix(".part-")
            .tempfile_in(shelf)
            .map_err(StoreError::io(shelf))?;
        let written = (|| {
            begun.as_file().write_all(&sealed)?;
            begun.as_file().sync_all()
        })();
        written.map_err(StoreError::io(&path))?;
        begun
            .persist(&path)
            .map_err(|e| StoreError::io(&path)(e.error))?;
        // The name has to be on the disk as well.
        File::open(shelf)
            .and_then(|folder| folder.sync_all())
            .map_err(StoreError::io(shelf))?;
        Ok(hash)
    }

    /// A document, which is proven to be the one that was put there.
    ///
    /// # Errors
    /// It is missing, was changed, or the key does not open it.
    pub fn get(&self, hash: &str) -> Result<Vec<u8>, StoreError> {
        let wrong = |why: String| StoreError::Document {
            sha256: hash.to_owned(),
            why,
        };
        let sealed = match fs::read(self.path(hash)) {
            Ok(sealed) => sealed,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Err(wrong(format!("is missing from {}", self.folder.display())));
            }
            Err(e) => return Err(wrong(format!("cannot be read: {e}"))),
        };
        let bytes = self.key.open(&sealed).map_err(&wrong)?;
        if sha256(&bytes) == hash {
            Ok(bytes)
        } else {
            Err(wrong("is not what it was when it was stored".to_owned()))
        }
    }
}
