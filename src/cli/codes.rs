//! `cleanbill codes [TEXT]`: searches the UTBMS sets and the timekeeper classes by code or words.

mod suggest;

use super::Outcome;
use super::paragraph::paragraph;
use crate::rules::utbms::{Class, Code, CodeKind, CodeLevel, Status, catalogue, classes};
use std::io::Write;
use std::path::PathBuf;

/// Finds UTBMS codes and timekeeper classes by code or by words.
#[derive(clap::Args, Debug)]
#[command(
    before_help = "Examples:\n  cleanbill codes deposition\n  cleanbill codes L3\n  cleanbill codes motion judgment\n  cleanbill codes --suggest march.txt"
)]
pub struct Args {
    /// The beginning of a code, or words of its name or description; nothing lists every code
    text: Vec<String>,

    /// Suggest codes for the lines of this invoice file that have none or a wrong one; changes nothing
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    suggest: Option<PathBuf>,

    /// The firm's lists, for the code sets of each matter
    #[arg(long, value_name = "DIR", requires = "suggest")]
    firm: Option<PathBuf>,
}

/// Writes what was found, set by set.
///
/// # Errors
/// Output that cannot be written.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match &args.suggest {
        Some(path) => suggest::run(path, args.firm.as_deref(), out),
        None => search(&args.text.join(" "), out).map(|()| Outcome::Clean),
    }
}

fn search(text: &str, out: &mut dyn Write) -> anyhow::Result<()> {
    let codes = catalogue().search(text);
    let people = people(text);
    if codes.is_empty() && people.is_empty() {
        nothing(text, out)?;
        return Ok(());
    }
    let mut first = true;
    for set in catalogue().sets() {
        let of_set: Vec<&&Code> = codes
            .iter()
            .filter(|code| catalogue().set_of(code) == set)
            .collect();
        if of_set.is_empty() {
            continue;
        }
        heading(
            out,
            &mut first,
            &format!("{}: {} codes", set.title, set.kind.noun()),
        )?;
        for code in of_set {
            entry(out, &code.code, &code.label, &remarks(code))?;
            writeln!(out, "{}", paragraph(&code.summary, 10))?;
        }
    }
    if !people.is_empty() {
        heading(out, &mut first, "Timekeeper classes")?;
        for class in people {
            let label = match class.label.as_str() {
                "" => "meaning not published",
                label => label,
            };
            let remark = match class.status {
                Status::Dialect => vec![class.status.words()],
                _ => Vec::new(),
            };
            entry(out, &class.code, label, &remark)?;
        }
    }
    Ok(())
}

/// The classes that begin with the text or whose label holds every word of it.
fn people(text: &str) -> Vec<&'static Class> {
    let upper = text.trim().to_ascii_uppercase();
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    classes()
        .all()
        .iter()
        .filter(|class| {
            let label = class.label.to_lowercase();
            (upper.len() > 1 && class.code.starts_with(&upper))
                || words.iter().all(|word| label.contains(word.as_str()))
        })
        .collect()
}

fn heading(out: &mut dyn Write, first: &mut bool, title: &str) -> std::io::Result<()> {
    if !std::mem::take(first) {
        writeln!(out)?;
    }
    writeln!(out, "{title}")
}

fn entry(out: &mut dyn Write, code: &str, label: &str, remarks: &[&str]) -> std::io::Result<()> {
    match remarks.is_empty() {
        true => writeln!(out, "  {code:<6}  {label}"),
        false => writeln!(out, "  {code:<6}  {label} [{}]", remarks.join("; ")),
    }
}

/// What a person must know before using the code.
fn remarks(code: &Code) -> Vec<&'static str> {
    let mut remarks = Vec::new();
    match code.level {
        CodeLevel::Phase => remarks.push("phase heading"),
        CodeLevel::Group => remarks.push("heading of the list, never for posting"),
        _ => {}
    }
    if code.status != Status::Active {
        remarks.push(code.status.words());
    }
    if code.confidence != crate::model::Confidence::High {
        remarks.push("from one source");
    }
    remarks
}

fn nothing(text: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let near: Vec<String> = [CodeKind::Task, CodeKind::Activity, CodeKind::Expense]
        .into_iter()
        .filter_map(|kind| catalogue().nearest(text, kind))
        .map(|code| format!("{} ({})", code.code, code.label))
        .collect();
    match near.is_empty() {
        true => writeln!(
            out,
            "No code or description holds \"{text}\". Try fewer or other words."
        ),
        false => writeln!(
            out,
            "\"{text}\" is no known code. Near it: {}.",
            near.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &[&str]) -> String {
        let mut out = Vec::new();
        let args = Args {
            text: words.iter().map(|w| (*w).to_owned()).collect(),
            suggest: None,
            firm: None,
        };
        run(&args, &mut out).expect("printed");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn codes_are_shown_set_by_set() {
        let text = found(&["depositions"]);
        assert!(
            text.contains("Litigation: task codes") && text.contains("L330"),
            "{text}"
        );
        assert!(found(&["A112"]).contains("extended: only where the client takes it"));
        assert!(found(&["L100"]).contains("[phase heading]"));
        assert!(found(&["partner"]).contains("PARTNR"));
        assert!(found(&[]).lines().count() > 800);
    }

    #[test]
    fn an_unknown_code_gets_its_neighbours() {
        assert!(found(&["L121"]).contains("L120 (Analysis/Strategy)"));
        assert!(found(&["zebra"]).contains("Try fewer or other words"));
    }
}
