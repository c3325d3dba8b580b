//! A table rule as one English sentence with its parameters in force.

use super::compile::{Compiler, is_one_of};
use crate::rules::condition::{Mistake, in_words, parse, quoted};
use crate::rules::pack::written::OneOrMore;
use crate::rules::rule::Rule;
use std::collections::BTreeMap;

/// The sentence; `None` for rules with a `kind`, and for those that cannot be made ready.
pub fn sentence(rule: &Rule) -> Option<String> {
    if !rule.kinds.is_empty() {
        return None;
    }
    said(rule).ok()
}

fn said(rule: &Rule) -> Result<String, Mistake> {
    let unready = |_| Mistake {
        at: 0,
        message: String::new(),
    };
    let params = Compiler::new(rule).map_err(unready)?.params;
    let table = &rule.table;
    let words = |text: &str| Ok(in_words(&parse(text)?, &params));
    let mut wheres = listed(&table.only, &params);
    if let Some(when) = &table.when {
        wheres.push(words(when)?);
    }
    let mut musts = Vec::new();
    for (name, limits, sign) in [("min", &table.min, ">="), ("max", &table.max, "<=")] {
        for field in limits.keys() {
            musts.push(words(&format!("{field} {sign} {name}.{field}"))?);
        }
    }
    musts.extend(listed(&table.one_of, &params));
    for field in &table.required {
        musts.push(words(&format!("has({field})"))?);
    }
    for (field, pattern) in &table.matches {
        musts.push(format!(
            "{} has the form \"{pattern}\"",
            field.replace('_', " ")
        ));
    }
    if !table.phrases.is_empty() {
        musts.push(format!(
            "the narrative has none of {}",
            quoted(&table.phrases)
        ));
    }
    if let Some(check) = &table.check {
        musts.push(words(check)?);
    }
    let mut text = format!(
        "For each {}",
        rule.each.replace("timekeeper-day", "day of a timekeeper")
    );
    if !wheres.is_empty() {
        text.push_str(&format!(" where {}", wheres.join(" and ")));
    }
    text.push_str(&format!(": {}", musts.join(", and ")));
    Ok(text)
}

/// `field is one of ...` for each field.
fn listed(
    fields: &BTreeMap<String, OneOrMore>,
    params: &BTreeMap<String, crate::rules::condition::ParamValue>,
) -> Vec<String> {
    let said = |(name, values): (&String, &OneOrMore)| {
        let values: Vec<String> = values.iter().map(str::to_owned).collect();
        if let [one] = values.as_slice()
            && let Some(crate::rules::condition::ParamValue::Texts(list)) = params.get(one)
        {
            return format!("{} is {}", name.replace('_', " "), quoted(list));
        }
        match is_one_of(name, &values) {
            Ok(_) => format!("{} is {}", name.replace('_', " "), quoted(&values)),
            Err(message) => message,
        }
    };
    fields.iter().map(said).collect()
}
