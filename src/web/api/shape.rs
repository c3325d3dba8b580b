//! Shapes that many calls share.

use crate::store::InvoiceRow;
use crate::workflow::windows::Deadline;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// An amount that is sent: text, as numbers of JSON are not exact everywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Amount(pub(super) Decimal);

/// What an amount looks like.
const AMOUNT: &str = "^-?[0-9]{1,14}(\\.[0-9]{1,4})?$";

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
        let whole = whole.strip_prefix('-').unwrap_or(whole);
        let digits =
            |t: &str, most| (1..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
        let amount = match digits(whole, 14) && digits(part, 4) {
            true => text.parse().ok(),
            false => None,
        };
        amount.map(Self).ok_or_else(|| {
            D::Error::custom(
                "no amount; write it as text with a point and no marks of thousands: \"1250.50\"",
            )
        })
    }
}

impl JsonSchema for Amount {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": AMOUNT, "examples": ["1250.50"] })
    }
}

/// An instant of the store.
pub(super) fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

pub(super) fn maybe(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|t| !t.is_empty())
}

/// An invoice as it stands.
#[derive(Serialize, JsonSchema)]
pub(super) struct Invoice {
    /// Its id: it follows from client and number.
    pub(super) id: String,
    /// INVOICE_NUMBER.
    number: String,
    /// CLIENT_ID; empty where the file has none.
    client: String,
    /// The firm's number of the first matter; empty where the file has none.
    matter: String,
    /// Where it is in its life: `checked`, `in review`, `cleared`, `queued`, ...
    state: String,
    /// The highest level of its findings: `clean`, `note`, `review`, `reduce`, `reject`.
    verdict: String,
    /// INVOICE_DATE.
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice_date: Option<NaiveDate>,
    /// ISO 4217, or `?`.
    currency: String,
    /// The total the file states; absent where it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Decimal>,
    /// Money its findings put in doubt.
    at_risk: Decimal,
    /// How many lines.
    lines: i64,
    /// From 1.
    version: i64,
    /// SHA-256 of the file as it stands: what is cleared is this file.
    document: String,
    /// The partner who answers for its matter, where the firm's lists say.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner: Option<String>,
    /// The portal it goes to, where the firm's lists say.
    #[serde(skip_serializing_if = "Option::is_none")]
    portal: Option<String>,
    /// Who brought in this version.
    preparer: String,
    /// Who cleared this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    cleared_by: Option<String>,
    /// When it first came.
    taken_at: DateTime<Utc>,
    /// When it last changed.
    changed_at: DateTime<Utc>,
    /// How many events it has.
    events: i64,
    /// Hash of the last, which binds all before it.
    head: String,
}

impl From<&InvoiceRow> for Invoice {
    fn from(row: &InvoiceRow) -> Self {
        Self {
            id: row.id.clone(),
            number: row.number.clone(),
            client: row.client.clone(),
            matter: row.matter.clone(),
            state: row.state.clone(),
            verdict: row.verdict.clone(),
            invoice_date: row.invoice_date.as_deref().and_then(|d| d.parse().ok()),
            currency: row.currency.clone(),
            total: row.total,
            at_risk: row.at_risk,
            lines: row.lines,
            version: row.version,
            document: row.document.clone(),
            partner: maybe(&row.partner),
            portal: maybe(&row.portal),
            preparer: row.preparer.clone(),
            cleared_by: row.cleared_by.clone(),
            taken_at: instant(row.taken_ms),
            changed_at: instant(row.changed_ms),
            events: row.seq,
            head: row.head.clone(),
        }
    }
}

/// Which invoice something is about.
#[derive(Serialize, JsonSchema)]
pub(super) struct OfInvoice {
    /// Its id.
    id: String,
    /// INVOICE_NUMBER.
    number: String,
    /// CLIENT_ID.
    client: String,
    /// The firm's number of the first matter.
    matter: String,
    /// Where it is in its life.
    state: String,
}

impl From<&InvoiceRow> for OfInvoice {
    fn from(row: &InvoiceRow) -> Self {
        Self {
            id: row.id.clone(),
            number: row.number.clone(),
            client: row.client.clone(),
            matter: row.matter.clone(),
            state: row.state.clone(),
        }
    }
}

/// Until when something has to be done.
#[derive(Serialize, JsonSchema)]
pub(super) struct Until {
    /// `until`, `not-configured` (the firm's list has no window: nothing is assumed), `not-begun`, `no-tries-left`, `beyond`.
    window: &'static str,
    /// The last moment that is still inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<DateTime<Utc>>,
    /// The same on the client's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    local: Option<String>,
    /// How it was computed, or why there is none, in words.
    words: String,
}

impl From<&Deadline> for Until {
    fn from(deadline: &Deadline) -> Self {
        let (window, last, local) = match deadline {
            Deadline::Until(last) => ("until", Some(last.at), Some(last.local.clone())),
            Deadline::NotConfigured => ("not-configured", None, None),
            Deadline::NotBegun { .. } => ("not-begun", None, None),
            Deadline::NoTriesLeft { .. } => ("no-tries-left", None, None),
            Deadline::Beyond => ("beyond", None, None),
        };
        Self {
            window,
            last,
            local,
            words: deadline.words(),
        }
    }
}

/// Why something is done: kept encrypted, its hash in the event.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// Why, in words.
    pub(super) reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_text() {
        let read = |text: &str| serde_json::from_str::<Amount>(text).map(|a| a.0.to_string());
        assert_eq!(read("\"1250.50\"").expect("an amount"), "1250.50");
        assert_eq!(read("\"-3\"").expect("an amount"), "-3");
        let pattern = regex::Regex::new(AMOUNT).expect("a pattern");
        for wrong in [
            "1.5",
            "\"\"",
            "\"1,5\"",
            "\"1_000\"",
            "\".5\"",
            "\"5.\"",
            "\"1e3\"",
            "\"--1\"",
            "\"123456789012345\"",
            "\"0.12345\"",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
            assert!(
                !pattern.is_match(wrong.trim_matches('"')) || wrong == "1.5",
                "{wrong}"
            );
        }
    }
}
