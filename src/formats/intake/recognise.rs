//! What a file is, said from its first 64 KiB.

use super::kind::{Kind, Refused};
use super::opening::Opening;
use super::{binary, mail_header, markup, pipes, spreadsheet};
use crate::formats::encoding;
use std::io;

/// Says what a file is.
///
/// # Errors
/// The file cannot be read.
pub fn recognise(opening: &Opening) -> io::Result<Kind> {
    let head = opening.head.as_slice();
    if head.is_empty() {
        let seen = if opening.source.is_empty() {
            "empty"
        } else {
            "empty: it holds nothing but blanks and empty lines"
        };
        return Ok(Refused::text("empty", seen).into());
    }
    if let Some(refused) = binary::recognise(head, opening.at, &opening.source)? {
        return Ok(refused.into());
    }
    let (text, _) = encoding::decode(whole_characters(head));
    Ok(of_text(&text))
}

/// Says what a text is.
fn of_text(text: &str) -> Kind {
    if text.starts_with('<')
        && let Some(kind) = markup::recognise(text)
    {
        return kind;
    }
    if mail_header::is_mail(text) {
        return Kind::Mail;
    }
    let table = spreadsheet::separator(text);
    let pipe = table == Some('|') || (table.is_none() && pipes::is_pipe(text));
    let after_return = text.split_once('\r').map(|(_, rest)| rest.trim());
    if !text.contains('\n')
        && (pipe || table.is_some())
        && after_return.is_some_and(|rest| !rest.is_empty())
    {
        return Refused::text("cr", "text whose lines end with carriage returns only").into();
    }
    match table {
        _ if pipe => Kind::Pipe,
        Some(',') => Refused::text("spreadsheet", spreadsheet::lost(text)).into(),
        Some('\t') => Refused::text("separators", "tabs").into(),
        Some(_) => Refused::text("separators", "semicolons").into(),
        None => other(text).into(),
    }
}

/// What a text without any LEDES in it is.
fn other(text: &str) -> Refused {
    if text.starts_with("{\\rtf") {
        return Refused::text("", "a formatted text (RTF)");
    }
    if text.starts_with("-----BEGIN ") {
        return Refused::text("", "a certificate, key or encrypted text (PEM)");
    }
    if text.starts_with("%!PS") {
        return Refused::text("", "a print file (PostScript)");
    }
    let inner = text.trim_start_matches(['{', '[']).trim_start();
    if inner.len() < text.len()
        && (inner.is_empty() || inner.starts_with(['"', ']', '}', '{', '[']))
    {
        return Refused::text("", "a JSON document");
    }
    let sample: Vec<char> = text.chars().take(4096).collect();
    let strange = |c: &&char| c.is_control() && !c.is_whitespace();
    if sample.iter().filter(strange).count() * 20 > sample.len() {
        return Refused::binary("", "a file of bytes that are no text");
    }
    Refused::text("", "a text without LEDES fields")
}

