//! How often an invoice goes back and forth.

use super::Asked;
use super::by::of_invoice;
use super::heading::Heading;
use super::shape::{Column, Report};
use super::tally::Tally;
use crate::workflow::Chronicle;
use rust_decimal::Decimal;

const INVOICES: usize = 1;
const RETURNS: usize = 2;
const PER_INVOICE: usize = 3;
const NOTES: usize = 4;
const VERSIONS: usize = 6;
const SENT: usize = 8;

/// Returns, notes, versions, tries.
pub fn report(told: &Chronicle, asked: &Asked<'_>) -> Report {
    let columns = vec![
        Column::text(asked.by.name(), asked.by.title()),
        Column::count("invoices", "Invoices"),
        Column::count("returns", "Lines returned"),
        Column::ratio("returns_per_invoice", "For each invoice", RETURNS, INVOICES),
        Column::count("review_notes", "Review notes"),
        Column::ratio("notes_per_invoice", "For each invoice", NOTES, INVOICES),
        Column::count("versions", "Versions"),
        Column::ratio(
            "versions_per_invoice",
            "For each invoice",
            VERSIONS,
            INVOICES,
        ),
        Column::count("times_sent", "Times sent"),
    ];
    let mut tally = Tally::new(columns, &told.invoices);
    for (at, life) in told.invoices.iter().enumerate() {
        if !life.bills() || !asked.period.holds(life.taken_ms) {
            continue;
        }
        let key = of_invoice(asked.by, life, life.taken_ms, asked.lists);
        for (column, value) in [
            (INVOICES, Decimal::ONE),
            (RETURNS, Decimal::from(life.returns)),
            (NOTES, Decimal::from(life.notes)),
            (VERSIONS, Decimal::from(life.versions)),
            (SENT, Decimal::from(life.rounds.len())),
        ] {
            tally.add(&key, "", at, column, &life.id, value);
        }
    }
    Heading {
        name: "rework",
        title: "Rework",
        counts: "Invoices that came in the period. Review notes: lines returned, comments, findings set aside and write-downs \
                 proposed; versions: files and changes the firm made; times sent: versions that left for the portal.",
        largest: RETURNS,
        chart: ("Lines returned, for each invoice", PER_INVOICE),
    }
    .over(asked, tally, Vec::new())
}
