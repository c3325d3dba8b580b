//! `cleanbill show`.

use super::paragraph::paragraph;
use super::tracker::{StoreArgs, instant, money};
use super::{Outcome, proof};
use crate::model::{Finding, Place};
use crate::workflow::{Facts, Role};
use std::io::Write;

/// Arguments of `show`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill show INV000001\n          cleanbill show INV000001 --proof"
)]
pub struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    /// The proof instead: each attempt to send it with the hash of what left, each answer with its hash and time, and
    /// whether all of it is as it was written (exit status 1 if not)
    #[arg(long)]
    proof: bool,

    /// The proof as JSON
    #[arg(long, requires = "proof")]
    json: bool,

    #[command(flatten)]
    at: StoreArgs,
}

/// Prints one invoice.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    if args.proof {
        let found = args
            .at
            .at_desk(async |desk| Ok(desk.proof(&args.invoice).await?))?;
        return proof::print(&found, args.json, out);
    }
    shown(args, out).map(|()| Outcome::Clean)
}

fn shown(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let (story, own) = args.at.at_desk(async |desk| {
        // Whoever only writes time sees their own lines and no sums.
        if desk.person.role == Role::Timekeeper {
            return Ok((None, Some(desk.own_invoice(&args.invoice).await?)));
        }
        let story = desk.story(&args.invoice).await?;
        let meant = desk.reasons_of(&story.row.id).await?;
        Ok((Some((story, meant)), None))
    })?;
    if let Some(own) = &own {
        return super::own::show(own, out);
    }
    let Some((story, meant)) = story else {
        return Ok(());
    };
    let row = &story.row;
    writeln!(
        out,
        "Invoice {} of client {} ({})",
        row.number, row.client, row.id
    )?;
    writeln!(out, "  state     {}", row.state)?;
    for (n, a) in story.review.approvals.iter().enumerate() {
        let whose = a
            .in_place_of
            .as_ref()
            .map_or_else(String::new, |p| format!(" for {p}"));
        let last = row.cleared_by.is_some() && n + 1 == story.review.approvals.len();
        let word = if last { "cleared " } else { "approved" };
        writeln!(out, "  {word}  by {}{whose} on {}", a.by, instant(a.at_ms))?;
    }
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
    let total = row.total.map_or_else(
        || "cannot be read".to_owned(),
        |total| money(total, &row.currency),
    );
    writeln!(
        out,
        "  total     {total}, {} at risk, {} lines",
        row.at_risk, row.lines
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
        if !finding.places.is_empty() {
            writeln!(out, "                    {}", places(finding))?;
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
    super::under_review::print(&story, out)?;
    if !meant.is_empty() {
        writeln!(out, "\nWhy the client or portal objected")?;
        super::answers::reasons(&meant, 2, out)?;
    }
    writeln!(out, "\nWhat happened")?;
    for event in &story.events {
        let facts = Facts::of(event).unwrap_or_default();
        let line = facts.item.map(|i| format!("line {i}"));
        let what = facts.code.or(facts.rule).or(facts.verdict);
        let whose = facts.in_place_of.map(|p| format!("for {p}"));
        let sum = facts.amount.map(|a| a.to_string());
        let about: Vec<String> = [line, sum, what, whose].into_iter().flatten().collect();
        let about = match about.is_empty() {
            true => String::new(),
            false => format!(" ({})", about.join(", ")),
        };
        writeln!(
            out,
            "  {:>3}  {}  {}: {}{about}",
            event.seq,
            instant(event.at_ms),
            event.actor,
            event.step
        )?;
        if let Some(reason) = &facts.reason {
            let why = format!("why: {}", story.text(reason));
            writeln!(out, "{}", paragraph(&why, 25))?;
        }
    }
    Ok(())
}

/// Places that are printed; the others are counted.
const MOST_PLACES: usize = 5;

/// Where in the file a finding is, in one line.
fn places(finding: &Finding) -> String {
    let place = |place: &Place| match &place.item {
        Some(item) => format!("line {} (item {item})", place.line),
        None => format!("line {}", place.line),
    };
    let shown: Vec<String> = finding.places.iter().take(MOST_PLACES).map(place).collect();
    let more = match finding.places.len().saturating_sub(MOST_PLACES) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    format!("in the file: {}{more}", shown.join(", "))
}
