//! The settings file: which practice portals there are, who may use them, and how they behave.

use super::faults::Fault;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
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

/// Certificates of a portal, PEM files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The server's chain.
    pub certificate: PathBuf,
    /// The server's key.
    pub key: PathBuf,
    /// Authorities of client certificates; given, a client without one fails in the handshake.
    pub client_authority: Option<PathBuf>,
}

/// So many requests in so many seconds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Requests.
    pub requests: u32,
    /// Seconds.
    #[serde(default = "one")]
    pub seconds: u32,
    /// Requests that may come at once; as many as `requests` if not said.
    pub burst: Option<u32>,
}

/// What happens to a number that was posted before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duplicates {
    /// Refused at once; nothing is kept.
    #[default]
    Refuse,
    /// Taken as one more invoice.
    Take,
    /// Taken, and rejected in the review.
    RejectLater,
}

/// What becomes of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Approved in full and paid.
    Approved,
    /// Lines cut, the rest paid.
    Reduced,
    /// Cut, with line references of -9999.
    ReducedUnmatched,
    /// Cut as a whole, without a line.
    ReducedWhole,
    /// Cut, and the adjustments do not add up to the difference.
    ReducedWrongSum,
    /// Rejected with a note and one to three errors.
    Rejected,
    /// Rejected with a note and exactly three errors, one a line.
    RejectedThree,
    /// The file could not be read.
    FileError,
    /// The client asks; it stays so.
    Question,
    /// Waits for a tax authority before the review.
    TaxPending,
    /// Approved in full, paid in two payments.
    PaidTwice,
    /// Approved in full, paid with another amount.
    PaidWrong,
    /// Approved in full and paid; one stage later all of it is taken back.
    ChargedBack,
    /// A status that no list has, and fields that no list has.
    Strange,
    /// Approved; the times are written with Z, +02:00 and -04:00.
    OddTimes,
    /// Approved; one time has a month 14.
    BadTime,
    /// Nothing is ever said after the receipt.
    Silent,
}

/// The outcome of invoices whose number begins so.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByNumber {
    /// Beginning of the number.
    pub starts: String,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// Somebody who may use the portal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// OAuth client id; eBillingHub: the ProducerId.
    pub id: String,
    /// OAuth client secret; eBillingHub: the ProviderKey.
    pub secret: String,
    /// LAW_FIRM_ID this account may send; not given: any.
    pub firm_id: Option<String>,
    /// Business this account belongs to (LEDES API); not given: the portal's.
    pub business: Option<String>,
    /// Whether it may post invoices.
    #[serde(default = "yes")]
    pub may_post: bool,
}

/// Names on the wire of the LEDES API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Names {
    /// `invoice_status`, `PENDING_CLIENT`: as the published illustration.
    #[default]
    Snake,
    /// `invoiceStatus`, `PendingClient`: as the standard.
    Camel,
}

/// LEDES Software API v1.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LedesApi {
    /// The business in the base address.
    pub business: String,
    /// Spelling.
    pub names: Names,
    /// Formats taken; others get 415.
    pub formats: Vec<String>,
    /// Files above this get 202 and are read later.
    pub async_over_bytes: usize,
    /// Longest `ledes_filename`.
    pub file_name_limit: usize,
    /// Whether accruals are there at all; without them 501.
    pub accruals: bool,
    /// A refusal carries an invoiceid too, as the standard allows.
    pub id_on_refusal: bool,
    /// An extension that no standard has: `GET /invoices?vendor_invoice_number=`.
    pub search: bool,
}

impl Default for LedesApi {
    fn default() -> Self {
        let formats = [
            "LEDES98B",
            "LEDES98BI",
            "LEDES98BIV2",
            "LEDES2000",
            "LEDESXML20",
            "LEDESXML21",
        ];
        Self {
            business: "practice".to_owned(),
            names: Names::Snake,
            formats: formats.map(str::to_owned).to_vec(),
            async_over_bytes: 1_048_576,
            file_name_limit: 120,
            accruals: true,
            id_on_refusal: false,
            search: false,
        }
    }
}

/// Legal Tracker. Paths that its public pages do not show are settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LegalTracker {
    /// Before every path.
    pub base_path: String,
    /// The client's number in the `Company-ID` header.
    pub company_id: u64,
    /// `firmId` to be given with an invoice.
    pub firm_id: u64,
    /// `firmOfficeId` to be given with an invoice.
    pub firm_office_id: u64,
    /// `typeId` values known.
    pub type_ids: Vec<u64>,
    /// Undocumented: list of attachment types.
    pub attachment_types_path: String,
    /// Undocumented: asks for an upload link.
    pub files_path: String,
    /// Undocumented: field of an invoice that holds the file itself, in base64.
    pub inline_field: String,
    /// Undocumented: field of an answer that holds a list; empty: the answer is the list.
    pub list_field: String,
}

