//! The columns of each list, and how a row of it is read: one file for the lists about one thing.
//! Not here: files, and what lists mean.

mod agreed;
mod clients;
mod days;
mod expenses;
mod people;
mod windows;
mod wrong;

use super::cells::Cells;
use super::table::Column;
use crate::model::lists::Keyed;

/// A row of a list.
pub trait Row: Keyed + Sized {
    /// The list's name; its file is `NAME.csv`.
    const LIST: &'static str;
    /// What it is for.
    const TITLE: &'static str;
    /// Its columns, in the order of the template.
    const COLUMNS: &'static [Column];

    /// Reads a row.
    fn read(cells: &mut Cells<'_>) -> Self;
}

const fn must(name: &'static str, what: &'static str, example: &'static str) -> Column {
    Column {
        name,
        what,
        example,
        needed: true,
    }
}

const fn may(name: &'static str, what: &'static str, example: &'static str) -> Column {
    Column {
        name,
        what,
        example,
        needed: false,
    }
}

const FROM: Column = may("from", "first day", "2026-01-01");
const UNTIL: Column = may("until", "last day", "2026-12-31");
const CURRENCY: Column = may("currency", "ISO 4217", "USD");
const CLIENT: Column = must("client_id", "CLIENT_ID as invoices write it", "SMF01");
const ANY_CLIENT: Column = may("client_id", "CLIENT_ID; blank: every client", "SMF01");
const MATTER: Column = must("law_firm_matter_id", "the firm's number", "2026-0113");
const ANY_MATTER: Column = may(
    "law_firm_matter_id",
    "the firm's number; blank: every matter of the client",
    "2026-0113",
);
