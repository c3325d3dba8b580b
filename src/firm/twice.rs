//! Rows of one list that contradict each other: a client listed twice, two rates on the same day.

use super::cells::ListMistake;
use super::table::Table;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Columns that name a thing once only, by list. With `from` and `until` it may be named again for other days.
const ONCE: &[(&str, &[&str])] = &[
    ("clients", &["client_id"]),
    ("matters", &["client_id", "law_firm_matter_id"]),
    ("timekeepers", &["timekeeper_id"]),
    ("names", &["timekeeper_id", "portal", "client_id"]),
    (
        "rates",
        &[
            "client_id",
            "law_firm_matter_id",
            "timekeeper_id",
            "timekeeper_classification",
            "currency",
        ],
    ),
    (
        "rate_caps",
        &[
            "client_id",
            "timekeeper_classification",
            "place",
            "currency",
        ],
    ),
    (
        "budgets",
        &["client_id", "law_firm_matter_id", "task_code", "currency"],
    ),
    ("mileage", &["client_id", "unit", "currency"]),
    ("lodging", &["client_id", "place", "currency"]),
    (
        "receipts",
        &["invoice_number", "line_item_number", "vendor"],
    ),
    ("holidays", &["calendar", "date"]),
    ("windows", &["client_id", "portal", "kind", "from"]),
    ("wrong", &["fingerprint"]),
    ("readiness", &["client_id", "law_firm_matter_id", "portal"]),
];

/// Rows that name again what an earlier row has named for the same days.
pub fn twice(table: &Table) -> Vec<ListMistake> {
    let Some((_, columns)) = ONCE.iter().find(|(list, _)| *list == table.list) else {
        return Vec::new();
    };
    let mut seen: BTreeMap<Vec<&str>, Vec<(usize, Span)>> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for (row, cells) in &table.rows {
        let cell = |column: &str| cells.get(column).map_or("", |c| c.trim());
        let key: Vec<&str> = columns.iter().map(|column| cell(column)).collect();
        if key.iter().all(|part| part.is_empty()) {
            continue;
        }
        let span = Span {
            from: cell("from").parse().ok(),
            until: cell("until").parse().ok(),
        };
        let rows = seen.entry(key).or_default();
        if let Some((first, _)) = rows.iter().find(|(_, other)| other.meets(span)) {
            let dated = cells.contains_key("from") || cells.contains_key("until");
            let when = if dated { " for the same days" } else { "" };
            mistakes.push(ListMistake {
                file: table.file.clone(),
                row: *row,
                column: columns.join(" + "),
                found: String::new(),
                message: format!(
                    "says what row {first} says{when}; take one of the two away, or correct it"
                ),
            });
        }
        rows.push((*row, span));
    }
    mistakes
}

#[derive(Clone, Copy)]
struct Span {
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

impl Span {
    fn meets(self, other: Self) -> bool {
        let before = |end: Option<NaiveDate>, start: Option<NaiveDate>| {
            end.zip(start).is_some_and(|(end, start)| end < start)
        };
        !before(self.until, other.from) && !before(other.until, self.from)
    }
}
