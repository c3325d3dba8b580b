//! The practice portals of the month's clients, and the firm's accounts there.

use super::sample::put;
use crate::sandbox::{Running, Settings};
use anyhow::Context;
use std::path::{Path, PathBuf};

/// One portal a client. What becomes of an invoice is said by the beginning of its number.
const PRACTICE: &str = r#"
seed = 2026

[[portal]]
name = "legal-tracker"
kind = "legal-tracker"
client = "Brightwater Foods"
matters = ["BW-COM-41", "BW-EMP-09", "BW-LIT-02"]
account = [{ id = "firm", secret = "practice" }]
number = [{ starts = "B-", outcome = "reduced" }]

[[portal]]
name = "legal-x"
kind = "agreed-upload"
client = "Halcyon Mutual Insurance"
account = [{ id = "firm", secret = "practice" }]
number = [{ starts = "H-3301", outcome = "approved" }, { starts = "H-", outcome = "reduced" }]
agreed = { like = "legal-x", auth = "basic" }

[[portal]]
name = "acuity"
kind = "agreed-upload"
client = "Meridian Deposit Fund"
account = [{ id = "firm", secret = "practice" }]
number = [{ starts = "M5501", outcome = "rejected" }, { starts = "M", outcome = "approved" }]
agreed = { like = "acuity", auth = "basic" }
"#;

/// What the firm agreed about an upload: where the file goes, and where the answer stands.
const UPLOAD: &str = r#"
[account.NAME.settings.submit]
path = "upload"
file_field = "file"
id = "/confirmation"
errors = "/message"
[account.NAME.settings.status]
path = "uploads/{portal_id}"
word = "/status"
id = "/confirmation"
number = "/number"
note = "/message"
original_total = "/total"
approved_total = "/approved_total"
time = "/at"
reductions = { at = "/adjustments", text = "/reason", item = "/line", amount = "/amount" }
errors = { at = "/errors", text = "/text", item = "/line" }
[account.NAME.settings.find]
path = "uploads?number={invoice_number}"
at = ""
word = "/status"
id = "/confirmation"
number = "/number"
original_total = "/total"
"#;

/// The practice portals.
pub(super) fn practice() -> anyhow::Result<Settings> {
    Settings::parse(PRACTICE).map_err(anyhow::Error::msg)
}

/// Writes the file of the firm's accounts at these portals.
pub(super) fn accounts(folder: &Path, running: &Running) -> anyhow::Result<PathBuf> {
    let secret = folder.join("practice-secret");
    put(&secret, "practice")?;
    let secret = format!("{{ file = {:?} }}", secret.display().to_string());
    let limits = "limits = { per_second = \"20\" }";
    let base = |name: &str| running.base(name).context("a practice portal");
    let origin = running
        .origin("legal-tracker")
        .context("a practice portal")?;
    let mut text = format!(
        r#"# Accounts at the practice portals of the demo, which have ended with it.
[account.legal-tracker]
portal = "Legal Tracker"
way = "api"
url = "{}"
clients = ["BRW02"]
sign_in = {{ kind = "oauth2", token_url = "{origin}/oauth2/token", client_id = "firm", client_secret = {secret} }}
settings = {{ company_id = 4711, firm_id = 21, firm_office_id = 3, type_id = 1, content_field = "invoiceFileContent" }}
{limits}
"#,
        base("legal-tracker")?,
    );
    for (name, portal, client) in [
        ("legal-x", "Legal-X", "HAL07"),
        ("acuity", "Acuity", "MDF11"),
    ] {
        let url = base(name)?;
        text += &format!(
            r#"
[account.{name}]
portal = "{portal}"
way = "agreed"
url = "{url}"
clients = ["{client}"]
sign_in = {{ kind = "basic", user = "firm", password = {secret} }}
{limits}"#
        );
        text += &UPLOAD.replace("NAME", name);
    }
    let file = folder.join("portals.toml");
    put(&file, &text)?;
    Ok(file)
}
