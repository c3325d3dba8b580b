//! One invoice: the bill with its findings, what may be done, what happened, and its papers.
//! Not here: the list (`invoices.rs`), and who may do what.

pub(in crate::web) mod line;
pub(in crate::web) mod papers;
pub(in crate::web) mod steps;

use super::bill::{Alone, Card, Laid, Look};
use super::invoices::{Row, line_at};
use crate::check::{Bill, bill_of};
use crate::model::{Finding, LedesFormat};
use crate::render::printable;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::wording::counted;
use crate::workflow::{
    About, Act, Answer, Facts, Item, Role, State, Step, Story, next, reason_codes,
};
use askama::Template;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;

/// Findings named beside the bill.
const MOST_NAMED: usize = 60;

/// A finding named beside the bill.
struct Named {
    href: String,
    class: &'static str,
    message: String,
    place: String,
}

/// A line that was sent back, or a write-down.
pub(super) struct Talk {
    pub(super) id: String,
    pub(super) item: String,
    pub(super) href: String,
    pub(super) open: bool,
    pub(super) state: &'static str,
    pub(super) head: String,
    /// What the line said, and what was added.
    pub(super) said: Vec<(&'static str, String)>,
    pub(super) end: String,
    pub(super) own: bool,
}

/// A file of the package.
pub(super) struct Attached {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) about: String,
}

/// A comment on a line for the client.
struct Remark {
    href: String,
    item: String,
    text: String,
    by: String,
}

/// A version.
struct Version {
    number: i64,
    what: String,
    by: String,
    when: String,
}

/// Something that happened.
struct Happened {
    when: String,
    by: String,
    what: String,
    why: String,
}

/// A place on the way of an invoice.
struct Stage {
    name: &'static str,
    class: &'static str,
}

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

/// States in which nothing has reached a client.
const BEFORE: [State; 8] = [
    State::Draft,
    State::Checked,
    State::InReview,
    State::Cleared,
    State::Queued,
    State::Sending,
    State::InDoubt,
    State::Withdrawn,
];

/// The invoice with its bill.
struct Seen {
    story: Story,
    bill: Bill,
    format: Option<LedesFormat>,
}

async fn seen(asked: &Asked<'_>) -> Result<Seen, Trouble> {
    let story = asked.desk.story(asked.given.param("invoice")).await?;
    let bytes = asked.desk.file_to_show(&story.row)?;
    let bill = bill_of(&bytes, &story.row.number).map_err(|e| Trouble::Failed(e.to_string()))?;
    let (bill, format) = bill.unwrap_or_default();
    Ok(Seen {
        story,
        bill,
        format,
    })
}

impl Seen {
    fn laid(&self, look: &Look, locale: &Locale) -> Laid {
        let row = &self.story.row;
        let findings: Vec<&Finding> = self.story.report.findings().collect();
        let findings = findings.iter().copied();
        let mut laid = Laid::out(
            &self.bill.lines,
            self.format,
            findings,
            &row.currency,
            locale,
            look,
        );
        let review = &self.story.review;
        let mut marks: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
        let mut mark = |item: &'_ str, word| {
            let own = self.bill.lines.iter().find(|l| l.item == item);
            if let Some(line) = own {
                marks.entry(&line.item).or_default().push(word);
            }
        };
        for request in review.open_requests() {
            mark(&request.line_item, "returned");
        }
        for write_down in review.open_write_downs() {
            mark(&write_down.line_item, "write-down proposed");
        }
        for comment in &review.comments {
            mark(&comment.line_item, "comment");
        }
        for item in review
            .attachments
            .iter()
            .filter_map(|a| a.line_item.as_deref())
        {
            mark(item, "attachment");
        }
        for line in &mut laid.rows {
            line.href = line_at(&row.id, &line.item);
            line.marks = marks.get(line.item.as_str()).cloned().unwrap_or_default();
        }
        for card in laid
            .head
            .iter_mut()
            .chain(laid.rows.iter_mut().flat_map(|r| &mut r.cards))
        {
            set_aside(card, &self.story, locale);
        }
        laid
    }
}

/// Says on a card who set the finding aside.
fn set_aside(card: &mut Card, story: &Story, locale: &Locale) {
    let own = story
        .overrides
        .iter()
        .find(|o| o.fingerprint == card.fingerprint);
    card.aside = own.map(|o| {
        (
            o.by.clone(),
            locale.instant(o.at_ms),
            printable(&o.reason).into_owned(),
        )
    });
}

