//! Where converted files go: names, folders, writing aside.

use super::Batch;
use crate::formats::{Source, parts, survey};
use crate::model::{Invoice, LedesFormat};
use crate::revise::Target;
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The names of files: a pattern, and what it is filled with.
pub struct Names {
    pattern: String,
    extension: &'static str,
    format: LedesFormat,
    /// The pattern asks for something of an invoice: one file each.
    each: bool,
}

/// Placeholders filled from an invoice.
const OF_INVOICES: [&str; 5] = [
    "{invoice_number}",
    "{client_id}",
    "{law_firm_matter_id}",
    "{client_matter_id}",
    "{invoice_date}",
];

impl Names {
    pub fn new(target: &Target) -> Self {
        let pattern = target.dialect().file_name.clone();
        let pattern = pattern.unwrap_or_else(|| "{stem}.{extension}".to_owned());
        Self::of(pattern, target.format)
    }

    /// Names by a pattern.
    pub fn of(pattern: String, format: LedesFormat) -> Self {
        Self {
            each: OF_INVOICES.iter().any(|p| pattern.contains(p)),
            pattern,
            extension: if format.is_xml() { "xml" } else { "txt" },
            format,
        }
    }

    /// The name of one file.
    pub fn fill(&self, path: &Path, invoice: Option<&Invoice>) -> anyhow::Result<String> {
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned());
        let stem = stem
            .filter(|s| s != "-")
            .unwrap_or_else(|| "invoices".to_owned());
        let mut name = self
            .pattern
            .replace("{stem}", &stem)
            .replace("{extension}", self.extension)
            .replace("{format}", self.format.name());
        if let Some(invoice) = invoice {
            let matter = invoice.matters.first();
            let texts = [
                invoice.number,
                invoice.client.client_id,
                matter.map(|m| m.law_firm_matter_id).unwrap_or_default(),
                matter.map(|m| m.client_matter_id).unwrap_or_default(),
            ];
            for (placeholder, cell) in OF_INVOICES.iter().zip(texts) {
                name = name.replace(placeholder, &invoice.get(cell));
            }
            let date = parts::plain(invoice, parts::Content::Date(invoice.date));
            name = name.replace("{invoice_date}", &date.replace('-', ""));
        }
        if name.contains(['{', '}']) {
            bail!(
                "file_name = \"{}\" has a placeholder there is not; there are {{stem}}, {{extension}}, {{format}}, {}",
                self.pattern,
                OF_INVOICES.join(", ")
            );
        }
        let safe = safe(&name);
        if safe.trim_matches(['.', ' ', '_']).is_empty() {
            bail!(
                "file_name = \"{}\" makes \"{safe}\", which is no name for a file",
                self.pattern
            );
        }
        Ok(safe)
    }
}

/// A name with nothing in it that leads elsewhere.
pub fn safe(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " -_.~+()@#&".contains(c);
    name.chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect()
}

/// Where the output goes.
pub enum Place {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
}

impl Place {
    /// `--out`: a folder where there is one or the path ends like one.
    pub fn of(out: Option<&Path>, inputs: usize, names: &Names) -> anyhow::Result<Self> {
        let Some(out) = out else {
            if inputs > 1 {
                bail!(
                    "several files are converted into a folder or a file; say where: --out FOLDER"
                );
            }
            return Ok(Self::Stdout);
        };
        let as_folder = out.to_string_lossy().ends_with(['/', '\\']);
        if out.is_dir() || as_folder || names.each {
            fs::create_dir_all(out)
                .with_context(|| format!("{}: the folder cannot be made", out.display()))?;
            return Ok(Self::Folder(out.to_owned()));
        }
        Ok(Self::File(out.to_owned()))
    }

