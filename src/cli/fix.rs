//! `cleanbill fix`.

mod diff;
mod keep;

use super::Outcome;
use super::basis::Basis;
use super::convert::place;
use super::named::{complain, of_source};
use crate::check::{FileReport, Verdict};
use crate::model::Safety;
use crate::model::did_you_mean;
use crate::revise::fix::{FixError, Fixed, Signed, fix};
use crate::rules::Shelf;
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

/// Arguments of `fix`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill fix march.txt --diff\n          cleanbill fix march.txt --write\n          cleanbill fix march.txt --write --unsafe line-math-mismatch --by \"A. Quillfeather\" --reason \"rate agreed on 3 March\"",
    after_help = "Without --unsafe only the form changes: encoding, line ends, terminators, blanks round values, the way numbers, dates, \
                  names and codes are written, and an invoice total that is not the sum of lines that all come out right. What was \
                  fixed is checked again; a fix that makes a new finding is not written.\n\nExit status: 0 fixed, or nothing to fix; \
                  1 a portal would still reject it, or the fix was not made; 2 wrong usage, configuration or pack; 3 the system failed."
)]
pub struct Args {
    /// The invoice file; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Show what changes, record by record and field by field; alone it writes nothing
    #[arg(long)]
    diff: bool,

    /// Put the fixed file in the place of the original, which is kept as FILE.orig
    #[arg(long)]
    write: bool,

    /// Write the fixed file here [default: standard output]
    #[arg(long, value_name = "PATH", conflicts_with = "write")]
    out: Option<PathBuf>,

    /// Also make the changes of amounts, units, codes, dates or texts that these rules offer
    #[arg(long = "unsafe", value_name = "RULE", num_args = 1.., value_delimiter = ',', requires = "by", requires = "reason")]
    allowed: Vec<String>,

    /// Who answers for the changes
    #[arg(long, value_name = "NAME")]
    by: Option<String>,

    /// Why they are right
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    /// Where the record of the changes goes, .csv or .json [default: both, beside the file that is written]
    #[arg(long, value_name = "PATH")]
    record: Option<PathBuf>,

    #[command(flatten)]
    basis: Basis,
}

/// Fixes a file.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let signed = signed(args)?;
    let options = args.basis.options()?;
    let allowed = allowed(&args.allowed, &options.shelf)?;
    let from_stdin = args.file.as_os_str() == "-";
    if args.write && from_stdin {
        bail!("--write: standard input is no file that could be replaced; use --out");
    }
    if let (false, Some(out)) = (from_stdin, &args.out)
        && fs::canonicalize(out).is_ok_and(|o| fs::canonicalize(&args.file).is_ok_and(|f| f == o))
    {
        bail!(
            "--out: {} is the original; use --write, which keeps a copy",
            out.display()
        );
    }
    let kept = args.write || args.out.is_some() || args.record.is_some();
    if !allowed.is_empty() && !kept && !args.diff {
        bail!("--unsafe needs a place for the record of the changes: --write, --out or --record");
    }
    let shown = if from_stdin {
        "standard input".to_owned()
    } else {
        args.file.display().to_string()
    };
    let Some(bytes) = of_source(&args.file, |source| source.whole()) else {
        return Ok(Outcome::System);
    };
    let fixed = match fix(&shown, &bytes, &options, &allowed) {
        Ok(fixed) => fixed,
        Err(FixError::Check(crate::check::CheckError::Pack(mistake))) => return Err(mistake.into()),
        Err(FixError::Check(error)) => return Err(error.into()),
        Err(error) => {
            complain(&format!("{shown}: {error}"));
            return Ok(Outcome::Findings);
        }
    };
    if args.diff {
        let mut out = anstream::stdout().lock();
        diff::write(&mut out, &shown, &fixed.changes)?;
        out.flush()?;
    }
    if !fixed.news.made.is_empty() {
        let mut text = format!(
            "{shown}: not fixed, because the changes would make what was not found before:\n"
        );
        for line in &fixed.news.made {
            text.push_str(&format!("  {line}\n"));
        }
        text.push_str(if allowed.is_empty() {
            "This is a mistake of cleanbill: please report it with the file. The original was left as it is."
        } else {
            "Fix these too (--unsafe takes several rules), or correct the entry in the billing system. The original was left as it is."
        });
        complain(&text);
        return Ok(Outcome::Findings);
    }
    let unused: Vec<&String> = allowed
        .iter()
        .filter(|rule| fixed.changes.iter().all(|c| c.rule != **rule))
        .collect();
    put(args, &signed, &bytes, &fixed, &shown)?;
    report(args, &shown, &fixed, &unused);
    Ok(if is_rejected(&fixed.after) {
        Outcome::Findings
    } else {
        Outcome::Clean
    })
}

/// Who signs, checked before anything is read.
fn signed(args: &Args) -> anyhow::Result<Signed> {
    let text = |value: &Option<String>| value.as_deref().unwrap_or("").trim().to_owned();
    let signed = Signed {
        by: text(&args.by),
        reason: text(&args.reason),
        at: chrono::Utc::now(),
    };
    if !args.allowed.is_empty() && (signed.by.is_empty() || signed.reason.is_empty()) {
        bail!(
            "--unsafe: a change of what is billed needs a person (--by NAME) and a reason (--reason TEXT)"
        );
    }
    Ok(signed)
}

