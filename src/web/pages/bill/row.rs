//! A line of a bill.

use super::card::{Again, Card};
use crate::check::BillLine;
use crate::model::Field;
use crate::render::printable;
use crate::web::locale::Locale;

/// Of a line and of a finding without the words.
const LINE_BYTES: usize = 900;
const CARD_BYTES: usize = 1_300;

/// A value of a line.
#[derive(Default)]
pub(in crate::web::pages) struct Cell {
    pub(in crate::web::pages) text: String,
    /// A finding points at it.
    pub(in crate::web::pages) marked: bool,
}

/// A line.
#[derive(Default)]
pub(in crate::web::pages) struct Row {
    /// From 0, in the order of the file.
    pub(in crate::web::pages) index: usize,
    /// Its place on the page.
    pub(in crate::web::pages) anchor: String,
    pub(in crate::web::pages) item: String,
    pub(in crate::web::pages) href: String,
    pub(in crate::web::pages) class: &'static str,
    pub(in crate::web::pages) date: Cell,
    pub(in crate::web::pages) who: Cell,
    pub(in crate::web::pages) codes: Cell,
    pub(in crate::web::pages) text: Cell,
    pub(in crate::web::pages) units: Cell,
    pub(in crate::web::pages) rate: Cell,
    pub(in crate::web::pages) adjustment: Cell,
    pub(in crate::web::pages) tax: Cell,
    pub(in crate::web::pages) total: Cell,
    pub(in crate::web::pages) cards: Vec<Card>,
    pub(in crate::web::pages) again: Vec<Again>,
    /// Returned, commented, ...
    pub(in crate::web::pages) marks: Vec<&'static str>,
    pub(super) from: u32,
    pub(super) to: u32,
}

impl Row {
    pub(super) fn of(index: usize, line: &BillLine, locale: &Locale) -> Self {
        let shown = |text: &str| Cell {
            text: printable(text).into_owned(),
            marked: false,
        };
        let number = |text: &str| Cell {
            text: printable(&locale.number_of(text)).into_owned(),
            marked: false,
        };
        let kind = match line.kind.as_str() {
            "F" => "",
            "E" => "expense",
            "IF" => "fee adjustment",
            "IE" => "expense adjustment",
            other => other,
        };
        let codes = format!("{kind} {}", line.codes);
        let empty_zero = |text: &str| match text.trim_matches(['0', '.', '-']) {
            "" => Cell::default(),
            _ => number(text),
        };
        Self {
            index,
            anchor: format!("l{index}"),
            item: printable(&line.item).into_owned(),
            date: Cell {
                text: printable(&locale.day_of(&line.date)).into_owned(),
                marked: false,
            },
            who: shown(&line.timekeeper),
            codes: shown(codes.trim()),
            text: shown(&line.narrative),
            units: number(&line.units),
            rate: number(&line.unit_cost),
            adjustment: empty_zero(&line.adjustment),
            tax: empty_zero(&line.tax),
            total: number(&line.total),
            from: line.file_line,
            to: line.file_line_end,
            ..Self::default()
        }
    }

    /// What it weighs on a page, more or less.
    pub(super) fn bytes(&self) -> usize {
        let card = |c: &Card| {
            let told: usize = c.consequences.iter().map(String::len).sum();
            let words = [&c.message, &c.value, &c.help, &c.why, &c.source];
            CARD_BYTES + told + words.iter().map(|w| w.len()).sum::<usize>()
        };
        let again: usize = self.again.iter().map(|a| 120 + 2 * a.rule.len()).sum();
        let cards: usize = self.cards.iter().map(card).sum();
        LINE_BYTES + self.text.text.len() + again + cards
    }

    pub(super) fn cell(&mut self, field: Field) -> Option<&mut Cell> {
        Some(match field {
            Field::LineDate => &mut self.date,
            Field::TimekeeperId
            | Field::TimekeeperName
            | Field::TimekeeperFirstName
            | Field::TimekeeperLastName
            | Field::TimekeeperClassification => &mut self.who,
            Field::LineType
            | Field::ChargeType
            | Field::TaskCode
            | Field::ActivityCode
            | Field::ExpenseCode => &mut self.codes,
            Field::LineDescription => &mut self.text,
            Field::Units => &mut self.units,
            Field::UnitCost => &mut self.rate,
            Field::Adjustment => &mut self.adjustment,
            Field::TaxRate | Field::TaxTotal | Field::TaxType => &mut self.tax,
            Field::LineTotal | Field::BaseAmount => &mut self.total,
            _ => return None,
        })
    }
}
