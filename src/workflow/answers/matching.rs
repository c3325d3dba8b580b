//! Which invoice of ours is meant: by number, then client, then total, and by the portal it was sent through.

use super::bring::Ways;
use crate::model::Outcome;
use crate::portals::answers::Told;
use crate::revise::line::{LineText, lines};
use crate::rules::portal_key;
use crate::store::{Filter, InvoiceRow, SubmissionFilter, SubmissionRow, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::submission::Parcel;

/// What was found.
pub(super) enum Match {
    /// This one; with what a person should look at.
    One(Box<Parcel>, Vec<String>),
    /// Several.
    Several(Vec<InvoiceRow>),
    /// None; says why.
    None(String),
}

/// An invoice with what went to portals of it, the latest first.
struct Candidate {
    row: InvoiceRow,
    sent: Vec<SubmissionRow>,
}

impl Desk<'_> {
    pub(super) async fn matching(
        &self,
        tx: &mut Tx,
        told: &Told,
        ways: &Ways,
    ) -> Result<Match, WorkflowError> {
        let Some(number) = told.report.invoice_number.as_deref() else {
            return Ok(Match::None(
                "no invoice number stands in it; assign it to its invoice".to_owned(),
            ));
        };
        let mut rows = self.numbered(tx, number).await?;
        if rows.is_empty() && number != number.to_uppercase() {
            rows = self.numbered(tx, &number.to_uppercase()).await?;
        }
        if rows.is_empty() {
            return Ok(Match::None(format!(
                "no invoice of a client you serve has the number {number}; assign it to the one that is meant"
            )));
        }
        let mut candidates = Vec::new();
        for row in rows {
            let sent = self.sent(tx, &row).await?;
            candidates.push(Candidate { row, sent });
        }
        candidates.retain(|c| !c.sent.is_empty());
        if candidates.is_empty() {
            return Ok(Match::None(format!(
                "invoice {number} was never sent from here; if it went another way, say so with settle first"
            )));
        }
        if let Some(portal) = &told.portal {
            let other = |c: &Candidate| {
                let own = ways.portal_of(&c.sent[0].account).unwrap_or(&c.row.portal);
                !own.is_empty() && !ways.same(own, portal)
            };
            if candidates.iter().all(other) {
                let accounts: Vec<&str> = candidates
                    .iter()
                    .map(|c| c.sent[0].account.as_str())
                    .collect();
                return Ok(Match::None(format!(
                    "invoice {number} went through {}, and this is from {portal}; assign it if it is meant all the same",
                    accounts.join(", ")
                )));
            }
            candidates.retain(|c| !other(c));
        }
        let client = told.client.as_deref().unwrap_or("");
        if candidates.len() > 1 && candidates.iter().any(|c| c.row.client == client) {
            candidates.retain(|c| c.row.client == client);
        }
        let total = told.report.original_total;
        if candidates.len() > 1 && candidates.iter().any(|c| c.row.total == total) {
            candidates.retain(|c| c.row.total == total);
        }
        if candidates.len() > 1 {
            return Ok(Match::Several(
                candidates.into_iter().map(|c| c.row).collect(),
            ));
        }
        let Some(Candidate { row, sent }) = candidates.pop() else {
            return Ok(Match::None("nothing is left of it".to_owned()));
        };
        let mut doubts = Vec::new();
        let submission = about(&sent, told, &mut doubts);
        // Mails call clients by their names; tables have a column for the id.
        if told.source != "mail" && !client.is_empty() && client != row.client {
            doubts.push(format!(
                "it names the client {client}, and invoice {number} is of {}",
                row.client
            ));
        }
        if let (Some(theirs), Some(ours)) = (total, row.total)
            && theirs != ours
        {
            doubts.push(format!(
                "it speaks of a total of {theirs}, and invoice {number} is {ours}"
            ));
        }
        if let (Some(approved), Some(ours)) = (told.report.approved_total, row.total)
            && approved > ours
        {
            doubts.push(format!(
                "{approved} is approved, and invoice {number} is {ours}; ask the client which invoice is meant"
            ));
        }
        doubts.extend(self.against_lines(&row, told)?);
        Ok(Match::One(
            Box::new(Parcel {
                submission,
                invoice: row,
            }),
            doubts,
        ))
    }

    async fn numbered(&self, tx: &mut Tx, number: &str) -> Result<Vec<InvoiceRow>, WorkflowError> {
        let filter = Filter {
            named: Some(number.to_owned()),
            clients: self.person.clients.clone(),
            ..Filter::default()
        };
        let mut rows = tx.invoices(&filter).await?;
        rows.retain(|row| row.number == number);
        Ok(rows)
    }

    /// What went to portals of an invoice, the latest version first.
    pub(super) async fn sent(
        &self,
        tx: &mut Tx,
        row: &InvoiceRow,
    ) -> Result<Vec<SubmissionRow>, WorkflowError> {
        let filter = SubmissionFilter {
            invoice: Some(row.id.clone()),
            ..SubmissionFilter::default()
        };
        let mut all = tx.submissions(&filter).await?;
        all.retain(|s| s.sent_ms.is_some());
        all.sort_by_key(|s| std::cmp::Reverse(s.version));
        Ok(all)
    }

    /// Cuts held against the lines that were sent.
    fn against_lines(&self, row: &InvoiceRow, told: &Told) -> Result<Vec<String>, WorkflowError> {
        let cuts = &told.report.reductions;
        if cuts.is_empty() {
            return Ok(Vec::new());
        }
        let bytes = self.store.documents.get(&row.document)?;
        let Ok(own) = lines(&bytes, &row.number) else {
            return Ok(Vec::new());
        };
        let mut doubts = Vec::new();
        for cut in cuts {
            let Some(line) = &cut.line else {
                continue;
            };
            // Portals that keep no reference say -9999.
            let Some(item) = line.item.as_deref().filter(|i| *i != "-9999") else {
                continue;
            };
            let Some(found) = own.iter().find(|l: &&LineText| l.item == item) else {
                doubts.push(format!(
                    "line {item} was cut by {}; invoice {} has no such line",
                    cut.amount.abs(),
                    row.number
                ));
                continue;
            };
            let Some(billed) = found.total else {
                continue;
            };
            if cut.amount.abs() > billed.abs() {
                doubts.push(format!(
                    "line {item} was cut by {}, and only {billed} was billed; ask the client what was meant",
                    cut.amount.abs()
                ));
            } else if line.total.is_some_and(|t| t != billed) {
                doubts.push(format!(
                    "line {item} is said to be {}, and {billed} was billed; perhaps another line is meant",
                    line.total.unwrap_or_default()
                ));
            }
        }
        Ok(doubts)
    }
}

