//! A pack read from its file: what is wrong with it is named with line and column.

use super::written::{Pack, Places};
use super::{PackMistake, Spot};
use crate::model::did_you_mean;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;
use toml::de::{DeTable, DeValue, Deserializer};

/// Reads a pack. `file` is its name in mistakes.
///
/// # Errors
/// What is no TOML, an unknown key, a value of the wrong type, a rule without examples.
pub fn read_pack(file: &str, text: &str) -> Result<Pack, PackMistake> {
    let lined = Lined::new(text);
    let wrong = |span: Option<Range<usize>>, message: String| {
        let at = span.map(|span| position(&lined, span.start));
        PackMistake::wrong(Spot::file(file, at).shown_in(text), message)
    };
    let table = DeTable::parse(text).map_err(|e| wrong(e.span(), in_words(e.message())))?;
    if let Some(rules) = table
        .get_ref()
        .get("rule")
        .and_then(|r| r.get_ref().as_array())
    {
        for rule in rules.iter() {
            if let DeValue::Table(rule) = rule.get_ref() {
                parameters(rule, &wrong)?;
            }
        }
    }
    if let Some(changes) = table
        .get_ref()
        .get("rules")
        .and_then(|r| r.get_ref().as_table())
    {
        for change in changes.values() {
            if let DeValue::Table(change) = change.get_ref() {
                parameters(change, &wrong)?;
            }
        }
    }
    let mut pack = Pack::deserialize(Deserializer::from(table))
        .map_err(|e| wrong(e.span(), in_words(e.message())))?;
    pack.stands_in(file, text);
    if let Some((key, message)) = pack.terms.as_ref().and_then(super::sound::mistake) {
        let at = pack.places.at(&key);
        return Err(PackMistake::wrong(
            Spot::file(file, at).shown_in(text),
            message,
        ));
    }
    examples(&pack)?;
    Ok(pack)
}

impl Pack {
    /// Says in which file it stands, with which text.
    pub(in crate::rules) fn stands_in(&mut self, file: &str, text: &str) {
        self.sha256 = Cow::Owned(hex::encode(Sha256::digest(text)));
        self.places = Places {
            file: file.to_owned(),
            text: text.into(),
            keys: OnceLock::new(),
        };
    }
}

impl Places {
    /// Line and column of a key, by its path: `rule.ID.check`, `rules.ID.level`, `ignore.0.until`. The keys are looked
    /// up when the first of them is asked for: only mistakes are shown with their places.
    pub fn at(&self, path: &str) -> Option<(usize, usize)> {
        let keys = self.keys.get_or_init(|| keys(&self.text));
        keys.get(path).copied()
    }
}

/// Where the keys of a pack stand.
fn keys(text: &str) -> BTreeMap<String, (usize, usize)> {
    let lined = Lined::new(text);
    let mut keys = BTreeMap::new();
    let Ok(table) = DeTable::parse(text) else {
        return keys;
    };
    for (key, value) in table.get_ref() {
        let name: &str = key.get_ref();
        keys.insert(name.to_owned(), position(&lined, key.span().start));
        if let DeValue::Array(list) = value.get_ref() {
            for (index, item) in list.iter().enumerate() {
                let DeValue::Table(inner) = item.get_ref() else {
                    continue;
                };
                let id = inner.get("id").and_then(|id| id.get_ref().as_str());
                let section = match (name, id) {
                    ("rule", Some(id)) => format!("rule.{id}"),
                    _ => format!("{name}.{index}"),
                };
                keys.insert(section.clone(), position(&lined, item.span().start));
                note(&lined, &section, inner, &mut keys);
            }
        } else if let DeValue::Table(inner) = value.get_ref() {
            note(&lined, name, inner, &mut keys);
        }
    }
    keys
}

/// Remembers where the keys of a table stand.
fn note(
    text: &Lined<'_>,
    section: &str,
    table: &DeTable<'_>,
    keys: &mut BTreeMap<String, (usize, usize)>,
) {
    for (key, value) in table {
        let name: &str = key.get_ref();
        let path = format!("{section}.{name}");
        keys.insert(path.clone(), position(text, key.span().start));
        if let DeValue::Table(inner) = value.get_ref() {
            note(text, &path, inner, keys);
        }
    }
}

/// Numbers with a point and days are not what parameters are written as.
fn parameters(
    table: &DeTable<'_>,
    wrong: &dyn Fn(Option<Range<usize>>, String) -> PackMistake,
) -> Result<(), PackMistake> {
    for (key, value) in table {
        let name: &str = key.get_ref();
        let remedy = match value.get_ref() {
            DeValue::Float(number) => {
                format!(
                    "{name} is an amount; write it between quotes, as in \"{}\"",
                    number.as_str()
                )
            }
            DeValue::Datetime(day) => {
                format!("{name} is a day; write it between quotes, as in \"{day}\"")
            }
            DeValue::Table(inner) if matches!(name, "min" | "max" | "only" | "one_of") => {
                parameters(inner, wrong)?;
                continue;
            }
            _ => continue,
        };
        return Err(wrong(Some(value.span()), remedy));
    }
    Ok(())
}

/// Rules are tested by their examples; a rule without is not taken.
fn examples(pack: &Pack) -> Result<(), PackMistake> {
    for rule in &pack.rule {
        for (list, what) in [(&rule.bad, "bad"), (&rule.good, "good")] {
            if list.is_empty() {
                let message = format!(
                    "there is no {what} example; add {what} = [{{ line = {{ units = \"1.00\" }} }}], a change of the good invoice that {}",
                    if what == "bad" {
                        "gives this finding"
                    } else {
                        "gives none"
                    }
                );
                let place = Spot::rule(&pack.pack, &rule.id);
                let packs = [std::sync::Arc::new(pack.clone())];
                return Err(PackMistake::wrong(place, message).located(&packs));
            }
        }
    }
    Ok(())
}

/// Line and column from 1; a column counts characters.
fn position(text: &Lined<'_>, byte: usize) -> (usize, usize) {
    let line = text.starts.partition_point(|start| *start <= byte).max(1);
    let start = text.starts.get(line - 1).copied().unwrap_or_default();
    let before = text.text.get(start..byte).unwrap_or_default();
    (line, before.chars().count() + 1)
}

/// A text that knows where its lines begin: a pack of a thousand rules has ten thousand keys to find.
struct Lined<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lined<'a> {
    fn new(text: &'a str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(breaks).collect(),
        }
    }
}

/// The TOML parser's message for people: unknown keys and words get the nearest known one.
pub fn in_words(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.as_slice() {
        [found, known @ ..] if message.starts_with("unknown field") && !known.is_empty() => {
            format!(
                "\"{found}\" is no key here; {}",
                did_you_mean(found, known.iter().copied())
            )
        }
        [found, known @ ..] if message.starts_with("unknown variant") && !known.is_empty() => {
            format!(
                "\"{found}\" is not known here; {}",
                did_you_mean(found, known.iter().copied())
            )
        }
        [missing] if message.starts_with("missing field") => {
            format!("{missing} is missing; add {missing} = \"...\"")
        }
        _ => {
            let one_line: Vec<&str> = message.lines().map(str::trim).collect();
            let text = one_line.join(" ");
            // As `OneOrMore` and `Param` say what they are.
            match text.rsplit_once(", expected a text") {
                Some((_, rest)) => format!("write a text{rest}"),
                None => text,
            }
        }
    }
}
