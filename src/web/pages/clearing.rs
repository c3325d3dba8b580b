//! Clearing: what goes out if a partner says so, what was set aside in it, write-downs to decide, and substitutes.

use super::invoices::{Row, line_at};
use super::names::Names;
use crate::model::{Finding, Level};
use crate::render::printable;
use crate::store::{Filter, InvoiceRow, Sort};
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::notice::done;
use crate::web::wording::{counted, level as level_words};
use crate::workflow::{Act, Role, State, Step, Story, reason_codes};
use askama::Template;
use axum::response::Response;
use chrono::NaiveDate;

/// Levels a partner has to know of.
const LEVELS: [Level; 3] = [Level::Reject, Level::Reduce, Level::Review];
/// Findings named on an invoice's card.
const MOST_FOUND: usize = 4;
/// Invoices on the page: each is opened to see what was set aside in it.
const MOST: i64 = 40;

/// An invoice that could go out.
struct Goes {
    row: Row,
    /// Rule, who set it aside, why.
    aside: Vec<(String, String, String)>,
    waits: Vec<String>,
    approved: Vec<String>,
    /// How many findings of which level are not set aside: colour, words.
    levels: Vec<(&'static str, String)>,
    /// The worst of them.
    worst: Vec<Worst>,
    more_found: usize,
    /// This person had a hand in it.
    own: bool,
    changes: usize,
}

/// A finding a partner sees before they clear.
struct Worst {
    class: &'static str,
    href: String,
    place: String,
    message: String,
    at_risk: String,
}

/// A write-down that waits.
struct Lower {
    invoice: String,
    id: String,
    href: String,
    about: String,
    text: String,
    amount: String,
    why: String,
    reason: String,
    by: String,
    own: bool,
}

struct Substitution {
    id: u32,
    text: String,
    may_end: bool,
}

#[derive(Template)]
#[template(path = "clearing.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    goes: Vec<Goes>,
    more: bool,
    lower: Vec<Lower>,
    may_clear: bool,
    may_decide: bool,
    substitutes: Vec<Substitution>,
    may_name: bool,
    person: String,
    today: String,
}

/// The page.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let person = &asked.desk.person;
    let locale = asked.locale();
    let filter = Filter {
        states: [State::Checked, State::InReview]
            .iter()
            .map(|s| s.name().to_owned())
            .collect(),
        sort: Sort::Total,
        limit: Some(MOST + 1),
        ..Filter::default()
    };
    let mut rows = asked.desk.list(&filter).await?;
    let more = rows.len() > usize::try_from(MOST).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    let names = Names::of(asked);
    let mut goes = Vec::new();
    for row in rows {
        let story = asked.desk.story(&row.id).await?;
        // What would bounce is not yet a partner's to clear.
        if story.open().next().is_none() {
            let mut own = out(&row, &story, asked);
            own.row.client = names.client(&row.client, "");
            own.row.matter = names.matter(&row.client, &row.matter, "");
            goes.push(own);
        }
    }
    let open = asked.desk.open_write_downs().await?;
    let lower = open.iter().map(|w| {
        let meaning = reason_codes().into_iter().find(|r| r.code == w.item.code);
        let invoice = crate::workflow::id_of(&w.client, &w.invoice);
        Lower {
            id: w.item.id.clone(),
            href: line_at(&invoice, &w.item.line_item),
            about: printable(&format!("Invoice {}, line {}", w.invoice, w.item.line_item))
                .into_owned(),
            text: w
                .line
                .as_ref()
                .map_or_else(String::new, |l| printable(&l.narrative).into_owned()),
            amount: locale.money(w.item.amount.unwrap_or_default(), &w.currency),
            why: meaning.map_or_else(|| w.item.code.clone(), |r| r.meaning),
            reason: printable(&w.reason).into_owned(),
            by: format!("{}, {}", w.item.by, locale.instant(w.item.at_ms)),
            own: w.item.by == person.name,
            invoice,
        }
    });
    let authority = asked.desk.authority().await?;
    let today = asked.app.today();
    let held = authority
        .substitutes
        .iter()
        .filter(|s| s.ended_by.is_none() && s.until >= today);
    let substitutes = held.map(|s| Substitution {
        id: s.id,
        text: format!(
            "{} stands in for {} from {} to {}{}",
            s.by,
            s.partner,
            locale.day(s.from),
            locale.day(s.until),
            s.clients
                .as_ref()
                .map_or_else(String::new, |c| format!(", for clients {}", c.join(", ")))
        ),
        may_end: person.name == s.partner || person.role == Role::Administrator,
    });
    let page = Page {
        frame: asked.frame("Clearing", "clearing"),
        goes,
        more,
        lower: lower.collect(),
        may_clear: asked.desk.may(Act::Step(Step::Clear)).is_ok() || asked.desk.stands_in().await?,
        may_decide: asked.desk.may(Act::Step(Step::AcceptWriteDown)).is_ok(),
        substitutes: substitutes.collect(),
        may_name: asked.desk.may(Act::Substitutes).is_ok(),
        person: person.name.clone(),
        today: today.to_string(),
    };
    Ok(html(&page))
}

