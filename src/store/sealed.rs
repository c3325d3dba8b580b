//! Small secrets that stand in a column, encrypted to the key of the documents.

use super::{Store, StoreError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

impl Store {
    /// A secret as it may stand in a column, in base64.
    ///
    /// # Errors
    /// It could not be encrypted.
    pub fn seal(&self, secret: &[u8]) -> Result<String, StoreError> {
        let sealed = self.documents.key().seal(secret);
        let sealed = sealed.map_err(|e| StoreError::Unreadable(format!("a secret {e}")))?;
        Ok(STANDARD.encode(sealed))
    }

    /// The secret of a column.
    ///
    /// # Errors
    /// It was changed, or sealed to another key.
    pub fn unseal(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        let sealed = STANDARD.decode(column).map_err(|e| e.to_string());
        let opened = sealed.and_then(|sealed| self.documents.key().open(&sealed));
        opened.map_err(|e| StoreError::Unreadable(format!("a secret that {e}")))
    }
}
