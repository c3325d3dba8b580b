//! What is open of each invoice: billed, less what a partner accepted, less what came.

use super::ageing::Bucket;
use super::owed::{AgeFrom, Owed, Receivable, Terms};
use super::stated::{Stated, day};
use crate::store::{
    AppealFilter, AppealRow, Filter, InvoiceRow, PaymentFilter, PaymentRow, ReductionFilter,
    ReductionRow, Tx,
};
use crate::workflow::appeals;
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What an account is made of.
#[derive(Default)]
struct Made {
    cuts: Vec<ReductionRow>,
    payments: Vec<PaymentRow>,
    appeals: Vec<AppealRow>,
    stated: Stated,
    reminded: Vec<i64>,
}

/// States in which a client owes.
const OWING: [State; 8] = [
    State::Submitted,
    State::Acknowledged,
    State::InClientReview,
    State::ActionRequired,
    State::Approved,
    State::Reduced,
    State::PartlyPaid,
    State::Paid,
];

fn sum<T>(rows: &[T], of: impl Fn(&T) -> Decimal) -> Decimal {
    let amounts = rows.iter().map(of);
    amounts.fold(Decimal::ZERO, |sum, one| sum.saturating_add(one))
}

/// Whether an amount in a currency is one of an invoice: one that names none may be paid in any.
pub(super) fn same_currency(invoice: &InvoiceRow, currency: &str) -> bool {
    invoice.currency == "?" || currency == "?" || currency == invoice.currency
}

impl Made {
    fn account(self, invoice: InvoiceRow, from: AgeFrom, today: NaiveDate) -> Receivable {
        let mut remarks = Vec::new();
        let state = State::named(&invoice.state);
        let billed = match (state, invoice.total) {
            (Some(State::Rejected), _) => {
                remarks.push("money came for an invoice that was refused".to_owned());
                Decimal::ZERO
            }
            (_, Some(total)) => total,
            (_, None) => {
                remarks.push("its total could not be read".to_owned());
                Decimal::ZERO
            }
        };
        let (cuts, foreign): (Vec<_>, Vec<_>) = self
            .cuts
            .into_iter()
            .filter(|c| c.version == invoice.version)
            .partition(|c| same_currency(&invoice, &c.currency));
        for cut in foreign {
            remarks.push(format!(
                "{} {} was cut too, in another currency: it is not counted here",
                cut.cut, cut.currency
            ));
        }
        let (payments, foreign): (Vec<_>, Vec<_>) = self
            .payments
            .into_iter()
            .partition(|p| same_currency(&invoice, &p.currency));
        for payment in foreign {
            remarks.push(format!(
                "{} {} was paid too, in another currency: it is not counted here",
                payment.amount, payment.currency
            ));
        }
        let known = |p: &&PaymentRow| p.currency != "?";
        let first = payments.iter().find(known).map(|p| p.currency.clone());
        if payments
            .iter()
            .filter(known)
            .any(|p| Some(&p.currency) != first.as_ref())
        {
            remarks.push(
                "it names no currency and was paid in several: ask the client which holds"
                    .to_owned(),
            );
        }
        for back in payments.iter().filter(|p| p.amount < Decimal::ZERO) {
            remarks.push(format!(
                "{} was taken back{}",
                -back.amount,
                back.day
                    .as_ref()
                    .map_or_else(String::new, |d| format!(" on {d}"))
            ));
        }
        let (cut, accepted) = (sum(&cuts, |c| c.cut), sum(&cuts, |c| c.accepted));
        let recovered = sum(&cuts, |c| c.recovered);
        let contested = sum(&cuts, ReductionRow::contested);
        let paid = sum(&payments, |p| p.amount);
        let open = billed.saturating_sub(accepted).saturating_sub(paid);
        let approved = self
            .stated
            .approved(invoice.total, cut.saturating_sub(recovered));
        let due = match approved {
            Some(approved) => approved.saturating_sub(paid).min(open),
            None => open.saturating_sub(contested),
        };
        if open < Decimal::ZERO && billed >= Decimal::ZERO && state != Some(State::Rejected) {
            remarks.push(format!("{} more came than is open", -open));
        } else if approved.is_some_and(|a| paid > a) {
            remarks.push("more came than the client approved".to_owned());
        }
        let submitted = self.stated.arrived_ms.and_then(day);
        let since = match from {
            AgeFrom::InvoiceDate => {
                let date = invoice.invoice_date.as_deref().and_then(|d| d.parse().ok());
                date.or(submitted)
            }
            AgeFrom::Submitted => submitted,
            AgeFrom::Approved => self.stated.decided_ms.and_then(day),
        };
        let days = since.map_or(0, |d| (today - d).num_days());
        let live = [
            appeals::status::PROPOSED,
            appeals::status::DECIDED,
            appeals::status::FILED,
        ];
        let mut made = Receivable {
            billed,
            cut,
            recovered,
            accepted,
            contested,
            approved,
            paid,
            open,
            due,
            from: since,
            days,
            bucket: Bucket::of(days),
            last_paid: payments.iter().filter_map(|p| p.day.clone()).max(),
            appeal_open: self
                .appeals
                .iter()
                .any(|a| live.contains(&a.status.as_str())),
            reminded: self.reminded,
            remarks,
            invoice,
        };
        if made.said_paid_only() {
            made.remarks.push(
                "the client says that it paid, and no payment is known here: import its remittance"
                    .to_owned(),
            );
        }
        made
    }
}

