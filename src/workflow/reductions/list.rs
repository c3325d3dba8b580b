//! Reductions as people read them, and what goes to the billing system.

use super::support::Ground;
use crate::revise::line::{LineText, lines};
use crate::store::{Filter, InvoiceRow, ReductionFilter, ReductionRow, StoreError};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::WorkflowError;
use rust_decimal::Decimal;
use serde::Serialize;

/// A reduction with its words and its line.
#[derive(Clone, Debug, Serialize)]
pub struct Cut {
    /// The reduction.
    pub row: ReductionRow,
    /// The client's words.
    pub reason: String,
    /// Why it was decided so.
    pub decision: String,
    /// The line that was sent; `None` for the invoice as a whole, or where it is not known any more.
    pub line: Option<LineText>,
}

/// What was cut from an invoice.
#[derive(Clone, Debug, Serialize)]
pub struct Overview {
    /// The invoice.
    pub invoice: InvoiceRow,
    /// Its reductions, in the order heard of.
    pub cuts: Vec<Cut>,
    /// What the client will pay, as it said last.
    pub approved: Option<Decimal>,
    /// What does not add up, in sentences.
    pub doubts: Vec<String>,
}

impl Overview {
    /// The sum of an amount of its reductions.
    pub fn sum(&self, of: impl Fn(&ReductionRow) -> Decimal) -> Decimal {
        let amounts = self.cuts.iter().map(|c| of(&c.row));
        amounts.fold(Decimal::ZERO, |sum, one| sum.saturating_add(one))
    }
}

/// What was accepted, for the billing system.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WriteOff {
    /// INVOICE_NUMBER.
    pub invoice_number: String,
    /// CLIENT_ID.
    pub client_id: String,
    /// The firm's number of the matter.
    pub law_firm_matter_id: String,
    /// LINE_ITEM_NUMBER; empty: the invoice as a whole.
    pub line_item_number: String,
    /// TIMEKEEPER_ID of the line.
    pub timekeeper_id: String,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// What the line bills.
    pub billed: Option<Decimal>,
    /// What was cut.
    pub cut: Decimal,
    /// What is to be written off.
    pub write_off: Decimal,
    /// Who accepted it.
    pub accepted_by: String,
    /// When, ISO.
    pub accepted_on: String,
    /// Why.
    pub reason: String,
}

