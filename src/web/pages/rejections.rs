//! Rejections: what was refused, why, what is to be done, under which number it goes again, and how late it is by now.

use super::reductions::shown;
use crate::check::Options;
use crate::reports::late::{Clock, Limits};
use crate::revise::fix::{FixError, fix};
use crate::store::InvoiceRow;
use crate::web::answer::{Trouble, download, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::notice::done;
use crate::workflow::answers::{Correction, Meant, NextNumber, Rejection, Stage};
use crate::workflow::{Act, Paper, Step, WorkflowError, id_of};
use askama::Template;
use axum::response::Response;
use std::collections::BTreeSet;

struct Cause {
    place: String,
    words: String,
    /// Its name among the reasons that are known; empty: nobody knows it yet.
    reason: String,
    fix: String,
    by: String,
    foreseen: &'static str,
}

struct Refused {
    id: String,
    number: String,
    client: String,
    total: String,
    portal: String,
    when: String,
    tries: String,
    stage: String,
    original: Option<String>,
    causes: Vec<Cause>,
    safe: usize,
    offered: Vec<String>,
    next_number: String,
    late: Vec<String>,
    over: bool,
    /// The correction that may go again: its id, and whether its number is what the portal wants.
    again: Option<(String, bool)>,
    replaceable: bool,
}

#[derive(Template)]
#[template(path = "rejections.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    all: Vec<Refused>,
    may_resubmit: bool,
    may_replace: bool,
}

/// The portal a refused invoice was sent to.
fn portal_of(asked: &Asked<'_>, row: &InvoiceRow, account: &str) -> String {
    let accounts = asked.app.doors.as_ref().map(|d| d.accounts());
    let account = accounts.and_then(|a| a.account.get(account));
    account.map_or_else(|| row.portal.clone(), |a| a.portal.clone())
}

fn cause(meant: &Meant) -> Cause {
    Cause {
        place: meant
            .item
            .as_ref()
            .map_or_else(String::new, |item| format!("line {}", shown(item))),
        words: shown(&meant.words),
        reason: meant.slug.clone().unwrap_or_default(),
        fix: meant.typical_fix.clone(),
        by: meant.fixable_by.clone(),
        foreseen: match &meant.foreseen {
            Some(rules) if !rules.is_empty() => "our check had said so",
            Some(_) if !meant.rules.is_empty() => "our check had not said so",
            _ => "",
        },
    }
}

/// How many changes of form could be made, and which rules offer more with a name and a reason.
fn offer(
    row: &InvoiceRow,
    bytes: &[u8],
    options: &Options,
) -> Result<(usize, Vec<String>), Trouble> {
    match fix(&row.number, bytes, options, &BTreeSet::new()) {
        Ok(fixed) => Ok((
            fixed.changes.len(),
            fixed
                .offered
                .iter()
                .map(|(rule, places)| format!("{rule} ({places})"))
                .collect(),
        )),
        Err(FixError::Check(error)) => Err(error.into()),
        // What cannot be fixed by a program is shown all the same.
        Err(_) => Ok((0, Vec::new())),
    }
}

