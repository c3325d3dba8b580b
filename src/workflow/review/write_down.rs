//! Write-downs: proposed with a reason, decided by a partner, never by who proposed them.

use super::record::Item;
use super::returning::new_id;
use super::version::mark;
use crate::check::Checker;
use crate::revise::line::{LineChange, LineText};
use crate::store::{InvoiceRow, ReviewFilter, StoreError};
use crate::workflow::desk::{Desk, given};
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::state::State;
use crate::workflow::table::{Step, next};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// The table of reason codes: code, what it means.
const REASONS: &str = include_str!("../../../rules/write-down-reasons.csv");

/// Why something is written down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReasonCode {
    /// Its code.
    pub code: String,
    /// What it means.
    pub meaning: String,
}

/// Every reason code.
pub fn reason_codes() -> Vec<ReasonCode> {
    let mut reader = csv::Reader::from_reader(REASONS.as_bytes());
    reader.deserialize().filter_map(Result::ok).collect()
}

/// How much lower.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lowered {
    /// By this money, without tax.
    Amount(Decimal),
    /// By so many of its hours.
    Hours(Decimal),
}

/// A write-down to be proposed.
#[derive(Clone, Copy, Debug)]
pub struct NewWriteDown<'a> {
    /// The invoice: its number or id.
    pub invoice: &'a str,
    /// LINE_ITEM_NUMBER.
    pub line_item: &'a str,
    /// How much.
    pub by: Lowered,
    /// A code of the table.
    pub code: &'a str,
    /// In words.
    pub reason: &'a str,
}

/// A write-down that waits for a decision, or one that was decided.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Proposed {
    /// INVOICE_NUMBER.
    pub invoice: String,
    /// CLIENT_ID.
    pub client: String,
    /// The currency of the amount.
    pub currency: String,
    /// What was proposed.
    pub item: Item,
    /// Why, in words.
    pub reason: String,
    /// The line as it stands; nothing where it is gone.
    pub line: Option<LineText>,
}

