//! `cleanbill rewrite`.

use super::basis::Basis;
use super::narrative;
use super::paragraph::paragraph;
use super::tracker::{StoreArgs, instant};
use crate::check::Checker;
use crate::model::Finding;
use crate::workflow::{Answer, OwnRequest, Trial};
use anyhow::{Context, bail};
use rust_decimal::Decimal;
use std::io::{self, Write};

/// Arguments of `rewrite`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill rewrite\n          cleanbill rewrite 3f9a1c02 --try \"Draft motion to compel production of the repair ledger\"\n          cleanbill rewrite 3f9a1c02 --part 0.8 \"Draft motion to compel\" --part 0.4 \"Call with clerk re hearing date\""
)]
pub struct Args {
    /// The request; without it, yours that are open
    #[arg(value_name = "ID")]
    id: Option<String>,

    /// Show how a text reads and what the rules would say of it; nothing is kept
    #[arg(long = "try", value_name = "TEXT", requires = "id", conflicts_with_all = ["text", "part"])]
    attempt: Option<String>,

    /// Your answer: the line's new narrative, word for word
    #[arg(long, value_name = "TEXT", requires = "id", conflicts_with = "part")]
    text: Option<String>,

    /// Your answer: a line of so many hours and these words; give it for each. The hours make those of the line
    #[arg(long, num_args = 2, value_names = ["HOURS", "TEXT"], requires = "id", action = clap::ArgAction::Append)]
    part: Vec<String>,

    /// As JSON
    #[arg(long, conflicts_with_all = ["attempt", "text", "part"])]
    json: bool,

    #[command(flatten)]
    basis: Basis,

    #[command(flatten)]
    at: StoreArgs,
}

/// Lists, shows, tries or answers.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(id) = &args.id else {
        return list(args, out);
    };
    if let Some(text) = &args.attempt {
        let answer = Answer::Text(text.clone());
        let checker = Checker::new(args.basis.options()?);
        let trial = args
            .at
            .at_desk(async |desk| Ok(desk.try_answer(&checker, id, &answer).await?))?;
        return tried(text, &trial, out);
    }
    let Some(answer) = answer(args)? else {
        let request = args.at.at_desk(async |desk| Ok(desk.request(id).await?))?;
        if args.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&request)?)?;
            return Ok(());
        }
        return shown(&request, out);
    };
    let checker = Checker::new(args.basis.options()?);
    let (row, findings) = args
        .at
        .at_desk(async |desk| Ok(desk.rewrite(&checker, id, &answer).await?))?;
    writeln!(
        out,
        "Recorded in your words: invoice {} is now version {}, to be reviewed and cleared again.",
        row.number, row.version
    )?;
    still(&findings, "What the rules still say of it:", out)?;
    Ok(())
}

fn answer(args: &Args) -> anyhow::Result<Option<Answer>> {
    if let Some(text) = &args.text {
        return Ok(Some(Answer::Text(text.clone())));
    }
    if args.part.is_empty() {
        return Ok(None);
    }
    let mut parts = Vec::new();
    for pair in args.part.chunks(2) {
        let [hours, text] = pair else {
            bail!("--part takes hours and a text");
        };
        let read: Decimal = hours
            .parse()
            .with_context(|| format!("--part {hours}: hours are a number, as 0.4 is"))?;
        parts.push((read, text.clone()));
    }
    Ok(Some(Answer::Parts(parts)))
}

