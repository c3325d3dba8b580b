//! Files named on the command line: read as what they should be, or told of with what to do.

use crate::check::remedy;
use crate::formats::Source;
use anyhow::Context;
use std::fmt::Display;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// A line to standard error, in the program's name.
pub fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "cleanbill: {line}");
}

/// Reads a file somebody wrote for this program; `what` names it, as "the mapping".
pub fn parsed<T, E: Display>(
    path: &Path,
    what: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> anyhow::Result<T> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("{}: {what} cannot be read", path.display()))?;
    parse(&text).map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))
}

/// What an invoice file holds, by `read`; where it cannot be read, that is said and there is none.
pub fn of_source<T>(path: &Path, read: impl FnOnce(Source) -> io::Result<T>) -> Option<T> {
    let shown = match path.as_os_str() == "-" {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    };
    match Source::named(path).and_then(read) {
        Ok(held) => Some(held),
        Err(error) => {
            complain(&format!("{shown}: {}", remedy(&error)));
            None
        }
    }
}
