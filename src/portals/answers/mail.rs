//! Mails of portals: plain text and tables only, nothing in them is opened in another way or followed.

use super::attachments::Cover;
use super::mail_table::{MailShape, MailTable};
use super::proof::{prove, sender};
use super::{Heard, Listener, Mistake, Told, figures};
use crate::firm::figures::{DecimalMark, amount};
use crate::model::{Evidence, Outcome, PortalRemark, StatusReport};
use crate::rules::portal_key;
use chrono::{DateTime, FixedOffset};
use mail_parser::{Message, MessageParser, PartType};
use regex::Regex;
use std::sync::LazyLock;

/// Characters of a mail's text that are read.
const MOST_TEXT: usize = 1 << 20;
/// Invoices of one mail.
const MOST_INVOICES: usize = 500;

/// A row below a heading: the number, and behind a dash, colon or tab the reason.
static ROW: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let number = r"(?P<number>[A-Za-z0-9][A-Za-z0-9._/#-]*)";
    let text = format!(
        r"(?i)^[\s*•–-]*(?:invoice\s*)?(?:number|no\.?|#)?\s*:?\s*{number}(?:\s*(?:[:;,\t|]|\s[–-]\s|\s\()\s*(?P<reason>.*?)\)?)?\s*$"
    );
    Regex::new(&text).ok()
});
/// A number in a sentence: "invoice INV-1 was rejected".
static IN_WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\binvoice\s*(?:number|no\.?|#|id)?\s*:?\s*#?(?P<number>[A-Za-z0-9._/-]*[0-9][A-Za-z0-9._/-]*)").ok()
});

/// A mail, taken apart.
struct Letter<'a> {
    from: Result<String, String>,
    subject: &'a str,
    text: String,
    at: Option<DateTime<FixedOffset>>,
    mark: String,
}

