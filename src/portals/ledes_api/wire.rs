//! The shapes of the LEDES Software API v1 (reference ledes-api.md sections 4, 5 and 6): what is sent, and answers in
//! both styles of names.

use crate::model::{
    Evidence, InvoiceType, LedesFormat, Outcome, Payment, PortalRemark, Receipt, ReducedLine,
    Reduction, StatusReport, Submission,
};
use crate::portals::json::{Object, same};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// How names are written (section 6: the public illustration changed their case).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Names {
    /// `ledes_format`, as the illustration has them.
    #[default]
    Snake,
    /// `ledesFormat`, as the standard's prose has them.
    Camel,
}

impl Names {
    /// A field's name in this style.
    pub fn of(self, snake: &str) -> String {
        if self == Self::Snake {
            return snake.to_owned();
        }
        let mut parts = snake.split('_');
        let mut name = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            // The standard writes invoiceID.
            if part == "id" {
                name.push_str("ID");
                continue;
            }
            let mut letters = part.chars();
            name.extend(letters.next().map(|c| c.to_ascii_uppercase()));
            name.push_str(letters.as_str());
        }
        name
    }
}

/// How `related_invoice_id` is written (section 4: accept both).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelatedId {
    /// As the receiver gave it.
    #[default]
    Text,
    /// As a number, where it is one.
    Number,
}

/// `ledes_format`. The list of version 1 ends before XML 2.2; its word is made as the others are.
pub fn format_word(format: LedesFormat) -> &'static str {
    match format {
        LedesFormat::L1998B => "LEDES98B",
        LedesFormat::L1998BI => "LEDES98BI",
        LedesFormat::L1998BIV2 => "LEDES98BIV2",
        LedesFormat::L2000 => "LEDES2000",
        LedesFormat::Xml20 => "LEDESXML20",
        LedesFormat::Xml21 => "LEDESXML21",
        LedesFormat::Xml22 => "LEDESXML22",
    }
}

fn type_word(invoice_type: InvoiceType) -> &'static str {
    match invoice_type {
        InvoiceType::Invoice => "INVOICE",
        InvoiceType::Accrual => "ACCRUAL",
        InvoiceType::Shadow => "SHADOW",
        InvoiceType::Resubmit => "RESUBMIT",
        InvoiceType::Appeal => "APPEAL",
        InvoiceType::Replacement => "REPLACEMENT",
    }
}

/// The part `invoice` of a submission.
pub fn invoice_part(submission: &Submission, names: Names, related: RelatedId) -> Value {
    let mut part = Map::new();
    let mut put = |name: &str, value: Value| {
        part.insert(names.of(name), value);
    };
    put("ledes_format", json!(format_word(submission.format)));
    put("encrypted", json!(false));
    put("ledes_filename", json!(submission.file_name));
    put("ledes_file_media_type", json!(submission.media_type()));
    put("invoice_type", json!(type_word(submission.invoice_type)));
    if let Some(follows) = &submission.follows {
        let number = follows.parse::<u64>().ok();
        put(
            "related_invoice_id",
            match number.filter(|_| related == RelatedId::Number) {
                Some(number) => json!(number),
                None => json!(follows),
            },
        );
    }
    if let Some(comment) = &submission.comment {
        put("comment", json!(comment));
    }
    Value::Object(part)
}

const ID: &[&str] = &["invoiceid"];
const STATUS: &[&str] = &["invoice_status", "status"];

/// The answer to a submission that was taken.
///
/// # Errors
/// It is no JSON object, or names no invoice.
pub fn receipt(evidence: Evidence) -> Result<Receipt, (String, Evidence)> {
    let value: Value = match serde_json::from_slice(&evidence.body) {
        Ok(value) => value,
        Err(e) => return Err((format!("the answer is no JSON: {e}"), evidence)),
    };
    let object = Object::of(&value);
    let Some(portal_id) = object.text(ID) else {
        return Err(("the answer names no invoiceid".to_owned(), evidence));
    };
    let mut remarks = Vec::new();
    let received = object.time(&["received_time", "received_date_time"], &mut remarks);
    Ok(Receipt {
        portal_id: Some(portal_id),
        received,
        by_hand: false,
        remarks,
        evidence,
    })
}

/// What a 400 says: every error, and the invoice's id where there is one.
pub fn refusal(body: &[u8]) -> (Vec<PortalRemark>, Option<String>) {
    let value: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let object = Object::of(&value);
    let errors = object.texts(&["errors"], &["error", "message", "error_description"]);
    let remark = |text| PortalRemark {
        text,
        ..PortalRemark::default()
    };
    (errors.into_iter().map(remark).collect(), object.text(ID))
}

