//! What every command with a store shares: where the store lies, who asks, and the runtime it runs on.

use super::session_file;
use super::settings::settings;
use crate::config::{DOCUMENTS, KEY, STORE, Settings, TOKEN, is_mistyped};
use crate::store::{Place, SigningKey, Store};
use crate::workflow::{Credentials, Desk, identify, system_clock};
use anyhow::{Context, bail};
use secrecy::SecretString;
use std::io::{self, Write};
use std::path::PathBuf;

/// Arguments of every command with a store.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Store")]
pub struct StoreArgs {
    /// A SQLite file, or postgres://USER@HOST/DATABASE [default: the setting store (CLEANBILL_STORE), else cleanbill.db
    /// in the platform's data folder]
    #[arg(long, value_name = "URL")]
    store: Option<String>,

    /// The folder of the documents, or s3://BUCKET/PREFIX [default: the setting documents, else "documents" beside the
    /// SQLite file]
    #[arg(long, value_name = "DIR")]
    documents: Option<PathBuf>,

    /// The file with the key of the documents [default: the setting key, else documents.key in the platform's settings
    /// folder]
    ///
    /// Invoice files, reports and reasons are kept encrypted (age, X25519). The key is made when a store is first used;
    /// keep a copy of it away from this machine, and never beside a backup of the store. Whoever lacks it can read
    /// nothing; if it is lost, the documents are lost, and no new key is made over a store that has one.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Who you have to be, by the token in CLEANBILL_TOKEN, the session of sign-in, or the operating-system user
    /// [default: whoever these say]
    #[arg(long = "as", value_name = "NAME")]
    acting_as: Option<String>,
}

/// What is said where a setting has no value.
const HOMELESS: &str =
    "this user has no home folder: say where the store is with --store, --documents and --key";

impl StoreArgs {
    /// Settings with what these arguments say put before them.
    pub fn over(&self, settings: Settings) -> Settings {
        let path = |path: &Option<PathBuf>| path.iter().map(|p| p.display().to_string()).collect();
        settings
            .with(&STORE, "--store", self.store.iter().cloned().collect())
            .with(&DOCUMENTS, "--documents", path(&self.documents))
            .with(&KEY, "--key", path(&self.key))
    }

    /// Where the store lies.
    pub fn place(&self) -> anyhow::Result<Place> {
        let settings = self.over(settings()?);
        let url = settings.text(&STORE).context(HOMELESS)?;
        if is_mistyped(&url) {
            let (_, origin) = settings.shown(&STORE);
            bail!(
                "the store ({origin}) is neither a path nor an address: postgres://USER@HOST/DATABASE is expected"
            );
        }
        Ok(Place {
            url,
            documents: settings.path(&DOCUMENTS).context(HOMELESS)?,
            key: settings.path(&KEY).context(HOMELESS)?,
        })
    }

    /// The key that signs heads: audit.key beside the key of the documents.
    pub fn signing_key(&self) -> anyhow::Result<PathBuf> {
        Ok(self.place()?.key.with_file_name("audit.key"))
    }

    fn credentials(&self) -> anyhow::Result<Credentials> {
        let token = settings()?.text(&TOKEN).map(SecretString::from);
        let session = match &token {
            Some(_) => None,
            None => session_file::read(&self.place()?.url)?,
        };
        Ok(Credentials {
            name: self.acting_as.clone(),
            token,
            session,
            os_user: whoami::username().ok(),
        })
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
        let who = self.credentials()?;
        let open = async |place: &Place| Ok(Store::open_existing(place).await?);
        self.with(open, async |store| {
            let person = identify(store, &who, system_clock()).await?;
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

/// Money with at least two decimals, and its currency where the invoice names one.
pub fn money(mut amount: rust_decimal::Decimal, currency: &str) -> String {
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    match currency {
        "?" | "" => amount.to_string(),
        named => format!("{amount} {named}"),
    }
}
