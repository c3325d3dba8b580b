//! A mapping proposed from the names of the columns and from what stands below them.

use super::cells::{self, DateOrder, DecimalMark, HoursForm};
use super::field::{Needed, SLOTS, Slot};
use super::mapping::{Mapping, plain};
use crate::firm::{Sheet, SheetRow};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A mapping as TOML: what was recognised, and as comments what was not and what is still to be said.
///
/// # Errors
/// There is no row of names.
pub fn proposal(sheet: &Sheet) -> Result<String, String> {
    let names = names()?;
    let known = |row: &SheetRow| {
        row.cells
            .iter()
            .filter(|c| names.contains_key(&plain(c)))
            .count()
    };
    let filled = |row: &SheetRow| row.cells.iter().filter(|c| !c.is_empty()).count();
    let rows = sheet.rows.iter().take(25).enumerate();
    let header = rows
        .filter(|(_, row)| filled(row) > 1)
        .max_by_key(|(index, row)| (known(row), usize::MAX - index))
        .map(|(index, _)| index)
        .ok_or("no row has several cells, so none can be the names of the columns")?;
    let row = &sheet.rows[header];
    let below = &sheet.rows[header + 1..];
    let mut columns: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut rest = Vec::new();
    for (index, cell) in row.cells.iter().enumerate().filter(|(_, c)| !c.is_empty()) {
        match names.get(&plain(cell)) {
            Some(field) if !columns.contains_key(field) => {
                columns.insert(field, index);
            }
            _ => rest.push((index, cell)),
        }
    }
    let mut out = format!(
        "# Proposed from the names on line {}; look at every line before it is used.\nname  = \"ours\"\ntitle = \"Our export\"\n\n",
        row.line
    );
    forms(&mut out, &columns, row, below);
    out.push_str("\n[columns]\n");
    for (field, column) in &columns {
        let example = below
            .iter()
            .map(|r| r.cell(*column))
            .find(|c| !c.is_empty())
            .unwrap_or("");
        let line = format!("{field:<26} = {}", quoted(row.cell(*column)));
        let _ = writeln!(out, "{line:<60} # {}", shortened(example));
    }
    for (index, cell) in rest {
        let example = below
            .iter()
            .map(|r| r.cell(index))
            .find(|c| !c.is_empty())
            .unwrap_or("");
        let _ = writeln!(
            out,
            "# not recognised: {} ({})",
            quoted(cell),
            shortened(example)
        );
    }
    let lookup = |name: &str| match name {
        "client_id" => columns.contains_key("client_name"),
        "law_firm_matter_id" => columns.contains_key("matter_name"),
        "timekeeper_id" | "timekeeper_classification" => {
            columns.contains_key("timekeeper_name") || columns.contains_key("timekeeper_id")
        }
        _ => false,
    };
    let open = SLOTS
        .iter()
        .filter(|s| s.needed != Needed::Never && !columns.contains_key(s.name));
    let (found, said): (Vec<&Slot>, Vec<&Slot>) = open.partition(|s| lookup(s.name));
    if !said.is_empty() {
        out.push_str("\n# No column has these, and an invoice needs them: say them here, with --set FIELD=VALUE, or add a column.\n[constants]\n");
        for slot in said {
            let _ = writeln!(out, "# {:<26} = \"\"   # {}", slot.name, slot.what);
        }
    }
    if !found.is_empty() {
        out.push_str("\n# These follow from a name: say what each name stands for, or give the firm's lists with --firm.\n");
        for (field, key) in [
            ("client_name", "client_id"),
            ("matter_name", "law_firm_matter_id"),
            ("timekeeper_name", "timekeeper_id"),
            ("timekeeper_id", "timekeeper_classification"),
        ] {
            let Some(column) = columns
                .get(field)
                .filter(|_| found.iter().any(|s| s.name == key))
            else {
                continue;
            };
            let example = below
                .iter()
                .map(|r| r.cell(*column))
                .find(|c| !c.is_empty())
                .unwrap_or("NAME");
            let _ = writeln!(
                out,
                "# [lookup.{field}.{}]\n# {key} = \"\"",
                quoted(example)
            );
        }
    }
    Ok(out)
}

