//! What a timekeeper sees of an invoice: their own lines, and nothing that others wrote or that it comes to.

use super::version::on_line;
use crate::model::Finding;
use crate::revise::line::lines;
use crate::store::ReviewFilter;
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeSet;

/// A line of one's own.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct OwnLine {
    /// LINE_ITEM_NUMBER.
    pub line_item: String,
    /// LINE_ITEM_DATE.
    pub date: Option<NaiveDate>,
    /// Hours.
    pub units: Option<Decimal>,
    /// Task, activity and expense code.
    pub codes: [String; 3],
    /// LINE_ITEM_DESCRIPTION.
    pub narrative: String,
    /// What the check says of it alone.
    pub findings: Vec<Finding>,
    /// Ids of the requests about it that are open.
    pub requests: Vec<String>,
}

/// An invoice as one of its timekeepers sees it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct OwnInvoice {
    /// INVOICE_NUMBER.
    pub number: String,
    /// CLIENT_ID.
    pub client: String,
    /// The firm's number of the matter.
    pub matter: String,
    /// Where it is.
    pub state: String,
    /// Their lines.
    pub lines: Vec<OwnLine>,
}

impl Desk<'_> {
    /// Invoices with a line of this person's that was ever returned, in the order of their numbers.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn own_invoices(&self) -> Result<Vec<OwnInvoice>, WorkflowError> {
        self.may(Act::OwnLines)?;
        let mut tx = self.store.db.read().await?;
        let ids = tx.authority().await?.ids_of(&self.person.name);
        let filter = ReviewFilter {
            kind: Some("rewrite".to_owned()),
            timekeepers: Some(ids),
            ..ReviewFilter::default()
        };
        let items = tx.review_items(&filter).await?;
        drop(tx);
        let invoices: BTreeSet<String> = items.into_iter().map(|i| i.invoice).collect();
        let mut own = Vec::new();
        for id in invoices {
            match self.own_invoice(&id).await {
                Ok(invoice) => own.push(invoice),
                // Of a client they no longer serve, or their line is gone.
                Err(WorkflowError::Refused(_)) => {}
                Err(e) => return Err(e),
            }
        }
        own.sort_by(|a, b| a.number.cmp(&b.number));
        Ok(own)
    }

    /// This person's lines of one invoice.
    ///
    /// # Errors
    /// Not allowed, or no invoice with a line of theirs.
    pub async fn own_invoice(&self, named: &str) -> Result<OwnInvoice, WorkflowError> {
        self.may(Act::OwnLines)?;
        let mut tx = self.store.db.read().await?;
        let ids = tx.authority().await?.ids_of(&self.person.name);
        let row = self.find(&mut tx, named).await?;
        let story = self.story_of(&mut tx, row).await?;
        let row = &story.row;
        let bytes = self.store.documents.get(&row.document)?;
        let mut all = lines(&bytes, &row.number).or_else(|r| refused(r.0))?;
        all.retain(|l| ids.contains(&l.timekeeper_id));
        if all.is_empty() {
            // Whether it exists is nobody's business who has no line in it.
            return refused(format!(
                "no invoice {named} of a client you serve has a line of yours"
            ));
        }
        let own: BTreeSet<&str> = all.iter().map(|l| l.item.as_str()).collect();
        // A finding that also speaks of others' lines could quote them.
        let alone = |f: &&Finding| {
            f.places_total.is_none()
                && f.places
                    .iter()
                    .all(|p| p.item.as_deref().is_some_and(|i| own.contains(i)))
        };
        let lines = all
            .iter()
            .map(|line| OwnLine {
                findings: on_line(&story.report, &line.item)
                    .filter(alone)
                    .cloned()
                    .collect(),
                requests: story
                    .review
                    .open_requests()
                    .filter(|r| r.line_item == line.item)
                    .map(|r| r.id.clone())
                    .collect(),
                line_item: line.item.clone(),
                date: line.date,
                units: line.units,
                codes: line.codes.clone(),
                narrative: line.narrative.clone(),
            })
            .collect();
        Ok(OwnInvoice {
            number: row.number.clone(),
            client: row.client.clone(),
            matter: row.matter.clone(),
            state: row.state.clone(),
            lines,
        })
    }
}
