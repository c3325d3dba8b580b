//! Invoices to send, invented here.

use std::fmt::Write;

const COLUMNS: &str = "INVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|\
    BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|\
    LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|\
    LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|\
    TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID";

/// A 1998B invoice of three fees and an expense, 1,270.00 in all.
pub fn pipe(number: &str) -> String {
    with(number, "98-7654321", "BW-1", "1270.00", 0)
}

/// The same of another firm, matter or total, and with more fees of 0.
pub fn with(number: &str, firm: &str, matter: &str, total: &str, more: usize) -> String {
    let columns: String = COLUMNS.split_whitespace().collect();
    let mut text = format!("LEDES1998B[]\r\n{columns}[]\r\n");
    let head = format!("20260331|{number}|BWC01|2026-0117|{total}|20260301|20260331|March 2026");
    let fees = [
        ("1", "1.00", "300.00"),
        ("2", "2.00", "600.00"),
        ("3", "1.00", "300.00"),
    ];
    for (line, units, amount) in fees {
        let _ = write!(
            text,
            "{head}|{line}|F|{units}||{amount}|20260304|L120||A104|042|Review of carrier's file|{firm}|300.00|\
             Quillfeather, Ada|PARTNR|{matter}[]\r\n"
        );
    }
    let _ = write!(
        text,
        "{head}|4|E|1||70.00|20260309||E107||042|Courier to court|{firm}|70.00|Quillfeather, Ada|PARTNR|{matter}[]\r\n"
    );
    for n in 0..more {
        let _ = write!(
            text,
            "{head}|{}|F|0.00||0.00|20260310|L120||A104|042|No charge|{firm}|300.00|Quillfeather, Ada|PARTNR|{matter}[]\r\n",
            n + 5
        );
    }
    text
}

/// A file of `fixtures/clean`.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/fixtures/clean/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("a fixture")
}
