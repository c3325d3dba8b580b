//! Rewrites: a timekeeper sees lines of their own that were sent back, why, how a line could be divided, and how a new
//! text reads while it is written. Nothing is kept until they send it.

use super::today::Request;
use crate::model::Finding;
use crate::render::printable;
use crate::rules::narrative::{NarrativeReading, Options, Roster, Verdict, explain, read, score};
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::notice::done;
use crate::web::wording::{for_pages, level};
use crate::workflow::{Answer, OwnRequest, WorkflowError};
use askama::Template;
use axum::response::Response;
use rust_decimal::Decimal;

#[derive(Template)]
#[template(path = "rewrites.html", config = "src/web/askama.toml")]
struct List {
    frame: Frame,
    requests: Vec<Request>,
}

/// Lines that wait for an answer.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let own = asked.desk.own_requests().await?;
    Ok(html(&List {
        frame: asked.frame("Rewrites", "rewrites"),
        requests: own.iter().map(|r| Request::of(r, asked.locale())).collect(),
    }))
}

/// How one text reads.
struct Reading {
    class: &'static str,
    verdict: &'static str,
    reason: String,
    /// Activity, words, and what is missing.
    tasks: Vec<(String, String, String)>,
    hours: String,
}

/// What the rules would say.
struct Said {
    class: &'static str,
    words: &'static str,
    message: String,
    rule: String,
}

/// How an answer reads, and what the rules would say of it.
#[derive(Template, Default)]
#[template(path = "reading.html", config = "src/web/askama.toml")]
struct Trial {
    readings: Vec<Reading>,
    settled: Vec<String>,
    still: Vec<Said>,
    refused: String,
    judged: bool,
}

/// A part as it was typed.
struct Part {
    n: usize,
    hours: String,
    text: String,
}

#[derive(Template)]
#[template(path = "rewrite.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    id: String,
    head: String,
    facts: Vec<(&'static str, String)>,
    narrative: String,
    rule: String,
    message: String,
    why: String,
    help: String,
    note: String,
    by: String,
    open: bool,
    changed: bool,
    state: String,
    hours: String,
    proposal: bool,
    text: String,
    parts: Vec<Part>,
    divided: bool,
    trial: String,
}

fn page(asked: &Asked<'_>, own: &OwnRequest, trial: &Trial) -> Page {
    let locale = asked.locale();
    let what = &own.asked;
    let shown = |text: &str| printable(text).into_owned();
    let form = &asked.given.form;
    let tried = form.has("text");
    let mut parts: Vec<Part> = match tried {
        true => typed(asked)
            .into_iter()
            .enumerate()
            .map(|(n, (hours, text))| Part { n, hours, text })
            .collect(),
        false => what
            .proposal
            .iter()
            .enumerate()
            .map(|(n, text)| Part {
                n,
                hours: String::new(),
                text: text.clone(),
            })
            .collect(),
    };
    while parts.len() < 2 {
        parts.push(Part {
            n: parts.len(),
            hours: String::new(),
            text: String::new(),
        });
    }
    let mut facts = vec![
        ("Invoice", shown(&own.invoice)),
        ("Line", shown(&own.line_item)),
        ("Client", shown(&own.client)),
        ("Matter", shown(&own.matter)),
    ];
    facts.extend(own.date.map(|d| ("Day", locale.day(d))));
    facts.extend(what.hours.map(|h| ("Hours", locale.number(h))));
    Page {
        frame: asked.frame(
            format!(
                "Line {} of invoice {}",
                shown(&own.line_item),
                shown(&own.invoice)
            ),
            "rewrites",
        ),
        id: own.id.clone(),
        head: format!(
            "Line {} of invoice {}",
            shown(&own.line_item),
            shown(&own.invoice)
        ),
        facts,
        narrative: shown(&what.narrative),
        rule: what.rule.clone(),
        message: locale.days_in(&shown(&what.message)),
        why: shown(&what.why),
        help: locale.days_in(&shown(&what.help)),
        note: shown(&what.note),
        by: format!("{}, {}", own.by, locale.instant(own.at_ms)),
        open: own.state == "open",
        changed: own.line_has_changed,
        state: own.state.clone(),
        hours: what.hours.map_or_else(String::new, |h| h.to_string()),
        proposal: !what.proposal.is_empty(),
        text: if tried {
            form.get("text").to_owned()
        } else {
            what.narrative.clone()
        },
        parts,
        divided: form.get("as") == "parts",
        trial: trial.render().unwrap_or_default(),
    }
}

