//! Check: files are dropped or pasted, judged, and shown; nothing is stored unless somebody asks for it.

mod kept;
mod said;

pub use kept::{corrected, keep};
pub use said::{more_lines, result};

use crate::check::{Wants, check_whole};
use crate::web::answer::{Trouble, html, see};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::held::{Held, HeldFile};
use askama::Template;
use axum::response::Response;
use std::sync::Arc;

/// Files that are checked at once.
const MOST_FILES: usize = 50;

#[derive(Template)]
#[template(path = "check.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    clients: Vec<String>,
}

/// The field for files.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let clients = basis.options.lists.clients.rows().iter();
    let mut clients: Vec<String> = clients
        .map(|c| c.client_id.clone())
        .filter(|c| asked.desk.person.serves(c))
        .collect();
    clients.sort();
    clients.dedup();
    Ok(html(&Page {
        frame: asked.frame("Check", "check"),
        clients,
    }))
}

/// Judges what was given and leads to what the check says.
pub async fn judge(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let given = &asked.given;
    let mut files: Vec<(String, Vec<u8>)> = given
        .files
        .iter()
        .map(|f| (f.name.clone(), f.bytes.clone()))
        .collect();
    // A browser sends line ends of its own; the format knows only whole lines.
    let pasted = given.form.whole("pasted");
    if !pasted.trim().is_empty() {
        files.push((
            "pasted text".to_owned(),
            pasted.replace("\r\n", "\n").into_bytes(),
        ));
    }
    if files.is_empty() {
        return Err(Trouble::wrong(
            "choose a file, drop one on the page, or paste the text of one",
        ));
    }
    if files.len() > MOST_FILES {
        return Err(Trouble::wrong(format!(
            "{} files at once are too many; check {MOST_FILES} at a time",
            files.len()
        )));
    }
    let basis = asked.app.basis()?;
    let client = given.form.some("client").map(str::to_owned);
    let mut options = basis.options.clone();
    options.client.clone_from(&client);
    let wants = Wants {
        bill: true,
        ..Wants::default()
    };
    let mut held = Vec::new();
    for (name, bytes) in files {
        let (report, not_checked) = check_whole(&name, &bytes, &options, wants)?;
        held.push(HeldFile {
            name,
            bytes,
            report,
            not_checked,
        });
    }
    let name = asked.app.hands.hold(&asked.desk.person.name, held, client);
    let name = name.map_err(|e| Trouble::Failed(e.to_string()))?;
    Ok(see(&format!("/check/{name}")))
}

/// What this person holds under the name of the path.
fn held(asked: &Asked<'_>) -> Result<Arc<Held>, Trouble> {
    let held = asked
        .app
        .hands
        .of(&asked.desk.person.name, asked.given.param("held"));
    held.ok_or_else(|| {
        Trouble::NotFound(
            "what was checked is no longer held: it was only in memory, for half an hour. Drop the file again".to_owned(),
        )
    })
}
