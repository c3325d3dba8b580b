//! The page of an invoice.

use super::super::bill::{Laid, Look};
use super::super::invoices::Row;
use super::super::names::Names;
use super::beside::{Named, named, not_checked, waits};
use super::facts::{Stage, facts, is_owed, path};
use super::seen::{may, seen};
use super::story::{Happened, Version, answered, approvals, events, versions};
use super::talk::{Attached, Remark, Talk, attached, remarks, request, write_down};
use crate::render::printable;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::wording::counted;
use crate::workflow::{Role, State, Step, next};
use askama::Template;
use axum::response::Response;

/// What may be done with the invoice as it stands, by this person.
#[derive(Default)]
struct Can {
    clear: bool,
    reopen: bool,
    withdraw: bool,
    queue: bool,
    unqueue: bool,
    attach: bool,
    decide: bool,
    recall: bool,
}

#[derive(Template)]
#[template(path = "invoice.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    row: Row,
    hash: String,
    at: String,
    path: Vec<Stage>,
    facts: Vec<(&'static str, String)>,
    description: String,
    can: Can,
    /// Why it cannot be cleared yet.
    waits: Vec<String>,
    approvals: Vec<String>,
    look: Look,
    bill: Laid,
    aside: Option<String>,
    table: String,
    named: Vec<Named>,
    more_named: usize,
    requests: Vec<Talk>,
    write_downs: Vec<Talk>,
    attached: Vec<Attached>,
    remarks: Vec<Remark>,
    meant: Vec<(String, String)>,
    versions: Vec<Version>,
    events: Vec<Happened>,
    not_checked: Vec<String>,
    checked: String,
    /// Money may have come for it.
    owed: bool,
}

/// The page.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let seen = seen(asked).await?;
    let locale = asked.locale();
    let look = Look::of(&asked.given.query);
    let laid = seen.laid(&look, locale);
    let story = &seen.story;
    let row = &story.row;
    let at = format!("/invoices/{}", row.id);
    let may = |step| may(asked, story, step);
    let may_set_aside = may(Step::Override);
    let aside = may_set_aside.then(|| row.id.clone());
    let rows = laid.rows_from(0, &format!("{at}/lines"), &look.query(), aside.as_deref());
    let total = row
        .total
        .map_or_else(String::new, |t| locale.money(t, &row.currency));
    let lines = usize::try_from(row.lines).unwrap_or(0);
    let (named, more_named) = named(story, &laid, asked.locale());
    let in_place = asked.desk.person.role == Role::Specialist && asked.desk.stands_in().await?;
    let can = Can {
        clear: (may(Step::Clear) || in_place)
            && next(State::named(&row.state), Step::Clear).is_some(),
        reopen: may(Step::Reopen),
        withdraw: may(Step::Withdraw),
        queue: may(Step::Queue),
        unqueue: may(Step::Unqueue),
        attach: may(Step::Attach),
        decide: may(Step::AcceptWriteDown),
        recall: may(Step::Recall),
    };
    let meant = asked.desk.reasons_of(&row.id).await?;
    let page = Page {
        frame: asked.frame(format!("Invoice {}", printable(&row.number)), "invoices"),
        hash: row.document.clone(),
        path: path(&row.state),
        facts: facts(&seen, &Names::of(asked), locale),
        description: printable(&seen.bill.description).into_owned(),
        can,
        waits: waits(story),
        approvals: approvals(story, locale),
        aside,
        table: laid.table(rows, &total, &counted(lines, "line")),
        named,
        more_named,
        requests: story
            .review
            .requests
            .iter()
            .rev()
            .map(|i| request(i, story, asked))
            .collect(),
        write_downs: story
            .review
            .write_downs
            .iter()
            .rev()
            .map(|i| write_down(i, story, asked))
            .collect(),
        attached: attached(story, None),
        remarks: remarks(story),
        meant: answered(&meant),
        versions: versions(story, locale),
        events: events(story, locale),
        not_checked: not_checked(story),
        checked: locale.day(story.report.today),
        owed: is_owed(&row.state),
        row: Row::of(row, locale),
        at,
        look,
        bill: laid,
    };
    Ok(html(&page))
}