    /// The files to write.
    pub fn batches<'a>(
        &self,
        inputs: &'a [(PathBuf, Source)],
        names: &Names,
    ) -> anyhow::Result<Vec<Batch<'a>>> {
        let all = || inputs.iter().map(|(p, s)| (p.as_path(), s, None)).collect();
        let folder = match self {
            Self::Stdout if inputs.is_empty() => return Ok(Vec::new()),
            Self::File(_) if inputs.is_empty() => return Ok(Vec::new()),
            Self::Stdout => {
                return Ok(vec![Batch {
                    path: None,
                    from: all(),
                }]);
            }
            Self::File(path) => {
                return Ok(vec![Batch {
                    path: Some(path.clone()),
                    from: all(),
                }]);
            }
            Self::Folder(folder) => folder,
        };
        let mut batches = Vec::new();
        let mut taken = BTreeSet::new();
        for (path, source) in inputs {
            let mut add = |name: String, only: Option<usize>| {
                if !taken.insert(name.to_lowercase()) {
                    bail!(
                        "two files would be called {name}; give the dialect a file_name that tells them apart"
                    );
                }
                let to = folder.join(name);
                if fs::canonicalize(&to).is_ok_and(|t| fs::canonicalize(path).is_ok_and(|p| p == t))
                {
                    bail!("{}: would be written over itself", path.display());
                }
                batches.push(Batch {
                    path: Some(to),
                    from: vec![(path.as_path(), source, only)],
                });
                Ok(())
            };
            if !names.each {
                add(names.fill(path, None)?, None)?;
                continue;
            }
            let survey = survey(source)?;
            for index in 0..survey.invoices.count() {
                let invoice = survey.invoices.read(index)?.invoice;
                add(names.fill(path, Some(&invoice))?, Some(index))?;
            }
        }
        Ok(batches)
    }
}

/// A path that is there and no file, as a pipe or a device is: it is written into and never replaced.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|m| !m.is_file())
}

/// A file beside the one to be written, so that it can be renamed in one step.
pub fn aside(path: Option<&Path>) -> io::Result<NamedTempFile> {
    match path {
        Some(path) if !is_special(path) => {
            let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
            tempfile::Builder::new()
                .prefix(".cleanbill-")
                .suffix(".part")
                .tempfile_in(folder.unwrap_or_else(|| Path::new(".")))
        }
        _ => NamedTempFile::new(),
    }
}

/// Gives the file its name.
pub fn put(mut aside: NamedTempFile, path: &Path) -> anyhow::Result<()> {
    if is_special(path) {
        let into = || format!("{}: took no more", path.display());
        let mut special = fs::OpenOptions::new()
            .write(true)
            .open(path)
            .with_context(into)?;
        aside.as_file_mut().rewind()?;
        io::copy(aside.as_file_mut(), &mut special).with_context(into)?;
        return special.flush().with_context(into);
    }
    // A link stays one: the file it leads to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    readable_by_others(&aside, &path);
    aside.persist(&path).map_err(|e| e.error).with_context(|| {
        format!(
            "{}: could not be written; nothing was put there",
            path.display()
        )
    })?;
    Ok(())
}

/// Puts a file written aside where it belongs: in a file, or on standard output.
///
/// # Errors
/// The place cannot be written.
pub fn deliver(mut aside: NamedTempFile, to: Option<&Path>) -> anyhow::Result<()> {
    let Some(path) = to else {
        aside.as_file_mut().rewind()?;
        return print(aside.as_file_mut());
    };
    put(aside, path)
}

/// Writes an invoice file to standard output. What colours our own words takes bytes of Windows-1252 (9B) for the
/// beginning of a colour and drops them, so it is passed by.
///
/// # Errors
/// Standard output takes no more.
pub fn print(mut from: impl Read) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    io::copy(&mut from, &mut out)
        .and_then(|_| out.flush())
        .context("standard output took no more")
}

/// A temporary file is its owner's alone; a converted one has the rights of the one it replaces, or the usual ones.
#[cfg(unix)]
fn readable_by_others(aside: &NamedTempFile, path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let rights =
        fs::metadata(path).map_or_else(|_| fs::Permissions::from_mode(0o644), |m| m.permissions());
    let _ = aside.as_file().set_permissions(rights);
}

#[cfg(not(unix))]
fn readable_by_others(_aside: &NamedTempFile, _path: &Path) {}
