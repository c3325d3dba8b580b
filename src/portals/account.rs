//! The firm's accounts at portals, as its `portals.toml` has them.

use super::politeness::Limits;
use crate::model::did_you_mean;
use crate::rules::pack::{WAYS, in_words};
use chrono::NaiveDate;
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};
use thiserror::Error;
use toml::de::{DeTable, DeValue};

/// Every account of the firm, by its name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// The accounts.
    #[serde(default)]
    pub account: BTreeMap<String, Account>,
    /// The firm's own mail.
    #[serde(default)]
    pub mail: FirmMail,
}

/// The firm's own mail, for answers of portals by mail.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirmMail {
    /// The name by which its server signs what it found of a sender: the first word of Authentication-Results.
    #[serde(default)]
    pub server: Option<String>,
    /// The mailbox result mails come to; without it, only files are read.
    #[serde(default)]
    pub imap: Option<Imap>,
}

/// A mailbox of the firm, read and never changed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imap {
    /// Its server: `imaps://HOST`, always encrypted.
    pub url: String,
    /// User and password.
    #[serde(default)]
    pub sign_in: SignIn,
    /// Its name on the server.
    #[serde(default = "inbox")]
    pub mailbox: String,
    /// The only authority whose certificates are trusted there (PEM); without it, those of the web.
    #[serde(default)]
    pub authority: Option<PathBuf>,
    /// Mails older than so many days are not looked at.
    #[serde(default = "month")]
    pub days: u32,
}

fn inbox() -> String {
    "INBOX".to_owned()
}

fn month() -> u32 {
    31
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
    /// Who sends mails with answers for it: addresses, or `@domain`.
    #[serde(default)]
    pub senders: Vec<String>,
    /// The day the credentials end.
    #[serde(default, deserialize_with = "day")]
    pub credentials_end: Option<NaiveDate>,
    /// False: nothing is sent through it.
    #[serde(default = "yes")]
    pub active: bool,
    /// What only this portal or way knows.
    #[serde(default)]
    pub settings: toml::Table,
}

impl Account {
    /// Whether it is at a practice portal: those run on this machine, where no client has its portal. A mail server here is
    /// the firm's own.
    pub fn is_practice(&self) -> bool {
        let url = self.url.as_deref().filter(|_| self.way != "mail");
        let url = url.and_then(|url| url::Url::parse(url).ok());
        url.is_some_and(|url| match url.host() {
            Some(url::Host::Ipv4(at)) => at.is_loopback(),
            Some(url::Host::Ipv6(at)) => at.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        })
    }
}

