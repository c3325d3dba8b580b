//! One CSV file: what it says of itself, its columns, its rows.
//!
//! Spreadsheets write what they like, which [`Sheet`] reads; commas after a comment are read here.

use super::cells::ListMistake;
use super::sheet::Sheet;
use super::table::{Plan, Table};
use crate::model::did_you_mean;
use std::collections::BTreeMap;

/// Reads a list. `file` is its name for mistakes.
pub fn table_of(plan: &Plan, file: &str, bytes: &[u8]) -> (Table, Vec<ListMistake>) {
    let mut reading = Reading {
        plan,
        mistakes: Vec::new(),
        columns: None,
        table: Table {
            list: plan.list.to_owned(),
            file: file.to_owned(),
            ..Table::default()
        },
    };
    match Sheet::read(bytes) {
        Ok(sheet) => {
            for row in &sheet.rows {
                reading.record(row.line, &row.cells);
            }
        }
        Err(message) => {
            reading.wrong(0, "", "", message);
            return (reading.table, reading.mistakes);
        }
    }
    if reading.columns.is_none() {
        let names: Vec<&str> = plan.columns.iter().map(|c| c.name).collect();
        let message = format!(
            "has no row with the names of its columns; write {}",
            names.join(",")
        );
        reading.wrong(0, "", "", message);
    }
    (reading.table, reading.mistakes)
}

struct Reading<'a> {
    plan: &'a Plan,
    table: Table,
    mistakes: Vec<ListMistake>,
    /// Names of the columns, blank for one that is not known.
    columns: Option<Vec<&'static str>>,
}

impl Reading<'_> {
    fn wrong(&mut self, row: usize, column: &str, found: &str, message: impl Into<String>) {
        self.mistakes.push(ListMistake {
            file: self.table.file.clone(),
            row,
            column: column.to_owned(),
            found: found.to_owned(),
            message: message.into(),
        });
    }

    fn record(&mut self, row: usize, record: &[String]) {
        let first = record.first().map_or("", String::as_str);
        if first.starts_with('#') {
            return self.comment(row, first);
        }
        match self.columns.clone() {
            None => self.header(row, record),
            Some(columns) => self.cells(row, record, &columns),
        }
    }

    /// `# as_of: 2026-11-01`, `# complete: yes`, `# max_age_days: 92`; anything else is for people.
    fn comment(&mut self, row: usize, text: &str) {
        let Some((key, value)) = text.trim_start_matches('#').split_once(':') else {
            return;
        };
        let key = key.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        match key.as_str() {
            "as_of" => match value.parse() {
                Ok(day) => self.table.head.as_of = Some(day),
                Err(_) => self.wrong(
                    row,
                    "as_of",
                    value,
                    "is no day; write year-month-day, as in 2026-01-31",
                ),
            },
            "max_age_days" => match value.parse::<u32>() {
                Ok(days) => self.table.head.max_age_days = Some(i64::from(days)),
                Err(_) => self.wrong(
                    row,
                    "max_age_days",
                    value,
                    "is no number of days; write a whole number, as in 92",
                ),
            },
            "complete" => match value.to_ascii_lowercase().as_str() {
                "yes" => self.table.head.complete = true,
                "no" => self.table.head.complete = false,
                _ => self.wrong(row, "complete", value, "is neither yes nor no"),
            },
            _ => {}
        }
    }

    fn header(&mut self, row: usize, record: &[String]) {
        let known: Vec<&'static str> = self.plan.columns.iter().map(|c| c.name).collect();
        let mut columns: Vec<&'static str> = Vec::new();
        for cell in record {
            let name = cell.trim().to_ascii_lowercase().replace([' ', '-'], "_");
            match known.iter().find(|k| **k == name) {
                Some(known) if columns.contains(known) => {
                    self.wrong(row, known, "", "stands there twice; take one of them away");
                    columns.push("");
                }
                Some(known) => columns.push(known),
                None => {
                    if !name.is_empty() {
                        let remedy = did_you_mean(&name, known.iter().copied());
                        let message = format!("is no column of {}; {remedy}", self.plan.list);
                        self.wrong(row, "", cell.trim(), message);
                    }
                    columns.push("");
                }
            }
        }
        for column in self.plan.columns.iter().filter(|c| c.needed) {
            // A column whose name was misspelt has been named already.
            if !columns.contains(&column.name) && self.mistakes.iter().all(|m| m.row != row) {
                let message = format!("is missing; it holds {}", column.what);
                self.wrong(row, column.name, "", message);
            }
        }
        self.columns = Some(columns);
    }

    fn cells(&mut self, row: usize, record: &[String], columns: &[&'static str]) {
        let mut cells = BTreeMap::new();
        for (index, cell) in record.iter().enumerate() {
            match columns.get(index) {
                Some(&"") => {}
                Some(name) if cell.contains('\n') => {
                    let begin = cell.lines().next().unwrap_or("");
                    let message = "goes over several rows; close the quote before it, or take the line break out";
                    self.wrong(row, name, begin, message);
                    return;
                }
                Some(name) => {
                    cells.insert((*name).to_owned(), cell.to_owned());
                }
                None if cell.trim().is_empty() => {}
                None => {
                    let message = format!(
                        "stands behind the last of {} columns; put a cell that holds a comma between quotes",
                        columns.len()
                    );
                    self.wrong(row, "", cell.trim(), message);
                    return;
                }
            }
        }
        self.table.rows.push((row, cells));
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::tables;
    use super::*;

    fn read(text: &[u8]) -> (Table, Vec<String>) {
        let plan = tables().into_iter().find(|p| p.list == "timekeepers");
        let (table, mistakes) = table_of(&plan.expect("a list"), "timekeepers.csv", text);
        (table, mistakes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_list_says_how_old_and_how_whole_it_is() {
        let (table, mistakes) = read(
            b"# as_of: 2026-11-01\n# complete: yes\n# max age days: 92\n# our people\ntimekeeper_id,last_name\n7,Wren\n",
        );
        assert_eq!(mistakes, [""; 0]);
        assert_eq!(table.head.as_of, "2026-11-01".parse().ok());
        assert!(table.head.complete);
        assert_eq!(table.head.max_age_days, Some(92));
        assert_eq!(table.rows[0].0, 6);
    }

    #[test]
    fn what_spreadsheets_make_of_a_list_is_read() {
        let (table, mistakes) = read(
            b"\xef\xbb\xbf\"# as_of: 2026-11-01\";;\r\nTimekeeper ID;Last Name;First name\r\n;;\r\n0042;Wren;Isolde;\r\n",
        );
        assert_eq!(mistakes, [""; 0]);
        assert_eq!(table.head.as_of, "2026-11-01".parse().ok());
        assert_eq!(table.rows.len(), 1);
        assert_eq!(table.rows[0].0, 4);
        assert_eq!(table.rows[0].1["first_name"], "Isolde");
        let (table, _) = read(b"timekeeper_id,last_name\n7,M\xfcller\n");
        assert_eq!(table.rows[0].1["last_name"], "M\u{fc}ller");
    }

    #[test]
    fn one_mistake_in_the_header_is_told_once() {
        let (_, mistakes) = read(b"timekeeper,last_name\n7,Wren\n");
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    }
}