/// Fields by the names that the mappings of the program have for their columns.
fn names() -> Result<BTreeMap<String, &'static str>, String> {
    let mut names = BTreeMap::new();
    for mapping in Mapping::shipped()? {
        for (field, list) in &mapping.columns {
            for name in list {
                // The first mapping is the general one: its word counts.
                names.entry(plain(name)).or_insert(*field);
            }
        }
    }
    for slot in SLOTS {
        names.entry(plain(slot.name)).or_insert(slot.name);
    }
    Ok(names)
}

fn forms(
    out: &mut String,
    columns: &BTreeMap<&'static str, usize>,
    header: &SheetRow,
    below: &[SheetRow],
) {
    let values = |field: &str| -> Vec<&str> {
        let column = columns.get(field);
        let cells = column
            .into_iter()
            .flat_map(|c| below.iter().map(|r| r.cell(*c)));
        cells.filter(|c| !c.is_empty()).collect()
    };
    // A row of totals or of text must not decide.
    let most = |values: &[&str], fits: &dyn Fn(&str) -> bool| {
        !values.is_empty() && values.iter().filter(|v| fits(v)).count() * 4 >= values.len() * 3
    };
    let days = values("line_date");
    let orders: Vec<DateOrder> = DateOrder::ALL
        .into_iter()
        .filter(|o| days.iter().all(|d| cells::date(d, *o).is_some()) && !days.is_empty())
        .collect();
    let line = match orders.as_slice() {
        [DateOrder::YearFirst, ..] => "date_order   = \"year-first\"".to_owned(),
        [one] => format!("date_order   = \"{}\"", one.word()),
        [one, ..] => format!(
            "date_order   = \"{}\"   # or \"day-first\": the days shown can be read both ways; find out",
            one.word()
        ),
        [] => "date_order   = \"year-first\"   # or month-first, day-first: not every day could be read".to_owned(),
    };
    let _ = writeln!(out, "{line}");
    let amounts: Vec<&str> = ["line_total", "unit_cost", "units"]
        .iter()
        .flat_map(|f| values(f))
        .collect();
    let reads = |mark: DecimalMark| {
        most(&amounts, &|v| {
            cells::amount(v, mark).is_some() || v.contains(':')
        })
    };
    let comma = !reads(DecimalMark::Point) && reads(DecimalMark::Comma);
    let mark = if comma {
        DecimalMark::Comma
    } else {
        DecimalMark::Point
    };
    let _ = writeln!(out, "decimal_mark = \"{}\"", mark.word());
    let hours = values("units");
    let name = columns
        .get("units")
        .map(|c| plain(header.cell(*c)))
        .unwrap_or_default();
    let form = if most(&hours, &|v| {
        cells::seconds(v, HoursForm::Clock, mark).is_some()
    }) {
        HoursForm::Clock
    } else if name.contains("minute") {
        HoursForm::Minutes
    } else if name.contains("second") {
        HoursForm::Seconds
    } else {
        HoursForm::Decimal
    };
    let _ = writeln!(out, "hours_form   = \"{}\"", form.word());
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.replace('\n', " ")).to_string()
}

fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    line.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_is_a_mapping_that_can_be_read() {
        let sheet = Sheet::read(
            b"Matter Time\n\nDatum;Client;User;Duration;Rate;Amount;Odd \"one\"\n31/01/2026;A;B;1:30;\"100,00\";\"150,00\";x\n",
        )
        .expect("a sheet");
        let text = proposal(&sheet).expect("a proposal");
        assert!(text.contains("date_order   = \"day-first\""), "{text}");
        assert!(text.contains("decimal_mark = \"comma\""), "{text}");
        assert!(text.contains("hours_form   = \"clock\""), "{text}");
        assert!(text.contains("not recognised"), "{text}");
        let mapping = Mapping::parse(&text).expect("it is a mapping");
        assert_eq!(mapping.columns["units"], ["Duration"]);
        assert_eq!(mapping.columns["line_date"], ["Datum"]);
    }
}
