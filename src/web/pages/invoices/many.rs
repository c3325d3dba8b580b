//! One step with many invoices at once.

use crate::store::Filter;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::wording::{counted, for_pages};
use crate::workflow::submission::Queued;
use crate::workflow::{Act, Step, WorkflowError};
use askama::Template;
use axum::response::Response;

/// What became of one of many.
struct Became {
    id: String,
    number: String,
    well: bool,
    what: String,
}

#[derive(Template)]
#[template(path = "many.html", config = "src/web/askama.toml")]
struct Many {
    frame: Frame,
    heading: String,
    all: Vec<Became>,
    back: String,
}

/// One step with many invoices, each by itself: what one may not hinders no other.
pub async fn many(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let step = match form.get("do") {
        "clear" => Step::Clear,
        "withdraw" => Step::Withdraw,
        "queue" => Step::Queue,
        _ => {
            return Err(Trouble::wrong(
                "choose what is to be done with the invoices",
            ));
        }
    };
    let forbidden = |e: WorkflowError| Trouble::Forbidden(e.to_string());
    asked.desk.may(Act::Step(step)).map_err(forbidden)?;
    let named: Vec<&str> = form.all("invoice").collect();
    if named.is_empty() {
        return Err(Trouble::wrong(
            "no invoice was marked; mark those that are meant",
        ));
    }
    let mut all = Vec::new();
    for named in named {
        let (id, document) = named.split_once(' ').unwrap_or((named, ""));
        let number = asked
            .desk
            .list(&Filter {
                named: Some(id.to_owned()),
                ..Filter::default()
            })
            .await?;
        let number = number
            .first()
            .map_or_else(|| id.to_owned(), |r| r.number.clone());
        let done = one(asked, step, id, document).await;
        let (well, what) = match done {
            Ok(what) => (true, what),
            Err(Trouble::Refused(why)) => (false, for_pages(&why)),
            Err(other) => return Err(other),
        };
        all.push(Became {
            id: id.to_owned(),
            number,
            well,
            what,
        });
    }
    let well = all.iter().filter(|b| b.well).count();
    let word = match step {
        Step::Clear => "cleared",
        Step::Withdraw => "withdrawn",
        _ => "queued",
    };
    let back = form
        .some("back")
        .filter(|b| b.starts_with("/invoices?"))
        .unwrap_or("/invoices");
    let page = Many {
        frame: asked.frame("Invoices", "invoices"),
        heading: format!("{well} of {} {word}", counted(all.len(), "invoice")),
        all,
        back: back.to_owned(),
    };
    Ok(html(&page))
}

async fn one(asked: &Asked<'_>, step: Step, id: &str, document: &str) -> Result<String, Trouble> {
    match step {
        Step::Clear => {
            let done = asked.desk.clear(id, Some(document), None).await?;
            Ok(match done.is_cleared() {
                true => "cleared for sending".to_owned(),
                false => "approved; above the limit, a second partner has to clear it".to_owned(),
            })
        }
        Step::Withdraw => {
            asked
                .desk
                .take_back(id, Step::Withdraw, asked.given.form.get("reason"))
                .await?;
            Ok("withdrawn".to_owned())
        }
        _ => queue(asked, id).await,
    }
}

/// Puts a cleared invoice into the queue of its account.
pub(in crate::web::pages) async fn queue(asked: &Asked<'_>, id: &str) -> Result<String, Trouble> {
    let Some(doors) = &asked.app.doors else {
        return Err(Trouble::Refused(
            "no accounts at portals are known here; whoever runs cleanbill names their file in the setting portals".to_owned(),
        ));
    };
    let basis = asked.app.basis()?;
    let account = asked.given.form.some("account");
    let (words, parcel) = match asked
        .desk
        .queue(id, account, doors, &basis.options.lists)
        .await?
    {
        Queued::Now(parcel) => ("in the queue of", parcel),
        Queued::Before(parcel) => ("was already with", parcel),
    };
    let due = parcel.submission.due.as_deref();
    let due = due.map_or_else(String::new, |d| {
        format!(", due {}", asked.locale().day_of(d))
    });
    Ok(format!("{words} {}{due}", parcel.submission.account))
}
