//! Why something could not be done.

use crate::check::CheckError;
use crate::store::StoreError;
use thiserror::Error;

/// Why something could not be done. Nothing was changed.
#[derive(Debug, Error)]
pub enum WorkflowError {
    /// Not allowed, or not possible; says why and what to do.
    #[error("{0}")]
    Refused(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The check failed.
    #[error(transparent)]
    Check(#[from] CheckError),
}

impl From<serde_json::Error> for WorkflowError {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(StoreError::Unreadable(error.to_string()))
    }
}

/// A refusal.
pub(super) fn refused<T>(why: impl Into<String>) -> Result<T, WorkflowError> {
    Err(WorkflowError::Refused(why.into()))
}
