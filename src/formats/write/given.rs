//! Values of a dialect's `[given]`: where a writer puts them, and the invoice as it then reads.

use crate::formats::lexer::{self, DateForm};
use crate::formats::parts::{self, ContentMut, Names, Owner, visit_mut};
use crate::model::{Cell, Family, Invoice, LedesFormat, Value};
use std::collections::BTreeMap;

/// The name under which `[given]` holds a value: the column, or the element with the part it stands in. `None` where
/// the format has no such field, or gives it a value of its own.
pub fn key(format: LedesFormat, owner: Owner, names: &Names) -> Option<String> {
    let (path, name) = match format.family() {
        Family::Pipe if matches!(owner, Owner::Timekeeper | Owner::Tax) => return None,
        Family::Pipe => ("", names.pipe),
        Family::Xml2 => (owner.path(), names.xml2),
        // Contacts are no segments of their own.
        Family::Xml2000 => (
            match owner {
                Owner::BillingContact => Owner::Firm.path(),
                Owner::ClientContact => Owner::Client.path(),
                Owner::ManagingContact | Owner::MatterContact => Owner::Matter.path(),
                other => other.path(),
            },
            names.l2000,
        ),
    };
    match (path, name) {
        (_, "" | "file_item_nbr") => None,
        ("", name) => Some(name.to_owned()),
        (path, name) => Some(format!("{path}/{name}")),
    }
}

/// Whether any format has a field of this name.
pub fn is_field(key_wanted: &str) -> bool {
    let formats = [
        LedesFormat::L1998BIV2,
        LedesFormat::L2000,
        LedesFormat::Xml22,
    ];
    let mut all = parts::every().iter();
    key_wanted == SECOND_VARIABLE
        || all.any(|(owner, names)| {
            formats
                .iter()
                .any(|f| key(*f, *owner, names).as_deref() == Some(key_wanted))
        })
}

const FIRST_VARIABLE: &str = "matter/cl_matter_var_1";
const SECOND_VARIABLE: &str = "matter/cl_matter_var_2";

/// Puts the given values where the invoice has none, as the writer of `format` does: what its file is read back as.
pub fn fill(invoice: &mut Invoice, format: LedesFormat, given: &BTreeMap<String, String>) {
    let held: BTreeMap<&str, (Cell, &str)> = given
        .iter()
        .map(|(key, value)| (key.as_str(), value.trim()))
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (key, (invoice.text.push_value(value), value)))
        .collect();
    if format.is_xml() {
        for line in &mut invoice.lines {
            line.detail.get_or_insert_default();
        }
    }
    if format == LedesFormat::L2000 {
        let variables = [FIRST_VARIABLE, SECOND_VARIABLE];
        let variables = variables.map(|name| held.get(name).map(|(cell, _)| *cell));
        for matter in &mut invoice.matters {
            for (index, given) in variables.iter().enumerate() {
                let own = &mut matter.client_variables;
                match (own.get_mut(index), given) {
                    (Some(own), Some(given)) if own.is_blank() => *own = *given,
                    (None, Some(given)) => {
                        own.resize(index, Cell::ABSENT);
                        own.push(*given);
                    }
                    _ => {}
                }
            }
        }
    }
    let form = match format.family() {
        Family::Xml2 => DateForm::Iso,
        _ => DateForm::Compact,
    };
    visit_mut(invoice, &mut |owner, names, slot| {
        if !slot.content().is_blank() || *names == parts::CLIENT_VARIABLE {
            return;
        }
        let found = key(format, owner, names).and_then(|key| held.get(key.as_str()));
        let Some((cell, value)) = found else {
            return;
        };
        match slot {
            ContentMut::None => {}
            ContentMut::Text(text) => *text = *cell,
            ContentMut::Date(date) => {
                *date = Value::new(*cell, lexer::date(value, form).ok());
            }
            ContentMut::Number(number) => {
                *number = Value::new(*cell, lexer::number(value).and_then(|n| n.value));
            }
        }
    });
}
