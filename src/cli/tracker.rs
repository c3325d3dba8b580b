//! What every command with a store shares: where the store lies, who asks, and the runtime it runs on.

use crate::store::{Place, SigningKey, Store};
use crate::workflow::{Credentials, Desk, sign_in, system_clock};
use anyhow::Context;
use std::env;
use std::io::{self, Write};
use std::path::PathBuf;

/// Arguments of every command with a store.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Store")]
pub struct StoreArgs {
    /// A SQLite file, or postgres://USER@HOST/DATABASE [default: CLEANBILL_STORE, else cleanbill.db in the platform's
    /// data folder]
    #[arg(long, value_name = "URL")]
    store: Option<String>,

    /// The folder of the documents, or s3://BUCKET/PREFIX [default: CLEANBILL_DOCUMENTS, else "documents" beside the SQLite file]
    #[arg(long, value_name = "DIR")]
    documents: Option<PathBuf>,

    /// The file with the key of the documents [default: CLEANBILL_KEY, else documents.key in the platform's settings
    /// folder]
    ///
    /// Invoice files, reports and reasons are kept encrypted (age, X25519). The key is made when a store is first used;
    /// keep a copy of it away from this machine, and never beside a backup of the store. Whoever lacks it can read
    /// nothing; if it is lost, the documents are lost, and no new key is made over a store that has one.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Who you are, with the token in CLEANBILL_TOKEN [default: who the operating-system user is in the store]
    #[arg(long = "as", value_name = "NAME")]
    acting_as: Option<String>,
}

/// A variable of the environment that says something.
fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|v| !v.is_empty())
}

/// The platform's folders for this program.
fn folders() -> anyhow::Result<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "cleanbill").context(
        "this user has no home folder: say where the store is with --store, --documents and --key",
    )
}

impl StoreArgs {
    /// Where the store lies.
    pub fn place(&self) -> anyhow::Result<Place> {
        let url = match self.store.clone().or_else(|| set("CLEANBILL_STORE")) {
            Some(url) => url,
            None => folders()?
                .data_dir()
                .join("cleanbill.db")
                .display()
                .to_string(),
        };
        let documents = self
            .documents
            .clone()
            .or_else(|| set("CLEANBILL_DOCUMENTS").map(PathBuf::from));
        let documents = match documents {
            Some(folder) => folder,
            None if url.contains("://") => folders()?.data_dir().join("documents"),
            None => {
                let file = PathBuf::from(url.strip_prefix("sqlite:").unwrap_or(&url));
                file.with_file_name("documents")
            }
        };
        let key = self
            .key
            .clone()
            .or_else(|| set("CLEANBILL_KEY").map(PathBuf::from));
        let key = match key {
            Some(key) => key,
            None => folders()?.config_dir().join("documents.key"),
        };
        Ok(Place {
            url,
            documents,
            key,
        })
    }

    /// The key that signs heads: audit.key beside the key of the documents.
    pub fn signing_key(&self) -> anyhow::Result<PathBuf> {
        Ok(self.place()?.key.with_file_name("audit.key"))
    }

    fn credentials(&self) -> Credentials {
        Credentials {
            name: self.acting_as.clone(),
            token: set("CLEANBILL_TOKEN"),
            os_user: whoami::username().ok(),
        }
    }

    /// Opens the store, which is made where there is none, and does something with it.
    pub fn with_store<T>(
        &self,
        work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        self.with(async |place| Ok(Store::open(place).await?), work)
    }

    fn with<T>(
        &self,
        open: impl AsyncFnOnce(&Place) -> anyhow::Result<Store>,
        work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let place = self.place()?;
        runtime()?.block_on(async {
            let store = open(&place).await?;
            if store.key_is_new {
                let key = place.key.display();
                let _ = writeln!(
                    io::stderr(),
                    "cleanbill: documents are kept encrypted. Their key was made just now, in {key}: copy it to a safe \
                     place away from this machine. Without it nobody can read them again."
                );
            }
            let done = work(&store).await;
            store.db.close().await;
            done
        })
    }

    /// Opens the store, which has to be there, finds out who asks, and does something as that person.
    pub fn at_desk<T>(
        &self,
        work: impl AsyncFnOnce(&Desk<'_>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let open = async |place: &Place| Ok(Store::open_existing(place).await?);
        self.with(open, async |store| {
            let person = sign_in(store, &self.credentials(), system_clock()).await?;
            let desk = Desk {
                store,
                person,
                clock: &system_clock,
            };
            work(&desk).await
        })
    }

    /// The signing key, where there is one.
    pub fn existing_signing_key(&self) -> anyhow::Result<Option<SigningKey>> {
        Ok(SigningKey::load(&self.signing_key()?)?)
    }
}

/// What a command with a store runs on.
pub fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

/// Milliseconds since 1970 as a person reads them.
pub fn instant(ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(ms).map_or_else(
        || ms.to_string(),
        |at| {
            let local = at.with_timezone(&chrono::Local);
            local.format("%Y-%m-%d %H:%M").to_string()
        },
    )
}
