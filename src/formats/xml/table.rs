//! The field tables of the XML formats (`rules/formats/ledes-xml-2.csv`, `ledes-2000.csv`), read once.
//!
//! One row is one element of a segment: `type` is what may stand in it, `width` the characters it may have,
//! `since` the version that brought it, `place` its rank in the schema's order (empty: any), `also` other names
//! that are taken without a word, `misnamed` names that are wrong but certain, `spelt_in_2.0` the name of version 2.0
//! where that differs (the rows stand in the order files are written in). Where a cell differs between
//! versions it holds the three of 2.0, 2.1 and 2.2 with slashes.

use super::names::Name;
use crate::model::LedesFormat;
use std::sync::OnceLock;

/// What may stand in an element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Words.
    Text,
    /// An amount, a number of units: 4 decimals.
    Number,
    /// A tax or exchange rate: 10 decimals.
    Rate,
    /// file_item_nbr.
    Item,
    /// A day.
    Date,
    /// ISO 3166-1, two or three letters.
    Country,
    /// One of these, and nothing else.
    List(&'static str),
    /// One of these, but the published list may go on.
    OpenList(&'static str),
    /// `charge_type` of LEDES 2000, whose defect has a name of its own.
    Charge(&'static str),
    /// Elements of this segment.
    Segment(Name),
}

/// One element of a segment.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its proper name.
    pub name: Name,
    /// What may stand in it.
    pub kind: Kind,
    /// Characters, by version; 0 where no width is known.
    pub width: [u16; 3],
    /// Whether it must be there, by version.
    pub required: [bool; 3],
    /// The first version that has it (0, 1, 2).
    pub since: u8,
    /// Rank in the schema's order; 0 where it may stand anywhere.
    pub place: u8,
    /// May stand more than once.
    pub many: bool,
    /// What it is called in 2.0, where that differs.
    pub spelt_in_20: Option<Name>,
}

/// How an element's name leads to its row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// The row, by a name it may have.
    Row(u8),
    /// The row, by a name that is wrong but certain.
    Misnamed(u8),
    /// The segment has no such element.
    Unknown,
}

const NAMES: usize = Name::ALL.len();
const MISNAMED: u8 = 0x80;
const NONE: u8 = 0x7f;

/// The elements of a segment.
#[derive(Debug)]
pub struct Segment {
    /// In the schema's order.
    pub rows: Vec<Row>,
    /// Elements that are not in the table are taken without a word: their names could not be established.
    pub open: bool,
    by_name: [u8; NAMES],
}

impl Segment {
    /// The row of an element.
    pub fn find(&self, name: Name) -> Found {
        match self.by_name[name as usize] {
            NONE => Found::Unknown,
            row if row & MISNAMED != 0 => Found::Misnamed(row & !MISNAMED),
            row => Found::Row(row),
        }
    }
}

/// The segments of a family of formats.
#[derive(Debug)]
pub struct Table {
    segments: Vec<Option<Segment>>,
}

impl Table {
    /// The table of a format.
    pub fn of(format: LedesFormat) -> &'static Self {
        static XML2: OnceLock<Table> = OnceLock::new();
        static XML2000: OnceLock<Table> = OnceLock::new();
        if format == LedesFormat::L2000 {
            XML2000
                .get_or_init(|| Self::parse(include_str!("../../../rules/formats/ledes-2000.csv")))
        } else {
            XML2.get_or_init(|| Self::parse(include_str!("../../../rules/formats/ledes-xml-2.csv")))
        }
    }

    /// The segment of this name.
    pub fn segment(&self, name: Name) -> Option<&Segment> {
        self.segments[name as usize].as_ref()
    }

    /// Whether any segment has an element of this name, properly or by mistake.
    pub fn knows(&self, name: Name) -> bool {
        self.segments
            .iter()
            .flatten()
            .any(|s| s.find(name) != Found::Unknown)
    }

    /// Reads a table. Rows with a name that [`Name`] lacks are left out; a test holds that there are none.
    fn parse(csv: &'static str) -> Self {
        let mut segments: Vec<Option<Segment>> = (0..NAMES).map(|_| None).collect();
        for line in csv.lines().skip(1) {
            let cells: Vec<&'static str> = line.split(',').collect();
            let cell = |i: usize| cells.get(i).copied().unwrap_or("");
            let Some(owner) = Name::of(cell(0)) else {
                continue;
            };
            let segment = segments[owner as usize].get_or_insert_with(|| Segment {
                rows: Vec::new(),
                open: false,
                by_name: [NONE; NAMES],
            });
            if cell(1) == "*" {
                segment.open = true;
                continue;
            }
            let Some(name) = Name::of(cell(1)) else {
                continue;
            };
            let since = version(cell(5));
            let required = cell(4) == "yes";
            let index = segment.rows.len() as u8;
            segment.by_name[name as usize] = index;
            for also in cell(8).split_whitespace().filter_map(Name::of) {
                segment.by_name[also as usize] = index;
            }
            for wrong in cell(9).split_whitespace().filter_map(Name::of) {
                segment.by_name[wrong as usize] = index | MISNAMED;
            }
            segment.rows.push(Row {
                name,
                kind: kind(cell(2)),
                width: widths(cell(3)),
                required: [0, 1, 2].map(|v| required && v >= since),
                since,
                place: cell(6).parse().unwrap_or(0),
                many: cell(7) == "many",
                spelt_in_20: Name::of(cell(10)),
            });
        }
        Self { segments }
    }
}

