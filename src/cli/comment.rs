//! `cleanbill comment`.

use super::tracker::StoreArgs;
use std::io::Write;

/// Arguments of `comment`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill comment INV000001 7 \"Approved by the claims manager on 12 January\""
)]
pub struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    /// The line (LINE_ITEM_NUMBER)
    #[arg(value_name = "LINE")]
    line: String,

    /// What the client is to read; in the place of the comment before. An empty one takes it away
    #[arg(value_name = "TEXT")]
    text: String,

    #[command(flatten)]
    at: StoreArgs,
}

/// Writes a comment on a line for the client.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let row = args.at.at_desk(async |desk| {
        let done = desk.comment(&args.invoice, &args.line, &args.text);
        Ok(done.await?)
    })?;
    let done = if args.text.trim().is_empty() {
        "Taken away: the comment"
    } else {
        "For the client: a comment"
    };
    writeln!(
        out,
        "{done} on line {} of invoice {}, which is {} now.",
        args.line, row.number, row.state
    )?;
    Ok(())
}
