//! A line goes back to the timekeeper who wrote it, with the finding and how it could be split.

use super::authority::somebody;
use super::record::Standing;
use super::version::{mark, on_line};
use crate::model::Finding;
use crate::rules::narrative::{Roster, explain, read};
use crate::store::{InvoiceRow, ReviewFilter, Tx, sha256};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::table::Step;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a timekeeper is asked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// The finding's rule; empty where a person asks without one.
    pub rule: String,
    /// What it says.
    pub message: String,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub help: String,
    /// What the line says.
    pub narrative: String,
    /// Its hours.
    pub hours: Option<Decimal>,
    /// Lines that could stand in its place, hours to be filled in by the timekeeper; nothing where it is one task.
    pub proposal: Vec<String>,
    /// What whoever returned it adds.
    pub note: String,
}

/// A line to be returned.
#[derive(Clone, Copy, Debug)]
pub struct NewReturn<'a> {
    /// The invoice: its number or id.
    pub invoice: &'a str,
    /// LINE_ITEM_NUMBER.
    pub line_item: &'a str,
    /// The finding's fingerprint, or its beginning.
    pub finding: Option<&'a str>,
    /// What to add.
    pub note: Option<&'a str>,
}

/// An id that nobody else gets.
pub(super) fn new_id(row: &InvoiceRow, what: &str) -> String {
    let mut id = sha256(format!("{what}\u{1f}{}\u{1f}{}", row.id, row.head).as_bytes());
    id.truncate(8);
    id
}

