use super::*;
use crate::model::Outcome;
use crate::rules::{Shelf, portal_key};
use rust_decimal::dec;
use std::io::{Cursor, Write};

/// Reads as a firm would that listens to two portals.
fn hear(portal: Option<&str>, name: &str, bytes: &[u8]) -> Heard {
    let shelf = Shelf::shipped().expect("the packs");
    let mut terms = BTreeMap::new();
    for name in [
        "TyMetrix 360",
        "CounselLink",
        "Legal-X",
        "Acuity",
        "Legal Tracker",
        "Collaborati",
        "Brightflag",
    ] {
        let found = crate::portals::terms_of(shelf.packs(), name).expect("terms");
        terms.insert(portal_key(name), found);
    }
    let listed = [
        ("no-reply@counsellink.example", "CounselLink"),
        ("@legal-x.example", "Legal-X"),
        ("alerts@acuity.example", "Acuity"),
        ("notify@tracker.example", "Legal Tracker"),
    ];
    let listener = Listener {
        portal: portal.map(str::to_owned),
        senders: listed.map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
        mail_server: Some("mx.firm.example".to_owned()),
        terms,
        ..Listener::default()
    };
    listener.read(name, bytes)
}

fn mail(from: &str, subject: &str, text: &str) -> Heard {
    let domain = from.rsplit_once('@').expect("an address").1;
    let mail = format!(
        "Authentication-Results: mx.firm.example; dkim=pass header.d={domain}\r\nFrom: {from}\r\nTo: ebilling@firm.example\r\n\
         Message-ID: <1@{domain}>\r\nDate: Tue, 7 Apr 2026 10:00:00 -0500\r\nSubject: {subject}\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    hear(None, "a.eml", mail.as_bytes())
}

fn outcomes(heard: &Heard) -> Vec<(&str, Outcome)> {
    let one = |t: &Told| t.report.outcome;
    let all = heard.told.iter();
    all.map(|t| (t.report.invoice_number.as_deref().unwrap_or(""), one(t)))
        .collect()
}

#[test]
fn a_mail_with_two_headings_is_an_answer_for_each_invoice() {
    let heard = mail(
        "tymetrixbilling@tymetrix.com",
        "TyMetrix Invoice Submission",
        "The following invoices passed the Initial Testing Process:\r\n\r\n  INV-100\r\n  INV-101\r\n\r\n\
         The following invoices failed the Initial Testing Process:\r\n\r\n  INV-102 - Timekeeper not found: line item 6\r\n  \
         INV-103\r\n    Law Firm ID (TIN) is missing from your invoice file\r\n    006: math error in a line item\r\n",
    );
    assert_eq!(
        outcomes(&heard),
        [
            ("INV-100", Outcome::Acknowledged),
            ("INV-101", Outcome::Acknowledged),
            ("INV-102", Outcome::Rejected),
            ("INV-103", Outcome::Rejected),
        ]
    );
    assert!(heard.told.iter().all(|t| t.doubts.is_empty()), "{heard:?}");
    let error = &heard.told[2].report.errors[0];
    assert_eq!(
        (error.text.as_str(), error.item.as_deref()),
        ("Timekeeper not found: line item 6", Some("6"))
    );
    assert_eq!(heard.told[3].report.errors.len(), 2);
    // Each is kept with its own lines: the others may be another client's.
    let kept = String::from_utf8_lossy(&heard.told[3].report.evidence.body);
    assert!(
        kept.contains("INV-103") && kept.contains("006: math"),
        "{kept}"
    );
    assert!(
        !kept.contains("INV-102") && !kept.contains("INV-100"),
        "{kept}"
    );
    assert!(
        heard.told[3].report.errors[0]
            .text
            .starts_with("Law Firm ID")
    );
}

#[test]
fn each_portals_mail_is_read_as_far_as_its_words_are_known() {
    let heard = mail(
        "tymetrixbilling@tymetrix.com",
        "Budget Approved Doe v. Roe Stillwater LLP",
        "x",
    );
    assert!(heard.told.is_empty() && heard.mistakes.is_empty());
    for (from, subject, text, number, outcome) in [
        (
            "tymetrixbilling@tymetrix.com",
            "Invoice approved with adjustments",
            "Invoice Number: A-7\nReason: block billing",
            "A-7",
            Outcome::Reduced,
        ),
        (
            "no-reply@counsellink.example",
            "Invoice A-8 rejected",
            "Reject reason: missing task code\nClient: C1",
            "A-8",
            Outcome::Rejected,
        ),
        (
            "no-reply@counsellink.example",
            "Your files",
            "Confirmation number: 77\nInvoice: A-9",
            "A-9",
            Outcome::Received,
        ),
        (
            "x@legal-x.example",
            "More info required",
            "Invoice # 4711 is waiting for you.",
            "4711",
            Outcome::ActionRequired,
        ),
        (
            "alerts@acuity.example",
            "Upload results",
            "Invoice A-3: 2 critical exceptions, 3 non-critical exceptions",
            "A-3",
            Outcome::Rejected,
        ),
        (
            "alerts@acuity.example",
            "Upload results",
            "Invoice A-3\nCritical exceptions: 0\nNon-critical exceptions: 3",
            "A-3",
            Outcome::Received,
        ),
        (
            "notify@tracker.example",
            "Invoice A-5 has been disputed",
            "Comment: who was on the call?",
            "A-5",
            Outcome::ActionRequired,
        ),
        (
            "notify@tracker.example",
            "Invoice A-5",
            "Status: Reduced and approved\nInvoice total: $1,200.00\nApproved amount: $1,000.00",
            "A-5",
            Outcome::Reduced,
        ),
    ] {
        let heard = mail(from, subject, text);
        assert_eq!(
            outcomes(&heard),
            [(number, outcome)],
            "{subject}: {heard:?}"
        );
        assert!(heard.told[0].doubts.is_empty(), "{subject}: {heard:?}");
    }
    let cut = mail(
        "notify@tracker.example",
        "Invoice A-5 reduced",
        "Invoice total: $1,200.00\nApproved amount: $1,000.00",
    );
    let report = &cut.told[0].report;
    assert_eq!(
        (report.original_total, report.approved_total),
        (Some(dec!(1200.00)), Some(dec!(1000.00)))
    );
}

#[test]
fn what_is_not_proven_or_not_understood_is_a_doubt() {
    let forged = "From: tymetrixbilling@tymetrix.com\r\nAuthentication-Results: mx.firm.example; dkim=none; spf=fail \
                  smtp.mailfrom=evil.example\r\nSubject: Invoice A-1 rejected\r\n\r\nInvoice A-1 rejected\r\n";
    let heard = hear(None, "f.eml", forged.as_bytes());
    assert!(
        heard.told[0].doubts[0].contains("neither DKIM nor SPF of tymetrix.com"),
        "{heard:?}"
    );
    let stranger = mail(
        "somebody@else.example",
        "Invoice A-1 rejected",
        "Invoice A-1 rejected",
    );
    assert!(
        stranger.told[0].doubts[0].contains("is on no list of senders"),
        "{stranger:?}"
    );
    let vague = mail(
        "notify@tracker.example",
        "News",
        "Log in to see more: https://evil.example/invoice/A-1",
    );
    assert!(
        vague.told[0].doubts[0].contains("no word in it"),
        "{vague:?}"
    );
    let page = "Authentication-Results: mx.firm.example; dkim=pass header.d=tracker.example\r\nFrom: notify@tracker.example\r\n\
                Subject: News\r\nContent-Type: text/html\r\n\r\n<p>Invoice A-1 rejected</p>\r\n";
    let heard = hear(None, "h.eml", page.as_bytes());
    assert!(
        heard.told[0].doubts[0].contains("no plain text"),
        "{heard:?}"
    );
}

const ADJUSTMENTS: &str = "portal,invoice_number,line_number,line_date,timekeeper_id,original_amount,approved_amount,currency,reason_code,reason_text,reviewer,adjusted_at\n";

#[test]
fn our_own_tables_are_read_without_being_told_what_they_are() {
    let rows = format!(
        "{ADJUSTMENTS}Collaborati,A-1,2,2026-03-02,AQ,450.00,400.00,USD,BLOCK,several tasks,J. Doe,2026-04-01T00:00:00Z\nCollaborati,A-1,3,,,450.00,450.00,USD,,,,\nCollaborati,A-2,1,,,100.00,150.00,USD,,,,\n"
    );
    let heard = hear(None, "adjustments.csv", rows.as_bytes());
    let first = &heard.told[0];
    assert_eq!(
        (first.source.as_str(), first.portal.as_deref()),
        ("adjustments", Some("Collaborati"))
    );
    assert_eq!(
        (
            first.report.outcome,
            first.report.reductions.len(),
            first.doubts.len()
        ),
        (Outcome::Reduced, 1, 0)
    );
    let cut = &first.report.reductions[0];
    assert_eq!(
        (cut.amount, cut.reason.as_str()),
        (dec!(50.00), "BLOCK: several tasks")
    );
    assert!(
        heard.told[1].doubts[0].contains("150.00 is approved of 100.00"),
        "{heard:?}"
    );
    let acks = "portal,received_at,file_name,file_sha256,invoice_number,client_matter_id,result,error_code,error_text,line_number\n\
                p,2026-04-01T00:00:00Z,A-1.txt,,A-1,M,rejected,006,sum,3\np,2026-04-01T00:00:00Z,A-1.txt,,A-1,M,rejected,005,code,4\n\
                p,2026-04-02T00:00:00Z,A-1.txt,,A-1,M,accepted,,,\np,2026-04-02T00:00:00Z,B.txt,,B-1,M,eaten,,,\n";
    let heard = hear(None, "ack.csv", acks.as_bytes());
    assert_eq!(
        outcomes(&heard),
        [
            ("A-1", Outcome::Rejected),
            ("A-1", Outcome::Acknowledged),
            ("B-1", Outcome::Unknown)
        ]
    );
    assert_eq!(heard.told[0].report.errors.len(), 2);
    assert!(
        heard.told[2].doubts[0].contains("\"eaten\" is not known"),
        "{heard:?}"
    );
}

#[test]
fn an_adjustment_larger_than_the_line_is_a_doubt() {
    let rows = format!("{ADJUSTMENTS}p,A-1,2,,,100.00,-20.00,USD,,,,\n");
    let heard = hear(None, "adjustments.csv", rows.as_bytes());
    assert!(
        heard.told[0].doubts[0].contains("line 2: 120.00 was cut of 100.00"),
        "{heard:?}"
    );
}

#[test]
fn a_cell_that_is_no_amount_is_named_with_its_place() {
    let rows = format!("{ADJUSTMENTS}p,A-1,2,,,100 dollars,50.00,USD,,x,,soon\n");
    let heard = hear(None, "adjustments.csv", rows.as_bytes());
    assert_eq!(
        heard.mistakes[0].to_string(),
        "adjustments.csv, row 2, column original_amount: \"100 dollars\" stands there; expected is an amount, as in 1250.00; \
         correct it, or say with decimal_mark of a mapping how numbers are written"
    );
    assert!(!heard.told[0].doubts.is_empty());
    let heard = hear(None, "x.csv", b"a,b\n1,2\n");
    assert!(heard.mistakes[0].remedy.contains("--mapping"), "{heard:?}");
}

#[test]
fn an_export_of_a_portal_is_read_when_its_portal_is_named() {
    let rows = "Invoice Report\nInvoice Number,Invoice Status,Invoice Total,Approved Total,Line Number,Billed Amount,Approved Amount,Adjustment Reason,Comments\n\
                A-1,Approved,\"1,000.00\",950.00,1,600.00,550.00,Vague,see line 1\nA-1,Approved,\"1,000.00\",950.00,2,400.00,400.00,,\n\
                A-2,Waiting for Client to Accept,300.00,,,,,,\nA-3,Approved,500.00,450.00,1,500.00,480.00,x,\n";
    let heard = hear(Some("Collaborati"), "export.csv", rows.as_bytes());
    assert_eq!(
        outcomes(&heard),
        [
            ("A-1", Outcome::Reduced),
            ("A-2", Outcome::Received),
            ("A-3", Outcome::Reduced)
        ]
    );
    assert_eq!(heard.told[0].doubts, Vec::<String>::new());
    assert!(
        heard.told[2].doubts[0].contains("the cuts come to 20.00"),
        "{heard:?}"
    );
    assert!(hear(None, "export.csv", rows.as_bytes()).told.is_empty());
}

#[test]
fn a_mapping_of_the_firm_reads_what_nobody_knows() {
    let mapping = AnswerMapping::parse(
        "portal = \"House portal\"\ndecimal_mark = \"comma\"\ndate_order = \"day-first\"\n[columns]\ninvoice_number = \"Rechnung\"\n\
         status = \"Stand\"\ninvoice_total = \"Summe\"\napproved_total = \"Anerkannt\"\nreceived_at = \"am\"\n[words]\n\"gekürzt\" = \"reduced\"\n",
    );
    let listener = Listener {
        mapping: Some(mapping.expect("a mapping")),
        ..Listener::default()
    };
    let heard = listener.read(
        "x.csv",
        "Rechnung;Stand;Summe;Anerkannt;am\nA-1;Gekürzt;1.000,00;900,50;1.4.2026\n".as_bytes(),
    );
    let report = &heard.told[0].report;
    assert_eq!(
        (report.outcome, report.approved_total),
        (Outcome::Reduced, Some(dec!(900.50)))
    );
    assert_eq!(
        report.at.expect("a day").to_rfc3339(),
        "2026-04-01T00:00:00+00:00"
    );
}

/// A workbook of one sheet: cells as XML.
fn book(sheet: &str) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let ns = "http://schemas.openxmlformats.org";
    for (name, text) in [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{ns}/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{ns}/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{ns}/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{ns}/spreadsheetml/2006/main\" xmlns:r=\"{ns}/officeDocument/2006/relationships\"><sheets><sheet name=\"Charges\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{ns}/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{ns}/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns=\"{ns}/spreadsheetml/2006/main\"><sheetData>{sheet}</sheetData></worksheet>"
            ),
        ),
    ] {
        out.start_file(name, options).expect("begun");
        out.write_all(text.as_bytes()).expect("written");
    }
    out.finish().expect("ended").into_inner()
}

