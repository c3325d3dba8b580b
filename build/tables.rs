//! The UTBMS tables as a start reads them: the columns it asks for, in a fixed order, tabs between them.

use std::path::Path;

/// The columns of a table, in the order in which `src/rules/utbms` takes them; none of a table it does not read so.
fn columns(file: &str) -> &'static [&'static str] {
    match file {
        "sets.csv" => &[
            "set",
            "title",
            "file",
            "pattern",
            "field_kind",
            "issuer",
            "status",
        ],
        "timekeeper-classes.csv" => &["code", "label", "status"],
        "keywords.csv" => &[],
        _ => &[
            "code",
            "label",
            "level",
            "parent",
            "kind",
            "summary",
            "since",
            "status",
            "confidence",
        ],
    }
}

/// What is written of a table. Stops the build where a column is missing or a cell holds a tab or a line end.
pub fn table(file: &Path, text: &str) -> Option<(String, String)> {
    let name = file.file_name()?.to_str()?;
    let wanted = columns(name);
    if !name.ends_with(".csv") || wanted.is_empty() {
        return None;
    }
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader
        .headers()
        .unwrap_or_else(|e| panic!("{name}: {e}"))
        .clone();
    let place = |column: &&str| {
        let place = header.iter().position(|known| known == *column);
        place.unwrap_or_else(|| panic!("{name}: no column {column}"))
    };
    let places: Vec<usize> = wanted.iter().map(place).collect();
    let mut written = String::new();
    for row in reader.records() {
        let row = row.unwrap_or_else(|e| panic!("{name}: {e}"));
        let cells: Vec<&str> = places.iter().map(|at| &row[*at]).collect();
        let line = cells.join("\t");
        assert!(
            line.matches('\t').count() + 1 == cells.len() && !line.contains(['\n', '\r']),
            "{name}: a cell holds a tab or a line end: {line}"
        );
        written.push_str(&line);
        written.push('\n');
    }
    Some((name.to_owned(), written))
}
