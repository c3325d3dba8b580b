//! Documents by the SHA-256 of what they say, encrypted to the firm's key, each kept once.

use super::{DocumentKey, StoreError};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempPath};

/// The documents of a store.
pub struct Documents {
    shelf: Shelf,
    key: DocumentKey,
}

/// Where sealed documents lie.
enum Shelf {
    Folder(Folder),
    #[cfg(feature = "s3")]
    Bucket(super::bucket::Bucket),
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
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
    /// Documents in a folder, or in a bucket where the place begins with `s3://`.
    pub(super) fn new(place: &Path, key: DocumentKey) -> Result<Self, StoreError> {
        let shelf = match place.to_str().filter(|p| p.starts_with("s3://")) {
            Some(url) => bucket(url)?,
            None => {
                fs::create_dir_all(place).map_err(StoreError::io(place))?;
                Shelf::Folder(Folder(place.to_owned()))
            }
        };
        Ok(Self { shelf, key })
    }

    /// Keeps a document and returns its hash. When this returns, it is on the disk.
    ///
    /// # Errors
    /// The place cannot be written.
    pub fn put(&self, bytes: &[u8]) -> Result<String, StoreError> {
        let hash = sha256(bytes);
        if self.has(&hash)? {
            return Ok(hash);
        }
        let sealed = self.key.seal(bytes).map_err(|why| StoreError::Document {
            sha256: hash.clone(),
            why,
        })?;
        self.put_sealed(&hash, sealed)?;
        Ok(hash)
    }

    /// Keeps documents that came together, by their hashes; much faster than one after another. When this returns, all are on the disk.
    ///
    /// # Errors
    /// The place cannot be written; some may be kept then.
    pub fn put_all(&self, all: &[(&str, &[u8])]) -> Result<(), StoreError> {
        let sealed =
            |(hash, bytes): &(&str, &[u8])| -> Result<Option<(String, Vec<u8>)>, StoreError> {
                debug_assert_eq!(*hash, sha256(bytes));
                let hash = (*hash).to_owned();
                if self.has(&hash)? {
                    return Ok(None);
                }
                match self.key.seal(bytes) {
                    Ok(sealed) => Ok(Some((hash, sealed))),
                    Err(why) => Err(StoreError::Document { sha256: hash, why }),
                }
            };
        // No more in memory than needs to be.
        for part in all.chunks(TOGETHER) {
            let sealed: Vec<_> = part.par_iter().map(sealed).collect::<Result<_, _>>()?;
            let sealed: Vec<_> = sealed.into_iter().flatten().collect();
            match &self.shelf {
                Shelf::Folder(folder) => folder.put_all(&sealed)?,
                #[cfg(feature = "s3")]
                Shelf::Bucket(bucket) => sealed
                    .into_par_iter()
                    .try_for_each(|(hash, sealed)| bucket.put(&hash, sealed))?,
            }
        }
        Ok(())
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
        let bytes = self.key.open(&self.sealed(hash)?).map_err(&wrong)?;
        if sha256(&bytes) == hash {
            Ok(bytes)
        } else {
            Err(wrong("is not what it was when it was stored".to_owned()))
        }
    }

    /// Whether a document is there.
    ///
    /// # Errors
    /// The place cannot be reached.
    pub fn has(&self, hash: &str) -> Result<bool, StoreError> {
        match &self.shelf {
            Shelf::Folder(folder) => Ok(folder.path(hash).exists()),
            #[cfg(feature = "s3")]
            Shelf::Bucket(bucket) => bucket.has(hash),
        }
    }

    /// A document as it lies there, encrypted.
    ///
    /// # Errors
    /// It is missing or cannot be read.
    pub fn sealed(&self, hash: &str) -> Result<Vec<u8>, StoreError> {
        match &self.shelf {
            Shelf::Folder(folder) => folder.get(hash),
            #[cfg(feature = "s3")]
            Shelf::Bucket(bucket) => bucket.get(hash),
        }
    }

    /// Puts an encrypted document back where it lay.
    ///
    /// # Errors
    /// The place cannot be written.
    pub fn put_sealed(&self, hash: &str, sealed: Vec<u8>) -> Result<(), StoreError> {
        match &self.shelf {
            Shelf::Folder(folder) => folder.put(hash, &sealed),
            #[cfg(feature = "s3")]
            Shelf::Bucket(bucket) => bucket.put(hash, sealed),
        }
    }

    /// Takes a document away for good; one that is not there is no error.
    ///
    /// # Errors
    /// The place cannot be written.
    pub fn remove(&self, hash: &str) -> Result<(), StoreError> {
        match &self.shelf {
            Shelf::Folder(folder) => folder.remove(hash),
            #[cfg(feature = "s3")]
            Shelf::Bucket(bucket) => bucket.remove(hash),
        }
    }

    /// The hashes of all documents that are there, in their order.
    ///
    /// # Errors
    /// The place cannot be listed.
    pub fn all(&self) -> Result<Vec<String>, StoreError> {
        let mut all = match &self.shelf {
            Shelf::Folder(folder) => folder.all()?,
            #[cfg(feature = "s3")]
            Shelf::Bucket(bucket) => bucket.all()?,
        };
        all.sort_unstable();
        Ok(all)
    }

    /// The key they are sealed to.
    pub fn key(&self) -> &DocumentKey {
        &self.key
    }
}