fn text_row(row: usize, cells: &[&str]) -> String {
    let cells = cells
        .iter()
        .zip('A'..)
        .map(|(text, column)| match text.strip_prefix('=') {
            Some(formula) => format!("<c r=\"{column}{row}\"><f>{formula}</f><v>10</v></c>"),
            None if text.parse::<f64>().is_ok() => {
                format!("<c r=\"{column}{row}\"><v>{text}</v></c>")
            }
            None => format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        });
    format!("<row r=\"{row}\">{}</row>", cells.collect::<String>())
}

const HEAD: [&str; 6] = [
    "Invoice Number",
    "Line Number",
    "Original Amount",
    "Approved Amount",
    "Adjustment Reason",
    "Status",
];

#[test]
fn a_workbook_is_read_as_it_shows_and_its_formulas_are_a_doubt() {
    let good = [
        text_row(1, &HEAD),
        text_row(
            2,
            &["A-1", "3", "449.99999999999994", "400", "Vague", "Approved"],
        ),
    ]
    .concat();
    for portal in ["CounselLink", "Brightflag"] {
        let heard = hear(Some(portal), "charges.xlsx", &book(&good));
        assert_eq!(outcomes(&heard), [("A-1", Outcome::Reduced)], "{heard:?}");
        let told = &heard.told[0];
        assert_eq!(
            (told.report.reductions[0].amount, told.doubts.len()),
            (dec!(50), 0)
        );
        assert!(
            told.place.contains("charges.xlsx, sheet Charges, row 2"),
            "{}",
            told.place
        );
    }
    let bad = [
        text_row(1, &HEAD),
        text_row(
            2,
            &[
                "A-1",
                "3",
                "450",
                "=WEBSERVICE(&quot;http://evil.example&quot;)",
                "Vague",
                "Approved",
            ],
        ),
    ]
    .concat();
    let heard = hear(Some("CounselLink"), "charges.xlsx", &book(&bad));
    assert!(
        heard.told[0].doubts[0].contains("column Approved Amount: a formula stands there"),
        "{heard:?}"
    );
}