impl Default for LegalTracker {
    fn default() -> Self {
        Self {
            base_path: "/legal-tracker/billing-api/v1".to_owned(),
            company_id: 4_711,
            firm_id: 21,
            firm_office_id: 3,
            type_ids: vec![1, 2],
            attachment_types_path: "/attachmentTypes".to_owned(),
            files_path: "/efiles".to_owned(),
            inline_field: "invoiceFileContent".to_owned(),
            list_field: "value".to_owned(),
        }
    }
}

/// eBillingHub.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EBillingHub {
    /// v1 or v2, as it stands in the paths.
    pub version: String,
    /// The client's organisation.
    pub payor_org_id: String,
    /// Invoices that say they have attachments wait in `new` until this status is set. Undocumented path.
    pub status_path: String,
    /// Undocumented: uploads an attachment.
    pub attachment_path: String,
}

impl Default for EBillingHub {
    fn default() -> Self {
        Self {
            version: "v2".to_owned(),
            payor_org_id: "4100".to_owned(),
            status_path: "/ebh/statuses/{v}/update".to_owned(),
            attachment_path: "/ebh/attachments/{v}/upload".to_owned(),
        }
    }
}

/// How somebody proves who they are at an agreed upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// HTTP basic, with an account's id and secret.
    #[default]
    Basic,
    /// A fixed token: an account's secret.
    Bearer,
    /// A token from the token endpoint.
    Oauth2,
    /// The client certificate of the connection is enough.
    Certificate,
}

/// How the file travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// A part of a form.
    #[default]
    Multipart,
    /// The body itself.
    Raw,
    /// A field of a JSON object, in base64.
    Json,
}

/// Whose words an agreed upload answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Like {
    /// CounselLink.
    #[default]
    #[serde(rename = "counsellink")]
    CounselLink,
    /// TyMetrix 360.
    #[serde(rename = "tymetrix-360")]
    TyMetrix360,
    /// Collaborati.
    Collaborati,
    /// Legal-X.
    LegalX,
    /// Litigation Advisor.
    LitigationAdvisor,
    /// Acuity.
    Acuity,
    /// Legal Tracker, for its mails.
    LegalTracker,
}

/// An upload under an agreement.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Agreed {
    /// Whose status words.
    pub like: Like,
    /// POST or PUT.
    pub method: String,
    /// Where the file goes. `{number}` in it is taken for the invoice number.
    pub upload_path: String,
    /// Who may.
    pub auth: Auth,
    /// How the file travels.
    pub body: Body,
    /// Part or field with the file.
    pub file_field: String,
    /// Other parts or fields that have to be there, with the value demanded; empty: any value.
    pub fields: BTreeMap<String, String>,
    /// Status code of an accepted upload.
    pub accepted_status: u16,
    /// Status code of a refused one.
    pub refused_status: u16,
    /// Field of the answer with the confirmation number.
    pub confirmation_field: String,
    /// Field of the answer with the status.
    pub status_field: String,
    /// Field of the answer with what was wrong.
    pub message_field: String,
    /// Whether the answer to an upload is plain text, `Confirmation number: 123`, instead of JSON.
    pub text_answers: bool,
    /// Asks for one upload; `{id}` is the confirmation number. Empty: it cannot be asked.
    pub status_path: String,
    /// Asks by number, `?number=`; an array of what was found. Empty: it cannot be asked.
    pub find_path: String,
    /// Query field of `find_path` with the number.
    pub find_field: String,
    /// Words that differ from the portal's usual ones: `received`, `file_error`, `delivered`, `in_review`,
    /// `question`, `tax`, `approved`, `reduced`, `sent_to_ap`, `paid`, `rejected`.
    pub words: BTreeMap<String, String>,
}

impl Default for Agreed {
    fn default() -> Self {
        Self {
            like: Like::default(),
            method: "POST".to_owned(),
            upload_path: "/upload".to_owned(),
            auth: Auth::default(),
            body: Body::default(),
            file_field: "file".to_owned(),
            fields: BTreeMap::new(),
            accepted_status: 200,
            refused_status: 422,
            confirmation_field: "confirmation".to_owned(),
            status_field: "status".to_owned(),
            message_field: "message".to_owned(),
            text_answers: false,
            status_path: "/uploads/{id}".to_owned(),
            find_path: "/uploads".to_owned(),
            find_field: "number".to_owned(),
            words: BTreeMap::new(),
        }
    }
}

/// Folders of a file drop.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drop {
    /// Where the firm puts files. Names that begin with a dot or end in `.tmp`, `.part` or `.filepart` are not read.
    pub incoming: PathBuf,
    /// Where `ack` and `adjustments` files are written.
    pub outgoing: PathBuf,
    /// Milliseconds between two looks.
    #[serde(default = "a_quarter")]
    pub look_ms: u64,
}

