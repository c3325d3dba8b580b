//! Invoices: listed, taken in, checked without being kept, and everything that is known of one.

use super::call::{Called, Document, File, Json, Nothing};
use super::page::{self, Page};
use super::problem::Problem;
use super::shape::{Amount, Invoice, instant, maybe};
use crate::check::{FileReport, NotChecked, PackUsed, Wants, check_whole};
use crate::model::Finding;
use crate::revise::line::lines as lines_of;
use crate::store::{Filter, Sort};
use crate::web::asked::without_folders;
use crate::workflow::submission::Proof;
use crate::workflow::{About, Answer, Arrival, Asked, Item, Memory, Outcome, Paper, State, Story};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A day in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Which invoices come first.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Order {
    /// Those that came first: what comes in while pages are read stands on the last.
    #[default]
    Taken,
    /// Those that came last.
    Newest,
    /// The longest unchanged: one that changes while pages are read stands on the last again, so that who reads on from
    /// where they were misses nothing.
    Changed,
}

impl Order {
    fn sort(self) -> Sort {
        match self {
            Self::Taken => Sort::Taken,
            Self::Newest => Sort::Newest,
            Self::Changed => Sort::Age,
        }
    }
}

/// Which invoices; what is not given asks for nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// In this state; may be given several times.
    #[serde(default)]
    state: Vec<String>,
    /// With this verdict: clean, note, review, reduce, reject; may be given several times.
    #[serde(default)]
    verdict: Vec<String>,
    /// Of this client (CLIENT_ID).
    client: Option<String>,
    /// Of this matter (LAW_FIRM_MATTER_ID).
    matter: Option<String>,
    /// Of this partner, by the firm's list of matters.
    partner: Option<String>,
    /// For this portal, by the firm's lists.
    portal: Option<String>,
    /// With this number; several clients may have one of it.
    number: Option<String>,
    /// Unchanged for at least so many days.
    older_than_days: Option<u32>,
    /// With at least so much money in doubt.
    at_risk: Option<Amount>,
    /// Which come first.
    order: Option<Order>,
    /// Rows of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

const VERDICTS: [&str; 5] = ["clean", "note", "review", "reduce", "reject"];

fn known(at: &str, words: &[String], all: &[&str]) -> Result<(), Problem> {
    match words.iter().find(|w| !all.contains(&w.as_str())) {
        None => Ok(()),
        Some(word) => Err(Problem::malformed(
            at,
            format!(
                "\"{}\" is none; one of these is expected: {}",
                crate::render::printable(word),
                all.join(", ")
            ),
        )),
    }
}

/// Invoices that fit.
pub(super) async fn list(
    called: &Called<'_>,
    which: Which,
    _: Nothing,
) -> Result<Json<Page<Invoice>>, Problem> {
    let size = page::size(which.limit)?;
    let order = which.order.unwrap_or_default();
    known("state", &which.state, &State::ALL.map(State::name))?;
    known("verdict", &which.verdict, &VERDICTS)?;
    let place = page::place(which.cursor.as_deref())?;
    let after = match &place {
        None => None,
        Some(key) => {
            let parts = key.split_once(' ');
            let parts = parts.and_then(|(ms, id)| Some((ms.parse().ok()?, id.to_owned())));
            Some(parts.ok_or_else(page::unknown_place)?)
        }
    };
    let now = (called.app.clock)();
    let filter = Filter {
        states: which.state,
        verdicts: which.verdict,
        client: which.client,
        matter: which.matter,
        partner: which.partner,
        portal: which.portal,
        named: which.number,
        unchanged_since_ms: which
            .older_than_days
            .map(|days| now.saturating_sub(i64::from(days) * DAY_MS)),
        at_risk: which.at_risk.map(|a| a.0),
        sort: order.sort(),
        after,
        limit: Some(i64::try_from(size + 1).unwrap_or(i64::MAX)),
        ..Filter::default()
    };
    let mut rows = called.desk.list(&filter).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| {
        let ms = match order {
            Order::Changed => row.changed_ms,
            Order::Taken | Order::Newest => row.taken_ms,
        };
        page::written(&format!("{ms} {}", row.id))
    });
    Ok(Json(Page {
        items: rows.iter().map(Invoice::from).collect(),
        next,
    }))
}

