//! What is to be checked: files, folders, standard input.

use super::report::RunError;
use std::io;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// One thing to check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// A file, or a folder whose files are checked, those of its folders too.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

/// A file to check, under the name it is reported by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileInput {
    File(PathBuf),
    Stdin,
}

impl FileInput {
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "-".to_owned(),
        }
    }
}

/// The files of all inputs, folders in the order of their names, and what could not be listed. A link that
/// leads back to a folder it stands in is an error of that place; the other files are still found.
pub fn files(inputs: &[Input]) -> Vec<Result<FileInput, RunError>> {
    let mut all = Vec::new();
    for input in inputs {
        match input {
            Input::Stdin => all.push(Ok(FileInput::Stdin)),
            Input::Path(path) if path.is_dir() => folder(path, &mut all),
            Input::Path(path) => all.push(Ok(FileInput::File(path.clone()))),
        }
    }
    all
}

fn folder(path: &Path, all: &mut Vec<Result<FileInput, RunError>>) {
    let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let walk = WalkDir::new(path)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|e| e.depth() == 0 || !hidden(e.file_name()));
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                all.push(Ok(FileInput::File(entry.into_path())));
            }
            Ok(_) => {}
            Err(error) => {
                let place = error.path().unwrap_or(path).display().to_string();
                let message = match error.loop_ancestor() {
                    Some(ancestor) => format!(
                        "this link leads back to {}; its files are checked there",
                        ancestor.display()
                    ),
                    None => error.io_error().map_or_else(|| error.to_string(), remedy),
                };
                all.push(Err(RunError {
                    path: place,
                    message,
                }));
            }
        }
    }
}

/// What a person can do about a file that cannot be read.
pub fn remedy(error: &io::Error) -> String {
    let what = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file; look at the spelling of its path",
        io::ErrorKind::PermissionDenied => {
            "you may not read this file; ask for the right to, or copy it to a place of your own"
        }
        io::ErrorKind::IsADirectory => "this is a folder where a file is needed",
        io::ErrorKind::StorageFull => {
            "there is no room for a temporary copy; make room or set TMPDIR to another place"
        }
        _ => return format!("could not be read: {error}"),
    };
    what.to_owned()
}
