//! What is wrong with a pack.

use super::written::Pack;
use std::fmt;
use std::sync::Arc;
use thiserror::Error;

/// A place in a pack.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Spot(Box<Parts>);

#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Parts {
    /// The file, where known.
    file: Option<String>,
    /// Line and column in it, from 1.
    at: Option<(usize, usize)>,
    /// That line of the file.
    line: String,
    pack: String,
    /// What the keys stand in: `rule.ID`, `ignore.0`; empty for the pack itself.
    section: String,
    key: String,
    /// What else there is to say about the place.
    note: String,
    /// The character of an expression, from 1; 0 where it is not about one.
    character: usize,
}

impl Spot {
    /// A pack.
    pub fn pack(pack: &str) -> Self {
        let mut spot = Self::default();
        pack.clone_into(&mut spot.0.pack);
        spot
    }

    /// A rule of a pack, its own or one it changes.
    pub fn rule(pack: &str, rule: &str) -> Self {
        Self::pack(pack).section(format!("rule.{rule}"))
    }

    /// A place in a file.
    pub fn file(file: &str, at: Option<(usize, usize)>) -> Self {
        let mut spot = Self::default();
        spot.0.file = Some(file.to_owned());
        spot.0.at = at;
        spot
    }

    /// With the line it stands in, of the whole text of its file.
    pub fn shown_in(mut self, text: &str) -> Self {
        if let Some((line, _)) = self.0.at {
            let line = text.lines().nth(line - 1).unwrap_or("");
            line.clone_into(&mut self.0.line);
        }
        self
    }

    /// A character of the expression that stands there, from 1.
    pub fn character(mut self, character: usize) -> Self {
        self.0.character = character;
        self
    }

    /// The file, where known.
    pub fn path(&self) -> Option<&str> {
        self.0.file.as_deref()
    }

    /// Line and column from 1, where known.
    pub fn at(&self) -> Option<(usize, usize)> {
        self.0.at
    }

    /// That line of the file.
    pub fn line(&self) -> &str {
        &self.0.line
    }

    /// A section of a pack by the path of its keys.
    pub fn section(mut self, section: impl Into<String>) -> Self {
        self.0.section = section.into();
        self
    }

    /// A key in it.
    pub fn key(&self, key: impl Into<String>) -> Self {
        let mut spot = self.clone();
        spot.0.key = key.into();
        spot
    }

    /// Says more about the place.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.0.note = note.into();
        self
    }

    /// Finds the file, line and column: in the last of `packs` that writes the key, else the last that has the rule.
    fn find(&mut self, packs: &[Arc<Pack>]) {
        if self.0.file.is_some() {
            return;
        }
        let change = self.0.section.replacen("rule.", "rules.", 1);
        let with = |section: &str| {
            [section, self.0.key.as_str()]
                .iter()
                .filter(|p| !p.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join(".")
        };
        let ways = [
            with(&change),
            with(&self.0.section),
            change.clone(),
            self.0.section.clone(),
        ];
        for way in ways {
            let found = packs
                .iter()
                .rev()
                .find_map(|pack| Some((pack, pack.places.at(&way)?)));
            if let Some((pack, (line, column))) = found {
                self.0.file = Some(pack.places.file.clone());
                self.0.at = Some((line, column));
                self.0.pack.clone_from(&pack.pack);
                *self = self.clone().shown_in(&pack.places.text);
                self.find_character();
                return;
            }
        }
        let own = packs
            .iter()
            .find(|p| p.pack == self.0.pack && !p.places.file.is_empty());
        self.0.file = own.map(|pack| pack.places.file.clone());
    }
}

impl Spot {
    /// The column of the character, where the expression stands between plain quotes behind its key.
    fn find_character(&mut self) {
        let (Some((line, column)), true) = (self.0.at, self.0.character > 0) else {
            return;
        };
        let after = self.0.line.chars().skip(column - 1);
        let Some(equals) = after.clone().position(|c| c == '=') else {
            return;
        };
        let value: String = after.skip(equals + 1).collect();
        let blanks = value.chars().take_while(|c| c.is_whitespace()).count();
        let value = value.trim_start();
        let quotes = match ["'''", "\"\"\"", "'", "\""]
            .iter()
            .find(|q| value.starts_with(**q))
        {
            // Escapes in it would count as one character each.
            Some(quotes) if !(value.starts_with('"') && value.contains('\\')) => quotes.len(),
            _ => return,
        };
        if value.chars().count() > quotes + self.0.character - 1 {
            let before = column + equals + 1 + blanks + quotes;
            self.0.at = Some((line, before + self.0.character - 1));
        }
    }

    /// What of the pack it is: `rule "ID", check`.
    pub fn what(&self) -> String {
        let mut parts = Vec::new();
        if !self.0.pack.is_empty() && self.0.file.is_none() {
            parts.push(format!("pack \"{}\"", self.0.pack));
        }
        if let Some(rule) = self.0.section.strip_prefix("rule.") {
            parts.push(format!("rule \"{rule}\""));
        } else if self.0.section.starts_with("ignore.") {
            parts.push("ignore".to_owned());
        }
        parts.extend([self.0.key.clone(), self.0.note.clone()]);
        if self.0.character > 0 {
            parts.push(format!("character {}", self.0.character));
        }
        parts.retain(|part| !part.is_empty());
        parts.join(", ")
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.what();
        let Some(file) = &self.0.file else {
            return f.write_str(&what);
        };
        f.write_str(file)?;
        if let Some((line, column)) = self.0.at {
            write!(f, ":{line}:{column}")?;
        }
        match what.is_empty() {
            true => Ok(()),
            false => write!(f, ": {what}"),
        }
    }
}

/// A pack that cannot be used, named by what has to be mended.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum PackMistake {
    /// The TOML does not say what a pack says.
    #[error("{place}: {message}")]
    Unreadable {
        /// Where.
        place: Spot,
        /// What is wrong there.
        message: String,
    },
    /// A word that has no meaning here.
    #[error("{place}: \"{found}\" is no {what}; {remedy}")]
    UnknownWord {
        /// Where.
        place: Spot,
        /// What was found.
        found: String,
        /// What it should have been: a level, a rule, a parameter, ...
        what: &'static str,
        /// The nearest known word, or the list of them.
        remedy: String,
    },
    /// Packs that extend each other in a circle.
    #[error(
        "{place}: pack \"{pack}\" extends itself by way of {through}; take one of the `extends` away"
    )]
    Circle {
        /// Where.
        place: Spot,
        /// Where the circle was noticed.
        pack: String,
        /// The packs on the way.
        through: String,
    },
}

impl PackMistake {
    /// Something wrong at a place.
    pub fn wrong(place: Spot, message: impl Into<String>) -> Self {
        Self::Unreadable {
            place,
            message: message.into(),
        }
    }

    /// Where it is.
    pub fn place(&self) -> &Spot {
        match self {
            Self::Unreadable { place, .. }
            | Self::UnknownWord { place, .. }
            | Self::Circle { place, .. } => place,
        }
    }

    /// What is wrong, without the place.
    pub fn says(&self) -> String {
        let all = self.to_string();
        let place = format!("{}: ", self.place());
        all.strip_prefix(&place).unwrap_or(&all).to_owned()
    }

    /// The same mistake with its file, line and column, where one of `packs` was read from a file.
    pub fn located(mut self, packs: &[Arc<Pack>]) -> Self {
        match &mut self {
            Self::Unreadable { place, .. }
            | Self::UnknownWord { place, .. }
            | Self::Circle { place, .. } => place.find(packs),
        }
        self
    }
}
