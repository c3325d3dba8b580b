//! Which column of a remittance says what, where it has names of its own: TOML of the firm.

use crate::firm::figures::{DateOrder, DecimalMark};
use crate::model::did_you_mean;
use crate::portals::answers::plain;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a column can say; the names of the template.
pub(super) const FIELDS: [&str; 9] = [
    "invoice_number",
    "client_invoice_number",
    "client_id",
    "line_number",
    "amount",
    "currency",
    "paid_on",
    "kind",
    "reference",
];

/// Fields without whose columns a table is none of these.
const NEEDED: [&str; 2] = ["amount", "paid_on"];

/// A mapping.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemittanceMapping {
    /// The name of the column of each field, as it is compared.
    columns: BTreeMap<String, String>,
    /// How dates are written.
    pub(super) date_order: DateOrder,
    /// How numbers are written.
    pub(super) decimal_mark: DecimalMark,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    date_order: DateOrder,
    #[serde(default)]
    decimal_mark: DecimalMark,
    columns: BTreeMap<String, String>,
}

impl Default for RemittanceMapping {
    /// The columns of the template.
    fn default() -> Self {
        let own = |field: &str| (field.to_owned(), plain(field));
        Self {
            columns: FIELDS.into_iter().map(own).collect(),
            date_order: DateOrder::default(),
            decimal_mark: DecimalMark::default(),
        }
    }
}

impl RemittanceMapping {
    /// Reads a mapping: `[columns]` with the table's name for each field of the template; `date_order`, `decimal_mark`.
    ///
    /// # Errors
    /// A key or field that is not known, or no column for the amount or the day.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written: Written =
            toml::from_str(text).map_err(|e| e.to_string().trim_end().to_owned())?;
        let mut columns = BTreeMap::new();
        for (field, name) in written.columns {
            if !FIELDS.contains(&field.as_str()) {
                return Err(format!(
                    "[columns] \"{field}\" is no field of a remittance; {}",
                    did_you_mean(&field, FIELDS)
                ));
            }
            columns.insert(field, plain(&name));
        }
        if let Some(missing) = NEEDED.iter().find(|n| !columns.contains_key(**n)) {
            return Err(format!(
                "[columns] {missing} is missing; name the column it stands in"
            ));
        }
        Ok(Self {
            columns,
            date_order: written.date_order,
            decimal_mark: written.decimal_mark,
        })
    }

    /// Which column each field stands in; `None` where a needed one, or any number of an invoice, is missing.
    pub(super) fn lay(&self, head: &[String]) -> Option<BTreeMap<&str, usize>> {
        let head: Vec<String> = head.iter().map(|h| plain(h)).collect();
        let mut laid = BTreeMap::new();
        for (field, name) in &self.columns {
            if let Some(at) = head.iter().position(|h| h == name) {
                laid.insert(field.as_str(), at);
            }
        }
        let numbers = ["invoice_number", "client_invoice_number"];
        let whole = NEEDED.iter().all(|n| laid.contains_key(n))
            && numbers.iter().any(|n| laid.contains_key(n));
        whole.then_some(laid)
    }

    /// The names of the columns it looks for.
    pub(super) fn names(&self) -> String {
        let all: Vec<&str> = self.columns.values().map(String::as_str).collect();
        all.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_in_a_mapping_are_named() {
        for (text, wanted) in [
            (
                "[columns]\nammount = \"Paid\"\npaid_on = \"Date\"",
                "did you mean \"amount\"?",
            ),
            ("[columns]\namount = \"Paid\"", "paid_on is missing"),
            ("date_ordr = \"day-first\"\n[columns]\n", "unknown field"),
        ] {
            let error = RemittanceMapping::parse(text).expect_err(text);
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }
}
