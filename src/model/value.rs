//! A value read from a cell, with the cell it was read from.

use super::text::Cell;

/// A typed field: where it stands, and what it says. Four states matter to rules: the file has no such
/// field (`is_absent`), the field is empty (`is_blank`), it holds something that could not be read
/// (`is_unreadable`, already reported by the reader), or it was read (`get`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Value<T> {
    /// Where it stands.
    pub cell: Cell,
    read: Option<T>,
}

impl<T: Copy> Value<T> {
    /// A field the file does not have.
    pub const ABSENT: Self = Self {
        cell: Cell::ABSENT,
        read: None,
    };

    /// A value read from a cell; `None` where the cell is empty or could not be read.
    pub fn new(cell: Cell, read: Option<T>) -> Self {
        Self { cell, read }
    }

    /// A value that was calculated.
    pub fn calculated(value: T) -> Self {
        Self {
            cell: Cell::CALCULATED,
            read: Some(value),
        }
    }

    /// What was read.
    pub fn get(&self) -> Option<T> {
        self.read
    }

    /// True where the file has no such field.
    pub fn is_absent(&self) -> bool {
        self.cell.is_absent()
    }

    /// True where there is nothing to read.
    pub fn is_blank(&self) -> bool {
        self.cell.is_blank()
    }

    /// True where there is something that could not be read.
    pub fn is_unreadable(&self) -> bool {
        self.read.is_none() && !self.cell.is_blank()
    }
}

impl<T: Copy> Default for Value<T> {
    fn default() -> Self {
        Self::ABSENT
    }
}