impl Desk<'_> {
    /// Proposes to bill a line lower; returns the proposal's id and how much.
    ///
    /// # Errors
    /// Not allowed, no such line, code or amount, or one is open on the line already.
    pub async fn propose_write_down(
        &self,
        checker: &Checker,
        new: NewWriteDown<'_>,
    ) -> Result<Proposed, WorkflowError> {
        self.may(Act::Step(Step::ProposeWriteDown))?;
        if !reason_codes().iter().any(|r| r.code == new.code) {
            return refused(format!(
                "--reason-code {}: there is no such code; cleanbill write-down codes lists them",
                new.code
            ));
        }
        let reason = given(new.reason)?;
        again!(self.try_propose(checker, new, reason))
    }

    async fn try_propose(
        &self,
        checker: &Checker,
        new: NewWriteDown<'_>,
        reason: &str,
    ) -> Result<Proposed, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, new.invoice).await?;
        let story = self.story_of(&mut tx, row).await?;
        let row = &story.row;
        let line = self.line_of(row, new.line_item)?;
        let same = |w: &&Item| w.line_item == new.line_item;
        if let Some(open) = story.review.open_write_downs().find(same) {
            return refused(format!(
                "{} has proposed a write-down of line {} already: {}; a partner decides on it first",
                open.by, open.line_item, open.id
            ));
        }
        let amount = match new.by {
            Lowered::Amount(amount) => amount,
            Lowered::Hours(hours) => {
                let (Some(all), Some(rate), true) = (line.units, line.unit_cost, line.is_fee())
                else {
                    return refused(format!("line {} has no hours; say --amount", new.line_item));
                };
                if hours <= Decimal::ZERO || hours > all {
                    return refused(format!(
                        "line {} has {all} hours; --hours {hours} is not a part of them",
                        new.line_item
                    ));
                }
                let exact = hours.checked_mul(rate).unwrap_or(Decimal::MAX);
                exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
            }
        };
        // Whether it can be done at all is said now, and not to the partner who decides.
        let change = LineChange::WriteDown(amount);
        self.draft(checker, row, new.line_item, &change, new.code)
            .await?;
        let id = new_id(row, "write-down");
        let facts = Facts {
            version: Some(row.version),
            id: Some(id.clone()),
            item: Some(new.line_item.to_owned()),
            line: Some(mark(&line)?),
            timekeeper: Some(line.timekeeper_id.clone()),
            amount: Some(amount),
            code: Some(new.code.to_owned()),
            about: Some(self.keep(&tx, reason.as_bytes())?),
            ..Facts::default()
        };
        let chain = row.id.clone();
        let row = self
            .step(
                &mut tx,
                Some(story.row),
                &chain,
                Step::ProposeWriteDown,
                &facts,
            )
            .await?;
        self.put_reviewed(&mut tx, &row).await?;
        let story = self.story_of(&mut tx, row).await?;
        tx.commit().await?;
        let item = story.review.write_downs.last().cloned();
        match item.filter(|i| i.id == id) {
            Some(item) => Ok(Proposed {
                invoice: story.row.number.clone(),
                client: story.row.client.clone(),
                currency: story.row.currency.clone(),
                reason: story.text(&item.about),
                line: Some(line),
                item,
            }),
            None => Err(StoreError::Unreadable(format!("write-down {id} was not kept")).into()),
        }
    }

    /// Write-downs that wait for a decision, of clients this person serves, the oldest first.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn open_write_downs(&self) -> Result<Vec<Proposed>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let filter = ReviewFilter {
            kind: Some("write-down".to_owned()),
            state: Some("open".to_owned()),
            ..ReviewFilter::default()
        };
        let mut open = Vec::new();
        for item in tx.review_items(&filter).await? {
            let row = tx.invoice(&item.invoice).await?;
            let Some(row) = row.filter(|r| self.person.serves(&r.client)) else {
                continue;
            };
            if next(State::named(&row.state), Step::RefuseWriteDown).is_none() {
                continue;
            }
            let story = self.story_of(&mut tx, row).await?;
            let own = story.review.write_downs.iter().find(|w| w.id == item.id);
            open.extend(own.map(|own| Proposed {
                invoice: story.row.number.clone(),
                client: story.row.client.clone(),
                currency: story.row.currency.clone(),
                reason: story.text(&own.about),
                line: self.line_of(&story.row, &own.line_item).ok(),
                item: own.clone(),
            }));
        }
        Ok(open)
    }

    /// Decides on a write-down. Accepted, it becomes a new version of the invoice.
    ///
    /// # Errors
    /// Not allowed, proposed by the same person, decided already, no reason, or the line is another by now.
    pub async fn decide_write_down(
        &self,
        checker: &Checker,
        id: &str,
        accept: bool,
        reason: &str,
    ) -> Result<(InvoiceRow, Decimal), WorkflowError> {
        let step = if accept {
            Step::AcceptWriteDown
        } else {
            Step::RefuseWriteDown
        };
        self.may(Act::Step(step))?;
        let reason = given(reason)?;
        again!(self.try_decide_write_down(checker, id, step, reason))
    }

    async fn try_decide_write_down(
        &self,
        checker: &Checker,
        id: &str,
        step: Step,
        reason: &str,
    ) -> Result<(InvoiceRow, Decimal), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let (row, _) = self.open_item(&mut tx, "write-down", id).await?;
        let story = self.story_of(&mut tx, row).await?;
        let Some(item) = story.review.open_write_downs().find(|w| w.id == id) else {
            let why = format!("write-down {id} is in no event of invoice {}", story.row.id);
            return Err(StoreError::Unreadable(why).into());
        };
        if item.by == self.person.name {
            return refused(format!(
                "{} proposed this write-down; another partner decides on it",
                item.by
            ));
        }
        let amount = item.amount.unwrap_or_default();
        let facts = Facts {
            version: Some(story.row.version),
            id: Some(id.to_owned()),
            item: Some(item.line_item.clone()),
            reason: Some(self.keep(&tx, reason.as_bytes())?),
            ..Facts::default()
        };
        let row = if step == Step::AcceptWriteDown {
            let still = self.unchanged(&story.row, &item.line_item, &item.line);
            still.or_else(|e| match e {
                WorkflowError::Refused(why) => refused(format!(
                    "{why}; refuse this write-down and have it proposed anew"
                )),
                other => Err(other),
            })?;
            let change = LineChange::WriteDown(amount);
            let draft = self
                .draft(checker, &story.row, &item.line_item, &change, &item.code)
                .await?;
            self.new_version(&mut tx, story.row, step, &draft, reason, facts)
                .await?
        } else {
            let chain = story.row.id.clone();
            let row = self
                .step(&mut tx, Some(story.row), &chain, step, &facts)
                .await?;
            self.put_reviewed(&mut tx, &row).await?;
            row
        };
        tx.commit().await?;
        Ok((row, amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        let all = reason_codes();
        assert_eq!(all.len(), REASONS.trim().lines().count() - 1);
        assert!(all.iter().all(|r| !r.meaning.is_empty()));
        let mut codes: Vec<&str> = all.iter().map(|r| r.code.as_str()).collect();
        codes.dedup();
        assert_eq!(codes.len(), all.len());
    }
}
