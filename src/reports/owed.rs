//! What clients owe as tables for spreadsheets and other programs: an invoice a row, or a client, matter or partner.

use super::sheet::columns;
use crate::workflow::{Aged, Escalation, Owed, Receivable, aged};
use rust_decimal::Decimal;
use serde::Serialize;

/// An invoice something is open of. Amounts are in its currency.
#[derive(Serialize)]
pub struct OpenInvoice {
    /// INVOICE_NUMBER.
    pub invoice_number: String,
    /// CLIENT_ID.
    pub client_id: String,
    /// LAW_FIRM_MATTER_ID.
    pub law_firm_matter_id: String,
    /// Who answers for the matter; empty: not known.
    pub partner: String,
    /// Its state.
    pub state: String,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// Its total.
    pub billed: Decimal,
    /// What the client cut.
    pub cut: Decimal,
    /// Of it, what a partner accepted.
    pub accepted: Decimal,
    /// Of it, what the client gave back.
    pub recovered: Decimal,
    /// Of it, what is neither.
    pub contested: Decimal,
    /// What the client will pay, where it has said so.
    pub approved: Option<Decimal>,
    /// What came.
    pub paid: Decimal,
    /// Billed, less accepted, less paid.
    pub open: Decimal,
    /// What the client owes by its own word.
    pub due: Decimal,
    /// The day from which it ages, ISO; empty where that has not come.
    pub aged_from: String,
    /// Days since.
    pub days: i64,
    /// The same, as a bucket.
    pub bucket: &'static str,
    /// The day of the last payment; empty: none came.
    pub last_paid: String,
    /// The numbers of days a reminder was drafted for, with blanks between.
    pub reminded: String,
    /// What a person should look at.
    pub remarks: String,
}

impl From<&Receivable> for OpenInvoice {
    fn from(one: &Receivable) -> Self {
        let row = &one.invoice;
        let reminded: Vec<String> = one.reminded.iter().map(i64::to_string).collect();
        Self {
            invoice_number: row.number.clone(),
            client_id: row.client.clone(),
            law_firm_matter_id: row.matter.clone(),
            partner: row.partner.clone(),
            state: row.state.clone(),
            currency: row.currency.clone(),
            billed: one.billed,
            cut: one.cut,
            accepted: one.accepted,
            recovered: one.recovered,
            contested: one.contested,
            approved: one.approved,
            paid: one.paid,
            open: one.open,
            due: one.due,
            aged_from: one.from.map_or_else(String::new, |d| d.to_string()),
            days: one.days,
            bucket: one.bucket.name(),
            last_paid: one.last_paid.clone().unwrap_or_default(),
            reminded: reminded.join(" "),
            remarks: one.remarks.join("; "),
        }
    }
}

impl From<&Escalation> for OpenInvoice {
    /// Its remarks say why a partner should take it up.
    fn from(one: &Escalation) -> Self {
        Self {
            remarks: one.why.join("; "),
            ..Self::from(&one.account)
        }
    }
}

columns! {
    OpenInvoice:
    invoice_number text, client_id text, law_firm_matter_id text, partner text, state text,
    currency text, billed, cut, accepted, recovered, contested, approved, paid, open, due,
    aged_from, days, bucket, last_paid text, reminded, remarks text
}

/// An invoice that was paid less than the client approved.
#[derive(Serialize)]
pub struct ShortPaid {
    /// INVOICE_NUMBER.
    pub invoice_number: String,
    /// CLIENT_ID.
    pub client_id: String,
    /// LAW_FIRM_MATTER_ID.
    pub law_firm_matter_id: String,
    /// Who answers for the matter; empty: not known.
    pub partner: String,
    /// Its state.
    pub state: String,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// What the client said it would pay.
    pub approved: Decimal,
    /// What came.
    pub paid: Decimal,
    /// The difference.
    pub missing: Decimal,
    /// The day of the last payment.
    pub last_paid: String,
}

impl ShortPaid {
    /// `None` where it is not paid short.
    pub fn of(one: &Receivable) -> Option<Self> {
        let row = &one.invoice;
        Some(Self {
            invoice_number: row.number.clone(),
            client_id: row.client.clone(),
            law_firm_matter_id: row.matter.clone(),
            partner: row.partner.clone(),
            state: row.state.clone(),
            currency: row.currency.clone(),
            approved: one.approved?,
            paid: one.paid,
            missing: one.short()?,
            last_paid: one.last_paid.clone().unwrap_or_default(),
        })
    }
}