impl Desk<'_> {
    /// What every client this person serves owes, and what it paid.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn receivables(&self, terms: &Terms) -> Result<Owed, WorkflowError> {
        self.may(Act::Read)?;
        let clients = &self.person.clients;
        let mut tx = self.store.db.read().await?;
        let states = OWING.iter().chain(&[State::Rejected]);
        let filter = Filter {
            states: states.map(|s| s.name().to_owned()).collect(),
            clients: clients.clone(),
            ..Filter::default()
        };
        let mut invoices: BTreeMap<String, InvoiceRow> = BTreeMap::new();
        for row in tx.invoices(&filter).await? {
            invoices.insert(row.id.clone(), row);
        }
        let mut made: BTreeMap<String, Made> = BTreeMap::new();
        // The file of an appeal asks once more for what was billed already.
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        let filter = AppealFilter {
            clients: clients.clone(),
            ..AppealFilter::default()
        };
        for row in tx.appeals(&filter).await? {
            if let Some(file) = &row.filed_as {
                files.insert(file.clone(), row.invoice.clone());
            }
            made.entry(row.invoice.clone())
                .or_default()
                .appeals
                .push(row);
        }
        let filter = ReductionFilter {
            clients: clients.clone(),
            ..ReductionFilter::default()
        };
        for row in tx.reductions(&filter).await? {
            made.entry(row.invoice.clone()).or_default().cuts.push(row);
        }
        let filter = PaymentFilter {
            clients: clients.clone(),
            ..PaymentFilter::default()
        };
        for row in tx.payments(&filter).await? {
            let owner = files.get(&row.invoice).unwrap_or(&row.invoice);
            made.entry(owner.clone()).or_default().payments.push(row);
        }
        for row in tx.reminders(None, clients).await? {
            made.entry(row.invoice).or_default().reminded.push(row.days);
        }
        // One question for all of them.
        let steps = Stated::STEPS.map(|step| step.name());
        tx.each_event_of(&steps, Stated::FACT, |event| {
            if invoices.contains_key(&event.chain) {
                let own = made.entry(event.chain.clone()).or_default();
                own.stated.take(&event, &own.cuts);
            }
        })
        .await?;
        let today = self.today();
        let mut all: Vec<Receivable> = invoices
            .into_values()
            .filter(|row| !files.contains_key(&row.id))
            .filter_map(|row| {
                let own = made.remove(&row.id).unwrap_or_default();
                let refused = State::named(&row.state) == Some(State::Rejected);
                // What was refused is owed nothing, unless money came for it.
                (!refused || !own.payments.is_empty()).then(|| own.account(row, terms.from, today))
            })
            .collect();
        all.sort_by(|a, b| {
            let key = |r: &Receivable| (r.invoice.client.clone(), r.invoice.number.clone());
            key(a).cmp(&key(b))
        });
        Ok(Owed {
            today,
            aged_from: terms.from,
            all,
        })
    }

    /// The invoice whose money an invoice's is: the one an appeal is about, of the appeal's own file.
    pub(super) async fn owner(
        &self,
        tx: &mut Tx,
        invoice: &InvoiceRow,
    ) -> Result<InvoiceRow, WorkflowError> {
        let filter = AppealFilter {
            filed_as: Some(invoice.id.clone()),
            ..AppealFilter::default()
        };
        let first = tx.appeals(&filter).await?.into_iter().next();
        let first = match first {
            Some(appeal) => tx.invoice(&appeal.invoice).await?,
            None => None,
        };
        Ok(first.unwrap_or_else(|| invoice.clone()))
    }

    /// What is known of one invoice's money.
    pub(super) async fn receivable(
        &self,
        tx: &mut Tx,
        invoice: InvoiceRow,
        from: AgeFrom,
    ) -> Result<Receivable, WorkflowError> {
        let filter = AppealFilter {
            invoice: Some(invoice.id.clone()),
            ..AppealFilter::default()
        };
        let appeals = tx.appeals(&filter).await?;
        let mut own = self.made(tx, &invoice).await?;
        for file in appeals.iter().filter_map(|a| a.filed_as.clone()) {
            let filter = PaymentFilter {
                invoice: Some(file),
                ..PaymentFilter::default()
            };
            own.payments.extend(tx.payments(&filter).await?);
        }
        own.appeals = appeals;
        Ok(own.account(invoice, from, self.today()))
    }

    /// What is known of one file's money, appeals against it left out.
    pub(super) async fn of_file(
        &self,
        tx: &mut Tx,
        invoice: InvoiceRow,
    ) -> Result<Receivable, WorkflowError> {
        let own = self.made(tx, &invoice).await?;
        Ok(own.account(invoice, AgeFrom::default(), self.today()))
    }

    async fn made(&self, tx: &mut Tx, invoice: &InvoiceRow) -> Result<Made, WorkflowError> {
        let id = Some(invoice.id.clone());
        let filter = ReductionFilter {
            invoice: id.clone(),
            ..ReductionFilter::default()
        };
        let cuts = tx.reductions(&filter).await?;
        let filter = PaymentFilter {
            invoice: id,
            ..PaymentFilter::default()
        };
        let reminders = tx.reminders(Some(&invoice.id), &None).await?;
        let events = tx.events(&invoice.id).await?;
        Ok(Made {
            stated: Stated::of(&events, &cuts),
            cuts,
            payments: tx.payments(&filter).await?,
            appeals: Vec::new(),
            reminded: reminders.into_iter().map(|r| r.days).collect(),
        })
    }
}