/// `bytes` without a character that the window cuts in two.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(e) if e.error_len().is_none() => &bytes[..e.valid_up_to()],
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Source;
    use proptest::prelude::*;

    fn kind(bytes: &[u8]) -> Kind {
        let source = Source::of_bytes(bytes).expect("a temporary file");
        recognise(&Opening::of(&source).expect("readable")).expect("readable")
    }

    fn refused(bytes: &[u8]) -> (&'static str, String) {
        match kind(bytes) {
            Kind::Other(refused) => (refused.variant, refused.seen.into_owned()),
            kind => panic!("{kind:?}"),
        }
    }

    #[test]
    fn invoices_are_known_by_their_content() {
        for text in [
            "LEDES1998B[]\nINVOICE_DATE|",
            "ledes1998b[]",
            "\n\nLEDES98BI V2[]\r\n",
            "WRONG_HEADER[]\nx",
            "LEDES1998B\nINVOICE_DATE|INVOICE_NUMBER",
            "INVOICE_DATE|INVOICE_NUMBER|CLIENT_ID[]\n",
            "20260105|INV1|C1[]\n",
            "LED\0ES1998B[]\nINVOICE_DATE|INVOICE\0_NUMBER|CLIENT_ID[]\n",
        ] {
            assert_eq!(kind(text.as_bytes()), Kind::Pipe, "{text:?}");
        }
        for (text, invoice) in [
            ("<?xml version=\"1.0\"?>\n<ledesxml xmlns=\"x\">", true),
            ("<firm><lf_tax_id>", true),
            ("<?xml version='1.0'?><note>", false),
            ("<", false),
        ] {
            assert_eq!(kind(text.as_bytes()), Kind::Xml { invoice }, "{text:?}");
        }
        assert_eq!(kind(b"MIME-Version: 1.0\nLEDES1998B[]\n"), Kind::Mail);
    }

    #[test]
    fn other_texts_are_named() {
        for (text, seen) in [
            ("{\\rtf1\\ansi Invoice", "a formatted text (RTF)"),
            ("{\n  \"invoice\": 1}", "a JSON document"),
            ("[]", "a JSON document"),
            ("<!DOCTYPE html><html>", "a web page (HTML)"),
            ("Dear client, please find", "a text without LEDES fields"),
            ("a,b,c\n1,2,3\n", "a text without LEDES fields"),
            ("\u{1}\u{2}\u{3}\u{4}", "a file of bytes that are no text"),
        ] {
            assert_eq!(refused(text.as_bytes()), ("", seen.to_owned()), "{text:?}");
        }
        assert_eq!(refused(b"").0, "empty");
        assert_eq!(refused(b" \r\n\t\n").0, "empty");
    }

    #[test]
    fn carriage_returns_alone_are_no_line_ends() {
        let header = "LEDES1998B[]\rINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID[]\r20260105|1|2[]\r";
        assert_eq!(refused(header.as_bytes()).0, "cr");
        assert_eq!(kind(b"LEDES1998B[]\r"), Kind::Pipe);
    }

    #[test]
    fn a_line_of_some_megabytes_is_judged_by_its_beginning() {
        assert_eq!(
            refused(&vec![b'x'; 3 << 20]).1,
            "a text without LEDES fields"
        );
        assert_eq!(
            refused(&vec![0; 3 << 20]).1,
            "a file of bytes that are no text"
        );
        assert_eq!(refused(&vec![b','; 3 << 20]).0, "");
        assert_eq!(kind(&vec![b'|'; 3 << 20]), Kind::Pipe);
    }

    #[test]
    fn a_beginning_of_any_length_is_something() {
        let whole: [&[u8]; 6] = [
            b"\xef\xbb\xbfLEDES1998B[]\r\nINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID[]\r\n",
            b"<?xml version=\"1.0\"?><!-- a --><!DOCTYPE ledesxml SYSTEM \"l.dtd\"><ledesxml>",
            b"PK\x03\x04\x14\x00\x00\x00\x00\x00aaaabbbbccccdddd\x02\x00\x00\x00xlPK\x03\x04",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff",
            b"MIME-Version: 1.0\r\nContent-Type: multipart/signed;\r\n boundary=x\r\n\r\n--x\r\n",
            ",INVOICE_DATE,INVOICE_NUMBER,CLIENT_ID[]\n0,20260105.0,1.0,\"né".as_bytes(),
        ];
        for bytes in whole {
            for end in 0..bytes.len() {
                let _ = kind(&bytes[..end]);
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = kind(&bytes);
        }

        #[test]
        fn no_invoice_like_text_panics(text in "[<>|,;\t\r\n\\[\\]A-Z_\"é!?-]{0,200}") {
            let _ = kind(text.as_bytes());
            let _ = kind(format!("INVOICE_DATE,CLIENT_ID,INVOICE_NUMBER\n{text}").as_bytes());
            let _ = kind(format!("LEDES1998B[]{text}").as_bytes());
        }
    }
}
