//! `cleanbill narrative TEXT`: shows how a narrative reads, so that it can be tried before it is entered.

use super::paragraph::paragraph;
use crate::model::{LedesFormat, RuleId};
use crate::rules::narrative::{
    Class, Link, Missing, NarrativeReading, Office, Options, Roster, Verdict, agrees, explain,
    read, score,
};
use crate::rules::{Circumstances, Shelf};
use rust_decimal::Decimal;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Shows how a narrative reads: its tasks, whether it is block billed, what is missing.
#[derive(clap::Args, Debug)]
#[command(
    before_help = "Example: cleanbill narrative \"Review lease; call with client re rent review\" --hours 1.4"
)]
pub struct Args {
    /// The narrative, in quotes
    text: String,

    /// The hours of the line
    #[arg(long)]
    hours: Option<Decimal>,

    /// A person of the firm, "Last, First": a conference with them is internal. May be given again
    #[arg(long, value_name = "NAME")]
    roster: Vec<String>,

    /// Say only what the pack in force for this client objects to, and how much
    #[arg(long, value_name = "ID")]
    client: Option<String>,

    /// Add the packs of this folder (one .toml file a pack) to those of the program
    #[arg(long, value_name = "DIR", requires = "client")]
    packs: Option<PathBuf>,
}

/// What a reviewer may object to, and the rule that says so.
type Remark = (&'static str, String);

/// Writes the reading.
///
/// # Errors
/// Output that cannot be written.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<()> {
    let roster = Roster::of(args.roster.iter().map(String::as_str));
    let text = args.text.trim();
    let reading = shown(text, args.hours, &roster, out)?;
    let mut remarks = remarks(text, &reading, args.hours);
    if let Some(client) = &args.client {
        remarks = of_client(remarks, client, args.packs.as_deref())?;
    }
    if !remarks.is_empty() {
        writeln!(out, "\nWhat a reviewer may object to:")?;
        for (_, remark) in remarks {
            writeln!(out, "{}", paragraph(&remark, 2))?;
        }
    }
    Ok(())
}

/// Writes how a text reads that somebody tries, without what a reviewer may object to.
pub(super) fn reading(
    text: &str,
    hours: Option<Decimal>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    shown(text.trim(), hours, &Roster::default(), out)?;
    Ok(())
}

fn shown(
    text: &str,
    hours: Option<Decimal>,
    roster: &Roster,
    out: &mut dyn Write,
) -> anyhow::Result<NarrativeReading> {
    let reading = read(text, roster);
    if reading.segments.is_empty() {
        anyhow::bail!("there is nothing to read in the narrative");
    }
    let scored = score(&reading, hours, &Options::default());
    let verdict = match scored.verdict {
        Verdict::BlockBilled => "block billed",
        Verdict::Borderline => "borderline",
        Verdict::Clear => "one line",
    };
    let reason = explain::reason(&reading, &scored);
    writeln!(out, "{verdict}: {reason}\n")?;
    parts(text, &reading, out)?;
    if scored.verdict != Verdict::Clear {
        writeln!(out, "\nProposed lines, hours to be filled in:")?;
        for line in explain::split(text, &reading) {
            writeln!(out, "{}", paragraph(&format!("____ h {line}"), 2))?;
        }
    }
    Ok(reading)
}

/// Each part with its activity and what opened it.
fn parts(text: &str, reading: &NarrativeReading, out: &mut dyn Write) -> std::io::Result<()> {
    for segment in &reading.segments {
        let belongs = match segment.link {
            Link::Task => "",
            Link::Same => ", same task",
            Link::Pair => ", goes with the task before",
            Link::Communications => ", same subject",
        };
        let opened = match segment.text.start {
            0 => String::new(),
            _ => format!(", after {}", segment.separator.words()),
        };
        let (code, words) = (segment.class.code(), segment.class.words());
        let part = text.get(segment.text.clone()).unwrap_or("");
        writeln!(out, "  {code}  {part}")?;
        writeln!(out, "        {words}{opened}{belongs}")?;
    }
    Ok(())
}

