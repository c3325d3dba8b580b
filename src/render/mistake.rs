//! A mistake in a pack, shown like a finding: what is wrong, and the place in its file.

use super::snippet::snippet;
use super::wording::{printable, wrapped};
use crate::model::finding::Excerpt;
use crate::model::{Level, Place};
use crate::rules::PackMistake;

/// The mistake with its place, as far as it is known. Without one it is a single line.
pub fn mistake(mistake: &PackMistake, colour: bool, width: usize) -> String {
    let spot = mistake.place();
    let (Some(path), Some((line, column))) = (spot.path(), spot.at()) else {
        return format!("mistake in a pack: {}\n", printable(&mistake.to_string()));
    };
    let (column, end) = marked(mistake, spot.line(), column);
    let place = Place {
        line: number(line),
        column: number(column),
        end_column: number(end),
        item: None,
        field: Some(spot.what()).filter(|what| !what.is_empty()),
        value: None,
        excerpt: Some(Excerpt {
            text: spot.line().into(),
            skipped: 0,
        }),
    };
    let shown = snippet(path, &place, Level::Reject, colour, width);
    let said = wrapped(&format!("mistake in a pack: {}", mistake.says()), width);
    format!("{}\n{shown}\n", said.join("\n"))
}

/// The columns to mark: the word that is wrong, the character, or the rest of the line.
fn marked(mistake: &PackMistake, line: &str, column: usize) -> (usize, usize) {
    let rest: String = line.chars().skip(column.saturating_sub(1)).collect();
    // What a sentence begins with between quotes is the word it is about.
    let says = mistake.says();
    let word = says
        .strip_prefix('"')
        .and_then(|rest| rest.split('"').next());
    if let Some(word) = word.filter(|word| !word.is_empty())
        && let Some(at) = rest.find(word)
    {
        let before = rest[..at].chars().count();
        return (column + before, column + before + word.chars().count());
    }
    let words = match rest.find(" #") {
        Some(comment) => &rest[..comment],
        None => rest.as_str(),
    };
    let long = words.trim_end().chars().count();
    (column, column + long.max(1))
}

fn number(from: usize) -> u32 {
    u32::try_from(from).unwrap_or(u32::MAX)
}
