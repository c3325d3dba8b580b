//! `cleanbill readiness`.

use super::basis::mistakes;
use super::settings::settings;
use crate::config::FIRM;
use crate::firm;
use crate::reports::readiness::{MatterReadiness, Wanted, readiness};
use crate::rules::portal_key;
use chrono::NaiveDate;
use std::io::{self, Write};
use std::path::PathBuf;

/// Arguments of `readiness`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill readiness --firm lists/\n          cleanbill readiness --firm lists/ --portal Legal-X --client C0001"
)]
pub struct Args {
    /// The firm's lists; matters.csv, clients.csv and readiness.csv are looked at [default: the setting firm]
    #[arg(long, value_name = "DIR")]
    firm: Option<PathBuf>,

    /// Of this client only
    #[arg(long, value_name = "ID")]
    client: Option<String>,

    /// At this portal only
    #[arg(long, value_name = "NAME")]
    portal: Option<String>,

    /// Matters that were closed before this day are left out [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Prints how far each matter is set up at its portal.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(folder) = args.firm.clone().or(settings()?.path(&FIRM)) else {
        anyhow::bail!(
            "say where the firm's lists are with --firm DIR or the setting firm; cleanbill init DIR writes templates"
        );
    };
    let lists = firm::load(&folder).map_err(mistakes)?.lists;
    if !lists.readiness.is_loaded() && !lists.matters.is_loaded() {
        anyhow::bail!(
            "{}: there is neither matters.csv nor readiness.csv in it; cleanbill init writes templates",
            folder.display()
        );
    }
    let today = args
        .today
        .unwrap_or_else(|| chrono::Local::now().date_naive());
    let wanted = Wanted {
        client: args.client.as_deref(),
        portal: args.portal.as_deref(),
        today: Some(today),
    };
    let all = readiness(&lists, wanted, portal_key);
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
        return Ok(());
    }
    if all.is_empty() {
        writeln!(out, "No matter fits.")?;
        return Ok(());
    }
    let mut portals: Vec<&str> = Vec::new();
    for row in &all {
        if !portals
            .iter()
            .any(|p| portal_key(p) == portal_key(&row.portal))
        {
            portals.push(&row.portal);
        }
    }
    // Where nothing can be sent at all comes last, and is said in full.
    portals.sort_by_key(|p| (p.is_empty(), portal_key(p)));
    for (n, portal) in portals.iter().enumerate() {
        if n > 0 {
            writeln!(out)?;
        }
        let mut own: Vec<&MatterReadiness> = all
            .iter()
            .filter(|r| portal_key(&r.portal) == portal_key(portal))
            .collect();
        own.sort_by_key(|r| (r.ready, &r.client_id, &r.law_firm_matter_id));
        let ready = own.iter().filter(|r| r.ready).count();
        if portal.is_empty() {
            writeln!(
                out,
                "No portal: {} (name it in matters.csv or clients.csv)",
                matters(own.len())
            )?;
        } else {
            writeln!(out, "{portal}: {ready} of {} ready", matters(own.len()))?;
        }
        for row in own {
            print(row, out)?;
        }
    }
    Ok(())
}

fn matters(n: usize) -> String {
    match n {
        1 => "1 matter".to_owned(),
        n => format!("{n} matters"),
    }
}

fn print(row: &MatterReadiness, out: &mut impl Write) -> io::Result<()> {
    let word = match (row.ready, row.missing.is_empty()) {
        (true, _) => "ready",
        (false, false) => "MISSING",
        (false, true) => "unknown",
    };
    let seen = row
        .checked_on
        .map_or_else(String::new, |day| format!(", looked at on {day}"));
    let partner = match row.billing_partner.as_str() {
        "" => String::new(),
        name => format!(", {name}"),
    };
    writeln!(
        out,
        "  {word:<8} {:<10} {:<14} {}{partner}{seen}",
        row.client_id, row.law_firm_matter_id, row.matter_name
    )?;
    if !row.missing.is_empty() {
        writeln!(out, "           missing: {}", row.missing.join("; "))?;
    }
    match row.not_known.len() {
        0 => {}
        6 => writeln!(
            out,
            "           nobody has looked (no row in readiness.csv)"
        )?,
        _ => writeln!(out, "           not known: {}", row.not_known.join(", "))?,
    }
    if !row.note.is_empty() {
        writeln!(out, "           note: {}", row.note)?;
    }
    Ok(())
}
