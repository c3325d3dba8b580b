//! `cleanbill overnight`: the job that runs while the firm sleeps.

mod closing;
mod ending;
mod metrics;
mod owed;
mod units;

pub(super) use closing::windows;

use super::Outcome;
use super::answers::{Ears, fetch, files};
use super::portals::At;
use super::post;
use super::settings::settings;
use super::submit::holder;
use super::tracker::{StoreArgs, runtime};
use crate::config::ANSWERS;
use crate::reports::morning;
use crate::store::SubmissionRow;
use crate::workflow::answers::{Brought, Standing};
use crate::workflow::submission::{Morning, Night, NightEnd, Stop};
use crate::workflow::webhooks::{deliver, disabled};
use crate::workflow::{Desk, system_clock};
use anyhow::Context;
use chrono::NaiveTime;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Arguments of `overnight`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill overnight --accounts portals.toml --until 06:00 --report morning.html\n          cleanbill overnight --accounts portals.toml --dry-run",
    after_help = "Exit status: 0 nothing needs a person; 1 something does; 2 wrong usage or an account that is not set up; 3 the \
                  system failed. On SIGTERM it ends after what is under way."
)]
pub struct Args {
    /// Go on until this time of the day, and follow what was sent [default: end when nothing is left to send]
    #[arg(long, value_name = "HH:MM", value_parser = time)]
    until: Option<NaiveTime>,

    /// Say what would be sent, in which order, and send nothing
    #[arg(long)]
    dry_run: bool,

    /// Write the morning report to this file too: .html is a page, .json for programs, anything else text
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Mail the morning report to this address; may be given several times [default: the setting mail_to]
    ///
    /// It goes through the settings mail_server, mail_from, mail_user and CLEANBILL_MAIL_PASSWORD. It repeats what portals
    /// and clients wrote about invoices: name only people of the firm.
    #[arg(long, value_name = "ADDRESS")]
    mail: Vec<String>,

    /// Write figures for Prometheus (a file for its node exporter's textfile collector)
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,

    /// Write a signed head of all chains into this folder in the morning
    #[arg(long, value_name = "DIR")]
    heads: Option<PathBuf>,

    /// Write a service and a timer of systemd that run this every night into a folder, and do nothing else
    #[arg(long, value_name = "DIR")]
    write_units: Option<PathBuf>,

    #[command(flatten)]
    portals: At,

    #[command(flatten)]
    at: StoreArgs,
}

fn time(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .map_err(|_| "write the time of the day as 06:00".to_owned())
}

/// Runs a night.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    if let Some(folder) = &args.write_units {
        return units::write(folder, out).map(|()| Outcome::Clean);
    }
    let doors = args.portals.doors()?;
    if args.dry_run {
        return dry_run(args, out);
    }
    let post = post::post(&settings()?, &args.mail)?;
    let since = system_clock();
    let until = args.until.map(ending::next).transpose()?;
    let morning = args.at.at_desk(async |desk| {
        let stop = Stop::default();
        let (open, wrong) = doors.open_all();
        let night = Night {
            desk,
            doors: open,
            holder: holder(),
            until_ms: until,
            stop: &stop,
        };
        // What is too late is not sent any more.
        let late = closing::too_late(desk).await?;
        let ends = ending::watched(&stop, night.run()).await?;
        // After the portals were asked: what they said themselves comes first.
        let unheard = listen(desk, &args.portals).await;
        // A folder that cannot be read does not cost the morning its report.
        let unheard =
            unheard.unwrap_or_else(|e| vec![format!("answers were not brought in: {e:#}")]);
        let today = chrono::Local::now().date_naive();
        let mut morning = desk.morning(since, &doors.silence_hours()).await?;
        morning.credentials = doors.ending(today);
        morning.stopped = wrong;
        morning.doubts.extend(unheard);
        for end in &ends {
            if let Some(why) = &end.stopped {
                morning.stopped.insert(end.account.clone(), why.clone());
            }
            if let Some(why) = &end.put_off {
                morning.put_off.insert(end.account.clone(), why.clone());
            }
            morning.doubts.extend(end.doubts.iter().cloned());
        }
        morning.missed = late;
        // A mistake in a list costs no night.
        if let Err(error) = closing::of_firm(desk, &args.portals, &mut morning).await {
            let doubt = format!("windows of appeals were not looked at: {error:#}");
            morning.doubts.push(doubt);
        }
        morning.owed = owed::owed(desk).await.unwrap_or_else(|error| {
            let doubt = format!("what is owed was not looked at: {error:#}");
            morning.doubts.push(doubt);
            Default::default()
        });
        // What the night did is told before the morning says what went wrong.
        match told(desk).await {
            Ok(off) => morning.doubts.extend(off),
            Err(error) => morning
                .doubts
                .push(format!("webhooks were told nothing: {error:#}")),
        }
        if let Some(file) = &args.metrics {
            put(file, &metrics::text(&ends, &morning))?;
        }
        said_elsewhere(&ends);
        Ok(morning)
    })?;
    write!(out, "{}", morning::text(&morning))?;
    if let Some(folder) = &args.heads {
        writeln!(out)?;
        super::audit::write_dated_head(folder, &args.at, out)?;
    }
    if let Some(file) = &args.report {
        put(file, &report(file, &morning)?)?;
    }
    if let Some(post) = post {
        let (text, html) = (morning::text(&morning), morning::html(&morning)?);
        let sent = runtime()?.block_on(post.send(&morning::subject(&morning), text, html));
        if let Err(error) = sent {
            // It was printed, and written where it was asked for: nothing is lost.
            writeln!(
                std::io::stderr(),
                "cleanbill: the report was not mailed: {error}"
            )?;
            return Ok(Outcome::System);
        }
    }
    Ok(match morning.for_a_person() {
        0 => Outcome::Clean,
        _ => Outcome::Findings,
    })
}

