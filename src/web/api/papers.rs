//! Documents of an invoice, each of which is written down when it is read, and the proof of its submission.

use super::call::{Called, NoQuery};
use super::given::{Document, Json};
use super::problem::Problem;
use super::taken::Nothing;
use crate::workflow::Paper;
use crate::workflow::submission::Proof;
use schemars::JsonSchema;
use serde::Deserialize;

/// Each attempt to send it with the hash of what left, each answer, and whether all is as it was written.
pub(super) async fn proof(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Proof>, Problem> {
    Ok(Json(called.desk.proof(called.param("invoice")).await?))
}

/// Which version.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Version {
    /// From 1; the one that stands, where none is named.
    version: Option<u32>,
}

async fn read_out(called: &Called<'_>, paper: Paper<'_>) -> Result<Document, Problem> {
    let out = called.desk.read_out(called.param("invoice"), paper).await;
    out.map(Document)
        .map_err(|error| Problem::from(error).into_missing())
}

/// The invoice's file. That it was read is written down.
pub(super) async fn file(
    called: &Called<'_>,
    which: Version,
    _: Nothing,
) -> Result<Document, Problem> {
    read_out(called, Paper::File(which.version.map(i64::from))).await
}

/// An attached file. That it was read is written down.
pub(super) async fn attachment(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Document, Problem> {
    read_out(called, Paper::Attachment(called.param("attachment"))).await
}
