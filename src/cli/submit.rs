//! `cleanbill submit`: cleared invoices are queued for their portals, and sent now.

use super::Outcome;
use super::basis::firm_lists;
use super::portals::At;
use super::tracker::StoreArgs;
use crate::workflow::Desk;
use crate::workflow::submission::{Night, Queued, Stop};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `submit`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill submit INV000001 --accounts portals.toml\n          cleanbill submit --cleared --queue --accounts portals.toml --firm lists/"
)]
pub struct Args {
    /// The invoices: numbers or ids
    #[arg(value_name = "INVOICE", required_unless_present = "cleared")]
    pub(super) invoices: Vec<String>,

    /// Every invoice that is cleared
    #[arg(long, conflicts_with = "invoices")]
    pub(super) cleared: bool,

    /// Only put them into the queue of the overnight job
    #[arg(long)]
    pub(super) queue: bool,

    /// The account to send through [default: the one of the client, else of its portal]
    #[arg(long, value_name = "NAME")]
    pub(super) account: Option<String>,

    /// The firm's lists, for clients' cut-off days [default: the setting firm]
    #[arg(long, value_name = "DIR")]
    pub(super) firm: Option<PathBuf>,

    #[command(flatten)]
    pub(super) portals: At,

    #[command(flatten)]
    pub(super) at: StoreArgs,
}

/// Queues, and sends.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let doors = args.portals.doors()?;
    if let Some(name) = &args.account {
        doors.named(name)?;
    }
    let lists = firm_lists(args.firm.as_deref())?;
    args.at.at_desk(async |desk| {
        let named: Vec<(String, String)> = match args.cleared {
            true => cleared(desk).await?,
            false => args
                .invoices
                .iter()
                .map(|i| (i.clone(), i.clone()))
                .collect(),
        };
        let mut used = BTreeSet::new();
        let mut queued = Vec::new();
        let mut worst = Outcome::Clean;
        for (id, invoice) in &named {
            let account = args.account.as_deref();
            match desk.queue(id, account, &doors, &lists).await {
                Ok(Queued::Now(parcel) | Queued::Before(parcel)) => {
                    used.insert(parcel.submission.account.clone());
                    if args.queue {
                        let due = parcel.submission.due.as_deref();
                        let due = due.map_or_else(String::new, |d| format!(", due {d}"));
                        writeln!(
                            out,
                            "{}: in the queue of {}{due}",
                            parcel.invoice.number, parcel.submission.account
                        )?;
                    }
                    queued.push(parcel.invoice.id);
                }
                Err(error) => {
                    writeln!(out, "{invoice}: not sent: {error}")?;
                    worst = worst.or(Outcome::Usage);
                }
            }
        }
        if args.queue {
            return Ok(worst);
        }
        let stop = Stop::default();
        let mut open = Vec::new();
        for name in &used {
            match doors.open(name) {
                Ok(door) => open.push(door),
                Err(error) => {
                    writeln!(out, "account {name}: {error}")?;
                    worst = worst.or(Outcome::Usage);
                }
            }
        }
        let night = Night {
            desk,
            doors: open,
            holder: holder(),
            until_ms: None,
            stop: &stop,
        };
        for end in night.run().await {
            if end.elsewhere {
                writeln!(
                    out,
                    "account {}: another process is sending through it, and will take these too",
                    end.account
                )?;
            }
            if let Some(why) = end.put_off {
                writeln!(out, "account {}: {why}", end.account)?;
            }
            if let Some(why) = end.stopped {
                writeln!(out, "account {}: nothing more was sent: {why}", end.account)?;
                worst = worst.or(Outcome::System);
            }
        }
        for id in &queued {
            let parcel = desk.parcel(id).await?;
            let why = match parcel.submission.note.as_str() {
                "" => String::new(),
                note => format!(": {note}"),
            };
            writeln!(
                out,
                "{}: {} at {}{why}",
                parcel.invoice.number, parcel.invoice.state, parcel.submission.account
            )?;
            if ["rejected", "in doubt", "queued"].contains(&parcel.invoice.state.as_str()) {
                worst = worst.or(Outcome::Findings);
            }
        }
        Ok(worst)
    })
}

/// Ids and numbers.
async fn cleared(desk: &Desk<'_>) -> anyhow::Result<Vec<(String, String)>> {
    let filter = crate::store::Filter {
        states: vec![crate::workflow::State::Cleared.name().to_owned()],
        ..crate::store::Filter::default()
    };
    let rows = desk.list(&filter).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.number)).collect())
}

/// Tells this process from every other.
pub fn holder() -> String {
    let mut bytes = [0; 8];
    // Without chance the process number still tells those of one machine apart.
    let _ = getrandom::fill(&mut bytes);
    format!("{}-{}", std::process::id(), hex::encode(bytes))
}