/// Result mails.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Where `.eml` files are written.
    pub folder: PathBuf,
    /// Whose mails.
    pub like: Like,
    /// Who gets them.
    #[serde(default = "billing_address")]
    pub to: String,
    /// The firm, as it stands in mails.
    #[serde(default)]
    pub firm: String,
}

fn yes() -> bool {
    true
}
fn one() -> u32 {
    1
}
fn a_minute() -> u32 {
    60
}
fn an_hour() -> u32 {
    3_600
}
fn a_quarter() -> u64 {
    250
}
fn twenty_mib() -> usize {
    20 << 20
}
fn token_path() -> String {
    "/oauth2/token".to_owned()
}
fn billing_address() -> String {
    "billing@firm.example".to_owned()
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum Mistake {
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The settings are no settings.
    #[error(
        "{path}: {text}\nExpected is a file like fixtures/sandbox/eight.toml; `[[portal]]` with name and kind is the least."
    )]
    Settings {
        /// Which file.
        path: String,
        /// Where and what.
        text: String,
    },
    /// A portal's settings contradict themselves.
    #[error("portal {portal}: {text}")]
    Portal {
        /// Its name.
        portal: String,
        /// What, and what to do.
        text: String,
    },
    /// The port is taken, or may not be used.
    #[error("port {port}: {source}; choose another with --port, or 0 for any")]
    Port {
        /// Which.
        port: u16,
        /// Why.
        source: std::io::Error,
    },
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

    /// What contradicts itself.
    pub(super) fn sound(&self) -> Result<(), Mistake> {
        let mut names = BTreeSet::new();
        for portal in &self.portals {
            let wrong = |text: &str| {
                Err(Mistake::Portal {
                    portal: portal.name.clone(),
                    text: text.to_owned(),
                })
            };
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if portal.name.is_empty() || !portal.name.chars().all(plain) {
                return wrong("a name is made of letters, digits, - and _; rename it");
            }
            if !names.insert(portal.name.to_lowercase()) {
                return wrong("this name is there twice; rename one");
            }
            if portal.kind == Kind::FileDrop && portal.drop.is_none() {
                return wrong(
                    "a file drop needs `drop = { incoming = \"...\", outgoing = \"...\" }`",
                );
            }
            if portal
                .limit
                .is_some_and(|l| l.requests == 0 || l.seconds == 0)
            {
                return wrong("`limit` needs at least 1 request in 1 second, or leave it out");
            }
            let needs_accounts = match portal.kind {
                Kind::FileDrop => false,
                Kind::AgreedUpload => portal.agreed.auth != Auth::Certificate,
                _ => true,
            };
            if needs_accounts && portal.accounts.is_empty() {
                return wrong("nobody may use it; add [[portal.account]] with id and secret");
            }
            let authority = portal
                .tls
                .as_ref()
                .and_then(|t| t.client_authority.as_ref());
            if portal.kind == Kind::AgreedUpload
                && portal.agreed.auth == Auth::Certificate
                && authority.is_none()
            {
                return wrong("`auth = \"certificate\"` needs tls.client_authority");
            }
            let a = &portal.agreed;
            for code in [a.accepted_status, a.refused_status] {
                if !(200..=599).contains(&code) {
                    return wrong("accepted_status and refused_status lie between 200 and 599");
                }
            }
            if !matches!(a.method.as_str(), "POST" | "PUT") {
                return wrong("`method` is POST or PUT");
            }
            for path in [&portal.token_path, &a.upload_path] {
                if !path.starts_with('/') || path.starts_with("/sandbox") {
                    return wrong("a path begins with / and is not below /sandbox");
                }
            }
            let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
            let business = &portal.ledes_api.business;
            if !portal.token_path.chars().all(plain)
                || portal.token_path.starts_with("/api/v1/businesses")
            {
                return wrong(
                    "token_path is made of letters, digits, / - _ . and is not below /api/v1/businesses",
                );
            }
            if business.is_empty() || !business.chars().all(|c| plain(c) && c != '/') {
                return wrong("ledes_api.business is made of letters, digits, - _ and .");
            }
            if let Some(key) = a
                .words
                .keys()
                .find(|k| !super::words::KEYS.contains(&k.as_str()))
            {
                return wrong(&format!(
                    "agreed.words has no {key}; there are {}",
                    super::words::KEYS.join(", ")
                ));
            }
            for fault in &portal.faults {
                if let Err(text) = fault.sound() {
                    return wrong(&text);
                }
            }
            if !portal.outcomes.is_empty() && portal.outcomes.values().all(|w| *w == 0) {
                return wrong("every weight in `outcomes` is 0; give one of them a weight");
            }
        }
        Ok(())
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
