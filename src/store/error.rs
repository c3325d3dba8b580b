//! Why a store could not do its work, named by what a person can do about it.

use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a store could not do its work. Whatever was begun has been undone.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another process held the database too long.
    #[error(
        "the database is locked by another process for more than ten seconds; nothing was changed, try again"
    )]
    Busy,
    /// No room.
    #[error("the disk of the database is full; nothing was changed. Make room and try again")]
    Full,
    /// The disk refuses.
    #[error(
        "the disk of the database failed ({0}); nothing was changed. Look at its room, limits and health, then try again"
    )]
    Disk(String),
    /// Somebody else wrote to the same chain first.
    #[error(
        "somebody else changed the same thing at the same moment; nothing was changed, try again"
    )]
    Conflict,
    /// The connection broke.
    #[error(
        "the database cannot be reached: {0}. Nothing was changed; see that it runs, then try again"
    )]
    Gone(String),
    /// Tables this program does not know.
    #[error(
        "the database was last used by a newer cleanbill ({0}); install that version on this machine"
    )]
    Newer(String),
    /// There is no store.
    #[error(
        "there is no store at {0} yet: name the one there is with --store, or make one with: cleanbill user add NAME \
         --role administrator --os-user USER"
    )]
    Nowhere(String),
    /// A store that should be empty and is not.
    #[error(
        "the store is not empty ({0}); a backup is restored into a new one: name it with --store"
    )]
    NotEmpty(String),
    /// A backup that cannot be used.
    #[error("{0}")]
    Backup(String),
    /// A place for documents that is none.
    #[error("--documents {place}: {why}")]
    Place {
        /// The place.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// A bucket that does not do what it was asked.
    #[error(
        "the documents in {place}: {why}. Nothing was changed; see that it is there, then try again"
    )]
    Bucket {
        /// The place.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// A store URL that is none.
    #[error("--store {0}: neither a path nor sqlite:PATH nor postgres://USER@HOST/DATABASE")]
    Url(String),
    /// The key file is not there.
    #[error(
        "the documents of this store are encrypted, and their key is not in {0}. Copy the key there from where the \
         firm keeps it, or name it with --key; without it the documents cannot be read by anybody"
    )]
    KeyMissing(PathBuf),
    /// The key is not of this store.
    #[error(
        "{file} holds the key {found}, but the documents of this store are encrypted to {wanted}; name the right key with --key"
    )]
    OtherKey {
        /// The key file.
        file: PathBuf,
        /// Public key of the store.
        wanted: String,
        /// Public key in the file.
        found: String,
    },
    /// A key file that holds no key.
    #[error("{file}: {why}")]
    KeyFile {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A document that is not there, or not what it was.
    #[error("document {sha256}: {why}")]
    Document {
        /// Its hash.
        sha256: String,
        /// What is wrong with it.
        why: String,
    },
    /// A file or folder.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A row that cannot be understood.
    #[error(
        "the database holds something this program cannot read: {0}; run cleanbill audit verify"
    )]
    Unreadable(String),
    /// Anything else the database says.
    #[error("the database refused: {0}")]
    Other(sqlx::Error),
}

impl StoreError {
    /// The system failed, and not what the person asked for.
    pub fn is_of_the_system(&self) -> bool {
        !matches!(
            self,
            Self::Url(_)
                | Self::KeyMissing(_)
                | Self::OtherKey { .. }
                | Self::KeyFile { .. }
                | Self::Nowhere(_)
                | Self::NotEmpty(_)
                | Self::Backup(_)
                | Self::Place { .. }
        )
    }

    /// An error of a file.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |error| Self::Io { path, error }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(said) = &error {
            let code = said.code().unwrap_or_default().into_owned();
            // Extended SQLite codes keep the plain one in their low byte.
            let plain = code
                .parse::<u32>()
                .ok()
                .filter(|_| code.len() < 5)
                .map(|c| c & 0xff);
            return match (plain, code.as_str()) {
                _ if said.is_unique_violation() => Self::Conflict,
                (Some(5 | 6), _) => Self::Busy,
                (_, "55P03") => Self::Busy,
                (Some(13), _) | (_, "53100") => Self::Full,
                (Some(10), _) | (_, "58030") => Self::Disk(said.message().to_owned()),
                (_, "40001" | "40P01") => Self::Conflict,
                (_, "57P01" | "57P02" | "57P03" | "53300") => Self::Gone(said.message().to_owned()),
                _ => Self::Other(error),
            };
        }
        match error {
            sqlx::Error::Io(e) => Self::Gone(e.to_string()),
            sqlx::Error::PoolTimedOut => Self::Gone("no answer".to_owned()),
            other => Self::Other(other),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError;
        match error {
            MigrateError::VersionMissing(n) => Self::Newer(format!("its tables are of step {n}")),
            MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => e.into(),
            other => Self::Unreadable(other.to_string()),
        }
    }
}
