//! The settings there are, one a line.

use super::Settings;
use std::path::{Path, PathBuf};

/// What a setting holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Words.
    Text,
    /// A SQLite file or the address of a database, in which a password may stand.
    Address,
    /// A file or folder; in the settings file relative to its folder.
    Path,
    /// Several of them.
    Paths,
    /// A whole number above nothing.
    Number,
    /// What nobody is shown, and what only the environment holds.
    Secret,
}

/// A setting.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As the settings file names it.
    pub name: &'static str,
    /// As the environment names it.
    pub variable: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it is where nobody says.
    pub default: fn(&Settings) -> Option<String>,
    /// What it is for.
    pub what: &'static str,
}

macro_rules! keys {
    ($($id:ident: $kind:ident, $name:literal, $variable:literal, $default:expr, $what:literal;)+) => {
        $(
            #[doc = $what]
            pub const $id: Key = Key {
                name: $name, variable: $variable, kind: Kind::$kind, default: $default, what: $what,
            };
        )+
        /// Every setting.
        pub const KEYS: &[Key] = &[$($id),+];
    };
}

keys! {
    STORE: Address, "store", "CLEANBILL_STORE", |_| data("cleanbill.db"), "the database: a SQLite file, or postgres://USER@HOST/DATABASE";
    DOCUMENTS: Path, "documents", "CLEANBILL_DOCUMENTS", documents, "the folder of the documents";
    KEY: Path, "key", "CLEANBILL_KEY", |_| settings("documents.key"), "the file with the key of the documents";
    SESSIONS: Path, "sessions", "CLEANBILL_SESSIONS", |_| state(), "the folder of the sessions that sign-in begins";
    SESSION_IDLE_MINUTES: Number, "session_idle_minutes", "CLEANBILL_SESSION_IDLE_MINUTES", |_| text("60"), "how long a session may lie unused";
    SESSION_HOURS: Number, "session_hours", "CLEANBILL_SESSION_HOURS", |_| text("12"), "how long a session holds at most";
    UPLOAD_SECONDS: Number, "upload_seconds", "CLEANBILL_UPLOAD_SECONDS", |_| text("90"), "how long a request to the web application may take to arrive";
    TOKEN: Secret, "token", "CLEANBILL_TOKEN", |_| None, "the token that says who you are";
    FIRM: Path, "firm", "CLEANBILL_FIRM", |_| None, "the folder of the firm's lists";
    PACKS: Path, "packs", "CLEANBILL_PACKS", |_| None, "the folder of the firm's packs";
    CACHE: Path, "cache", "CLEANBILL_CACHE", |_| cache(), "the folder of what is made again where it is lost: packs that were looked through";
    PORTALS: Path, "portals", "CLEANBILL_PORTALS", |_| None, "the file of the firm's accounts at portals";
    HISTORY: Paths, "history", "CLEANBILL_HISTORY", |_| None, "folders of earlier invoices";
    MAIL_SERVER: Text, "mail_server", "CLEANBILL_MAIL_SERVER", |_| None, "the firm's mail server for reports: smtps://HOST or smtp://HOST:587";
    MAIL_USER: Text, "mail_user", "CLEANBILL_MAIL_USER", |_| None, "the user at that server; nobody signs in without";
    MAIL_PASSWORD: Secret, "mail_password", "CLEANBILL_MAIL_PASSWORD", |_| None, "the password of that user";
    MAIL_AUTHORITY: Path, "mail_authority", "CLEANBILL_MAIL_AUTHORITY", |_| None, "the only authority trusted there (PEM)";
    MAIL_FROM: Text, "mail_from", "CLEANBILL_MAIL_FROM", |_| None, "the sender of reports";
    MAIL_TO: Text, "mail_to", "CLEANBILL_MAIL_TO", |_| None, "who gets the morning report, several with commas between";
    LOG_FORMAT: Text, "log_format", "CLEANBILL_LOG_FORMAT", |_| text("text"), "how it is said: text or json";
    ANSWERS: Path, "answers", "CLEANBILL_ANSWERS", |_| None, "the folder of portals' result mails and tables, which the overnight job brings in";
    APPEAL_LETTER: Path, "appeal_letter", "CLEANBILL_APPEAL_LETTER", |_| None, "the firm's own template of the letter of an appeal";
    APPEAL_ALARM_DAYS: Number, "appeal_alarm_days", "CLEANBILL_APPEAL_ALARM_DAYS", |_| text("7"), "how many days before a window closes somebody is told";
    RECEIVABLES_FROM: Text, "receivables_from", "CLEANBILL_RECEIVABLES_FROM", |_| text("invoice-date"), "from which day open amounts age: invoice-date, submitted or approved";
    REMINDER_DAYS: Text, "reminder_days", "CLEANBILL_REMINDER_DAYS", |_| text("30, 60, 90"), "after how many days reminders are drafted, with commas between";
    REMINDER_LETTER: Path, "reminder_letter", "CLEANBILL_REMINDER_LETTER", |_| None, "the firm's own template of a reminder";
    PUBLIC_ADDRESS: Text, "public_address", "CLEANBILL_PUBLIC_ADDRESS", |_| None, "how people reach the web application, for example https://bills.firm.example";
    OIDC_ISSUER: Text, "oidc_issuer", "CLEANBILL_OIDC_ISSUER", |_| None, "the firm's identity provider, by which people sign in (OpenID Connect): its \"issuer\"";
    OIDC_CLIENT: Text, "oidc_client", "CLEANBILL_OIDC_CLIENT", |_| None, "the id of this program there";
    OIDC_SECRET: Secret, "oidc_secret", "CLEANBILL_OIDC_SECRET", |_| None, "its secret there";
    OIDC_CLAIM: Text, "oidc_claim", "CLEANBILL_OIDC_CLAIM", |_| text("email"), "what names somebody at the first sign-in: email (verified), preferred_username, upn or sub";
    OIDC_NAME: Text, "oidc_name", "CLEANBILL_OIDC_NAME", |_| text("the firm's identity provider"), "what people call the provider: \"Sign in with ...\"";
    OIDC_AUTHORITY: Path, "oidc_authority", "CLEANBILL_OIDC_AUTHORITY", |_| None, "the only authority trusted there (PEM)";
    PASSWORDS_ONLY_FOR: Text, "passwords_only_for", "CLEANBILL_PASSWORDS_ONLY_FOR", |_| None, "the administrators who may still sign in with a password, several with commas between; everybody else only by the provider";
    LOG: Text, "log", "CLEANBILL_LOG", |_| text("warn"), "what is said on standard error: error, warn, info, debug or trace";
}

