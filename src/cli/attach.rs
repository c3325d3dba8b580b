//! `cleanbill attach`.

use super::basis::Basis;
use super::tracker::{StoreArgs, instant};
use crate::workflow::{About, NewAttachment, Story};
use anyhow::{Context, bail};
use clap::ValueEnum;
use serde_json::json;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of `attach`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill attach INV000001 hotel.pdf --line 7 --kind receipt --firm lists/\n          cleanbill attach INV000001 --list\n          cleanbill attach INV000001 --remove 3f9a1c02"
)]
pub struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    /// The file
    #[arg(value_name = "FILE", required_unless_present_any = ["list", "remove"])]
    file: Option<PathBuf>,

    /// The line it belongs to (LINE_ITEM_NUMBER) [default: the invoice]
    #[arg(long, value_name = "LINE")]
    line: Option<String>,

    /// What it is: a receipt, the invoice as PDF, or other backup
    #[arg(long, value_name = "KIND", default_value = "backup")]
    kind: Kind,

    /// Show what is attached
    #[arg(long, conflicts_with_all = ["file", "remove"])]
    list: bool,

    /// As JSON
    #[arg(long, requires = "list")]
    json: bool,

    /// Take away the one with this id
    #[arg(long, value_name = "ID", conflicts_with = "file")]
    remove: Option<String>,

    #[command(flatten)]
    basis: Basis,

    #[command(flatten)]
    at: StoreArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Kind {
    Receipt,
    Pdf,
    Backup,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Pdf => "pdf",
            Self::Backup => "backup",
        }
    }
}

/// No portal that is known takes more in one file, and it is read into memory.
const MOST_BYTES: u64 = 200_000_000;

/// Attaches, lists or takes away.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    if args.list {
        let story = args
            .at
            .at_desk(async |desk| Ok(desk.story(&args.invoice).await?))?;
        if args.json {
            return as_json(&story, out);
        }
        if !attachments(&story, out)? {
            writeln!(out, "Nothing is attached to invoice {}.", story.row.number)?;
        }
        return Ok(());
    }
    if let Some(id) = &args.remove {
        let row = args
            .at
            .at_desk(async |desk| Ok(desk.detach(&args.invoice, id).await?))?;
        writeln!(
            out,
            "Taken away from invoice {}: {id}; it is {} now.",
            row.number, row.state
        )?;
        return Ok(());
    }
    let Some(file) = &args.file else {
        bail!("name the file to attach");
    };
    let (name, bytes) = read(file)?;
    let options = args.basis.options()?;
    let new = NewAttachment {
        invoice: &args.invoice,
        line_item: args.line.as_deref(),
        kind: args.kind.name(),
        name: &name,
        bytes: &bytes,
    };
    let (id, held) = args
        .at
        .at_desk(async |desk| Ok(desk.attach(&options, new).await?))?;
    let to = args
        .line
        .as_ref()
        .map_or_else(String::new, |l| format!("line {l} of "));
    writeln!(
        out,
        "Attached to {to}invoice {}: {name}, {id}; {held}.",
        args.invoice
    )?;
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    let shown = file.display();
    let length = fs::metadata(file).with_context(|| format!("{shown}"))?;
    if length.is_dir() {
        bail!("{shown} is a folder; attach its files one by one");
    }
    if length.len() > MOST_BYTES {
        bail!(
            "{shown} has {} MB; no portal takes that in one file",
            length.len() / 1_000_000
        );
    }
    let bytes = fs::read(file).with_context(|| format!("{shown}"))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok((name.into_owned(), bytes))
}

/// Prints what is attached; false where nothing is.
pub(super) fn attachments(story: &Story, out: &mut impl Write) -> io::Result<bool> {
    for a in &story.review.attachments {
        let about: Option<About> = story.read(&a.about);
        let named = about.map_or_else(
            || "?".to_owned(),
            |about| format!("{} ({}, {})", about.name, about.media_type, about.size()),
        );
        let to = a
            .line_item
            .as_ref()
            .map_or_else(|| "invoice".to_owned(), |l| format!("line {l}"));
        writeln!(
            out,
            "  {}  {to}: {} {named}, by {} on {}",
            a.id,
            a.kind,
            a.by,
            instant(a.at_ms)
        )?;
    }
    Ok(!story.review.attachments.is_empty())
}

fn as_json(story: &Story, out: &mut impl Write) -> anyhow::Result<()> {
    let all: Vec<serde_json::Value> = story
        .review
        .attachments
        .iter()
        .map(|a| {
            let about: Option<About> = story.read(&a.about);
            json!({
                "id": a.id, "line_item": a.line_item, "kind": a.kind, "sha256": a.file, "by": a.by,
                "about": about,
            })
        })
        .collect();
    writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
    Ok(())
}
