//! Names and types of an expression, looked at once when its pack is loaded.

use super::Mistake;
use super::functions::{Aggregate, FUNCTIONS, Function, function};
use super::glossary::{Entry, entry, known_names};
use super::parser::parse;
use super::subject::{Level, Needs};
use super::syntax::{Expr, Node as Written, Op};
use super::tree::{Condition, Node, Pattern};
use super::value::{ParamValue, Type, Value};
use crate::model::did_you_mean;
use chrono::NaiveDate;
use regex_automata::meta::BuildError;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an expression may name beside the glossary.
pub struct Scope<'a> {
    /// What the rule is judged for.
    pub level: Level,
    /// The rule's parameters, `max.unit_cost` and the like included.
    pub params: &'a BTreeMap<String, ParamValue>,
    /// Patterns are known to be good, and compiled when they are first asked.
    pub may_wait: bool,
}

/// Reads an expression that must give `wanted`.
///
/// # Errors
/// What is no expression, an unknown name, a wrong type: with the place in the text and a remedy.
pub fn read(text: &str, wanted: Type, scope: &Scope<'_>) -> Result<Condition, Mistake> {
    let condition = read_any(text, scope)?;
    let kind = condition.kind;
    if kind != wanted && !(wanted == Type::Decimal && kind == Type::Days) {
        let message = format!(
            "this gives {}, but {} is needed here",
            a(kind),
            match wanted {
                Type::Bool => "something that holds or does not".to_owned(),
                other => a(other),
            }
        );
        return Err(Mistake::new(condition.written.at, message));
    }
    Ok(condition)
}

/// Reads an expression of any type.
///
/// # Errors
/// As [`read`].
pub fn read_any(text: &str, scope: &Scope<'_>) -> Result<Condition, Mistake> {
    let written = parse(text)?;
    let mut checker = Checker {
        scope,
        level: scope.level,
        needs: Needs::default(),
        used: Vec::new(),
        places: Vec::new(),
        patterns: Vec::new(),
    };
    let typed = checker.expr(&written)?;
    Ok(Condition {
        root: typed.node,
        kind: typed.kind,
        needs: checker.needs,
        used: checker.used,
        places: checker.places,
        written,
    })
}

fn a(kind: Type) -> String {
    match kind {
        Type::Days => "a number of days".to_owned(),
        Type::Bool => "true or false (bool)".to_owned(),
        other => format!("a {}", other.name()),
    }
}

struct Typed {
    node: Node,
    kind: Type,
}

/// A list and the type of its values; an empty list goes with anything.
struct List {
    nodes: Vec<Node>,
    item: Option<Type>,
}

struct Checker<'a> {
    scope: &'a Scope<'a>,
    level: Level,
    needs: Needs,
    used: Vec<String>,
    places: Vec<&'static Entry>,
    /// Those of this expression: one that several fields are held against is compiled once.
    patterns: Vec<Arc<Pattern>>,
}

