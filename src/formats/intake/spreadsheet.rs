//! Tables with LEDES column names whose columns are not separated by pipes, and what a spreadsheet
//! program has done to them.

use crate::model::Field;
use std::collections::BTreeSet;

/// Lines in which column names are looked for, and lines whose values are looked at.
const LINES: usize = 5;
const RECORDS: usize = 50;

/// The separator of the line with LEDES column names, which is one of the first few. Where no line has
/// names, the separator of the records that follow a marker. `None` where neither is found.
pub fn separator(text: &str) -> Option<char> {
    let lines = || {
        text.split(['\n', '\r'])
            .filter(|l| !l.trim().is_empty())
            .take(LINES)
    };
    for line in lines() {
        let names = |separator| line.split(separator).filter(|n| is_column(n)).count();
        if line.contains('|') && names('|') > 0 {
            return Some('|');
        }
        // Lists of timekeepers have columns of the same names.
        let lines_of_an_invoice = ["INVOICE_", "LINE_ITEM_"].iter().any(|n| line.contains(n));
        let found = ['\t', ';', ',']
            .into_iter()
            .find(|s| lines_of_an_invoice && names(*s) >= 3);
        if found.is_some() {
            return found;
        }
    }
    let marker = lines().next()?.trim_start_matches('"');
    let ledes = marker.get(..5)?.eq_ignore_ascii_case("LEDES");
    if !ledes || text.contains('|') {
        return None;
    }
    let second = lines().nth(1)?;
    ['\t', ';', ',']
        .into_iter()
        .find(|s| second.matches(*s).count() >= 15)
}

fn is_column(name: &str) -> bool {
    Field::of_column(bare(name)).is_some()
}

/// A column name without quotes, blanks and the record end stuck to it.
fn bare(name: &str) -> &str {
    let name = name.trim().trim_matches('"');
    name.strip_suffix("[]").unwrap_or(name).trim()
}

/// What a comma-separated re-save has changed, in words.
pub fn lost(text: &str) -> String {
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
        .into_records()
        .map_while(Result::ok);
    let names: Vec<String> = rows
        .by_ref()
        .take(LINES)
        .find(|row| row.iter().filter(|n| is_column(n)).count() >= 3)
        .map(|row| row.iter().map(str::to_owned).collect())
        .unwrap_or_default();
    let mut seen = Seen::default();
    for row in rows.take(RECORDS) {
        for (name, value) in names.iter().zip(row.iter()) {
            seen.value(bare(name), value.trim());
        }
    }
    let mut words = Vec::new();
    if names.first().is_some_and(|n| n.trim().is_empty()) {
        words.push("a numbering column in front".to_owned());
    }
    if names.last().is_some_and(|n| n.trim().ends_with("[]")) {
        words.push("the record end [] stuck to the last column".to_owned());
    }
    words.extend(seen.words());
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => "no changed value was met among the first records".to_owned(),
    }
}

/// Values a spreadsheet program has changed: the first of each kind, with its column.
#[derive(Default)]
struct Seen {
    number: Option<(String, String)>,
    date: Option<String>,
    exponent: Option<String>,
    columns: BTreeSet<String>,
}

impl Seen {
    fn value(&mut self, name: &str, value: &str) {
        let whole = value.strip_suffix(".0");
        let digits = whole.is_some_and(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_digit()));
        match Field::of_column(name) {
            Some(
                Field::InvoiceNumber
                | Field::ClientId
                | Field::LawFirmMatterId
                | Field::ClientMatterId
                | Field::TimekeeperId
                | Field::LawFirmId,
            ) => {
                if digits {
                    self.number
                        .get_or_insert_with(|| (name.to_owned(), value.to_owned()));
                    self.columns.insert(name.to_owned());
                } else if has_exponent(value) {
                    self.exponent.get_or_insert_with(|| value.to_owned());
                }
            }
            Some(
                Field::InvoiceDate
                | Field::BillingStartDate
                | Field::BillingEndDate
                | Field::LineDate,
            ) if digits || value.contains(['/', '-', '.']) => {
                self.date.get_or_insert_with(|| value.to_owned());
            }
            _ => {}
        }
    }

    fn words(self) -> Vec<String> {
        let mut words = Vec::new();
        if let Some((name, value)) = self.number {
            let more = match self.columns.len() {
                1 => String::new(),
                n => format!(" and {} more", n - 1),
            };
            words.push(format!(
                "numbers such as {value} in {name}{more}, where leading zeros, if there were any, are lost"
            ));
        }
        if let Some(value) = self.exponent {
            words.push(format!(
                "numbers such as {value}, whose last digits are lost"
            ));
        }
        if let Some(value) = self.date {
            words.push(format!("dates such as {value}"));
        }
        words
    }
}

/// True for `1.2E+11`.
fn has_exponent(value: &str) -> bool {
    value.split_once("E+").is_some_and(|(number, power)| {
        number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && power.bytes().all(|b| b.is_ascii_digit())
            && !number.is_empty()
            && !power.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_the_one_that_gives_names() {
        assert_eq!(separator("INVOICE_DATE|INVOICE_NUMBER[]"), Some('|'));
        let three = ["INVOICE_DATE", "INVOICE_NUMBER", "CLIENT_ID[]"];
        for (by, found) in [("\t", '\t'), (";", ';'), (",", ',')] {
            assert_eq!(separator(&three.join(by)), Some(found));
            let marked = format!("LEDES1998B[]{}\n\n{}\n", by.repeat(3), three.join(by));
            assert_eq!(separator(&marked), Some(found));
        }
        assert_eq!(separator("name,rate,hours\n"), None);
        let list = "TIMEKEEPER_ID,TIMEKEEPER_NAME,TIMEKEEPER_CLASSIFICATION\n";
        assert_eq!(separator(list), None);
        let records = format!("LEDES1998B[]\n20260105{}", ",1".repeat(23));
        assert_eq!(separator(&records), Some(','));
        assert_eq!(separator("LEDES1998B[]\n20260105|1[]\n"), None);
    }

    #[test]
    fn what_a_spreadsheet_did_is_said() {
        let text = ",INVOICE_DATE,INVOICE_NUMBER,CLIENT_ID,TIMEKEEPER_ID,CLIENT_MATTER_ID[]\n\
                    0,20260105.0,96001.0,711.0,1.2E+11,\"4, 9[]\"\n";
        assert_eq!(
            lost(text),
            "a numbering column in front, the record end [] stuck to \
             the last column, numbers such as 96001.0 in INVOICE_NUMBER and 1 more, where leading \
             zeros, if there were any, are lost, numbers such as 1.2E+11, whose last digits are lost and dates such as \
             20260105.0"
        );
        let harmless = "INVOICE_DATE,INVOICE_NUMBER,CLIENT_ID\n20260105,A-1,C1\n";
        assert!(lost(harmless).starts_with("no changed value"));
        let stuck = "INVOICE_DATE,INVOICE_NUMBER,CLIENT_ID[]\n20260105,A-1,C1[]\n";
        assert_eq!(lost(stuck), "the record end [] stuck to the last column");
    }
}