/// A sealed text; empty where there is none.
pub(in crate::workflow) fn texts(desk: &Desk<'_>, sealed: &str) -> Result<String, WorkflowError> {
    if sealed.is_empty() {
        return Ok(String::new());
    }
    let bytes = desk.store.unseal(sealed)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

impl Desk<'_> {
    /// What was cut from one invoice.
    ///
    /// # Errors
    /// Not allowed, or no such invoice.
    pub async fn reductions(
        &self,
        named: &str,
        ground: &Ground<'_>,
    ) -> Result<Overview, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let invoice = self.find(&mut tx, named).await?;
        let filter = ReductionFilter {
            invoice: Some(invoice.id.clone()),
            ..ReductionFilter::default()
        };
        let mut rows = tx.reductions(&filter).await?;
        let events = tx.events(&invoice.id).await?;
        let facts = events.iter().rev().filter_map(|e| Facts::of(e).ok());
        let approved = facts.filter_map(|f| f.approved).next();
        drop(tx);
        ground.mark(self, &invoice, &mut rows)?;
        self.overview(invoice, rows, approved)
    }

    fn overview(
        &self,
        invoice: InvoiceRow,
        rows: Vec<ReductionRow>,
        approved: Option<Decimal>,
    ) -> Result<Overview, WorkflowError> {
        let sent = self.sent_lines(&invoice)?;
        let mut cuts = Vec::with_capacity(rows.len());
        for row in rows {
            let own = |l: &&LineText| Some(&l.item) == row.item.as_ref();
            cuts.push(Cut {
                reason: texts(self, &row.reason)?,
                decision: texts(self, &row.decision)?,
                line: sent.iter().find(own).cloned(),
                row,
            });
        }
        let mut doubts = Vec::new();
        let held: Decimal = cuts
            .iter()
            .map(|c| c.row.cut - c.row.recovered)
            .fold(Decimal::ZERO, |sum, one| sum.saturating_add(one));
        if let (Some(total), Some(approved)) = (invoice.total, approved)
            && total - approved != held
        {
            doubts.push(format!(
                "billed {total}, to be paid {approved}: {} are missing, the reductions known come to {held}",
                total - approved
            ));
        }
        Ok(Overview {
            invoice,
            cuts,
            approved,
            doubts,
        })
    }

    /// The lines of the version that stands; none where its file was purged.
    pub(in crate::workflow) fn sent_lines(
        &self,
        invoice: &InvoiceRow,
    ) -> Result<Vec<LineText>, WorkflowError> {
        match self.store.documents.get(&invoice.document) {
            Ok(bytes) => Ok(lines(&bytes, &invoice.number).unwrap_or_default()),
            Err(StoreError::Document { .. }) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// What was cut from every invoice this person may see, the largest open sum first. `undecided`: only where somebody
    /// has to decide.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn all_reductions(
        &self,
        client: Option<&str>,
        undecided: bool,
        ground: &Ground<'_>,
    ) -> Result<Vec<Overview>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let filter = ReductionFilter {
            clients: self.person.clients.clone(),
            ..ReductionFilter::default()
        };
        let mut by_invoice: Vec<(String, Vec<ReductionRow>)> = Vec::new();
        for row in tx.reductions(&filter).await? {
            if undecided
                && !matches!(
                    row.status.as_str(),
                    super::status::OPEN | super::status::IN_PART
                )
            {
                continue;
            }
            match by_invoice.last_mut().filter(|(id, _)| *id == row.invoice) {
                Some((_, rows)) => rows.push(row),
                None => by_invoice.push((row.invoice.clone(), vec![row])),
            }
        }
        let mut all = Vec::new();
        for (id, mut rows) in by_invoice {
            let invoice = tx.invoice(&id).await?;
            let Some(invoice) = invoice.filter(|i| client.is_none_or(|c| c == i.client)) else {
                continue;
            };
            ground.mark(self, &invoice, &mut rows)?;
            all.push(self.overview(invoice, rows, None)?);
        }
        all.sort_by_key(|o| std::cmp::Reverse(o.sum(ReductionRow::contested)));
        Ok(all)
    }

    /// What was accepted, by invoice and line.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn write_offs(&self, client: Option<&str>) -> Result<Vec<WriteOff>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let filter = Filter {
            clients: self.person.clients.clone(),
            client: client.map(str::to_owned),
            ..Filter::default()
        };
        let invoices = tx.invoices(&filter).await?;
        let all = ReductionFilter {
            clients: self.person.clients.clone(),
            ..ReductionFilter::default()
        };
        let mut offs = Vec::new();
        for row in tx.reductions(&all).await? {
            let invoice = invoices.iter().find(|i| i.id == row.invoice);
            let Some(invoice) = invoice.filter(|_| !row.accepted.is_zero()) else {
                continue;
            };
            let sent = self.sent_lines(invoice)?;
            let line = sent.iter().find(|l| Some(&l.item) == row.item.as_ref());
            let day = row
                .decided_ms
                .and_then(chrono::DateTime::from_timestamp_millis);
            offs.push(WriteOff {
                invoice_number: invoice.number.clone(),
                client_id: invoice.client.clone(),
                law_firm_matter_id: invoice.matter.clone(),
                line_item_number: row.item.clone().unwrap_or_default(),
                timekeeper_id: line.map_or_else(String::new, |l| l.timekeeper_id.clone()),
                currency: row.currency.clone(),
                billed: row.billed,
                cut: row.cut,
                write_off: row.accepted,
                accepted_by: row.decided_by.clone().unwrap_or_default(),
                accepted_on: day.map_or_else(String::new, |d| d.date_naive().to_string()),
                reason: texts(self, &row.decision)?,
            });
        }
        offs.sort_by(|a, b| {
            let key = |w: &WriteOff| (w.client_id.clone(), w.invoice_number.clone());
            key(a).cmp(&key(b))
        });
        Ok(offs)
    }
}