impl Checker<'_> {
    fn expr(&mut self, expr: &Expr) -> Result<Typed, Mistake> {
        let always = |value, kind| {
            Ok(Typed {
                node: Node::Always(value),
                kind,
            })
        };
        match &expr.node {
            Written::Bool(yes) => always(Value::Bool(*yes), Type::Bool),
            Written::Number(number) => always(Value::Decimal(*number), Type::Decimal),
            Written::Text(text) => always(Value::Text(text.clone().into()), Type::Text),
            Written::Name(name) => self.name(name, expr.at),
            Written::List(_) => Err(Mistake::new(
                expr.at,
                "a list stands only to the right of \"in\" or in size()",
            )),
            Written::Not(inner) => {
                let node = self.of(inner, Type::Bool, "after !")?;
                Ok(Typed {
                    node: Node::Not(Box::new(node)),
                    kind: Type::Bool,
                })
            }
            Written::Minus(inner) => {
                let typed = self.expr(inner)?;
                if !is_number(typed.kind) {
                    return Err(wrong(inner.at, "after -", typed.kind, "a decimal"));
                }
                Ok(Typed {
                    node: Node::Minus(Box::new(typed.node)),
                    kind: typed.kind,
                })
            }
            Written::Choice(condition, yes, no) => {
                let condition = self.of(condition, Type::Bool, "before ?")?;
                let (first, second) = (self.expr(yes)?, self.expr(no)?);
                if first.kind != second.kind {
                    let message = format!(
                        "both values of ? must be of one type; these are {} and {}",
                        a(first.kind),
                        a(second.kind)
                    );
                    return Err(Mistake::new(no.at, message));
                }
                Ok(Typed {
                    kind: first.kind,
                    node: Node::Choice(
                        Box::new(condition),
                        Box::new(first.node),
                        Box::new(second.node),
                    ),
                })
            }
            Written::Binary(op, left, right) => self.binary(*op, left, right),
            Written::Call(name, values) => self.call(name, values, expr.at),
        }
    }

    /// An expression that must be of one type.
    fn of(&mut self, expr: &Expr, wanted: Type, place: &str) -> Result<Node, Mistake> {
        let typed = self.expr(expr)?;
        if typed.kind == wanted {
            Ok(typed.node)
        } else {
            Err(wrong(expr.at, place, typed.kind, &a(wanted)))
        }
    }

    fn name(&mut self, name: &str, at: usize) -> Result<Typed, Mistake> {
        if let Some(entry) = entry(name) {
            if !entry.of.is_known_at(self.level) {
                let message = format!(
                    "\"{name}\" belongs to a {}, and this is about each {}; name it in share_of(...) or in `only`, or choose another `each`",
                    entry.of.name(),
                    self.level.name()
                );
                return Err(Mistake::new(at, message));
            }
            if self.level == self.scope.level {
                self.places.push(entry);
            }
            return Ok(Typed {
                node: Node::Field(entry),
                kind: entry.kind(),
            });
        }
        if let Some(sum) = Aggregate::ALL.into_iter().find(|sum| sum.name() == name) {
            if !sum.is_known_at(self.level) {
                let levels: Vec<&str> = Level::ALL
                    .into_iter()
                    .filter(|level| sum.is_known_at(*level))
                    .map(Level::name)
                    .collect();
                let message = format!(
                    "\"{name}\" is not known about each {}; it is in rules about each {}",
                    self.level.name(),
                    levels.join(", ")
                );
                return Err(Mistake::new(at, message));
            }
            self.needs = self.needs.and(sum.needs(self.level));
            return Ok(Typed {
                node: Node::Aggregate(sum),
                kind: Type::Decimal,
            });
        }
        match self.scope.params.get(name) {
            Some(ParamValue::One(value)) => {
                self.used.push(name.to_owned());
                let kind = match value {
                    Value::Text(_) => Type::Text,
                    Value::Decimal(_) => Type::Decimal,
                    Value::Date(_) => Type::Date,
                    Value::Days(_) => Type::Days,
                    Value::Bool(_) => Type::Bool,
                };
                Ok(Typed {
                    node: Node::Always(value.clone()),
                    kind,
                })
            }
            Some(ParamValue::Texts(_)) => Err(Mistake::new(
                at,
                format!("\"{name}\" is a list; it stands to the right of \"in\" or in size()"),
            )),
            None => Err(Mistake::new(at, self.unknown(name))),
        }
    }

    fn unknown(&self, name: &str) -> String {
        if name == "matter" {
            return "\"matter\" could be either number; say law_firm_matter_id or client_matter_id"
                .to_owned();
        }
        if FUNCTIONS.iter().any(|f| f.name == name) {
            return format!("\"{name}\" is a function; write {name}(...)");
        }
        let mut known: Vec<&str> = known_names().collect();
        known.extend(Aggregate::ALL.map(Aggregate::name));
        let own = |param: &&str| !param.ends_with(name);
        known.extend(self.scope.params.keys().map(String::as_str).filter(own));
        let remedy = did_you_mean(name, known);
        if remedy.starts_with("did you mean") {
            format!("\"{name}\" is no field; {remedy}")
        } else {
            format!("\"{name}\" is no field; `cleanbill rules conditions` lists every field")
        }
    }

    fn list(&mut self, expr: &Expr) -> Result<Option<List>, Mistake> {
        match &expr.node {
            Written::List(values) => {
                let mut list = List {
                    nodes: Vec::new(),
                    item: None,
                };
                for value in values {
                    let typed = self.expr(value)?;
                    if *list.item.get_or_insert(typed.kind) != typed.kind
                        || typed.kind.list().is_none()
                    {
                        return Err(Mistake::new(
                            value.at,
                            "a list holds texts, decimals or dates, all of one type",
                        ));
                    }
                    list.nodes.push(typed.node);
                }
                Ok(Some(list))
            }
            Written::Name(name) => match self.scope.params.get(name) {
                Some(ParamValue::Texts(texts)) => {
                    self.used.push(name.clone());
                    let node = |text: &String| Node::Always(Value::Text(text.clone().into()));
                    Ok(Some(List {
                        nodes: texts.iter().map(node).collect(),
                        item: Some(Type::Text),
                    }))
                }
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn binary(&mut self, op: Op, left: &Expr, right: &Expr) -> Result<Typed, Mistake> {
        if op == Op::In {
            return self.membership(left, right);
        }
        if matches!(op, Op::And | Op::Or) {
            let place = format!("beside {}", op.sign());
            let left = self.of(left, Type::Bool, &place)?;
            let right = self.of(right, Type::Bool, &place)?;
            return Ok(Typed {
                node: Node::Binary(op, Box::new(left), Box::new(right)),
                kind: Type::Bool,
            });
        }
        let (first, second) = (self.expr(left)?, self.expr(right)?);
        let Some(kind) = result(op, first.kind, second.kind) else {
            let message = format!(
                "{} does not go between {} and {}",
                op.sign(),
                a(first.kind),
                a(second.kind)
            );
            return Err(Mistake::new(right.at, message));
        };
        Ok(Typed {
            node: Node::Binary(op, Box::new(first.node), Box::new(second.node)),
            kind,
        })
    }

    fn membership(&mut self, left: &Expr, right: &Expr) -> Result<Typed, Mistake> {
        let item = self.expr(left)?;
        let Some(list) = self.list(right)? else {
            return Err(Mistake::new(
                right.at,
                "a list stands to the right of \"in\", as in [\"E101\", \"E102\"]",
            ));
        };
        if list.item.is_some_and(|kind| kind != item.kind) {
            let message = format!(
                "the list does not hold what stands before \"in\": {}",
                a(item.kind)
            );
            return Err(Mistake::new(right.at, message));
        }
        let texts: Option<_> = list
            .nodes
            .iter()
            .map(|node| match node {
                Node::Always(Value::Text(text)) => Some(text.clone().into_owned()),
                _ => None,
            })
            .collect();
        let node = match texts {
            Some(texts) => Node::InTexts(Box::new(item.node), texts),
            None => Node::In(Box::new(item.node), list.nodes),
        };
        Ok(Typed {
            node,
            kind: Type::Bool,
        })
    }

    fn call(&mut self, name: &str, values: &[Expr], at: usize) -> Result<Typed, Mistake> {
        let Some(described) = function(name) else {
            let remedy = did_you_mean(name, FUNCTIONS.iter().map(|f| f.name));
            return Err(Mistake::new(
                at,
                format!("\"{name}\" is no function; {remedy}"),
            ));
        };
        let misused = || Mistake::new(at, format!("write it as {}", described.form));
        let kind = described.gives;
        let call = |node| Ok(Typed { node, kind });
        match (described.function, values) {
            (Function::Has, [field]) => match &field.node {
                Written::Name(_) => {
                    let node = self.expr(field)?.node;
                    call(Node::Call(Function::Has, vec![node]))
                }
                _ => Err(misused()),
            },
            (Function::Size, [value]) => {
                if let Some(list) = self.list(value)? {
                    let count = rust_decimal::Decimal::from(list.nodes.len());
                    return call(Node::Always(Value::Decimal(count)));
                }
                let node = self.of(value, Type::Text, "in size()")?;
                call(Node::Call(Function::Size, vec![node]))
            }
            (Function::Date, [value]) => match &value.node {
                Written::Text(text) => {
                    let day: NaiveDate = text.parse().map_err(|_| {
                        Mistake::new(
                            value.at,
                            format!("\"{text}\" is no day; write year-month-day, as in 2026-01-31"),
                        )
                    })?;
                    call(Node::Always(Value::Date(day)))
                }
                _ => Err(misused()),
            },
            (Function::Matches, [text, pattern]) => {
                let text = self.of(text, Type::Text, "in matches()")?;
                let pattern_node = self.of(pattern, Type::Text, "in matches()")?;
                let Node::Always(Value::Text(source)) = pattern_node else {
                    return Err(Mistake::new(
                        pattern.at,
                        "the pattern must be a text between quotes or a parameter",
                    ));
                };
                let mut known = self.patterns.iter();
                if let Some(known) = known.find(|pattern| pattern.source() == source) {
                    return call(Node::Matches(Box::new(text), Arc::clone(known)));
                }
                let ready = Arc::new(Pattern::new(&source));
                self.patterns.push(Arc::clone(&ready));
                if !self.scope.may_wait {
                    let looked = ready.look();
                    looked.map_err(|e| Mistake::new(pattern.at, bad_pattern(&source, &e)))?;
                }
                call(Node::Matches(Box::new(text), ready))
            }
            (Function::ShareOf, [condition]) => {
                if self.level == Level::Line {
                    return Err(Mistake::new(
                        at,
                        "share_of is not known about each line; it is in rules about each timekeeper-day, timekeeper, matter or invoice",
                    ));
                }
                let level = std::mem::replace(&mut self.level, Level::Line);
                let node = self.of(condition, Type::Bool, "in share_of()");
                self.level = level;
                call(Node::ShareOf(Box::new(node?)))
            }
            (function, values) => {
                let Some(takes) = takes(function, values.len()) else {
                    return Err(misused());
                };
                let place = format!("in {name}()");
                let nodes = values
                    .iter()
                    .zip(takes)
                    .map(|(value, kind)| self.of(value, *kind, &place))
                    .collect::<Result<_, _>>()?;
                call(Node::Call(function, nodes))
            }
        }
    }
}

fn bad_pattern(source: &str, error: &BuildError) -> String {
    if error.size_limit().is_some() {
        return format!("the pattern '{source}' becomes too large; use smaller repetitions");
    }
    let text = match error.syntax_error() {
        Some(syntax) => syntax.to_string(),
        None => error.to_string(),
    };
    let what = text.lines().last().unwrap_or("").trim();
    let what = what.strip_prefix("error: ").unwrap_or(what);
    format!("'{source}' is no pattern: {what}")
}

/// What functions of plain values take.
fn takes(function: Function, given: usize) -> Option<&'static [Type]> {
    let types: &[Type] = match function {
        Function::StartsWith | Function::EndsWith | Function::Contains => &[Type::Text, Type::Text],
        Function::Lower => &[Type::Text],
        Function::DaysBetween | Function::BusinessDaysBetween => &[Type::Date, Type::Date],
        Function::IsHoliday
        | Function::DayOfWeek
        | Function::DayOfMonth
        | Function::DaysInMonth => &[Type::Date],
        Function::Abs => &[Type::Decimal],
        Function::Round if given == 1 => &[Type::Decimal],
        Function::Round | Function::IsMultiple => &[Type::Decimal, Type::Decimal],
        _ => return None,
    };
    (types.len() == given).then_some(types)
}

fn wrong(at: usize, place: &str, found: Type, wanted: &str) -> Mistake {
    Mistake::new(
        at,
        format!("{} stands {place}, where {wanted} is needed", a(found)),
    )
}

fn is_number(kind: Type) -> bool {
    matches!(kind, Type::Decimal | Type::Days)
}

/// The type of `left op right`; a plain number beside days counts as days.
fn result(op: Op, left: Type, right: Type) -> Option<Type> {
    use Type::{Bool, Date, Days, Decimal, Text};
    let comparable = left == right && left.item().is_none() || is_number(left) && is_number(right);
    match op {
        Op::Equal | Op::NotEqual => comparable.then_some(Bool),
        Op::Less | Op::AtMost | Op::Greater | Op::AtLeast => {
            (comparable && left != Bool).then_some(Bool)
        }
        Op::Plus => match (left, right) {
            (Decimal, Decimal) => Some(Decimal),
            (Text, Text) => Some(Text),
            (Date, Days | Decimal) | (Days | Decimal, Date) => Some(Date),
            (Days, Days | Decimal) | (Decimal, Days) => Some(Days),
            _ => None,
        },
        Op::Minus => match (left, right) {
            (Decimal, Decimal) => Some(Decimal),
            (Date, Date) => Some(Days),
            (Date, Days | Decimal) => Some(Date),
            (Days, Days | Decimal) | (Decimal, Days) => Some(Days),
            _ => None,
        },
        Op::Times => match (left, right) {
            (Decimal, Decimal) => Some(Decimal),
            (Days, Decimal) | (Decimal, Days) => Some(Days),
            _ => None,
        },
        Op::And | Op::Or | Op::In => None,
    }
}