/// Brings in the answers of the firm's mailbox, and of the folder that the settings name; returns what of it waits for a
/// person.
async fn listen(desk: &Desk<'_>, portals: &At) -> anyhow::Result<Vec<String>> {
    let ears = Ears::new(portals)?;
    let mut unheard = Vec::new();
    let mut brought = Vec::new();
    // A mailbox that cannot be read does not cost the answers in the folder.
    match fetch(desk, &ears).await {
        Ok(fetched) => {
            unheard.extend(fetched.unread.iter().map(|m| format!("not read: {m}")));
            brought.extend(fetched.brought);
        }
        Err(error) => unheard.push(format!("mails were not fetched: {error:#}")),
    }
    if let Some(folder) = settings()?.path(&ANSWERS) {
        brought.extend(of_folder(desk, &ears, folder, &mut unheard).await?);
    }
    for one in brought {
        // What was in the queue yesterday stands in the queue, not in each morning's report.
        if one.standing != Standing::Taken && !one.known {
            let why = one.why.first().map_or("", String::as_str);
            unheard.push(format!("answer {} waits: {why}", &one.id[..12]));
        }
    }
    Ok(unheard)
}

async fn of_folder(
    desk: &Desk<'_>,
    ears: &Ears,
    folder: PathBuf,
    unheard: &mut Vec<String>,
) -> anyhow::Result<Vec<Brought>> {
    let listener = ears.listener(None, None);
    let mut told = Vec::new();
    for file in files(&[folder]) {
        match file {
            Ok((name, bytes)) => {
                let heard = listener.read(&name, &bytes);
                unheard.extend(heard.mistakes.iter().map(|m| format!("not read: {m}")));
                told.extend(heard.told);
            }
            Err(why) => unheard.push(format!("not read: {why}")),
        }
    }
    Ok(desk.hear(&told, &ears.ways()).await?)
}

/// How long the end of the night may take to tell whoever is to be told.
const TELLING: Duration = Duration::from_secs(120);

/// Takes what happened to the addresses that are to be told; returns those that are disabled, whoever did
/// it.
async fn told(desk: &Desk<'_>) -> anyhow::Result<Vec<String>> {
    let mut post = None;
    let began = Instant::now();
    loop {
        let round = deliver(desk.store, desk.clock, &mut post).await?;
        if round.told == 0 || began.elapsed() > TELLING {
            return Ok(disabled(desk.store).await?);
        }
    }
}

fn said_elsewhere(ends: &[NightEnd]) {
    for end in ends.iter().filter(|end| end.elsewhere) {
        tracing::warn!(account = end.account, "another process drives this account");
    }
}

fn report(file: &Path, morning: &Morning) -> anyhow::Result<String> {
    let ending = file.extension().and_then(|e| e.to_str());
    Ok(match ending {
        Some("html" | "htm") => morning::html(morning)?,
        Some("json") => serde_json::to_string_pretty(morning)?,
        _ => morning::text(morning),
    })
}

/// Aside, then under its name: a reader never sees half of it.
pub(super) fn put(file: &Path, text: &str) -> anyhow::Result<()> {
    let failed = || format!("{}: cannot be written", file.display());
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder).with_context(failed)?;
    let mut aside = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
    aside.write_all(text.as_bytes()).with_context(failed)?;
    aside.persist(file).with_context(failed)?;
    Ok(())
}

fn dry_run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let rows = args.at.at_desk(async |desk| Ok(desk.waiting().await?))?;
    if rows.is_empty() {
        writeln!(out, "Nothing waits to be sent.")?;
    }
    let mut by_account: BTreeMap<&str, Vec<&(SubmissionRow, String)>> = BTreeMap::new();
    for row in &rows {
        by_account.entry(&row.0.account).or_default().push(row);
    }
    for (account, rows) in by_account {
        writeln!(out, "{account}: {} to send, in this order", rows.len())?;
        for (row, number) in rows {
            let due = row
                .due
                .as_deref()
                .map_or_else(String::new, |d| format!("  due {d}"));
            let note = match row.note.as_str() {
                "" => String::new(),
                note => format!("  ({note})"),
            };
            writeln!(out, "  {number:<16} as {}{due}{note}", row.file_name)?;
        }
    }
    Ok(Outcome::Clean)
}
