//! Adds up what things add to the rows they stand in: each thing once in a row, and once in a total, however many rows it
//! stands in. Amounts of different currencies are never added.

use super::shape::{Behind, Cell, Column, Kind, Row, Sum, Total, shares};
use crate::store::InvoiceRow;
use crate::workflow::{Life, Receivable};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// What a row is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Key {
    /// By which it is named on the command line.
    pub id: String,
    /// How people read it.
    pub label: String,
}

impl Key {
    /// A key that reads as it is named.
    pub fn plain(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            label: id.to_owned(),
        }
    }

    /// A key that reads otherwise.
    pub fn labelled(id: &str, label: String) -> Self {
        Self {
            id: id.to_owned(),
            label,
        }
    }
}

/// Which rows come first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// The largest of a column.
    Largest(usize),
    /// By their key.
    Key,
}

/// What a thing adds to a column, in one currency.
#[derive(Clone, Debug)]
struct Part {
    key: Option<Key>,
    currency: String,
    invoice: usize,
    column: usize,
    thing: String,
    value: Decimal,
}

/// What stands behind a row: an invoice.
pub trait Counted {
    /// The invoice, with what it adds.
    fn behind(&self, cells: Vec<Cell>) -> Behind;
    /// INVOICE_NUMBER.
    fn number(&self) -> &str;
}

impl Counted for Life {
    fn behind(&self, cells: Vec<Cell>) -> Behind {
        Behind {
            id: self.id.clone(),
            number: self.number.clone(),
            client: self.client.clone(),
            matter: self.matter.clone(),
            partner: self.partner.clone(),
            portal: self.portal.clone(),
            state: self.state.name().to_owned(),
            cells,
        }
    }

    fn number(&self) -> &str {
        &self.number
    }
}

impl Counted for InvoiceRow {
    fn behind(&self, cells: Vec<Cell>) -> Behind {
        Behind {
            id: self.id.clone(),
            number: self.number.clone(),
            client: self.client.clone(),
            matter: self.matter.clone(),
            partner: self.partner.clone(),
            portal: self.portal.clone(),
            state: self.state.clone(),
            cells,
        }
    }

    fn number(&self) -> &str {
        &self.number
    }
}

impl Counted for Receivable {
    fn behind(&self, cells: Vec<Cell>) -> Behind {
        self.invoice.behind(cells)
    }

    fn number(&self) -> &str {
        self.invoice.number()
    }
}

/// Parts of rows.
pub struct Tally<'a, T = Life> {
    columns: Vec<Column>,
    invoices: &'a [T],
    parts: Vec<Part>,
}

/// A quantile of a column of days: of so many in a hundred.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quantile(pub u32);

/// The smallest value that is not below `percent` of all; by nearest rank.
pub fn quantile(mut all: Vec<Decimal>, percent: u32) -> Option<Decimal> {
    all.sort_unstable();
    let rank = (all.len() * percent as usize).div_ceil(100).max(1);
    all.get(rank - 1).copied()
}

/// The quantile a column of days shows, by its name.
fn quantile_of(column: &Column) -> Option<u32> {
    match column.kind {
        Kind::Days if column.name.ends_with("_p90") => Some(90),
        Kind::Days if column.name.ends_with("_median") => Some(50),
        _ => None,
    }
}

impl<'a, T: Counted> Tally<'a, T> {
    /// Columns to be filled, the first of which names the row.
    pub fn new(columns: Vec<Column>, invoices: &'a [T]) -> Self {
        Self {
            columns,
            invoices,
            parts: Vec::new(),
        }
    }

    /// A thing of an invoice adds so much to a column of a row. The same thing adds to a column only once.
    pub fn add(
        &mut self,
        key: &Key,
        currency: &str,
        invoice: usize,
        column: usize,
        thing: &str,
        value: impl Into<Decimal>,
    ) {
        self.parts.push(Part {
            key: Some(key.clone()),
            currency: currency.to_owned(),
            invoice,
            column,
            thing: thing.to_owned(),
            value: value.into(),
        });
    }

    /// What every row of a currency is held against.
    pub fn base(
        &mut self,
        currency: &str,
        invoice: usize,
        column: usize,
        thing: &str,
        value: impl Into<Decimal>,
    ) {
        self.parts.push(Part {
            key: None,
            currency: currency.to_owned(),
            invoice,
            column,
            thing: thing.to_owned(),
            value: value.into(),
        });
    }

