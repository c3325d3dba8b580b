//! How the number of a corrected invoice is made, by the terms of its portal.

/// How a corrected invoice is numbered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NextNumber<'a> {
    /// Nobody knows.
    Unknown,
    /// As the refused one.
    Same,
    /// Any other.
    New,
    /// By a pattern, as `{number}-R`.
    Pattern(&'a str),
}

impl<'a> NextNumber<'a> {
    /// The numbering a portal's terms name.
    pub fn of(rule: Option<&'a str>) -> Self {
        match rule {
            None => Self::Unknown,
            Some("same") => Self::Same,
            Some("new") => Self::New,
            Some(pattern) => Self::Pattern(pattern),
        }
    }

    /// Whether a correction under the same number, or under another, is taken.
    pub fn takes(self, same_number: bool) -> bool {
        match self {
            Self::Unknown => true,
            Self::Same => same_number,
            Self::New | Self::Pattern(_) => !same_number,
        }
    }

    /// What the number is to be.
    pub fn words(self, number: &str) -> String {
        match self {
            Self::Unknown => {
                "a number nobody has written down: ask the portal or the client".to_owned()
            }
            Self::Same => format!("the same number, {number}"),
            Self::New => "a new number".to_owned(),
            Self::Pattern(pattern) => format!("the number {}", pattern.replace("{number}", number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_portals_rule_says_which_number_is_next() {
        for (rule, same, other, words) in [
            (None, true, true, "nobody has written down"),
            (Some("same"), true, false, "the same number, A-1"),
            (Some("new"), false, true, "a new number"),
            (Some("{number}-R"), false, true, "the number A-1-R"),
        ] {
            let numbering = NextNumber::of(rule);
            assert_eq!(
                (numbering.takes(true), numbering.takes(false)),
                (same, other),
                "{rule:?}"
            );
            assert!(numbering.words("A-1").contains(words), "{rule:?}");
        }
    }
}
