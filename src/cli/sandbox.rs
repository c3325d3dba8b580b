//! `cleanbill sandbox`.

use super::Outcome;
use crate::sandbox::{self, Settings};
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `sandbox`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill sandbox --portals fixtures/sandbox/eight.toml --port 8600 --ledger practice"
)]
pub struct Args {
    /// The practice portals, their accounts and faults; without it one portal of each kind
    #[arg(long, value_name = "FILE")]
    portals: Option<PathBuf>,

    /// Port of the page that lists what each portal has; portals take the next ones. 0 takes any
    #[arg(long, value_name = "N")]
    port: Option<u16>,

    /// Draws outcomes and faults; the same seed gives the same answers
    #[arg(long, value_name = "S")]
    seed: Option<u64>,

    /// Folder for one ledger a portal; kept from run to run
    #[arg(long, value_name = "DIR")]
    ledger: Option<PathBuf>,
}

/// Runs the practice portals until interrupted.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let mut settings = match &args.portals {
        Some(file) => Settings::read(file)?,
        None => Settings::usual(),
    };
    if let Some(port) = args.port {
        settings.port = port;
    }
    if let Some(seed) = args.seed {
        settings.seed = seed;
    }
    if let Some(folder) = &args.ledger {
        settings.ledger = Some(folder.clone());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let interrupted = interrupted()?;
        let running = sandbox::start(settings).await?;
        writeln!(out, "Practice portals; nothing sent here reaches a client.")?;
        writeln!(out, "{:<24} {:<14} {}", "page", "", running.home())?;
        for (name, kind, base) in running.portals() {
            writeln!(out, "{name:<24} {:<14} {base}", kind.name())?;
        }
        writeln!(out, "Stop with Ctrl-C.")?;
        out.flush()?;
        interrupted.await;
        running.stop().await;
        Ok(Outcome::Clean)
    })
}

/// Ctrl-C, or the signal with which service managers end a program. Listens from the call on, before it is awaited.
#[cfg(unix)]
pub(super) fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    })
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(super) fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