    /// The cells that parts come to.
    fn cells<'p>(&self, label: Cell, parts: impl Iterator<Item = &'p Part>) -> Vec<Cell> {
        let mut seen: BTreeSet<(usize, &str)> = BTreeSet::new();
        let mut by_column: BTreeMap<usize, Vec<Decimal>> = BTreeMap::new();
        for part in parts {
            if seen.insert((part.column, &part.thing)) {
                by_column.entry(part.column).or_default().push(part.value);
            }
        }
        let mut cells = vec![label];
        for (place, column) in self.columns.iter().enumerate().skip(1) {
            let values = by_column.remove(&place).unwrap_or_default();
            cells.push(match (column.total, quantile_of(column)) {
                (Total::Share(..), _) => Cell::Empty,
                (_, Some(percent)) => quantile(values, percent).map_or(Cell::Empty, Cell::Number),
                _ => Cell::Number(
                    values
                        .into_iter()
                        .fold(Decimal::ZERO, Decimal::saturating_add),
                ),
            });
        }
        shares(&self.columns, &mut cells);
        cells
    }

    /// Rows with the invoices behind them, and totals.
    pub fn rows(self, order: Order) -> (Vec<Column>, Vec<Row>, Vec<Sum>) {
        let mut groups: BTreeMap<(&str, &Key), Vec<&Part>> = BTreeMap::new();
        let mut bases: BTreeMap<&str, Vec<&Part>> = BTreeMap::new();
        let mut wholes: BTreeMap<&str, Vec<&Part>> = BTreeMap::new();
        for part in &self.parts {
            let currency = part.currency.as_str();
            wholes.entry(currency).or_default().push(part);
            match &part.key {
                Some(key) => groups.entry((currency, key)).or_default().push(part),
                None => bases.entry(currency).or_default().push(part),
            }
        }
        let mut rows: Vec<(Key, Row)> = Vec::new();
        for ((currency, key), parts) in groups {
            let base = bases.get(currency).into_iter().flatten().copied();
            let cells = self.cells(
                Cell::Text(key.label.clone()),
                parts.iter().copied().chain(base),
            );
            let row = Row {
                key: key.id.clone(),
                currency: currency.to_owned(),
                cells,
                alarm: false,
                invoices: self.behind(&parts),
            };
            rows.push((key.clone(), row));
        }
        match order {
            Order::Key => rows.sort_by(|(a, x), (b, y)| {
                (&a.id, &a.label, &x.currency).cmp(&(&b.id, &b.label, &y.currency))
            }),
            Order::Largest(column) => rows.sort_by(|(a, x), (b, y)| {
                let size = |row: &Row| row.cells[column].number().unwrap_or(Decimal::MIN);
                (size(y), &a.label, &x.currency).cmp(&(size(x), &b.label, &y.currency))
            }),
        }
        let sums: Vec<Sum> = wholes
            .into_iter()
            .map(|(currency, parts)| Sum {
                currency: currency.to_owned(),
                cells: self.cells(Cell::Empty, parts.into_iter()),
            })
            .collect();
        let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
        let columns = summed(self.columns.clone(), &rows, &sums);
        (columns, rows, sums)
    }

    /// What each invoice adds to a row.
    fn behind(&self, parts: &[&Part]) -> Vec<Behind> {
        let mut own: BTreeMap<usize, Vec<&Part>> = BTreeMap::new();
        for part in parts {
            own.entry(part.invoice).or_default().push(part);
        }
        let one = |(at, parts): (usize, Vec<&Part>)| {
            let invoice = &self.invoices[at];
            let number = Cell::Text(invoice.number().to_owned());
            invoice.behind(self.cells(number, parts.into_iter()))
        };
        own.into_iter().map(one).collect()
    }
}

/// A column whose rows do not come to its total, as things stand in several, says so.
fn summed(mut columns: Vec<Column>, rows: &[Row], sums: &[Sum]) -> Vec<Column> {
    for (place, column) in columns.iter_mut().enumerate() {
        if column.total != Total::Sum {
            continue;
        }
        let adds_up = sums.iter().all(|sum| {
            let own = rows.iter().filter(|r| r.currency == sum.currency);
            let rows = own
                .filter_map(|r| r.cells[place].number())
                .fold(Decimal::ZERO, Decimal::saturating_add);
            sum.cells[place].number() == Some(rows)
        });
        if !adds_up {
            column.total = Total::Own;
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn quantiles_are_by_nearest_rank() {
        let days = |all: &[i64]| all.iter().map(|d| Decimal::from(*d)).collect::<Vec<_>>();
        assert_eq!(quantile(days(&[]), 50), None);
        assert_eq!(quantile(days(&[7]), 90), Some(dec!(7)));
        assert_eq!(quantile(days(&[4, 1, 3, 2]), 50), Some(dec!(2)));
        assert_eq!(
            quantile(days(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 90),
            Some(dec!(9))
        );
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::text("reason", "Reason"),
            Column::money("cut", "Cut"),
            Column::money("billed", "Billed"),
            Column::percent("rate", "Rate", 1, 2),
        ]
    }

    #[test]
    fn a_thing_in_two_rows_counts_once_in_the_total() {
        let invoices = [super::super::sample::life("A-1")];
        let mut tally = Tally::new(columns(), &invoices);
        let (one, two) = (Key::plain("one"), Key::plain("two"));
        tally.add(&one, "USD", 0, 1, "r1", dec!(10));
        tally.add(&one, "USD", 0, 1, "r1", dec!(10));
        tally.add(&two, "USD", 0, 1, "r1", dec!(10));
        tally.add(&two, "EUR", 0, 1, "r2", dec!(4));
        tally.base("USD", 0, 2, "A-1", dec!(40));
        let (columns, rows, sums) = tally.rows(Order::Largest(1));
        let cells: Vec<_> = rows.iter().map(|r| r.cells[1].number()).collect();
        assert_eq!(cells, [Some(dec!(10)), Some(dec!(10)), Some(dec!(4))]);
        assert_eq!(rows[0].cells[3], Cell::Number(dec!(0.25)));
        // Nothing of nothing is not known.
        assert_eq!(rows[2].cells[3], Cell::Empty);
        let sum = |currency: &str| sums.iter().find(|s| s.currency == currency);
        assert_eq!(
            sum("USD").expect("a sum").cells[1],
            Cell::Number(dec!(10)),
            "once"
        );
        assert_eq!(sum("EUR").expect("a sum").cells[1], Cell::Number(dec!(4)));
        assert_eq!(columns[1].total, Total::Own);
        assert_eq!(rows[0].invoices[0].cells[1], Cell::Number(dec!(10)));
    }
}
