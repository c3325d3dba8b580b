//! An appeal is proposed: which reductions, why, and until when.

use super::due::{starts, used, window};
use super::status;
use crate::store::{AppealRow, InvoiceRow, ReductionFilter, ReductionRow, Tx, sha256};
use crate::workflow::desk::{Desk, given};
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::reductions::{Ground, status as of_reduction};
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::table::Step;
use crate::workflow::windows::Deadline;
use rust_decimal::Decimal;

/// An appeal to be proposed.
#[derive(Clone, Copy, Debug)]
pub struct NewAppeal<'a> {
    /// The invoice: its number or id.
    pub invoice: &'a str,
    /// LINE_ITEM_NUMBERs or ids of reductions; empty: everything that is open.
    pub items: &'a [String],
    /// What speaks for it, for the partner and the letter.
    pub why: &'a str,
}

impl Desk<'_> {
    /// Proposes an appeal.
    ///
    /// # Errors
    /// Not allowed, nothing open of that name, no try left, or the window has passed.
    pub async fn propose_appeal(
        &self,
        new: NewAppeal<'_>,
        ground: &Ground<'_>,
    ) -> Result<(AppealRow, Deadline), WorkflowError> {
        self.may(Act::Step(Step::ProposeAppeal))?;
        let why = given(new.why)?;
        again!(self.try_propose_appeal(new, why, ground))
    }

    async fn try_propose_appeal(
        &self,
        new: NewAppeal<'_>,
        why: &str,
        ground: &Ground<'_>,
    ) -> Result<(AppealRow, Deadline), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let invoice = self.find(&mut tx, new.invoice).await?;
        let mut rows = self.appealable(&mut tx, &invoice, new.items).await?;
        ground.mark(self, &invoice, &mut rows)?;
        let before = self.appeals_of(&mut tx, &invoice).await?;
        let tries = used(&before);
        let starts = starts(&mut tx, &invoice, &rows, ground.lists).await?;
        let deadline = window(&invoice, &starts, tries, ground.lists);
        match &deadline {
            Deadline::NoTriesLeft { .. } => {
                return refused(format!(
                    "invoice {}: {}; ask the client for another",
                    invoice.number,
                    deadline.words()
                ));
            }
            Deadline::Until(last) if last.at.timestamp_millis() < (self.clock)() => {
                return refused(format!(
                    "invoice {}: the window has passed on {} ({}); ask the client whether it takes an appeal all the same, \
                     and correct windows.csv",
                    invoice.number, last.local, last.computed
                ));
            }
            _ => {}
        }
        let claimed = rows.iter().fold(Decimal::ZERO, |sum, row| {
            sum.saturating_add(row.contested())
        });
        let mut id = sha256(format!("{}\u{1f}appeal\u{1f}{}", invoice.id, before.len()).as_bytes());
        id.truncate(8);
        let facts = Facts {
            version: Some(invoice.version),
            id: Some(id.clone()),
            amount: Some(claimed),
            about: Some(self.keep(&tx, why.as_bytes())?),
            reductions: rows.iter().map(|r| r.id.clone()).collect(),
            ..Facts::default()
        };
        let row = AppealRow {
            id: id.clone(),
            invoice: invoice.id.clone(),
            status: status::PROPOSED.to_owned(),
            claimed,
            currency: rows
                .first()
                .map_or_else(String::new, |r| r.currency.clone()),
            tries: i64::from(tries) + 1,
            until_ms: deadline.until_ms(),
            computed: deadline.words(),
            proposed_by: self.person.name.clone(),
            proposed_ms: (self.clock)(),
            ..AppealRow::default()
        };
        let invoice = self
            .money_step(&mut tx, invoice, Step::ProposeAppeal, &facts)
            .await?;
        tx.put_invoice(&invoice).await?;
        for mut own in rows {
            of_reduction::APPEALED.clone_into(&mut own.status);
            own.appeal = Some(id.clone());
            tx.put_reduction(&own).await?;
        }
        tx.put_appeal(&row).await?;
        tx.commit().await?;
        Ok((row, deadline))
    }

    /// The reductions of an invoice that may be appealed: those with these lines or ids, or all.
    async fn appealable(
        &self,
        tx: &mut Tx,
        invoice: &InvoiceRow,
        items: &[String],
    ) -> Result<Vec<ReductionRow>, WorkflowError> {
        let filter = ReductionFilter {
            invoice: Some(invoice.id.clone()),
            ..ReductionFilter::default()
        };
        let all = tx.reductions(&filter).await?;
        let free = |row: &ReductionRow| {
            let open = [
                of_reduction::OPEN,
                of_reduction::IN_PART,
                of_reduction::LOST,
                of_reduction::PARTLY_WON,
            ];
            open.contains(&row.status.as_str()) && !row.contested().is_zero()
        };
        let named =
            |row: &ReductionRow, item: &String| row.id == *item || row.item.as_ref() == Some(item);
        for item in items {
            let known: Vec<&ReductionRow> = all.iter().filter(|r| named(r, item)).collect();
            if known.is_empty() {
                return refused(format!(
                    "nothing was cut from line {item} of invoice {}; cleanbill reductions show {0} lists what was",
                    invoice.number
                ));
            }
            if let Some(closed) = known.iter().find(|r| !free(r)) {
                return refused(format!(
                    "reduction {} of line {item} is {}: it cannot be appealed",
                    closed.id, closed.status
                ));
            }
        }
        let wanted = |row: &ReductionRow| {
            // What was lost once is appealed again only by name.
            let first = matches!(
                row.status.as_str(),
                of_reduction::OPEN | of_reduction::IN_PART
            );
            free(row) && (items.is_empty() && first || items.iter().any(|i| named(row, i)))
        };
        let rows: Vec<ReductionRow> = all.into_iter().filter(wanted).collect();
        if rows.is_empty() {
            return refused(format!(
                "nothing is open of what was cut from invoice {}",
                invoice.number
            ));
        }
        let first = &rows[0].currency;
        if rows.iter().any(|r| r.currency != *first) {
            return refused(format!(
                "invoice {} was cut in several currencies: propose an appeal for each, with --items",
                invoice.number
            ));
        }
        Ok(rows)
    }
}
