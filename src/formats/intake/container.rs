//! Files that hold other files: ZIP archives, workbooks and Word documents, and their old OLE2 forms.

use super::kind::Refused;
use crate::formats::Source;
use std::io;

/// What a ZIP archive is, by the names of its first entries.
pub fn zip(head: &[u8]) -> Refused {
    let names: Vec<String> = entries(head).collect();
    let holds = |start: &str| names.iter().any(|n| n.starts_with(start));
    if holds("xl/") {
        return Refused::binary("workbook", "an Excel workbook (xlsx)");
    }
    if holds("word/") {
        return Refused::binary("", "a Word document (docx)");
    }
    let kind = |what: &[u8]| memchr::memmem::find(&head[..head.len().min(256)], what).is_some();
    if holds("mimetype") && kind(b"opendocument.spreadsheet") {
        return Refused::binary("workbook", "an OpenDocument spreadsheet (ods)");
    }
    if holds("mimetype") && kind(b"opendocument.text") {
        return Refused::binary("", "an OpenDocument text (odt)");
    }
    let seen = match names.first() {
        Some(first) => format!("a ZIP archive that begins with '{first}'"),
        None => "a ZIP archive".to_owned(),
    };
    Refused::binary("zip", seen)
}

/// The names of the entries whose headers lie in `head`.
fn entries(head: &[u8]) -> impl Iterator<Item = String> {
    memchr::memmem::find_iter(head, b"PK\x03\x04").filter_map(|at| {
        let length = head.get(at + 26..at + 28)?;
        let length = usize::from(u16::from_le_bytes([length[0], length[1]])).min(200);
        let name = head.get(at + 30..at + 30 + length)?;
        let plain = |c: char| if c.is_control() { '.' } else { c };
        Some(String::from_utf8_lossy(name).chars().map(plain).collect())
    })
}

/// What an OLE2 file is, by the names in its directory. Source: MS-CFB 2.2 (header) and 2.6.1 (entries).
///
/// # Errors
/// The file cannot be read.
pub fn ole(head: &[u8], at: u64, source: &Source) -> io::Result<Refused> {
    let names = match directory(head) {
        Some(offset) => source.bytes(at.saturating_add(offset), 4096)?,
        None => Vec::new(),
    };
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memchr::memmem::find(&names, &wide).is_some()
    };
    Ok(if holds("WordDocument") {
        Refused::binary("", "an old Word document (doc)")
    } else if holds("__substg1.0_") || holds("__properties_version1.0") {
        Refused::binary("", "a message saved by Outlook (msg)")
    } else {
        Refused::binary("workbook", "an old Excel workbook (xls)")
    })
}

fn directory(head: &[u8]) -> Option<u64> {
    let shift = head.get(30..32)?;
    let shift = u32::from(u16::from_le_bytes([shift[0], shift[1]]));
    let sector = head.get(48..52)?;
    let sector = u32::from_le_bytes([sector[0], sector[1], sector[2], sector[3]]);
    (shift <= 16).then(|| (u64::from(sector) + 1) << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Headers of ZIP entries without content.
    fn archive(names: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for name in names {
            bytes.extend_from_slice(b"PK\x03\x04\x14\x00\x00\x00\x00\x00");
            bytes.extend_from_slice(&[0; 16]);
            bytes.extend_from_slice(&(name.len() as u16).to_le_bytes());
            bytes.extend_from_slice(&[0; 2]);
            bytes.extend_from_slice(name.as_bytes());
        }
        bytes
    }

    #[test]
    fn an_archive_is_told_by_its_entries() {
        let sheet = zip(&archive(&[
            "[Content_Types].xml",
            "_rels/.rels",
            "xl/workbook.xml",
        ]));
        assert_eq!(
            (sheet.variant, &*sheet.seen),
            ("workbook", "an Excel workbook (xlsx)")
        );
        let mut open = archive(&["mimetype"]);
        open.extend_from_slice(b"application/vnd.oasis.opendocument.spreadsheet");
        assert_eq!(zip(&open).variant, "workbook");
        let bundle = zip(&archive(&["march.txt"]));
        assert_eq!(
            (bundle.variant, &*bundle.seen),
            ("zip", "a ZIP archive that begins with 'march.txt'")
        );
        assert_eq!(zip(b"PK\x05\x06").variant, "zip");
    }

    #[test]
    fn an_old_workbook_is_told_from_an_outlook_message() {
        let mut bytes = vec![0; 2048];
        bytes[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
        bytes[30] = 9;
        bytes[48] = 1;
        let source = Source::of_bytes(&bytes).expect("a temporary file");
        assert_eq!(
            ole(&bytes, 0, &source).expect("readable").variant,
            "workbook"
        );
        let name: Vec<u8> = "__substg1.0_"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        bytes[1024..1024 + name.len()].copy_from_slice(&name);
        let source = Source::of_bytes(&bytes).expect("a temporary file");
        let found = ole(&bytes, 0, &source).expect("readable");
        assert_eq!(&*found.seen, "a message saved by Outlook (msg)");
        assert_eq!(
            ole(&bytes[..9], 0, &source).expect("readable").variant,
            "workbook"
        );
    }
}
