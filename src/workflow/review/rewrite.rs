//! The timekeeper's side: what they are asked, what a text would read as, and their answer in their own words.

use super::returning::Asked;
use super::version::Draft;
use crate::check::Checker;
use crate::model::Finding;
use crate::revise::line::LineChange;
use crate::store::{InvoiceRow, ReviewFilter, ReviewRow, StoreError, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::state::State;
use crate::workflow::table::{Step, next};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A timekeeper's answer, word for word.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// Other words for the line.
    #[serde(rename = "text")]
    Text(String),
    /// Lines for the line, each with its hours.
    #[serde(rename = "parts")]
    Parts(Vec<(Decimal, String)>),
}

impl Answer {
    fn change(&self) -> LineChange {
        match self {
            Self::Text(text) => LineChange::Narrative(text.trim().to_owned()),
            Self::Parts(parts) => LineChange::Parts(
                parts
                    .iter()
                    .map(|(hours, text)| (*hours, text.trim().to_owned()))
                    .collect(),
            ),
        }
    }
}

/// A request as its timekeeper sees it: no other lines, no totals.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct OwnRequest {
    /// Its id.
    pub id: String,
    /// INVOICE_NUMBER.
    pub invoice: String,
    /// CLIENT_ID.
    pub client: String,
    /// The firm's number of the matter.
    pub matter: String,
    /// LINE_ITEM_NUMBER.
    pub line_item: String,
    /// The day of the work.
    pub date: Option<chrono::NaiveDate>,
    /// Where it is.
    pub state: String,
    /// Who returned the line.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// What is asked.
    pub asked: Asked,
    /// The line is another by now and the request cannot be answered.
    pub line_has_changed: bool,
}

/// What a text would come to.
pub struct Trial {
    /// The line's hours.
    pub hours: Option<Decimal>,
    /// Findings on the line as it stands.
    pub before: Vec<Finding>,
    /// Findings on the line, or those in its place, with the text.
    pub after: Vec<Finding>,
}

