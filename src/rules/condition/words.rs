//! An expression as a sentence, with its parameters in force.

use super::syntax::{Expr, Node, Op};
use super::value::ParamValue;
use std::collections::BTreeMap;

/// "units are at most 10".
pub fn in_words(expr: &Expr, params: &BTreeMap<String, ParamValue>) -> String {
    Words { params }.of(expr, 0)
}

struct Words<'a> {
    params: &'a BTreeMap<String, ParamValue>,
}

impl Words<'_> {
    fn of(&self, expr: &Expr, outer: u8) -> String {
        match &expr.node {
            Node::Bool(yes) => if *yes { "always" } else { "never" }.to_owned(),
            Node::Number(number) => number.normalize().to_string(),
            Node::Text(text) => format!("\"{text}\""),
            Node::Name(name) => self.name(name),
            Node::List(values) => self.list(values),
            Node::Not(inner) => match &inner.node {
                Node::Call(name, values) if name == "has" => {
                    format!("there is no {}", self.all(values))
                }
                Node::Binary(Op::In, left, right) => {
                    format!("{} is none of {}", self.of(left, 9), self.of(right, 9))
                }
                _ => format!("not ({})", self.of(inner, 0)),
            },
            Node::Minus(inner) => format!("-{}", self.of(inner, 9)),
            Node::Choice(condition, yes, no) => format!(
                "{} where {}, otherwise {}",
                self.of(yes, 9),
                self.of(condition, 9),
                self.of(no, 9)
            ),
            Node::Binary(op, left, right) => {
                let strength = op.strength();
                let text = format!(
                    "{} {} {}",
                    self.of(left, strength),
                    operator(*op),
                    self.of(right, strength + 1)
                );
                if strength < outer {
                    format!("({text})")
                } else {
                    text
                }
            }
            Node::Call(name, values) => self.call(name, values),
        }
    }

    fn name(&self, name: &str) -> String {
        match self.params.get(name) {
            Some(ParamValue::One(value)) => value.shown(),
            Some(ParamValue::Texts(texts)) => quoted(texts),
            None => name.replace(['_', '.'], " "),
        }
    }

    fn list(&self, values: &[Expr]) -> String {
        let values: Vec<String> = values.iter().map(|v| self.of(v, 9)).collect();
        or_list(&values)
    }

    fn all(&self, values: &[Expr]) -> String {
        let values: Vec<String> = values.iter().map(|v| self.of(v, 9)).collect();
        values.join(", ")
    }

    fn call(&self, name: &str, values: &[Expr]) -> String {
        let parts: Vec<String> = values.iter().map(|v| self.of(v, 9)).collect();
        match (name, parts.as_slice()) {
            ("has", [field]) => format!("there is a {field}"),
            ("size", [text]) => format!("the length of {text}"),
            ("lower", [text]) => text.clone(),
            ("matches", [text, pattern]) => format!("{text} has the form {pattern}"),
            ("startsWith", [text, part]) => format!("{text} begins with {part}"),
            ("endsWith", [text, part]) => format!("{text} ends with {part}"),
            ("contains", [text, part]) => format!("{text} contains {part}"),
            ("days_between", [from, to]) => format!("days from {from} to {to}"),
            ("business_days_between", [from, to]) => format!("working days from {from} to {to}"),
            ("day_of_week", [date]) => {
                format!("the day of the week of {date} (1 Monday to 7 Sunday)")
            }
            ("day_of_month", [date]) => format!("the day of the month of {date}"),
            ("days_in_month", [date]) => format!("the last day of the month of {date}"),
            ("is_multiple", [number, step]) => format!("{number} is a whole multiple of {step}"),
            ("share_of", [condition]) => format!("the share of lines where {condition}"),
            ("abs", [number]) => format!("{number} without its sign"),
            ("round", [number, ..]) => format!("{number}, rounded"),
            ("date", [day]) => day.replace('"', ""),
            _ => format!("{name} of {}", parts.join(", ")),
        }
    }
}

fn operator(op: Op) -> &'static str {
    match op {
        Op::Or => "or",
        Op::And => "and",
        Op::Equal => "is",
        Op::NotEqual => "is not",
        Op::Less => "is less than",
        Op::AtMost => "is at most",
        Op::Greater => "is more than",
        Op::AtLeast => "is at least",
        Op::In => "is one of",
        Op::Plus => "plus",
        Op::Minus => "minus",
        Op::Times => "times",
    }
}

/// Texts between quotes, the first few of many.
pub(crate) fn quoted(texts: &[String]) -> String {
    const MOST: usize = 8;
    let mut shown: Vec<String> = texts
        .iter()
        .take(MOST)
        .map(|t| format!("\"{t}\""))
        .collect();
    if texts.len() > MOST {
        shown.push(format!("{} more", texts.len() - MOST));
    }
    or_list(&shown)
}

fn or_list(values: &[String]) -> String {
    match values {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