/// Findings nobody has set aside, the worst and the dearest first; notes are left to the invoice's page.
fn standing(story: &Story) -> Vec<&Finding> {
    let aside = |f: &Finding| {
        story
            .overrides
            .iter()
            .any(|o| o.fingerprint == f.fingerprint)
    };
    let mut found: Vec<&Finding> = story
        .report
        .findings()
        .filter(|f| LEVELS.contains(&f.level) && !aside(f))
        .collect();
    found.sort_by_key(|f| std::cmp::Reverse((f.level, f.at_risk.unwrap_or_default())));
    found
}

fn out(row: &InvoiceRow, story: &Story, asked: &Asked<'_>) -> Goes {
    let locale = asked.locale();
    let name = &asked.desk.person.name;
    let review = &story.review;
    let aside = story.overrides.iter().map(|o| {
        let rule = story
            .report
            .findings()
            .find(|f| f.fingerprint == o.fingerprint);
        let rule = rule.map_or_else(String::new, |f| f.rule.clone());
        (rule, o.by.clone(), printable(&o.reason).into_owned())
    });
    let found = standing(story);
    let levels = LEVELS.iter().filter_map(|level| {
        let count = found.iter().filter(|f| f.level == *level).count();
        (count > 0).then(|| {
            let words = level_words(level.name());
            (level.name(), format!("{count} {words}"))
        })
    });
    let worst = found.iter().take(MOST_FOUND).map(|f| {
        let item = f.places.iter().find_map(|p| p.item.as_deref());
        Worst {
            class: f.level.name(),
            href: match item {
                Some(item) => line_at(&row.id, item),
                None => format!("/invoices/{}?rule={}", row.id, f.rule),
            },
            // Most messages begin with the line themselves.
            place: match item {
                None => "Invoice".to_owned(),
                Some(_) if f.message.starts_with("line item ") => String::new(),
                Some(item) => printable(&format!("Line {item}")).into_owned(),
            },
            message: locale.days_in(&printable(&f.message)),
            at_risk: f
                .at_risk
                .map_or_else(String::new, |a| locale.money(a, &row.currency)),
        }
    });
    let requests = review.open_requests().count();
    let lower = review.open_write_downs().count();
    let mut waits = Vec::new();
    if requests > 0 {
        waits.push(format!("{} out for rewriting", counted(requests, "line")));
    }
    if lower > 0 {
        waits.push(format!("{} to decide below", counted(lower, "write-down")));
    }
    Goes {
        aside: aside.collect(),
        waits,
        levels: levels.collect(),
        worst: worst.collect(),
        more_found: found.len().saturating_sub(MOST_FOUND),
        approved: review
            .approvals
            .iter()
            .map(|a| format!("{}, {}", a.by, locale.instant(a.at_ms)))
            .collect(),
        own: row.preparer == *name
            || review.writers.contains(name)
            || story.overrides.iter().any(|o| o.by == *name)
            || review.approvals.iter().any(|a| a.by == *name),
        changes: review.changes.len(),
        row: Row::of(row, locale),
    }
}

/// Names somebody who stands in for a partner.
pub async fn add_substitute(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let day = |name: &str, what: &str| {
        let text = form.get(name);
        text.parse::<NaiveDate>().map_err(|_| {
            Trouble::wrong(format!(
                "{what}: \"{text}\" is no day; write it as 2026-07-31"
            ))
        })
    };
    let clients: Vec<String> = form
        .get("clients")
        .split([',', ' '])
        .filter(|c| !c.is_empty())
        .map(str::to_owned)
        .collect();
    let clients = (!clients.is_empty()).then_some(clients);
    let days = (day("from", "First day")?, day("until", "Last day")?);
    asked
        .desk
        .add_substitute(form.get("partner"), form.get("by"), days, clients)
        .await?;
    Ok(done("/clearing", "substitute"))
}

/// Ends a substitution early.
pub async fn end_substitute(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let id = asked.given.form.get("id").parse();
    let id = id.map_err(|_| Trouble::wrong("say which substitution ends"))?;
    asked.desk.end_substitute(id).await?;
    Ok(done("/clearing", "no-substitute"))
}
