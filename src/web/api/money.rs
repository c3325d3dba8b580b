//! What clients owe and paid.

use super::call::{Called, NoQuery};
use super::given::Json;
use super::page::{self, Page};
use super::problem::Problem;
use super::shape::{OfInvoice, instant, maybe};
use super::taken::Nothing;
use crate::store::{InvoiceRow, PaymentRow};
use crate::workflow::{Receivable, ReceivableTerms};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which invoices.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Of this client.
    client: Option<String>,
    /// Of matters of this partner.
    partner: Option<String>,
    /// Those too of which nothing is open.
    #[serde(default)]
    all: bool,
    /// Rows of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What is known of one invoice's money, in its currency.
#[derive(Serialize, JsonSchema)]
pub(super) struct Account {
    /// The invoice.
    invoice: OfInvoice,
    /// ISO 4217, or `?`.
    currency: String,
    /// Its total; nothing of an invoice that was refused.
    billed: Decimal,
    /// What the client cut.
    cut: Decimal,
    /// Of it, what it gave back.
    recovered: Decimal,
    /// Of it, what a partner accepted.
    accepted: Decimal,
    /// What the client will pay; absent where it has not decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved: Option<Decimal>,
    /// What came.
    paid: Decimal,
    /// Billed, less accepted, less paid. Below nothing: it was overpaid.
    open: Decimal,
    /// What the client owes by its own word.
    due: Decimal,
    /// The day from which it ages; absent where that has not come.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<NaiveDate>,
    /// Days since.
    days: i64,
    /// The same, as a bucket: `0-30`, `31-60`, `61-90`, `over 90`.
    age: &'static str,
    /// An appeal has no answer yet.
    appeal_open: bool,
    /// What a person should look at, in sentences.
    remarks: Vec<String>,
}

impl From<&Receivable> for Account {
    fn from(one: &Receivable) -> Self {
        Self {
            invoice: OfInvoice::from(&one.invoice),
            currency: one.invoice.currency.clone(),
            billed: one.billed,
            cut: one.cut,
            recovered: one.recovered,
            accepted: one.accepted,
            approved: one.approved,
            paid: one.paid,
            open: one.open,
            due: one.due,
            from: one.from,
            days: one.days,
            age: one.bucket.name(),
            appeal_open: one.appeal_open,
            remarks: one.remarks.clone(),
        }
    }
}

/// What clients owe, invoice by invoice. Currencies are never added up.
pub(super) async fn receivables(
    called: &Called<'_>,
    which: Which,
    _: Nothing,
) -> Result<Json<Page<Account>>, Problem> {
    let terms = ReceivableTerms {
        from: called.app.own.receivables.from,
        ..ReceivableTerms::default()
    };
    let owed = called.desk.receivables(&terms).await?;
    let fits = |one: &&Receivable| {
        (which.all || !one.open.is_zero())
            && which
                .client
                .as_ref()
                .is_none_or(|c| *c == one.invoice.client)
            && which
                .partner
                .as_ref()
                .is_none_or(|p| *p == one.invoice.partner)
    };
    let rows = owed.all.iter().filter(fits).map(|one| {
        let key = format!("{} {}", one.invoice.client, one.invoice.id);
        (key, Account::from(one))
    });
    Ok(Json(page::cut(
        rows.collect(),
        which.limit,
        which.cursor.as_deref(),
    )?))
}

/// Money that came.
#[derive(Serialize, JsonSchema)]
pub(super) struct Payment {
    /// Its id.
    id: String,
    /// The invoice it is for.
    invoice: OfInvoice,
    /// LINE_ITEM_NUMBER; absent: the invoice as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    line_item: Option<String>,
    /// How much; below nothing: taken back.
    amount: Decimal,
    /// ISO 4217, or `?`.
    currency: String,
    /// Cheque, wire, in the payer's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// Number of the cheque or of the transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// Its day.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<NaiveDate>,
    /// `answer` (of a portal) or `remittance`.
    source: String,
    /// When it was heard of.
    heard_at: DateTime<Utc>,
}

impl Payment {
    fn of(row: &PaymentRow, invoice: &InvoiceRow) -> Self {
        Self {
            id: row.id.clone(),
            invoice: OfInvoice::from(invoice),
            line_item: row.item.clone(),
            amount: row.amount,
            currency: row.currency.clone(),
            kind: maybe(&row.kind),
            reference: maybe(&row.reference),
            day: row.day.as_deref().and_then(|d| d.parse().ok()),
            source: row.source.clone(),
            heard_at: instant(row.heard_ms),
        }
    }
}

/// Which payments.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WhichPaid {
    /// Of this client.
    client: Option<String>,
    /// Rows of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Payments that are known, in the order heard of.
pub(super) async fn payments(
    called: &Called<'_>,
    which: WhichPaid,
    _: Nothing,
) -> Result<Json<Page<Payment>>, Problem> {
    let all = called.desk.payments(which.client.as_deref()).await?;
    let rows = all.iter().map(|(row, invoice)| {
        let key = page::by_time(row.heard_ms, &row.id);
        (key, Payment::of(row, invoice))
    });
    Ok(Json(page::cut(
        rows.collect(),
        which.limit,
        which.cursor.as_deref(),
    )?))
}

/// What came for one invoice.
#[derive(Serialize, JsonSchema)]
pub(super) struct PaidFor {
    /// What it comes to.
    account: Account,
    /// Payments, in the order heard of; of the files of its appeals too.
    payments: Vec<Payment>,
}

/// What is open of one invoice, and what came for it.
pub(super) async fn of_invoice(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<PaidFor>, Problem> {
    let from = called.app.own.receivables.from;
    let shown = called
        .desk
        .payments_of(called.param("invoice"), from)
        .await?;
    let invoice = &shown.account.invoice;
    Ok(Json(PaidFor {
        payments: shown
            .payments
            .iter()
            .map(|p| Payment::of(p, invoice))
            .collect(),
        account: Account::from(&shown.account),
    }))
}
