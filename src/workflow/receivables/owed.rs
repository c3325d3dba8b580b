//! What is known of the money of an invoice at its client, and of all of them.

use super::ageing::{Bucket, Open};
use crate::store::InvoiceRow;
use crate::workflow::state::State;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

/// From which day an open amount ages. Billing systems age from the invoice date, and so do clients' terms of payment:
/// with it this report and the firm's ledger show the same figures. A firm that measures its clients by the day they
/// got the invoice, or decided on it, says so (setting `receivables_from`); before that day there is no age.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgeFrom {
    /// INVOICE_DATE; of a file without one, the day it reached the portal.
    #[default]
    InvoiceDate,
    /// The day the version that stands reached its portal.
    Submitted,
    /// The day the client decided what it will pay.
    Approved,
}

impl AgeFrom {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::InvoiceDate, Self::Submitted, Self::Approved];

    /// Its word in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::InvoiceDate => "invoice-date",
            Self::Submitted => "submitted",
            Self::Approved => "approved",
        }
    }
}

/// What a firm has decided about its receivables.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    /// From which day open amounts age.
    pub from: AgeFrom,
    /// After how many days reminders are drafted, the fewest first.
    pub rungs: Vec<u32>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            from: AgeFrom::default(),
            rungs: vec![30, 60, 90],
        }
    }
}

/// What is known of one invoice's money. Amounts are in its currency.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Receivable {
    /// The invoice.
    pub invoice: InvoiceRow,
    /// Its total; nothing of an invoice that was refused.
    pub billed: Decimal,
    /// What the client cut.
    pub cut: Decimal,
    /// Of it, what it gave back.
    pub recovered: Decimal,
    /// Of it, what a partner accepted.
    pub accepted: Decimal,
    /// Of it, what is neither.
    pub contested: Decimal,
    /// What the client will pay: the amount it stated, and what it gave back since; where it decided without one, what was
    /// billed less what it cut. `None` where it has not decided.
    pub approved: Option<Decimal>,
    /// What came, for the file of its appeals too.
    pub paid: Decimal,
    /// Billed, less accepted, less paid. Below nothing: it was overpaid.
    pub open: Decimal,
    /// What the client owes by its own word: approved less paid. Where it has not said, what is open less what it cut.
    pub due: Decimal,
    /// The day from which it ages; `None` where that has not come.
    pub from: Option<NaiveDate>,
    /// Days since; 0 where there is no such day.
    pub days: i64,
    /// The same, as a bucket.
    pub bucket: Bucket,
    /// The day of the last payment.
    pub last_paid: Option<String>,
    /// An appeal has no answer yet.
    pub appeal_open: bool,
    /// The rungs a reminder was drafted for.
    pub reminded: Vec<i64>,
    /// What a person should look at, in sentences.
    pub remarks: Vec<String>,
}

impl Receivable {
    /// What is missing of what the client approved, where some of it came. The client paid less than it said.
    pub fn short(&self) -> Option<Decimal> {
        let approved = self.approved?;
        (!self.paid.is_zero() && self.paid < approved).then(|| approved - self.paid)
    }

    /// The client asks something, or an appeal has no answer: it is not simply late.
    pub fn is_disputed(&self) -> bool {
        self.appeal_open || State::named(&self.invoice.state) == Some(State::ActionRequired)
    }

    /// The client says that all money came, and none is known here.
    pub fn said_paid_only(&self) -> bool {
        State::named(&self.invoice.state) == Some(State::Paid) && self.paid.is_zero()
    }

    /// What is open, to be summed by somebody's name.
    pub fn open_of<'a>(&'a self, of: &'a str) -> Open<'a> {
        Open {
            of,
            currency: &self.invoice.currency,
            bucket: self.bucket,
            amount: self.open,
        }
    }
}

/// What is owed, as of a day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Owed {
    /// The day.
    pub today: NaiveDate,
    /// From which day it is aged.
    pub aged_from: AgeFrom,
    /// Every invoice that is or was at its client, by client and number; files of appeals are counted with the invoices
    /// they are about.
    pub all: Vec<Receivable>,
}

impl Owed {
    /// Invoices of which something is open, or was overpaid.
    pub fn open(&self) -> impl Iterator<Item = &Receivable> {
        self.all.iter().filter(|r| !r.open.is_zero())
    }

    /// Invoices of which less came than the client approved.
    pub fn short(&self) -> impl Iterator<Item = &Receivable> {
        self.all.iter().filter(|r| r.short().is_some())
    }
}
