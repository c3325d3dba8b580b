//! Reminders: those that could be drafted now, those that were, and their letters. Nothing is sent from here.

use super::super::reductions::shown;
use crate::reports::reminder::letter;
use crate::web::answer::{Trouble, download, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::notice::done;
use crate::web::wording::counted;
use crate::workflow::{Reminder, WorkflowError};
use askama::Template;
use axum::response::Response;

/// Letters that were drafted before.
const MOST_LETTERS: usize = 60;

/// A reminder that could be drafted.
struct Draft {
    anchor: String,
    client: String,
    name: String,
    currency: String,
    rung: u32,
    nth: usize,
    due: String,
    invoices: Vec<(String, String, String)>,
    letter: String,
}

/// A letter that was drafted.
struct Drafted {
    letter: String,
    client: String,
    days: i64,
    by: String,
    when: String,
    invoices: String,
}

#[derive(Template)]
#[template(path = "reminders.html", config = "src/web/askama.toml")]
struct Reminders {
    frame: Frame,
    rungs: String,
    drafts: Vec<Draft>,
    before: Vec<Drafted>,
}

/// The letter as it would be drafted now.
fn written(asked: &Asked<'_>, reminder: &Reminder) -> Result<String, Trouble> {
    let own = asked.app.own.reminder()?;
    letter(reminder, own.as_deref()).map_err(|mistake| Trouble::Failed(mistake.to_string()))
}

/// Reminders that could be drafted, and those that were.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let locale = asked.locale();
    let basis = asked.app.basis()?;
    let terms = &asked.app.own.receivables;
    let due = asked
        .desk
        .reminders_due(terms, &basis.options.lists)
        .await?;
    let mut drafts = Vec::with_capacity(due.len());
    for (n, one) in due.iter().enumerate() {
        let invoices = one.invoices.iter().map(|i| {
            let days = counted(usize::try_from(i.days).unwrap_or(0), "day");
            (
                i.id.clone(),
                shown(&i.number),
                format!("{}, {days}", locale.money(i.due, &one.currency)),
            )
        });
        drafts.push(Draft {
            anchor: format!("draft-{n}"),
            client: one.client_id.clone(),
            name: match one.client_name.as_str() {
                "" => shown(&one.client_id),
                name => format!("{} ({})", shown(name), shown(&one.client_id)),
            },
            currency: one.currency.clone(),
            rung: one.rung,
            nth: one.nth,
            due: locale.money(one.due, &one.currency),
            invoices: invoices.collect(),
            letter: written(asked, one)?,
        });
    }
    let before = asked.desk.letters().await?;
    let rungs: Vec<String> = terms.rungs.iter().map(u32::to_string).collect();
    Ok(html(&Reminders {
        frame: asked.frame("Reminders", "receivables"),
        rungs: rungs.join(", "),
        drafts,
        before: before
            .iter()
            .take(MOST_LETTERS)
            .map(|l| Drafted {
                letter: l.letter.clone(),
                client: shown(&l.client),
                days: l.days,
                by: l.drafted_by.clone(),
                when: locale.instant(l.drafted_ms),
                invoices: shown(&l.invoices.join(", ")),
            })
            .collect(),
    }))
}

/// Writes a reminder down as drafted: its letter is kept, and nothing is sent.
pub async fn draft(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let basis = asked.app.basis()?;
    let due = asked
        .desk
        .reminders_due(&asked.app.own.receivables, &basis.options.lists)
        .await?;
    let wanted = due.into_iter().find(|d| {
        d.client_id == form.whole("client")
            && d.currency == form.get("currency")
            && d.rung.to_string() == form.get("rung")
    });
    let Some(wanted) = wanted else {
        return Err(Trouble::Refused(
            "this reminder is no longer to be drafted: somebody else has, or money came; look at the list again".to_owned(),
        ));
    };
    let text = written(asked, &wanted)?;
    let before = asked.desk.drafted(&wanted, &text).await?;
    if !before.is_empty() {
        return Err(Trouble::Refused(format!(
            "somebody else has drafted one for {} meanwhile: look before it is sent",
            before.join(", ")
        )));
    }
    Ok(done("/receivables/reminders#drafted", "drafted"))
}

/// A letter that was drafted, to be sent by whoever takes it along.
pub async fn drafted(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (own, text) = match asked.desk.letter(asked.given.param("letter")).await {
        Ok(found) => found,
        Err(WorkflowError::Refused(why)) => return Err(Trouble::NotFound(why)),
        Err(error) => return Err(error.into()),
    };
    let name = format!("reminder {} {} days.txt", own.client, own.days);
    Ok(download(&name, "text/plain; charset=utf-8", text))
}
