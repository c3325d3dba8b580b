//! `cleanbill init`.

use super::Outcome;
use crate::firm::{README, tables, template};
use anyhow::Context;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill init lists/\n          cleanbill check --firm lists/ march.txt"
)]
pub struct Args {
    /// The folder to write into; it is made if it does not exist
    folder: PathBuf,
}

/// Writes a template of each of the firm's lists. What is there already stays as it is.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let folder = &args.folder;
    fs::create_dir_all(folder)
        .with_context(|| format!("{}: the folder cannot be made", folder.display()))?;
    let mut out = io::stdout().lock();
    let mut written = 0;
    let files = tables()
        .into_iter()
        .map(|plan| (format!("{}.csv", plan.list), template(&plan), plan.title));
    let readme = (
        "README.txt".to_owned(),
        README.to_owned(),
        "How to fill in these lists",
    );
    for (name, text, title) in std::iter::once(readme).chain(files) {
        let new = write_new(&folder.join(&name), &text)?;
        let note = if new {
            ""
        } else {
            " (was there, left as it is)"
        };
        writeln!(out, "{name:<16} {title}{note}")?;
        written += usize::from(new);
    }
    writeln!(
        out,
        "\n{written} files written to {}. Fill in the lists you have, delete the others, then:\n  cleanbill check --firm {} FILE",
        folder.display(),
        folder.display()
    )?;
    Ok(Outcome::Clean)
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> anyhow::Result<bool> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    match file {
        Ok(mut file) => file
            .write_all(text.as_bytes())
            .with_context(|| format!("{}: cannot be written", path.display()))
            .map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| format!("{}: cannot be written", path.display())),
    }
}