/// Whether this person may take a step with the invoice as it stands.
fn may(asked: &Asked<'_>, story: &Story, step: Step) -> bool {
    let there = next(State::named(&story.row.state), step).is_some();
    there && asked.desk.may(Act::Step(step)).is_ok()
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
    let mut named: Vec<Named> = story
        .report
        .findings()
        .enumerate()
        .map(|(n, f)| name(n, f, &laid, &row.id))
        .collect();
    let more_named = named.len().saturating_sub(MOST_NAMED);
    named.truncate(MOST_NAMED);
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
        facts: facts(&seen, locale),
        description: printable(&seen.bill.description).into_owned(),
        can,
        waits: waits(story),
        approvals: story
            .review
            .approvals
            .iter()
            .map(|a| {
                let whose = a
                    .in_place_of
                    .as_ref()
                    .map_or_else(String::new, |p| format!(" for {p}"));
                format!("{}{whose}, {}", a.by, locale.instant(a.at_ms))
            })
            .collect(),
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
        remarks: story
            .review
            .comments
            .iter()
            .map(|c| Remark {
                href: line_at(&row.id, &c.line_item),
                item: printable(&c.line_item).into_owned(),
                text: printable(&story.text(&c.about)).into_owned(),
                by: c.by.clone(),
            })
            .collect(),
        meant: meant
            .iter()
            .map(|m| {
                let what = m.slug.clone().unwrap_or_else(|| "not known yet".to_owned());
                let item = m
                    .item
                    .as_ref()
                    .map_or_else(String::new, |i| format!("line {i}: "));
                (
                    printable(&format!("{item}{}", m.words)).into_owned(),
                    format!("{what}. {}", m.typical_fix),
                )
            })
            .collect(),
        versions: versions(story, locale),
        events: events(story, locale),
        not_checked: not_checked(story),
        checked: locale.day(story.report.today),
        owed: State::named(&row.state).is_some_and(|s| !BEFORE.contains(&s)),
        row: Row::of(row, locale),
        at,
        look,
        bill: laid,
    };
    Ok(html(&page))
}

fn facts(seen: &Seen, locale: &Locale) -> Vec<(&'static str, String)> {
    let row = &seen.story.row;
    let mut facts = Vec::new();
    let mut fact = |name, text: &str| {
        if !text.is_empty() {
            facts.push((name, printable(text).into_owned()));
        }
    };
    let client = match seen.bill.client.as_str() {
        "" => row.client.clone(),
        name if name == row.client => row.client.clone(),
        name => format!("{name} ({})", row.client),
    };
    fact("Client", &client);
    fact(
        "Matter",
        &match seen.bill.matters.join("; ") {
            names if names.is_empty() || names == row.matter => row.matter.clone(),
            names => format!("{names} ({})", row.matter),
        },
    );
    fact(
        "Date",
        &row.invoice_date
            .as_deref()
            .map_or_else(String::new, |d| locale.day_of(d)),
    );
    if let Some((from, to)) = seen.bill.period {
        fact(
            "Period",
            &format!("{} to {}", locale.day(from), locale.day(to)),
        );
    }
    fact(
        "Total",
        &row.total.map_or_else(
            || "cannot be read".to_owned(),
            |t| locale.money(t, &row.currency),
        ),
    );
    if !row.at_risk.is_zero() {
        fact("At risk", &locale.money(row.at_risk, &row.currency));
    }
    fact("Partner", &row.partner);
    fact("Portal", &row.portal);
    fact(
        "Version",
        &format!("{}, brought in by {}", row.version, row.preparer),
    );
    facts
}

/// The way of an invoice, and where on it this one is.
fn path(state: &str) -> Vec<Stage> {
    const WAY: [&str; 8] = [
        "checked",
        "in review",
        "cleared",
        "queued",
        "submitted",
        "in client review",
        "approved",
        "paid",
    ];
    let at = WAY.iter().position(|name| *name == state);
    // States beside the way, and how far an invoice in them had come.
    let (beside, before) = match state {
        "draft" => (Some("draft"), 0),
        "sending" => (Some("sending"), 4),
        "in doubt" => (Some("in doubt"), 4),
        "acknowledged" => (Some("acknowledged"), 5),
        "reduced" => (Some("reduced"), 6),
        "rejected" => (Some("rejected"), 6),
        "action required" => (Some("action required"), 6),
        "partly paid" => (Some("partly paid"), 7),
        "withdrawn" => (Some("withdrawn"), 0),
        _ => (None, 0),
    };
    let off = ["in doubt", "rejected", "action required", "withdrawn"].contains(&state);
    let mut stages = Vec::new();
    for (n, name) in WAY.into_iter().enumerate() {
        if let Some(own) = beside.filter(|_| n == before) {
            stages.push(Stage {
                name: own,
                class: if off { "off" } else { "now" },
            });
        }
        let done = at.map_or(n < before, |at| n < at);
        let class = if at == Some(n) {
            "now"
        } else if done {
            "done"
        } else {
            ""
        };
        stages.push(Stage { name, class });
    }
    stages
}

