//! `cleanbill clear`.

use super::tracker::{StoreArgs, money};
use std::io::Write;

/// Arguments of `clear`.
#[derive(Debug, clap::Args)]
#[command(before_help = "Example:  cleanbill clear INV000001")]
pub struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    /// Only if its file is still the one with this SHA-256 (or these first characters of it)
    #[arg(long, value_name = "SHA256")]
    document: Option<String>,

    /// The partner in whose place you approve, where you stand in for several or are a partner yourself
    #[arg(long = "for", value_name = "PARTNER")]
    in_place_of: Option<String>,

    #[command(flatten)]
    at: StoreArgs,
}

/// Approves an invoice for sending.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let (done, story) = args.at.at_desk(async |desk| {
        let seen = args.document.as_deref();
        let done = desk
            .clear(&args.invoice, seen, args.in_place_of.as_deref())
            .await?;
        // Whoever stands in for a partner may not look at this client's invoices themselves.
        let story = desk.story(&done.row.id).await.ok();
        Ok((done, story))
    })?;
    let row = &done.row;
    let approvals = story.as_ref().map(|s| s.review.approvals.as_slice());
    let by = approvals.and_then(<[_]>::last).map(|a| &a.by);
    let by = by.or(row.cleared_by.as_ref()).map_or("", String::as_str);
    let by = match &done.in_place_of {
        Some(partner) => format!("{by} for {partner}"),
        None => by.to_owned(),
    };
    let total = row
        .total
        .map_or_else(|| "?".to_owned(), |t| money(t, &row.currency));
    if done.is_cleared() {
        writeln!(
            out,
            "Cleared: invoice {}, version {}, {total}, by {by}; file {}",
            row.number, row.version, row.document
        )?;
    } else {
        let limit = done.limit.as_ref();
        let above = limit.map_or_else(String::new, |l| {
            let of = l
                .client
                .as_ref()
                .map_or_else(String::new, |c| format!(" of client {c}"));
            let unnamed = if row.currency == "?" {
                " (the invoice names no currency, so every limit counts)"
            } else {
                ""
            };
            format!(
                " is above the limit{of} of {} {}{unnamed}",
                l.amount, l.currency
            )
        });
        writeln!(
            out,
            "Approved by {by}, one of two: the total of invoice {}, {total},{above}; a second partner has to clear it.",
            row.number
        )?;
    }
    for o in story.iter().flat_map(|s| &s.overrides) {
        writeln!(
            out,
            "  finding {} was set aside by {}: {}",
            o.fingerprint, o.by, o.reason
        )?;
    }
    Ok(())
}
