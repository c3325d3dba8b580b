//! Looking for codes: the nearest to an unknown one, and all that hold certain words.

use super::catalogue::{Catalogue, packed};
use super::code::{Code, CodeKind, CodeLevel, Status};
use std::cmp::Reverse;

impl Catalogue {
    /// The known code a mistyped one was most likely meant to be. `None` where nothing is near enough to be
    /// worth naming.
    pub fn nearest(&self, code: &str, kind: CodeKind) -> Option<&Code> {
        let wanted = code.trim().to_ascii_uppercase();
        packed(&wanted)?;
        self.codes()
            .iter()
            .filter(|c| c.kind == kind && c.status != Status::Superseded)
            .filter(|c| !matches!(c.level, CodeLevel::Phase | CodeLevel::Group))
            .map(|c| (strsim::damerau_levenshtein(&wanted, &c.code), c))
            .filter(|(distance, c)| {
                *distance == 1 || (*distance == 2 && common(&wanted, &c.code) >= 2)
            })
            .min_by_key(|(distance, c)| (*distance, Reverse(common(&wanted, &c.code)), &c.code))
            .map(|(_, c)| c)
    }

    /// Codes that begin with `text`, or whose label or summary holds every word of it. An empty text finds all.
    pub fn search(&self, text: &str) -> Vec<&Code> {
        let text = text.trim();
        let upper = text.to_ascii_uppercase();
        let by_code: Vec<&Code> = self
            .codes()
            .iter()
            .filter(|c| c.code.starts_with(&upper))
            .collect();
        if !by_code.is_empty() {
            return by_code;
        }
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        self.codes()
            .iter()
            .filter(|c| {
                let set = &self.set_of(c).title;
                let prose = format!("{} {} {set}", c.label, c.summary).to_lowercase();
                words.iter().all(|w| prose.contains(w.as_str()))
            })
            .collect()
    }
}

/// How many letters two codes have in common at their beginning.
fn common(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::super::catalogue;
    use super::*;

    #[test]
    fn the_nearest_code_is_of_the_same_kind_and_near() {
        for (code, kind, nearest) in [
            ("L121", CodeKind::Task, Some("L120")),
            ("L12O", CodeKind::Task, Some("L120")),
            ("L1200", CodeKind::Task, Some("L120")),
            ("A32", CodeKind::Activity, None),
            ("ZZZZ", CodeKind::Task, None),
            ("000000", CodeKind::Task, None),
            ("9", CodeKind::Task, None),
            ("E1O1", CodeKind::Expense, Some("E101")),
        ] {
            let found = catalogue().nearest(code, kind).map(|c| c.code.as_str());
            assert_eq!(found, nearest, "{code}");
        }
    }

    #[test]
    fn codes_are_found_by_their_beginning_and_by_words() {
        let codes = |text: &str| -> Vec<&str> {
            catalogue()
                .search(text)
                .iter()
                .map(|c| c.code.as_str())
                .collect()
        };
        assert_eq!(codes("l11"), ["L110"]);
        assert!(codes("deposition").contains(&"E115"));
        assert!(
            codes("Expert witness litigation")
                .iter()
                .all(|c| !c.starts_with('E'))
        );
        assert_eq!(codes("").len(), 400);
        assert!(codes("no such words at all").is_empty());
    }
}
