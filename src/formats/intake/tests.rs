//! Whole files through `survey`: what is said about them, and on which line of the outer file.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

const INVOICE: &str = "LEDES1998B[]\r\n\
INVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|\
BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|\
LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|\
LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|\
LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|\
TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]\r\n\
20260205|W-101|C7|M0042|150.00|20260101|20260131|January|1|F|0.50|0|150.00|20260112|L120||A104|\
T1|Review René's letter|98-7654321|300.00|Oakhollow, Petra|PARTNR|CM-9[]\r\n";

fn surveyed(bytes: &[u8]) -> Survey {
    let source = Source::of_bytes(bytes).expect("a temporary file");
    survey(&source).expect("readable")
}

/// Variant, line and text of each hit of `not-ledes`.
fn hits(survey: &Survey) -> Vec<(&'static str, u32, String)> {
    let own = |hit: &&crate::model::Hit| hit.rule.as_str() == "not-ledes";
    let places = survey.file.hits.iter().filter(own).map(|hit| {
        let cell = hit.marks[0].cell;
        let place = survey.file.text.position(cell).expect("a place");
        (
            hit.variant,
            place.line,
            survey.file.text.get(cell).into_owned(),
        )
    });
    places.collect()
}

fn argument(survey: &Survey, name: &str) -> String {
    let mut args = survey.file.hits.iter().flat_map(|h| &h.args);
    args.find(|(n, _)| *n == name)
        .map(|(_, v)| v.clone())
        .expect("named")
}

/// The outer line of the invoice's marker, its header and its record.
fn outer(survey: &Survey) -> [u32; 3] {
    [1, 2, 3].map(|line| survey.numbers.outer(line))
}

fn wrapped_at(width: usize, bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes);
    let lines = encoded.as_bytes().chunks(width);
    lines
        .map(|c| String::from_utf8_lossy(c).into_owned() + "\r\n")
        .collect()
}

#[test]
fn an_invoice_is_left_to_its_reader() {
    let plain = surveyed(INVOICE.as_bytes());
    assert!(plain.format.is_some_and(|f| !f.is_xml()) && hits(&plain).is_empty());
    let marked = surveyed(&[b"\xef\xbb\xbf", INVOICE.as_bytes()].concat());
    assert_eq!(marked.encoding, "utf-8-bom");
    assert!(surveyed(b"\n<ledesxml>").format.is_none_or(|f| f.is_xml()));
}

#[test]
fn what_is_no_invoice_is_said_with_its_place() {
    let pdf = surveyed(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj");
    assert_eq!(hits(&pdf), [("pdf", 1, "%PDF-1.7".to_owned())]);
    assert_eq!((pdf.format, pdf.encoding), (None, ""));
    assert_eq!(pdf.invoices.count(), 0);
    let page = surveyed(b"\n\n  <html><body>");
    assert_eq!(hits(&page), [("", 3, "<html><body>".to_owned())]);
    assert_eq!(argument(&page, "seen"), "a web page (HTML)");
    assert_eq!(hits(&surveyed(b"")), [("empty", 1, String::new())]);
    assert_eq!(hits(&surveyed(b"\n\n")), [("empty", 1, String::new())]);
    let long = surveyed("é".repeat(100_000).as_bytes());
    assert_eq!(hits(&long)[0].2.chars().count(), 500);
    let table = surveyed(b"INVOICE_DATE\tINVOICE_NUMBER\tCLIENT_ID[]\n");
    assert_eq!((hits(&table)[0].0, table.encoding), ("separators", "ascii"));
}

#[test]
fn a_signed_mail_is_taken_off_its_invoice() {
    let mail = format!(
        "MIME-Version: 1.0\nDate: Mon, 2 Feb 2026 09:00:00 +2\nContent-Type: multipart/signed; \
         protocol=\"application/pkcs7-signature\"; boundary=\"b1\"\n\n\n--b1\nContent-Type: text/plain \
         charset=utf-8\n\n{INVOICE}\n--b1\nContent-Type: application/pkcs7-signature\n\
         Content-Transfer-Encoding: base64\n\nMIIB\n\n--b1--\n"
    );
    let found = surveyed(mail.as_bytes());
    assert_eq!(
        hits(&found),
        [("mail-wrapped", 1, "MIME-Version: 1.0".to_owned())]
    );
    assert_eq!(argument(&found, "starts"), "9");
    assert_eq!(outer(&found), [9, 10, 11]);
    assert!(found.recognised.ends_with(", inside signed mail"));
}

#[test]
fn an_invoice_in_base64_keeps_the_lines_of_the_mail() {
    let mail = format!(
        "\r\nReceived: from relay\r\nContent-Type: multipart/mixed; boundary=zz\r\n\r\n--zz\r\n\r\nDear \
         all,\r\n--zz\r\nContent-Type: application/octet-stream; name=i.txt\r\n\
         Content-Transfer-Encoding: BASE64\r\n\r\n{}--zz--\r\n",
        wrapped_at(76, INVOICE.as_bytes())
    );
    let found = surveyed(mail.as_bytes());
    // 57 bytes a line; the marker takes 14, the header ends and the record begins further down.
    let header_end = 14 + INVOICE.lines().nth(1).expect("a header").len() + 2;
    assert_eq!(outer(&found), [12, 12, 12 + header_end as u32 / 57]);
    assert_eq!(
        hits(&found),
        [("mail-wrapped", 2, "Received: from relay".to_owned())]
    );
    assert_eq!(argument(&found, "seen"), "mail");
}

#[test]
fn an_invoice_in_quoted_printable_is_joined() {
    let narrative = INVOICE
        .replace("é", "=C3=A9")
        .replace("|LAW_FIRM_ID", "=\r\n|LAW_FIRM_ID");
    let mail = format!(
        "From: a@firm.example\nTo: b@portal.example\nContent-Transfer-Encoding: quoted-printable\n\n{narrative}"
    );
    let found = surveyed(mail.as_bytes());
    assert_eq!(outer(&found), [5, 6, 8]);
    let Some(wrapped) = mail::open(Source::of_bytes(mail.as_bytes()).expect("file"), 0)
        .expect("readable")
        .invoice
    else {
        panic!("no invoice")
    };
    assert_eq!(wrapped.opening.head, INVOICE.as_bytes());
}

#[test]
fn a_mail_inside_a_mail_is_opened() {
    let inner = format!("Subject: fwd\nMIME-Version: 1.0\n\n\n{INVOICE}");
    let plain = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=q\n\n--q\nContent-Type: \
         message/rfc822\n\n{inner}\n--q--\n"
    );
    let found = surveyed(plain.as_bytes());
    // A blank line of its own stands before the marker.
    assert_eq!(argument(&found, "starts"), "11");
    assert_eq!(outer(&found), [10, 11, 12]);
    let encoded = format!(
        "MIME-Version: 1.0\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{}",
        wrapped_at(40, inner.as_bytes())
    );
    let found = surveyed(encoded.as_bytes());
    // 30 bytes a line; the marker is byte 33 of the inner mail, the header 14 bytes further.
    assert_eq!(outer(&found)[..2], [6, 6]);
    assert_eq!(hits(&found)[0].0, "mail-wrapped");
}

