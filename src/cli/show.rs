//! `cleanbill show`.

use super::tracker::{StoreArgs, instant};
use crate::workflow::Facts;
use std::io::Write;

/// Arguments of `show`.
#[derive(Debug, clap::Args)]
#[command(before_help = "Example:  cleanbill show INV000001")]
pub struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    #[command(flatten)]
    at: StoreArgs,
}

/// Prints one invoice.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let story = args
        .at
        .at_desk(async |desk| Ok(desk.story(&args.invoice).await?))?;
    let row = &story.row;
    writeln!(
        out,
        "Invoice {} of client {} ({})",
        row.number, row.client, row.id
    )?;
    writeln!(out, "  state     {}", row.state)?;
    if let Some(who) = &row.cleared_by {
        writeln!(out, "  cleared   by {who}")?;
    }
    let total = row.total.map_or_else(|| "?".to_owned(), |t| t.to_string());
    writeln!(out, "  matter    {}", row.matter)?;
    for (name, value) in [("partner", &row.partner), ("portal", &row.portal)] {
        if !value.is_empty() {
            writeln!(out, "  {name:<9} {value}")?;
        }
    }
    writeln!(
        out,
        "  date      {}",
        row.invoice_date.as_deref().unwrap_or("?")
    )?;
    writeln!(
        out,
        "  total     {total} {}, {} at risk, {} lines",
        row.currency, row.at_risk, row.lines
    )?;
    writeln!(
        out,
        "  version   {}, brought in by {}",
        row.version, row.preparer
    )?;
    writeln!(out, "  file      {}", row.document)?;
    writeln!(
        out,
        "  verdict   {} (checked as of {})",
        row.verdict, story.report.today
    )?;
    writeln!(out, "\nFindings")?;
    let mut none = true;
    for finding in story.report.findings() {
        none = false;
        writeln!(
            out,
            "  {}  {:<6} {}: {}",
            finding.fingerprint, finding.level, finding.rule, finding.message
        )?;
        for place in finding.places.iter().take(3) {
            let item = place
                .item
                .as_ref()
                .map_or_else(String::new, |i| format!(", item {i}"));
            writeln!(out, "                    line {}{item}", place.line)?;
        }
        if let Some(o) = story.override_of(finding) {
            writeln!(
                out,
                "                    set aside by {} on {}: {}",
                o.by,
                instant(o.at_ms),
                o.reason
            )?;
        }
    }
    if none {
        writeln!(out, "  none")?;
    }
    writeln!(out, "\nWhat happened")?;
    for event in &story.events {
        let facts = Facts::of(event).unwrap_or_default();
        let about = facts.rule.or(facts.verdict);
        let about = about.map_or_else(String::new, |a| format!(" ({a})"));
        writeln!(
            out,
            "  {:>3}  {}  {}: {}{about}",
            event.seq,
            instant(event.at_ms),
            event.actor,
            event.step
        )?;
    }
    Ok(())
}
