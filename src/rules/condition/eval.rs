//! Expressions asked about one subject. What needs a value that is not there has none itself.

use super::functions::{Aggregate, Function};
use super::subject::{Level, Subject};
use super::syntax::Op;
use super::tree::{Condition, Node};
use super::value::{Type, Value};
use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use std::cmp::Ordering;

impl Condition {
    /// Its value.
    pub fn value<'a>(&'a self, subject: &Subject<'a>) -> Option<Value<'a>> {
        let value = self.root.value(subject)?;
        match (self.kind, &value) {
            (Type::Days, Value::Decimal(number)) => number.to_i64().map(Value::Days),
            _ => Some(value),
        }
    }

    /// Whether it holds; `None` where it cannot be said.
    pub fn holds(&self, subject: &Subject<'_>) -> Option<bool> {
        self.root.holds(subject)
    }
}

impl Node {
    fn holds(&self, subject: &Subject<'_>) -> Option<bool> {
        match self {
            Self::Not(inner) => Some(!inner.holds(subject)?),
            // As in CEL, one side decides where it can, even if the other has no value.
            Self::Binary(Op::And, left, right) => match left.holds(subject) {
                Some(false) => Some(false),
                Some(true) => right.holds(subject),
                None => right.holds(subject).filter(|right| !right),
            },
            Self::Binary(Op::Or, left, right) => match left.holds(subject) {
                Some(true) => Some(true),
                Some(false) => right.holds(subject),
                None => right.holds(subject).filter(|right| *right),
            },
            Self::Binary(
                op @ (Op::Equal | Op::NotEqual | Op::Less | Op::AtMost | Op::Greater | Op::AtLeast),
                left,
                right,
            ) => {
                let order = match (left.as_ref(), right.as_ref()) {
                    // Limits, by far the most common: no value is made of what is only looked at.
                    (Self::Field(entry), Self::Always(Value::Decimal(limit))) => {
                        compared(&entry.amount(subject)?, limit)
                    }
                    _ => order(&left.value(subject)?, &right.value(subject)?)?,
                };
                Some(match op {
                    Op::Equal => order == Ordering::Equal,
                    Op::NotEqual => order != Ordering::Equal,
                    Op::Less => order == Ordering::Less,
                    Op::AtMost => order != Ordering::Greater,
                    Op::Greater => order == Ordering::Greater,
                    _ => order != Ordering::Less,
                })
            }
            Self::InTexts(item, list) => match item.value(subject)? {
                Value::Text(text) => Some(list.contains(text.as_ref())),
                _ => None,
            },
            Self::In(item, list) => {
                let item = item.value(subject)?;
                let same = |node: &Self| {
                    let value = node.value(subject)?;
                    Some(order(&item, &value)? == Ordering::Equal)
                };
                Some(list.iter().any(|node| same(node) == Some(true)))
            }
            Self::Matches(text, pattern) => match text.value(subject)? {
                Value::Text(text) => pattern.is_match(&text),
                _ => None,
            },
            Self::Call(Function::Has, values) => {
                Some(values.first().is_some_and(|v| v.value(subject).is_some()))
            }
            other => other.value(subject)?.as_bool(),
        }
    }