#[test]
fn a_workbook_that_would_fill_the_memory_is_refused_with_its_measure() {
    // A single cell at the far end lays out thousands of millions.
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let heard = hear(Some("CounselLink"), "far.xlsx", &book(far));
    assert!(
        heard.mistakes[0].to_string().contains("row 1048576"),
        "{heard:?}"
    );
    let many =
        (1..=10_000).map(|r| format!("<row r=\"{r}\">{}</row>", "<c><v>1</v></c>".repeat(1000)));
    let heard = hear(
        Some("CounselLink"),
        "ten-million.xlsx",
        &book(&many.collect::<String>()),
    );
    assert!(
        heard.told.is_empty() && heard.mistakes[0].to_string().contains("at most"),
        "{heard:?}"
    );
    for bytes in [
        &b"PK\x03\x04nothing"[..],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1nothing",
    ] {
        let heard = hear(None, "x.xlsx", bytes);
        assert!(
            heard.mistakes[0].to_string().contains("save it anew"),
            "{heard:?}"
        );
    }
    let heard = hear(None, "x.xls", b"<table><tr><td>A-1</td></tr></table>");
    assert!(
        heard.mistakes[0]
            .to_string()
            .contains("save it as .xlsx or CSV"),
        "{heard:?}"
    );
}

