//! The plain rows. Other rows name an invoice by its place among the invoices.

use crate::workflow::state::State;
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// Everything that was read, for the clients of one person.
#[derive(Clone, Debug, Default)]
pub struct Chronicle {
    /// When it was read, in milliseconds since 1970.
    pub now_ms: i64,
    /// Every invoice, by client and number. The file of an appeal is one too, see [`Life::appeal_of`].
    pub invoices: Vec<Life>,
    /// Every refusal of a version.
    pub refusals: Vec<Refusal>,
    /// Every cut.
    pub cuts: Vec<CutTold>,
    /// Every appeal.
    pub appeals: Vec<AppealTold>,
    /// Every payment.
    pub payments: Vec<PaymentTold>,
    /// Every finding that a person set aside.
    pub overrides: Vec<OverrideTold>,
    /// Every finding that an exception of a pack set aside.
    pub exceptions: Vec<Exception>,
    /// Invoices of which something could not be read, as their documents were purged.
    pub purged: usize,
}

/// A version of an invoice at its portal.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Round {
    /// Which version.
    pub version: i64,
    /// The account it went through.
    pub account: String,
    /// When it left, in milliseconds since 1970.
    pub sent_ms: i64,
    /// When the portal or client first took it, whatever was cut later.
    pub accepted_ms: Option<i64>,
    /// When it was refused.
    pub refused_ms: Option<i64>,
    /// When the client first asked for something.
    pub asked_ms: Option<i64>,
}

/// One invoice.
#[derive(Clone, Debug)]
pub struct Life {
    /// Its id.
    pub id: String,
    /// INVOICE_NUMBER.
    pub number: String,
    /// CLIENT_ID.
    pub client: String,
    /// The firm's number of the first matter.
    pub matter: String,
    /// The partner who answers for it; empty where not known.
    pub partner: String,
    /// Its portal; empty where not known.
    pub portal: String,
    /// Who brought in the version that stands.
    pub preparer: String,
    /// Invoice date.
    pub date: Option<NaiveDate>,
    /// ISO 4217: the file's, else the one its answers name; `?` where nobody does.
    pub currency: String,
    /// The total of the version that stands.
    pub total: Option<Decimal>,
    /// Where it is.
    pub state: State,
    /// When it first came, in milliseconds since 1970.
    pub taken_ms: i64,
    /// Versions that were at the portal, the first first. Empty: it was never sent.
    pub rounds: Vec<Round>,
    /// When the client last said what it pays, in milliseconds since 1970.
    pub decided_ms: Option<i64>,
    /// What the client pays of the version that stands, what came back of appeals included; `None` before it decided.
    pub approved: Option<Decimal>,
    /// What it takes away that no cut explains; 0 where all is explained.
    pub unexplained: Decimal,
    /// When all was paid, in milliseconds since 1970.
    pub paid_ms: Option<i64>,
    /// The id of the invoice about which it is an appeal.
    pub appeal_of: Option<String>,
    /// The id of the refused invoice in whose place it stands.
    pub replaces: Option<String>,
    /// True where it went through a practice portal: what became of it proves nothing.
    pub practice: bool,
    /// Lines of the version that stands; empty where they were not asked for, or purged.
    pub lines: Vec<LineTold>,
    /// Versions there are.
    pub versions: i64,
    /// Lines that were sent back to their timekeepers.
    pub returns: u32,
    /// What reviewers wrote on it: returns, comments, findings set aside, write-downs proposed.
    pub notes: u32,
}

impl Life {
    /// When it first left, in milliseconds since 1970.
    pub fn sent_ms(&self) -> Option<i64> {
        self.rounds.first().map(|r| r.sent_ms)
    }

    /// True for an invoice that bills something: not the file of an appeal.
    pub fn bills(&self) -> bool {
        self.appeal_of.is_none()
    }
}

/// A line, without its narrative.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LineTold {
    /// LINE_ITEM_NUMBER.
    pub item: String,
    /// LINE_ITEM_DATE.
    pub date: Option<NaiveDate>,
    /// TIMEKEEPER_ID.
    pub timekeeper: String,
    /// LINE_ITEM_TASK_CODE.
    pub task: String,
    /// True for an expense.
    pub expense: bool,
    /// LINE_ITEM_TOTAL.
    pub total: Option<Decimal>,
}

/// Why something was refused or cut, as far as it is known.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Why {
    /// LINE_ITEM_NUMBER; `None`: the invoice as a whole.
    pub item: Option<String>,
    /// The reason's name in the table of reasons; empty where nobody knows it.
    pub slug: String,
    /// The rule of ours it is about; empty where there is none.
    pub rule: String,
    /// Whether our own check of the version that was sent had said so; `None` where that cannot be said: the reason is not
    /// known, no rule is about it, or the check is not kept.
    pub foreseen: Option<bool>,
}

/// A refusal of a version.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Place of the invoice.
    pub invoice: usize,
    /// Which version.
    pub version: i64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The total that was refused.
    pub total: Option<Decimal>,
    /// Why; one without a name where nobody said.
    pub whys: Vec<Why>,
}

/// Money a client cut.
#[derive(Clone, Debug)]
pub struct CutTold {
    /// Place of the invoice.
    pub invoice: usize,
    /// Its id.
    pub id: String,
    /// Which version.
    pub version: i64,
    /// What was cut.
    pub cut: Decimal,
    /// Of it accepted.
    pub accepted: Decimal,
    /// Of it given back.
    pub recovered: Decimal,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// `open`, `accepted`, ...
    pub status: String,
    /// The appeal it is part of, or was last.
    pub appeal: Option<String>,
    /// When it was heard of, in milliseconds since 1970.
    pub heard_ms: i64,
    /// Why.
    pub why: Why,
}

impl CutTold {
    /// True where the client said itself that it was a mistake: then nothing was cut.
    pub fn taken_back(&self) -> bool {
        self.status == crate::workflow::reductions::status::TAKEN_BACK
    }
}

/// An appeal.
#[derive(Clone, Debug)]
pub struct AppealTold {
    /// Place of the invoice.
    pub invoice: usize,
    /// Its id.
    pub id: String,
    /// `proposed`, `decided`, `filed`, `won`, ...
    pub status: String,
    /// What is asked for.
    pub claimed: Decimal,
    /// What came back.
    pub recovered: Decimal,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// When it was proposed, in milliseconds since 1970.
    pub proposed_ms: i64,
    /// When it was filed.
    pub filed_ms: Option<i64>,
    /// When it ended.
    pub ended_ms: Option<i64>,
}

/// Money that came.
#[derive(Clone, Debug)]
pub struct PaymentTold {
    /// Place of the invoice: of a payment for an appeal's file, that of the invoice the appeal is about.
    pub invoice: usize,
    /// How much.
    pub amount: Decimal,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// Its day; of one whose day is not told, the day it was heard of.
    pub day: NaiveDate,
}

/// A finding that a person set aside.
#[derive(Clone, Debug)]
pub struct OverrideTold {
    /// Place of the invoice.
    pub invoice: usize,
    /// The rule.
    pub rule: String,
    /// Who.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// A finding that an exception of a pack set aside.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Place of the invoice.
    pub invoice: usize,
    /// The rule.
    pub rule: String,
    /// What the finding says, in which the exception names its end, who answers for it and why.
    pub message: String,
}
