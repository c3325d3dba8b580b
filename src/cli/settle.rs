//! `cleanbill settle`: a person says what became of an invoice in doubt.

use super::tracker::StoreArgs;
use crate::workflow::submission::Settled;
use std::io::Write;

/// Arguments of `settle`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill settle INV000001 --arrived --portal-id 7846859 --reason \"seen in the portal's list\""
)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["arrived", "never_arrived"])))]
pub struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    /// It is at the portal
    #[arg(long)]
    arrived: bool,

    /// It is not at the portal, and may be sent (again)
    #[arg(long)]
    never_arrived: bool,

    /// The portal's number or id of it
    #[arg(long, value_name = "ID", requires = "arrived")]
    portal_id: Option<String>,

    /// How you know
    #[arg(long, value_name = "TEXT")]
    reason: String,

    #[command(flatten)]
    at: StoreArgs,
}

/// Settles.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let settled = match args.arrived {
        true => Settled::Arrived(args.portal_id.clone()),
        false => Settled::NeverArrived,
    };
    let parcel = args
        .at
        .at_desk(async |desk| Ok(desk.settle(&args.invoice, &settled, &args.reason).await?))?;
    writeln!(
        out,
        "Invoice {} is {} now ({})",
        parcel.invoice.number, parcel.invoice.state, parcel.submission.account
    )?;
    Ok(())
}