#[cfg(feature = "s3")]
fn bucket(url: &str) -> Result<Shelf, StoreError> {
    super::bucket::Bucket::open(url).map(Shelf::Bucket)
}

#[cfg(not(feature = "s3"))]
fn bucket(url: &str) -> Result<Shelf, StoreError> {
    Err(StoreError::Place {
        place: url.to_owned(),
        why: "this cleanbill was built without buckets; build it with: cargo install cleanbill --features s3"
            .to_owned(),
    })
}

/// The name of a document where it lies, by its hash.
pub(super) fn name_of(sha256: &str) -> String {
    let shelf = sha256.get(..2).unwrap_or("00");
    format!("{shelf}/{sha256}.age")
}

/// The hash in such a name.
pub(super) fn hash_in(name: &str) -> Option<&str> {
    let hash = name.rsplit('/').next()?.strip_suffix(".age")?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    is_hash.then_some(hash)
}

/// What is said of a document that is not where it should be.
pub(super) fn missing(sha256: &str, place: &str) -> StoreError {
    StoreError::Document {
        sha256: sha256.to_owned(),
        why: format!("is missing from {place}"),
    }
}

/// Fewer documents than this are brought to the disk one by one.
const FEW: usize = 8;
/// More than this are not held in memory, encrypted, at once.
const TOGETHER: usize = 1024;

/// Brings everything written to a file's disk onto it. False where that failed or the system cannot.
#[cfg(target_os = "linux")]
fn reaches_disk(file: &File) -> bool {
    rustix::fs::syncfs(file).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn reaches_disk(_: &File) -> bool {
    false
}

/// A folder with a folder for each first byte.
struct Folder(PathBuf);

impl Folder {
    fn path(&self, sha256: &str) -> PathBuf {
        self.0.join(name_of(sha256))
    }

    fn get(&self, hash: &str) -> Result<Vec<u8>, StoreError> {
        match fs::read(self.path(hash)) {
            Ok(sealed) => Ok(sealed),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                Err(missing(hash, &self.0.display().to_string()))
            }
            Err(e) => Err(StoreError::Document {
                sha256: hash.to_owned(),
                why: format!("cannot be read: {e}"),
            }),
        }
    }

    /// The parts are written, then they reach the disk together, get their names, and these reach the disk.
    fn put_all(&self, all: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        let whole = File::open(&self.0).map_err(StoreError::io(&self.0))?;
        if all.len() < FEW || !cfg!(target_os = "linux") {
            return all
                .iter()
                .try_for_each(|(hash, sealed)| self.put(hash, sealed));
        }
        let begun: Vec<(TempPath, PathBuf)> = all
            .par_iter()
            .map(|(hash, sealed)| {
                let (begun, path) = self.begin(hash)?;
                begun
                    .as_file()
                    .write_all(sealed)
                    .map_err(StoreError::io(&path))?;
                Ok((begun.into_temp_path(), path))
            })
            .collect::<Result<_, StoreError>>()?;
        let all_on_disk = || match reaches_disk(&whole) {
            true => Ok(()),
            false => Err(StoreError::io(&self.0)(io::Error::other(
                "cannot be written to the disk",
            ))),
        };
        all_on_disk()?;
        for (part, path) in begun {
            part.persist(&path)
                .map_err(|e| StoreError::io(&path)(e.error))?;
        }
        all_on_disk()
    }

    /// A file for a document's bytes, and the document's place.
    fn begin(&self, hash: &str) -> Result<(NamedTempFile, PathBuf), StoreError> {
        let path = self.path(hash);
        let shelf = path.parent().unwrap_or(&self.0);
        fs::create_dir_all(shelf).map_err(StoreError::io(shelf))?;
        // A name of its own for each writer, so that a half-written file never has a document's name.
        let begun = tempfile::Builder::new().prefix(".part-").tempfile_in(shelf);
        Ok((begun.map_err(StoreError::io(shelf))?, path))
    }

    fn put(&self, hash: &str, sealed: &[u8]) -> Result<(), StoreError> {
        let (begun, path) = self.begin(hash)?;
        let shelf = path.parent().unwrap_or(&self.0);
        let written = (|| {
            begun.as_file().write_all(sealed)?;
            begun.as_file().sync_all()
        })();
        written.map_err(StoreError::io(&path))?;
        begun
            .persist(&path)
            .map_err(|e| StoreError::io(&path)(e.error))?;
        // The name has to be on the disk as well.
        File::open(shelf)
            .and_then(|folder| folder.sync_all())
            .map_err(StoreError::io(shelf))
    }

    fn remove(&self, hash: &str) -> Result<(), StoreError> {
        let path = self.path(hash);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(StoreError::io(path)(e)),
            _ => Ok(()),
        }
    }

    fn all(&self) -> Result<Vec<String>, StoreError> {
        let mut all = Vec::new();
        for shelf in fs::read_dir(&self.0).map_err(StoreError::io(&self.0))? {
            let shelf = shelf.map_err(StoreError::io(&self.0))?.path();
            if !shelf.is_dir() {
                continue;
            }
            for entry in fs::read_dir(&shelf).map_err(StoreError::io(&shelf))? {
                let name = entry.map_err(StoreError::io(&shelf))?.file_name();
                all.extend(hash_in(&name.to_string_lossy()).map(str::to_owned));
            }
        }
        Ok(all)
    }
}
