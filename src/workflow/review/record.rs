//! What the events of an invoice say of its review: requests, write-downs, attachments, comments, approvals.

use crate::store::{Event, ReviewRow};
use crate::workflow::projection::Facts;
use crate::workflow::table::Step;
use rust_decimal::Decimal;
use serde::Serialize;

/// Where a request or a write-down is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Nobody has answered.
    Open,
    /// The timekeeper has.
    Answered,
    /// Taken back.
    Recalled,
    /// A partner agreed.
    Accepted,
    /// A partner did not.
    Refused,
}

impl Standing {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Recalled => "recalled",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }
}

/// How something ended: who, when, and the SHA-256 of what they said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct End {
    /// Who.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// SHA-256 of the answer or reason.
    pub said: Option<String>,
}

/// A line that was sent back, or a write-down that was proposed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// LINE_ITEM_NUMBER.
    pub line_item: String,
    /// SHA-256 of what the line said.
    pub line: String,
    /// TIMEKEEPER_ID of the line; empty where it has none.
    pub timekeeper: String,
    /// The rule of the finding; of a write-down its reason code.
    pub code: String,
    /// Fingerprint of the finding.
    pub fingerprint: Option<String>,
    /// Of a write-down: how much lower, without tax.
    pub amount: Option<Decimal>,
    /// Who asked.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// SHA-256 of what was asked.
    pub about: String,
    /// Where it is.
    pub state: Standing,
    /// How it ended.
    pub end: Option<End>,
}

/// A file of the package.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Attachment {
    /// Its id.
    pub id: String,
    /// The line it belongs to; nothing for the invoice.
    pub line_item: Option<String>,
    /// `receipt`, `pdf` or `backup`.
    pub kind: String,
    /// SHA-256 of the file.
    pub file: String,
    /// SHA-256 of its name, type and size.
    pub about: String,
    /// Who attached it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// A comment on a line for the client.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Comment {
    /// LINE_ITEM_NUMBER.
    pub line_item: String,
    /// SHA-256 of the comment.
    pub about: String,
    /// Who wrote it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// An approval that holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Approval {
    /// Who.
    pub by: String,
    /// In whose place.
    pub in_place_of: Option<String>,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// Everything the events say of the review.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Review {
    /// Lines sent back.
    pub requests: Vec<Item>,
    /// Write-downs proposed.
    pub write_downs: Vec<Item>,
    /// The package beside the invoice's file.
    pub attachments: Vec<Attachment>,
    /// Comments for the client, one a line.
    pub comments: Vec<Comment>,
    /// Approvals of the invoice as it is.
    pub approvals: Vec<Approval>,
    /// Who wrote in this version or proposed what was written down in it.
    pub writers: Vec<String>,
    /// SHA-256 of each record of changes the billing system does not know of, since the last file from it.
    pub changes: Vec<String>,
}

impl Review {
    /// What the events say.
    ///
    /// # Errors
    /// An event that cannot be read, or lacks what it must say.
    pub fn of(events: &[Event]) -> Result<Self, String> {
        let mut review = Self::default();
        for event in events {
            review.take(event)?;
        }
        Ok(review)
    }

