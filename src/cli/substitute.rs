//! `cleanbill substitute`.

use super::tracker::StoreArgs;
use chrono::NaiveDate;
use clap::Subcommand;
use std::io::Write;

/// Arguments of `substitute`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill substitute add \"A. Quillfeather\" --by \"B. Okafor\" --from 2026-12-21 --until 2027-01-04 --client C0001"
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Name somebody who clears in a partner's place for a while
    Add {
        /// The partner; you, unless you are an administrator
        #[arg(value_name = "PARTNER")]
        partner: String,
        /// Another partner, or a specialist
        #[arg(long, value_name = "PERSON")]
        by: String,
        /// First day
        #[arg(long, value_name = "DATE")]
        from: NaiveDate,
        /// Last day
        #[arg(long, value_name = "DATE")]
        until: NaiveDate,
        /// For this client only; may be given several times
        #[arg(long, value_name = "ID")]
        client: Vec<String>,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// Who stands in for whom, also in the past
    List {
        #[command(flatten)]
        at: StoreArgs,
    },
    /// End one early
    End {
        /// Its number, as the list shows it
        #[arg(value_name = "NUMBER")]
        id: u32,
        #[command(flatten)]
        at: StoreArgs,
    },
}

/// Says who stands in for a partner.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    match &args.what {
        What::Add {
            partner,
            by,
            from,
            until,
            client,
            at,
        } => {
            let clients = (!client.is_empty()).then(|| client.clone());
            at.at_desk(async |desk| {
                Ok(desk
                    .add_substitute(partner, by, (*from, *until), clients)
                    .await?)
            })?;
            writeln!(
                out,
                "{by} may clear for {partner} from {from} until {until}."
            )?;
        }
        What::End { id, at } => {
            at.at_desk(async |desk| Ok(desk.end_substitute(*id).await?))?;
            writeln!(out, "Substitution {id} has ended.")?;
        }
        What::List { at } => {
            let authority = at.at_desk(async |desk| Ok(desk.authority().await?))?;
            if authority.substitutes.is_empty() {
                writeln!(out, "Nobody stands in for anybody.")?;
                return Ok(());
            }
            let today = chrono::Local::now().date_naive();
            for s in &authority.substitutes {
                let clients = s.clients.as_ref().map_or_else(
                    || "every client of theirs".to_owned(),
                    |c| format!("client {}", c.join(", ")),
                );
                let now = match &s.ended_by {
                    Some(by) => format!("ended by {by}"),
                    None if s.holds(today) => "now".to_owned(),
                    None if s.until < today => "over".to_owned(),
                    None => "to come".to_owned(),
                };
                writeln!(
                    out,
                    "{:>3}  {} for {}, {} until {}, {clients}: {now}",
                    s.id, s.by, s.partner, s.from, s.until
                )?;
            }
        }
    }
    Ok(())
}