fn of(asked: &Asked<'_>, rejection: &Rejection, options: &Options) -> Result<Refused, Trouble> {
    let (row, locale) = (&rejection.row, asked.locale());
    let portal = portal_of(asked, row, &rejection.submission.account);
    let bytes = asked.desk.file_of(row)?;
    let (safe, offered) = offer(row, &bytes, options)?;
    let next = NextNumber::of_invoice(row, &portal, &options.lists, options.shelf.packs());
    let limits = Limits::of(row, &portal, &options.shelf)
        .map_err(|mistake| Trouble::Failed(mistake.to_string()))?;
    let late = Clock::of(row, rejection.oldest_line, limits, options.today);
    let stage = match (rejection.stage, &rejection.replaced_by) {
        (Stage::Refused, _) => "nothing was done yet".to_owned(),
        (Stage::InCorrection, None) => format!("version {} is being corrected", row.version),
        (Stage::InCorrection, Some(number)) => {
            format!("{} in its place is being worked on", shown(number))
        }
        (Stage::Cleared, None) => "cleared, can go again".to_owned(),
        (Stage::Cleared, Some(number)) => {
            format!("{} in its place is cleared, can go", shown(number))
        }
    };
    let again = (rejection.stage == Stage::Cleared).then(|| match &rejection.replaced_by {
        None => (row.id.clone(), next.takes(&row.number, &row.number)),
        Some(number) => (id_of(&row.client, number), next.takes(&row.number, number)),
    });
    Ok(Refused {
        id: row.id.clone(),
        number: shown(&row.number),
        client: shown(&row.client),
        total: row
            .total
            .map_or_else(|| "?".to_owned(), |t| locale.money(t, &row.currency)),
        portal: match portal.as_str() {
            "" => rejection.submission.account.clone(),
            portal => shown(portal),
        },
        when: locale.instant(rejection.submission.changed_ms),
        tries: match rejection.tries {
            1 => "for the first time".to_owned(),
            n => format!("{n} times by now"),
        },
        stage,
        original: rejection.original.as_deref().map(shown),
        causes: rejection.causes.iter().map(cause).collect(),
        safe,
        offered,
        next_number: shown(&next.words(&row.number)),
        over: late.is_over(),
        late: late.sentences(),
        again,
        replaceable: rejection.stage == Stage::Refused && next.takes_another(),
    })
}

/// What waits to be corrected; the longest refused first.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let found = asked.desk.rejections().await?;
    let mut all = Vec::with_capacity(found.len());
    for rejection in &found {
        all.push(of(asked, rejection, &basis.options)?);
    }
    Ok(html(&Page {
        frame: asked.frame("Rejections", "rejections"),
        all,
        may_resubmit: asked.desk.may(Act::Step(Step::Queue)).is_ok(),
        may_replace: asked.desk.may(Act::Step(Step::Replace)).is_ok(),
    }))
}

/// The file with what can be fixed without a decision. That it was read is written down.
pub async fn corrected(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let named = asked.given.param("invoice");
    let out = match asked.desk.read_out(named, Paper::File(None)).await {
        Ok(out) => out,
        Err(WorkflowError::Refused(why)) => return Err(Trouble::NotFound(why)),
        Err(error) => return Err(error.into()),
    };
    match fix(&out.name, &out.bytes, &basis.options, &BTreeSet::new()) {
        Ok(fixed) if fixed.changes.is_empty() || !fixed.news.made.is_empty() => Err(Trouble::Refused(
            "there is nothing in the form of this file to mend; correct it in the billing system".to_owned(),
        )),
        Ok(fixed) => {
            let name = out.name.rsplit_once('.').map_or_else(
                || format!("{}-corrected.txt", out.name),
                |(stem, ending)| format!("{stem}-corrected.{ending}"),
            );
            Ok(download(&name, "application/octet-stream", fixed.bytes))
        }
        Err(FixError::Check(error)) => Err(error.into()),
        Err(other) => Err(Trouble::Refused(other.to_string())),
    }
}

/// An invoice of another number stands in the place of the refused one.
pub async fn replaced(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let Some(new) = asked.given.form.some("number") else {
        return Err(Trouble::wrong("write the number of the corrected invoice"));
    };
    asked
        .desk
        .replace(new, asked.given.param("invoice"))
        .await?;
    Ok(done("/rejections", "replaced"))
}

/// Puts a cleared correction into the queue of the account that refused it before.
pub async fn resubmit(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let Some(doors) = &asked.app.doors else {
        return Err(Trouble::Refused(
            "no accounts at portals are known: name their file with --accounts FILE, or in the setting portals".to_owned(),
        ));
    };
    let named = asked.given.param("invoice");
    let Correction {
        row,
        account,
        refused,
    } = asked.desk.correction(named).await?;
    let portal = portal_of(asked, &row, &account);
    let packs = basis.options.shelf.packs();
    let next = NextNumber::of_invoice(&row, &portal, &basis.options.lists, packs);
    let any_number = asked.given.form.has("any-number");
    if !any_number && !next.takes(&refused, &row.number) {
        return Err(Trouble::Refused(format!(
            "{portal} wants {}. Take the corrected file in under that number, or say that it goes under this one all the same",
            next.words(&refused)
        )));
    }
    asked
        .desk
        .queue(&row.id, None, doors, &basis.options.lists)
        .await?;
    Ok(done("/rejections", "queued"))
}
