//! The settings file: which practice portals there are, who may use them, and how they behave.
//! Not here: what a portal does with them (its own file).

mod agreed;
mod apis;
mod connection;
mod fate;
mod folders;
mod mistake;
mod sound;

pub use agreed::{Agreed, Auth, Body, Like};
pub use apis::{EBillingHub, LedesApi, LegalTracker, Names};
pub use connection::{Account, Limit, Tls};
pub use fate::{ByNumber, Duplicates, Outcome};
pub use folders::{Drop, Mail};
pub use mistake::Mistake;

use super::faults::Fault;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a sandbox is started with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Outcomes and faults are drawn under this; the same seed gives the same answers.
    #[serde(default)]
    pub seed: u64,
    /// Port of the sandbox's own page; 0 takes any. Portals without a port of their own follow it.
    #[serde(default)]
    pub port: u16,
    /// Folder for the ledgers; without it they are kept in memory only.
    pub ledger: Option<PathBuf>,
    /// What time it is when it starts, as "2026-01-05T08:00:00Z"; not given: the real time.
    pub starts_at: Option<DateTime<Utc>>,
    /// The portals.
    #[serde(default, rename = "portal")]
    pub portals: Vec<PortalSettings>,
}

/// What a portal speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// LEDES Software API v1.
    LedesApi,
    /// Legal Tracker's billing API.
    LegalTracker,
    /// eBillingHub's REST API.
    #[serde(rename = "ebillinghub")]
    EBillingHub,
    /// An upload under an agreement with the client.
    AgreedUpload,
    /// A folder that stands for SFTP by agreement.
    FileDrop,
}

impl Kind {
    /// As in the settings file.
    pub fn name(self) -> &'static str {
        match self {
            Self::LedesApi => "ledes-api",
            Self::LegalTracker => "legal-tracker",
            Self::EBillingHub => "ebillinghub",
            Self::AgreedUpload => "agreed-upload",
            Self::FileDrop => "file-drop",
        }
    }
}

/// One practice portal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortalSettings {
    /// Names the portal, its ledger and its part of the page: letters, digits, `-` and `_`.
    pub name: String,
    /// What it speaks.
    pub kind: Kind,
    /// The client it belongs to, for people.
    #[serde(default)]
    pub client: String,
    /// Its port; 0 takes the next free one.
    #[serde(default)]
    pub port: u16,
    /// Serves HTTPS with these certificates instead of HTTP.
    pub tls: Option<Tls>,
    /// Requests above this are answered with 429.
    pub limit: Option<Limit>,
    /// What happens to a number that was posted before.
    #[serde(default)]
    pub duplicates: Duplicates,
    /// A rejected invoice's number may be posted again.
    #[serde(default = "yes")]
    pub repost_rejected: bool,
    /// The client's matters (CLIENT_MATTER_ID); empty: every matter is known.
    #[serde(default)]
    pub matters: Vec<String>,
    /// Days after the invoice date from which an invoice is rejected as too old.
    pub late_after_days: Option<u32>,
    /// Seconds of the sandbox's clock from one stage of a review to the next.
    #[serde(default = "a_minute")]
    pub step_seconds: u32,
    /// Weights of outcomes for invoices that pass the portal's own checks; empty: 70 approved,
    /// 17 reduced, 9 rejected, 4 question.
    #[serde(default)]
    pub outcomes: BTreeMap<Outcome, u32>,
    /// Outcomes of certain invoices, by the beginning of their number; the first that fits counts.
    #[serde(default, rename = "number")]
    pub numbers: Vec<ByNumber>,
    /// Largest body taken, in bytes; above it 413.
    #[serde(default = "twenty_mib")]
    pub body_limit: usize,
    /// Who may sign in with OAuth 2 client credentials, or with a producer id and provider key.
    #[serde(default, rename = "account")]
    pub accounts: Vec<Account>,
    /// Seconds a token lives.
    #[serde(default = "an_hour")]
    pub token_seconds: u32,
    /// Path of the token endpoint.
    #[serde(default = "token_path")]
    pub token_path: String,
    /// Faults from the start; more can be added while it runs.
    #[serde(default, rename = "fault")]
    pub faults: Vec<Fault>,
    /// For `kind = "ledes-api"`.
    #[serde(default)]
    pub ledes_api: LedesApi,
    /// For `kind = "legal-tracker"`.
    #[serde(default)]
    pub legal_tracker: LegalTracker,
    /// For `kind = "ebillinghub"`.
    #[serde(default)]
    pub ebillinghub: EBillingHub,
    /// For `kind = "agreed-upload"`.
    #[serde(default)]
    pub agreed: Agreed,
    /// For `kind = "file-drop"`.
    pub drop: Option<Drop>,
    /// Result mails, whatever the kind.
    pub mail: Option<Mail>,
    /// Collaborati's list of invoice details, written anew at each change.
    pub details_csv: Option<PathBuf>,
    /// The client's remittance, a list of every payment so far; written anew when there is one more.
    pub remittance_csv: Option<PathBuf>,
}

fn yes() -> bool {
    true
}

fn a_minute() -> u32 {
    60
}

fn an_hour() -> u32 {
    3_600
}

fn twenty_mib() -> usize {
    20 << 20
}

fn token_path() -> String {
    "/oauth2/token".to_owned()
}

impl Settings {
    /// Reads a settings file. Certificates are looked for from its folder; folders that are written to, from the
    /// working directory.
    pub fn read(path: &Path) -> Result<Self, Mistake> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| Mistake::File {
            path: shown.clone(),
            source,
        })?;
        let mut settings =
            Self::parse(&text).map_err(|text| Mistake::Settings { path: shown, text })?;
        settings.below(path.parent().unwrap_or(Path::new("")));
        Ok(settings)
    }

    /// Reads settings from text; paths stay as they are. The error says where and what.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    fn below(&mut self, folder: &Path) {
        for tls in self.portals.iter_mut().filter_map(|p| p.tls.as_mut()) {
            let authority = tls.client_authority.iter_mut();
            for path in [&mut tls.certificate, &mut tls.key]
                .into_iter()
                .chain(authority)
            {
                *path = folder.join(&*path);
            }
        }
    }

    /// One portal of each of the kinds that speak HTTP, for a first look without a settings file.
    pub fn usual() -> Self {
        let account = "account = [{ id = \"firm\", secret = \"practice\" }]";
        let text = format!(
            "[[portal]]\nname = \"ledes\"\nkind = \"ledes-api\"\n{account}\n\
             [[portal]]\nname = \"tracker\"\nkind = \"legal-tracker\"\n{account}\n\
             [[portal]]\nname = \"hub\"\nkind = \"ebillinghub\"\n{account}\n\
             [[portal]]\nname = \"agreed\"\nkind = \"agreed-upload\"\n{account}\n"
        );
        Self::parse(&text).unwrap_or_default()
    }
}
