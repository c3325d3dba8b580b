//! Types and values of expressions.

use crate::rules::pack::written::Param;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::borrow::Cow;

/// What kind of value an expression gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Type {
    /// Characters.
    Text,
    /// An exact number: hours, money, pieces, a share.
    Decimal,
    /// A day.
    Date,
    /// A number of days.
    Days,
    /// Yes or no.
    Bool,
    /// Several texts.
    Texts,
    /// Several numbers.
    Decimals,
    /// Several days of the calendar.
    Dates,
}

impl Type {
    /// As a mistake and the page name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Decimal => "decimal",
            Self::Date => "date",
            Self::Days => "days",
            Self::Bool => "bool",
            Self::Texts => "list of texts",
            Self::Decimals => "list of decimals",
            Self::Dates => "list of dates",
        }
    }

    /// The type of a list's values.
    pub fn item(self) -> Option<Self> {
        match self {
            Self::Texts => Some(Self::Text),
            Self::Decimals => Some(Self::Decimal),
            Self::Dates => Some(Self::Date),
            _ => None,
        }
    }

    /// The list of such values.
    pub fn list(self) -> Option<Self> {
        [Self::Texts, Self::Decimals, Self::Dates]
            .into_iter()
            .find(|list| list.item() == Some(self))
    }
}

/// A value. What is absent, blank or unreadable has none.
#[derive(Clone, PartialEq, Debug)]
pub enum Value<'a> {
    /// See [`Type::Text`].
    Text(Cow<'a, str>),
    /// See [`Type::Decimal`].
    Decimal(Decimal),
    /// See [`Type::Date`].
    Date(NaiveDate),
    /// See [`Type::Days`].
    Days(i64),
    /// See [`Type::Bool`].
    Bool(bool),
}

impl Value<'_> {
    /// The same, its text where it is.
    pub fn borrowed(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Text(Cow::Borrowed(text)),
            Self::Decimal(number) => Value::Decimal(*number),
            Self::Date(date) => Value::Date(*date),
            Self::Days(days) => Value::Days(*days),
            Self::Bool(yes) => Value::Bool(*yes),
        }
    }

    /// True or false; `None` for anything else.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(yes) => Some(*yes),
            _ => None,
        }
    }

    /// A number, days included.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(number) => Some(*number),
            Self::Days(days) => Some(Decimal::from(*days)),
            _ => None,
        }
    }

    /// As a message shows it.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.trim().to_owned(),
            Self::Decimal(number) => plain(*number),
            Self::Date(date) => date.to_string(),
            Self::Days(days) => days.to_string(),
            Self::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        }
    }
}

/// A number without superfluous zeros; 10.50 keeps its two decimals.
fn plain(number: Decimal) -> String {
    let short = number.normalize();
    if short.scale() == 1 && number.scale() == 2 {
        return number.to_string();
    }
    short.to_string()
}

/// A number as packs write it: `"0.10"`, or `"50 %"` for one half.
pub fn number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    match text.strip_suffix('%') {
        Some(percent) => percent
            .trim_end()
            .parse::<Decimal>()
            .ok()?
            .checked_div(Decimal::ONE_HUNDRED),
        None => text.parse().ok(),
    }
}

/// The values of a parameter: one, or those of a list.
#[derive(Clone, PartialEq, Debug)]
pub enum ParamValue {
    /// One value.
    One(Value<'static>),
    /// A list of texts.
    Texts(Vec<String>),
}

/// A parameter as a value: a text that reads as a number, percentage or ISO date is one.
pub fn param_value(param: &Param) -> ParamValue {
    match param {
        Param::Bool(yes) => ParamValue::One(Value::Bool(*yes)),
        Param::Integer(whole) => ParamValue::One(Value::Decimal(Decimal::from(*whole))),
        Param::Text(text) => ParamValue::One(match (number(text), text.parse::<NaiveDate>()) {
            (Some(number), _) => Value::Decimal(number),
            (None, Ok(date)) => Value::Date(date),
            (None, Err(_)) => Value::Text(Cow::Owned(text.clone())),
        }),
        Param::List(list) => ParamValue::Texts(list.clone()),
    }
}
