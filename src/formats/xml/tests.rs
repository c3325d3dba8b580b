//! Whole files read through [`survey`].

use super::*;
use crate::model::{Hit, Invoice, LedesFormat, LineKind};

const GOOD: [(&str, LedesFormat); 4] = [
    (
        include_str!("../../../rules/examples/good-2000.xml"),
        LedesFormat::L2000,
    ),
    (
        include_str!("../../../rules/examples/good-XML-2.0.xml"),
        LedesFormat::Xml20,
    ),
    (
        include_str!("../../../rules/examples/good-XML-2.1.xml"),
        LedesFormat::Xml21,
    ),
    (
        include_str!("../../../rules/examples/good-XML-2.2.xml"),
        LedesFormat::Xml22,
    ),
];

struct Seen {
    survey: Survey,
    readings: Vec<Reading>,
}

impl Seen {
    fn of(bytes: &[u8]) -> Self {
        let source = Source::of_bytes(bytes).expect("a temporary file");
        let survey = survey(&source).expect("readable");
        let readings = (0..survey.invoices.count())
            .map(|i| survey.invoices.read(i).expect("readable"))
            .collect();
        Self { survey, readings }
    }

    fn invoice(&self) -> &Invoice {
        &self.readings[0].invoice
    }

    /// Every hit as `rule/variant line:column value`.
    fn said(&self) -> Vec<String> {
        let show = |text: &crate::model::SourceText, hit: &Hit| {
            let cell = hit.marks[0].cell;
            let at = text.position(cell).expect("a place in the text");
            let value: String = text.get(cell).chars().take(40).collect();
            format!(
                "{}/{} {}:{} {value}",
                hit.rule, hit.variant, at.line, at.column
            )
        };
        let file = &self.survey.file;
        let mut all: Vec<String> = file.hits.iter().map(|h| show(&file.text, h)).collect();
        for reading in &self.readings {
            all.extend(
                reading
                    .hits
                    .hits
                    .iter()
                    .map(|h| show(&reading.invoice.text, h)),
            );
        }
        all
    }
}

fn base(format: LedesFormat) -> &'static str {
    GOOD.iter().find(|(_, f)| *f == format).expect("a base").0
}

