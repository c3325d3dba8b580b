//! `cleanbill intake --watch`: a folder into which other programs write. It is looked at every second instead of
//! waiting for notices of the system: such folders lie on network shares, where no notices come, and whether a file is
//! complete only its rest tells.

use super::Outcome;
use super::intake::{Args, Tally};
use crate::check::{Checker, remedy};
use crate::workflow::{self, Act, Arrival, Memory, Step, Taken, WorkflowError};
use anyhow::Context;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// How often the folder is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How soon it stops when asked to.
const TICK: Duration = Duration::from_millis(50);
/// The longest wait before something that failed is tried again.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Files that are checked and stored together.
const FILES_AT_A_TIME: usize = 64;
/// An empty file rests so many times longer: most have only been begun.
const EMPTY_RESTS: u32 = 12;
/// Ends of names of files that are not complete.
const UNFINISHED: [&str; 9] = [
    ".part",
    ".partial",
    ".tmp",
    ".temp",
    ".filepart",
    ".crdownload",
    ".download",
    ".lock",
    "~",
];

/// A file as it was last seen.
#[derive(PartialEq, Eq)]
struct Seen {
    bytes: u64,
    changed: Option<SystemTime>,
}

/// The folder, and what lies in it.
struct Watched<'a> {
    folder: &'a Path,
    rest: Duration,
    seen: BTreeMap<PathBuf, (Seen, Instant)>,
}

/// Watches until it is asked to stop.
pub fn run(args: &Args, folder: &Path, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        signal_hook::flag::register(signal, Arc::clone(&stop))
            .context("signals cannot be received")?;
    }
    if !folder.is_dir() {
        anyhow::bail!(
            "--watch {}: there is no such folder; make it first",
            folder.display()
        );
    }
    for name in ["done", "failed"] {
        let inner = folder.join(name);
        fs::create_dir_all(&inner).with_context(|| inner.display().to_string())?;
    }
    // Who may not is told at once, and so is a mistake in a pack or list.
    args.basis.options()?;
    args.at
        .at_desk(async |desk| Ok(desk.may(Act::Step(Step::TakeIn))?))?;
    writeln!(out, "watching {}", folder.display())?;
    out.flush()?;
    let mut watched = Watched {
        folder,
        rest: Duration::from_secs(args.settle.into()),
        seen: BTreeMap::new(),
    };
    let mut tally = Tally::default();
    let mut failures: u32 = 0;
    while !stop.load(Ordering::Relaxed) {
        let ready = watched.complete();
        let mut wait = LOOK;
        for batch in ready.chunks(FILES_AT_A_TIME) {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            match take(args, folder, batch, &mut tally, out) {
                Ok(()) => failures = 0,
                Err(error) if is_final(&error) => return Err(error),
                Err(error) => {
                    // The files stay where they are.
                    failures += 1;
                    wait = (LOOK * 2u32.saturating_pow(failures)).min(LONGEST_WAIT);
                    let _ = writeln!(
                        io::stderr(),
                        "cleanbill: {error:#}; trying again in {} seconds",
                        wait.as_secs()
                    );
                    break;
                }
            }
        }
        let until = Instant::now() + wait;
        while Instant::now() < until && !stop.load(Ordering::Relaxed) {
            std::thread::sleep(TICK);
        }
    }
    writeln!(out, "stopped")?;
    tally.finish(out).map(|_| Outcome::Clean)
}

/// Trying again would not help: the person may no longer work here.
fn is_final(error: &anyhow::Error) -> bool {
    let refused = |e: &(dyn std::error::Error + 'static)| {
        matches!(
            e.downcast_ref::<WorkflowError>(),
            Some(WorkflowError::Refused(_))
        )
    };
    error.chain().any(refused)
}

/// A name under which programs write before a file is complete.
fn is_unfinished(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with(['.', '~']) || UNFINISHED.iter().any(|end| lower.ends_with(end))
}

