//! The firm's accounts at portals, as its `portals.toml` has them.

use super::politeness::Limits;
use chrono::NaiveDate;
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Every account of the firm, by its name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// The accounts.
    #[serde(default)]
    pub account: BTreeMap<String, Account>,
}

/// One account at a portal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The portal's name, as its pack or the firm's list of clients writes it.
    pub portal: String,
    /// How invoices get there: `api`, `agreed`, `sftp`, `mail`, `assisted`.
    pub way: String,
    /// CLIENT_IDs whose invoices go through it; empty: every client of the portal.
    #[serde(default)]
    pub clients: Vec<String>,
    /// Where it is.
    #[serde(default)]
    pub url: Option<String>,
    /// How the firm signs in.
    #[serde(default)]
    pub sign_in: SignIn,
    /// A client certificate with its key (PEM), where the portal wants one.
    #[serde(default)]
    pub certificate: Option<PathBuf>,
    /// The only authority whose certificates are trusted there (PEM); without it, those of the web.
    #[serde(default)]
    pub authority: Option<PathBuf>,
    /// What the portal bears.
    #[serde(default)]
    pub limits: Limits,
    /// How long after an attempt without an answer the portal's word that it has nothing is believed; at least as long
    /// as a request may take there [default: 180 seconds].
    #[serde(default)]
    pub believe_after_seconds: Option<u32>,
    /// The day the credentials end.
    #[serde(default)]
    pub credentials_end: Option<NaiveDate>,
    /// False: nothing is sent through it.
    #[serde(default = "yes")]
    pub active: bool,
    /// What only this portal or way knows.
    #[serde(default)]
    pub settings: toml::Table,
}

fn yes() -> bool {
    true
}

/// How the firm signs in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum SignIn {
    /// Not at all.
    #[default]
    None,
    /// User and password with each request.
    Basic {
        /// User.
        user: String,
        /// Password.
        password: Secret,
    },
    /// A token with each request.
    Bearer {
        /// The token.
        token: Secret,
    },
    /// A header of its own with each request.
    Headers {
        /// Values by the name of the header.
        headers: BTreeMap<String, Secret>,
    },
    /// OAuth 2.0 client credentials (RFC 6749 section 4.4).
    Oauth2 {
        /// Where tokens are had.
        token_url: String,
        /// Client id.
        client_id: String,
        /// Client secret.
        client_secret: Secret,
        /// What the token is for.
        #[serde(default)]
        scope: Option<String>,
    },
}

/// Where a secret is kept; never the secret itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Secret {
    /// A variable of the environment.
    Env(String),
    /// A file, without the line end at its end.
    File(PathBuf),
}

impl Secret {
    /// The secret.
    ///
    /// # Errors
    /// It is not where it should be.
    pub fn read(&self) -> Result<SecretString, String> {
        let text = match self {
            Self::Env(name) => env::var(name)
                .map_err(|_| format!("the variable {name} of the environment is not set")),
            Self::File(path) => {
                fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
            }
        }?;
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Err("the secret is empty".to_owned());
        }
        Ok(SecretString::from(text))
    }
}

impl Accounts {
    /// Reads the firm's accounts.
    ///
    /// # Errors
    /// The file cannot be read, or is not what it should be; with the place in it.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let text =
            fs::read_to_string(path).map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?;
        let accounts: Self =
            toml::from_str(&text).map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?;
        Ok(accounts)
    }
}
