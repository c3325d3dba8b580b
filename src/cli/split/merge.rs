//! Several files as one.

use super::{put, rejects};
use crate::check::Options;
use crate::cli::Outcome;
use crate::cli::named::complain;
use crate::formats::write::Dialect;
use crate::formats::{Source, survey};
use crate::model::LedesFormat;
use crate::revise::Target;
use crate::revise::file::{Output, convert_all, reads_back};
use crate::revise::split::records::Records;
use anyhow::bail;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

/// Puts files together, and writes nothing that would be rejected where they were not.
pub(super) fn merge(
    files: &[(&Path, Vec<u8>)],
    out: &Path,
    dialect: Option<Dialect>,
    options: &Options,
) -> anyhow::Result<Outcome> {
    let mut format: Option<(LedesFormat, &Path)> = None;
    let mut numbers: BTreeMap<String, &Path> = BTreeMap::new();
    let mut before = BTreeMap::new();
    let mut sources = Vec::new();
    for (path, bytes) in files {
        let source = Source::of_bytes(bytes)?;
        let surveyed = survey(&source)?;
        let Some(own) = surveyed.format.filter(|_| surveyed.invoices.count() > 0) else {
            complain(&format!(
                "{}: no invoices in it; nothing was written",
                path.display()
            ));
            return Ok(Outcome::Findings);
        };
        let (first, of) = *format.get_or_insert((own, path));
        if first != own {
            bail!(
                "{} is {own} and {} is {first}: a file has one format; convert one of them first",
                path.display(),
                of.display()
            );
        }
        for index in 0..surveyed.invoices.count() {
            let invoice = surveyed.invoices.read(index)?.invoice;
            let number = invoice.get(invoice.number).into_owned();
            if let Some(other) = numbers.insert(number.clone(), path) {
                complain(&format!(
                    "invoice {number} stands in {} and in {}; nothing was written",
                    other.display(),
                    path.display()
                ));
                return Ok(Outcome::Findings);
            }
        }
        before.extend(rejects(bytes, options)?);
        sources.push(source);
    }
    let Some((format, _)) = format else {
        bail!("there is nothing to merge");
    };
    let bytes = match records(files, dialect.is_none())? {
        Some(bytes) => bytes,
        None => {
            let target = Target::new(format, dialect.unwrap_or_default(), None)?;
            let mut output = Output::new(Vec::new(), &target);
            for source in &sources {
                convert_all(source, &mut output)?;
            }
            let (bytes, account) = output.finish()?;
            if let Some(refused) = account.refused.first() {
                complain(&format!(
                    "invoice {}: {}; nothing was written",
                    refused.number, refused.why
                ));
                return Ok(Outcome::Findings);
            }
            if !reads_back(&Source::of_bytes(&bytes)?, &account)? {
                bail!(
                    "what was written does not read back as the same invoices; nothing was written"
                );
            }
            bytes
        }
    };
    let after = rejects(&bytes, options)?;
    if let Some((rule, message)) = after.iter().find(|(rule, _)| !before.contains_key(*rule)) {
        complain(&format!(
            "put together they would be rejected: {rule}: {message}; nothing was written"
        ));
        return Ok(Outcome::Findings);
    }
    if out.exists() {
        bail!("{}: there is a file already", out.display());
    }
    put(out, &bytes)?;
    let _ = writeln!(
        io::stderr(),
        "{}: {} invoices of {} files",
        out.display(),
        numbers.len(),
        files.len()
    );
    Ok(Outcome::Clean)
}

/// The records of pipe files under one head; `None` where their heads differ or they are no pipe files.
fn records(files: &[(&Path, Vec<u8>)], wanted: bool) -> anyhow::Result<Option<Vec<u8>>> {
    if !wanted {
        return Ok(None);
    }
    let mut all = Vec::with_capacity(files.len());
    for (_, bytes) in files {
        match Records::of(bytes)? {
            Some(records) => all.push(records),
            None => return Ok(None),
        }
    }
    let same = all.windows(2).all(|pair| pair[0].head() == pair[1].head());
    Ok(same.then(|| Records::together(&all)))
}
