//! `cleanbill convert --to litigation-advisor`: one text file a bill, by the insurer's field map.

use super::{Args, place, report};
use crate::cli::Outcome;
use crate::cli::named::{of_source, parsed};
use crate::formats::write::Dialect;
use crate::formats::write::advisor::{AdvisorForm, Sequence};
use crate::revise::advise::advise;
use crate::revise::file::{Account, Refused};
use anyhow::{Context, bail};
use std::fs;
use std::io::Write;

pub fn run(args: &Args, dialect: &Dialect, _out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if *dialect != Dialect::default() || args.currency.is_some() {
        bail!(
            "--dialect and --currency are for LEDES formats; the field map says how Litigation Advisor is written"
        );
    }
    let Some(path) = &args.field_map else {
        bail!(
            "litigation-advisor needs --field-map FILE: which header line holds what is each insurer's own, and only \
             its sample file shows it"
        );
    };
    let form = parsed(path, "the field map", AdvisorForm::parse)?;
    let Some(word) = &args.sequence else {
        bail!(
            "litigation-advisor needs --sequence INITIAL, INTERIM or FINAL: which bill of its matter this is"
        );
    };
    let Some(sequence) = Sequence::of_word(word) else {
        bail!("--sequence {word}: it is INITIAL, INTERIM or FINAL");
    };
    let mut outcome = Outcome::Clean;
    let mut bills: Vec<(String, Vec<u8>)> = Vec::new();
    let mut account = Account::default();
    for path in &args.paths {
        let source = match of_source(path, Ok) {
            Some(source) => source,
            None => {
                outcome = outcome.or(Outcome::System);
                continue;
            }
        };
        let survey = crate::formats::survey(&source)?;
        for index in 0..survey.invoices.count() {
            let invoice = survey.invoices.read(index)?.invoice;
            let number = invoice.get(invoice.number).into_owned();
            let lines = invoice.lines.len() as u64;
            match advise(invoice, &form, sequence, &mut account.losses) {
                Ok(bytes) => {
                    account.written.0 += 1;
                    account.written.1 += lines;
                    bills.push((number, bytes));
                }
                Err(why) => account.refused.push(Refused {
                    number,
                    why: why.to_string(),
                }),
            }
        }
    }
    let shown = args
        .out
        .as_ref()
        .map_or_else(|| "standard output".to_owned(), |p| p.display().to_string());
    report(&shown, &account);
    if !account.refused.is_empty() || bills.is_empty() {
        outcome = outcome.or(Outcome::Findings);
    }
    let Some(to) = &args.out else {
        match &bills[..] {
            [] => {}
            [(_, bytes)] => place::print(&bytes[..])?,
            _ => bail!(
                "there are {} bills, a file each; say where: --out FOLDER",
                bills.len()
            ),
        }
        return Ok(outcome);
    };
    let folder = to.is_dir() || bills.len() > 1;
    if folder {
        fs::create_dir_all(to)
            .with_context(|| format!("{}: the folder cannot be made", to.display()))?;
    }
    let mut taken = std::collections::BTreeSet::new();
    for (number, bytes) in bills {
        let path = if folder {
            to.join(format!("{}.txt", place::safe(&number)))
        } else {
            to.clone()
        };
        if !taken.insert(path.clone()) {
            bail!("{}: two bills have this name", path.display());
        }
        let failed = || {
            format!(
                "{}: could not be written; nothing was put there",
                path.display()
            )
        };
        let mut aside = place::aside(Some(&path)).with_context(failed)?;
        aside.write_all(&bytes).with_context(failed)?;
        place::put(aside, &path)?;
    }
    Ok(outcome)
}