/// The rules named, all of which there are.
fn allowed(names: &[String], shelf: &Shelf) -> anyhow::Result<BTreeSet<String>> {
    let packs = shelf.packs();
    let known: BTreeSet<&str> = packs
        .iter()
        .flat_map(|pack| &pack.rule)
        .map(|rule| rule.id.as_str())
        .collect();
    for name in names {
        if !known.contains(name.as_str()) {
            bail!(
                "--unsafe: there is no rule \"{name}\"; {}",
                did_you_mean(name, known)
            );
        }
    }
    Ok(names.iter().cloned().collect())
}

/// Writes the file and the record of its changes.
fn put(
    args: &Args,
    signed: &Signed,
    original: &[u8],
    fixed: &Fixed,
    shown: &str,
) -> anyhow::Result<()> {
    let target = if args.write {
        Some(args.file.as_path())
    } else {
        args.out.as_deref()
    };
    let changed = !fixed.changes.is_empty();
    let records: Vec<PathBuf> = match (&args.record, target) {
        (Some(path), _) => vec![path.clone()],
        (None, Some(target)) => vec![
            keep::beside(target, ".changes.csv"),
            keep::beside(target, ".changes.json"),
        ],
        (None, None) => Vec::new(),
    };
    if let Some(target) = target
        && (changed || !args.write)
    {
        let cannot = || format!("{}: nothing can be written there", target.display());
        let mut aside = place::aside(Some(target)).with_context(cannot)?;
        aside.write_all(&fixed.bytes).with_context(cannot)?;
        aside.as_file_mut().sync_all().with_context(cannot)?;
        if args.write {
            if fs::read(target).ok().as_deref() != Some(original) {
                bail!("{shown}: it was changed by somebody else meanwhile; nothing was written");
            }
            let kept = keep::original(target, original)?;
            let _ = writeln!(
                io::stderr(),
                "{shown}: the original is kept as {}",
                kept.display()
            );
        }
        // The record first: a change without one would be worse than one that was not made.
        if changed {
            for path in &records {
                keep::record(path, &fixed.changes, shown, signed)?;
            }
        }
        place::put(aside, target)?;
        keep::settled(target);
        return Ok(());
    }
    if changed {
        for path in &records {
            keep::record(path, &fixed.changes, shown, signed)?;
        }
    }
    if target.is_none() && !args.diff {
        place::print(&fixed.bytes[..])?;
    }
    Ok(())
}

fn is_rejected(report: &FileReport) -> bool {
    report.verdict == Verdict::Reject
}

/// What was done and what is left, to standard error.
fn report(args: &Args, shown: &str, fixed: &Fixed, unused: &[&String]) {
    let count = |safety: Safety| fixed.changes.iter().filter(|c| c.safety == safety).count();
    let (safe, signed) = (count(Safety::Safe), count(Safety::Unsafe));
    let would = args.diff && !args.write && args.out.is_none();
    let mut text = match safe + signed {
        0 => format!("{shown}: nothing to fix\n"),
        all => format!(
            "{shown}: {} {}{}\n",
            counted(all, "change"),
            if would { "to make" } else { "made" },
            match signed {
                0 => " (form only)".to_owned(),
                n => format!(
                    " ({safe} of form, {n} signed by {})",
                    args.by.as_deref().unwrap_or("")
                ),
            }
        ),
    };
    for rule in unused {
        text.push_str(&format!(
            "  --unsafe {rule}: no finding of it offers a change here\n"
        ));
    }
    if !fixed.news.revealed.is_empty() {
        text.push_str("  found now, and hidden before by what is mended:\n");
        for line in &fixed.news.revealed {
            text.push_str(&format!("    {line}\n"));
        }
    }
    for (rule, places) in &fixed.offered {
        text.push_str(&format!(
            "  {rule}: {} can be changed by somebody who answers for it: --unsafe {rule} --by NAME --reason TEXT\n",
            counted(*places, "place")
        ));
    }
    let left = levels(&fixed.after);
    text.push_str(&match left.as_str() {
        "" => "  checked again: clean\n".to_owned(),
        left => format!("  checked again: {left}; cleanbill check says what they are\n"),
    });
    let _ = io::stderr().write_all(text.as_bytes());
}

/// "2 findings at reject, 1 at review".
fn levels(report: &FileReport) -> String {
    use crate::model::Level;
    let findings = || {
        let invoices = report.invoices.iter().flat_map(|i| &i.findings);
        report.findings.iter().chain(invoices)
    };
    let levels = [Level::Reject, Level::Reduce, Level::Review, Level::Note];
    let parts: Vec<String> = levels
        .iter()
        .map(|level| (level, findings().filter(|f| f.level == *level).count()))
        .filter(|(_, n)| *n > 0)
        .enumerate()
        .map(|(at, (level, n))| match at {
            0 => format!("{} at {level}", counted(n, "finding")),
            _ => format!("{n} at {level}"),
        })
        .collect();
    parts.join(", ")
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
