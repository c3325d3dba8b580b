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
    /// File, line and column, where known.
    file: Option<String>,
    pack: String,
    /// What the keys stand in: `rule.ID`, `ignore.0`; empty for the pack itself.
    section: String,
    key: String,
    /// What else there is to say about the place.
    note: String,
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
        spot.0.file = Some(match at {
            Some((line, column)) => format!("{file}:{line}:{column}"),
            None => file.to_owned(),
        });
        spot
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
                .find_map(|pack| Some((pack, pack.places.keys.get(&way)?)));
            if let Some((pack, (line, column))) = found {
                self.0.file = Some(format!("{}:{line}:{column}", pack.places.file));
                self.0.pack.clone_from(&pack.pack);
                return;
            }
        }
        let own = packs
            .iter()
            .find(|p| p.pack == self.0.pack && !p.places.file.is_empty());
        self.0.file = own.map(|pack| pack.places.file.clone());
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.0.pack.is_empty() && self.0.file.is_none() {
            parts.push(format!("pack \"{}\"", self.0.pack));
        }
        if let Some(rule) = self.0.section.strip_prefix("rule.") {
            parts.push(format!("rule \"{rule}\""));
        } else if self.0.section.starts_with("ignore.") {
            parts.push("ignore".to_owned());
        }
        parts.extend(
            [self.0.key.clone(), self.0.note.clone()]
                .into_iter()
                .filter(|p| !p.is_empty()),
        );
        match &self.0.file {
            Some(file) if parts.is_empty() => f.write_str(file),
            Some(file) => write!(f, "{file}: {}", parts.join(", ")),
            None => f.write_str(&parts.join(", ")),
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

/// "did you mean ...", or the words that are known.
pub fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let nearest = known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(found, word), *word))
        .min();
    match nearest {
        Some((distance, word)) if distance <= 1 + word.len() / 3 => {
            format!("did you mean \"{word}\"?")
        }
        _ => format!("known are {}", known.join(", ")),
    }
}
