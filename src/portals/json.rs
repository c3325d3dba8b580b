//! JSON of portals, read with patience: names in any spelling, amounts as text or numbers, times with any offset.
//! What cannot be read is said, and never loses the rest.

use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;
use serde_json::Value;

/// A JSON object whose names are compared without case, `_`, `-` and blanks: `received_time` is `ReceivedTime`.
#[derive(Clone, Copy)]
pub(super) struct Object<'a>(Option<&'a serde_json::Map<String, Value>>);

fn plain(name: &str) -> impl Iterator<Item = char> {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
}

/// True where two names or words are the same but for case, `_`, `-` and blanks.
pub(super) fn same(one: &str, other: &str) -> bool {
    plain(one).eq(plain(other))
}

impl<'a> Object<'a> {
    /// The object a value is; empty where it is none.
    pub fn of(value: &'a Value) -> Self {
        Self(value.as_object())
    }

    /// The first value with one of these names that is not null.
    pub fn get(self, names: &[&str]) -> Option<&'a Value> {
        let map = self.0?;
        names.iter().find_map(|name| {
            let found = map.iter().find(|(key, _)| same(key, name));
            found.map(|(_, value)| value).filter(|v| !v.is_null())
        })
    }

    /// A text; numbers as they are written.
    pub fn text(self, names: &[&str]) -> Option<String> {
        let text = match self.get(names)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Bool(yes) => yes.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// An object inside.
    pub fn object(self, names: &[&str]) -> Option<Object<'a>> {
        let inner = self.get(names)?.as_object()?;
        Some(Object(Some(inner)))
    }

    /// The objects of a list inside; one object counts as a list of one.
    pub fn list(self, names: &[&str]) -> Vec<Object<'a>> {
        match self.get(names) {
            Some(Value::Array(all)) => all.iter().map(Object::of).collect(),
            Some(one @ Value::Object(_)) => vec![Object::of(one)],
            _ => Vec::new(),
        }
    }

    /// The texts of a list inside, or of the fields of its objects that have one of `fields`.
    pub fn texts(self, names: &[&str], fields: &[&str]) -> Vec<String> {
        match self.get(names) {
            Some(Value::Array(all)) => all
                .iter()
                .filter_map(|one| match one {
                    Value::String(text) => Some(text.clone()),
                    object => Object::of(object).text(fields),
                })
                .collect(),
            Some(Value::String(text)) => vec![text.clone()],
            _ => Vec::new(),
        }
    }

    /// An amount; what cannot be read goes to the doubts.
    pub fn amount(self, names: &[&str], doubts: &mut Vec<String>) -> Option<Decimal> {
        let text = self.text(names)?;
        let read = Decimal::from_str_exact(&text);
        if read.is_err() {
            doubts.push(format!("{}: \"{text}\" is no amount", names[0]));
        }
        read.ok()
    }

    /// A time with its offset (RFC 3339); what cannot be read goes to the doubts.
    pub fn time(self, names: &[&str], doubts: &mut Vec<String>) -> Option<DateTime<FixedOffset>> {
        let text = self.text(names)?;
        let read = DateTime::parse_from_rfc3339(&text);
        if read.is_err() {
            doubts.push(format!("{}: \"{text}\" is no time", names[0]));
        }
        read.ok()
    }

    /// A day, as YYYYMMDD or ISO; what cannot be read goes to the doubts.
    pub fn day(self, names: &[&str], doubts: &mut Vec<String>) -> Option<NaiveDate> {
        let text = self.text(names)?;
        let text_of = text.get(..10).filter(|t| t.contains('-')).unwrap_or(&text);
        let read = NaiveDate::parse_from_str(text_of, "%Y-%m-%d")
            .or_else(|_| NaiveDate::parse_from_str(text_of, "%Y%m%d"));
        if read.is_err() {
            doubts.push(format!("{}: \"{text}\" is no day", names[0]));
        }
        read.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_in_any_spelling_and_values_in_any_type() {
        let value = json!({"receivedDateTime": "2026-04-19T15:55:12-04:00", "approved_total": 12.5,
            "originalTotal": "12.50", "invoiceID": 7, "nothing": null, "date": "20260301", "bad": "2026-14-01T00:00:00Z"});
        let object = Object::of(&value);
        let mut doubts = Vec::new();
        assert_eq!(object.text(&["invoiceid"]), Some("7".to_owned()));
        assert_eq!(object.text(&["nothing"]), None);
        assert_eq!(
            object.amount(&["approved_total"], &mut doubts),
            object.amount(&["original_total"], &mut doubts)
        );
        assert!(
            object
                .time(&["received_time", "received_date_time"], &mut doubts)
                .is_some()
        );
        assert!(object.day(&["date"], &mut doubts).is_some());
        assert!(doubts.is_empty());
        assert!(object.time(&["bad"], &mut doubts).is_none());
        assert_eq!(doubts, ["bad: \"2026-14-01T00:00:00Z\" is no time"]);
    }
}
