//! `cleanbill return`.

use super::tracker::StoreArgs;
use crate::workflow::NewReturn;
use anyhow::bail;
use std::io::Write;

/// Arguments of `return`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill return INV000001 4 --finding 0f3a9c2e77b1d460 --note \"which motion?\"\n          cleanbill return --recall 3f9a1c02"
)]
pub struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE", required_unless_present = "recall")]
    invoice: Option<String>,

    /// The line (LINE_ITEM_NUMBER)
    #[arg(value_name = "LINE", required_unless_present = "recall")]
    line: Option<String>,

    /// The finding's fingerprint, as cleanbill show prints it, or its first six characters and more
    #[arg(long, value_name = "FINGERPRINT")]
    finding: Option<String>,

    /// What the timekeeper should know
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,

    /// Take back a request you made, by its id
    #[arg(long, value_name = "ID", conflicts_with_all = ["invoice", "line", "finding", "note"])]
    recall: Option<String>,

    #[command(flatten)]
    at: StoreArgs,
}

/// Sends a line back, or takes that back.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    if let Some(id) = &args.recall {
        let (invoice, line) = args.at.at_desk(async |desk| Ok(desk.recall(id).await?))?;
        writeln!(
            out,
            "Recalled: request {id} on line {line} of invoice {invoice}"
        )?;
        return Ok(());
    }
    let (Some(invoice), Some(line_item)) = (&args.invoice, &args.line) else {
        bail!("say which invoice and line");
    };
    let new = NewReturn {
        invoice,
        line_item,
        finding: args.finding.as_deref(),
        note: args.note.as_deref(),
    };
    let (id, who) = args
        .at
        .at_desk(async |desk| Ok(desk.return_line(new).await?))?;
    writeln!(
        out,
        "Returned to {who}: line {line_item} of invoice {invoice}, request {id}. The invoice cannot be cleared until it is \
         answered or recalled."
    )?;
    Ok(())
}