impl Listener<'_> {
    pub(super) fn mail(&self, name: &str, bytes: &[u8]) -> Heard {
        let Some(message) = MessageParser::new().parse(bytes) else {
            return Heard::wrong(Mistake {
                place: name.to_owned(),
                value: String::new(),
                expected: "a mail".to_owned(),
                remedy: "save it from the mail program as .eml".to_owned(),
            });
        };
        let mut doubts = Vec::new();
        let letter = open(&message);
        let from = match &letter.from {
            Ok(from) => {
                if let Err(why) = prove(&message, from, self.mail_server.as_deref()) {
                    doubts.push(why);
                }
                from.as_str()
            }
            Err(why) => {
                doubts.push(why.clone());
                ""
            }
        };
        let table = MailTable::shipped();
        let listed = self.listed(from);
        let known = table
            .mails
            .iter()
            .find(|m| m.senders.iter().any(|s| s == from))
            .map(|m| m.portal.as_str());
        let portal = listed.or(known).or(self.portal.as_deref());
        if listed.or(known).is_none() {
            doubts.push(format!(
                "{} is on no list of senders; if it is a portal's, put it under senders of its account",
                if from.is_empty() { "nobody" } else { from }
            ));
        }
        let shape = portal.and_then(|portal| {
            table.mails.iter().find(|m| {
                portal_key(&m.portal) == portal_key(portal) && m.subject.is_match(letter.subject)
            })
        });
        if shape.is_some_and(|s| s.no_answer) {
            return Heard::default();
        }
        let tables = self.attachments(
            &message,
            &Cover {
                name,
                portal: listed.or(known),
                at: letter.at,
                doubts: &doubts,
            },
        );
        if letter.text.is_empty() {
            doubts.push(
                "the mail has no plain text; read it, and type the answer in (cleanbill answers type)".to_owned(),
            );
        }
        let listed = shape
            .map(|s| under_headings(s, &letter.text))
            .unwrap_or_default();
        let mut rows = match listed.is_empty() {
            false => listed,
            true => vec![self.single(portal, shape, &letter)],
        };
        // A letter that only says what is attached is no answer of its own.
        if !tables.told.is_empty() || !tables.mistakes.is_empty() {
            rows.retain(|row| {
                let report = &row.report;
                report.invoice_number.is_some() && report.outcome != Outcome::Unknown
            });
        }
        let told = rows.into_iter().take(MOST_INVOICES).map(|row| {
            let mut doubts = doubts.clone();
            if row.report.outcome == Outcome::Unknown {
                doubts.push(
                    "no word in it says what became of the invoice; read it, and assign or type it"
                        .to_owned(),
                );
            }
            doubts.extend(figures(&row.report));
            let mut report = row.report;
            report.at = letter.at;
            let text = row.text.as_deref().unwrap_or(&letter.text);
            report.evidence = Evidence {
                asked: format!("mail of {from}"),
                status: None,
                body: format!("Subject: {}\n\n{text}", letter.subject).into_bytes(),
            };
            report.doubts.clone_from(&doubts);
            Told {
                source: "mail".to_owned(),
                place: name.to_owned(),
                portal: portal.map(str::to_owned),
                client: row.client,
                mark: letter.mark.clone(),
                report,
                doubts,
            }
        });
        let mut heard = tables;
        heard.told.extend(told);
        heard
    }

    /// Whether mails of this sender are fetched from the firm's mailbox: a portal's, by an account's list or by what is
    /// publicly known of it.
    pub fn listens_to(&self, from: &str) -> bool {
        let mails = &MailTable::shipped().mails;
        !from.is_empty()
            && (self.listed(from).is_some()
                || mails.iter().any(|m| m.senders.iter().any(|s| s == from)))
    }

    /// The portal whose account lists a sender.
    fn listed(&self, from: &str) -> Option<&str> {
        let domain = from.rsplit_once('@').map(|(_, d)| format!("@{d}"));
        let found = self.senders.get(from);
        let found = found.or_else(|| self.senders.get(&domain?));
        found.map(String::as_str)
    }

    /// A mail about one invoice.
    fn single(&self, portal: Option<&str>, shape: Option<&MailShape>, letter: &Letter<'_>) -> Row {
        let labels = Labels::of(&letter.text);
        let whole = format!("{}\n{}", letter.subject, letter.text);
        let number = labels.first("number").or_else(|| in_words(letter.subject));
        let number = number.or_else(|| in_words(&letter.text));
        let mut word = labels.first("status").unwrap_or_default();
        let none = std::collections::BTreeMap::new();
        let mut outcome = Some(word.as_str())
            .filter(|w| !w.is_empty())
            .and_then(|w| self.outcome(&none, portal, w));
        if outcome.is_none() {
            let found = shape.and_then(|s| said(s, letter.subject, &whole));
            if let Some((meant, text)) = found {
                outcome = Some(meant);
                word = text;
            }
        }
        let outcome = outcome.unwrap_or(Outcome::Unknown);
        let reasons = labels.all("reason");
        let refused = matches!(outcome, Outcome::Rejected | Outcome::ActionRequired);
        let money = |name: &str| {
            labels
                .first(name)
                .and_then(|t| amount(&t, DecimalMark::Point))
        };
        let (billed, approved) = (money("total"), money("approved"));
        let errors = reasons.iter().filter(|_| refused).map(|text| remark(text));
        Row {
            client: labels.first("client"),
            text: None,
            report: StatusReport {
                portal_id: labels.first("portal_id"),
                invoice_number: number,
                outcome,
                word,
                note: (!refused && !reasons.is_empty()).then(|| reasons.join("; ")),
                original_total: billed,
                approved_total: approved,
                errors: errors.collect(),
                ..StatusReport::default()
            },
        }
    }
}

/// One invoice of a mail.
struct Row {
    client: Option<String>,
    /// What of the mail is about it; `None`: all of it. Other lines may be about other clients' invoices.
    text: Option<String>,
    report: StatusReport,
}

fn remark(text: &str) -> PortalRemark {
    PortalRemark {
        kind: None,
        code: None,
        text: text.to_owned(),
        item: line_named(text),
    }
}

/// "line item 6 ..." names a line.
fn line_named(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let at = lower.find("line")? + "line".len();
    let rest = lower[at..]
        .trim_start()
        .trim_start_matches("item")
        .trim_start();
    let rest = rest.trim_start_matches(['#', ':', ' ']);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(digits).filter(|d| !d.is_empty())
}

fn in_words(text: &str) -> Option<String> {
    let found = IN_WORDS.as_ref()?.captures(text)?;
    let number = found.name("number")?.as_str();
    Some(number.trim_end_matches(['.', '-', '/']).to_owned())
}

/// What the words of a kind of mail say: the subject's before the text's.
fn said(shape: &MailShape, subject: &str, whole: &str) -> Option<(Outcome, String)> {
    for text in [subject, whole] {
        let found = shape.words.iter().find_map(|(pattern, outcome)| {
            Some((*outcome, pattern.find(text)?.as_str().to_lowercase()))
        });
        if found.is_some() {
            return found;
        }
    }
    let (pattern, some, none) = shape.counts.as_ref()?;
    let counts = pattern.captures_iter(whole).filter_map(|c| {
        let digits = c.iter().skip(1).flatten().next()?;
        digits.as_str().parse::<u64>().ok()
    });
    let most = counts.max()?;
    let word = format!("{most} critical exceptions");
    Some((if most > 0 { *some } else { *none }, word))
}

