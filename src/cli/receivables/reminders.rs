//! `receivables reminders` and `escalate`: drafts of letters, and what a partner should take up.

use crate::cli::Outcome;
use crate::cli::basis::firm_lists;
use crate::cli::overnight::put;
use crate::cli::paragraph::paragraph;
use crate::cli::payments::Format;
use crate::cli::settings::settings;
use crate::cli::tracker::{StoreArgs, money};
use crate::config::REMINDER_LETTER;
use crate::reports::owed::OpenInvoice;
use crate::reports::reminder;
use crate::reports::sheet::sheet;
use crate::workflow::{Escalation, ReceivableTerms, Reminder};
use anyhow::Context;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) fn reminders(
    terms: &ReceivableTerms,
    folder: Option<&Path>,
    firm: Option<&Path>,
    at: &StoreArgs,
    out: &mut impl Write,
) -> anyhow::Result<Outcome> {
    let lists = firm_lists(firm)?;
    let template = match settings()?.path(&REMINDER_LETTER) {
        Some(file) => Some(
            fs::read_to_string(&file)
                .with_context(|| format!("{}: the template cannot be read", file.display()))?,
        ),
        None => None,
    };
    let drafted = at.at_desk(async |desk| {
        let due = desk.reminders_due(terms, &lists).await?;
        let mut drafted: Vec<(Reminder, Option<PathBuf>, Vec<String>)> = Vec::new();
        for draft in due {
            let letter = reminder::letter(&draft, template.as_deref())?;
            let Some(folder) = folder else {
                drafted.push((draft, None, Vec::new()));
                continue;
            };
            // The file first: what is written down as drafted is there.
            let file = folder.join(reminder::file_name(&draft));
            put(&file, &letter)?;
            let before = desk.drafted(&draft, &letter).await?;
            if before.len() == draft.invoices.len() {
                let _ = fs::remove_file(&file);
            }
            drafted.push((draft, Some(file), before));
        }
        Ok(drafted)
    })?;
    if drafted.is_empty() {
        writeln!(out, "No reminder is to be drafted.")?;
    }
    for (draft, file, before) in &drafted {
        let what = match file {
            Some(file) => format!("{}: ", file.display()),
            None => "would draft: ".to_owned(),
        };
        writeln!(
            out,
            "{what}client {}, {} days, {} in all: {}",
            draft.client_id,
            draft.rung,
            money(draft.due, &draft.currency),
            match draft.invoices.as_slice() {
                [one] => format!("invoice {}", one.number),
                many => format!("{} invoices", many.len()),
            }
        )?;
        if !before.is_empty() {
            writeln!(
                out,
                "{}",
                paragraph(
                    &format!(
                        "somebody else has drafted one for {} meanwhile: look before it is sent",
                        before.join(", ")
                    ),
                    4
                )
            )?;
        }
    }
    if drafted.iter().any(|(_, file, _)| file.is_some()) {
        writeln!(out, "\nNothing was sent: read each, and send it yourself.")?;
    }
    Ok(Outcome::Clean)
}

pub(super) fn escalations(
    all: &[Escalation],
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(all)?)?,
        Format::Csv => sheet(all.iter().map(OpenInvoice::from), out)?,
        Format::Text if all.is_empty() => writeln!(out, "Nothing is for a partner.")?,
        Format::Text => {
            let mut partner = None;
            for one in all {
                let row = &one.account.invoice;
                if partner != Some(&row.partner) {
                    let blank = if partner.is_some() { "\n" } else { "" };
                    let name = match row.partner.as_str() {
                        "" => "No partner known",
                        name => name,
                    };
                    writeln!(out, "{blank}{name}")?;
                    partner = Some(&row.partner);
                }
                writeln!(
                    out,
                    "  {:<16} {:<10} {:>16} open: {}",
                    row.number,
                    row.client,
                    money(one.account.open, &row.currency),
                    one.why.join("; ")
                )?;
            }
            writeln!(
                out,
                "\nWhether anything is collected or written off is decided by people: cleanbill reductions accept, appeals."
            )?;
        }
    }
    Ok(())
}
