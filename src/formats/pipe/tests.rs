//! Whole small files, read.

use super::survey;
use crate::formats::{Reading, Source, Survey};
use crate::model::Hit;

const HEADER: &str = "INVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]";
const LINE: &str = "20260331|AW-1|SF01|M-1|300.00|20260301|20260331|March|1|F|1.00||300.00|20260304|L210||A103|AB|Draft answer|98-1|300.00|Birch, Ada|PARTNR|SF-9[]";

fn look(text: &str) -> (Survey, Vec<Reading>) {
    let source = Source::of_bytes(text.as_bytes()).expect("a temporary file");
    let survey = survey(&source).expect("readable");
    let readings = (0..survey.invoices.count())
        .map(|i| survey.invoices.read(i).expect("readable"))
        .collect();
    (survey, readings)
}

fn said(hits: &[Hit]) -> Vec<(&'static str, &'static str, &'static str)> {
    hits.iter()
        .map(|h| (h.rule.as_str(), h.variant, h.marks[0].field))
        .collect()
}

fn file(lines: &[&str]) -> String {
    let mut all = vec!["LEDES1998B[]", HEADER];
    all.extend(lines);
    all.join("\n") + "\n"
}

#[test]
fn a_good_file_is_read_without_a_word() {
    let (survey, readings) = look(&file(&[LINE]));
    assert_eq!(said(&survey.file.hits), []);
    assert_eq!(survey.encoding, "ascii");
    let invoice = &readings[0].invoice;
    assert_eq!(said(&readings[0].hits.hits), []);
    assert_eq!(invoice.get(invoice.number), "AW-1");
    assert_eq!(invoice.lines.len(), 1);
    assert_eq!(invoice.total.get(), invoice.lines[0].total.get());
    assert_eq!(invoice.get(invoice.lines[0].description), "Draft answer");
}

#[test]
fn one_bad_cell_leaves_the_others() {
    let bad = LINE
        .replace("|1.00|", "|$1.00|")
        .replace("|20260304|", "|2026-03-04|");
    let (_, readings) = look(&file(&[&bad]));
    assert_eq!(
        said(&readings[0].hits.hits),
        [
            ("invalid-number", "", "LINE_ITEM_NUMBER_OF_UNITS"),
            ("invalid-date", "other-form", "LINE_ITEM_DATE"),
        ]
    );
    let line = &readings[0].invoice.lines[0];
    assert!(line.units.is_unreadable());
    assert!(line.total.get().is_some());
}

#[test]
fn a_pipe_in_the_narrative_is_seen_and_the_record_read() {
    let bad = LINE.replace("Draft answer", "Draft answer | second part");
    let (_, readings) = look(&file(&[&bad]));
    assert_eq!(
        said(&readings[0].hits.hits),
        [("field-count", "pipe-in-text", "LINE_ITEM_DESCRIPTION")]
    );
    let invoice = &readings[0].invoice;
    assert_eq!(
        invoice.get(invoice.lines[0].description),
        "Draft answer | second part"
    );
}

#[test]
fn a_line_break_in_the_narrative_is_said_once_and_the_record_read() {
    let bad = LINE.replace("Draft answer", "Draft\nanswer");
    let (_, readings) = look(&file(&[&bad, &LINE.replace("|1|F|", "|2|F|")]));
    assert_eq!(readings.len(), 1);
    assert_eq!(
        said(&readings[0].hits.hits),
        [("embedded-line-break", "", "LINE_ITEM_DESCRIPTION")]
    );
    assert_eq!(readings[0].invoice.lines.len(), 2);
}

#[test]
fn a_record_with_too_few_fields_is_kept_as_unread() {
    let (_, readings) = look(&file(&[LINE, "20260331|AW-1|SF01[]"]));
    assert_eq!(said(&readings[0].hits.hits), [("field-count", "", "")]);
    assert_eq!(readings[0].invoice.unread.len(), 1);
}

#[test]
fn a_missing_terminator_is_one_finding_and_the_fields_are_read() {
    let (_, readings) = look(&file(&[LINE.trim_end_matches("[]")]));
    assert_eq!(said(&readings[0].hits.hits), [("line-terminator", "", "")]);
    assert_eq!(readings[0].invoice.lines.len(), 1);
}

