//! A row added to a list.

use super::file::table_of;
use super::rows::Row;
use super::table::{Plan, tables};
use super::template::template;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Adds a row to a list of the folder, in the order of the columns the file has; the list is made from its template where
/// it is not there yet. The file is written aside and put in place whole.
///
/// # Errors
/// The list cannot be read or written, or has a mistake in it, which is the message.
pub fn add_row<R: Row>(folder: &Path, row: &[(&str, &str)]) -> io::Result<()> {
    let path = folder.join(format!("{}.csv", R::LIST));
    let plan = tables().into_iter().find(|plan| plan.list == R::LIST);
    let plan = plan.ok_or_else(|| io::Error::other(format!("there is no list {}", R::LIST)))?;
    let mut text = match fs::read(&path) {
        Ok(bytes) => {
            let (_, mistakes) = table_of(&plan, &path.display().to_string(), &bytes);
            if let Some(mistake) = mistakes.first() {
                return Err(io::Error::other(mistake.to_string()));
            }
            bytes
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => template(&plan).into_bytes(),
        Err(error) => return Err(error),
    };
    if text.last().is_some_and(|last| *last != b'\n') {
        text.push(b'\n');
    }
    let columns = columns(&plan, &text);
    let cells = columns.iter().map(|column| {
        let given = row.iter().find(|(name, _)| name == column);
        given.map_or("", |(_, value)| *value)
    });
    let mut writer = csv::WriterBuilder::new().from_writer(text);
    writer.write_record(cells)?;
    let text = writer
        .into_inner()
        .map_err(|e| io::Error::other(e.to_string()))?;
    let mut aside = tempfile::NamedTempFile::new_in(folder)?;
    aside.write_all(&text)?;
    aside.as_file().sync_all()?;
    aside.persist(&path)?;
    Ok(())
}

/// The columns in the order of the file.
fn columns(plan: &Plan, text: &[u8]) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(text);
    let header = reader.records().next().and_then(Result::ok);
    match header {
        Some(header) => header
            .iter()
            .map(|name| name.trim().to_ascii_lowercase().replace([' ', '-'], "_"))
            .collect(),
        None => plan.columns.iter().map(|c| c.name.to_owned()).collect(),
    }
}