    fn take(&mut self, event: &Event) -> Result<(), String> {
        let Some(step) = Step::named(&event.step) else {
            return Err(format!("event {} is of no known kind", event.seq));
        };
        let facts = Facts::of(event)?;
        let lacks = |what: &str| format!("event {} lacks its {what}", event.seq);
        // Whatever changes the invoice ends what was approved.
        let approves = matches!(step, Step::Endorse | Step::Clear);
        if !approves && step.changes_what_is_approved() {
            self.approvals.clear();
        }
        match step {
            Step::TakeIn | Step::NewVersion => {
                self.writers.clear();
                self.changes.clear();
            }
            Step::Return | Step::ProposeWriteDown => {
                let item = Item {
                    id: facts.id.ok_or_else(|| lacks("id"))?,
                    line_item: facts.item.ok_or_else(|| lacks("line"))?,
                    line: facts.line.ok_or_else(|| lacks("line's hash"))?,
                    timekeeper: facts.timekeeper.unwrap_or_default(),
                    code: facts.code.or(facts.rule).unwrap_or_default(),
                    fingerprint: facts.fingerprint,
                    amount: facts.amount,
                    by: event.actor.clone(),
                    at_ms: event.at_ms,
                    about: facts.about.ok_or_else(|| lacks("text"))?,
                    state: Standing::Open,
                    end: None,
                };
                if step == Step::Return {
                    self.requests.push(item);
                } else {
                    self.write_downs.push(item);
                }
            }
            Step::Recall | Step::Rewrite | Step::AcceptWriteDown | Step::RefuseWriteDown => {
                let id = facts.id.ok_or_else(|| lacks("id"))?;
                let (list, state) = match step {
                    Step::Recall => (&mut self.requests, Standing::Recalled),
                    Step::Rewrite => (&mut self.requests, Standing::Answered),
                    Step::AcceptWriteDown => (&mut self.write_downs, Standing::Accepted),
                    _ => (&mut self.write_downs, Standing::Refused),
                };
                let open = |i: &&mut Item| i.id == id && i.state == Standing::Open;
                let item = list.iter_mut().find(open);
                let item = item
                    .ok_or_else(|| format!("event {} ends {id}, which is not open", event.seq))?;
                item.state = state;
                item.end = Some(End {
                    by: event.actor.clone(),
                    at_ms: event.at_ms,
                    said: facts.about.or(facts.reason),
                });
                if step == Step::Rewrite {
                    self.writers.push(event.actor.clone());
                } else if step == Step::AcceptWriteDown {
                    self.writers.push(item.by.clone());
                }
                self.changes.extend(facts.changes);
            }
            Step::Attach => self.attachments.push(Attachment {
                id: facts.id.ok_or_else(|| lacks("id"))?,
                line_item: facts.item,
                kind: facts.code.ok_or_else(|| lacks("kind"))?,
                file: facts.file.ok_or_else(|| lacks("file"))?,
                about: facts.about.ok_or_else(|| lacks("text"))?,
                by: event.actor.clone(),
                at_ms: event.at_ms,
            }),
            Step::Detach => {
                let id = facts.id.ok_or_else(|| lacks("id"))?;
                self.attachments.retain(|a| a.id != id);
            }
            Step::Comment => {
                let line_item = facts.item.ok_or_else(|| lacks("line"))?;
                self.comments.retain(|c| c.line_item != line_item);
                if let Some(about) = facts.about {
                    self.comments.push(Comment {
                        line_item,
                        about,
                        by: event.actor.clone(),
                        at_ms: event.at_ms,
                    });
                }
            }
            Step::Endorse | Step::Clear => self.approvals.push(Approval {
                by: event.actor.clone(),
                in_place_of: facts.in_place_of,
                at_ms: event.at_ms,
            }),
            _ => {}
        }
        Ok(())
    }

    /// Requests nobody has answered.
    pub fn open_requests(&self) -> impl Iterator<Item = &Item> {
        self.requests.iter().filter(|i| i.state == Standing::Open)
    }

    /// Write-downs nobody has decided.
    pub fn open_write_downs(&self) -> impl Iterator<Item = &Item> {
        self.write_downs
            .iter()
            .filter(|i| i.state == Standing::Open)
    }

    /// The rows that follow from it, in the order of their ids.
    pub fn rows(&self, invoice: &str) -> Vec<ReviewRow> {
        let requests = self.requests.iter().map(|i| ("rewrite", i));
        let write_downs = self.write_downs.iter().map(|i| ("write-down", i));
        let mut rows: Vec<ReviewRow> = requests
            .chain(write_downs)
            .map(|(kind, i)| ReviewRow {
                id: i.id.clone(),
                invoice: invoice.to_owned(),
                kind: kind.to_owned(),
                state: i.state.name().to_owned(),
                line_item: i.line_item.clone(),
                timekeeper: i.timekeeper.clone(),
                asked_by: i.by.clone(),
                asked_ms: i.at_ms,
            })
            .collect();
        rows.sort();
        rows
    }

    /// SHA-256 of what was asked, answered, named or commented.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let items = self.requests.iter().chain(&self.write_downs);
        let said = items.flat_map(|i| {
            let end = i.end.as_ref().and_then(|e| e.said.as_deref());
            [Some(i.about.as_str()), end]
        });
        let attached = self.attachments.iter().map(|a| Some(a.about.as_str()));
        let comments = self.comments.iter().map(|c| Some(c.about.as_str()));
        said.chain(attached).chain(comments).flatten()
    }
}
