//! Reports for people and programs: one renderer a file, each a [`Sink`] that is told what a check found.
//! Not here: any rule's id or text, reading of files, exit statuses.

mod comparison;
mod csv;
mod html;
mod json;
mod jsonl;
mod mistake;
mod page;
#[cfg(test)]
mod sample;
mod sarif;
mod schema;
mod snippet;
mod summary;
mod text;
mod wording;

pub use comparison::comparison;
pub use csv::cell as for_sheets;
pub use json::CheckReport;
pub use mistake::mistake;
pub use schema::check_schema;
pub use wording::printable;

use crate::check::Sink;
use std::fmt;
use std::io::Write;
use std::str::FromStr;

/// How a report is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash, clap::ValueEnum)]
pub enum OutputFormat {
    /// For people at a terminal
    #[default]
    Text,
    /// One JSON document, schema cleanbill.check/1
    Json,
    /// One JSON object a line, an invoice each
    Jsonl,
    /// SARIF 2.1.0
    Sarif,
    /// One row a place, for a spreadsheet
    Csv,
    /// A page with each invoice as a bill and its findings beside the lines
    Html,
}

impl OutputFormat {
    /// Every format.
    pub const ALL: [Self; 6] = [
        Self::Text,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Csv,
        Self::Html,
    ];

    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Csv => "csv",
            Self::Html => "html",
        }
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no output format.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("\"{0}\" is no output format; there are text, json, jsonl, sarif, csv and html")]
pub struct UnknownFormat(pub String);

impl FromStr for OutputFormat {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|format| format.name() == word)
            .ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}

/// How the output is looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Look {
    /// Whether the text report is coloured.
    pub colour: bool,
    /// Characters in a row of the terminal.
    pub width: usize,
    /// This program's version, as reports name it.
    pub version: String,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            colour: false,
            width: 100,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// A sink that writes what it is told to `out`. Writes are small: `out` should be buffered; it is flushed at the end.
pub fn renderer(
    format: OutputFormat,
    out: Box<dyn Write + Send>,
    options: &Look,
) -> Box<dyn Sink + Send> {
    match format {
        OutputFormat::Text => Box::new(text::TextReport::new(out, options)),
        OutputFormat::Json => Box::new(json::JsonReport::new(out, options)),
        OutputFormat::Jsonl => Box::new(jsonl::JsonLines::new(out, options)),
        OutputFormat::Sarif => Box::new(sarif::SarifReport::new(out, options)),
        OutputFormat::Csv => Box::new(csv::CsvReport::new(out)),
        OutputFormat::Html => Box::new(html::HtmlReport::new(out, options)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name() {
        for format in OutputFormat::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        assert!("TEXT".parse::<OutputFormat>().is_err());
    }
}