/// Answers name days, and clocks of portals differ.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Which of the versions that were sent is meant: an answer from before the last was sent is about one before. `sent` has
/// one at least, the latest first.
fn about(sent: &[SubmissionRow], told: &Told, doubts: &mut Vec<String>) -> SubmissionRow {
    let latest = &sent[0];
    let sent_ms = latest.sent_ms.unwrap_or(i64::MAX);
    if sent.len() == 1 {
        return latest.clone();
    }
    match told.report.at.map(|at| at.timestamp_millis()) {
        Some(at) if at >= sent_ms => latest.clone(),
        Some(at) if at < sent_ms - DAY_MS => {
            let before = |s: &&SubmissionRow| s.sent_ms.is_some_and(|ms| ms <= at + DAY_MS);
            let earlier = sent.iter().skip(1);
            let found = earlier.clone().find(before).or(earlier.last());
            found.unwrap_or(latest).clone()
        }
        _ => {
            if told.report.outcome == Outcome::Rejected {
                doubts.push(format!(
                    "version {} was refused before; look whether this is about that one or about version {}",
                    sent[1].version, latest.version
                ));
            }
            latest.clone()
        }
    }
}

impl Ways {
    /// Whether two names are of one portal.
    fn same(&self, one: &str, other: &str) -> bool {
        let own = |name: &str| {
            let key = portal_key(name);
            self.aliases.get(&key).cloned().unwrap_or(key)
        };
        own(one) == own(other)
    }

    fn portal_of(&self, account: &str) -> Option<&String> {
        self.accounts.get(account)
    }
}
