//! The money an answer speaks of, written down line by line in the transaction of the step it leads to.

use super::line::{cuts, meant};
use super::status;
use crate::model::{Payment, Reduction, StatusReport};
use crate::revise::line::{LineText, lines};
use crate::store::{
    InvoiceRow, PaymentFilter, PaymentRow, ReductionFilter, ReductionRow, StoreError, Tx, sha256,
};
use crate::workflow::desk::Desk;
use crate::workflow::projection::Facts;
use crate::workflow::receivables;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use crate::workflow::submission::Given;
use crate::workflow::table::{Step, next};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

impl Desk<'_> {
    /// Writes down what an answer says of money: what was cut, what is no longer, what was paid, and what became of an
    /// appeal whose file this invoice is. What is known already changes nothing, so the same answer may come again.
    /// `answer` is the SHA-256 of the kept answer. The invoice is written by the caller.
    pub(in crate::workflow) async fn book(
        &self,
        tx: &mut Tx,
        mut invoice: InvoiceRow,
        report: &StatusReport,
        answer: &str,
    ) -> Result<InvoiceRow, WorkflowError> {
        if next(State::named(&invoice.state), Step::Cut).is_none() {
            return Ok(invoice);
        }
        if !report.reductions.is_empty() || report.approved_total.is_some() {
            invoice = self.book_cuts(tx, invoice, report, answer).await?;
        }
        if !report.payments.is_empty() {
            invoice = self.book_payments(tx, invoice, report, answer).await?;
        }
        self.hear_of_appeal(tx, &invoice, report, answer).await?;
        Ok(invoice)
    }

    async fn book_cuts(
        &self,
        tx: &mut Tx,
        mut invoice: InvoiceRow,
        report: &StatusReport,
        answer: &str,
    ) -> Result<InvoiceRow, WorkflowError> {
        let filter = ReductionFilter {
            invoice: Some(invoice.id.clone()),
            ..ReductionFilter::default()
        };
        let known = tx.reductions(&filter).await?;
        // What cannot be read any more was purged: then no line is known.
        let sent = match self.store.documents.get(&invoice.document) {
            Ok(bytes) => lines(&bytes, &invoice.number).unwrap_or_default(),
            Err(StoreError::Document { .. }) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let (amounts, sums) = cuts(report);
        let mut said = Said::default();
        for (reduction, cut) in report.reductions.iter().zip(amounts) {
            let row = self.row_of(&invoice, &sent, reduction, cut, answer, &mut said)?;
            let Some(mut row) = row else { continue };
            if let Some(sums) = &sums {
                doubt(&mut row, sums);
            }
            if known.iter().any(|k| k.id == row.id) {
                continue;
            }
            let given = Given {
                code: String::new(),
                words: reduction.reason.clone(),
                item: row.item.clone(),
                cut: Some(cut),
            };
            row.slug = self.meant(tx, given, None).await?.slug.unwrap_or_default();
            let facts = Facts {
                version: Some(invoice.version),
                id: Some(row.id.clone()),
                item: row.item.clone(),
                amount: Some(row.cut),
                answer: Some(answer.to_owned()),
                ..Facts::default()
            };
            invoice = self.money_step(tx, invoice, Step::Cut, &facts).await?;
            tx.put_reduction(&row).await?;
        }
        // Only an answer that is proven whole says by its silence that a cut is gone.
        let whole = report.original_total.is_some()
            && report.approved_total.is_some()
            && sums.is_none()
            && proven(report, &said);
        if whole {
            let gone = |k: &&ReductionRow| {
                k.status == status::OPEN
                    && k.version == invoice.version
                    && !said.ids.contains(&k.id)
            };
            for mut row in known.iter().filter(gone).cloned().collect::<Vec<_>>() {
                let facts = Facts {
                    version: Some(invoice.version),
                    id: Some(row.id.clone()),
                    answer: Some(answer.to_owned()),
                    ..Facts::default()
                };
                invoice = self
                    .money_step(tx, invoice, Step::TakeCutBack, &facts)
                    .await?;
                status::TAKEN_BACK.clone_into(&mut row.status);
                row.recovered = row.cut;
                tx.put_reduction(&row).await?;
            }
        }
        Ok(invoice)
    }

    /// A reduction as a row; `None` where nothing is taken away.
    fn row_of(
        &self,
        invoice: &InvoiceRow,
        sent: &[LineText],
        reduction: &Reduction,
        cut: Decimal,
        answer: &str,
        said: &mut Said,
    ) -> Result<Option<ReductionRow>, WorkflowError> {
        if cut <= Decimal::ZERO {
            return Ok(None);
        }
        let found = meant(reduction, sent);
        let item = found.line.map(|l| l.item.clone());
        let billed = match (&reduction.line, found.line) {
            (None, _) => invoice.total,
            (Some(told), None) => told.total,
            (Some(_), Some(line)) => line.total,
        };
        let id = said.id(invoice, item.as_deref(), cut);
        let on_line = said.sum(item.as_deref(), cut);
        let mut row = ReductionRow {
            id,
            invoice: invoice.id.clone(),
            version: invoice.version,
            item,
            billed,
            cut,
            currency: currency(reduction.currency.as_deref(), invoice),
            reason: match reduction.reason.trim() {
                "" => String::new(),
                words => self.store.seal(words.as_bytes())?,
            },
            status: status::OPEN.to_owned(),
            said_ms: reduction.at.map(|at| at.timestamp_millis()),
            heard_ms: (self.clock)(),
            answer: answer.to_owned(),
            ..ReductionRow::default()
        };
        if let Some(text) = found.doubt {
            doubt(&mut row, &text);
        }
        let larger = row.billed.is_some_and(|billed| on_line > billed);
        if larger {
            let whose = if row.item.is_some() {
                "line"
            } else {
                "invoice"
            };
            doubt(&mut row, &format!("more is cut than the {whose} bills"));
        }
        let other = row.currency != invoice.currency && invoice.currency != "?";
        if other {
            let text = format!("cut in {}, billed in {}", row.currency, invoice.currency);
            doubt(&mut row, &text);
        }
        Ok(Some(row))
    }

    async fn book_payments(
        &self,
        tx: &mut Tx,
        mut invoice: InvoiceRow,
        report: &StatusReport,
        answer: &str,
    ) -> Result<InvoiceRow, WorkflowError> {
        let filter = PaymentFilter {
            invoice: Some(invoice.id.clone()),
            ..PaymentFilter::default()
        };
        let known = tx.payments(&filter).await?;
        let mut seen: BTreeMap<(Decimal, String), u32> = BTreeMap::new();
        let mut remitted = Remitted::of(&known);
        for payment in &report.payments {
            let reference = payment.reference.clone().unwrap_or_default();
            let place = seen
                .entry((payment.amount.normalize(), reference.clone()))
                .or_default();
            *place += 1;
            let mut row = payment_row(&invoice, payment, reference, *place, answer, (self.clock)());
            if known.iter().any(|k| k.id == row.id) {
                continue;
            }
            if row.amount < Decimal::ZERO {
                self.hear_of_taken_back(tx, &invoice, &row).await?;
                continue;
            }
            row.amount = remitted.not_of(&row);
            if row.amount.is_zero() {
                continue;
            }
            let facts = Facts {
                version: Some(invoice.version),
                id: Some(row.id.clone()),
                amount: Some(row.amount),
                answer: Some(answer.to_owned()),
                ..Facts::default()
            };
            invoice = self.money_step(tx, invoice, Step::Receive, &facts).await?;
            tx.add_payment(&row).await?;
        }
        Ok(invoice)
    }

    /// A step about money, which leaves the invoice where it is.
    pub(in crate::workflow) async fn money_step(
        &self,
        tx: &mut Tx,
        invoice: InvoiceRow,
        step: Step,
        facts: &Facts,
    ) -> Result<InvoiceRow, WorkflowError> {
        let chain = invoice.id.clone();
        self.step(tx, Some(invoice), &chain, step, facts).await
    }
}