    fn value<'a>(&'a self, subject: &Subject<'a>) -> Option<Value<'a>> {
        match self {
            Self::Always(value) => Some(value.borrowed()),
            Self::Field(entry) => entry.value(subject),
            Self::Aggregate(sum) => sum.of(subject).map(Value::Decimal),
            Self::Minus(inner) => match inner.value(subject)? {
                Value::Decimal(number) => Some(Value::Decimal(-number)),
                Value::Days(days) => days.checked_neg().map(Value::Days),
                _ => None,
            },
            Self::Binary(op @ (Op::Plus | Op::Minus | Op::Times), left, right) => {
                combined(*op, left.value(subject)?, right.value(subject)?)
            }
            Self::Choice(condition, yes, no) => {
                if condition.holds(subject)? {
                    yes.value(subject)
                } else {
                    no.value(subject)
                }
            }
            Self::ShareOf(condition) => share(condition, subject).map(Value::Decimal),
            Self::Call(function, values) if *function != Function::Has => {
                let first = values.first()?.value(subject)?;
                let second = match values.get(1) {
                    Some(node) => Some(node.value(subject)?),
                    None => None,
                };
                match (function, &first, &second) {
                    (Function::BusinessDaysBetween, Value::Date(from), Some(Value::Date(to))) => {
                        Some(Value::Days(subject.gathered.business_days(*from, *to)))
                    }
                    (Function::IsHoliday, Value::Date(day), None) => {
                        Some(Value::Bool(subject.gathered.is_holiday(*day)))
                    }
                    _ => called(*function, first, second),
                }
            }
            _ => self.holds(subject).map(Value::Bool),
        }
    }
}

fn share(condition: &Node, subject: &Subject<'_>) -> Option<Decimal> {
    let (mut holds, mut asked) = (0_u32, 0_u32);
    for line in subject.lines {
        let line = Subject::of_line(subject.invoice, *line as usize, subject.gathered);
        if let Some(yes) = condition.holds(&line) {
            asked += 1;
            holds += u32::from(yes);
        }
    }
    Decimal::from(holds).checked_div(Decimal::from(asked))
}

impl Aggregate {
    /// Its value.
    pub fn of(self, subject: &Subject<'_>) -> Option<Decimal> {
        let gathered = subject.gathered;
        let matter = || gathered.matters.get(subject.line.matter as usize);
        match self {
            Self::HoursToday => gathered.day_of(subject.index).map(|day| day.hours),
            Self::LinesToday => {
                let day = gathered.day_of(subject.index)?;
                Some(Decimal::from(day.lines.len()))
            }
            Self::HoursOnMatter => match subject.level {
                Level::Line | Level::Timekeeper | Level::TimekeeperDay => {
                    gathered.timekeeper_of(subject.index).map(|t| t.hours)
                }
                Level::Matter => matter().map(|m| m.hours),
                Level::Invoice => Some(gathered.invoice.hours),
            },
            Self::AmountOnMatter => match subject.level {
                Level::Invoice => Some(gathered.invoice.amount),
                _ => matter().map(|m| m.amount),
            },
            Self::TimekeepersOnMatter => {
                let matter = subject.line.matter as usize;
                gathered
                    .timekeepers_on
                    .get(matter)
                    .copied()
                    .map(Decimal::from)
            }
            Self::Count => Some(Decimal::from(subject.lines.len())),
        }
    }
}

fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (a, b) => Some(compared(&a.as_decimal()?, &b.as_decimal()?)),
    }
}

/// Numbers in order. Scaled to one number of places their digits are whole numbers, which compare much faster;
/// both have at most 96 bits, and nine more places at most 30 bits on top.
pub(super) fn compared(a: &Decimal, b: &Decimal) -> Ordering {
    const MOST_PLACES: u32 = 9;
    let (more, less) = (a.scale(), b.scale());
    if more.abs_diff(less) > MOST_PLACES {
        return a.cmp(b);
    }
    let scaled = |number: &Decimal, by: u32| number.mantissa() * 10_i128.pow(by);
    scaled(a, less.saturating_sub(more)).cmp(&scaled(b, more.saturating_sub(less)))
}

fn whole_days(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Days(days) => Some(*days),
        Value::Decimal(number) => number.trunc().to_i64(),
        _ => None,
    }
}

fn moved(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    date.checked_add_signed(TimeDelta::try_days(days)?)
}

