//! LEDES 2000 and LEDES XML 2.0 to 2.2: a first pass that finds firms, clients and invoices, then one invoice at a time.
//! Not here: recognising that a file is XML at all, arithmetic, code sets, and texts of messages.

mod again;
mod build;
mod bytes;
mod feed;
mod form;
mod items;
mod judge;
mod load;
pub(super) mod names;
mod scan;
mod scanner;
pub(super) mod table;
mod tree;
mod trouble;
mod values;
mod version;
mod whole;

#[cfg(test)]
mod tests;

use super::{Invoices, LineNumbers, NoInvoices, Reading, Source, Survey};
use build::Manner;
use scan::{Found, Head, Piece};
use std::io;

/// Whether a segment of an XML format has this element, by its proper name.
pub fn has_element(format: crate::model::LedesFormat, segment: &str, name: &str) -> bool {
    let (Some(segment), Some(name)) = (names::Name::of(segment), names::Name::of(name)) else {
        return false;
    };
    let Some(segment) = table::Table::of(format).segment(segment) else {
        return false;
    };
    let row = segment.rows.iter().find(|r| r.name == name);
    row.is_some_and(|r| usize::from(r.since) <= table::index_of(format))
}

/// Looks an XML file through. A byte order mark is no part of `source`; blank lines may stand before the XML.
///
/// # Errors
/// The file could not be read any more.
pub fn survey(source: &Source) -> io::Result<Survey> {
    let seen = bytes::look(source)?;
    let scan = scan::scan(source, seen.utf8)?;
    let outcome = whole::judge(source, &seen, scan)?;
    let invoices: Box<dyn Invoices> = match outcome.format {
        Some(format) if !outcome.places.invoices.is_empty() => Box::new(XmlInvoices {
            source: source.clone(),
            utf8: seen.utf8,
            fragment: outcome.fragment,
            format,
            places: outcome.places,
        }),
        _ => Box::new(NoInvoices),
    };
    Ok(Survey {
        format: outcome.format,
        recognised: outcome.recognised,
        encoding: seen.encoding,
        file: outcome.file,
        invoices,
        numbers: LineNumbers::Same,
    })
}

/// Where the invoices of a file and the heads round them stand.
#[derive(Debug)]
struct Places {
    top: Head,
    firms: Vec<Head>,
    clients: Vec<Head>,
    invoices: Vec<Found>,
}

struct XmlInvoices {
    source: Source,
    utf8: bool,
    fragment: bool,
    format: crate::model::LedesFormat,
    places: Places,
}

impl XmlInvoices {
    /// The root, the firm, the client and the invoice, in the order of the file.
    fn pieces(&self, found: &Found) -> Vec<Piece> {
        let mut pieces = vec![found.piece];
        pieces.extend(short(&self.places.top.pieces));
        let firm = found.firm.and_then(|i| self.places.firms.get(i as usize));
        let client = found
            .client
            .and_then(|i| self.places.clients.get(i as usize));
        for head in [firm, client].into_iter().flatten() {
            pieces.extend(short(&head.pieces));
        }
        pieces.sort_by_key(|p| p.start.offset);
        pieces
    }
}

/// As much of a head as is read again for each invoice below it. Real ones are a few kilobytes in three or four
/// pieces; their values stand in the first.
fn short(pieces: &[Piece]) -> impl Iterator<Item = &Piece> {
    let mut left: u64 = 1 << 18;
    pieces.iter().take(100).filter(move |piece| {
        let length = piece.end - piece.start.offset;
        let fits = length <= left;
        if fits {
            left -= length;
        }
        fits
    })
}

impl Invoices for XmlInvoices {
    fn count(&self) -> usize {
        self.places.invoices.len()
    }

    fn size(&self, index: usize) -> u64 {
        self.places
            .invoices
            .get(index)
            .map_or(0, |found| found.piece.end - found.piece.start.offset)
    }

    fn read(&self, index: usize) -> io::Result<Reading> {
        let Some(found) = self.places.invoices.get(index) else {
            return NoInvoices.read(index);
        };
        let text = load::pieces(&self.source, self.utf8, &self.pieces(found))?;
        Ok(build::invoice(
            text,
            Manner {
                format: self.format,
                fragment: self.fragment,
                complete: found.complete,
            },
        ))
    }

    fn own(&self, index: usize) -> io::Result<Vec<u8>> {
        let mut own = Vec::new();
        let found = self.places.invoices.get(index);
        for piece in found.map(|f| self.pieces(f)).unwrap_or_default() {
            let length = usize::try_from(piece.end - piece.start.offset).unwrap_or(usize::MAX);
            own.extend(self.source.bytes(piece.start.offset, length)?);
            own.truncate(own.trim_ascii_end().len());
            own.push(b'\n');
        }
        Ok(own)
    }
}
