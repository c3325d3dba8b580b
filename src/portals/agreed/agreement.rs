//! What a firm's agreement with a portal says of its upload, as TOML.

use crate::model::Submission;
use crate::portals::portal::Handle;
use serde::Deserialize;
use std::collections::BTreeMap;

/// An agreed upload.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// How an invoice is sent.
    pub submit: Upload,
    /// How the portal is asked what became of one it gave an id.
    #[serde(default)]
    pub status: Option<Question>,
    /// How the portal is asked whether it has an invoice of a number.
    #[serde(default)]
    pub find: Option<Question>,
    /// A path that is read to see whether the credentials are good.
    #[serde(default)]
    pub check: Option<String>,
    /// The portal's words for what became of an invoice, beside those of its terms.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
}

/// How an invoice is sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    /// Below the account's url; may name what `fields` may.
    pub path: String,
    /// `POST` or `PUT`.
    #[serde(default = "post")]
    pub method: String,
    /// The form field that holds the file; without it the file is the body.
    #[serde(default)]
    pub file_field: Option<String>,
    /// Other form fields, or the query where the file is the body; values may name `{invoice_number}`, `{client_id}`,
    /// `{client_matter_id}`, `{law_firm_matter_id}`, `{invoice_date}`, `{total}`, `{currency}`, `{file_name}`,
    /// `{invoice_type}`, `{follows}`, `{attempt}`, `{comment}`.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// The form field of each attachment; without it none are sent.
    #[serde(default)]
    pub attachment_field: Option<String>,
    /// Statuses that mean it was taken.
    #[serde(default = "taken")]
    pub taken: Vec<u16>,
    /// Statuses that mean that a person has to correct something.
    #[serde(default = "refused")]
    pub refused: Vec<u16>,
    /// Where the portal's id stands in a JSON answer, as a pointer (RFC 6901): `/confirmation/id`; or in an answer of
    /// plain text, by the beginning of its line: `text:Confirmation number`.
    #[serde(default)]
    pub id: Option<String>,
    /// Where what it says against an invoice stands, likewise: a text or a list of texts.
    #[serde(default)]
    pub errors: Option<String>,
}

/// How the portal is asked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Below the account's url; may name `{portal_id}`, `{invoice_number}`, `{client_id}`, `{file_name}`.
    pub path: String,
    /// Statuses that prove that the portal does not have it.
    #[serde(default = "absent")]
    pub absent: Vec<u16>,
    /// Where the object about the invoice stands in the answer; nothing: the answer itself. An empty list there proves
    /// that the portal does not have it.
    #[serde(default)]
    pub at: Option<String>,
    /// Pointers below that object: the status word,
    pub word: String,
    /// the portal's id,
    #[serde(default)]
    pub id: Option<String>,
    /// the number,
    #[serde(default)]
    pub number: Option<String>,
    /// the client's note,
    #[serde(default)]
    pub note: Option<String>,
    /// the total as billed,
    #[serde(default)]
    pub original_total: Option<String>,
    /// the total as it will be paid,
    #[serde(default)]
    pub approved_total: Option<String>,
    /// and since when (RFC 3339).
    #[serde(default)]
    pub time: Option<String>,
    /// What was cut.
    #[serde(default)]
    pub reductions: Option<Rows>,
    /// What is wrong with it.
    #[serde(default)]
    pub errors: Option<Rows>,
}

/// A list below the object about the invoice.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// Where the list stands. Pointers below each of its objects:
    pub at: String,
    /// the portal's words,
    pub text: String,
    /// LINE_ITEM_NUMBER,
    #[serde(default)]
    pub item: Option<String>,
    /// and what was cut, with either sign.
    #[serde(default)]
    pub amount: Option<String>,
}

fn post() -> String {
    "POST".to_owned()
}

fn taken() -> Vec<u16> {
    vec![200, 201, 202]
}

fn refused() -> Vec<u16> {
    vec![400, 409, 415, 422]
}

fn absent() -> Vec<u16> {
    vec![404]
}

/// A text with what stands in braces filled in; `None` names what nobody knows.
pub fn filled(template: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after
            .split_once('}')
            .ok_or_else(|| format!("\"{template}\" opens a brace and does not close it"))?;
        text.push_str(before);
        text.push_str(
            &value(name)
                .ok_or_else(|| format!("\"{template}\": nothing is known as {{{name}}}"))?,
        );
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// What a field of a submission is called in templates.
pub fn of_submission(submission: &Submission, name: &str) -> Option<String> {
    let s = submission;
    Some(match name {
        "invoice_number" => s.invoice_number.clone(),
        "client_id" => s.client_id.clone(),
        "client_matter_id" => s.client_matter_id.clone(),
        "law_firm_matter_id" => s.law_firm_matter_id.clone(),
        "invoice_date" => s.invoice_date.map(|d| d.to_string()).unwrap_or_default(),
        "total" => s.total.map(|t| t.to_string()).unwrap_or_default(),
        "currency" => s.currency.clone(),
        "file_name" => s.file_name.clone(),
        "invoice_type" => s.invoice_type.name().to_owned(),
        "follows" => s.follows.clone().unwrap_or_default(),
        "attempt" => s.attempt.clone(),
        "comment" => s.comment.clone().unwrap_or_default(),
        _ => return None,
    })
}

/// What an invoice at the portal is called in templates of questions, written as a part of an address.
pub fn of_handle(handle: &Handle, name: &str) -> Option<String> {
    let plain = match name {
        "portal_id" => handle.portal_id.as_deref()?,
        "invoice_number" => &handle.invoice_number,
        "client_id" => &handle.client_id,
        "file_name" => &handle.file_name,
        _ => return None,
    };
    Some(in_address(plain))
}

/// A text as a part of an address (RFC 3986 section 2.3).
pub fn in_address(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_or_refused() {
        let handle = Handle {
            invoice_number: "AW 20/41".to_owned(),
            ..Handle::default()
        };
        let fill = |t: &str| filled(t, |name| of_handle(&handle, name));
        assert_eq!(
            fill("find?number={invoice_number}").as_deref(),
            Ok("find?number=AW%2020%2F41")
        );
        assert!(fill("status/{portal_id}").is_err());
        assert!(fill("status/{invoice_number").is_err());
        assert!(fill("status/{colour}").is_err());
    }
}