fn name(n: usize, finding: &Finding, laid: &Laid, invoice: &str) -> Named {
    let anchor = format!("f{n}");
    let item = finding.places.iter().find_map(|p| p.item.clone());
    let here = laid.head.iter().any(|c| c.anchor == anchor)
        || laid
            .rows
            .iter()
            .take(super::bill::LINES)
            .any(|r| r.cards.iter().any(|c| c.anchor == anchor));
    let href = match &item {
        _ if here => format!("#{anchor}"),
        Some(item) => line_at(invoice, item),
        None => format!("/invoices/{invoice}?rule={}", finding.rule),
    };
    Named {
        href,
        class: finding.level.name(),
        message: printable(&finding.message).into_owned(),
        // Most messages begin with the line themselves.
        place: match item {
            None => "invoice".to_owned(),
            Some(_) if finding.message.starts_with("line item ") => String::new(),
            Some(item) => format!("line {}", printable(&item)),
        },
    }
}

/// What stands in the way of a clearance.
fn waits(story: &Story) -> Vec<String> {
    let mut waits = Vec::new();
    let open = story.open().count();
    if open > 0 {
        waits.push(format!(
            "{} would bounce it: correct it, or set them aside with a reason",
            counted(open, "finding")
        ));
    }
    for request in story.review.open_requests() {
        waits.push(format!(
            "line {} is being rewritten by timekeeper {}",
            printable(&request.line_item),
            printable(&request.timekeeper)
        ));
    }
    let write_downs = story.review.open_write_downs().count();
    if write_downs > 0 {
        waits.push(format!("{} to decide", counted(write_downs, "write-down")));
    }
    waits
}

/// A line that was sent back, with the answer.
pub(super) fn request(item: &Item, story: &Story, asked: &Asked<'_>) -> Talk {
    let locale = asked.locale();
    let mut said = Vec::new();
    if let Some(about) = story.read::<crate::workflow::Asked>(&item.about) {
        said.push(("The line said", about.narrative));
        said.push(("Why", about.message));
        said.push(("Note", about.note));
    }
    let answer = item.end.as_ref().and_then(|e| e.said.as_ref());
    match answer.and_then(|s| story.read::<Answer>(s)) {
        Some(Answer::Text(text)) => said.push(("Answer", text)),
        Some(Answer::Parts(parts)) => said.extend(
            parts
                .into_iter()
                .map(|(hours, text)| ("Answer", format!("{} h  {text}", locale.number(hours)))),
        ),
        None => {}
    }
    let rule = match item.code.as_str() {
        "" => String::new(),
        code => format!(" ({code})"),
    };
    talk(
        item,
        story,
        asked,
        said,
        format!(
            "returned by {}, {}{rule}",
            item.by,
            locale.instant(item.at_ms)
        ),
    )
}

/// A write-down, with the decision.
pub(super) fn write_down(item: &Item, story: &Story, asked: &Asked<'_>) -> Talk {
    let locale = asked.locale();
    let amount = locale.money(item.amount.unwrap_or_default(), &story.row.currency);
    let mut said = vec![("Reason", story.text(&item.about))];
    if let Some(why) = item.end.as_ref().and_then(|e| e.said.as_ref()) {
        said.push(("Decision", story.text(why)));
    }
    let meaning = reason_codes().into_iter().find(|r| r.code == item.code);
    let meaning = meaning.map_or_else(|| item.code.clone(), |r| r.meaning);
    talk(
        item,
        story,
        asked,
        said,
        format!(
            "{amount} lower ({meaning}), proposed by {}, {}",
            item.by,
            locale.instant(item.at_ms)
        ),
    )
}

