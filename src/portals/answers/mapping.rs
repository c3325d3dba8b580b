//! Which column of a table of answers says what: TOML, of the program (`rules/answers/`) or of the firm.

use crate::firm::figures::{DateOrder, DecimalMark};
use crate::model::{Outcome, did_you_mean};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a column can say.
pub const FIELDS: [&str; 27] = [
    "portal",
    "received_at",
    "file_name",
    "file_sha256",
    "invoice_number",
    "client_id",
    "portal_id",
    "status",
    "invoice_total",
    "approved_total",
    "currency",
    "line_number",
    "line_date",
    "timekeeper_id",
    "original_amount",
    "approved_amount",
    "adjustment_amount",
    "reason_code",
    "reason_text",
    "reviewer",
    "adjusted_at",
    "comment",
    "error_code",
    "error_text",
    "payment_amount",
    "payment_date",
    "payment_reference",
];

/// A mapping.
#[derive(Clone, Debug, Default)]
pub struct AnswerMapping {
    /// Its name.
    pub name: String,
    /// What it reads.
    pub title: String,
    /// False where its columns are usual names only: nobody has laid an export beside it yet.
    pub known: bool,
    /// Where its columns are written.
    pub source: String,
    /// The portal it is from; empty: any.
    pub portal: String,
    /// How dates are written.
    pub date_order: DateOrder,
    /// How numbers are written.
    pub decimal_mark: DecimalMark,
    /// Fields without whose columns a sheet is not meant.
    pub needs: Vec<String>,
    /// Names of the column of each field, as they are compared.
    pub columns: BTreeMap<String, Vec<String>>,
    /// What words of the status mean, in small letters.
    pub words: BTreeMap<String, Outcome>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    title: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    portal: String,
    #[serde(default)]
    date_order: DateOrder,
    #[serde(default)]
    decimal_mark: DecimalMark,
    #[serde(default)]
    needs: Vec<String>,
    columns: BTreeMap<String, Names>,
    #[serde(default)]
    words: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Several(Vec<String>),
}

const SHIPPED: [&str; 5] = [
    include_str!("../../../rules/answers/ack.toml"),
    include_str!("../../../rules/answers/adjustments.toml"),
    include_str!("../../../rules/answers/collaborati.toml"),
    include_str!("../../../rules/answers/counsellink.toml"),
    include_str!("../../../rules/answers/brightflag.toml"),
];

/// A column's name as it is compared: small letters and digits only.
pub fn plain(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_alphanumeric() || *c == '#');
    kept.flat_map(char::to_lowercase).collect()
}

impl AnswerMapping {
    /// The mappings of the program; one that cannot be read is left out, and a test reads them all.
    pub fn shipped() -> Vec<Self> {
        SHIPPED.iter().filter_map(|t| Self::parse(t).ok()).collect()
    }

    /// Reads a mapping.
    ///
    /// # Errors
    /// A key, a field or a word for an outcome that is not known; no column for the invoice number.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written: Written =
            toml::from_str(text).map_err(|e| e.to_string().trim_end().to_owned())?;
        let known = |place: &str, field: String| match FIELDS.contains(&field.as_str()) {
            true => Ok(field),
            false => Err(format!(
                "{place} \"{field}\" is no field of an answer; {}",
                did_you_mean(&field, FIELDS)
            )),
        };
        let mut columns = BTreeMap::new();
        for (field, names) in written.columns {
            let names = match names {
                Names::One(name) => vec![name],
                Names::Several(names) => names,
            };
            let names = names.iter().map(|n| plain(n)).collect();
            columns.insert(known("[columns]", field)?, names);
        }
        if !columns.contains_key("invoice_number") {
            return Err(
                "[columns] invoice_number is missing; name the column the invoice's number stands in".to_owned(),
            );
        }
        let mut words = BTreeMap::new();
        for (word, meaning) in written.words {
            let outcome = Outcome::named(&meaning).ok_or_else(|| {
                let all = Outcome::ALL.map(Outcome::name);
                format!(
                    "[words] \"{meaning}\" is no outcome; {}",
                    did_you_mean(&meaning, all)
                )
            })?;
            words.insert(word.trim().to_lowercase(), outcome);
        }
        let mut needs = Vec::new();
        for field in written.needs {
            needs.push(known("needs:", field)?);
        }
        if !needs.iter().any(|n| n == "invoice_number") {
            needs.push("invoice_number".to_owned());
        }
        Ok(Self {
            name: written.name.unwrap_or_else(|| "own".to_owned()),
            title: written.title,
            known: written.status == "known",
            source: written.source,
            portal: written.portal,
            date_order: written.date_order,
            decimal_mark: written.decimal_mark,
            needs,
            columns,
            words,
        })
    }

    /// Which column each field stands in; `None` where a needed one is missing.
    pub(super) fn lay(&self, head: &[String]) -> Option<BTreeMap<String, usize>> {
        let head: Vec<String> = head.iter().map(|h| plain(h)).collect();
        let mut laid = BTreeMap::new();
        for (field, names) in &self.columns {
            let at = names.iter().find_map(|n| head.iter().position(|h| h == n));
            if let Some(at) = at {
                laid.insert(field.clone(), at);
            }
        }
        let all = self.needs.iter().all(|n| laid.contains_key(n));
        all.then_some(laid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mappings_of_the_program_are_right_and_say_what_they_rest_on() {
        for text in SHIPPED {
            let mapping = AnswerMapping::parse(text).expect("right");
            assert!(
                !mapping.title.is_empty() && !mapping.source.is_empty() && mapping.name != "own"
            );
            let mut seen = Vec::new();
            for name in mapping.columns.values().flatten() {
                assert!(!seen.contains(&name), "{}: {name} twice", mapping.name);
                seen.push(name);
            }
        }
    }

    #[test]
    fn mistakes_in_a_mapping_are_named() {
        for (text, wanted) in [
            (
                "[columns]\ninvoice_numbr = \"A\"",
                "did you mean \"invoice_number\"?",
            ),
            ("[columns]\nstatus = \"A\"", "invoice_number is missing"),
            ("[colums]\n", "unknown field"),
            (
                "[columns]\ninvoice_number = \"A\"\n[words]\n\"x\" = \"rejectd\"",
                "did you mean \"rejected\"?",
            ),
            (
                "needs = [\"linenumber\"]\n[columns]\ninvoice_number = \"A\"",
                "line_number",
            ),
        ] {
            let error = AnswerMapping::parse(text).expect_err(text);
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }
}
