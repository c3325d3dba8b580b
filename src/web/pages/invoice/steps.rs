//! Steps with one invoice: each asks the desk, and leads back to the page.

use crate::web::answer::Trouble;
use crate::web::asked::Asked;
use crate::web::notice::done;
use crate::workflow::{NewAttachment, Step};
use axum::response::Response;

fn page(asked: &Asked<'_>) -> String {
    format!("/invoices/{}", asked.given.param("invoice"))
}

/// Where the form says it came from, if that is a page about this invoice or the clearing.
fn back(asked: &Asked<'_>) -> String {
    let own = page(asked);
    let from = asked.given.form.get("back");
    match from.starts_with(&format!("{own}/line?")) || from == "/clearing" {
        true => from.to_owned(),
        false => own,
    }
}

/// Takes back a request.
pub async fn recall(asked: &Asked<'_>) -> Result<Response, Trouble> {
    asked.desk.recall(asked.given.form.get("id")).await?;
    Ok(done(&back(asked), "recalled"))
}

/// Sets a finding aside.
pub async fn set_aside(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let named = asked.given.param("invoice");
    asked
        .desk
        .override_finding(named, form.get("finding"), form.get("reason"))
        .await?;
    Ok(done(&back(asked), "set-aside"))
}

/// Attaches a file to the invoice or a line.
pub async fn attach(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let [file] = asked.given.files.as_slice() else {
        return Err(Trouble::wrong("choose one file to attach"));
    };
    let kind = match form.get("kind") {
        kind @ ("receipt" | "pdf" | "backup") => kind,
        _ => {
            return Err(Trouble::wrong(
                "say what the file is: a receipt, the invoice as PDF, or other backup",
            ));
        }
    };
    let new = NewAttachment {
        invoice: asked.given.param("invoice"),
        line_item: form.some("item"),
        kind,
        name: &file.name,
        bytes: &file.bytes,
    };
    let basis = asked.app.basis()?;
    asked.desk.attach(&basis.options, new).await?;
    Ok(done(&back(asked), "attached"))
}

/// Takes a file out of the package.
pub async fn detach(asked: &Asked<'_>) -> Result<Response, Trouble> {
    asked
        .desk
        .detach(asked.given.param("invoice"), asked.given.form.get("id"))
        .await?;
    Ok(done(&back(asked), "detached"))
}

/// Approves the file that was looked at.
pub async fn clear(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let seen = form.some("document").ok_or_else(|| {
        Trouble::wrong("the page has to say which file was looked at; open it again")
    })?;
    let named = asked.given.param("invoice");
    let approved = asked
        .desk
        .clear(named, Some(seen), form.some("for"))
        .await?;
    let word = if approved.is_cleared() {
        "cleared"
    } else {
        "endorsed"
    };
    // Whoever stands in for a partner may not look at this client's invoices themselves.
    let theirs = asked.desk.person.serves(&approved.row.client);
    Ok(done(
        &if theirs {
            back(asked)
        } else {
            "/clearing".to_owned()
        },
        word,
    ))
}

/// Takes back the clearance.
pub async fn reopen(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let named = asked.given.param("invoice");
    asked
        .desk
        .take_back(named, Step::Reopen, asked.given.form.get("reason"))
        .await?;
    Ok(done(&page(asked), "reopened"))
}

/// Takes the invoice back for good.
pub async fn withdraw(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let named = asked.given.param("invoice");
    asked
        .desk
        .take_back(named, Step::Withdraw, asked.given.form.get("reason"))
        .await?;
    Ok(done(&page(asked), "withdrawn"))
}

/// Puts it into the queue of its account.
pub async fn queue(asked: &Asked<'_>) -> Result<Response, Trouble> {
    super::super::invoices::queue(asked, asked.given.param("invoice")).await?;
    Ok(done(&page(asked), "queued"))
}

/// Takes it out of the queue.
pub async fn unqueue(asked: &Asked<'_>) -> Result<Response, Trouble> {
    asked.desk.unqueue(asked.given.param("invoice")).await?;
    Ok(done(&page(asked), "unqueued"))
}

/// Agrees to a write-down.
pub async fn accept(asked: &Asked<'_>) -> Result<Response, Trouble> {
    decide(asked, true).await?;
    Ok(done(&back(asked), "accepted"))
}

/// Does not agree to a write-down.
pub async fn refuse(asked: &Asked<'_>) -> Result<Response, Trouble> {
    decide(asked, false).await?;
    Ok(done(&back(asked), "refused"))
}

async fn decide(asked: &Asked<'_>, accept: bool) -> Result<(), Trouble> {
    let form = &asked.given.form;
    let basis = asked.app.basis()?;
    asked
        .desk
        .decide_write_down(&basis.checker, form.get("id"), accept, form.get("reason"))
        .await?;
    Ok(())
}