/// The invoices listed below the headings of a mail.
fn under_headings(shape: &MailShape, text: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut now: Option<(Outcome, String)> = None;
    // What stands further in than the numbers are its reasons, even where it begins with a number.
    let mut indent: Option<usize> = None;
    let mut heading_line = "";
    for line in text.lines() {
        if line.trim().is_empty() {
            continue;
        }
        let heading = shape
            .headings
            .iter()
            .find_map(|(pattern, outcome)| Some((pattern.find(line)?, outcome)));
        let row = row(line);
        // A reason may hold the word of a heading; a heading names no invoice.
        if let (Some((word, outcome)), None) = (heading, &row) {
            now = Some((*outcome, word.as_str().to_lowercase()));
            heading_line = line.trim();
            indent = None;
            continue;
        }
        let Some((outcome, word)) = &now else {
            continue;
        };
        let own = line.len() - line.trim_start().len();
        let further = indent.is_some_and(|i| own > i);
        let row = row.filter(|_| !further || *outcome != Outcome::Rejected);
        match row {
            Some((number, reason)) => {
                indent.get_or_insert(own);
                let reason = reason.filter(|_| *outcome == Outcome::Rejected);
                rows.push(Row {
                    client: None,
                    text: Some(format!("{heading_line}\n{line}\n")),
                    report: StatusReport {
                        invoice_number: Some(number),
                        outcome: *outcome,
                        word: word.clone(),
                        errors: reason.iter().map(|r| remark(r)).collect(),
                        ..StatusReport::default()
                    },
                });
            }
            // Words below a number are its reasons.
            None if *outcome == Outcome::Rejected => {
                if let Some(last) = rows.last_mut().filter(|r| r.report.outcome == *outcome) {
                    let text = line.trim().trim_start_matches(['*', '-', '•', ' ']);
                    last.report.errors.push(remark(text));
                    if let Some(own) = &mut last.text {
                        own.push_str(line);
                        own.push('\n');
                    }
                }
            }
            None => {}
        }
    }
    rows
}

/// A row that begins with an invoice's number.
fn row(line: &str) -> Option<(String, Option<String>)> {
    let found = ROW.as_ref()?.captures(line)?;
    let number = found.name("number")?.as_str();
    // Every invoice number has a digit; a word has none.
    if !number.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let reason = found.name("reason").map(|r| r.as_str().trim().to_owned());
    Some((number.to_owned(), reason.filter(|r| !r.is_empty())))
}

/// Values behind their names.
struct Labels {
    found: Vec<(&'static str, String)>,
}

impl Labels {
    fn of(text: &str) -> Self {
        let table = &MailTable::shipped().labels;
        let mut found = Vec::new();
        for line in text.lines() {
            let Some((label, value)) = line.split_once([':', '=', '\t']) else {
                continue;
            };
            let label = label
                .trim()
                .trim_start_matches(['*', '-', '•', ' '])
                .to_lowercase();
            let value = value.trim();
            let named = table.iter().find(|(_, names)| names.contains(&label));
            if let Some((name, _)) = named
                && !value.is_empty()
            {
                found.push((name.as_str(), value.to_owned()));
            }
        }
        Self { found }
    }

    fn first(&self, name: &str) -> Option<String> {
        let own = self.found.iter().find(|(n, _)| *n == name);
        own.map(|(_, v)| v.clone())
    }

    fn all(&self, name: &str) -> Vec<String> {
        let own = self.found.iter().filter(|(n, _)| *n == name);
        own.map(|(_, v)| v.clone()).collect()
    }
}

fn open<'a>(message: &'a Message<'a>) -> Letter<'a> {
    let texts = message.text_bodies().filter_map(|part| match &part.body {
        PartType::Text(text) => Some(text.as_ref()),
        // What only a browser shows is not read.
        _ => None,
    });
    let mut text = texts.collect::<Vec<_>>().join("\n").replace("\r\n", "\n");
    if let Some((end, _)) = text.char_indices().nth(MOST_TEXT) {
        text.truncate(end);
    }
    let subject = message.subject().unwrap_or("");
    let from = sender(message);
    let date = message.date().map(mail_parser::DateTime::to_rfc3339);
    let at = date
        .as_deref()
        .and_then(|d| DateTime::parse_from_rfc3339(d).ok());
    // The same mail may be saved twice, with other headers of the way it took.
    let id = message.message_id().unwrap_or("");
    let mark = format!(
        "{id}\n{}\n{}\n{subject}\n{text}",
        from.as_deref().unwrap_or(""),
        date.as_deref().unwrap_or("")
    );
    Letter {
        from,
        subject,
        text: text.trim().to_owned(),
        at,
        mark,
    }
}