fn list(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let own = args
        .at
        .at_desk(async |desk| Ok(desk.own_requests().await?))?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&own)?)?;
        return Ok(());
    }
    if own.is_empty() {
        writeln!(out, "No line of yours waits for an answer.")?;
        return Ok(());
    }
    for request in &own {
        let hours = request
            .asked
            .hours
            .map_or_else(String::new, |h| format!(", {h} h"));
        let date = request
            .date
            .map_or_else(String::new, |d| format!(" of {d}"));
        writeln!(
            out,
            "{}  client {}, matter {}: line {}{date}{hours}, returned by {} on {}",
            request.id,
            request.client,
            request.matter,
            request.line_item,
            request.by,
            instant(request.at_ms)
        )?;
        let why = if request.line_has_changed {
            "The line was changed since; wait until it is returned anew."
        } else if request.asked.message.is_empty() {
            &request.asked.note
        } else {
            &request.asked.message
        };
        writeln!(out, "{}", paragraph(why, 10))?;
    }
    writeln!(out, "\ncleanbill rewrite ID shows one in full.")?;
    Ok(())
}

fn shown(request: &OwnRequest, out: &mut impl Write) -> anyhow::Result<()> {
    let asked = &request.asked;
    writeln!(
        out,
        "Request {} ({}): line {} of invoice {}, client {}, matter {}",
        request.id,
        request.state,
        request.line_item,
        request.invoice,
        request.client,
        request.matter
    )?;
    writeln!(
        out,
        "Returned by {} on {}\n",
        request.by,
        instant(request.at_ms)
    )?;
    let hours = asked.hours.map_or_else(String::new, |h| format!(", {h} h"));
    let date = request.date.map_or_else(String::new, |d| format!(", {d}"));
    writeln!(out, "You wrote{date}{hours}:")?;
    writeln!(out, "{}", paragraph(&asked.narrative, 2))?;
    if !asked.message.is_empty() {
        writeln!(out, "\nWhat is wrong [{}]:", asked.rule)?;
        for text in [&asked.message, &asked.why, &asked.help] {
            if !text.is_empty() {
                writeln!(out, "{}", paragraph(text, 2))?;
            }
        }
    }
    if !asked.note.is_empty() {
        writeln!(out, "\n{} adds:", request.by)?;
        writeln!(out, "{}", paragraph(&asked.note, 2))?;
    }
    if request.line_has_changed {
        writeln!(
            out,
            "\nThe line was changed since; wait until it is returned anew."
        )?;
        return Ok(());
    }
    if request.state != "open" {
        return Ok(());
    }
    if !asked.proposal.is_empty() {
        writeln!(
            out,
            "\nIt could be divided so; the hours and the words are yours:"
        )?;
        for line in &asked.proposal {
            writeln!(out, "{}", paragraph(&format!("____ h {line}"), 2))?;
        }
    }
    writeln!(
        out,
        "\nTry a text:  cleanbill rewrite {0} --try \"...\"\nAnswer:      cleanbill rewrite {0} --text \"...\"",
        request.id
    )?;
    if asked.hours.is_some() {
        writeln!(
            out,
            "or divided:  cleanbill rewrite {} --part HOURS \"...\" --part HOURS \"...\"",
            request.id
        )?;
    }
    Ok(())
}

fn tried(text: &str, trial: &Trial, out: &mut impl Write) -> anyhow::Result<()> {
    narrative::reading(text, trial.hours, out)?;
    let gone = |f: &&Finding| !trial.after.iter().any(|a| a.rule == f.rule);
    let settled: Vec<&str> = trial
        .before
        .iter()
        .filter(gone)
        .map(|f| f.rule.as_str())
        .collect();
    if !settled.is_empty() {
        writeln!(out, "\nSettled by it: {}", settled.join(", "))?;
    }
    if trial.after.is_empty() {
        writeln!(out, "\nThe rules have nothing to say of the line then.")?;
    }
    still(&trial.after, "\nThe rules would say of the line:", out)?;
    writeln!(out, "\nNothing was kept.")?;
    Ok(())
}

fn still(findings: &[Finding], head: &str, out: &mut impl Write) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "{head}")?;
    for f in findings {
        let text = format!("{} [{}: {}]", f.message, f.rule, f.level);
        writeln!(out, "{}", paragraph(&text, 2))?;
    }
    Ok(())
}