#[test]
fn two_swapped_columns_are_read_by_name() {
    let header = HEADER
        .replace("TIMEKEEPER_NAME|", "@|")
        .replace("LAW_FIRM_ID", "TIMEKEEPER_NAME")
        .replace("@|", "LAW_FIRM_ID|");
    let line = LINE.replace("|98-1|300.00|Birch, Ada|", "|Birch, Ada|300.00|98-1|");
    let (survey, readings) = look(&format!("LEDES1998B[]\n{header}\n{line}\n"));
    assert_eq!(
        said(&survey.file.hits),
        [("header", "order", "LAW_FIRM_ID")]
    );
    assert_eq!(said(&readings[0].hits.hits), []);
    let invoice = &readings[0].invoice;
    assert_eq!(invoice.get(invoice.firm.law_firm_id), "98-1");
}

#[test]
fn lines_of_two_invoices_may_be_mixed() {
    let line = LINE.replace("M-1|300.00", "M-1|600.00");
    let other = LINE.replace("AW-1", "AW-2");
    let second = line.replace("|1|F|", "|2|F|");
    let (_, readings) = look(&file(&[&line, &other, &second]));
    assert_eq!(readings.len(), 2);
    assert_eq!(readings[0].invoice.lines.len(), 2);
    assert_eq!(
        said(&readings[0].hits.hits),
        [("invoice-not-adjacent", "", "INVOICE_NUMBER")]
    );
}

#[test]
fn two_complete_invoices_under_one_number_are_two() {
    let other = LINE.replace("AW-1", "AW-2");
    let (_, readings) = look(&file(&[LINE, &other, LINE]));
    assert_eq!(readings.len(), 3);
    assert_eq!(
        said(&readings[2].hits.hits),
        [("duplicate-invoice-number", "", "INVOICE_NUMBER")]
    );
}

#[test]
fn other_encodings_are_read_and_named() {
    let mut bytes = file(&[&LINE.replace("answer", "answer@s")]).into_bytes();
    let at = bytes.iter().position(|b| *b == b'@').expect("marked");
    bytes[at] = 0x92;
    let source = Source::of_bytes(&bytes).expect("a temporary file");
    let survey = survey(&source).expect("readable");
    assert_eq!(survey.encoding, "windows-1252");
    assert_eq!(said(&survey.file.hits), []);
    let reading = survey.invoices.read(0).expect("readable");
    assert_eq!(
        said(&reading.hits.hits),
        [("encoding", "field", "LINE_ITEM_DESCRIPTION")]
    );
}

#[test]
fn nothing_below_the_header_is_said() {
    let (survey, readings) = look(&file(&[]));
    assert!(readings.is_empty());
    assert_eq!(said(&survey.file.hits), [("no-line-items", "", "")]);
}

#[test]
fn a_signature_of_another_format_is_decided_by_the_header() {
    let (survey, _) = look(&format!("LEDES98BI V2[]\n{HEADER}\n{LINE}\n"));
    assert_eq!(said(&survey.file.hits), [("signature", "disagrees", "")]);
    assert_eq!(survey.format, Some(crate::model::LedesFormat::L1998B));
}

#[test]
fn a_file_without_signature_and_terminators_is_read() {
    let header = HEADER.trim_end_matches("[]");
    let line = LINE.trim_end_matches("[]");
    let (survey, readings) = look(&format!("{header}\n{line}"));
    assert_eq!(
        said(&survey.file.hits),
        [("line-terminator", "", ""), ("signature", "missing", "")]
    );
    assert_eq!(said(&readings[0].hits.hits), [("line-terminator", "", "")]);
}

#[test]
fn a_column_of_the_files_own_is_kept_with_its_line() {
    let header = HEADER.replace("CLIENT_MATTER_ID[]", "CLIENT_MATTER_ID|OFFICE[]");
    let line = LINE.replace("SF-9[]", "SF-9|Bristol[]");
    let (survey, readings) = look(&format!("LEDES1998B[]\n{header}\n{line}\n"));
    assert_eq!(said(&survey.file.hits), [("header", "count", "")]);
    let invoice = &readings[0].invoice;
    let detail = invoice.lines[0].detail.as_ref().expect("a column kept");
    let kept = &detail.extensions[0];
    assert_eq!(
        (kept.name.as_str(), &*invoice.get(kept.value)),
        ("OFFICE", "Bristol")
    );
}
