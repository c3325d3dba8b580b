//! What a message says: ids, numbers, states, amounts and hashes, as the event and the invoice's row have them; and its
//! signature after Standard Webhooks (<https://www.standardwebhooks.com>).

use crate::store::{Event, InvoiceRow};
use crate::workflow::projection::{Facts, apply};
use crate::workflow::table::Step;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::Sha256;

/// What secrets begin with.
pub(super) const SECRET: &str = "whsec_";
/// The type of a message that only tries the way.
pub(super) const TEST: &str = "webhook.test";

/// A message.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct Notice {
    /// What happened: `invoice.clear`; `webhook.test` of a message that only tries the way.
    pub r#type: String,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// What it is about.
    pub data: NoticeData,
}

/// What a message is about.
#[derive(Clone, PartialEq, Debug, Default, Serialize, JsonSchema)]
pub struct NoticeData {
    /// The number of the event among those of the invoice, from 1. Messages of one invoice come in this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<i64>,
    /// The event's hash, which binds all events before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// The invoice as it was after the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice: Option<NoticeInvoice>,
    /// LINE_ITEM_NUMBER of the line it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_item: Option<String>,
    /// The id of the request, write-down, attachment, reduction or appeal it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Money it is about, in the invoice's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    /// The account at a portal it went through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The portal's id of the invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portal_id: Option<String>,
}

/// An invoice in a message.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct NoticeInvoice {
    /// Its id.
    pub id: String,
    /// INVOICE_NUMBER.
    pub number: String,
    /// CLIENT_ID.
    pub client: String,
    /// The firm's number of the first matter.
    pub matter: String,
    /// Where it is in its life.
    pub state: String,
    /// From 1.
    pub version: i64,
    /// The check's verdict.
    pub verdict: String,
    /// The total its file states.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Decimal>,
    /// Money its findings put in doubt.
    pub at_risk: Decimal,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// SHA-256 of its file.
    pub document: String,
}

impl From<InvoiceRow> for NoticeInvoice {
    fn from(row: InvoiceRow) -> Self {
        Self {
            id: row.id,
            number: row.number,
            client: row.client,
            matter: row.matter,
            state: row.state,
            version: row.version,
            verdict: row.verdict,
            total: row.total,
            at_risk: row.at_risk,
            currency: row.currency,
            document: row.document,
        }
    }
}

/// The type of messages of a step: `invoice.take-in`.
fn type_of(step: Step) -> String {
    format!("invoice.{}", step.name().replace(' ', "-"))
}

/// Every type of message but the test, in the order of an invoice's life.
pub fn type_names() -> Vec<String> {
    Step::ALL.into_iter().map(type_of).collect()
}

/// The step of a type.
pub(super) fn step_of(type_name: &str) -> Option<Step> {
    Step::ALL.into_iter().find(|s| type_of(*s) == type_name)
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// The message of the event with a number, by the events of its chain; nothing where the chain is no invoice's.
pub(super) fn notice(events: &[Event], seq: i64) -> Option<(String, Notice)> {
    let mut row: Option<InvoiceRow> = None;
    for event in events {
        row = Some(apply(row, event).ok()?);
        if event.seq != seq {
            continue;
        }
        let facts = Facts::of(event).ok()?;
        let id = format!("evt_{}", event.hash.get(..32)?);
        let notice = Notice {
            r#type: type_of(Step::named(&event.step)?),
            timestamp: instant(event.at_ms),
            data: NoticeData {
                event: Some(event.seq),
                hash: Some(event.hash.clone()),
                invoice: row.map(NoticeInvoice::from),
                line_item: facts.item,
                subject: facts.id,
                amount: facts.amount,
                account: facts.account,
                portal_id: facts.portal_id,
            },
        };
        return Some((id, notice));
    }
    None
}

/// The message that only tries the way.
pub(super) fn test(now_ms: i64) -> Notice {
    Notice {
        r#type: TEST.to_owned(),
        timestamp: instant(now_ms),
        data: NoticeData::default(),
    }
}

/// The headers of a message: id, time of sending, and the signature over both and the body.
pub(super) fn headers(
    secret: &str,
    id: &str,
    now_ms: i64,
    body: &str,
) -> Option<[(&'static str, String); 3]> {
    let key = STANDARD.decode(secret.strip_prefix(SECRET)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    let at = now_ms.div_euclid(1000).to_string();
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    Some([
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", at),
        ("webhook-signature", format!("v1,{signature}")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn signatures_are_those_of_standard_webhooks() {
        let made = headers(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330_000,
            "{\"test\": 2432232314}",
        );
        let [_, at, signature] = made.expect("a secret");
        assert_eq!(at.1, "1614265330");
        assert_eq!(
            signature.1,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn types_are_named_by_steps() {
        assert_eq!(step_of("invoice.take-in"), Some(Step::TakeIn));
        assert_eq!(step_of("take in"), None);
        let mut names = type_names();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), Step::ALL.len());
    }
}