fn version(text: &str) -> u8 {
    match text {
        "2.1" => 1,
        "2.2" => 2,
        _ => 0,
    }
}

fn widths(text: &str) -> [u16; 3] {
    let mut each = text.split('/').map(|w| w.parse().unwrap_or(0));
    let first = each.next().unwrap_or(0);
    let second = each.next().unwrap_or(first);
    [first, second, each.next().unwrap_or(second)]
}

fn kind(text: &'static str) -> Kind {
    let (word, rest) = text.rsplit_once(' ').unwrap_or((text, ""));
    match word {
        "number" => Kind::Number,
        "rate" => Kind::Rate,
        "item" => Kind::Item,
        "date" => Kind::Date,
        "country" => Kind::Country,
        "list" => Kind::List(rest),
        "open list" => Kind::OpenList(rest),
        "charge" => Kind::Charge(rest),
        "segment" => Name::of(rest).map_or(Kind::Text, Kind::Segment),
        _ => Kind::Text,
    }
}

/// The version's index in [`Row::width`] and [`Row::required`].
pub fn index_of(format: LedesFormat) -> usize {
    match format {
        LedesFormat::Xml21 => 1,
        LedesFormat::Xml22 => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_both_tables_is_read() {
        for (format, csv) in [
            (
                LedesFormat::Xml22,
                include_str!("../../../rules/formats/ledes-xml-2.csv"),
            ),
            (
                LedesFormat::L2000,
                include_str!("../../../rules/formats/ledes-2000.csv"),
            ),
        ] {
            let table = Table::of(format);
            for line in csv.lines().skip(1) {
                let cells: Vec<_> = line.split(',').collect();
                assert_eq!(cells.len(), 11, "{line}");
                let owner = Name::of(cells[0]).expect(line);
                let segment = table.segment(owner).expect(line);
                if cells[1] == "*" {
                    assert!(segment.open);
                    continue;
                }
                let name = Name::of(cells[1]).expect(line);
                let Found::Row(row) = segment.find(name) else {
                    panic!("{line}");
                };
                let row = &segment.rows[row as usize];
                assert_eq!(row.name, name);
                if row.kind == Kind::Text {
                    assert_eq!(cells[2], "text", "{line}");
                }
                if let Kind::Segment(inner) = row.kind {
                    assert!(table.segment(inner).is_some(), "{line}");
                }
                for other in cells[8]
                    .split_whitespace()
                    .chain(cells[9].split_whitespace())
                {
                    assert!(Name::of(other).is_some(), "{line}");
                }
            }
        }
    }

    #[test]
    fn widths_and_requirements_follow_the_version() {
        let firm = Table::of(LedesFormat::Xml21)
            .segment(Name::firm)
            .expect("firm");
        let Found::Row(row) = firm.find(Name::lf_name) else {
            panic!("lf_name");
        };
        assert_eq!(firm.rows[row as usize].width, [60, 120, 120]);
        let tax = Table::of(LedesFormat::Xml21)
            .segment(Name::tax)
            .expect("tax");
        let Found::Row(row) = tax.find(Name::tax_tiers) else {
            panic!("tax_tiers");
        };
        assert_eq!(tax.rows[row as usize].required, [false, false, true]);
        assert_eq!(
            tax.find(Name::taxing_jurisdiction),
            tax.find(Name::taxing_jurisdiction_country)
        );
    }
}