/// What a file is called.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    /// The file's name, for messages.
    name: Option<String>,
}

/// What became of an invoice that came.
#[derive(Serialize, JsonSchema)]
pub(super) struct Taken {
    /// INVOICE_NUMBER.
    number: String,
    /// `new`, `new-version`, `known` (the same was here already) or `refused`.
    outcome: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// The invoice as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice: Option<Invoice>,
}

/// What became of a file that came.
#[derive(Serialize, JsonSchema)]
pub(super) struct TakenIn {
    /// Its invoices.
    invoices: Vec<Taken>,
}

fn file_name(name: Option<&str>) -> String {
    let name = without_folders(name.unwrap_or(""));
    match name.is_empty() {
        true => "file".to_owned(),
        false => name,
    }
}

/// Takes in a file: it is checked and kept.
pub(super) async fn take_in(
    called: &Called<'_>,
    named: Named,
    file: File,
) -> Result<Json<TakenIn>, Problem> {
    let basis = called.basis()?;
    let arrival = Arrival {
        name: file_name(named.name.as_deref()),
        bytes: file.0,
    };
    let taken = called
        .desk
        .take_in(&basis.checker, &mut Memory::default(), vec![arrival])
        .await?;
    let whys: Vec<&str> = taken
        .iter()
        .filter_map(|t| match &t.outcome {
            Outcome::Refused(why) => Some(why.as_str()),
            _ => None,
        })
        .collect();
    if whys.len() == taken.len() {
        return Err(Problem::unusable("", whys.join("; ")));
    }
    let of = |one: crate::workflow::Taken| {
        let (outcome, why) = match one.outcome {
            Outcome::New => ("new", None),
            Outcome::NewVersion => ("new-version", None),
            Outcome::Known => ("known", None),
            Outcome::Refused(why) => ("refused", Some(why)),
        };
        let row = one.row.filter(|r| called.desk.person.serves(&r.client));
        Taken {
            number: one.number,
            outcome,
            why,
            invoice: row.as_ref().map(Invoice::from),
        }
    };
    Ok(Json(TakenIn {
        invoices: taken.into_iter().map(of).collect(),
    }))
}

/// How a file is checked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckedHow {
    /// The file's name, for messages.
    name: Option<String>,
    /// By this client's pack, whatever client the file names.
    client: Option<String>,
}

/// What the check says of a file.
#[derive(Serialize, JsonSchema)]
pub(super) struct Checked {
    /// The day of the check.
    today: NaiveDate,
    /// The file with its invoices and findings.
    file: FileReport,
    /// Rules that could not be applied, and why.
    not_checked: Vec<NotChecked>,
}

/// Checks a file; nothing is kept.
pub(super) async fn check(
    called: &Called<'_>,
    how: CheckedHow,
    file: File,
) -> Result<Json<Checked>, Problem> {
    let client = how.client.as_deref();
    if let Some(client) = client.filter(|c| !called.desk.person.serves(c)) {
        let client = crate::render::printable(client);
        return Err(Problem::unusable(
            "client",
            format!("{client} is no client you serve; leave it away, or name one of yours"),
        ));
    }
    let options = called.options(client)?;
    let wants = Wants {
        sha256: true,
        ..Wants::default()
    };
    let name = file_name(how.name.as_deref());
    let (file, not_checked) = check_whole(&name, &file.0, &options, wants)?;
    Ok(Json(Checked {
        today: options.today,
        file,
        not_checked,
    }))
}

/// Of no call: nothing is asked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoQuery {}

