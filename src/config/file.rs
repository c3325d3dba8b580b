//! The settings file.

use super::keys::{KEYS, Key, Kind};
use super::redact::is_mistyped;
use super::settings::{Origin, Value};
use crate::model::did_you_mean;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use thiserror::Error;
use toml::de::{DeTable, DeValue};

/// A mistake in the settings: where, and what to do.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{place}: {why}")]
pub struct SettingsMistake {
    /// File, line and column, or the variable.
    pub place: String,
    /// What is wrong, and what is expected.
    pub why: String,
}

/// Reads a settings file.
pub(super) fn parse(
    path: &Path,
    text: &str,
) -> Result<BTreeMap<&'static str, Value>, SettingsMistake> {
    let at = |offset: usize| {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    };
    let wrong = |offset: usize, why: String| {
        let (line, column) = at(offset);
        SettingsMistake {
            place: format!("{}:{line}:{column}", path.display()),
            why,
        }
    };
    let table = DeTable::parse(text).map_err(|e| {
        // The library shows the line; in a settings file it may hold what nobody should see.
        let first = e.message().lines().next().unwrap_or_default().to_owned();
        wrong(e.span().map_or(0, |s| s.start), first)
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut found = BTreeMap::new();
    for (name, value) in table.get_ref() {
        let known = KEYS.iter().find(|k| k.name == name.get_ref());
        let Some(key) = known else {
            let names = KEYS
                .iter()
                .filter(|k| k.kind != Kind::Secret)
                .map(|k| k.name);
            let meant = did_you_mean(name.get_ref(), names);
            let why = format!("there is no setting \"{}\"; {meant}", name.get_ref());
            return Err(wrong(name.span().start, why));
        };
        let texts = texts(key, value.get_ref(), folder);
        let texts =
            texts.map_err(|why| wrong(value.span().start, format!("{}: {why}", key.name)))?;
        let origin = Origin::File {
            path: path.to_owned(),
            line: at(name.span().start).0,
        };
        found.insert(key.name, Value { texts, origin });
    }
    Ok(found)
}

fn texts(key: &Key, value: &DeValue<'_>, folder: &Path) -> Result<Vec<String>, String> {
    let below = |path: &str| folder.join(path).display().to_string();
    match (key.kind, value) {
        (Kind::Secret, _) => Err(format!(
            "a secret does not belong in a file; set {} in the environment",
            key.variable
        )),
        (Kind::Number, DeValue::Integer(number)) => {
            Ok(vec![super::settings::number(&number.to_string())?])
        }
        (Kind::Number, _) => Err("a whole number is expected, for example 60".to_owned()),
        (Kind::Text, DeValue::String(text)) => Ok(vec![text.to_string()]),
        (Kind::Path | Kind::Paths, DeValue::String(path)) => Ok(vec![below(path)]),
        (Kind::Address, DeValue::String(text)) => {
            Ok(vec![if text.contains("://") || is_mistyped(text) {
                text.to_string()
            } else {
                let file = text.strip_prefix("sqlite:").unwrap_or(text);
                below(file)
            }])
        }
        (Kind::Paths, DeValue::Array(paths)) => paths
            .iter()
            .map(|path| match path.get_ref() {
                DeValue::String(path) => Ok(below(path)),
                _ => Err("each folder stands in quotes".to_owned()),
            })
            .collect(),
        (Kind::Paths, _) => {
            Err("folders are expected, for example [\"2025\", \"2026\"]".to_owned())
        }
        (Kind::Text | Kind::Path | Kind::Address, _) => {
            Err("words in quotes are expected".to_owned())
        }
    }
}

/// The settings file in the platform's settings folder.
pub(super) fn usual_place() -> Option<PathBuf> {
    Some(super::keys::folders()?.config_dir().join(super::FILE))
}
