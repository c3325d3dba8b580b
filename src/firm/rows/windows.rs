//! Windows: how long something may be sent to a client, and how that is counted.

use super::{ANY_CLIENT, Row, may, must};
use crate::firm::cells::Cells;
use crate::firm::table::Column;
use crate::model::lists::{DayUnit, Numbering, StartsAt, Window, WindowKind};

impl Row for Window {
    const LIST: &'static str = "windows";
    const TITLE: &'static str =
        "How long clients take appeals, corrected invoices and answers, by portal and contract";
    const COLUMNS: &'static [Column] = &[
        ANY_CLIENT,
        may(
            "portal",
            "the portal; blank: whichever the client uses",
            "Acuity",
        ),
        must("kind", "appeal, resubmission or dispute", "appeal"),
        may(
            "from",
            "first day of the contract it stands in",
            "2026-01-01",
        ),
        must("length", "how many days", "60"),
        must("unit", "calendar days or business days", "calendar days"),
        must(
            "starts_at",
            "adjusted, rejected, notified (the firm heard of it), paid (the last payment) or approved",
            "paid",
        ),
        must(
            "time_zone",
            "where its days begin and end, by the tz database",
            "America/New_York",
        ),
        may(
            "cut_off",
            "time of the last day; blank: the end of that day",
            "17:00",
        ),
        may(
            "holidays",
            "calendar of the list holidays; blank: its rows that hold for all",
            "us-federal",
        ),
        may("tries", "how many there are; blank: not said", "1"),
        may(
            "numbering",
            "same, new, or suffix:TEXT; blank: the portal's own rule",
            "suffix:S",
        ),
        may(
            "if_holiday",
            "stays, or next business day: what holds where the last day is no day of work; blank: stays",
            "stays",
        ),
        may("source", "where it is written", "Engagement terms, 7.2"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        const KINDS: &[(&str, WindowKind)] = &[
            ("appeal", WindowKind::Appeal),
            ("resubmission", WindowKind::Resubmission),
            ("dispute", WindowKind::Dispute),
        ];
        const UNITS: &[(&str, DayUnit)] = &[
            ("calendar days", DayUnit::Calendar),
            ("business days", DayUnit::Business),
        ];
        const STARTS: &[(&str, StartsAt)] = &[
            ("adjusted", StartsAt::Adjusted),
            ("rejected", StartsAt::Rejected),
            ("notified", StartsAt::Notified),
            ("paid", StartsAt::Paid),
            ("approved", StartsAt::Approved),
        ];
        const MOVED: &[(&str, bool)] = &[("stays", false), ("next business day", true)];
        Self {
            client_id: cells.text("client_id"),
            portal: cells.text("portal"),
            kind: cells.needed_word("kind", KINDS).unwrap_or_default(),
            from: cells.date("from"),
            length: cells.needed_days("length"),
            unit: cells.needed_word("unit", UNITS).unwrap_or_default(),
            starts_at: cells.needed_word("starts_at", STARTS).unwrap_or_default(),
            time_zone: cells.needed_time_zone("time_zone"),
            cut_off: cells.time("cut_off"),
            holidays: cells.text("holidays"),
            tries: cells.number("tries", 1, 99),
            numbering: numbering(cells),
            moved: cells.word("if_holiday", MOVED).unwrap_or_default(),
            source: cells.text("source"),
        }
    }
}

fn numbering(cells: &mut Cells<'_>) -> Numbering {
    // A blank before the text of a suffix belongs to it: Collaborati writes "123 appeal".
    let text = cells.untrimmed("numbering");
    if let Some(suffix) = text.trim_start().strip_prefix("suffix:")
        && !suffix.trim().is_empty()
    {
        return Numbering::Suffix(suffix.trim_end().to_owned());
    }
    match text.trim() {
        "" => Numbering::OfPortal,
        "same" => Numbering::Same,
        "new" => Numbering::New,
        _ => {
            cells.not_understood("numbering", "is none; write same, new or suffix:TEXT");
            Numbering::OfPortal
        }
    }
}
