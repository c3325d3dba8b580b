//! What an agreed portal answers: values at the places the agreement names.

use super::Agreed;
use super::agreement::{Question, Rows};
use crate::model::{Evidence, Outcome, PortalRemark, ReducedLine, Reduction, StatusReport};
use crate::portals::PortalError;
use crate::portals::portal::Asked;
use crate::portals::transport::{Answer, plain_remark};
use chrono::DateTime;
use rust_decimal::Decimal;
use serde_json::Value;

impl Agreed {
    /// What the portal says of an invoice.
    pub(super) fn report(&self, question: &Question, answer: Answer) -> Result<Asked, PortalError> {
        let evidence = answer.evidence;
        let unexpected = |because: String, evidence: Evidence| PortalError::Unexpected {
            because,
            evidence: Box::new(evidence),
        };
        let whole: Value = match serde_json::from_slice(&evidence.body) {
            Ok(value) => value,
            Err(e) => return Err(unexpected(format!("the answer is no JSON: {e}"), evidence)),
        };
        let about = match question.at.as_deref() {
            None => Some(&whole),
            Some(at) => whole.pointer(at),
        };
        let about = match about {
            Some(Value::Array(all)) => match all.as_slice() {
                [] => return Ok(Asked::Absent),
                [one] => Some(one),
                several => {
                    let because =
                        format!("the portal names {} invoices of this number", several.len());
                    return Err(unexpected(because, evidence));
                }
            },
            other => other,
        };
        let Some(about) = about.filter(|a| a.is_object()) else {
            let at = question.at.as_deref().unwrap_or("the answer");
            return Err(unexpected(format!("{at} is no object"), evidence));
        };
        let text = |pointer: &Option<String>| pointer.as_deref().and_then(|p| text_at(about, p));
        let Some(word) = text_at(about, &question.word) else {
            return Err(unexpected(
                format!("{} holds no word", question.word),
                evidence,
            ));
        };
        let mut doubts = Vec::new();
        let mut amount = |pointer: &Option<String>| {
            let text = text(pointer)?;
            let read = Decimal::from_str_exact(&text);
            if read.is_err() {
                doubts.push(format!("\"{text}\" is no amount"));
            }
            read.ok()
        };
        let original_total = amount(&question.original_total);
        let approved_total = amount(&question.approved_total);
        let reductions: Vec<Reduction> = rows(about, question.reductions.as_ref())
            .into_iter()
            .filter_map(|(text, item, cut)| {
                let cut = cut?;
                let Ok(amount) = Decimal::from_str_exact(&cut) else {
                    doubts.push(format!("\"{cut}\" is no amount"));
                    return None;
                };
                Some(Reduction {
                    amount: amount.abs(),
                    reason: text,
                    line: item.map(|item| ReducedLine {
                        item: Some(item),
                        ..ReducedLine::default()
                    }),
                    ..Reduction::default()
                })
            })
            .collect();
        let errors = rows(about, question.errors.as_ref());
        let errors = errors.into_iter().map(|(text, item, _)| PortalRemark {
            text,
            item,
            ..PortalRemark::default()
        });
        let mut outcome = self
            .words
            .get(&word.to_lowercase())
            .copied()
            .unwrap_or(Outcome::Unknown);
        if outcome == Outcome::Unknown {
            doubts.push(format!(
                "nobody here knows the word \"{word}\"; add it to words of the account"
            ));
        }
        let less = original_total
            .zip(approved_total)
            .is_some_and(|(o, a)| a < o);
        if outcome == Outcome::Approved && (less || !reductions.is_empty()) {
            outcome = Outcome::Reduced;
        }
        let at = text(&question.time).and_then(|t| DateTime::parse_from_rfc3339(&t).ok());
        Ok(Asked::Here(Box::new(StatusReport {
            portal_id: text(&question.id),
            invoice_number: text(&question.number),
            outcome,
            word,
            at,
            note: text(&question.note),
            original_total,
            approved_total,
            errors: errors.collect(),
            reductions,
            payments: Vec::new(),
            doubts,
            evidence,
        })))
    }
}

/// The value of a line `NAME: value` of an answer in plain text.
fn in_text(body: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let value = text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found
            .trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    });
    value.filter(|v| !v.is_empty())
}

/// What stands in an answer at a pointer, or at the beginning of a line.
pub(super) fn in_answer(body: &[u8], pointer: &str) -> Option<String> {
    if let Some(name) = pointer.strip_prefix("text:") {
        return in_text(body, name);
    }
    text_at(&serde_json::from_slice(body).ok()?, pointer)
}

/// Words, line and amount of each object of a list.
fn rows(about: &Value, rows: Option<&Rows>) -> Vec<(String, Option<String>, Option<String>)> {
    let Some(rows) = rows else {
        return Vec::new();
    };
    let list = about.pointer(&rows.at).and_then(Value::as_array);
    let text = |one: &Value, pointer: &Option<String>| text_at(one, pointer.as_deref()?);
    let row = |one: &Value| {
        let words = text_at(one, &rows.text).unwrap_or_default();
        (words, text(one, &rows.item), text(one, &rows.amount))
    };
    list.into_iter().flatten().map(row).collect()
}

fn text_at(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

/// What the portal says against an invoice: at the pointer, else its whole answer.
pub(super) fn remarks(pointer: Option<&str>, answer: &Answer) -> Vec<PortalRemark> {
    let body = &answer.evidence.body;
    if let Some(text) = pointer
        .filter(|p| p.starts_with("text:"))
        .and_then(|p| in_answer(body, p))
    {
        return vec![PortalRemark {
            text,
            ..PortalRemark::default()
        }];
    }
    let value: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let found = pointer.and_then(|pointer| value.pointer(pointer));
    let texts: Vec<String> = match found {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) => all
            .iter()
            .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
            .collect(),
        _ => return plain_remark(answer),
    };
    let remark = |text| PortalRemark {
        text,
        ..PortalRemark::default()
    };
    texts.into_iter().map(remark).collect()
}