fn patched(format: LedesFormat, patches: &[(&str, &str)]) -> Seen {
    let mut text = base(format).to_owned();
    for (from, to) in patches {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    Seen::of(text.as_bytes())
}

#[test]
fn correct_files_give_no_hit() {
    for (text, format) in GOOD {
        let seen = Seen::of(text.as_bytes());
        assert_eq!(seen.survey.format, Some(format));
        assert_eq!(seen.said(), Vec::<String>::new(), "{format}");
        let invoice = seen.invoice();
        assert!(invoice.whole && invoice.matters[0].complete);
        assert_eq!(invoice.get(invoice.firm.name), "Alder & Wren LLP");
        assert_eq!(invoice.get(invoice.client.client_id), "SMF01");
        let kinds: Vec<_> = invoice.lines.iter().filter_map(|l| l.kind.get()).collect();
        assert_eq!(kinds, [LineKind::Fee, LineKind::Fee, LineKind::Expense]);
        assert_eq!(invoice.matters[0].timekeepers.len(), 2);
        let windows = text.replace('\n', "\r\n");
        assert_eq!(
            Seen::of(windows.as_bytes()).said(),
            Vec::<String>::new(),
            "{format} CRLF"
        );
        let one_line = text.replace('\n', "");
        assert_eq!(
            Seen::of(one_line.as_bytes()).said(),
            Vec::<String>::new(),
            "{format} one line"
        );
    }
}

#[test]
fn one_defect_is_one_hit_at_its_place() {
    use LedesFormat::{L2000, Xml20, Xml21, Xml22};
    type Case<'a> = (LedesFormat, &'a [(&'a str, &'a str)], &'a str);
    let cases: &[Case<'_>] = &[
        (
            Xml20,
            &[("<inv_date>2026-03-31", "<inv_date>20260331")],
            "invalid-date/other-form 39:19 20260331",
        ),
        (
            L2000,
            &[("<inv_date>20260331", "<inv_date>2026-03-31")],
            "invalid-date/other-form 28:17 2026-03-31",
        ),
        (
            Xml21,
            &[("<rate>300.00", "<rate>$300.00")],
            "invalid-number/ 111:19 $300.00",
        ),
        (
            Xml21,
            &[("0.200000", "0.12345678901")],
            "number-precision/decimals 29:25 0.12345678901",
        ),
        (
            Xml22,
            &[("<units>2.40</units>", "")],
            "required-field/element 118:11 <fee>",
        ),
        (
            Xml22,
            &[("LedgerPress", "")],
            "required-field/metadata 22:17 ",
        ),
        (
            Xml20,
            &[("<charge_type>U", "<charge_type>u")],
            "code-list-value/case 85:26 u",
        ),
        (
            L2000,
            &[("<charge_type>U", "<charge_type>H")],
            "line-type/charge-type 69:24 H",
        ),
        (
            Xml20,
            &[("<country>GBR", "<country>United Kingdom")],
            "country-code/ 12:16 United Kingdom",
        ),
        (
            Xml20,
            &[("<work_location>GB", "<work_location>Bristol")],
            "country-code/ 111:28 Bristol",
        ),
        (
            Xml20,
            &[(
                "<lf_vendor_id>GB",
                "<lf_vendor_id>GB 00000000000000000000000",
            )],
            "field-too-long/ 4:19 GB 00000000000000000000000 123 4567 89",
        ),
        (
            Xml20,
            &[("Research", "Rese\u{1}arch")],
            "forbidden-character/control 98:26 Rese\u{1}arch limitation defence to claim fo",
        ),
        (
            Xml20,
            &[("</inv_desc>", "</inv_desc><tax_invoice>Y</tax_invoice>")],
            "xml-version/later-element 44:61 <tax_invoice>",
        ),
        (
            Xml20,
            &[(
                "</inv_desc>",
                "</inv_desc><inv_other_iso>EUR</inv_other_iso>",
            )],
            "xml-unknown-element/ 44:61 <inv_other_iso>",
        ),
        (
            L2000,
            &[("<lf_id>AW</lf_id>", "<if_id>AW</if_id>")],
            "xml-unknown-element/misnamed 6:5 <if_id>",
        ),
        (
            L2000,
            &[
                ("  </firm>\n  <client>", "  <client>"),
                ("  </client>\n", "  </client>\n  </firm>\n"),
            ],
            "xml-element-order/client-in-firm 22:3 <client>",
        ),
        (
            Xml21,
            &[("<units>2.40</units>", "<units>2.40</units><units>3</units>")],
            "xml-element-order/repeated 110:39 3",
        ),
        (
            Xml20,
            &[("<file_item_nbr>8<", "<file_item_nbr>7<")],
            "xml-item-number/repeated 107:28 7",
        ),
        (
            Xml20,
            &[("<file_item_nbr>8<", "<file_item_nbr>8a<")],
            "xml-item-number/no-integer 107:28 8a",
        ),
        (
            Xml21,
            &[("<lf_name>Alder &amp;", "<lf_name>Alder &")],
            "xml-not-well-formed/ampersand 6:20 &",
        ),
        (
            Xml21,
            &[("Research", "&nbsp;Research")],
            "xml-not-well-formed/entity 126:26 &nbsp;",
        ),
        (
            Xml21,
            &[(
                "<ledesxml ",
                "<!DOCTYPE ledesxml SYSTEM \"x.dtd\">\n<ledesxml ",
            )],
            "xml-dtd/doctype 2:1 <!DOCTYPE ledesxml SYSTEM \"x.dtd\">",
        ),
        (
            Xml20,
            &[(" xmlns=\"http://www.ledes.org/ledes20.xsd\"", "")],
            "xml-version/no-version 2:1 <ledesxml>",
        ),
        (
            Xml20,
            &[("UTF-8", "UTF-16")],
            "encoding/contradicts 1:1 <?xml version=\"1.0\" encoding=\"UTF-16\"?>",
        ),
    ];
    let mut wrong = Vec::new();
    for (format, patches, wanted) in cases {
        let said = patched(*format, patches).said();
        if said != [*wanted] {
            wrong.push(format!(
                "{patches:?}\n   wanted {wanted}\n   said   {said:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn windows_1252_is_read_and_named() {
    let text = base(LedesFormat::Xml20).replacen("Research", "R\u{e9}s\u{e9}arch", 1);
    let latin = encoding_rs::WINDOWS_1252.encode(&text).0.into_owned();
    let seen = Seen::of(&latin);
    assert_eq!(seen.survey.encoding, "windows-1252");
    assert_eq!(seen.said(), ["encoding/contradicts 98:27 \u{e9}"]);
    let line = &seen.invoice().lines[1];
    assert!(
        seen.invoice()
            .get(line.description)
            .starts_with("R\u{e9}s\u{e9}arch")
    );
    assert_eq!(Seen::of(text.as_bytes()).said(), Vec::<String>::new());
}

#[test]
fn several_invoices_share_their_heads() {
    let text = base(LedesFormat::Xml21);
    let start = text.find("      <invoice>").expect("an invoice");
    let end = text.find("    </client>").expect("its end");
    let one = &text[start..end];
    let second = one.replace("AW-26-0318", "AW-26-0319");
    let mut number = 100;
    let mut renumbered = String::new();
    for part in second.split("<file_item_nbr>") {
        if renumbered.is_empty() {
            renumbered.push_str(part);
            continue;
        }
        number += 1;
        let rest = &part[part.find('<').expect("closed")..];
        renumbered.push_str(&format!("<file_item_nbr>{number}{rest}"));
    }
    let both = format!("{}{renumbered}{}", &text[..end], &text[end..]);
    let seen = Seen::of(both.as_bytes());
    assert_eq!(seen.said(), Vec::<String>::new());
    assert_eq!(seen.readings.len(), 2);
    for reading in &seen.readings {
        let invoice = &reading.invoice;
        assert_eq!(invoice.get(invoice.client.name), "Saltmarsh Ferries Ltd");
        assert_eq!(
            (
                invoice.taxes.len(),
                invoice.matters.len(),
                invoice.lines.len()
            ),
            (1, 1, 3)
        );
    }
    let again = both.replace("AW-26-0319", "AW-26-0318");
    let seen = Seen::of(again.as_bytes());
    let hit = &seen.survey.file.hits[0];
    assert_eq!(
        (hit.rule.as_str(), hit.marks.len()),
        ("duplicate-invoice-number", 2)
    );
    assert_eq!(seen.said().len(), 1);
    // What breaks off in the second leaves the first as it is.
    let broken = &both[..both.rfind("<expense>").expect("an expense") + 40];
    let seen = Seen::of(broken.as_bytes());
    assert_eq!(seen.readings.len(), 2);
    assert!(seen.readings[0].invoice.whole && !seen.readings[1].invoice.whole);
    assert!(!seen.readings[1].invoice.matters[0].complete);
    let said = seen.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("xml-not-well-formed/"), "{said:?}");
}

#[test]
fn a_part_of_an_invoice_is_read_cell_by_cell() {
    let text = "<?xml version=\"1.0\"?>\n<matter>\n<fee>\n<charge_date>2026-03-04 00:00:00.0</charge_date>\n\
        <acca_task>L210</acca_task>\n<units>1.5</units>\n</fee>\n";
    let seen = Seen::of(text.as_bytes());
    assert_eq!(seen.survey.format, Some(LedesFormat::L2000));
    assert_eq!(
        seen.said(),
        [
            "xml-not-well-formed/unclosed 7:1 </fee>",
            "xml-version/fragment 2:1 <matter>",
            "invalid-date/other-form 4:14 2026-03-04 00:00:00.0",
        ]
    );
    let invoice = seen.invoice();
    assert!(!invoice.whole && !invoice.matters[0].complete);
    assert_eq!(invoice.get(invoice.lines[0].task_code), "L210");
}

#[test]
fn hostile_files_are_a_finding_and_nothing_else() {
    let deep = "<a>".repeat(100_000);
    let laughs = "<!DOCTYPE ledesxml [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><ledesxml><firm>&b;</firm></ledesxml>";
    for (bytes, wanted) in [
        (deep.as_bytes(), "xml-not-well-formed/deep"),
        (laughs.as_bytes(), "xml-dtd/"),
        (b"<ledesxml>".as_slice(), "xml-not-well-formed/unclosed"),
        (b"   \n ".as_slice(), "xml-not-well-formed/empty"),
        (b"<html></html>".as_slice(), "xml-version/"),
        (
            b"<ledesxml></ledesxml><ledesxml/>".as_slice(),
            "xml-not-well-formed/after-root",
        ),
        (
            b"<ledesxml>\0<firm/></ledesxml>".as_slice(),
            "xml-unknown-element/loose-text",
        ),
        (
            b"<ledesxml><firm><lf_id>a < b</lf_id></firm></ledesxml>".as_slice(),
            "xml-not-well-formed/less-than",
        ),
        (
            b"<ledesxml><firm></ledesxml>".as_slice(),
            "xml-not-well-formed/end-tag",
        ),
        (
            b"<ledesxml>\xff<firm".as_slice(),
            "xml-not-well-formed/cut-off",
        ),
    ] {
        let said = Seen::of(bytes).said();
        assert!(
            said.iter().any(|s| s.starts_with(wanted)),
            "{wanted}: {said:?}"
        );
    }
    let long = vec![b'x'; 3 << 20];
    let said = Seen::of(&[b"<ledesxml><firm>".as_slice(), &long].concat()).said();
    assert!(
        said.iter()
            .any(|s| s.starts_with("xml-not-well-formed/too-long 1:17")),
        "{:?}",
        said.len()
    );
}

#[test]
fn truncation_at_any_byte_is_read_without_missing_anything() {
    for (text, _) in GOOD {
        let root = text.find("<ledesxml").expect("a root");
        let last = text.trim_end().len();
        for at in (root + 9..last).step_by(7) {
            let said = Seen::of(&text.as_bytes()[..at]).said();
            let expected = said
                .iter()
                .filter(|s| s.starts_with("xml-not-well-formed/"))
                .count();
            let values = said.iter().filter(|s| !s.starts_with("xml-")).count();
            assert_eq!((expected, values <= 1), (1, true), "{at}: {said:?}");
        }
    }
}

#[test]
fn damaged_files_give_places_inside_their_lines() {
    let mut state = 11u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(99);
        ((state >> 33) as usize) % below
    };
    let junk: [&[u8]; 9] = [
        b"<", b">", b"&", b"\0", b"\xc3", b"</fee>", b"<!--", b"]]>", b"\n\r ",
    ];
    for round in 0..400 {
        let mut bytes = GOOD[round % GOOD.len()].0.as_bytes().to_vec();
        for _ in 0..=next(3) {
            let at = next(bytes.len());
            let piece = junk[next(junk.len())];
            let until = (at + next(4)).min(bytes.len());
            bytes.splice(at..until, piece.iter().copied());
        }
        let seen = Seen::of(&bytes);
        let lines = bytes.iter().filter(|b| **b == b'\n').count() as u32 + 1;
        let file = &seen.survey.file;
        let of_invoices = seen
            .readings
            .iter()
            .flat_map(|r| r.hits.hits.iter().map(move |h| (&r.invoice.text, h)));
        for (text, hit) in file.hits.iter().map(|h| (&file.text, h)).chain(of_invoices) {
            for mark in &hit.marks {
                let cell = mark.cell;
                assert!(
                    text.as_str().get(cell.start()..cell.end()).is_some(),
                    "{hit:?}"
                );
                let place = text.position(cell).expect("a place");
                assert!(
                    place.line <= lines && place.column <= place.end_column,
                    "{hit:?}"
                );
            }
        }
    }
}
