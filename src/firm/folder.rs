//! A folder of lists.

use super::cells::ListMistake;
use super::file::table_of;
use super::table::{Table, from_tables, tables};
use super::twice::twice;
use crate::model::{Lists, did_you_mean};
use std::fs;
use std::path::{Path, PathBuf};

/// The lists of a folder.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Loaded {
    /// What they hold.
    pub lists: Lists,
    /// Each list that was found: its name, what it says of itself, how many rows it has.
    pub found: Vec<Table>,
}

/// Reads the lists of a folder: every `.csv` file in it is one of [`tables`].
///
/// # Errors
/// Every mistake in them, by file, row and column: a file that is no list or cannot be read, a column that is not known, a
/// cell that cannot be read, a row that says what another says.
pub fn load(folder: &Path) -> Result<Loaded, Vec<ListMistake>> {
    let mut mistakes = Vec::new();
    let mut found = Vec::new();
    let plans = tables();
    let names: Vec<&str> = plans.iter().map(|plan| plan.list).collect();
    for path in files(folder)? {
        let file = path.display().to_string();
        let wrong = |message: String| ListMistake {
            file: file.clone(),
            row: 0,
            column: String::new(),
            found: String::new(),
            message,
        };
        let name = path.file_stem().map(|n| n.to_string_lossy().to_lowercase());
        let name = name.unwrap_or_default();
        let Some(plan) = plans.iter().find(|plan| plan.list == name) else {
            let remedy = did_you_mean(&name, names.iter().copied());
            let message =
                format!("is no list of the firm; {remedy} Keep other files in another folder");
            mistakes.push(wrong(message));
            continue;
        };
        match fs::read(&path) {
            Err(error) => mistakes.push(wrong(format!("cannot be read: {error}"))),
            Ok(bytes) => {
                let (table, wrong) = table_of(plan, &file, &bytes);
                mistakes.extend(wrong);
                mistakes.extend(twice(&table));
                found.push(table);
            }
        }
    }
    let (lists, wrong) = from_tables(&found);
    // A column that is missing has been named; that its cells are blank says nothing more.
    let headers: Vec<String> = mistakes.iter().map(|m| m.file.clone()).collect();
    let known = |m: &ListMistake| m.found.is_empty() && headers.contains(&m.file);
    mistakes.extend(wrong.into_iter().filter(|m| !known(m)));
    if mistakes.is_empty() {
        return Ok(Loaded { lists, found });
    }
    mistakes.sort_by(|a, b| (&a.file, a.row).cmp(&(&b.file, b.row)));
    Err(mistakes)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Vec<ListMistake>> {
    let entries = fs::read_dir(folder).map_err(|error| {
        vec![ListMistake {
            file: folder.display().to_string(),
            row: 0,
            column: String::new(),
            found: String::new(),
            message: format!(
                "cannot be opened ({error}); `cleanbill init {}` makes such a folder",
                folder.display()
            ),
        }]
    })?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .filter(|path| {
            path.extension()
                .is_some_and(|x| x.eq_ignore_ascii_case("csv"))
        })
        .collect();
    files.sort();
    Ok(files)
}
