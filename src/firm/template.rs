//! Templates: each list with its columns, what they hold, and an example row that is a comment.

use super::table::Plan;
use std::fmt::Write;

/// What stands beside the templates.
pub const README: &str = "The firm's lists for cleanbill
==============================

Each .csv file is one list. Fill in those you have, delete the others: what is not there is
reported as \"not checked\", never guessed. Point the check at this folder:

    cleanbill check --firm THIS-FOLDER march.txt

Lines that begin with # are comments. Three of them mean something:

    # as_of: 2026-11-01      the day the list was true; reports show it
    # max_age_days: 92       older than that, and reports warn
    # complete: yes          what is not on the list does not exist

Without `complete: yes`, a timekeeper, matter or vendor that is not on its list is simply not
known, and nothing is said about it. Days are written 2026-01-31, amounts 1250.00. A blank
client_id or law_firm_matter_id holds for all, where the list allows it. Several values in one
cell stand between semicolons.
";

/// The template of a list: head, what the columns hold, their names, and no rows.
pub fn template(plan: &Plan) -> String {
    let mut text = format!("# {}.\n", plan.title);
    if let Some(days) = max_age(plan) {
        let _ = writeln!(text, "# as_of:\n# max_age_days: {days}\n# complete: no\n#");
    }
    for column in plan.columns {
        let needed = if column.needed { " (needed)" } else { "" };
        let _ = writeln!(text, "# {}{needed}: {}", column.name, column.what);
    }
    let row = |cell: fn(&super::Column) -> &'static str| {
        let cells = plan.columns.iter().map(cell).map(quoted);
        cells.collect::<Vec<_>>().join(",")
    };
    let _ = writeln!(text, "#\n# Example: {}", row(|c| c.example));
    let _ = writeln!(text, "{}", row(|c| c.name));
    text
}

fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', ';']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}

/// Lists of what clients agree to from quarter to quarter, lists that hold for a year, and a list that is a record of what was done.
fn max_age(plan: &Plan) -> Option<u32> {
    let days = match plan.list {
        "wrong" => return None,
        "clients" | "names" | "codes" | "vendors" | "mileage" | "lodging" | "holidays"
        | "rate_caps" | "windows" => 366,
        _ => 92,
    };
    Some(days)
}

#[cfg(test)]
mod tests {
    use super::super::{Table, from_tables, table_of, tables};
    use super::*;

    #[test]
    fn every_template_is_a_list_without_mistakes() {
        for plan in tables() {
            let (table, mistakes) = table_of(&plan, plan.list, template(&plan).as_bytes());
            assert_eq!(mistakes, [], "{}", plan.list);
            assert_eq!(table.rows, [], "{}", plan.list);
            assert!(
                !table.head.complete && (table.head.max_age_days.is_some() || plan.list == "wrong")
            );
        }
    }

    #[test]
    fn every_example_row_can_be_read() {
        for plan in tables() {
            let cells = plan.columns.iter();
            let cells = cells.map(|c| (c.name.to_owned(), c.example.to_owned()));
            let table = Table {
                list: plan.list.to_owned(),
                rows: vec![(2, cells.collect())],
                ..Table::default()
            };
            assert_eq!(from_tables(&[table]).1, [], "{}", plan.list);
        }
    }
}