#[test]
fn a_mail_without_an_invoice_says_what_it_holds() {
    let plain = surveyed(b"From: a@b.example\nSubject: hello\n\nSee you on Monday.\n");
    assert_eq!(hits(&plain)[0].0, "mail");
    assert_eq!(argument(&plain, "seen"), "a mail without an invoice in it");
    let pdf = format!(
        "MIME-Version: 1.0\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n{}",
        wrapped_at(76, b"%PDF-1.4 the invoice as a picture")
    );
    assert_eq!(
        argument(&surveyed(pdf.as_bytes()), "seen"),
        "a mail that holds a PDF document, and no invoice in a LEDES format"
    );
    let sealed = "MIME-Version: 1.0\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\
                  Content-Transfer-Encoding: base64\n\nMIIB\n";
    assert!(argument(&surveyed(sealed.as_bytes()), "seen").contains("pkcs7-mime"));
    let garbage = "MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n%%%%\u{1}===A\n=\n";
    assert_eq!(hits(&surveyed(garbage.as_bytes()))[0].0, "mail");
}

#[test]
fn a_second_invoice_in_a_mail_is_not_passed_over_in_silence() {
    let part = format!("--b\n\n{INVOICE}\n");
    let mail = format!("Content-Type: multipart/mixed; boundary=b\n\n{part}{part}--b--\n");
    let found = surveyed(mail.as_bytes());
    assert_eq!(argument(&found, "more"), "1");
    assert_eq!(hits(&found)[1].0, "mail-more");
}

#[test]
fn mails_made_to_harm_are_turned_away() {
    let nested = |kind: &str, levels: usize| -> String {
        let level = |n| format!("Content-Type: {kind}; boundary=b{n}\n\n--b{n}\n");
        (0..levels).map(level).collect()
    };
    for kind in ["multipart/mixed", "message/rfc822"] {
        let deep = surveyed(nested(kind, 10_000).as_bytes());
        assert!(argument(&deep, "seen").contains("more parts"), "{kind}");
        let open = nested(kind, 300) + "\n" + INVOICE;
        assert_eq!(hits(&surveyed(open.as_bytes())).len(), 1, "{kind}");
    }
    let deep = "Content-Type: message/rfc822\n\n".repeat(999) + "\n" + INVOICE;
    assert_eq!(hits(&surveyed(deep.as_bytes())).len(), 1);
    let open = format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n{INVOICE}");
    assert_eq!(outer(&surveyed(open.as_bytes())), [5, 6, 7]);
    let missing = format!("Content-Type: multipart/mixed; boundary=b\n\n{INVOICE}");
    assert_eq!(outer(&surveyed(missing.as_bytes())), [3, 4, 5]);
}

#[test]
fn a_mail_too_large_is_not_read() {
    let mut mail = b"MIME-Version: 1.0\n\n".to_vec();
    mail.resize((64 << 20) + 1, b'\n');
    assert!(argument(&surveyed(&mail), "seen").contains("more than the 64 MB"));
}

#[test]
fn a_mail_cut_anywhere_is_still_a_report() {
    let mail = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=\"b1\"\r\n\r\n--b1\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--b1\r\nContent-Type: \
         message/rfc822\r\n\r\nSubject: x\r\n\r\nx\r\n--b1--\r\n",
        wrapped_at(76, INVOICE.as_bytes())
    );
    for end in 0..mail.len() {
        let found = surveyed(&mail.as_bytes()[..end]);
        assert!(!hits(&found).is_empty(), "cut at {end}");
    }
}

proptest! {
    #[test]
    fn no_mail_panics(body in "(--b1?(--)?\n|Content-Type: (multipart/mixed|message/rfc822|multipart/digest); boundary=b1?\n|Content-Transfer-Encoding: (base64|quoted-printable)\n|\r?\n|TEVERVMxOTk4QltdDQo=\n|=C3=\n|[ -~é]{0,9}){0,20}") {
        let mail = format!("MIME-Version: 1.0\n{body}");
        for hit in hits(&surveyed(mail.as_bytes())) {
            prop_assert_eq!(hit.1, 1);
        }
    }
}
