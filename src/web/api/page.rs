//! Lists come a page at a time: what follows a place stays the same, however many rows come in meanwhile.

use super::problem::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rows of a page, where nobody asks for another number.
const USUAL: u16 = 50;
/// Most rows of a page.
pub(super) const MOST: u16 = 200;

/// Which part of a long list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// Rows of a page.
    #[schemars(range(min = 1, max = 200))]
    pub(super) limit: Option<u16>,
    /// `next` of the page before.
    pub(super) cursor: Option<String>,
}

/// A page of a list.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub(super) struct Page<T> {
    /// Its rows.
    pub(super) items: Vec<T>,
    /// Where the next page begins: to be given as `cursor`. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// How many rows were asked for.
pub(super) fn size(limit: Option<u16>) -> Result<usize, Problem> {
    match limit.unwrap_or(USUAL) {
        n @ 1..=MOST => Ok(usize::from(n)),
        n => Err(Problem::malformed(
            "limit",
            format!("{n} rows cannot be asked for; 1 to {MOST} are expected"),
        )),
    }
}

/// The place behind a row.
pub(super) fn written(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

/// The place a cursor names.
pub(super) fn place(cursor: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let key = bytes.and_then(|b| String::from_utf8(b).ok());
    match key.filter(|k| !k.contains('\0')) {
        Some(key) => Ok(Some(key)),
        None => Err(unknown_place()),
    }
}

/// Said of a cursor that is none.
pub(super) fn unknown_place() -> Problem {
    Problem::malformed(
        "cursor",
        "this is no place in the list; give what stood in `next` of the page before, or begin without one",
    )
}

/// A page of rows that are all at hand, in the order of their keys. A key is one row's for ever.
pub(super) fn cut<T>(
    mut rows: Vec<(String, T)>,
    limit: Option<u16>,
    cursor: Option<&str>,
) -> Result<Page<T>, Problem> {
    let size = size(limit)?;
    let place = place(cursor)?;
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    if let Some(place) = &place {
        rows.retain(|(key, _)| key > place);
    }
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|(key, _)| written(key));
    Ok(Page {
        items: rows.into_iter().map(|(_, row)| row).collect(),
        next,
    })
}

/// A key that sorts as its instant does, then as the id.
pub(super) fn by_time(ms: i64, id: &str) -> String {
    format!("{:020} {id}", i128::from(ms) + (1_i128 << 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(keys: &[&str]) -> Vec<(String, String)> {
        let each = keys.iter().map(|k| ((*k).to_owned(), (*k).to_owned()));
        each.collect()
    }

    #[test]
    fn pages_follow_one_another_while_rows_come_in() {
        let first = cut(rows(&["b", "d", "a", "c"]), Some(2), None).expect("a page");
        assert_eq!(first.items, ["a", "b"]);
        let next = first.next.as_deref();
        let second = cut(rows(&["aa", "d", "c", "e", "a"]), Some(2), next).expect("a page");
        assert_eq!(second.items, ["c", "d"]);
        let last = cut(rows(&["e", "d"]), Some(2), second.next.as_deref()).expect("a page");
        assert_eq!((last.items, last.next), (vec!["e".to_owned()], None));
    }

    #[test]
    fn instants_sort_as_numbers() {
        let mut keys = [
            by_time(5, "b"),
            by_time(-1, "z"),
            by_time(50, "a"),
            by_time(5, "a"),
        ];
        keys.sort();
        assert_eq!(
            keys,
            [
                by_time(-1, "z"),
                by_time(5, "a"),
                by_time(5, "b"),
                by_time(50, "a")
            ]
        );
    }

    #[test]
    fn what_is_no_place_is_refused() {
        assert!(place(Some("%%")).is_err());
        assert!(place(Some(&written("a\0b"))).is_err());
        assert_eq!(place(Some(&written("a b"))), Ok(Some("a b".to_owned())));
        assert!(size(Some(0)).is_err());
        assert!(size(Some(201)).is_err());
    }
}