fn text(plain: &str) -> Option<String> {
    Some(plain.to_owned())
}

/// The platform's folders for this program.
pub(super) fn folders() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "cleanbill")
}

fn shown(path: &Path) -> Option<String> {
    Some(path.display().to_string())
}

fn data(name: &str) -> Option<String> {
    shown(&folders()?.data_dir().join(name))
}

fn settings(name: &str) -> Option<String> {
    shown(&folders()?.config_dir().join(name))
}

/// Where the platform keeps what can be made again.
fn cache() -> Option<String> {
    shown(folders()?.cache_dir())
}

/// Where the platform keeps what may be lost without harm.
fn state() -> Option<String> {
    let folders = folders()?;
    let state = folders.state_dir();
    shown(
        &state
            .unwrap_or_else(|| folders.data_local_dir())
            .join("sessions"),
    )
}

/// Beside a SQLite file; with a server, in the platform's folder.
fn documents(settings: &Settings) -> Option<String> {
    let store = settings.text(&STORE)?;
    if store.contains("://") {
        return data("documents");
    }
    let file = PathBuf::from(store.strip_prefix("sqlite:").unwrap_or(&store));
    shown(&file.with_file_name("documents"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_plain_and_stand_once() {
        let names: BTreeSet<&str> = KEYS.iter().map(|k| k.name).collect();
        assert_eq!(names.len(), KEYS.len());
        for key in KEYS {
            let expected = format!("CLEANBILL_{}", key.name.to_uppercase());
            assert_eq!(key.variable, expected);
            assert!(key.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        }
    }
}
