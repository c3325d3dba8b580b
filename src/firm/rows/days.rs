//! Holidays, and clients' cut-off days.

use super::{CLIENT, Row, may, must};
use crate::firm::cells::Cells;
use crate::firm::table::Column;
use crate::model::lists::{CutOff, Holiday};

impl Row for Holiday {
    const LIST: &'static str = "holidays";
    const TITLE: &'static str = "Days on which a court, client or country does not work";
    const COLUMNS: &'static [Column] = &[
        may(
            "calendar",
            "the calendar it belongs to; blank: all",
            "us-federal",
        ),
        must("date", "the day", "2026-07-03"),
        may("name", "its name", "Independence Day (observed)"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            calendar: cells.text("calendar"),
            date: cells.needed_date("date"),
            name: cells.text("name"),
        }
    }
}

impl Row for CutOff {
    const LIST: &'static str = "cut_offs";
    const TITLE: &'static str = "The last day on which a client takes invoices of a period";
    const COLUMNS: &'static [Column] = &[
        CLIENT,
        may("period_start", "first day of the period", "2026-11-01"),
        may("period_end", "last day of the period", "2026-11-30"),
        must("submit_by", "the last day for invoices", "2026-12-10"),
        may("note", "why", "year-end close"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("period_start", "period_end");
        Self {
            client_id: cells.needed("client_id"),
            period_start: cells.date("period_start"),
            period_end: cells.date("period_end"),
            submit_by: cells.needed_date("submit_by"),
            note: cells.text("note"),
        }
    }
}
