//! A table as its pack writes it, made ready: fields found, numbers read, expressions typed.

use super::{Arg, KINDS, TableRule, Test, kind_index};
use crate::model::did_you_mean;
use crate::model::{Field, LineKind, RuleId};
use crate::rules::condition::{
    self, Condition, Entry, Level, Needs, ParamValue, Scope, Type, Value, entry, param_value,
};
use crate::rules::pack::written::Param;
use crate::rules::pack::{PackMistake, Spot};
use crate::rules::rule::Rule;
use std::collections::{BTreeMap, BTreeSet};

/// The narrative, where phrases are looked for.
pub(super) const NARRATIVE: &Entry = &condition::NARRATIVE;

/// Names a message may always use.
const ALWAYS: [&str; 7] = [
    "field", "value", "item", "line", "invoice", "expected", "count",
];

/// Keys of a table rule, for "did you mean".
const KEYS: [&str; 20] = [
    "kind",
    "only",
    "min",
    "max",
    "one_of",
    "required",
    "matches",
    "phrases",
    "when",
    "check",
    "as_of",
    "at_risk",
    "family",
    "rank",
    "scope",
    "confidence",
    "gather",
    "fix",
    "variant",
    "each",
];

/// A table rule made ready.
///
/// # Errors
/// Whatever is wrong with it, with its place and a remedy.
///
/// With `may_wait`, patterns that are shipped with the program are compiled when a line first asks them.
pub fn compile(rule: &Rule, may_wait: bool) -> Result<TableRule, PackMistake> {
    let mut compiler = Compiler::new(rule)?;
    compiler.may_wait = may_wait && rule.tried;
    compiler.rule()
}