impl Desk<'_> {
    /// Sends a line back to its timekeeper and returns the request's id and who they are.
    ///
    /// # Errors
    /// Not allowed, no such line or finding, nobody here is its timekeeper, or it is returned already.
    pub async fn return_line(&self, new: NewReturn<'_>) -> Result<(String, String), WorkflowError> {
        self.may(Act::Step(Step::Return))?;
        let note = new.note.unwrap_or("").trim();
        if new.finding.is_none() && note.is_empty() {
            return refused(
                "say what is wrong with the line: --finding FINGERPRINT, --note \"...\", or both",
            );
        }
        again!(self.try_return(new, note))
    }

    async fn try_return(
        &self,
        new: NewReturn<'_>,
        note: &str,
    ) -> Result<(String, String), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, new.invoice).await?;
        let story = self.story_of(&mut tx, row).await?;
        let row = &story.row;
        let item = new.line_item;
        let line = self.line_of(row, item)?;
        let finding = match new.finding {
            Some(mark) => Some(one_finding(
                on_line(&story.report, item).collect(),
                mark,
                &row.number,
                item,
            )?),
            None => None,
        };
        if line.timekeeper_id.is_empty() {
            return refused(format!(
                "line {item} of invoice {} names no timekeeper to return it to",
                row.number
            ));
        }
        let authority = tx.authority().await?;
        let id = &line.timekeeper_id;
        let person = match authority.timekeepers.get(id) {
            Some(name) => somebody(&mut tx, name).await.ok(),
            None => None,
        };
        let Some(person) = person else {
            return refused(format!(
                "nobody who works here is timekeeper {id}; an administrator can say: cleanbill user timekeeper NAME --ids {id}"
            ));
        };
        if !person.serves(&row.client) {
            return refused(format!(
                "timekeeper {id} is {}, who does not serve {}",
                person.name, row.client
            ));
        }
        let same = |r: &&super::Item| r.line_item == item;
        if let Some(open) = story.review.open_requests().find(same) {
            return refused(format!(
                "{} has returned line {item} already: request {}",
                open.by, open.id
            ));
        }
        let reading = read(&line.narrative, &Roster::default());
        let proposal = explain::split(&line.narrative, &reading);
        let asked = Asked {
            rule: finding.map_or_else(String::new, |f| f.rule.clone()),
            message: finding.map_or_else(String::new, |f| f.message.clone()),
            why: finding.map_or_else(String::new, |f| f.why.clone()),
            help: finding.map_or_else(String::new, |f| f.help.clone()),
            narrative: line.narrative.clone(),
            hours: line.units.filter(|_| line.is_fee()),
            proposal: if proposal.len() > 1 {
                proposal
            } else {
                Vec::new()
            },
            note: note.to_owned(),
        };
        let request = new_id(row, "return");
        let facts = Facts {
            version: Some(row.version),
            id: Some(request.clone()),
            item: Some(item.to_owned()),
            line: Some(mark(&line)?),
            timekeeper: Some(line.timekeeper_id.clone()),
            fingerprint: finding.map(|f| f.fingerprint.clone()),
            rule: finding.map(|f| f.rule.clone()),
            about: Some(self.keep(&tx, &serde_json::to_vec(&asked)?)?),
            ..Facts::default()
        };
        let chain = row.id.clone();
        let row = self
            .step(&mut tx, Some(story.row), &chain, Step::Return, &facts)
            .await?;
        self.put_reviewed(&mut tx, &row).await?;
        tx.commit().await?;
        Ok((request, person.name))
    }

    /// Lines that were sent back and nobody has answered, of clients this person serves, the oldest first.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn open_returns(
        &self,
    ) -> Result<Vec<(crate::store::ReviewRow, InvoiceRow)>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let filter = ReviewFilter {
            kind: Some("rewrite".to_owned()),
            state: Some(Standing::Open.name().to_owned()),
            ..ReviewFilter::default()
        };
        let mut open = Vec::new();
        for item in tx.review_items(&filter).await? {
            let row = tx.invoice(&item.invoice).await?;
            if let Some(row) = row.filter(|r| self.person.serves(&r.client)) {
                open.push((item, row));
            }
        }
        Ok(open)
    }

    /// Takes back a request and returns the invoice's number and the line's.
    ///
    /// # Errors
    /// Not allowed, not open, or made by somebody else who still works here.
    pub async fn recall(&self, id: &str) -> Result<(String, String), WorkflowError> {
        self.may(Act::Step(Step::Recall))?;
        again!(self.try_recall(id))
    }

    async fn try_recall(&self, id: &str) -> Result<(String, String), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let (row, item) = self.open_item(&mut tx, "rewrite", id).await?;
        let gone = somebody(&mut tx, &item.asked_by).await.is_err();
        if item.asked_by != self.person.name && !gone {
            return refused(format!(
                "{} returned this line and can recall it",
                item.asked_by
            ));
        }
        let facts = Facts {
            version: Some(row.version),
            id: Some(id.to_owned()),
            item: Some(item.line_item.clone()),
            ..Facts::default()
        };
        let chain = row.id.clone();
        let row = self
            .step(&mut tx, Some(row), &chain, Step::Recall, &facts)
            .await?;
        self.put_reviewed(&mut tx, &row).await?;
        tx.commit().await?;
        Ok((row.number, item.line_item))
    }

    /// A request or write-down nobody has ended, with its invoice.
    pub(super) async fn open_item(
        &self,
        tx: &mut Tx,
        kind: &str,
        id: &str,
    ) -> Result<(InvoiceRow, crate::store::ReviewRow), WorkflowError> {
        let filter = ReviewFilter {
            id: Some(id.to_owned()),
            kind: Some(kind.to_owned()),
            ..ReviewFilter::default()
        };
        let found = tx.review_items(&filter).await?.pop();
        let unknown = || format!("there is no {} {id} of a client you serve", noun(kind));
        let Some(item) = found else {
            return refused(unknown());
        };
        let Ok(row) = self.find(tx, &item.invoice).await else {
            return refused(unknown());
        };
        if item.state != Standing::Open.name() {
            return refused(format!(
                "{} {id} on line {} of invoice {} is {} already",
                noun(kind),
                item.line_item,
                row.number,
                item.state
            ));
        }
        Ok((row, item))
    }
}

fn noun(kind: &str) -> &str {
    if kind == "rewrite" { "request" } else { kind }
}

fn one_finding<'a>(
    all: Vec<&'a Finding>,
    mark: &str,
    number: &str,
    item: &str,
) -> Result<&'a Finding, WorkflowError> {
    let fits = |f: &&&Finding| mark.len() >= 6 && f.fingerprint.starts_with(mark);
    let found: Vec<&&Finding> = all.iter().filter(fits).collect();
    if let [finding] = found[..] {
        return Ok(finding);
    }
    let own: Vec<String> = all
        .iter()
        .map(|f| format!("\n  {} {}", f.fingerprint, f.rule))
        .collect();
    refused(format!(
        "{} findings on line {item} of invoice {number} have a fingerprint that begins with {mark}; on this line stand:{}",
        found.len(),
        if own.is_empty() {
            " none".to_owned()
        } else {
            own.concat()
        }
    ))
}
