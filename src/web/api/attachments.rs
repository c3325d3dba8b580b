//! The package beside the invoice's file: receipts, the PDF, other backup.

use super::call::{Called, NoQuery};
use super::given::{Done, Made};
use super::problem::Problem;
use super::taken::{File, Nothing};
use crate::web::asked::without_folders;
use crate::workflow::NewAttachment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a file is.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// A receipt.
    Receipt,
    /// The invoice itself as PDF.
    Pdf,
    /// Other backup.
    Backup,
}

/// What is attached, and to what.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct What {
    /// What the file is.
    kind: Kind,
    /// Its name.
    name: String,
    /// LINE_ITEM_NUMBER, where it belongs to a line.
    line_item: Option<String>,
}

/// A file that was attached.
#[derive(Serialize, JsonSchema)]
pub(super) struct AttachedAs {
    /// Its id.
    id: String,
    /// What the portal takes, in a sentence.
    limits: String,
}

/// Attaches a file to an invoice, or to a line of it.
pub(super) async fn attach(
    called: &Called<'_>,
    what: What,
    file: File,
) -> Result<Made<AttachedAs>, Problem> {
    let name = without_folders(&what.name);
    if name.is_empty() {
        return Err(Problem::malformed(
            "name",
            "the file needs a name, as receipt.pdf",
        ));
    }
    let new = NewAttachment {
        invoice: called.param("invoice"),
        line_item: what.line_item.as_deref(),
        kind: match what.kind {
            Kind::Receipt => "receipt",
            Kind::Pdf => "pdf",
            Kind::Backup => "backup",
        },
        name: &name,
        bytes: &file.0,
    };
    let basis = called.basis()?;
    let (id, limits) = called.desk.attach(&basis.options, new).await?;
    Ok(Made(AttachedAs { id, limits }))
}

/// Takes a file out of the package.
pub(super) async fn detach(called: &Called<'_>, _: NoQuery, _: Nothing) -> Result<Done, Problem> {
    called
        .desk
        .detach(called.param("invoice"), called.param("attachment"))
        .await?;
    Ok(Done)
}