pub(super) struct Compiler<'a> {
    rule: &'a Rule,
    spot: Spot,
    level: Level,
    pub(super) params: BTreeMap<String, ParamValue>,
    used: BTreeSet<String>,
    needs: Needs,
    may_wait: bool,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(rule: &'a Rule) -> Result<Self, PackMistake> {
        let spot = Spot::rule(&rule.pack, rule.id.as_str());
        let level = Level::ALL
            .into_iter()
            .find(|level| level.name() == rule.each);
        let Some(level) = level else {
            return Err(PackMistake::UnknownWord {
                place: spot.key("each"),
                found: rule.each.clone(),
                what: "level of a rule without `kind`",
                remedy: did_you_mean(&rule.each, Level::ALL.map(Level::name)),
            });
        };
        let mut params: BTreeMap<String, ParamValue> = rule
            .params
            .iter()
            .map(|(name, param)| (name.clone(), param_value(param)))
            .collect();
        for (word, limits) in [("min", &rule.table.min), ("max", &rule.table.max)] {
            for (field, limit) in limits {
                let value = match limit {
                    // A limit may be a parameter, so that a pack can change it by its name.
                    Param::Text(name) if rule.params.contains_key(name) => {
                        param_value(&rule.params[name])
                    }
                    limit => param_value(limit),
                };
                params.insert(format!("{word}.{field}"), value);
            }
        }
        let mut used = BTreeSet::new();
        for limit in rule.table.min.values().chain(rule.table.max.values()) {
            if let Param::Text(name) = limit {
                used.insert(name.clone());
            }
        }
        Ok(Self {
            rule,
            spot,
            level,
            params,
            used,
            needs: Needs::default(),
            may_wait: false,
        })
    }

    fn wrong(&self, key: &str, message: impl Into<String>) -> PackMistake {
        PackMistake::wrong(self.spot.key(key), message)
    }

    /// An expression that stands at `key`.
    fn read(
        &mut self,
        key: &str,
        text: &str,
        wanted: Type,
        level: Level,
    ) -> Result<Condition, PackMistake> {
        let scope = Scope {
            level,
            params: &self.params,
            may_wait: self.may_wait,
        };
        let condition = condition::read(text, wanted, &scope).map_err(|mistake| {
            let column = text.get(..mistake.at).unwrap_or(text).chars().count() + 1;
            let place = self.spot.key(key).character(column);
            PackMistake::wrong(place, mistake.message)
        })?;
        self.used.extend(condition.used().iter().cloned());
        self.needs = self.needs.and(condition.needs());
        Ok(condition)
    }

    /// An expression made of a key of the table: what is wrong with it is wrong with the key.
    fn made(&mut self, key: &str, text: &str, level: Level) -> Result<Condition, PackMistake> {
        let scope = Scope {
            level,
            params: &self.params,
            may_wait: self.may_wait,
        };
        let condition = condition::read(text, Type::Bool, &scope)
            .map_err(|mistake| self.wrong(key, mistake.message))?;
        self.used.extend(condition.used().iter().cloned());
        self.needs = self.needs.and(condition.needs());
        Ok(condition)
    }

    fn rule(mut self) -> Result<TableRule, PackMistake> {
        let table = &self.rule.table;
        let (kinds, codes, only) = self.only()?;
        let when = match &table.when {
            Some(text) => Some(self.read("when", text, Type::Bool, self.level)?),
            None => None,
        };
        let tests = self.tests()?;
        if tests.is_empty() && table.phrases.is_empty() {
            let message = "a rule without `kind` needs at least one of min, max, one_of, required, matches, phrases, check";
            return Err(PackMistake::wrong(self.spot.clone(), message));
        }
        if !table.phrases.is_empty() && self.level != Level::Line {
            return Err(self.wrong(
                "phrases",
                "phrases are looked for on each line; write each = \"line\"",
            ));
        }
        if let Some(blank) = table
            .phrases
            .iter()
            .find(|p| p.trim_end_matches('*').trim().is_empty())
        {
            return Err(self.wrong("phrases", format!("\"{blank}\" is no phrase; take it away")));
        }
        let at_risk = match &table.at_risk {
            Some(text) => Some(self.read("at_risk", text, Type::Decimal, self.level)?),
            None => None,
        };
        if let Some(word) = table
            .as_of
            .as_deref()
            .filter(|w| !matches!(*w, "line" | "invoice"))
        {
            return Err(PackMistake::UnknownWord {
                place: self.spot.key("as_of"),
                found: word.to_owned(),
                what: "date to judge by",
                remedy: did_you_mean(word, ["line", "invoice"]),
            });
        }
        let args = self.args()?;
        if let Some(unknown) = self
            .rule
            .params
            .keys()
            .find(|name| !self.used.contains(*name))
        {
            let params = self
                .rule
                .params
                .keys()
                .filter(|p| *p != unknown)
                .map(String::as_str);
            return Err(PackMistake::UnknownWord {
                place: self.spot.key(unknown.as_str()),
                found: unknown.clone(),
                what: "key or parameter of this rule",
                remedy: did_you_mean(unknown, KEYS.into_iter().chain(params)),
            });
        }
        let mut needs = self.needs;
        match self.level {
            Level::Line => {}
            Level::TimekeeperDay => needs.days = true,
            Level::Timekeeper => needs.timekeepers = true,
            Level::Matter | Level::Invoice => needs.matters = true,
        }
        Ok(TableRule {
            id: self.rule.id,
            level: self.level,
            days: (None, None),
            version: 0,
            kinds,
            codes,
            only,
            when,
            tests,
            phrases: table.phrases.clone(),
            at_risk,
            args,
            needs,
        })
    }

    /// Line types and codes apart, since rules are found by them.
    #[allow(clippy::type_complexity)]
    fn only(
        &mut self,
    ) -> Result<([bool; KINDS], Option<(Field, Vec<String>)>, Vec<Condition>), PackMistake> {
        let mut kinds = [true; KINDS];
        let mut codes = None;
        let mut only = Vec::new();
        for (name, values) in &self.rule.table.only {
            let key = format!("only.{name}");
            let field = entry(name).map(|e| e.field);
            // A list that is a parameter of the rule.
            let mut values: Vec<String> = match values.iter().collect::<Vec<_>>().as_slice() {
                [one] if matches!(self.params.get(*one), Some(ParamValue::Texts(_))) => {
                    self.used.insert((*one).to_owned());
                    match self.params.get(*one) {
                        Some(ParamValue::Texts(list)) => list.clone(),
                        _ => Vec::new(),
                    }
                }
                all => all.iter().map(|v| (*v).to_owned()).collect(),
            };
            values.sort();
            values.dedup();
            match field {
                Some(Field::LineType) => {
                    kinds = [false; KINDS];
                    for code in &values {
                        let Some(kind) = LineKind::of_code(code) else {
                            return Err(PackMistake::UnknownWord {
                                place: self.spot.key(key),
                                found: code.clone(),
                                what: "line type",
                                remedy: did_you_mean(code, ["F", "E", "IF", "IE"]),
                            });
                        };
                        kinds[kind_index(Some(kind))] = true;
                    }
                }
                Some(field @ (Field::ExpenseCode | Field::TaskCode | Field::ActivityCode))
                    if codes.is_none() =>
                {
                    codes = Some((field, values));
                }
                _ => {
                    let text =
                        is_one_of(name, &values).map_err(|message| self.wrong(&key, message))?;
                    only.push(self.made(&key, &text, Level::Line)?);
                }
            }
        }
        Ok((kinds, codes, only))
    }

    fn tests(&mut self) -> Result<Vec<Test>, PackMistake> {
        let rule = self.rule;
        let table = &rule.table;
        let mut tests = Vec::new();
        for (word, limits, sign) in [("min", &table.min, ">="), ("max", &table.max, "<=")] {
            for name in limits.keys() {
                let limit = format!("{word}.{name}");
                if let Some(ParamValue::One(Value::Text(text))) = self.params.get(&limit)
                    && entry(name).is_none_or(|e| e.kind() != Type::Text)
                    && entry(name).is_some()
                {
                    let message = format!(
                        "\"{text}\" is no number, no day and no parameter of this rule; write it as \"0.10\", \"50 %\" or \"2026-01-31\""
                    );
                    return Err(self.wrong(&limit, message));
                }
                let text = format!("{name} {sign} {limit}");
                let condition = self.made(&limit, &text, self.level)?;
                let expected = match self.params.get(&limit) {
                    Some(ParamValue::One(value)) => Some(value.shown()),
                    _ => None,
                };
                tests.push(test(condition, expected));
            }
        }
        for (name, values) in &table.one_of {
            let key = format!("one_of.{name}");
            let values: Vec<String> = values.iter().map(str::to_owned).collect();
            let text = is_one_of(name, &values).map_err(|message| self.wrong(&key, message))?;
            tests.push(test(self.made(&key, &text, self.level)?, None));
        }
        for name in &table.required {
            tests.push(test(
                self.made("required", &format!("has({name})"), self.level)?,
                None,
            ));
        }
        for (name, pattern) in &table.matches {
            let key = format!("matches.{name}");
            self.params.insert(
                key.clone(),
                ParamValue::One(Value::Text(pattern.clone().into())),
            );
            let text = format!("matches({name}, {key})");
            tests.push(test(self.made(&key, &text, self.level)?, None));
        }
        if let Some(text) = &table.check {
            tests.push(test(
                self.read("check", text, Type::Bool, self.level)?,
                None,
            ));
        }
        for test in &mut tests {
            // Where a test names no field, `only` may.
            if test.place.is_none() && self.level == Level::Line {
                let mut named = table.only.keys().filter_map(|name| entry(name));
                test.place = named.rfind(|e| e.field != Field::LineType);
            }
        }
        Ok(tests)
    }

    /// What stands in braces in the texts: fields, parameters, any expression.
    fn args(&mut self) -> Result<Vec<(&'static str, Arg)>, PackMistake> {
        let mut args: Vec<(&'static str, Arg)> = Vec::new();
        for (key, text) in [
            ("message", &self.rule.main.message),
            ("help", &self.rule.main.help),
        ] {
            let text = text.clone();
            for part in text.split('{').skip(1) {
                let Some((name, _)) = part.split_once('}') else {
                    continue;
                };
                if ALWAYS.contains(&name) || args.iter().any(|(known, _)| *known == name) {
                    continue;
                }
                // Names in messages live as long as rules' ids do.
                let kept = RuleId::intern(name).as_str();
                if name == "found" && !self.rule.table.phrases.is_empty() {
                    args.push((kept, Arg::Found));
                    continue;
                }
                let scope = Scope {
                    level: self.level,
                    params: &self.params,
                    may_wait: self.may_wait,
                };
                let condition = condition::read_any(name, &scope).map_err(|mistake| {
                    PackMistake::wrong(
                        self.spot.key(key),
                        format!("{{{name}}}: {}", mistake.message),
                    )
                })?;
                self.used.extend(condition.used().iter().cloned());
                self.needs = self.needs.and(condition.needs());
                args.push((kept, Arg::Value(condition)));
            }
        }
        Ok(args)
    }
}

fn test(condition: Condition, expected: Option<String>) -> Test {
    let place = condition.places().first().copied();
    Test {
        // A limit of a sum over lines stands in none of them.
        expected: expected.filter(|_| place.is_some()),
        place,
        condition,
    }
}

/// `name in [...]` in the words of the field's type.
pub(super) fn is_one_of(name: &str, values: &[String]) -> Result<String, String> {
    let kind = entry(name).map_or(Type::Text, Entry::kind);
    let values: Vec<String> = values
        .iter()
        .map(|value| match kind {
            Type::Decimal => condition::number(value)
                .map(|number| number.to_string())
                .ok_or_else(|| format!("\"{value}\" is no number")),
            Type::Date => Ok(format!("date('{value}')")),
            _ => Ok(format!(
                "\"{}\"",
                value.replace('\\', "\\\\").replace('"', "\\\"")
            )),
        })
        .collect::<Result<_, _>>()?;
    Ok(format!("{name} in [{}]", values.join(", ")))
}