/// An old workbook: each record with its kind.
fn old_book(cells: &[(u16, u16, &str)]) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut put = |kind: u16, body: &[u8]| {
        stream.extend(kind.to_le_bytes());
        stream.extend(u16::try_from(body.len()).expect("short").to_le_bytes());
        stream.extend(body);
    };
    let begin = |kind: u8| {
        [
            0, 6, kind, 0, 0xbb, 0x0d, 0xcc, 0x07, 0, 0, 0, 0, 6, 0, 0, 0,
        ]
    };
    put(0x0809, &begin(5));
    // The sheet begins behind: this record of 4 + 16, its own 4 + 15, and the end of 4.
    let mut sheet = Vec::from(43_u32.to_le_bytes());
    sheet.extend([0, 0, 7, 0]);
    sheet.extend(b"Charges");
    put(0x0085, &sheet);
    put(0x000A, &[]);
    put(0x0809, &begin(0x10));
    for (row, column, text) in cells {
        let mut body = Vec::new();
        for number in [*row, *column, 0, u16::try_from(text.len()).expect("short")] {
            body.extend(number.to_le_bytes());
        }
        body.push(0);
        body.extend(text.as_bytes());
        put(0x0204, &body);
    }
    put(0x000A, &[]);
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("made");
    let mut part = file.create_stream("/Workbook").expect("a stream");
    part.write_all(&stream).expect("written");
    part.flush().expect("flushed");
    drop(part);
    file.into_inner().into_inner()
}

