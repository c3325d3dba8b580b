//! What is kept of a fix: the original, and the record of the changes.

use crate::render::for_sheets;
use crate::revise::fix::{Change, Entry, Signed};
use anyhow::{Context, bail};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The name with something behind it.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(ending);
    path.with_file_name(name)
}

/// Copies of originals beside a file at most.
const MOST_KEPT: u32 = 1_000;

/// Keeps the original as FILE.orig; where that is taken, as FILE.orig.2 and so on. No copy is ever written over.
pub fn original(path: &Path, bytes: &[u8]) -> anyhow::Result<PathBuf> {
    for number in 1..MOST_KEPT {
        let kept = match number {
            1 => beside(path, ".orig"),
            n => beside(path, &format!(".orig.{n}")),
        };
        let cannot = || format!("{}: the original cannot be kept there", kept.display());
        let opened = OpenOptions::new().write(true).create_new(true).open(&kept);
        match opened {
            Ok(mut file) => {
                file.write_all(bytes).with_context(cannot)?;
                if let Ok(meta) = fs::metadata(path) {
                    let _ = file.set_permissions(meta.permissions());
                }
                file.sync_all().with_context(cannot)?;
                return Ok(kept);
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e).with_context(cannot),
        }
    }
    bail!(
        "{}: there are {MOST_KEPT} kept originals beside it; put some of them away",
        path.display()
    )
}

/// Appends the changes to a record. What stands in it stays.
pub fn record(path: &Path, changes: &[Change], file: &str, signed: &Signed) -> anyhow::Result<()> {
    let cannot = || {
        format!(
            "{}: the record of the changes cannot be written",
            path.display()
        )
    };
    let entries = changes.iter().map(|c| Entry::new(c, file, signed));
    let json = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("json"));
    if json {
        let mut all: Vec<Entry> = match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).with_context(|| {
                format!(
                    "{}: this is no record of changes; give another name with --record",
                    path.display()
                )
            })?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(e).with_context(cannot),
        };
        all.extend(entries);
        let mut aside = crate::cli::convert::place::aside(Some(path)).with_context(cannot)?;
        serde_json::to_writer_pretty(&mut aside, &all)?;
        aside.write_all(b"\n").with_context(cannot)?;
        aside.as_file_mut().sync_all().with_context(cannot)?;
        return crate::cli::convert::place::put(aside, path);
    }
    let is_new = fs::metadata(path).map_or(true, |m| m.len() == 0);
    let out = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(cannot)?;
    let mut rows = csv::WriterBuilder::new()
        .has_headers(false)
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    if is_new {
        rows.write_record([
            "at",
            "by",
            "reason",
            "file",
            "line",
            "invoice_number",
            "line_item_number",
            "field",
            "before",
            "after",
            "rule",
            "safety",
        ])?;
    }
    for entry in entries {
        let line = entry.line.to_string();
        let safety = if entry.safety == crate::model::Safety::Safe {
            "safe"
        } else {
            "unsafe"
        };
        let cells = [
            &entry.at,
            &entry.by,
            &entry.reason,
            &entry.file,
            &line,
            &entry.invoice_number,
            &entry.line_item_number,
            &entry.field,
            &entry.before,
            &entry.after,
            &entry.rule,
            safety,
        ];
        rows.write_record(cells.map(|cell| for_sheets(cell).into_owned()))?;
    }
    let out = rows
        .into_inner()
        .map_err(|e| e.into_error())
        .with_context(cannot)?;
    out.sync_all().with_context(cannot)
}

/// Has the folder's own entry written, so that a renamed file survives a power cut.
pub fn settled(path: &Path) {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or_else(|| Path::new("."))) {
        let _ = folder.sync_all();
    }
}