/// A line that was sent back, or a write-down that was proposed.
#[derive(Serialize, JsonSchema)]
pub(super) struct Talk {
    /// Its id.
    pub(super) id: String,
    /// LINE_ITEM_NUMBER.
    line_item: String,
    /// TIMEKEEPER_ID of the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    timekeeper: Option<String>,
    /// The rule of the finding; of a write-down its reason code.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Of a write-down: how much lower, without tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Decimal>,
    /// Who asked.
    by: String,
    /// When.
    at: DateTime<Utc>,
    /// What was asked, or why it is to be lower.
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<String>,
    /// `open`, `answered`, `recalled`, `accepted` or `refused`.
    pub(super) state: &'static str,
    /// Who ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime<Utc>>,
    /// The answer, or why it was decided so; of several lines one below the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

impl Talk {
    fn of(item: &Item, story: &Story) -> Self {
        let said = match story.read::<Asked>(&item.about) {
            Some(asked) => match asked.note.as_str() {
                "" => asked.message,
                note => note.to_owned(),
            },
            None => story.text(&item.about),
        };
        let answer = item.end.as_ref().and_then(|e| e.said.as_deref());
        let answer = answer.map(|hash| match story.read::<Answer>(hash) {
            Some(Answer::Text(text)) => text,
            Some(Answer::Parts(parts)) => {
                let each = parts
                    .iter()
                    .map(|(hours, text)| format!("{hours} h: {text}"));
                each.collect::<Vec<_>>().join("\n")
            }
            None => story.text(hash),
        });
        Self {
            id: item.id.clone(),
            line_item: item.line_item.clone(),
            timekeeper: maybe(&item.timekeeper),
            code: maybe(&item.code),
            amount: item.amount,
            by: item.by.clone(),
            at: instant(item.at_ms),
            said: maybe(&said),
            state: item.state.name(),
            ended_by: item.end.as_ref().map(|e| e.by.clone()),
            ended_at: item.end.as_ref().map(|e| instant(e.at_ms)),
            answer: answer.filter(|a| !a.is_empty()),
        }
    }
}

/// A file of the package.
#[derive(Serialize, JsonSchema)]
struct Attached {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// `receipt`, `pdf` or `backup`.
    kind: String,
    /// LINE_ITEM_NUMBER of the line it belongs to; absent: it belongs to the invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    line_item: Option<String>,
    /// SHA-256 of the file.
    sha256: String,
    /// Who attached it.
    by: String,
    /// When.
    at: DateTime<Utc>,
}

/// A comment on a line for the client.
#[derive(Serialize, JsonSchema)]
struct Remark {
    /// LINE_ITEM_NUMBER.
    line_item: String,
    /// What it says.
    text: String,
    /// Who wrote it.
    by: String,
    /// When.
    at: DateTime<Utc>,
}

/// An approval that holds.
#[derive(Serialize, JsonSchema)]
struct Approved {
    /// Who.
    by: String,
    /// In whose place.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_place_of: Option<String>,
    /// When.
    at: DateTime<Utc>,
}

/// An invoice with its review.
#[derive(Serialize, JsonSchema)]
pub(super) struct Whole {
    /// The invoice.
    invoice: Invoice,
    /// Findings of this version.
    findings: usize,
    /// Findings that would bounce it and that nobody has set aside.
    open_findings: usize,
    /// Lines sent back.
    returns: Vec<Talk>,
    /// Write-downs proposed.
    write_downs: Vec<Talk>,
    /// The package beside the invoice's file.
    attachments: Vec<Attached>,
    /// Comments for the client.
    comments: Vec<Remark>,
    /// Approvals of the invoice as it is.
    approvals: Vec<Approved>,
}

/// One invoice with its review.
pub(super) async fn show(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Whole>, Problem> {
    let story = called.desk.story(called.param("invoice")).await?;
    let review = &story.review;
    let attached = review.attachments.iter().map(|a| Attached {
        id: a.id.clone(),
        name: story
            .read::<About>(&a.about)
            .map_or_else(|| a.id.clone(), |about| about.name),
        kind: a.kind.clone(),
        line_item: a.line_item.clone(),
        sha256: a.file.clone(),
        by: a.by.clone(),
        at: instant(a.at_ms),
    });
    let comments = review.comments.iter().map(|c| Remark {
        line_item: c.line_item.clone(),
        text: story.text(&c.about),
        by: c.by.clone(),
        at: instant(c.at_ms),
    });
    let approvals = review.approvals.iter().map(|a| Approved {
        by: a.by.clone(),
        in_place_of: a.in_place_of.clone(),
        at: instant(a.at_ms),
    });
    Ok(Json(Whole {
        invoice: Invoice::from(&story.row),
        findings: story.report.findings().count(),
        open_findings: story.open().count(),
        returns: review
            .requests
            .iter()
            .map(|i| Talk::of(i, &story))
            .collect(),
        write_downs: review
            .write_downs
            .iter()
            .map(|i| Talk::of(i, &story))
            .collect(),
        attachments: attached.collect(),
        comments: comments.collect(),
        approvals: approvals.collect(),
    }))
}

/// Which part of a long list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// Rows of a page.
    #[schemars(range(min = 1, max = 200))]
    pub(super) limit: Option<u16>,
    /// `next` of the page before.
    pub(super) cursor: Option<String>,
}

/// A key by which rows stay in the order they have.
fn nth(n: usize) -> String {
    format!("{n:010}")
}

/// A finding, and whether somebody set it aside.
#[derive(Serialize, JsonSchema)]
pub(super) struct FindingShown {
    /// What the check says.
    finding: Finding,
    /// Who set it aside, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    set_aside: Option<SetAside>,
}

/// That a finding was set aside.
#[derive(Serialize, JsonSchema)]
struct SetAside {
    /// Who.
    by: String,
    /// When.
    at: DateTime<Utc>,
    /// Why.
    reason: String,
}

/// Findings of an invoice, and by what it was judged.
#[derive(Serialize, JsonSchema)]
pub(super) struct Findings {
    /// The day of the check.
    checked_on: NaiveDate,
    /// Packs in force.
    packs: Vec<PackUsed>,
    /// Rules that could not be applied, and why.
    not_checked: Vec<NotChecked>,
    /// Findings, a page of them.
    findings: Page<FindingShown>,
}

/// What the check says of an invoice as it stands.
pub(super) async fn findings(
    called: &Called<'_>,
    part: Part,
    _: Nothing,
) -> Result<Json<Findings>, Problem> {
    let story = called.desk.story(called.param("invoice")).await?;
    let rows = story.report.findings().enumerate().map(|(n, finding)| {
        let set_aside = story.override_of(finding).map(|o| SetAside {
            by: o.by.clone(),
            at: instant(o.at_ms),
            reason: o.reason.clone(),
        });
        let finding = finding.clone();
        (nth(n), FindingShown { finding, set_aside })
    });
    Ok(Json(Findings {
        checked_on: story.report.today,
        packs: story.report.packs.clone(),
        not_checked: story.report.not_checked.clone(),
        findings: page::cut(rows.collect(), part.limit, part.cursor.as_deref())?,
    }))
}

/// A line.
#[derive(Serialize, JsonSchema)]
pub(super) struct Line {
    /// LINE_ITEM_NUMBER.
    item: String,
    /// `F`, `E`, `IF`, `IE`; empty where it could not be read.
    kind: String,
    /// LINE_ITEM_DATE.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<NaiveDate>,
    /// TIMEKEEPER_ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    timekeeper: Option<String>,
    /// Task code.
    #[serde(skip_serializing_if = "Option::is_none")]
    task_code: Option<String>,
    /// Activity code.
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_code: Option<String>,
    /// Expense code.
    #[serde(skip_serializing_if = "Option::is_none")]
    expense_code: Option<String>,
    /// Hours or pieces.
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<Decimal>,
    /// The rate or price.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_cost: Option<Decimal>,
    /// LINE_ITEM_ADJUSTMENT_AMOUNT.
    #[serde(skip_serializing_if = "Option::is_none")]
    adjustment: Option<Decimal>,
    /// LINE_ITEM_TOTAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Decimal>,
    /// LINE_ITEM_DESCRIPTION.
    narrative: String,
}

/// The lines of an invoice, in the order of the file. Narratives leave the program, so that it was read is written down.
pub(super) async fn lines(
    called: &Called<'_>,
    part: Part,
    _: Nothing,
) -> Result<Json<Page<Line>>, Problem> {
    let named = called.param("invoice");
    let story = called.desk.story(named).await?;
    let out = called.desk.read_out(named, Paper::File(None)).await?;
    let all = lines_of(&out.bytes, &story.row.number).map_err(|r| Problem::refused(r.0))?;
    let rows = all.into_iter().enumerate().map(|(n, line)| {
        let [task, activity, expense] = &line.codes;
        let row = Line {
            task_code: maybe(task),
            activity_code: maybe(activity),
            expense_code: maybe(expense),
            timekeeper: maybe(&line.timekeeper_id),
            item: line.item,
            kind: line.kind,
            date: line.date,
            units: line.units,
            unit_cost: line.unit_cost,
            adjustment: line.adjustment,
            total: line.total,
            narrative: line.narrative,
        };
        (nth(n), row)
    });
    Ok(Json(page::cut(
        rows.collect(),
        part.limit,
        part.cursor.as_deref(),
    )?))
}

/// Something that happened.
#[derive(Serialize, JsonSchema)]
pub(super) struct Happened {
    /// From 1, without gaps.
    event: i64,
    /// When.
    at: DateTime<Utc>,
    /// Who.
    by: String,
    /// What: a step of the life of an invoice.
    step: String,
    /// What else the event says: ids, amounts and hashes, never narratives.
    facts: Map<String, Value>,
    /// Its hash.
    hash: String,
    /// That of the event before; empty for the first.
    previous: String,
}

/// What happened to an invoice, from the beginning.
pub(super) async fn events(
    called: &Called<'_>,
    part: Part,
    _: Nothing,
) -> Result<Json<Page<Happened>>, Problem> {
    let events = called.desk.story(called.param("invoice")).await?.events;
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let facts = serde_json::from_str(&event.facts).map_err(Problem::failed)?;
        let row = Happened {
            event: event.seq,
            at: instant(event.at_ms),
            by: event.actor,
            step: event.step,
            facts,
            hash: event.hash,
            previous: event.prev,
        };
        rows.push((nth(usize::try_from(event.seq).unwrap_or(0)), row));
    }
    Ok(Json(page::cut(rows, part.limit, part.cursor.as_deref())?))
}

/// Each attempt to send it with the hash of what left, each answer, and whether all is as it was written.
pub(super) async fn proof(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Proof>, Problem> {
    Ok(Json(called.desk.proof(called.param("invoice")).await?))
}

/// Which version.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Version {
    /// From 1; the one that stands, where none is named.
    version: Option<u32>,
}

async fn read_out(called: &Called<'_>, paper: Paper<'_>) -> Result<Document, Problem> {
    let out = called.desk.read_out(called.param("invoice"), paper).await;
    out.map(Document)
        .map_err(|error| Problem::from(error).into_missing())
}

/// The invoice's file. That it was read is written down.
pub(super) async fn file(
    called: &Called<'_>,
    which: Version,
    _: Nothing,
) -> Result<Document, Problem> {
    read_out(called, Paper::File(which.version.map(i64::from))).await
}

/// An attached file. That it was read is written down.
pub(super) async fn attachment(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Document, Problem> {
    read_out(called, Paper::Attachment(called.param("attachment"))).await
}