fn combined<'a>(op: Op, left: Value<'a>, right: Value<'a>) -> Option<Value<'a>> {
    match (op, left, right) {
        (Op::Plus, Value::Decimal(a), Value::Decimal(b)) => a.checked_add(b).map(Value::Decimal),
        (Op::Minus, Value::Decimal(a), Value::Decimal(b)) => a.checked_sub(b).map(Value::Decimal),
        (Op::Times, Value::Decimal(a), Value::Decimal(b)) => a.checked_mul(b).map(Value::Decimal),
        (Op::Plus, Value::Text(a), Value::Text(b)) => Some(Value::Text(a + b)),
        (Op::Plus, Value::Date(date), days) | (Op::Plus, days, Value::Date(date)) => {
            moved(date, whole_days(&days)?).map(Value::Date)
        }
        (Op::Minus, Value::Date(a), Value::Date(b)) => Some(Value::Days((a - b).num_days())),
        (Op::Minus, Value::Date(date), days) => {
            moved(date, whole_days(&days)?.checked_neg()?).map(Value::Date)
        }
        (Op::Plus, a, b) => whole_days(&a)?
            .checked_add(whole_days(&b)?)
            .map(Value::Days),
        (Op::Minus, a, b) => whole_days(&a)?
            .checked_sub(whole_days(&b)?)
            .map(Value::Days),
        (Op::Times, a, b) => {
            let product = a.as_decimal()?.checked_mul(b.as_decimal()?)?;
            product.trunc().to_i64().map(Value::Days)
        }
        _ => None,
    }
}

fn called<'a>(
    function: Function,
    first: Value<'a>,
    second: Option<Value<'a>>,
) -> Option<Value<'a>> {
    match (function, first, second) {
        (Function::Size, Value::Text(text), None) => {
            Some(Value::Decimal(Decimal::from(text.chars().count())))
        }
        (Function::StartsWith, Value::Text(text), Some(Value::Text(part))) => {
            Some(Value::Bool(text.starts_with(part.as_ref())))
        }
        (Function::EndsWith, Value::Text(text), Some(Value::Text(part))) => {
            Some(Value::Bool(text.ends_with(part.as_ref())))
        }
        (Function::Contains, Value::Text(text), Some(Value::Text(part))) => {
            Some(Value::Bool(text.contains(part.as_ref())))
        }
        (Function::Lower, Value::Text(text), None) => Some(Value::Text(text.to_lowercase().into())),
        (Function::DaysBetween, Value::Date(from), Some(Value::Date(to))) => {
            Some(Value::Days((to - from).num_days()))
        }
        (Function::DayOfWeek, Value::Date(date), None) => {
            Some(Value::Decimal(date.weekday().number_from_monday().into()))
        }
        (Function::DayOfMonth, Value::Date(date), None) => Some(Value::Decimal(date.day().into())),
        (Function::DaysInMonth, Value::Date(date), None) => {
            Some(Value::Decimal(date.num_days_in_month().into()))
        }
        (Function::Abs, Value::Decimal(number), None) => Some(Value::Decimal(number.abs())),
        (Function::Round, Value::Decimal(number), places) => {
            let places = match places {
                Some(places) => places.as_decimal()?.to_u32()?,
                None => 0,
            };
            let rounded =
                number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
            Some(Value::Decimal(rounded))
        }
        (Function::IsMultiple, Value::Decimal(number), Some(Value::Decimal(step))) => number
            .checked_rem(step)
            .map(|rest| Value::Bool(rest.is_zero())),
        _ => None,
    }
}

/// Days from Monday to Friday after `from`, up to and with `to`; negative where `to` is earlier.
pub(super) fn weekdays(from: NaiveDate, to: NaiveDate) -> i64 {
    if to < from {
        return -weekdays(to, from);
    }
    let days = (to - from).num_days();
    let mut count = days / 7 * 5;
    let mut weekday = from.weekday();
    for _ in 0..days % 7 {
        weekday = weekday.succ();
        count += i64::from(!matches!(weekday, Weekday::Sat | Weekday::Sun));
    }
    count
}