/// A day, as TOML writes it or as text.
fn day<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Toml(toml::value::Datetime),
    }
    let text = match Written::deserialize(from) {
        Ok(Written::Text(text)) => text,
        Ok(Written::Toml(day)) => day.to_string(),
        Err(_) => String::new(),
    };
    let wrong = |_| serde::de::Error::custom("this is no day; write it as 2026-12-31");
    text.parse().map(Some).map_err(wrong)
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
    /// A user and the key of SSH, for SFTP.
    SshKey {
        /// User.
        user: String,
        /// The private key, in OpenSSH's or PEM format.
        key: PathBuf,
        /// What it is locked with.
        #[serde(default)]
        passphrase: Option<Secret>,
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
#[serde(try_from = "toml::Value")]
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

/// What stands in the file is not repeated: it may be the secret.
impl TryFrom<toml::Value> for Secret {
    type Error = &'static str;

    fn try_from(value: toml::Value) -> Result<Self, Self::Error> {
        const REMEDY: &str = "a secret does not belong in this file; write { env = \"NAME\" } for a variable of the environment, or { file = \"PATH\" }";
        let toml::Value::Table(table) = value else {
            return Err(REMEDY);
        };
        let only = table.iter().next().filter(|_| table.len() == 1);
        match only {
            Some((kind, toml::Value::String(name))) if kind == "env" => Ok(Self::Env(name.clone())),
            Some((kind, toml::Value::String(path))) if kind == "file" => {
                Ok(Self::File(PathBuf::from(path)))
            }
            _ => Err(REMEDY),
        }
    }
}

/// A mistake in the file of accounts: where, and what to do.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{place}: {why}")]
pub struct AccountsMistake {
    /// File, line and column.
    pub place: String,
    /// What is wrong, and what is expected.
    pub why: String,
}

impl Accounts {
    /// Reads the firm's accounts.
    ///
    /// # Errors
    /// The file cannot be read, or is not what it should be; with the place in it.
    pub fn load(path: &Path) -> Result<Self, AccountsMistake> {
        let place = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|e| AccountsMistake {
            place: place.clone(),
            why: format!("{e}; write the firm's accounts there, or name another file"),
        })?;
        Self::parse(&place, &text)
    }

    /// Reads accounts from text; `file` is its name in mistakes. No mistake repeats a line: it may hold what nobody
    /// should see.
    ///
    /// # Errors
    /// An unknown key, an unknown way, a value of the wrong type, a secret in the file itself.
    pub fn parse(file: &str, text: &str) -> Result<Self, AccountsMistake> {
        let wrong = |offset: usize, why: String| {
            let before = text.get(..offset).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            AccountsMistake {
                place: format!("{file}:{line}:{column}"),
                why,
            }
        };
        let start = |e: &toml::de::Error| e.span().map_or(0, |s| s.start);
        let table = DeTable::parse(text).map_err(|e| {
            let first = e.message().lines().next().unwrap_or_default().to_owned();
            wrong(start(&e), first)
        })?;
        let accounts: Self =
            toml::from_str(text).map_err(|e| wrong(start(&e), in_words(e.message())))?;
        let all = table
            .get_ref()
            .get("account")
            .and_then(|a| a.get_ref().as_table());
        for (name, account) in all.into_iter().flatten() {
            let way = account.get_ref().get("way");
            if let Some(DeValue::String(known)) = way.map(|w| w.get_ref())
                && !WAYS.contains(&known.as_ref())
            {
                let at = way.map_or(0, |w| w.span().start);
                let remedy = did_you_mean(known, WAYS);
                let name: &str = name.get_ref();
                return Err(wrong(
                    at,
                    format!("account {name}: \"{known}\" is no way to a portal; {remedy}"),
                ));
            }
        }
        Ok(accounts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn practice_portals_are_on_this_machine() {
        let is_practice = |way: &str, url: &str| {
            let text = format!(
                "[account.one]\nportal = \"CounselLink\"\nway = \"{way}\"\nurl = \"{url}\"\n"
            );
            let accounts = Accounts::parse("portals.toml", &text).expect("accounts");
            accounts.account["one"].is_practice()
        };
        for url in [
            "http://127.0.0.1:8600/x",
            "https://localhost/",
            "http://[::1]:1",
        ] {
            assert!(is_practice("agreed", url), "{url}");
        }
        assert!(!is_practice("agreed", "https://portal.example/localhost"));
        assert!(!is_practice("mail", "smtp://localhost"), "the firm's own");
    }

    fn told(text: &str) -> String {
        Accounts::parse("portals.toml", text).map_or_else(|e| e.to_string(), |_| String::new())
    }

    #[test]
    fn mistakes_have_their_place_and_remedy() {
        let head = "[account.one]\nportal = \"CounselLink\"\n";
        assert_eq!(told(&format!("{head}way = \"mail\"\n")), "");
        for (text, place, remedy) in [
            (
                "way = \"assistd\"\n",
                "portals.toml:3:7",
                "did you mean \"assisted\"?",
            ),
            (
                "way = \"api\"\nclient = []\n",
                "portals.toml:4:1",
                "did you mean \"clients\"?",
            ),
            ("portal = \"x\"\n", "portals.toml:3", "duplicate key"),
            (
                "way = \"api\"\n[account.one.limits]\nper_secund = \"1\"\n",
                "portals.toml:5:1",
                "did you mean \"per_second\"?",
            ),
            (
                "way = \"api\"\nsign_in = { kind = \"oauth\" }\n",
                "portals.toml:4",
                "did you mean \"oauth2\"?",
            ),
            ("", "portals.toml:1", "way is missing"),
        ] {
            let text = told(&format!("{head}{text}"));
            assert!(text.contains(place) && text.contains(remedy), "{text}");
        }
    }

    #[test]
    fn a_secret_in_the_file_is_refused_and_not_repeated() {
        for secret in [
            "\"hunter2\"",
            "{ env = \"A\", value = \"hunter2\" }",
            "{ value = \"hunter2\" }",
        ] {
            let text = told(&format!(
                "[account.one]\nportal = \"P\"\nway = \"api\"\nsign_in = {{ kind = \"bearer\", token = {secret} }}\n"
            ));
            assert!(
                text.contains("{ env = \"NAME\" }") && !text.contains("hunter2"),
                "{text}"
            );
        }
    }
}