impl Desk<'_> {
    /// This person's open requests, the oldest first.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn own_requests(&self) -> Result<Vec<OwnRequest>, WorkflowError> {
        self.may(Act::OwnLines)?;
        let mut tx = self.store.db.read().await?;
        let ids = tx.authority().await?.ids_of(&self.person.name);
        let filter = ReviewFilter {
            kind: Some("rewrite".to_owned()),
            state: Some("open".to_owned()),
            timekeepers: Some(ids),
            ..ReviewFilter::default()
        };
        let mut own = Vec::new();
        for item in tx.review_items(&filter).await? {
            let row = tx.invoice(&item.invoice).await?;
            let Some(row) = row.filter(|r| self.person.serves(&r.client)) else {
                continue;
            };
            // Of an invoice that was withdrawn nothing is asked any more.
            if next(State::named(&row.state), Step::Rewrite).is_some() {
                own.push(self.own_request(&mut tx, &row, &item).await?);
            }
        }
        Ok(own)
    }

    /// One request of this person's, open or not.
    ///
    /// # Errors
    /// Not allowed, or none of theirs.
    pub async fn request(&self, id: &str) -> Result<OwnRequest, WorkflowError> {
        self.may(Act::OwnLines)?;
        let mut tx = self.store.db.read().await?;
        let (row, item) = self.own_item(&mut tx, id).await?;
        self.own_request(&mut tx, &row, &item).await
    }

    async fn own_item(
        &self,
        tx: &mut Tx,
        id: &str,
    ) -> Result<(InvoiceRow, ReviewRow), WorkflowError> {
        let filter = ReviewFilter {
            id: Some(id.to_owned()),
            kind: Some("rewrite".to_owned()),
            timekeepers: Some(tx.authority().await?.ids_of(&self.person.name)),
            ..ReviewFilter::default()
        };
        if let Some(item) = tx.review_items(&filter).await?.pop()
            && let Ok(row) = self.find(tx, &item.invoice).await
        {
            return Ok((row, item));
        }
        refused(format!(
            "there is no request {id} about a line of yours; cleanbill rewrite lists those that are open"
        ))
    }

    async fn own_request(
        &self,
        tx: &mut Tx,
        row: &InvoiceRow,
        item: &ReviewRow,
    ) -> Result<OwnRequest, WorkflowError> {
        let events = tx.events(&row.id).await?;
        let review = super::Review::of(&events).map_err(StoreError::Unreadable)?;
        let request = review.requests.into_iter().find(|r| r.id == item.id);
        let Some(request) = request else {
            let why = format!("request {} is in no event of invoice {}", item.id, row.id);
            return Err(StoreError::Unreadable(why).into());
        };
        let asked: Asked = serde_json::from_slice(&self.store.documents.get(&request.about)?)?;
        let open = item.state == "open";
        let line = self.unchanged(row, &request.line_item, &request.line).ok();
        Ok(OwnRequest {
            id: item.id.clone(),
            invoice: row.number.clone(),
            client: row.client.clone(),
            matter: row.matter.clone(),
            line_item: item.line_item.clone(),
            date: line.as_ref().and_then(|l| l.date),
            state: item.state.clone(),
            by: item.asked_by.clone(),
            at_ms: item.asked_ms,
            asked,
            line_has_changed: open && line.is_none(),
        })
    }

    /// What the check would say of an answer. Nothing is kept.
    ///
    /// # Errors
    /// As [`Desk::rewrite`].
    pub async fn try_answer(
        &self,
        checker: &Checker,
        id: &str,
        answer: &Answer,
    ) -> Result<Trial, WorkflowError> {
        self.may(Act::Step(Step::Rewrite))?;
        let mut tx = self.store.db.read().await?;
        let (row, _, draft) = self.answered(&mut tx, checker, id, answer).await?;
        let story = self.story_of(&mut tx, row).await?;
        let request = story.review.requests.iter().find(|r| r.id == id);
        let item = request.map_or("", |r| r.line_item.as_str());
        let hours = self.line_of(&story.row, item)?.units;
        Ok(Trial {
            hours,
            before: super::version::on_line(&story.report, item)
                .cloned()
                .collect(),
            after: draft.findings,
        })
    }

    /// Records the timekeeper's own words, which become a new version of the invoice.
    ///
    /// # Errors
    /// Not allowed, no open request of theirs, words or hours the file cannot take, or the line is another by now.
    pub async fn rewrite(
        &self,
        checker: &Checker,
        id: &str,
        answer: &Answer,
    ) -> Result<(InvoiceRow, Vec<Finding>), WorkflowError> {
        self.may(Act::Step(Step::Rewrite))?;
        again!(self.try_rewrite(checker, id, answer))
    }

    async fn try_rewrite(
        &self,
        checker: &Checker,
        id: &str,
        answer: &Answer,
    ) -> Result<(InvoiceRow, Vec<Finding>), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let (row, item, draft) = self.answered(&mut tx, checker, id, answer).await?;
        let facts = Facts {
            id: Some(id.to_owned()),
            item: Some(item.line_item.clone()),
            about: Some(self.keep(&tx, &serde_json::to_vec(answer)?)?),
            ..Facts::default()
        };
        let reason = format!("rewritten by the timekeeper, request {id}");
        let row = self
            .new_version(&mut tx, row, Step::Rewrite, &draft, &reason, facts)
            .await?;
        tx.commit().await?;
        Ok((row, draft.findings))
    }

    async fn answered(
        &self,
        tx: &mut Tx,
        checker: &Checker,
        id: &str,
        answer: &Answer,
    ) -> Result<(InvoiceRow, super::Item, Draft), WorkflowError> {
        let (row, item) = self.own_item(tx, id).await?;
        if item.state != "open" {
            return refused(format!("request {id} is {} already", item.state));
        }
        if next(State::named(&row.state), Step::Rewrite).is_none() {
            return refused(format!(
                "invoice {} is {}: its lines cannot be rewritten",
                row.number, row.state
            ));
        }
        let events = tx.events(&row.id).await?;
        let review = super::Review::of(&events).map_err(StoreError::Unreadable)?;
        let request = review.requests.into_iter().find(|r| r.id == id);
        let Some(request) = request else {
            let why = format!("request {id} is in no event of invoice {}", row.id);
            return Err(StoreError::Unreadable(why).into());
        };
        let still = self.unchanged(&row, &request.line_item, &request.line);
        still.or_else(|e| match e {
            WorkflowError::Refused(why) => refused(format!(
                "{why}; {} has to recall the request and return the line anew",
                request.by
            )),
            other => Err(other),
        })?;
        let rule = if request.code.is_empty() {
            "rewrite"
        } else {
            &request.code
        };
        let draft = self
            .draft(checker, &row, &request.line_item, &answer.change(), rule)
            .await?;
        Ok((row, request, draft))
    }
}
