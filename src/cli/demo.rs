//! `cleanbill demo`: a month of an invented firm, from intake to the morning report, in under a minute. The same
//! functions as the commands call; only the clock is put ahead.

mod portals;
mod sample;
mod staff;

use super::basis::{history, mistakes};
use super::overnight::{put, windows};
use super::submit::holder;
use super::tracker::money;
use crate::check::{Checker, Options};
use crate::firm;
use crate::reports::morning;
use crate::rules::Shelf;
use crate::sandbox;
use crate::store::{InvoiceRow, Place, Store};
use crate::workflow::submission::{Doors, Morning, Night, NightEnd, Stop};
use crate::workflow::{Arrival, Clock, Desk, Memory, Taken, system_clock};
use anyhow::Context;
use staff::Staff;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
#[command(before_help = "Example:  cleanbill demo\n          cleanbill demo --folder sample-month")]
pub struct Args {
    /// Do it in this folder, which has to be new or empty [default: a new one among the system's temporary files]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// So long before a window closes the report says so.
const ALARM_DAYS: u32 = 14;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Runs the month.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let folder = place(args)?;
    sample::write(&folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let running = sandbox::start(portals::practice()?).await?;
        let accounts = portals::accounts(&folder, &running)?;
        let store = Store::open(&Place {
            url: folder.join("cleanbill.db").display().to_string(),
            documents: folder.join("documents"),
            key: folder.join("documents.key"),
        })
        .await?;
        let month = Month {
            folder: &folder,
            store: &store,
            running: &running,
        };
        let done = month.pass(accounts, out).await;
        store.db.close().await;
        running.stop().await;
        done
    })
}

/// The folder, with nothing in it.
fn place(args: &Args) -> anyhow::Result<PathBuf> {
    let Some(folder) = &args.folder else {
        let new = tempfile::Builder::new().prefix("cleanbill-demo-").tempdir();
        return Ok(new.context("a temporary folder")?.keep());
    };
    let shown = folder.display();
    fs::create_dir_all(folder).with_context(|| shown.to_string())?;
    let empty = fs::read_dir(folder).with_context(|| shown.to_string())?;
    anyhow::ensure!(
        empty.count() == 0,
        "{shown} is not empty; name a new folder, so that nothing of yours is touched"
    );
    Ok(fs::canonicalize(folder)?)
}

struct Month<'a> {
    folder: &'a Path,
    store: &'a Store,
    running: &'a sandbox::Running,
}

