//! Documents of an invoice to keep, each of which is written down, and the proof of its submission.

use crate::render::printable;
use crate::web::answer::{Trouble, download, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::workflow::submission::{Proof, StillKept};
use crate::workflow::{Paper, WorkflowError};
use askama::Template;
use axum::response::Response;

async fn read_out(asked: &Asked<'_>, paper: Paper<'_>) -> Result<Response, Trouble> {
    let named = asked.given.param("invoice");
    match asked.desk.read_out(named, paper).await {
        Ok(out) => Ok(download(&out.name, &out.media_type, out.bytes)),
        Err(WorkflowError::Refused(why)) => Err(Trouble::NotFound(why)),
        Err(error) => Err(error.into()),
    }
}

/// The invoice's file, or that of an earlier version.
pub async fn file(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let version = match asked.given.query.some("version") {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|_| Trouble::wrong("versions are numbered from 1"))?,
        ),
    };
    read_out(asked, Paper::File(version)).await
}

/// An attached file.
pub async fn attachment(asked: &Asked<'_>) -> Result<Response, Trouble> {
    read_out(asked, Paper::Attachment(asked.given.param("attachment"))).await
}

#[derive(Template)]
#[template(path = "proof.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    at: String,
    proof: Proof,
    sound: bool,
    locale: Locale,
}

impl Page {
    /// The proof says instants as programs read them.
    fn when(&self, at: &str) -> String {
        self.locale.days_in(at)
    }

    fn kept(kept: &Option<StillKept>) -> &'static str {
        match kept {
            Some(StillKept::Kept) => "kept, unchanged",
            Some(StillKept::Purged) => "gone by the rules of retention",
            Some(StillKept::Missing) => "GONE OR ALTERED",
            None => "",
        }
    }

    fn or_none(text: &Option<String>) -> &str {
        text.as_deref().unwrap_or("")
    }
}

/// Each attempt to send it with the hash of what left, each answer, and whether all is as it was written.
pub async fn proof(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let proof = asked.desk.proof(asked.given.param("invoice")).await?;
    Ok(html(&Page {
        frame: asked.frame(
            format!("Proof for invoice {}", printable(&proof.number)),
            "invoices",
        ),
        at: format!("/invoices/{}", proof.invoice),
        sound: proof.broken.is_empty(),
        locale: *asked.locale(),
        proof,
    }))
}

/// The same for other programs.
pub async fn proof_json(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let proof = asked.desk.proof(asked.given.param("invoice")).await?;
    let text = serde_json::to_vec_pretty(&proof).map_err(WorkflowError::from)?;
    Ok(download(
        &format!("proof-{}.json", proof.number),
        "application/json",
        text,
    ))
}
