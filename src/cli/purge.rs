//! `cleanbill purge`.

use super::retention;
use super::tracker::StoreArgs;
use chrono::NaiveDate;
use std::io::Write;

/// Arguments of `purge`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill retention report\n          cleanbill purge --by-retention --reason \"yearly, decided by the partners on 5 January\""
)]
pub struct Args {
    /// Take away what the rules of retention let go
    #[arg(long, required = true)]
    by_retention: bool,

    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// As of this day, which is not after today [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,

    #[command(flatten)]
    at: StoreArgs,
}

/// Takes documents away for good.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let now = chrono::Local::now().date_naive();
    let today = args.today.unwrap_or(now);
    if today > now {
        anyhow::bail!("--today {today} is in the future: nothing is purged before its time");
    }
    let purged = args
        .at
        .at_desk(async |desk| Ok(desk.purge(today, &args.reason).await?))?;
    retention::print(&purged, out)?;
    writeln!(
        out,
        "{} purged. Their events stay. Backups still hold their documents: let those run out, too.",
        retention::invoices(purged.len())
    )?;
    Ok(())
}
