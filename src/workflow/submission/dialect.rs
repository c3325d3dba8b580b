//! What a portal takes by its terms: formats, names and sizes of files. What does not fit is not sent, and why is said.

use crate::model::LedesFormat;
use crate::portals::PortalError;
use crate::rules::pack::Terms;
use crate::store::InvoiceRow;
use crate::workflow::refusal::{WorkflowError, refused};
use regex::Regex;

/// A file's name at a portal whose terms give none.
const USUAL_NAME: &str = "{invoice_number}.{extension}";

/// What a portal takes.
#[derive(Clone, Debug)]
pub struct Dialect {
    portal: String,
    formats: Vec<String>,
    name: String,
    characters: Option<(Regex, String)>,
    most_bytes: Option<u64>,
    source: String,
}

/// What a file's name and fitness depend on.
pub(super) struct Leaving<'a> {
    /// The invoice.
    pub(super) row: &'a InvoiceRow,
    /// Its format.
    pub(super) format: LedesFormat,
    /// The client's number of its first matter.
    pub(super) client_matter_id: &'a str,
    /// How long the file is.
    pub(super) bytes: u64,
}

impl Dialect {
    /// The dialect of a portal by its terms, where they are known; else everything fits.
    ///
    /// # Errors
    /// The characters of the terms are no regular expression.
    pub fn of(portal: &str, terms: Option<&Terms>) -> Result<Self, PortalError> {
        let file = terms.map(|t| t.file.clone()).unwrap_or_default();
        let characters = file.name_characters.map(|class| {
            let read = Regex::new(&format!("^(?:{class})*$"));
            read.map(|r| (r, class)).map_err(|e| {
                PortalError::Setup(format!("terms of {portal}: file.name_characters: {e}"))
            })
        });
        Ok(Self {
            portal: portal.to_owned(),
            formats: terms.map(|t| t.formats.clone()).unwrap_or_default(),
            name: file.name.unwrap_or_else(|| USUAL_NAME.to_owned()),
            characters: characters.transpose()?,
            most_bytes: file.most_bytes,
            source: terms.map(|t| t.source.clone()).unwrap_or_default(),
        })
    }

    /// The name a file gets at the portal.
    ///
    /// # Errors
    /// The portal does not take such a file: another format, a name with other characters, too long. Says what does.
    pub(super) fn name(&self, leaving: &Leaving<'_>) -> Result<String, WorkflowError> {
        let (portal, number) = (&self.portal, &leaving.row.number);
        let format = leaving.format.name();
        if !self.formats.is_empty() && !self.formats.iter().any(|f| f == format) {
            return refused(format!(
                "invoice {number} is LEDES {format}; {portal} takes {} ({}). Convert it (cleanbill convert --to {}), take \
                 the new file in and have it cleared",
                self.formats.join(", "),
                self.source,
                self.formats[0]
            ));
        }
        if let Some(most) = self.most_bytes.filter(|most| leaving.bytes > *most) {
            return refused(format!(
                "the file of invoice {number} has {} bytes; {portal} takes {most} ({}). Bill in two invoices",
                leaving.bytes, self.source
            ));
        }
        let name = self.filled(leaving)?;
        if let Some((fits, class)) = &self.characters
            && !fits.is_match(&name)
        {
            return refused(format!(
                "the name {name}: {portal} takes only names of {class} ({}). Give the invoice another number, or name its \
                 file otherwise in a pack of your own (terms.file.name)",
                self.source
            ));
        }
        Ok(name)
    }

    fn filled(&self, leaving: &Leaving<'_>) -> Result<String, WorkflowError> {
        let row = leaving.row;
        let extension = if leaving.format.is_xml() {
            "xml"
        } else {
            "txt"
        };
        let mut name = self.name.clone();
        for (field, value) in [
            ("{invoice_number}", row.number.as_str()),
            ("{client_id}", &row.client),
            ("{law_firm_matter_id}", &row.matter),
            ("{client_matter_id}", leaving.client_matter_id),
            ("{invoice_date}", row.invoice_date.as_deref().unwrap_or("")),
            ("{extension}", extension),
        ] {
            name = name.replace(field, value);
        }
        if let Some((_, rest)) = name.split_once('{') {
            return refused(format!(
                "file name {}: nothing is known as {{{rest}",
                self.name
            ));
        }
        // Numbers may hold what no file's name may.
        Ok(name.replace(['/', '\\', ':', '\0'], "-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(toml: &str) -> Terms {
        let head = "ways = [\"assisted\"]\nproven = \"not\"\nsource = \"its help page\"\n";
        toml::from_str(&format!("{head}{toml}")).expect("terms")
    }

    fn said(toml: &str, number: &str, format: LedesFormat) -> Result<String, String> {
        let dialect = Dialect::of("Brightflag", Some(&terms(toml))).expect("a dialect");
        let row = InvoiceRow {
            number: number.to_owned(),
            client: "C1".to_owned(),
            ..InvoiceRow::default()
        };
        let leaving = Leaving {
            row: &row,
            format,
            client_matter_id: "CM-7",
            bytes: 100,
        };
        dialect.name(&leaving).map_err(|e| e.to_string())
    }

    #[test]
    fn a_name_is_filled_in() {
        let name = |toml: &str| said(toml, "A/1", LedesFormat::L1998B);
        assert_eq!(name(""), Ok("A-1.txt".to_owned()));
        assert_eq!(
            name("[file]\nname = \"{client_id}_{client_matter_id}_{invoice_number}.{extension}\""),
            Ok("C1_CM-7_A-1.txt".to_owned())
        );
        let told = name("[file]\nname = \"{matter}.txt\"").expect_err("no such field");
        assert!(told.contains("nothing is known as {matter}"), "{told}");
    }

    #[test]
    fn what_the_portal_does_not_take_is_refused_with_what_it_takes() {
        let told = said("formats = [\"1998B\", \"2000\"]", "A-1", LedesFormat::Xml21);
        let told = told.expect_err("another format");
        for part in [
            "XML-2.1",
            "1998B, 2000",
            "its help page",
            "cleanbill convert",
        ] {
            assert!(told.contains(part), "{told}");
        }
        let class = "[file]\nname_characters = \"[A-Za-z0-9.-]\"";
        assert!(said(class, "A-1", LedesFormat::L1998B).is_ok());
        let told = said(class, "A#1", LedesFormat::L1998B).expect_err("a character");
        assert!(
            told.contains("A#1.txt") && told.contains("[A-Za-z0-9.-]"),
            "{told}"
        );
        let told = said("[file]\nmost_bytes = 99", "A-1", LedesFormat::L1998B);
        assert!(told.expect_err("too long").contains("100 bytes"));
    }
}
