//! The two spellings: the illustration's `snake_case`, and the standard's CamelCase where its prose shows it.

use crate::sandbox::settings::Names;
use serde_json::{Map, Value};

/// Names that are no mere change of case.
const TWINS: [(&str, &str); 7] = [
    ("invoiceid", "invoiceID"),
    ("received_time", "receivedDateTime"),
    ("adjustments", "invoiceAdjustments"),
    ("payments", "invoicePayment"),
    ("related_invoice_id", "relatedInvoiceID"),
    ("SENT_TO_AP", "SentToAP"),
    ("AFA_ERROR", "AFAError"),
];

/// Fields whose values are words of the standard.
const WORDS: [&str; 4] = [
    "invoice_status",
    "error_type",
    "adjustment_type",
    "payment_type",
];

/// A body in that spelling; it is made in `snake_case`.
pub(super) fn spell(names: Names, body: Value) -> Value {
    match (names, body) {
        (Names::Snake, body) => body,
        (Names::Camel, Value::Object(fields)) => {
            let twin = |(name, value): (String, Value)| {
                let value = match value {
                    Value::String(word) if WORDS.contains(&name.as_str()) => {
                        Value::String(pascal(&word))
                    }
                    value => spell(names, value),
                };
                (camel(&name), value)
            };
            Value::Object(fields.into_iter().map(twin).collect::<Map<_, _>>())
        }
        (Names::Camel, Value::Array(list)) => {
            Value::Array(list.into_iter().map(|v| spell(names, v)).collect())
        }
        (Names::Camel, other) => other,
    }
}

fn twin(name: &str) -> Option<String> {
    let found = TWINS.iter().find(|(snake, _)| *snake == name);
    found.map(|(_, camel)| (*camel).to_owned())
}

fn camel(name: &str) -> String {
    twin(name).unwrap_or_else(|| {
        let mut out = String::new();
        for (n, part) in name.split('_').enumerate() {
            if n == 0 {
                out.push_str(part);
            } else {
                out.push_str(&capital(part));
            }
        }
        out
    })
}

fn pascal(word: &str) -> String {
    if word == "ACH" {
        return word.to_owned();
    }
    twin(word).unwrap_or_else(|| {
        let parts = word.split('_');
        parts.map(|p| capital(&p.to_lowercase())).collect()
    })
}

fn capital(part: &str) -> String {
    let mut letters = part.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// A field of a request, in the portal's spelling and in no other. Camel case is taken whatever the case of its
/// letters, since the public material does not show each name.
pub(super) fn field<'a>(
    names: Names,
    body: &'a Map<String, Value>,
    name: &str,
) -> Option<&'a Value> {
    match names {
        Names::Snake => body.get(name),
        Names::Camel => {
            let wanted = camel(name).to_lowercase();
            let found = body.iter().find(|(key, _)| key.to_lowercase() == wanted);
            found.map(|(_, value)| value)
        }
    }
}

/// A word of a request as `SNAKE_CASE`, if it is one of the list in the portal's spelling.
pub(super) fn word(names: Names, said: &str, list: &[&'static str]) -> Option<&'static str> {
    let plain = |text: &str| text.replace(['_', '-', ' '], "").to_lowercase();
    let fits = |known: &&&'static str| match names {
        Names::Snake => **known == said,
        Names::Camel => plain(known) == plain(said),
    };
    list.iter().find(fits).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_twins_are_those_of_the_prose() {
        let snake = json!({"invoiceid": "1", "received_time": "t", "invoice_status": "SENT_TO_AP",
            "original_total": "1.00", "adjustments": [{"original_line_item": {"line_item_type": "F"}}],
            "payments": [{"payment_type": "ACH"}], "invoice_errors": []});
        let camel = json!({"invoiceID": "1", "receivedDateTime": "t", "invoiceStatus": "SentToAP",
            "originalTotal": "1.00", "invoiceAdjustments": [{"originalLineItem": {"lineItemType": "F"}}],
            "invoicePayment": [{"paymentType": "ACH"}], "invoiceErrors": []});
        assert_eq!(spell(Names::Camel, snake.clone()), camel);
        assert_eq!(spell(Names::Snake, snake.clone()), snake);
    }

    #[test]
    fn requests_are_read_in_their_own_spelling() {
        let body = json!({"invoiceType": "Resubmit"});
        let body = body.as_object().expect("an object");
        assert!(field(Names::Snake, body, "invoice_type").is_none());
        assert!(field(Names::Camel, body, "invoice_type").is_some());
        assert_eq!(
            word(Names::Camel, "Resubmit", &["RESUBMIT"]),
            Some("RESUBMIT")
        );
        assert_eq!(word(Names::Snake, "Resubmit", &["RESUBMIT"]), None);
    }
}
