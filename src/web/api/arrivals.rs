//! Files that come: taken in, or checked without being kept.

use super::call::Called;
use super::given::Json;
use super::problem::Problem;
use super::shape::Invoice;
use super::taken::File;
use crate::check::{FileReport, NotChecked, Wants, check_whole};
use crate::web::asked::without_folders;
use crate::workflow::{Arrival, Memory, Outcome};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a file is called.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    /// The file's name, for messages.
    name: Option<String>,
}

/// What became of an invoice that came.
#[derive(Serialize, JsonSchema)]
pub(super) struct Taken {
    /// INVOICE_NUMBER.
    number: String,
    /// `new`, `new-version`, `known` (the same was here already) or `refused`.
    outcome: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// The invoice as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice: Option<Invoice>,
}

/// What became of a file that came.
#[derive(Serialize, JsonSchema)]
pub(super) struct TakenIn {
    /// Its invoices.
    invoices: Vec<Taken>,
}

fn file_name(name: Option<&str>) -> String {
    let name = without_folders(name.unwrap_or(""));
    match name.is_empty() {
        true => "file".to_owned(),
        false => name,
    }
}

/// Takes in a file: it is checked and kept.
pub(super) async fn take_in(
    called: &Called<'_>,
    named: Named,
    file: File,
) -> Result<Json<TakenIn>, Problem> {
    let basis = called.basis()?;
    let arrival = Arrival {
        name: file_name(named.name.as_deref()),
        bytes: file.0,
    };
    let taken = called
        .desk
        .take_in(&basis.checker, &mut Memory::default(), vec![arrival])
        .await?;
    let whys: Vec<&str> = taken
        .iter()
        .filter_map(|t| match &t.outcome {
            Outcome::Refused(why) => Some(why.as_str()),
            _ => None,
        })
        .collect();
    if whys.len() == taken.len() {
        return Err(Problem::unusable("", whys.join("; ")));
    }
    let of = |one: crate::workflow::Taken| {
        let (outcome, why) = match one.outcome {
            Outcome::New => ("new", None),
            Outcome::NewVersion => ("new-version", None),
            Outcome::Known => ("known", None),
            Outcome::Refused(why) => ("refused", Some(why)),
        };
        let row = one.row.filter(|r| called.desk.person.serves(&r.client));
        Taken {
            number: one.number,
            outcome,
            why,
            invoice: row.as_ref().map(Invoice::from),
        }
    };
    Ok(Json(TakenIn {
        invoices: taken.into_iter().map(of).collect(),
    }))
}

/// How a file is checked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckedHow {
    /// The file's name, for messages.
    name: Option<String>,
    /// By this client's pack, whatever client the file names.
    client: Option<String>,
}

/// What the check says of a file.
#[derive(Serialize, JsonSchema)]
pub(super) struct Checked {
    /// The day of the check.
    today: NaiveDate,
    /// The file with its invoices and findings.
    file: FileReport,
    /// Rules that could not be applied, and why.
    not_checked: Vec<NotChecked>,
}

/// Checks a file; nothing is kept.
pub(super) async fn check(
    called: &Called<'_>,
    how: CheckedHow,
    file: File,
) -> Result<Json<Checked>, Problem> {
    let client = how.client.as_deref();
    if let Some(client) = client.filter(|c| !called.desk.person.serves(c)) {
        let client = crate::render::printable(client);
        return Err(Problem::unusable(
            "client",
            format!("{client} is no client you serve; leave it away, or name one of yours"),
        ));
    }
    let options = called.options(client)?;
    let wants = Wants {
        sha256: true,
        ..Wants::default()
    };
    let name = file_name(how.name.as_deref());
    let (file, not_checked) = check_whole(&name, &file.0, &options, wants)?;
    Ok(Json(Checked {
        today: options.today,
        file,
        not_checked,
    }))
}