impl Month<'_> {
    async fn pass(&self, accounts: PathBuf, out: &mut impl Write) -> anyhow::Result<()> {
        let ahead = Arc::new(AtomicI64::new(0));
        let shift = Arc::clone(&ahead);
        let clock = move || system_clock() + shift.load(Ordering::SeqCst);
        let staff = Staff::hired(self.store, &clock).await?;
        writeln!(
            out,
            "A month of an invented firm, in {}; nothing leaves this machine.",
            self.folder.display()
        )?;
        let fit = self.intake(&staff, &clock, out).await?;
        self.approval(&staff, &clock, &fit, out).await?;

        let shelf = self.shelf()?;
        let doors = Doors::new(crate::portals::Accounts::load(&accounts)?, shelf)?;
        let lists = firm::load(&self.folder.join("lists"))
            .map_err(mistakes)?
            .lists;
        let specialist = staff.desk(self.store, &staff.specialist, &clock);
        for row in &fit {
            specialist.queue(&row.id, None, &doors, &lists).await?;
        }
        let begun = clock();
        let ends = self.night(&staff, &clock, &doors).await?;
        let sent: u64 = ends.iter().map(|e| e.arrived).sum();
        writeln!(
            out,
            "Overnight   {sent} invoices were sent through {} accounts, each once",
            ends.iter().filter(|e| e.arrived > 0).count()
        )?;
        for (after_ms, later) in [(2 * MINUTE_MS, "Later"), (DAY_MS, "Next day")] {
            self.later(&ahead, after_ms);
            let ends = self.night(&staff, &clock, &doors).await?;
            let news: u64 = ends.iter().map(|e| e.news).sum();
            writeln!(
                out,
                "{later:<11} the portals were asked what became of them: {news} answers were new"
            )?;
        }
        let service = staff.desk(self.store, &staff.service, &clock);
        let mut morning = service.morning(begun, &doors.silence_hours()).await?;
        let shelf = self.shelf()?;
        windows(&service, &lists, &shelf, ALARM_DAYS, &mut morning).await?;
        self.report(&morning, out)
    }

    /// Puts the clocks of the firm and of the portals ahead, to so long after the beginning.
    fn later(&self, ahead: &AtomicI64, after_ms: i64) {
        let more = after_ms - ahead.swap(after_ms, Ordering::SeqCst);
        self.running
            .advance(u64::try_from(more / 1000).unwrap_or_default());
    }

    fn shelf(&self) -> anyhow::Result<Shelf> {
        let mut shelf = Shelf::shipped()?;
        shelf.add_folder(&self.folder.join("packs"))?;
        Ok(shelf)
    }

    /// Takes the invoices in; returns those that would not bounce.
    async fn intake(
        &self,
        staff: &Staff,
        clock: &Clock,
        out: &mut impl Write,
    ) -> anyhow::Result<Vec<InvoiceRow>> {
        let lists = firm::load(&self.folder.join("lists")).map_err(mistakes)?;
        let checker = Checker::new(Options {
            lists: Arc::new(lists.lists),
            history: Arc::new(history(&[self.folder.join("history")])?),
            ..Options::on(sample::day(), self.shelf()?)
        });
        let arrivals = sample::invoices().map(|(name, text)| Arrival {
            name: name.to_owned(),
            bytes: text.as_bytes().to_vec(),
        });
        let desk = staff.desk(self.store, &staff.specialist, clock);
        let mut memory = Memory::default();
        let taken: Vec<Taken> = desk
            .take_in(&checker, &mut memory, arrivals.collect())
            .await?;
        let all = taken.len();
        let rows = taken.into_iter().filter_map(|t| t.row);
        let (bounce, fit): (Vec<_>, Vec<_>) = rows.partition(|r| r.verdict == "reject");
        writeln!(
            out,
            "Intake      {all} invoices were taken in and checked by {}: {} may go, {} would be rejected and stay",
            staff.specialist.name,
            fit.len(),
            bounce.len()
        )?;
        for row in bounce.iter().take(3) {
            let story = desk.story(&row.id).await?;
            let why = story.open().next().map_or("", |f| f.message.as_str());
            writeln!(out, "            {}: {why}", row.number)?;
        }
        Ok(fit)
    }

    /// Partners clear what may go; above the limit two of them.
    async fn approval(
        &self,
        staff: &Staff,
        clock: &Clock,
        fit: &[InvoiceRow],
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        let [first, second] = &staff.partners;
        let mut twice = Vec::new();
        for row in fit {
            let desk = staff.desk(self.store, first, clock);
            let approved = desk.clear(&row.id, Some(&row.document), None).await?;
            if !approved.is_cleared() {
                let desk = staff.desk(self.store, second, clock);
                desk.clear(&row.id, Some(&row.document), None).await?;
                let total = row
                    .total
                    .map_or_else(String::new, |t| money(t, &row.currency));
                twice.push(format!("{} ({total})", row.number));
            }
        }
        let also = match twice.is_empty() {
            true => String::new(),
            false => format!(
                "; {} is above the firm's limit, so {} had to agree",
                twice.join(", "),
                second.name
            ),
        };
        writeln!(
            out,
            "Approval    {} invoices were cleared by {}{also}",
            fit.len(),
            first.name
        )?;
        Ok(())
    }

    async fn night(
        &self,
        staff: &Staff,
        clock: &Clock,
        doors: &Doors,
    ) -> anyhow::Result<Vec<NightEnd>> {
        let (open, wrong) = doors.open_all();
        if let Some((account, why)) = wrong.first_key_value() {
            anyhow::bail!("account {account}: {why}");
        }
        let desk: Desk<'_> = staff.desk(self.store, &staff.service, clock);
        let stop = Stop::default();
        let night = Night {
            desk: &desk,
            doors: open,
            holder: holder(),
            until_ms: None,
            stop: &stop,
        };
        Ok(night.run().await)
    }

    fn report(&self, morning: &Morning, out: &mut impl Write) -> anyhow::Result<()> {
        let page = self.folder.join("morning.html");
        put(&page, &morning::html(morning)?)?;
        put(&self.folder.join("morning.txt"), &morning::text(morning))?;
        writeln!(out, "\n{}", morning::text(morning))?;
        writeln!(out, "The report is in {}", page.display())?;
        writeln!(
            out,
            "Look around with  cleanbill --config {} list  (or show NUMBER --proof)",
            self.folder.join(sample::SETTINGS).display()
        )?;
        Ok(())
    }
}