impl Watched<'_> {
    /// The files that nobody has written to for a while, in the order of their names.
    fn complete(&mut self) -> Vec<PathBuf> {
        let mut now: BTreeMap<PathBuf, (Seen, Instant)> = BTreeMap::new();
        let listed = fs::read_dir(self.folder).into_iter().flatten();
        for entry in listed.filter_map(Result::ok) {
            let Ok(meta) = entry.metadata() else { continue };
            if !meta.is_file() || is_unfinished(&entry.file_name().to_string_lossy()) {
                continue;
            }
            let seen = Seen {
                bytes: meta.len(),
                changed: meta.modified().ok(),
            };
            let path = entry.path();
            let since = match self.seen.remove(&path) {
                Some((before, since)) if before == seen => since,
                _ => Instant::now(),
            };
            now.insert(path, (seen, since));
        }
        self.seen = now;
        let rested = |(seen, since): &(Seen, Instant)| {
            let rest = if seen.bytes == 0 {
                self.rest * EMPTY_RESTS
            } else {
                self.rest
            };
            since.elapsed() >= rest
        };
        let complete = self.seen.iter().filter(|(_, s)| rested(s));
        complete.map(|(path, _)| path.clone()).collect()
    }
}

/// Takes files in, then puts each where it belongs. Stopped in between, the next run finds what is known already.
fn take(
    args: &Args,
    folder: &Path,
    batch: &[PathBuf],
    tally: &mut Tally,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    // Anew each time: lists and packs may have changed, and the day.
    let checker = Checker::new(args.basis.options()?);
    let mut arrivals = Vec::new();
    for path in batch {
        match fs::read(path) {
            Ok(bytes) => arrivals.push(Arrival {
                name: path.display().to_string(),
                bytes,
            }),
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => {
                let _ = writeln!(
                    io::stderr(),
                    "cleanbill: {}: {}",
                    path.display(),
                    remedy(&e)
                );
            }
        }
    }
    let names: Vec<String> = arrivals.iter().map(|a| a.name.clone()).collect();
    let all = args.at.at_desk(async |desk| {
        let mut memory = Memory::default();
        Ok(desk.take_in(&checker, &mut memory, arrivals).await?)
    })?;
    let mut by_file: BTreeMap<&str, Vec<&Taken>> = BTreeMap::new();
    for taken in &all {
        tally.print(taken, out)?;
        by_file.entry(&taken.file).or_default().push(taken);
    }
    out.flush()?;
    for name in &names {
        let taken = by_file.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        put_away(folder, Path::new(name), taken)?;
    }
    Ok(())
}

/// Moves a file to `done`, or to `failed` with a text beside it that says why.
fn put_away(folder: &Path, file: &Path, taken: &[&Taken]) -> anyhow::Result<()> {
    let refused = |t: &&&Taken| matches!(t.outcome, workflow::Outcome::Refused(_));
    let failed = taken.iter().filter(refused).count() > 0;
    let to = folder.join(if failed { "failed" } else { "done" });
    let name = file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let place = free(&to, &name);
    if failed {
        let text: String = taken.iter().map(|t| said(t)).collect();
        let why = place.with_file_name(format!(
            "{}.why.txt",
            place.file_name().unwrap_or_default().to_string_lossy()
        ));
        fs::write(&why, text).with_context(|| why.display().to_string())?;
    }
    match fs::rename(file, &place) {
        // Somebody took it away meanwhile; it is in the store.
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        moved => {
            moved.with_context(|| format!("{} cannot be moved to {}", file.display(), to.display()))
        }
    }
}

fn said(taken: &Taken) -> String {
    let number = if taken.number.is_empty() {
        "-"
    } else {
        &taken.number
    };
    match &taken.outcome {
        workflow::Outcome::Refused(why) => format!("{number}: not taken: {why}\n"),
        workflow::Outcome::New => format!("{number}: taken, new\n"),
        workflow::Outcome::NewVersion => format!("{number}: taken, a new version\n"),
        workflow::Outcome::Known => format!("{number}: known already\n"),
    }
}

/// A name in the folder that no file has.
fn free(folder: &Path, name: &str) -> PathBuf {
    let plain = folder.join(name);
    if !plain.exists() {
        return plain;
    }
    let path = Path::new(name);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let end = path
        .extension()
        .map_or_else(String::new, |e| format!(".{}", e.to_string_lossy()));
    let numbered = (2u64..).map(|n| folder.join(format!("{stem} ({n}){end}")));
    let mut free = numbered.filter(|path| !path.exists());
    free.next().unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    #[test]
    fn files_being_written_are_known_by_their_names() {
        for name in [
            ".march.txt",
            "~$march.txt",
            "march.txt.part",
            "march.TMP",
            "march.txt~",
        ] {
            assert!(super::is_unfinished(name), "{name}");
        }
        for name in ["march.txt", "partial.xml", "1998B.tmp.txt"] {
            assert!(!super::is_unfinished(name), "{name}");
        }
    }
}
