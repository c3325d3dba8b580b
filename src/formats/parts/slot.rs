//! A slot: one value of a part, how it is read and changed, and what the families of formats call it.

use crate::model::{Cell, Value};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// What a slot holds.
#[derive(Clone, Copy, Debug)]
pub enum Content {
    /// Words.
    Text(Cell),
    /// A day.
    Date(Value<NaiveDate>),
    /// Money, units, a rate.
    Number(Value<Decimal>),
}

impl Content {
    /// True where there is nothing.
    pub fn is_blank(self) -> bool {
        self.cell().is_blank()
    }

    /// True where there is something that could not be read.
    pub fn is_unreadable(self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Date(value) => value.is_unreadable(),
            Self::Number(value) => value.is_unreadable(),
        }
    }

    /// Where it stands.
    pub fn cell(self) -> Cell {
        match self {
            Self::Text(cell) => cell,
            Self::Date(value) => value.cell,
            Self::Number(value) => value.cell,
        }
    }
}

/// A slot that can be changed.
#[derive(Debug)]
pub enum ContentMut<'a> {
    /// The part does not have it.
    None,
    /// Words.
    Text(&'a mut Cell),
    /// A day.
    Date(&'a mut Value<NaiveDate>),
    /// Money, units, a rate.
    Number(&'a mut Value<Decimal>),
}

impl ContentMut<'_> {
    /// What it holds.
    pub fn content(&self) -> Content {
        match self {
            Self::None => Content::Text(Cell::ABSENT),
            Self::Text(cell) => Content::Text(**cell),
            Self::Date(value) => Content::Date(**value),
            Self::Number(value) => Content::Number(**value),
        }
    }

    /// Takes the value away.
    pub fn clear(self) {
        match self {
            Self::None => {}
            Self::Text(cell) => *cell = Cell::ABSENT,
            Self::Date(value) => *value = Value::ABSENT,
            Self::Number(value) => *value = Value::ABSENT,
        }
    }
}

/// What the families of formats call a slot; empty where one has no such field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Names {
    /// LEDES XML 2.x: the element.
    pub xml2: &'static str,
    /// LEDES 2000: the element; for a contact, which has no segment there, the element of the part it belongs to.
    pub l2000: &'static str,
    /// The column of 1998BI, the first 24 of which are those of 1998B.
    pub pipe: &'static str,
}

/// One value of a part.
pub struct Slot<T: 'static> {
    /// Its names.
    pub names: Names,
    /// Reads it.
    pub get: fn(&T) -> Content,
    /// Changes it.
    pub get_mut: for<'a> fn(&'a mut T) -> ContentMut<'a>,
}
