//! `payments import`: remittances are brought in, and what came of each payment is told.

use crate::cli::Outcome;
use crate::cli::answers::told;
use crate::cli::named::parsed;
use crate::cli::paragraph::paragraph;
use crate::cli::tracker::{StoreArgs, money};
use crate::portals::answers::MOST_BYTES;
use crate::portals::remittance::{Remittance, RemittanceMapping, read};
use crate::store::sha256;
use crate::workflow::Received;
use anyhow::{Context, bail};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) fn import(
    files: &[PathBuf],
    mapping: Option<&Path>,
    at: &StoreArgs,
    out: &mut impl Write,
) -> anyhow::Result<Outcome> {
    let mapping = match mapping {
        Some(file) => parsed(file, "the mapping", RemittanceMapping::parse)?,
        None => RemittanceMapping::default(),
    };
    let mut found: Vec<(Remittance, String)> = Vec::new();
    for file in files {
        let failed = || format!("{}: the file cannot be read", file.display());
        let size = fs::metadata(file).with_context(failed)?.len();
        if size > MOST_BYTES {
            bail!(
                "{}: {} MB; at most {} MB are read: export a shorter time",
                file.display(),
                size >> 20,
                MOST_BYTES >> 20
            );
        }
        let bytes = fs::read(file).with_context(failed)?;
        let name = file.file_name().map_or_else(
            || file.display().to_string(),
            |n| n.to_string_lossy().into_owned(),
        );
        found.push((read(&name, &bytes, &mapping), sha256(&bytes)));
    }
    let received = at.at_desk(async |desk| {
        let mut all = Vec::new();
        for (remittance, file) in &found {
            all.extend(desk.receive(&remittance.rows, file).await?);
        }
        Ok(all)
    })?;
    let unread: Vec<String> = found
        .iter()
        .flat_map(|(r, _)| r.mistakes.iter().map(ToString::to_string))
        .collect();
    tell(&received, &unread, out)
}

/// Says what became of the rows.
pub(super) fn tell(
    received: &[Received],
    unread: &[String],
    out: &mut impl Write,
) -> anyhow::Result<Outcome> {
    let (mut taken, mut known, mut waits) = (0, 0, 0);
    for one in received {
        let rests = ["taken", "put aside"].contains(&one.standing.as_str());
        match (rests, one.known) {
            (true, true) => known += 1,
            (true, false) => taken += 1,
            (false, _) => waits += 1,
        }
        // What is old news is counted, and explained only where it is odd.
        if one.known && rests && one.why.is_empty() {
            continue;
        }
        let number = match one.number.as_str() {
            "" => "-",
            number => number,
        };
        let state = one
            .invoice
            .as_ref()
            .map_or_else(String::new, |(number, state)| {
                format!(", invoice {number} is {state} now")
            });
        let before = if one.known { " (known before)" } else { "" };
        writeln!(
            out,
            "{number:<16} {:>14}  {}{before}{state}  [{}]  {}",
            money(one.amount, &one.currency),
            one.standing,
            one.id,
            one.place
        )?;
        for why in &one.why {
            writeln!(out, "{}", paragraph(why, 4))?;
        }
    }
    told([taken, known, waits], unread, out)
}