columns! {
    ShortPaid:
    invoice_number text, client_id text, law_firm_matter_id text, partner text, state text,
    currency text, approved, paid, missing, last_paid text
}

/// What is open of a client, matter or partner in one currency, by age.
#[derive(Serialize)]
pub struct OpenSum {
    /// `client`, `matter` or `partner`.
    pub by: &'static str,
    /// Which; empty: not known.
    pub of: String,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// Invoices something is open of.
    pub invoices: usize,
    /// All that is open.
    pub open: Decimal,
    /// Of it, what is up to 30 days old.
    #[serde(rename = "0-30")]
    pub up_to_30: Decimal,
    /// Up to 60.
    #[serde(rename = "31-60")]
    pub up_to_60: Decimal,
    /// Up to 90.
    #[serde(rename = "61-90")]
    pub up_to_90: Decimal,
    /// Older.
    #[serde(rename = "over 90")]
    pub over_90: Decimal,
    /// What was overpaid; it is set off against nothing.
    pub credit: Decimal,
}

impl OpenSum {
    /// Of one of them.
    pub fn of(by: &'static str, of: &str, currency: &str, aged: &Aged) -> Self {
        let [up_to_30, up_to_60, up_to_90, over_90] = aged.buckets;
        Self {
            by,
            of: of.to_owned(),
            currency: currency.to_owned(),
            invoices: aged.invoices,
            open: aged.open,
            up_to_30,
            up_to_60,
            up_to_90,
            over_90,
            credit: aged.credit,
        }
    }

    /// Of each; `of` says which an invoice belongs to.
    pub fn each(owed: &Owed, by: &'static str, of: impl Fn(&Receivable) -> &str) -> Vec<Self> {
        let each = aged(owed.open().map(|r| r.open_of(of(r))));
        let sum =
            |((of, currency), aged): (&(String, String), &Aged)| Self::of(by, of, currency, aged);
        each.iter().map(sum).collect()
    }
}

columns! {
    OpenSum:
    by, of text, currency text, invoices, open, up_to_30 = "0-30", up_to_60 = "31-60",
    up_to_90 = "61-90", over_90 = "over 90", credit
}

#[cfg(test)]
mod tests {
    use super::super::sheet::{sheet, tests::names_agree};
    use super::*;
    use crate::store::InvoiceRow;
    use crate::workflow::Bucket;

    fn account() -> Receivable {
        Receivable {
            invoice: InvoiceRow::default(),
            billed: Decimal::TEN,
            cut: Decimal::ZERO,
            recovered: Decimal::ZERO,
            accepted: Decimal::ZERO,
            contested: Decimal::ZERO,
            approved: Some(Decimal::TEN),
            paid: Decimal::ONE,
            open: Decimal::NEGATIVE_ONE,
            due: Decimal::ONE,
            from: None,
            days: 0,
            bucket: Bucket::ALL[0],
            last_paid: None,
            appeal_open: false,
            reminded: Vec::new(),
            remarks: Vec::new(),
        }
    }

    #[test]
    fn tables_are_headed_as_their_rows_are_named() {
        let one = account();
        names_agree(OpenInvoice::from(&one));
        names_agree(OpenSum::of("client", "C1", "USD", &Aged::default()));
        names_agree(ShortPaid::of(&one).expect("it is paid short"));
    }

    #[test]
    fn no_cell_is_a_formula() {
        let mut one = account();
        one.invoice.number = "=1+1".to_owned();
        one.invoice.client = "@SUM(A1)".to_owned();
        one.remarks = vec!["+cmd".to_owned()];
        let mut out = Vec::new();
        sheet([OpenInvoice::from(&one)], &mut out).expect("written");
        let text = String::from_utf8(out).expect("UTF-8");
        let row = text.lines().nth(1).expect("a row");
        assert!(row.starts_with("'=1+1,'@SUM(A1),"), "{row}");
        assert!(row.ends_with(",'+cmd"), "{row}");
        assert!(row.contains(",-1,"), "a number is a number: {row}");
    }
}
