//! Remittances are brought in, each payment once.

use super::super::reductions::shown;
use super::class_of;
use crate::portals::remittance::{RemittanceMapping, read};
use crate::store::sha256;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::wording::{counted, for_pages};
use crate::workflow::Received;
use askama::Template;
use axum::response::Response;

/// What became of a row that was brought in.
struct Became {
    id: String,
    number: String,
    amount: String,
    class: &'static str,
    standing: String,
    known: bool,
    invoice: String,
    place: String,
    why: Vec<String>,
}

#[derive(Template)]
#[template(path = "remitted.html", config = "src/web/askama.toml")]
struct Brought {
    frame: Frame,
    heading: String,
    rows: Vec<Became>,
    unread: Vec<String>,
    waits: usize,
}

fn became(one: &Received, locale: &Locale) -> Became {
    Became {
        id: one.id.clone(),
        number: match one.number.as_str() {
            "" => "none named".to_owned(),
            number => shown(number),
        },
        amount: locale.money(one.amount, &one.currency),
        class: class_of(&one.standing),
        standing: one.standing.clone(),
        known: one.known,
        invoice: one
            .invoice
            .as_ref()
            .map_or_else(String::new, |(number, state)| {
                format!("invoice {} is {state} now", shown(number))
            }),
        place: shown(&one.place),
        why: one.why.iter().map(|w| for_pages(&shown(w))).collect(),
    }
}

/// Brings remittances in.
pub async fn bring(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let locale = asked.locale();
    let own = asked.given.form.whole("mapping");
    let mapping = match own.trim() {
        "" => RemittanceMapping::default(),
        text => RemittanceMapping::parse(text)
            .map_err(|why| Trouble::wrong(format!("the names of columns: {why}")))?,
    };
    if asked.given.files.is_empty() {
        return Err(Trouble::wrong(
            "no file was chosen; choose the remittance as a CSV file",
        ));
    }
    let (mut received, mut unread) = (Vec::new(), Vec::new());
    for file in &asked.given.files {
        let remittance = read(&file.name, &file.bytes, &mapping);
        let mistakes = remittance.mistakes.iter();
        unread.extend(mistakes.map(|m| for_pages(&shown(&m.to_string()))));
        let hash = sha256(&file.bytes);
        received.extend(asked.desk.receive(&remittance.rows, &hash).await?);
    }
    let rests = |one: &&Received| ["taken", "put aside"].contains(&one.standing.as_str());
    let taken = received.iter().filter(rests).filter(|r| !r.known).count();
    let known = received.iter().filter(rests).filter(|r| r.known).count();
    let waits = received.len() - taken - known;
    let mut heading = format!("{} taken", counted(taken, "row"));
    for (count, what) in [
        (known, "known before"),
        (waits, "waiting for a person"),
        (unread.len(), "not read"),
    ] {
        if count > 0 {
            heading += &format!(", {count} {what}");
        }
    }
    Ok(html(&Brought {
        frame: asked.frame("Remittances brought in", "payments"),
        heading,
        rows: received.iter().map(|r| became(r, locale)).collect(),
        unread,
        waits,
    }))
}