/// Payments of an invoice that remittances told of. Money under one reference is the same, whoever tells of it; without a
/// reference, a payment of the same amount and about the same day is.
struct Remitted<'a> {
    left: BTreeMap<&'a str, Decimal>,
    rows: Vec<&'a PaymentRow>,
}

impl<'a> Remitted<'a> {
    fn of(known: &'a [PaymentRow]) -> Self {
        let own = known.iter().filter(|p| p.source == receivables::REMITTANCE);
        let rows: Vec<&PaymentRow> = own.collect();
        let mut left: BTreeMap<&str, Decimal> = BTreeMap::new();
        for row in rows.iter().filter(|r| !r.reference.is_empty()) {
            let sum = left.entry(&row.reference).or_default();
            *sum = sum.saturating_add(row.amount);
        }
        Self { left, rows }
    }

    /// What of a payment no remittance has told of.
    fn not_of(&mut self, payment: &PaymentRow) -> Decimal {
        if let Some(left) = self.left.get_mut(payment.reference.as_str()) {
            let same = payment.amount.min(*left).max(Decimal::ZERO);
            *left -= same;
            return payment.amount - same;
        }
        let day = payment.day.as_deref().and_then(|d| d.parse().ok());
        let same = |row: &&PaymentRow| {
            row.amount == payment.amount
                && (row.reference.is_empty() || payment.reference.is_empty())
                && receivables::close(row.day.as_deref(), day)
        };
        match self.rows.iter().position(same) {
            Some(at) => {
                self.rows.remove(at);
                Decimal::ZERO
            }
            None => payment.amount,
        }
    }
}

