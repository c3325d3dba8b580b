//! The second line: are the columns the format's own, and if not, how can the records still be read?

use super::layout::{Layout, table_of};
use super::rule;
use super::table::Column;
use crate::model::{Anchor, Cell, Hit, LedesFormat};

/// Column names whose spelling in lower or upper case nobody minds (dialects.md, "Header line").
const CASE_FREE: [&str; 2] = ["LAW_FIRM_STATEorREGION", "CLIENT_STATEorREGION"];

/// A line of more names than this is no header: the formats have 24 and 52 columns.
const MOST_COLUMNS: usize = 500;

/// Unknown names a message lists, and characters of each.
const MOST_NAMED: usize = 30;
const LONGEST_NAME: usize = 60;

/// A header as read: how the records stand, and what is wrong with it.
pub struct Header {
    pub layout: Layout,
    pub hits: Vec<Hit>,
}

/// True where a line is a header: it names columns instead of filling them.
pub fn looks_like_header(line: &str) -> bool {
    let names = line
        .split('|')
        .map(|c| c.trim().trim_end_matches("[]"))
        .filter(|c| crate::model::Field::of_column(c).is_some())
        .count();
    names >= 3 || (names >= 2 && line.contains("..."))
}

/// The format whose columns a header has exactly, without regard to case.
pub fn format_of(names: &[&str]) -> Option<LedesFormat> {
    [LedesFormat::L1998B, LedesFormat::L1998BIV2]
        .into_iter()
        .find(|f| {
            let table = table_of(*f);
            table.len() == names.len()
                && table
                    .iter()
                    .zip(names)
                    .all(|(column, name)| column.name.eq_ignore_ascii_case(name))
        })
}

/// Judges the names of a header. `cells` are their places, `line` the place of the whole line.
pub fn header(format: LedesFormat, names: &[&str], cells: &[Cell], line: Cell) -> Header {
    let table = table_of(format);
    let hit = |cell: Cell, field: &'static str| {
        Hit::new(rule::HEADER, Anchor::Invoice).at_name(field, cell)
    };
    if names.iter().any(|n| n.contains("...")) {
        return Header {
            layout: Layout::standard(format),
            hits: vec![hit(line, "").variant("elided")],
        };
    }
    if names.len() > MOST_COLUMNS {
        let most = &names[..MOST_COLUMNS];
        return Header {
            layout: Layout::standard(format),
            hits: vec![out_of_place(format, most, names.len(), cells, line)],
        };
    }
    let same_place = |index: usize| {
        table
            .get(index)
            .is_some_and(|c| c.name.eq_ignore_ascii_case(names[index]))
    };
    let known_elsewhere = |name: &str| table.iter().any(|c| c.name.eq_ignore_ascii_case(name));
    let misspelt = |index: usize| !same_place(index) && !known_elsewhere(names[index]);
    let by_position = names.len() == table.len()
        && (0..names.len()).all(|i| same_place(i) || misspelt(i))
        && (0..names.len()).filter(|i| same_place(*i)).count() * 2 > names.len();
    if by_position {
        return Header {
            layout: Layout::standard(format),
            hits: misspellings(table, names, cells),
        };
    }
    Header {
        hits: vec![out_of_place(format, names, names.len(), cells, line)],
        layout: Layout::by_name(format, names),
    }
}

/// Names that stand where they should, but are written in another way.
fn misspellings(table: &[Column], names: &[&str], cells: &[Cell]) -> Vec<Hit> {
    let hit = |index: usize| {
        Hit::new(rule::HEADER, Anchor::Invoice)
            .at_name(table[index].name, cells[index])
            .expecting(table[index].name)
    };
    let other_letters = |i: &usize| !table[*i].name.eq_ignore_ascii_case(names[*i]);
    let other_case = |i: &usize| {
        let name = table[*i].name;
        !other_letters(i) && names[*i] != name && !CASE_FREE.contains(&name)
    };
    let mut hits: Vec<Hit> = (0..names.len())
        .filter(other_letters)
        .map(|index| hit(index).with("n", index + 1))
        .collect();
    // Where capitals differ they mostly differ in all names.
    if let Some(first) = (0..names.len()).find(other_case) {
        hits.push(hit(first).variant("case"));
    }
    hits
}

/// The one finding about a header with the wrong columns or the wrong order.
fn out_of_place(
    format: LedesFormat,
    names: &[&str],
    columns: usize,
    cells: &[Cell],
    line: Cell,
) -> Hit {
    let table = table_of(format).iter().map(|c| c.name);
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let hit = |variant, cell| {
        Hit::new(rule::HEADER, Anchor::Invoice)
            .variant(variant)
            .at_name("", cell)
    };
    let missing: Vec<&str> = table
        .clone()
        .filter(|t| !names.iter().any(|n| same(n, t)))
        .collect();
    let unknown: Vec<String> = names
        .iter()
        .filter(|n| !table.clone().any(|t| same(n, t)))
        .map(|n| n.chars().take(LONGEST_NAME).collect())
        .collect();
    let mut named: Vec<&str> = unknown.iter().map(String::as_str).collect();
    let more = named.len().saturating_sub(MOST_NAMED);
    let more = format!("{more} more");
    if named.len() > MOST_NAMED {
        named.truncate(MOST_NAMED);
        named.push(&more);
    }
    let twice = (0..names.len()).find(|i| names[..*i].iter().any(|n| same(n, names[*i])));
    let list = |words: &[&str]| {
        if words.is_empty() {
            "none".to_owned()
        } else {
            words.join(", ")
        }
    };
    if missing.is_empty() && unknown.is_empty() && twice.is_none() {
        let first = table
            .clone()
            .zip(names)
            .position(|(t, n)| !same(t, n))
            .unwrap_or(0);
        let expected = table.clone().nth(first).unwrap_or("");
        return Hit::new(rule::HEADER, Anchor::Invoice)
            .variant("order")
            .at_name(expected, cells.get(first).copied().unwrap_or(line))
            .with("n", first + 1)
            .expecting(expected);
    }
    // What the first version of 1998BI looked like is not known; one field fewer would fit it.
    if format == LedesFormat::L1998BI && missing.len() == 1 && unknown.is_empty() && twice.is_none()
    {
        return hit("first-version", line).with("missing", list(&missing));
    }
    if let Some(index) = twice.filter(|_| missing.is_empty()) {
        return hit("twice", cells.get(index).copied().unwrap_or(line));
    }
    hit("count", line)
        .with("columns", columns)
        .with("wanted", table.count())
        .with("missing", list(&missing))
        .with("unknown", list(&named))
}
