//! Mails: the invoice inside one is found by its content, whatever its part is declared to be
//! (dialects.md, "Records": signed mail whose part says `text/plain charset=utf-8`).

use super::kind::Kind;
use super::mail_found::{Found, Wrapped};
use super::opening::Opening;
use super::recognise::recognise;
use super::{mail_size, transfer};
use crate::formats::{LineNumbers, Source};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use std::io;

/// Mails inside mails are opened this deep.
const DEPTH: usize = 4;

/// Lines counted so far, so that a mail of many parts is counted once and not once a part.
#[derive(Default)]
struct Passed {
    at: usize,
    lines: usize,
}

impl Passed {
    fn lines_before(&mut self, bytes: &[u8], offset: usize) -> u32 {
        if offset < self.at {
            *self = Self::default();
        }
        self.lines += memchr::memchr_iter(b'\n', &bytes[self.at..offset]).count();
        self.at = offset;
        u32::try_from(self.lines).unwrap_or(u32::MAX)
    }
}

/// A mail, or a mail inside a mail, with its place in the outer file.
struct Layer {
    source: Source,
    numbers: LineNumbers,
    depth: usize,
}

/// Opens a mail, which begins with the first byte of `source`, `before` lines into its file.
///
/// # Errors
/// The file cannot be read.
pub fn open(source: Source, before: u32) -> io::Result<Found> {
    let mut found = Found::default();
    let mut layers = vec![Layer {
        source,
        numbers: LineNumbers::After(before),
        depth: 1,
    }];
    while let Some(layer) = layers.pop() {
        if layer.source.len() > mail_size::LIMIT {
            found.closed = Some(mail_size::words(layer.source.len()));
            continue;
        }
        let bytes = layer.source.bytes(0, mail_size::LIMIT as usize)?;
        if let Some(words) = mail_size::too_many_parts(&bytes) {
            found.closed = Some(words.to_owned());
            continue;
        }
        let parser = MessageParser::new().with_mime_headers();
        let Some(message) = parser.parse(&bytes) else {
            continue;
        };
        let inner = layer.search(&bytes, &message, &mut found)?;
        layers.extend(inner.into_iter().rev());
    }
    Ok(found)
}

impl Layer {
    /// Looks at each part; returns the mails inside this one that are still to be opened.
    fn search(
        &self,
        bytes: &[u8],
        message: &Message<'_>,
        found: &mut Found,
    ) -> io::Result<Vec<Self>> {
        let mut inner = Vec::new();
        let mut passed = Passed::default();
        // Parts still to be looked at, the next last: a mail inside a mail comes before what follows it.
        let mut waiting: Vec<&MessagePart<'_>> = message.parts.iter().rev().collect();
        while let Some(part) = waiting.pop() {
            let encoding = part.content_transfer_encoding().unwrap_or("").trim();
            let encoded = ["base64", "quoted-printable"]
                .iter()
                .any(|e| encoding.eq_ignore_ascii_case(e));
            match &part.body {
                PartType::Multipart(_) => {
                    found.signed |= part.is_content_type("multipart", "signed");
                    continue;
                }
                PartType::Message(message) if !encoded => {
                    waiting.extend(message.parts.iter().rev());
                    continue;
                }
                _ => {}
            }
            if part.is_content_type("application", "pkcs7-mime")
                || part.is_content_type("application", "x-pkcs7-mime")
            {
                let sealed = "an S/MIME envelope (application/pkcs7-mime) that cannot be opened";
                found.others.push(sealed.to_owned());
                continue;
            }
            let Some((opening, numbers)) = self.content(bytes, part, encoding, &mut passed)? else {
                continue;
            };
            match recognise(&opening)? {
                kind @ (Kind::Pipe | Kind::Xml { invoice: true }) => {
                    if found.invoice.is_some() {
                        found.more += 1;
                    } else {
                        found.invoice = Some(Wrapped {
                            opening,
                            kind,
                            numbers,
                        });
                    }
                }
                Kind::Mail if self.depth < DEPTH => inner.push(Self {
                    source: opening.source.part(opening.at, opening.source.len()),
                    numbers: shifted(&numbers, &opening),
                    depth: self.depth + 1,
                }),
                Kind::Mail => found.others.push("mails inside mails".to_owned()),
                Kind::Xml { invoice: false } => found.others.push("XML of another kind".to_owned()),
                Kind::Other(other) => {
                    let signature = part.is_content_type("application", "pkcs7-signature")
                        || part.is_content_type("application", "x-pkcs7-signature");
                    let body = other.variant.is_empty() && other.text || other.variant == "empty";
                    if !signature && !body {
                        found.others.push(other.seen.into_owned());
                    }
                }
            }
        }
        Ok(inner)
    }

    /// The decoded content of a part, with the outer line of each of its lines.
    fn content(
        &self,
        bytes: &[u8],
        part: &MessagePart<'_>,
        encoding: &str,
        passed: &mut Passed,
    ) -> io::Result<Option<(Opening, LineNumbers)>> {
        let range = part.offset_body as usize..(part.offset_end as usize).min(bytes.len());
        let start = range.start;
        let Some(body) = bytes.get(range) else {
            return Ok(None);
        };
        let before = passed.lines_before(bytes, start);
        let decode = if encoding.eq_ignore_ascii_case("base64") {
            transfer::base64
        } else if encoding.eq_ignore_ascii_case("quoted-printable") {
            transfer::quoted_printable
        } else {
            let source = self.source.part(start as u64, body.len() as u64);
            let lines = memchr::memchr_iter(b'\n', body).count();
            let numbers = self.outer(before, lines + 1);
            return Ok(Some((Opening::of(&source)?, numbers)));
        };
        let decoded = decode(body);
        let outer = |line: &u32| self.numbers.outer(before.saturating_add(*line) + 1);
        let table = decoded.lines.iter().map(outer).collect();
        let source = Source::of_bytes(&decoded.bytes)?;
        Ok(Some((Opening::of(&source)?, LineNumbers::Table(table))))
    }

    /// Outer numbers of `lines` lines that stand behind the first `before` of this mail.
    fn outer(&self, before: u32, lines: usize) -> LineNumbers {
        match &self.numbers {
            LineNumbers::Same => LineNumbers::After(before),
            LineNumbers::After(more) => LineNumbers::After(before.saturating_add(*more)),
            table @ LineNumbers::Table(_) => LineNumbers::Table(
                (1..=u32::try_from(lines).unwrap_or(u32::MAX))
                    .map(|line| table.outer(before.saturating_add(line)))
                    .collect(),
            ),
        }
    }
}

/// The numbers of a mail that begins behind the blank lines of its part.
fn shifted(numbers: &LineNumbers, opening: &Opening) -> LineNumbers {
    let skipped = opening.line - 1;
    match numbers {
        LineNumbers::Same => LineNumbers::After(skipped),
        LineNumbers::After(before) => LineNumbers::After(before.saturating_add(skipped)),
        LineNumbers::Table(table) => {
            LineNumbers::Table(table.get(skipped as usize..).unwrap_or(&[]).to_vec())
        }
    }
}
