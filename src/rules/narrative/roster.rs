//! The people of the firm, as a narrative may name them: by last name, full name or initials.

use rustc_hash::FxHashSet;

/// Names and initials in lower case.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    names: FxHashSet<Box<str>>,
}

impl Roster {
    /// From names written `Last, First Middle` or `First Last`.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut roster = Self::default();
        for name in names {
            roster.add(name);
        }
        roster
    }

    /// Adds a person.
    pub fn add(&mut self, name: &str) {
        self.names
            .extend(spellings(name).into_iter().map(String::into_boxed_str));
    }

    /// True where nobody is known.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// True where a word of a narrative names somebody of the firm.
    pub fn knows(&self, word: &str) -> bool {
        if self.names.is_empty() || word.len() > 40 {
            return false;
        }
        let word = word.trim_end_matches('.');
        let word = word.strip_suffix("'s").unwrap_or(word);
        self.names.contains(word.to_lowercase().as_str())
    }
}

/// How a narrative may name a person: last name and initials, in lower case. `name` is written `Last, First
/// Middle` or `First Last`.
pub fn spellings(name: &str) -> Vec<String> {
    let (first, last) = match name.split_once(',') {
        Some((last, first)) => (first.trim(), last.trim()),
        None => name.trim().rsplit_once(' ').unwrap_or(("", name.trim())),
    };
    if last.chars().count() < 3 {
        return Vec::new();
    }
    // "Smith" on a line may be anybody, but not where a Smith bills on the same matter.
    let mut all = vec![last.to_lowercase()];
    let letters: Vec<char> = first
        .split([' ', '.', '-'])
        .chain(std::iter::once(last))
        .filter_map(|part| part.chars().next())
        .flat_map(char::to_lowercase)
        .collect();
    if let (Some(one), Some(two), true) = (letters.first(), letters.last(), letters.len() > 1) {
        all.push(format!("{one}.{two}"));
        all.push(format!("{one}{two}"));
    }
    if let [one, two, three] = letters.as_slice() {
        all.push(format!("{one}.{two}.{three}"));
        all.push(format!("{one}{two}{three}"));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_known_by_name_and_initials() {
        let roster = Roster::of(["Wren, Isolde", "Daniel K. Okafor"]);
        for word in ["Wren", "I.W.", "IW", "Okafor's", "D.K.O.", "D.O."] {
            assert!(roster.knows(word), "{word}");
        }
        assert!(!roster.knows("Isolde") && !roster.knows("M.T."));
    }
}