/// One request.
pub async fn one(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let own = asked.desk.request(asked.given.param("request")).await?;
    let trial = Trial {
        readings: vec![reading(&own.asked.narrative, own.asked.hours, asked)],
        ..Trial::default()
    };
    Ok(html(&page(asked, &own, &trial)))
}

/// Hours and words of each part that was typed.
fn typed(asked: &Asked<'_>) -> Vec<(String, String)> {
    let form = &asked.given.form;
    let hours = form.each("hours").map(str::trim);
    let texts = form.each("part").map(str::trim);
    hours
        .zip(texts)
        .map(|(h, t)| (h.to_owned(), t.to_owned()))
        .filter(|(h, t)| !h.is_empty() || !t.is_empty())
        .collect()
}

/// The answer of the form.
fn answer_of(asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let form = &asked.given.form;
    if form.get("as") != "parts" {
        return Ok(Answer::Text(form.get("text").to_owned()));
    }
    let parts = typed(asked).into_iter().map(|(hours, text)| {
        let read = hours.replace(',', ".").parse::<Decimal>();
        let read = read.map_err(|_| {
            Trouble::wrong(format!("hours are a number, as 0.4 is, not \"{hours}\""))
        })?;
        Ok((read, text))
    });
    Ok(Answer::Parts(parts.collect::<Result<_, Trouble>>()?))
}

/// How a text reads by itself.
fn reading(text: &str, hours: Option<Decimal>, asked: &Asked<'_>) -> Reading {
    let read: NarrativeReading = read(text, &Roster::default());
    let scored = score(&read, hours, &Options::default());
    let (class, verdict) = match scored.verdict {
        Verdict::BlockBilled => ("reduce", "Block billed"),
        Verdict::Borderline => ("review", "Borderline"),
        Verdict::Clear => ("clean", "One line"),
    };
    let tasks = read.segments.iter().map(|s| {
        let words = text.get(s.text.clone()).unwrap_or("");
        let lacks = s
            .missing
            .map_or_else(String::new, |m| format!("does not say {}", m.words()));
        (
            format!("{} {}", s.class.code(), s.class.words()),
            printable(words).into_owned(),
            lacks,
        )
    });
    Reading {
        class,
        verdict,
        reason: match read.segments.is_empty() {
            true => "there is nothing to read in it".to_owned(),
            false => explain::reason(&read, &scored),
        },
        tasks: tasks.collect(),
        hours: hours.map_or_else(String::new, |h| format!("{} h", asked.locale().number(h))),
    }
}

fn said(finding: &Finding, locale: &Locale) -> Said {
    Said {
        class: finding.level.name(),
        words: level(finding.level.name()),
        message: locale.days_in(&printable(&finding.message)),
        rule: finding.rule.clone(),
    }
}

async fn trial(asked: &Asked<'_>, own: &OwnRequest) -> Result<Trial, Trouble> {
    let answer = match answer_of(asked) {
        Ok(answer) => answer,
        Err(why) => {
            return Ok(Trial {
                refused: why.why(),
                ..Trial::default()
            });
        }
    };
    let mut trial = Trial {
        readings: match &answer {
            Answer::Text(text) => vec![reading(text, own.asked.hours, asked)],
            Answer::Parts(parts) => parts
                .iter()
                .map(|(h, t)| reading(t, Some(*h), asked))
                .collect(),
        },
        ..Trial::default()
    };
    let basis = asked.app.basis()?;
    match asked
        .desk
        .try_answer(&basis.checker, &own.id, &answer)
        .await
    {
        Ok(found) => {
            let gone = |f: &&Finding| !found.after.iter().any(|a| a.rule == f.rule);
            trial.settled = found
                .before
                .iter()
                .filter(gone)
                .map(|f| f.rule.clone())
                .collect();
            trial.still = found
                .after
                .iter()
                .map(|f| said(f, asked.locale()))
                .collect();
            trial.judged = true;
        }
        Err(WorkflowError::Refused(why)) => trial.refused = for_pages(&why),
        Err(error) => return Err(error.into()),
    }
    Ok(trial)
}

/// How an answer reads. Nothing is kept.
pub async fn attempt(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let own = asked.desk.request(asked.given.param("request")).await?;
    let trial = trial(asked, &own).await?;
    match asked.given.part {
        true => Ok(html(&trial)),
        false => Ok(html(&page(asked, &own, &trial))),
    }
}

/// The answer, in the timekeeper's own words.
pub async fn answer(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let answer = answer_of(asked)?;
    let basis = asked.app.basis()?;
    asked
        .desk
        .rewrite(&basis.checker, asked.given.param("request"), &answer)
        .await?;
    Ok(done("/rewrites", "rewritten"))
}
