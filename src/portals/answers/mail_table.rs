//! What portals' mails look like: `rules/answers/mails.toml`.

use crate::model::Outcome;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// All that is known of mails.
#[derive(Debug)]
pub(super) struct MailTable {
    /// Labels in front of values, by what they name.
    pub(super) labels: BTreeMap<String, Vec<String>>,
    /// The mails, the surer first.
    pub(super) mails: Vec<MailShape>,
}

/// One kind of mail.
#[derive(Debug)]
pub(super) struct MailShape {
    /// Whose it is.
    pub(super) portal: String,
    /// Addresses it is known to come from.
    pub(super) senders: Vec<String>,
    /// What its subject says.
    pub(super) subject: Regex,
    /// It is about no invoice.
    pub(super) no_answer: bool,
    /// Headings under which invoices are listed.
    pub(super) headings: Vec<(Regex, Outcome)>,
    /// Words of subject or text; the first that is found counts.
    pub(super) words: Vec<(Regex, Outcome)>,
    /// A count in the text: what it means where it is above nothing, and where it is nothing.
    pub(super) counts: Option<(Regex, Outcome, Outcome)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    labels: BTreeMap<String, Vec<String>>,
    mail: Vec<WrittenMail>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMail {
    portal: String,
    /// How far its shape is known, for whoever reads the table.
    #[serde(rename = "status")]
    _status: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(default)]
    senders: Vec<String>,
    subject: String,
    #[serde(default)]
    no_answer: bool,
    #[serde(default)]
    headings: Vec<Word>,
    #[serde(default)]
    words: Vec<Word>,
    #[serde(default)]
    counts: Option<Counts>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    text: String,
    outcome: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counts {
    text: String,
    some: String,
    none: String,
}

static TABLE: LazyLock<MailTable> = LazyLock::new(|| {
    // A test reads it.
    MailTable::parse(include_str!("../../../rules/answers/mails.toml")).unwrap_or(MailTable {
        labels: BTreeMap::new(),
        mails: Vec::new(),
    })
});

impl MailTable {
    /// The table of the program.
    pub(super) fn shipped() -> &'static Self {
        &TABLE
    }

    fn parse(text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|e| e.to_string())?;
        let mails = written.mail.into_iter().map(shape);
        Ok(Self {
            labels: written.labels,
            mails: mails.collect::<Result<_, String>>()?,
        })
    }
}

fn pattern(text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text)
        .case_insensitive(true)
        .multi_line(true)
        .build();
    built.map_err(|e| e.to_string())
}

fn outcome(word: &str) -> Result<Outcome, String> {
    Outcome::named(word).ok_or_else(|| format!("{word} is no outcome"))
}

fn shape(written: WrittenMail) -> Result<MailShape, String> {
    let words = |all: Vec<Word>| {
        let pairs = all.into_iter();
        pairs
            .map(|w| Ok((pattern(&w.text)?, outcome(&w.outcome)?)))
            .collect::<Result<Vec<_>, String>>()
    };
    let counts = written
        .counts
        .map(|c| Ok::<_, String>((pattern(&c.text)?, outcome(&c.some)?, outcome(&c.none)?)));
    Ok(MailShape {
        portal: written.portal,
        senders: written.senders,
        subject: pattern(&written.subject)?,
        no_answer: written.no_answer,
        headings: words(written.headings)?,
        words: words(written.words)?,
        counts: counts.transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_its_portals_have_terms() {
        let text = include_str!("../../../rules/answers/mails.toml");
        let table = MailTable::parse(text).expect("right");
        let shelf = crate::rules::Shelf::shipped().expect("the packs");
        for mail in &table.mails {
            let terms = crate::portals::terms_of(shelf.packs(), &mail.portal);
            assert!(terms.is_some(), "{}", mail.portal);
            let says = !mail.words.is_empty() || !mail.headings.is_empty() || mail.no_answer;
            assert!(says, "{}", mail.portal);
        }
        assert!(table.labels.contains_key("number") && table.labels.contains_key("reason"));
    }
}
