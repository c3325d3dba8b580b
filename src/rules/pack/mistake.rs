//! What is wrong with a pack.

use thiserror::Error;

/// A pack that cannot be used, named by what has to be mended.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum PackMistake {
    /// The TOML does not say what a pack says.
    #[error("{place}: {message}")]
    Unreadable {
        /// File, and line and column where known.
        place: String,
        /// What is wrong there.
        message: String,
    },
    /// A word that has no meaning here.
    #[error("{place}: \"{found}\" is no {what}; {remedy}")]
    UnknownWord {
        /// Pack and rule.
        place: String,
        /// What was found.
        found: String,
        /// What it should have been: a level, a rule, a parameter, ...
        what: &'static str,
        /// The nearest known word, or the list of them.
        remedy: String,
    },
    /// Packs that extend each other in a circle.
    #[error("pack \"{pack}\" extends itself by way of {through}; take one of the `extends` away")]
    Circle {
        /// Where the circle was noticed.
        pack: String,
        /// The packs on the way.
        through: String,
    },
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
