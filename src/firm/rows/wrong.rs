//! Findings that somebody marked as false alarms.

use super::{Row, may, must};
use crate::firm::cells::Cells;
use crate::firm::table::Column;
use crate::model::lists::WrongFinding;

impl Row for WrongFinding {
    const LIST: &'static str = "wrong";
    const TITLE: &'static str = "Findings that are false alarms (cleanbill wrong adds them)";
    const COLUMNS: &'static [Column] = &[
        must(
            "fingerprint",
            "the finding's fingerprint",
            "0f3a9c2e77b1d460",
        ),
        may("rule", "its rule", "vague-narrative"),
        may("invoice_number", "the invoice it was about", "AW-2041"),
        must(
            "reason",
            "why it is a false alarm",
            "the exhibit is named by its number",
        ),
        must("marked_by", "who says so", "A. Quillfeather"),
        must("marked_on", "when", "2026-04-02"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            fingerprint: cells.needed("fingerprint"),
            rule: cells.text("rule"),
            invoice_number: cells.text("invoice_number"),
            reason: cells.needed("reason"),
            marked_by: cells.needed("marked_by"),
            marked_on: cells.needed_date("marked_on"),
        }
    }
}
