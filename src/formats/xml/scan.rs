//! The first pass: is it XML, and where do its firms, clients and invoices stand? Nothing of the content is kept
//! beside those places, the invoices' numbers and the runs of file_item_nbr.

use super::feed::{Feed, Spot};
use super::form::{self, Stop};
use super::scanner::Scanner;
use super::trouble::{Span, Troubles};
use super::version::{Evidence, Root};
use crate::formats::Source;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::io;

/// A stretch of the file that belongs to a firm, a client or an invoice.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// Where it begins.
    pub start: Spot,
    /// The byte after it.
    pub end: u64,
}

/// A firm, a client or the root: everything in it but the firms, clients and invoices below.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// In the order of the file.
    pub pieces: Vec<Piece>,
}

/// An invoice's place.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// From its opening tag to its end.
    pub piece: Piece,
    /// Its firm.
    pub firm: Option<u32>,
    /// Its client.
    pub client: Option<u32>,
    /// False where the file breaks off inside it.
    pub complete: bool,
}

/// What the first pass found.
#[derive(Debug, Default)]
pub struct Scan {
    /// The root element; `None` where there is none.
    pub root: Option<(Root, Span)>,
    /// The root is a part of an invoice.
    pub fragment: bool,
    /// What stands under the root beside firms, clients and invoices.
    pub top: Head,
    /// Firms.
    pub firms: Vec<Head>,
    /// Clients.
    pub clients: Vec<Head>,
    /// Invoices.
    pub invoices: Vec<Found>,
    /// Where a client first stood inside a firm, and outside of one.
    pub client_inside: Option<Span>,
    /// See `client_inside`.
    pub client_outside: Option<Span>,
    /// A document type declaration.
    pub doctype: Option<(String, Span)>,
    /// The encoding the declaration names.
    pub declared: Option<(String, Span)>,
    /// Elements that tell versions apart.
    pub evidence: Evidence,
    /// Numbers of file_item_nbr met again: (number, where).
    pub repeated: Vec<(u64, Span)>,
    /// What is wrong.
    pub troubles: Troubles,
}

/// Looks a file through.
///
/// # Errors
/// The file could not be read any more.
pub fn scan(source: &Source, utf8: bool) -> io::Result<Scan> {
    let mut reader = Reader::from_reader(Feed::new(source.clone(), utf8));
    reader.config_mut().allow_dangling_amp = true;
    // Blanks between elements are no events: half of all there would be.
    reader.config_mut().trim_text_start = true;
    let mut scanner = Scanner::new();
    let mut buffer = Vec::new();
    let mut last_tag = 0;
    loop {
        buffer.clear();
        let before = reader.buffer_position();
        reader.get_mut().begin(before);
        let event = match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => {
                if scanner.names.is_empty() {
                    scanner.finish(before);
                } else {
                    let spot = reader.get_mut().spot(last_tag);
                    let len = before - spot.offset.min(before);
                    scanner.stop(Stop::at(spot, len.min(200), "unclosed"), before);
                }
                break;
            }
            Ok(event) => event,
            Err(error) => {
                if let quick_xml::Error::Io(e) = &error
                    && !reader.get_ref().is_too_long()
                {
                    return Err(io::Error::new(e.kind(), e.to_string()));
                }
                let at = if reader.get_ref().is_too_long() {
                    before
                } else {
                    reader.error_position().max(before)
                };
                let len = reader.buffer_position().saturating_sub(at).clamp(1, 200);
                let stop = form::stop(&error, reader.get_ref().is_too_long());
                let feed = reader.get_mut();
                let spot = if at == before {
                    feed.event()
                } else {
                    feed.spot(at)
                };
                scanner.stop(stop.moved(spot, len), at);
                break;
            }
        };
        let after = reader.buffer_position();
        let feed = reader.get_mut();
        match event {
            Event::Start(tag) => {
                let len = (tag.len() + "<>".len()) as u64;
                last_tag = after - len;
                if let Some(stop) = scanner.start(&tag, false, len, feed) {
                    scanner.stop(stop, before);
                    break;
                }
            }
            Event::Empty(tag) => {
                let len = (tag.len() + "</>".len()) as u64;
                last_tag = after - len;
                if let Some(stop) = scanner.start(&tag, true, len, feed) {
                    scanner.stop(stop, before);
                    break;
                }
                scanner.end(after, feed);
            }
            Event::End(tag) => {
                last_tag =
                    after - ((tag.name().into_inner().len() + "</>".len()) as u64).min(after);
                scanner.end(after, feed);
            }
            Event::Text(text) => {
                if let Some(stop) = scanner.text(
                    &text,
                    after - text.len() as u64,
                    after == source.len(),
                    feed,
                ) {
                    scanner.stop(stop, before);
                    break;
                }
            }
            Event::CData(data) => {
                scanner.data(&data);
            }
            Event::GeneralRef(reference) => scanner.reference(&reference, feed),
            Event::DocType(declared) => scanner.doctype(&declared, after, feed),
            Event::Decl(declaration) => scanner.declaration(&declaration, after, feed),
            Event::Comment(comment) => scanner.control("a comment", &comment, feed.event()),
            Event::PI(instruction) => {
                scanner.control("an instruction", &instruction, feed.event());
            }
            Event::Eof => {}
        }
    }
    Ok(scanner.scan)
}
