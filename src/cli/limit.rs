//! `cleanbill limit`.

use super::tracker::StoreArgs;
use clap::Subcommand;
use rust_decimal::Decimal;
use std::io::Write;

/// Arguments of `limit`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill limit set USD 50000\n          cleanbill limit set USD 20000 --client C0001"
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Invoices with a larger total have to be cleared by two partners (an administrator)
    Set {
        /// ISO 4217
        #[arg(value_name = "CURRENCY")]
        currency: String,
        /// The largest total that one partner clears
        #[arg(value_name = "AMOUNT")]
        amount: Decimal,
        /// For this client only; goes before the general one
        #[arg(long, value_name = "ID")]
        client: Option<String>,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// The limits
    List {
        #[command(flatten)]
        at: StoreArgs,
    },
    /// Take a limit away (an administrator)
    Remove {
        /// ISO 4217
        #[arg(value_name = "CURRENCY")]
        currency: String,
        /// The one of this client
        #[arg(long, value_name = "ID")]
        client: Option<String>,
        #[command(flatten)]
        at: StoreArgs,
    },
}

fn of(client: Option<&String>) -> String {
    client.map_or_else(String::new, |c| format!(" of client {c}"))
}

/// Says which amounts need two partners.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    match &args.what {
        What::Set {
            currency,
            amount,
            client,
            at,
        } => {
            at.at_desk(async |desk| {
                Ok(desk
                    .set_limit(currency, client.as_deref(), Some(*amount))
                    .await?)
            })?;
            writeln!(
                out,
                "Invoices{} above {amount} {} need two partners.",
                of(client.as_ref()),
                currency.to_ascii_uppercase()
            )?;
        }
        What::Remove {
            currency,
            client,
            at,
        } => {
            at.at_desk(async |desk| Ok(desk.set_limit(currency, client.as_deref(), None).await?))?;
            writeln!(
                out,
                "There is no limit in {}{} any more.",
                currency.to_ascii_uppercase(),
                of(client.as_ref())
            )?;
        }
        What::List { at } => {
            let authority = at.at_desk(async |desk| Ok(desk.authority().await?))?;
            if authority.limits.is_empty() {
                writeln!(out, "There is no limit: one partner clears any amount.")?;
            }
            for l in &authority.limits {
                writeln!(
                    out,
                    "above {} {}{}: two partners (set by {})",
                    l.amount,
                    l.currency,
                    of(l.client.as_ref()),
                    l.by
                )?;
            }
        }
    }
    Ok(())
}
