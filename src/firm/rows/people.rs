//! Timekeepers, and the names portals know them by.

use super::{ANY_CLIENT, Row, may, must};
use crate::firm::cells::Cells;
use crate::firm::table::Column;
use crate::model::lists::{FirmTimekeeper, TimekeeperName};

impl Row for FirmTimekeeper {
    const LIST: &'static str = "timekeepers";
    const TITLE: &'static str = "Timekeepers: class and year of admission";
    const COLUMNS: &'static [Column] = &[
        must(
            "timekeeper_id",
            "TIMEKEEPER_ID as invoices write it",
            "0042",
        ),
        must("last_name", "last name", "Wren"),
        may("first_name", "first name", "Isolde"),
        may(
            "timekeeper_classification",
            "PARTNR, ASSOC, PARALEGAL, ...",
            "PARTNR",
        ),
        may("admission_year", "year of first admission", "2009"),
        may("from", "first day with the firm", "2012-09-01"),
        may("until", "last day with the firm", ""),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("from", "until");
        Self {
            timekeeper_id: cells.needed("timekeeper_id"),
            last_name: cells.needed("last_name"),
            first_name: cells.text("first_name"),
            timekeeper_classification: cells.text("timekeeper_classification"),
            admission_year: cells.year("admission_year"),
            from: cells.date("from"),
            until: cells.date("until"),
        }
    }
}

impl Row for TimekeeperName {
    const LIST: &'static str = "names";
    const TITLE: &'static str = "Timekeepers as each portal knows them";
    const COLUMNS: &'static [Column] = &[
        must("timekeeper_id", "the firm's id", "0042"),
        must("portal", "the portal", "TyMetrix 360"),
        ANY_CLIENT,
        may("portal_timekeeper_id", "the id there", "IWREN"),
        may("portal_name", "the name there", "Wren, Isolde"),
        may("portal_role", "the role there", "Partner"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            timekeeper_id: cells.needed("timekeeper_id"),
            portal: cells.needed("portal"),
            client_id: cells.text("client_id"),
            portal_timekeeper_id: cells.text("portal_timekeeper_id"),
            portal_name: cells.text("portal_name"),
            portal_role: cells.text("portal_role"),
        }
    }
}
