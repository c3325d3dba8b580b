//! The field tables of 1998B and 1998BI, from `rules/formats/`.

use crate::formats::cells::Precision;
use crate::model::{Field, LineKind};
use std::sync::OnceLock;

/// How the cells of a column are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Date,
    Amount(Precision),
    Text,
    /// EXP/FEE/INV_ADJ_TYPE, which decides what the other fields need.
    Type,
}

/// Whose value a column repeats.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    Invoice,
    Matter,
    Line,
}

/// Line types, as a set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Types(u8);

impl Types {
    const EVERY: Self = Self(u8::MAX);

    fn bit(kind: Option<LineKind>) -> u8 {
        match kind {
            Some(LineKind::Fee) => 1,
            Some(LineKind::Expense) => 2,
            Some(LineKind::FeeAdjustment) => 4,
            Some(LineKind::ExpenseAdjustment) => 8,
            None => 16,
        }
    }

    /// A line of unknown type needs only what every type needs.
    pub fn contains(self, kind: Option<LineKind>) -> bool {
        self.0 & Self::bit(kind) != 0
    }

    fn of(words: &str) -> Self {
        if words == "*" {
            return Self::EVERY;
        }
        let bits = words
            .split_whitespace()
            .filter_map(LineKind::of_code)
            .map(|kind| Self::bit(Some(kind)));
        Self(bits.fold(0, |all, bit| all | bit))
    }
}

/// One column of a format.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: &'static str,
    pub field: Field,
    pub kind: Kind,
    /// Characters; longer is refused.
    pub max: usize,
    /// Characters; longer is refused by some receivers.
    pub soft_max: usize,
    pub needed: Types,
    pub recommended: Types,
    pub level: Level,
}

fn parse(csv_text: &'static str) -> Vec<Column> {
    csv_text
        .lines()
        .skip(1)
        .filter_map(|row| {
            let cells: Vec<&'static str> = row.split(',').collect();
            let [
                _,
                name,
                kind,
                max,
                soft_max,
                digits,
                decimals,
                needed,
                recommended,
                level,
            ] = cells[..]
            else {
                return None;
            };
            let number = |text: &str| text.parse().unwrap_or(usize::MAX);
            Some(Column {
                name,
                field: Field::of_column(name)?,
                kind: match kind {
                    "date" => Kind::Date,
                    "amount" => Kind::Amount(Precision {
                        digits: number(digits),
                        decimals: number(decimals),
                    }),
                    "type" => Kind::Type,
                    _ => Kind::Text,
                },
                max: number(max),
                soft_max: number(soft_max),
                needed: Types::of(needed),
                recommended: Types::of(recommended),
                level: match level {
                    "invoice" => Level::Invoice,
                    "matter" => Level::Matter,
                    _ => Level::Line,
                },
            })
        })
        .collect()
}

/// The 24 columns of 1998B.
pub fn ledes_1998b() -> &'static [Column] {
    static TABLE: OnceLock<Vec<Column>> = OnceLock::new();
    TABLE.get_or_init(|| parse(include_str!("../../../rules/formats/ledes-1998b.csv")))
}

/// The 52 columns of 1998BI.
pub fn ledes_1998bi() -> &'static [Column] {
    static TABLE: OnceLock<Vec<Column>> = OnceLock::new();
    TABLE.get_or_init(|| parse(include_str!("../../../rules/formats/ledes-1998bi.csv")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_read_whole() {
        assert_eq!(ledes_1998b().len(), 24);
        assert_eq!(ledes_1998bi().len(), 52);
        for (short, long) in ledes_1998b().iter().zip(ledes_1998bi()) {
            assert_eq!(short.name, long.name);
        }
        assert!(ledes_1998b()[17].needed.contains(Some(LineKind::Fee)));
        assert!(!ledes_1998b()[17].needed.contains(None));
        assert!(ledes_1998b()[0].needed.contains(None));
    }
}
