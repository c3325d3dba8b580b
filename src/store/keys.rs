//! The firm's two keys: one opens the documents, one signs the head of the audit chains.

use super::StoreError;
use super::documents::private;
use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, Verifier, VerifyingKey};
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

/// Opens and seals documents (age, X25519).
pub struct DocumentKey {
    identity: Identity,
    recipient: Recipient,
}

impl DocumentKey {
    /// The key of a file as `age-keygen` writes them; nothing if there is no such file.
    ///
    /// # Errors
    /// The file cannot be read or holds no key.
    pub fn load(file: &Path) -> Result<Option<Self>, StoreError> {
        let Some(text) = read(file)? else {
            return Ok(None);
        };
        let line = text
            .lines()
            .map(str::trim)
            .find(|l| l.starts_with("AGE-SECRET-KEY-"));
        let identity = line.and_then(|l| Identity::from_str(l).ok());
        let identity = identity.ok_or_else(|| StoreError::KeyFile {
            file: file.to_owned(),
            why: "no key in it; a line beginning with AGE-SECRET-KEY-1 is expected, as age-keygen writes it".to_owned(),
        })?;
        let recipient = identity.to_public();
        Ok(Some(Self {
            identity,
            recipient,
        }))
    }

    /// A new key in a new file that only its owner may read.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn make(file: &Path) -> Result<Self, StoreError> {
        let identity = Identity::generate();
        let recipient = identity.to_public();
        let text = format!(
            "# The key of the documents of cleanbill. Without it nobody can read them: keep a copy in another place.\n\
             # public key: {recipient}\n{}\n",
            identity.to_string().expose_secret()
        );
        write(file, &text)?;
        // Another process may have been first; whatever lies there is the key.
        Self::load(file)?.ok_or_else(|| StoreError::KeyMissing(file.to_owned()))
    }

    /// The public half.
    pub fn recipient(&self) -> String {
        self.recipient.to_string()
    }

    pub(super) fn to_whom(&self) -> &Recipient {
        &self.recipient
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(super) fn seal(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        age::encrypt(&self.recipient, bytes).map_err(|e| format!("could not be encrypted: {e}"))
    }

    pub(super) fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, String> {
        age::decrypt(&self.identity, sealed)
            .map_err(|e| format!("was changed, or is not encrypted to this key: {e}"))
    }
}

/// Signs heads (Ed25519).
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key of a file; nothing if there is no such file.
    ///
    /// # Errors
    /// The file cannot be read or holds no key.
    pub fn load(file: &Path) -> Result<Option<Self>, StoreError> {
        let Some(text) = read(file)? else {
            return Ok(None);
        };
        let line = text
            .lines()
            .map(str::trim)
            .find(|l| !l.is_empty() && !l.starts_with('#'));
        let bytes = line.and_then(|l| STANDARD.decode(l).ok());
        let seed = bytes.and_then(|b| <[u8; 32]>::try_from(b).ok());
        let seed = seed.ok_or_else(|| StoreError::KeyFile {
            file: file.to_owned(),
            why: "no signing key in it; 32 bytes in base64 are expected".to_owned(),
        })?;
        Ok(Some(Self(ed25519_dalek::SigningKey::from_bytes(&seed))))
    }

    /// The key of a file, which is made if there is none.
    ///
    /// # Errors
    /// The file can be neither read nor written.
    pub fn load_or_make(file: &Path) -> Result<Self, StoreError> {
        if let Some(key) = Self::load(file)? {
            return Ok(key);
        }
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|e| StoreError::KeyFile {
            file: file.to_owned(),
            why: format!("no key could be made: {e}"),
        })?;
        let key = ed25519_dalek::SigningKey::from_bytes(&seed);
        let text = format!(
            "# The key that signs the heads of cleanbill's audit chains. Whoever has it can sign a false head.\n{}\n",
            STANDARD.encode(key.to_bytes())
        );
        write(file, &text)?;
        Self::load(file)?.ok_or_else(|| StoreError::KeyMissing(file.to_owned()))
    }

    /// The public half, in base64.
    pub fn public(&self) -> String {
        STANDARD.encode(self.0.verifying_key().to_bytes())
    }

    /// A signature, in base64.
    pub fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.0.sign(text.as_bytes()).to_bytes())
    }
}

/// Whether a signature under a text is of the holder of a public key (both in base64).
pub fn is_signed(text: &str, signature: &str, public: &str) -> bool {
    let key = STANDARD
        .decode(public)
        .ok()
        .and_then(|b| <[u8; 32]>::try_from(b).ok());
    let key = key.and_then(|b| VerifyingKey::from_bytes(&b).ok());
    let signature = STANDARD
        .decode(signature)
        .ok()
        .and_then(|b| Signature::from_slice(&b).ok());
    matches!((key, signature), (Some(k), Some(s)) if k.verify(text.as_bytes(), &s).is_ok())
}

fn read(file: &Path) -> Result<Option<String>, StoreError> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(StoreError::io(file)(e)),
    }
}

/// Writes a key whole or not at all, and never over another.
fn write(file: &Path, text: &str) -> Result<(), StoreError> {
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(StoreError::io(folder))?;
    let part = tempfile::Builder::new()
        .prefix(".key-")
        .make_in(folder, |path| private().create_new(true).open(path))
        .map_err(StoreError::io(folder))?;
    let mut out = part.as_file();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.sync_all());
    written.map_err(StoreError::io(file))?;
    match part.persist_noclobber(file) {
        Ok(_) => Ok(()),
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(StoreError::io(file)(e.error)),
    }
}
