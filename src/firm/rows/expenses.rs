//! What expenses are judged by: vendors, mileage, lodging, receipts.

use super::{ANY_CLIENT, CURRENCY, FROM, Row, UNTIL, may, must};
use crate::firm::cells::Cells;
use crate::firm::table::Column;
use crate::model::lists::{LodgingCap, Mileage, Receipt, Vendor};

impl Row for Vendor {
    const LIST: &'static str = "vendors";
    const TITLE: &'static str = "Approved vendors and experts";
    const COLUMNS: &'static [Column] = &[
        ANY_CLIENT,
        must(
            "vendor",
            "its name, as narratives write it",
            "Tidewater Reporting",
        ),
        may(
            "expense_codes",
            "codes it is approved for, between semicolons; blank: all",
            "E115",
        ),
        FROM,
        UNTIL,
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("from", "until");
        Self {
            client_id: cells.text("client_id"),
            vendor: cells.needed("vendor"),
            expense_codes: cells.texts("expense_codes"),
            from: cells.date("from"),
            until: cells.date("until"),
        }
    }
}

impl Row for Mileage {
    const LIST: &'static str = "mileage";
    const TITLE: &'static str = "The official price of a mile or kilometre, by date";
    const COLUMNS: &'static [Column] = &[
        ANY_CLIENT,
        must("rate", "money a unit", "0.70"),
        may("unit", "mile or km", "mile"),
        CURRENCY,
        FROM,
        UNTIL,
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("from", "until");
        Self {
            client_id: cells.text("client_id"),
            rate: cells.needed_amount("rate"),
            unit: cells
                .word("unit", &[("mile", "mile"), ("km", "km")])
                .unwrap_or("mile")
                .to_owned(),
            currency: cells.text("currency"),
            from: cells.date("from"),
            until: cells.date("until"),
        }
    }
}

impl Row for LodgingCap {
    const LIST: &'static str = "lodging";
    const TITLE: &'static str = "The most a client pays for a night, by place";
    const COLUMNS: &'static [Column] = &[
        ANY_CLIENT,
        may("place", "blank: every place that is not named", "Boston"),
        must("max_per_night", "money a night", "310.00"),
        CURRENCY,
        FROM,
        UNTIL,
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("from", "until");
        Self {
            client_id: cells.text("client_id"),
            place: cells.text("place"),
            max_per_night: cells.needed_amount("max_per_night"),
            currency: cells.text("currency"),
            from: cells.date("from"),
            until: cells.date("until"),
        }
    }
}

impl Row for Receipt {
    const LIST: &'static str = "receipts";
    const TITLE: &'static str = "Receipts and vendors' bills on file";
    const COLUMNS: &'static [Column] = &[
        must("invoice_number", "the invoice it belongs to", "AW-2041"),
        must("line_item_number", "the line it belongs to", "3"),
        may("vendor", "who was paid", "Harbour Copy House"),
        must("amount", "what was paid", "23.60"),
        CURRENCY,
        may("file", "the file it is kept in", "receipts/AW-2041-3.pdf"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            invoice_number: cells.needed("invoice_number"),
            line_item_number: cells.needed("line_item_number"),
            vendor: cells.text("vendor"),
            amount: cells.needed_amount("amount"),
            currency: cells.text("currency"),
            file: cells.text("file"),
        }
    }
}
