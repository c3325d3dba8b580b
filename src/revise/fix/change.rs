//! What a fix changed, and the record of it for the billing system.

use crate::model::Safety;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One change of a value or of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The rule that asked for it.
    pub rule: String,
    /// Whether it is one of form only.
    pub safety: Safety,
    /// Physical line in the original file.
    pub line: u32,
    /// INVOICE_NUMBER; empty for the file.
    pub invoice: String,
    /// LINE_ITEM_NUMBER or file_item_nbr; empty where the value is the invoice's.
    pub item: String,
    /// The file's own name of the field; empty for a whole line.
    pub field: String,
    /// What stood there.
    pub before: String,
    /// What stands there now.
    pub after: String,
}

/// Who fixed a file, when and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signed {
    /// A person; empty where only the form was changed and nobody was named.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A row of the change record: the same changes for the billing system, so that file and system do not drift.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// When, in UTC.
    pub at: String,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The file.
    pub file: String,
    /// Physical line in the original file.
    pub line: u32,
    /// INVOICE_NUMBER.
    pub invoice_number: String,
    /// LINE_ITEM_NUMBER.
    pub line_item_number: String,
    /// The field.
    pub field: String,
    /// What stood there.
    pub before: String,
    /// What stands there now.
    pub after: String,
    /// The rule.
    pub rule: String,
    /// `safe` or `unsafe`.
    pub safety: Safety,
}

impl Entry {
    /// A change, signed.
    pub fn new(change: &Change, file: &str, signed: &Signed) -> Self {
        Self {
            at: signed.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            by: signed.by.clone(),
            reason: signed.reason.clone(),
            file: file.to_owned(),
            line: change.line,
            invoice_number: change.invoice.clone(),
            line_item_number: change.item.clone(),
            field: change.field.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
            rule: change.rule.clone(),
            safety: change.safety,
        }
    }
}