#[test]
fn an_old_workbook_is_measured_before_it_is_read() {
    let mut cells: Vec<(u16, u16, &str)> = HEAD.iter().zip(0..).map(|(h, n)| (0, n, *h)).collect();
    cells.extend(
        ["A-1", "3", "450.00", "400.00", "Vague", "Approved"]
            .iter()
            .zip(0..)
            .map(|(t, n)| (1, n, *t)),
    );
    let heard = hear(Some("CounselLink"), "charges.xls", &old_book(&cells));
    assert_eq!(outcomes(&heard), [("A-1", Outcome::Reduced)], "{heard:?}");
    cells.push((65_535, 65_000, "x"));
    let heard = hear(Some("CounselLink"), "charges.xls", &old_book(&cells));
    assert!(
        heard.mistakes[0]
            .to_string()
            .contains("cells between the first and the last"),
        "{heard:?}"
    );
}

/// A mail of CounselLink with files, each in base64.
fn mail_with(proof: &str, text: &str, files: &[(&str, Vec<u8>)]) -> Heard {
    use base64::Engine;
    let mut mail = format!(
        "Authentication-Results: mx.firm.example; {proof}\r\nFrom: no-reply@counsellink.example\r\nMessage-ID: <7@x>\r\n\
         Date: Tue, 7 Apr 2026 10:00:00 -0500\r\nSubject: Report\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
    );
    for (name, bytes) in files {
        let body = base64::engine::general_purpose::STANDARD.encode(bytes);
        mail += &format!(
            "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{body}\r\n"
        );
    }
    mail += "--b--\r\n";
    hear(None, "a.eml", mail.as_bytes())
}