/// The outcome of a status word, the totals and payments beside it (section 5: there is no word for reduced or partly
/// paid).
fn outcome(word: &str, original: Option<Decimal>, approved: Option<Decimal>) -> Outcome {
    let known = [
        ("RECEIVED", Outcome::Received),
        ("FILE_ERROR", Outcome::Rejected),
        ("PENDING_CLIENT", Outcome::InReview),
        ("PENDING_TAX_AUTHORITY", Outcome::InReview),
        ("PENDING_VENDOR", Outcome::ActionRequired),
        ("DELIVERED_TO_CLIENT", Outcome::Acknowledged),
        ("REJECTED", Outcome::Rejected),
        ("APPROVED", Outcome::Approved),
        ("SENT_TO_AP", Outcome::Approved),
        ("PAID", Outcome::Paid),
    ];
    let found = known.iter().find(|(known, _)| same(known, word));
    let found = found.map_or(Outcome::Unknown, |(_, outcome)| *outcome);
    match (found, original, approved) {
        (Outcome::Approved, Some(original), Some(approved)) if approved < original => {
            Outcome::Reduced
        }
        (found, ..) => found,
    }
}

/// The status of an invoice.
///
/// # Errors
/// It is no JSON object.
pub fn report(evidence: Evidence) -> Result<StatusReport, (String, Evidence)> {
    let value: Value = match serde_json::from_slice(&evidence.body) {
        Ok(value @ Value::Object(_)) => value,
        Ok(_) => return Err(("the answer is no JSON object".to_owned(), evidence)),
        Err(e) => return Err((format!("the answer is no JSON: {e}"), evidence)),
    };
    let object = Object::of(&value);
    let mut doubts = Vec::new();
    let word = object.text(STATUS).unwrap_or_default();
    let original_total = object.amount(&["original_total"], &mut doubts);
    let approved_total = object.amount(&["approved_total"], &mut doubts);
    let outcome = outcome(&word, original_total, approved_total);
    if outcome == Outcome::Unknown {
        doubts.push(format!("status \"{word}\" is not of the standard"));
    }
    let errors = object.list(&["invoice_errors", "errors"]);
    let errors = errors.into_iter().map(remark).collect();
    let adjustments = object.list(&["adjustments", "invoice_adjustments"]);
    let reductions: Vec<Reduction> = adjustments
        .into_iter()
        .filter_map(|one| reduction(one, &mut doubts))
        .collect();
    let payments = object.list(&["payments", "invoice_payments", "invoice_payment"]);
    let payments: Vec<Payment> = payments
        .into_iter()
        .filter_map(|one| payment(one, &mut doubts))
        .collect();
    sums(
        &mut doubts,
        original_total,
        approved_total,
        &reductions,
        &payments,
        outcome,
    );
    Ok(StatusReport {
        portal_id: object.text(ID),
        invoice_number: object.text(&["vendor_invoice_number"]),
        outcome,
        word,
        at: object.time(&["invoice_status_time"], &mut doubts),
        note: object.text(&["rejection_note"]),
        original_total,
        approved_total,
        errors,
        reductions,
        payments,
        doubts,
        evidence,
    })
}

/// Adjustments have to explain the difference, and payments what was approved (section 5).
fn sums(
    doubts: &mut Vec<String>,
    original: Option<Decimal>,
    approved: Option<Decimal>,
    reductions: &[Reduction],
    payments: &[Payment],
    outcome: Outcome,
) {
    if let Some((original, approved)) = original.zip(approved)
        && !reductions.is_empty()
    {
        let cut: Decimal = reductions.iter().map(|r| r.amount.abs()).sum();
        let difference = original - approved;
        if cut != difference.abs() {
            doubts.push(format!(
                "the adjustments make {cut}, the totals differ by {difference}"
            ));
        }
    }
    if let Some(approved) = approved
        && outcome == Outcome::Paid
        && !payments.is_empty()
    {
        let paid: Decimal = payments.iter().map(|p| p.amount).sum();
        if paid != approved {
            doubts.push(format!("the payments make {paid}, approved was {approved}"));
        }
    }
}

/// The line number; -9999 says that the portal kept none (section 5).
fn item(line: Object<'_>) -> Option<String> {
    line.text(&["line_item_ref"]).filter(|r| r != "-9999")
}