fn talk(
    item: &Item,
    story: &Story,
    asked: &Asked<'_>,
    said: Vec<(&'static str, String)>,
    head: String,
) -> Talk {
    let said = said.into_iter().filter(|(_, text)| !text.is_empty());
    Talk {
        id: item.id.clone(),
        item: printable(&item.line_item).into_owned(),
        href: line_at(&story.row.id, &item.line_item),
        open: item.end.is_none(),
        state: item.state.name(),
        head,
        said: said
            .map(|(name, text)| (name, printable(&text).into_owned()))
            .collect(),
        end: item.end.as_ref().map_or_else(String::new, |e| {
            format!(
                "{} by {}, {}",
                item.state.name(),
                e.by,
                asked.locale().instant(e.at_ms)
            )
        }),
        own: item.by == asked.desk.person.name,
    }
}

/// The files of the package: all, or those of a line.
pub(super) fn attached(story: &Story, item: Option<&str>) -> Vec<Attached> {
    let own = story.review.attachments.iter();
    let own = own.filter(|a| item.is_none() || a.line_item.as_deref() == item);
    own.map(|a| {
        let about: Option<About> = story.read(&a.about);
        let (name, size) = about.map_or_else(
            || (a.id.clone(), String::new()),
            |about| (about.name.clone(), about.size()),
        );
        let line = a
            .line_item
            .as_ref()
            .map_or_else(String::new, |i| format!(", line {i}"));
        Attached {
            id: a.id.clone(),
            name: printable(&name).into_owned(),
            about: printable(&format!("{}{line}, {size}, {}", a.kind, a.by)).into_owned(),
        }
    })
    .collect()
}

fn versions(story: &Story, locale: &Locale) -> Vec<Version> {
    let made = story
        .events
        .iter()
        .filter(|e| Step::named(&e.step).is_some_and(Step::makes_version));
    let mut all: Vec<Version> = (1..)
        .zip(made)
        .map(|(number, e)| Version {
            number,
            what: e.step.clone(),
            by: e.actor.clone(),
            when: locale.instant(e.at_ms),
        })
        .collect();
    all.reverse();
    all
}

fn events(story: &Story, locale: &Locale) -> Vec<Happened> {
    let happened = |event: &crate::store::Event| {
        let facts = Facts::of(event).unwrap_or_default();
        let line = facts.item.as_ref().map(|i| format!("line {i}"));
        let sum = facts.amount.map(|a| locale.money(a, &story.row.currency));
        let what = facts
            .code
            .or(facts.rule)
            .or(facts.verdict)
            .or(facts.account);
        let whose = facts.in_place_of.map(|p| format!("for {p}"));
        let about: Vec<String> = [line, sum, what, whose].into_iter().flatten().collect();
        let about = match about.is_empty() {
            true => String::new(),
            false => format!(" ({})", about.join(", ")),
        };
        Happened {
            when: locale.instant(event.at_ms),
            by: event.actor.clone(),
            what: printable(&format!("{}{about}", event.step)).into_owned(),
            why: facts
                .reason
                .map_or_else(String::new, |r| printable(&story.text(&r)).into_owned()),
        }
    };
    story.events.iter().rev().map(happened).collect()
}

fn not_checked(story: &Story) -> Vec<String> {
    let mut by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in &story.report.not_checked {
        by.entry(&one.because).or_default().push(&one.rule);
    }
    by.into_iter()
        .map(|(why, rules)| format!("{}: {why}", rules.join(", ")))
        .collect()
}

/// Further lines.
pub async fn more_lines(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let seen = seen(asked).await?;
    let look = Look::of(&asked.given.query);
    let laid = seen.laid(&look, asked.locale());
    let row = &seen.story.row;
    let from: usize = asked.given.query.get("from").parse().unwrap_or(0);
    let aside = may(asked, &seen.story, Step::Override).then_some(row.id.as_str());
    let rows = laid.rows_from(from, &asked.given.path, &look.query(), aside);
    if asked.given.part {
        return Ok(axum::response::Html(rows).into_response());
    }
    let total = row
        .total
        .map_or_else(String::new, |t| asked.locale().money(t, &row.currency));
    let lines = counted(usize::try_from(row.lines).unwrap_or(0), "line");
    Ok(html(&Alone {
        frame: asked.frame(format!("Invoice {}", printable(&row.number)), "invoices"),
        heading: format!("Invoice {}, from line {}", printable(&row.number), from + 1),
        back: format!("/invoices/{}", row.id),
        table: laid.table(rows, &total, &lines),
    }))
}