#[test]
fn tables_in_a_mail_are_read_as_files_are_and_believed_as_the_mail_is() {
    let proven = "dkim=pass header.d=counsellink.example";
    let cuts = |portal: &str| {
        format!("{ADJUSTMENTS}{portal},A-1,2,2026-01-01,,1.00,0.50,USD,a,b,c,2026-01-01\n")
            .into_bytes()
    };
    let workbook = book(
        &[
            text_row(1, &HEAD),
            text_row(2, &["A-2", "3", "450", "400", "x", "Approved"]),
        ]
        .concat(),
    );
    let letter = "Dear colleagues,\r\nthe report of this week is attached.\r\n";
    let files = [
        ("adjustments.csv", cuts("CounselLink")),
        ("charges.xlsx", workbook.clone()),
        ("invoice.txt", b"LEDES1998B[]".to_vec()),
        ("logo.png", vec![1, 2, 3]),
    ];
    let heard = mail_with(proven, letter, &files);
    assert_eq!(
        outcomes(&heard),
        [("A-1", Outcome::Reduced), ("A-2", Outcome::Reduced)],
        "{heard:?}"
    );
    assert!(heard.told.iter().all(|t| t.doubts.is_empty()), "{heard:?}");
    assert!(
        heard.told[0]
            .place
            .starts_with("a.eml, attachment adjustments.csv"),
        "{heard:?}"
    );
    // What the letter itself says of an invoice counts too.
    let said = mail_with(proven, "Invoice A-9\r\nStatus: Rejected\r\n", &files[..1]);
    assert_eq!(
        outcomes(&said),
        [("A-1", Outcome::Reduced), ("A-9", Outcome::Rejected)],
        "{said:?}"
    );
    // Nobody has proven the sender; a table speaks for another portal.
    let forged = mail_with("dkim=fail", letter, &files);
    let waits = |heard: &Heard, why: &str| {
        let all = heard.told.iter();
        all.filter(|t| t.doubts.iter().any(|d| d.contains(why)))
            .count()
    };
    assert_eq!(waits(&forged, "not proven"), 2, "{forged:?}");
    let other = mail_with(proven, letter, &[("a.csv", cuts("Collaborati"))]);
    assert_eq!(waits(&other, "the mail is of CounselLink"), 1, "{other:?}");
    // The same limits, each with its place.
    let torn = [
        ("a.xlsx", workbook[..40].to_vec()),
        ("b.csv", b"x,y\n1,2\n".to_vec()),
    ];
    let torn = mail_with(proven, letter, &torn);
    let places: Vec<&str> = torn.mistakes.iter().map(|m| m.place.as_str()).collect();
    assert_eq!(
        places,
        ["a.eml, attachment a.xlsx", "a.eml, attachment b.csv"],
        "{torn:?}"
    );
    let many: Vec<(&str, Vec<u8>)> = (0..60).map(|_| ("a.csv", cuts("CounselLink"))).collect();
    let many = mail_with(proven, letter, &many);
    assert_eq!(many.told.len(), 50);
    assert!(many.mistakes[0].to_string().contains("at most 50 tables"));
}

/// Whatever bytes come, and however a good file is damaged: nothing panics.
#[test]
fn no_file_stops_the_program() {
    use proptest::prelude::*;
    let good = [
        ("a.eml", b"Authentication-Results: mx.firm.example; dkim=pass (a(b)) header.d=tymetrix.com\r\nFrom: tymetrixbilling@tymetrix.com\r\nSubject: TyMetrix Invoice Submission\r\n\r\npassed:\r\nA-1\r\nfailed:\r\nA-2 - x\r\n".to_vec()),
        ("a.csv", format!("{ADJUSTMENTS}p,A-1,2,2026-01-01,,1.00,0.50,USD,a,b,c,2026-01-01\n").into_bytes()),
        ("a.xlsx", book(&[text_row(1, &HEAD), text_row(2, &["A-1", "3", "450", "=A1", "x", "Approved"])].concat())),
        ("a.xls", old_book(&[(0, 0, "Invoice Number"), (1, 0, "A-1")])),
    ];
    let damage = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12);
    let strategy = (
        0..good.len(),
        damage,
        any::<prop::sample::Index>(),
        any::<bool>(),
    );
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(300));
    runner
        .run(&strategy, |(which, damage, cut, short)| {
            let (name, bytes) = &good[which];
            let mut bytes = bytes.clone();
            for (at, byte) in damage {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if short {
                bytes.truncate(cut.index(bytes.len()));
            }
            hear(Some("CounselLink"), name, &bytes);
            Ok(())
        })
        .expect("no panic");
}
