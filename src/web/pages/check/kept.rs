//! What becomes of files that were checked: mended in their form to take along, or taken in.

use super::held;
use crate::render::printable;
use crate::revise::fix::{FixError, fix};
use crate::web::answer::{Trouble, download, html, see};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::wording::for_pages;
use crate::workflow::{Arrival, Memory, Outcome};
use askama::Template;
use axum::response::Response;
use std::collections::BTreeSet;

/// The file with everything mended that is only form. What changes time, money or words needs a person and a reason.
pub async fn corrected(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let held = held(asked)?;
    let index = asked
        .given
        .param("file")
        .parse::<usize>()
        .unwrap_or(usize::MAX);
    let file = held.files.get(index).ok_or_else(Trouble::not_found)?;
    let basis = asked.app.basis()?;
    let mut options = basis.options.clone();
    options.client.clone_from(&held.client);
    let fixed = match fix(&file.name, &file.bytes, &options, &BTreeSet::new()) {
        Ok(fixed) => fixed,
        Err(FixError::Check(error)) => return Err(error.into()),
        Err(other) => return Err(Trouble::Refused(other.to_string())),
    };
    if !fixed.news.made.is_empty() {
        return Err(Trouble::Refused(
            "the changes would make what was not found before, so nothing was changed. This is a mistake of cleanbill: \
             please report it with the file"
                .to_owned(),
        ));
    }
    if fixed.changes.is_empty() {
        return Err(Trouble::Refused(
            "there is nothing in the form of this file to mend; what is left changes time, money or words and is for a person".to_owned(),
        ));
    }
    let name = file.name.rsplit_once('.').map_or_else(
        || format!("{}-corrected.txt", file.name),
        |(stem, ending)| format!("{stem}-corrected.{ending}"),
    );
    Ok(download(&name, "application/octet-stream", fixed.bytes))
}

/// What became of an invoice that was to be kept.
struct Kept {
    file: String,
    number: String,
    href: String,
    class: &'static str,
    what: String,
}

#[derive(Template)]
#[template(path = "kept.html", config = "src/web/askama.toml")]
struct KeptPage {
    frame: Frame,
    all: Vec<Kept>,
}

/// Takes in what was checked.
pub async fn keep(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let held = held(asked)?;
    if held.client.is_some() {
        return Err(Trouble::Refused(
            "this was checked by another client's pack than its own; check it again without choosing one, then take it in".to_owned(),
        ));
    }
    let basis = asked.app.basis()?;
    let arrivals = held.files.iter().map(|f| Arrival {
        name: f.name.clone(),
        bytes: f.bytes.clone(),
    });
    let mut memory = Memory::default();
    let taken = asked
        .desk
        .take_in(&basis.checker, &mut memory, arrivals.collect())
        .await?;
    asked
        .app
        .hands
        .drop_it(&asked.desk.person.name, asked.given.param("held"));
    if let [one] = taken.as_slice()
        && let (Outcome::New | Outcome::NewVersion | Outcome::Known, Some(row)) =
            (&one.outcome, &one.row)
    {
        return Ok(see(&format!("/invoices/{}", row.id)));
    }
    let all = taken.iter().map(|one| {
        let (class, what) = match &one.outcome {
            Outcome::New => ("clean", "new".to_owned()),
            Outcome::NewVersion => ("clean", "a new version".to_owned()),
            Outcome::Known => ("note", "was here already".to_owned()),
            Outcome::Refused(why) => ("reject", format!("not taken: {}", for_pages(why))),
        };
        Kept {
            file: printable(&one.file).into_owned(),
            number: printable(&one.number).into_owned(),
            href: one
                .row
                .as_ref()
                .map_or_else(String::new, |r| format!("/invoices/{}", r.id)),
            class,
            what,
        }
    });
    Ok(html(&KeptPage {
        frame: asked.frame("Taken in", "check"),
        all: all.collect(),
    }))
}