/// What one answer has said so far.
#[derive(Default)]
struct Said {
    ids: BTreeSet<String>,
    places: BTreeMap<(String, Decimal), u32>,
    sums: BTreeMap<String, Decimal>,
}

impl Said {
    /// The id of a reduction: the same whichever way it is heard of. Equals within one answer are told apart by their
    /// place.
    fn id(&mut self, invoice: &InvoiceRow, item: Option<&str>, cut: Decimal) -> String {
        let item = item.unwrap_or("");
        let cut = cut.normalize();
        let place = self.places.entry((item.to_owned(), cut)).or_default();
        *place += 1;
        let text = format!(
            "{}\u{1f}{}\u{1f}{item}\u{1f}{cut}\u{1f}{place}",
            invoice.id, invoice.version
        );
        let mut id = sha256(text.as_bytes());
        id.truncate(12);
        self.ids.insert(id.clone());
        id
    }

    /// What was cut from a line so far, or from the invoice as a whole.
    fn sum(&mut self, item: Option<&str>, cut: Decimal) -> Decimal {
        let sum = self.sums.entry(item.unwrap_or("").to_owned()).or_default();
        *sum = sum.checked_add(cut).unwrap_or(Decimal::MAX);
        *sum
    }
}

/// True where the answer's reductions come to what its totals differ by.
fn proven(report: &StatusReport, said: &Said) -> bool {
    let differ = report
        .original_total
        .zip(report.approved_total)
        .and_then(|(billed, approved)| billed.checked_sub(approved));
    let sum = said
        .sums
        .values()
        .try_fold(Decimal::ZERO, |sum, one| sum.checked_add(*one));
    differ.is_some() && differ == sum
}

fn payment_row(
    invoice: &InvoiceRow,
    payment: &Payment,
    reference: String,
    place: u32,
    answer: &str,
    now: i64,
) -> PaymentRow {
    let text = format!(
        "{}\u{1f}{}\u{1f}{reference}\u{1f}{place}",
        invoice.id,
        payment.amount.normalize()
    );
    let mut id = sha256(text.as_bytes());
    id.truncate(16);
    PaymentRow {
        id,
        invoice: invoice.id.clone(),
        item: None,
        amount: payment.amount,
        currency: currency(payment.currency.as_deref(), invoice),
        kind: payment.kind.clone().unwrap_or_default(),
        reference,
        day: payment.at.map(|at| at.date_naive().to_string()),
        source: receivables::ANSWER.to_owned(),
        document: answer.to_owned(),
        heard_ms: now,
    }
}

fn currency(told: Option<&str>, invoice: &InvoiceRow) -> String {
    let told = told.map(str::trim).filter(|c| !c.is_empty());
    told.map_or_else(|| invoice.currency.clone(), str::to_ascii_uppercase)
}

fn doubt(row: &mut ReductionRow, text: &str) {
    if !row.doubt.is_empty() {
        row.doubt.push_str("; ");
    }
    row.doubt.push_str(text);
}