fn remark(error: Object<'_>) -> PortalRemark {
    let name = error.text(&["error_name"]);
    let description = error.text(&["error_description", "error"]);
    // Many descriptions say the name again.
    let name = name.filter(|name| description.as_ref().is_none_or(|d| !d.contains(name)));
    let text: Vec<String> = [name, description].into_iter().flatten().collect();
    PortalRemark {
        kind: error.text(&["error_type"]),
        code: error.text(&["error_code"]),
        text: text.join(": "),
        item: error.object(&["line_item"]).and_then(item),
    }
}

fn reduction(adjustment: Object<'_>, doubts: &mut Vec<String>) -> Option<Reduction> {
    let line = adjustment.object(&["original_line_item"]);
    let line = line.map(|line| ReducedLine {
        item: item(line),
        date: line.day(&["line_item_date"], doubts),
        timekeeper_id: line.text(&["timekeeper_id"]),
        total: line.amount(&["line_item_total"], doubts),
    });
    Some(Reduction {
        amount: adjustment.amount(&["adjustment_amount"], doubts)?,
        currency: adjustment.text(&["adjustment_currency"]),
        reason: adjustment.text(&["adjustment_reason"]).unwrap_or_default(),
        line,
        reviewer: None,
        at: adjustment.time(&["datetime"], doubts),
    })
}

fn payment(payment: Object<'_>, doubts: &mut Vec<String>) -> Option<Payment> {
    Some(Payment {
        amount: payment.amount(&["payment_amount"], doubts)?,
        currency: payment.text(&["payment_currency"]),
        kind: payment.text(&["payment_type"]),
        reference: payment.text(&["payment_reference"]),
        at: payment.time(&["datetime"], doubts),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: Value) -> StatusReport {
        let evidence = Evidence {
            body: body.to_string().into_bytes(),
            ..Evidence::default()
        };
        report(evidence).expect("an object")
    }

    #[test]
    fn both_styles_say_the_same() {
        let snake = read(
            json!({"invoiceid": "7", "invoice_status": "APPROVED", "original_total": "300.00",
            "approved_total": "200.00", "adjustments": [{"adjustment_amount": "100.00", "adjustment_reason": "Block billing",
            "original_line_item": {"line_item_ref": "-9999", "line_item_date": "20260301", "timekeeper_id": "57"}}],
            "payments": [{"payment_amount": "200.00", "payment_type": "ACH"}]}),
        );
        let camel = read(
            json!({"invoiceID": "7", "invoiceStatus": "Approved", "originalTotal": "300.00",
            "approvedTotal": "200.00", "invoiceAdjustments": [{"adjustmentAmount": "100.00", "adjustmentReason": "Block billing",
            "originalLineItem": {"lineItemRef": -9999, "lineItemDate": "20260301", "timekeeperID": "57"}}],
            "invoicePayment": [{"paymentAmount": "200.00", "paymentType": "ACH"}]}),
        );
        assert_eq!(snake.outcome, Outcome::Reduced);
        assert_eq!(snake.reductions, camel.reductions);
        assert_eq!(snake.payments, camel.payments);
        assert_eq!(camel.outcome, Outcome::Reduced);
        assert!(snake.doubts.is_empty(), "{:?}", snake.doubts);
        let line = snake.reductions[0].line.as_ref().expect("a line");
        assert_eq!(
            (line.item.as_deref(), line.timekeeper_id.as_deref()),
            (None, Some("57"))
        );
    }

    #[test]
    fn sums_that_do_not_fit_and_words_nobody_knows_are_said() {
        let odd = read(
            json!({"invoiceid": "7", "invoice_status": "SHELVED", "original_total": "300.00",
            "approved_total": "200.00", "adjustments": [{"adjustment_amount": "-90.00"}]}),
        );
        assert_eq!(odd.outcome, Outcome::Unknown);
        assert_eq!(odd.doubts.len(), 2, "{:?}", odd.doubts);
        let paid = read(json!({"invoice_status": "PAID", "approved_total": "200.00",
            "payments": [{"payment_amount": "199.99"}]}));
        assert_eq!(paid.doubts.len(), 1);
    }

    #[test]
    fn names_of_the_standard() {
        assert_eq!(Names::Camel.of("related_invoice_id"), "relatedInvoiceID");
        assert_eq!(Names::Camel.of("ledes_format"), "ledesFormat");
        assert_eq!(Names::Snake.of("ledes_format"), "ledes_format");
    }
}
