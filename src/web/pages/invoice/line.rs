//! One line: what it says, what the check says of it, and what people say about it.

use super::super::bill::Card;
use super::super::invoices::line_at;
use super::seen::{may, set_aside};
use super::talk::{Attached, Talk, attached, request, write_down as write_down_talk};
use crate::render::printable;
use crate::revise::line::{LineText, lines};
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::notice::done;
use crate::workflow::{Lowered, NewReturn, NewWriteDown, ReasonCode, Step, reason_codes};
use askama::Template;
use axum::response::Response;
use rust_decimal::Decimal;

#[derive(Template)]
#[template(path = "line.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    at: String,
    number: String,
    item: String,
    facts: Vec<(&'static str, String)>,
    text: String,
    cards: Vec<Card>,
    aside: Option<String>,
    requests: Vec<Talk>,
    write_downs: Vec<Talk>,
    attached: Vec<Attached>,
    comment: String,
    may_return: bool,
    may_comment: bool,
    may_write_down: bool,
    may_attach: bool,
    may_recall: bool,
    can_decide: bool,
    hours: bool,
    codes: Vec<ReasonCode>,
    before: Option<String>,
    after: Option<String>,
}

/// The page of a line.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let item = asked.given.query.get("item");
    let story = asked.desk.story(asked.given.param("invoice")).await?;
    let row = &story.row;
    let bytes = asked.desk.file_to_show(row)?;
    let all = lines(&bytes, &row.number).map_err(|r| Trouble::Refused(r.0))?;
    let place = all.iter().position(|l| l.item == item);
    let Some(place) = place else {
        return Err(Trouble::NotFound(format!(
            "invoice {} has no line {item}",
            row.number
        )));
    };
    let line: &LineText = &all[place];
    let locale = asked.locale();
    let own = |n: &usize| all.get(*n).map(|l| line_at(&row.id, &l.item));
    let mut facts = Vec::new();
    let mut fact = |name, text: String| {
        if !text.is_empty() {
            facts.push((name, printable(&text).into_owned()));
        }
    };
    fact(
        "Date",
        line.date.map_or_else(String::new, |d| locale.day(d)),
    );
    fact("Timekeeper", line.timekeeper_id.clone());
    fact(
        "Codes",
        line.codes
            .iter()
            .filter(|c| !c.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" "),
    );
    let number = |n: Option<Decimal>| n.map_or_else(String::new, |n| locale.number(n));
    fact(
        if line.is_fee() { "Hours" } else { "Units" },
        number(line.units),
    );
    fact("Rate", number(line.unit_cost));
    fact(
        "Adjustment",
        line.adjustment
            .filter(|a| !a.is_zero())
            .map_or_else(String::new, |a| locale.amount(a)),
    );
    fact(
        "Total",
        line.total
            .map_or_else(String::new, |t| locale.money(t, &row.currency)),
    );
    let on_line = story
        .report
        .findings()
        .filter(|f| f.places.iter().any(|p| p.item.as_deref() == Some(item)));
    let cards = on_line.enumerate().map(|(n, finding)| {
        let mut card = Card::of(format!("f{n}"), finding, &row.currency, locale);
        set_aside(&mut card, &story, locale);
        if card.value == line.narrative {
            card.value.clear();
        }
        card
    });
    let review = &story.review;
    let comment = review.comments.iter().find(|c| c.line_item == item);
    let may = |step| may(asked, &story, step);
    let page = Page {
        frame: asked.frame(
            format!(
                "Line {} of invoice {}",
                printable(item),
                printable(&row.number)
            ),
            "invoices",
        ),
        at: format!("/invoices/{}", row.id),
        number: printable(&row.number).into_owned(),
        item: item.to_owned(),
        facts,
        text: printable(&line.narrative).into_owned(),
        cards: cards.collect(),
        aside: may(Step::Override).then(|| row.id.clone()),
        requests: review
            .requests
            .iter()
            .filter(|i| i.line_item == item)
            .rev()
            .map(|i| request(i, &story, asked))
            .collect(),
        write_downs: review
            .write_downs
            .iter()
            .filter(|i| i.line_item == item)
            .rev()
            .map(|i| write_down_talk(i, &story, asked))
            .collect(),
        attached: attached(&story, Some(item)),
        comment: comment.map_or_else(String::new, |c| story.text(&c.about)),
        may_return: may(Step::Return) && !review.open_requests().any(|r| r.line_item == item),
        may_comment: may(Step::Comment),
        may_write_down: may(Step::ProposeWriteDown)
            && !review.open_write_downs().any(|w| w.line_item == item),
        may_attach: may(Step::Attach),
        may_recall: may(Step::Recall),
        can_decide: may(Step::AcceptWriteDown),
        hours: line.is_fee(),
        codes: reason_codes(),
        before: place.checked_sub(1).as_ref().and_then(own),
        after: own(&(place + 1)),
    };
    Ok(html(&page))
}

/// Where the line of the form is.
fn place(asked: &Asked<'_>) -> String {
    line_at(asked.given.param("invoice"), asked.given.form.get("item"))
}

/// Sends the line back to its timekeeper.
pub async fn return_it(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let new = NewReturn {
        invoice: asked.given.param("invoice"),
        line_item: form.get("item"),
        finding: form.some("finding"),
        note: form.some("note"),
    };
    asked.desk.return_line(new).await?;
    Ok(done(&place(asked), "returned"))
}

/// Writes the comment for the client, or takes it away.
pub async fn comment(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let text = form.get("text");
    asked
        .desk
        .comment(asked.given.param("invoice"), form.get("item"), text)
        .await?;
    Ok(done(
        &place(asked),
        if text.is_empty() {
            "uncommented"
        } else {
            "commented"
        },
    ))
}

/// Proposes to bill the line lower.
pub async fn write_down(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let number = |name: &str| match form.some(name) {
        None => Ok(None),
        Some(text) => text
            .parse::<Decimal>()
            .map(Some)
            .map_err(|_| Trouble::wrong(format!("\"{text}\" is no number; write it as 120.50"))),
    };
    let by = match (number("amount")?, number("hours")?) {
        (Some(amount), None) => Lowered::Amount(amount),
        (None, Some(hours)) => Lowered::Hours(hours),
        (None, None) => return Err(Trouble::wrong("say by how much: money, or hours")),
        _ => return Err(Trouble::wrong("say money or hours, not both")),
    };
    let new = NewWriteDown {
        invoice: asked.given.param("invoice"),
        line_item: form.get("item"),
        by,
        code: form.get("code"),
        reason: form.get("reason"),
    };
    let basis = asked.app.basis()?;
    asked.desk.propose_write_down(&basis.checker, new).await?;
    Ok(done(&place(asked), "proposed"))
}