/// Those of the remarks whose rule is on for the client, with its level.
fn of_client(
    remarks: Vec<Remark>,
    client: &str,
    packs: Option<&Path>,
) -> anyhow::Result<Vec<Remark>> {
    let mut shelf = Shelf::shipped()?;
    if let Some(folder) = packs {
        shelf.add_folder(folder)?;
    }
    let told = Circumstances {
        format: Some(LedesFormat::L1998B),
        client_id: Some(client.to_owned()),
        ..Circumstances::default()
    };
    let rules = shelf.rules_on(&told, Some(chrono::Local::now().date_naive()))?;
    let with_level = |(id, remark): Remark| {
        let rule = rules.rule(RuleId::intern(id)).filter(|r| !r.is_off())?;
        Some((id, format!("{remark} [{id}: {}]", rule.main.level)))
    };
    Ok(remarks.into_iter().filter_map(with_level).collect())
}

/// The rule about what a part does not say.
fn rule_of(missing: Missing, class: Class) -> &'static str {
    match missing {
        Missing::Document if class == Class::A104 => "review-without-document",
        Missing::Action | Missing::Content | Missing::Event | Missing::Document => {
            "vague-narrative"
        }
        Missing::Counterparty | Missing::Subject => "communication-without-subject",
        Missing::Issue => "research-without-issue",
    }
}

fn remarks(text: &str, reading: &NarrativeReading, hours: Option<Decimal>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let times = reading.times;
    if let (Some(false), Some(hours)) = (agrees(reading, hours), hours) {
        let sum = Decimal::new(i64::from(times.sum), 2).normalize();
        remarks.push((
            "task-times-do-not-sum",
            format!("The times in it make {sum} h, the line has {hours} h."),
        ));
    }
    for segment in &reading.segments {
        let part = text.get(reading.words_of(segment)).unwrap_or("");
        let of_task = segment.link == Link::Same && segment.shares_object();
        if let Some(missing) = segment.missing.filter(|_| !of_task) {
            remarks.push((
                rule_of(missing, segment.class),
                format!("\"{part}\" does not say {}.", missing.words()),
            ));
        } else if segment.filler {
            remarks.push((
                "filler-verb",
                format!("\"{part}\" hides the action behind a filler verb."),
            ));
        }
        if let Some(office) = segment.office {
            let (rule, what) = match office {
                Office::Clerical => (
                    "clerical-task",
                    "office work, which most clients do not pay",
                ),
                Office::Incidental => (
                    "clerical-task",
                    "filing or serving, which some clients call office work",
                ),
                Office::Billing => (
                    "billing-preparation-time",
                    "work on the firm's own billing, which no client pays",
                ),
                Office::Intake => (
                    "intake-administration",
                    "the firm's own administration, which no client pays",
                ),
                Office::Docket => (
                    "docket-review",
                    "looking at a docket, which many clients do not pay",
                ),
            };
            remarks.push((rule, format!("\"{part}\" is {what}.")));
        }
        if segment.internal {
            remarks.push((
                "internal-conference",
                format!("\"{part}\" is a conference inside the firm."),
            ));
        }
    }
    if reading.travel_mixed() {
        let remark = "Travel and other work stand in one line.".to_owned();
        remarks.push(("travel-not-separated", remark));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str, hours: Option<&str>, roster: &[&str]) -> String {
        let mut out = Vec::new();
        let args = Args {
            text: text.to_owned(),
            hours: hours.map(|h| h.parse().expect("hours")),
            roster: roster.iter().map(|n| (*n).to_owned()).collect(),
            client: None,
            packs: None,
        };
        run(&args, &mut out).expect("printed");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_block_billed_line_is_split() {
        let text = printed(
            "Review lease of berth 4; telephone conference with client regarding rent",
            Some("2.4"),
            &[],
        );
        assert!(
            text.starts_with("block billed: 2 tasks of 2 different activities"),
            "{text}"
        );
        assert!(
            text.contains("____ h Telephone conference with client regarding rent"),
            "{text}"
        );
        assert!(text.contains("after semicolon"), "{text}");
    }

    #[test]
    fn one_good_task_has_no_remarks() {
        let text = printed(
            "Draft answer to amended complaint of Harbour Line",
            Some("2.4"),
            &[],
        );
        assert!(text.starts_with("one line: one task"), "{text}");
        assert!(!text.contains("object"), "{text}");
    }

    #[test]
    fn people_of_the_firm_are_known() {
        let text = "Confer with D. Okafor regarding laytime";
        assert!(!printed(text, None, &[]).contains("inside the firm"));
        assert!(printed(text, None, &["Okafor, Daniel"]).contains("inside the firm"));
    }
}
