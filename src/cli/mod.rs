//! The commands, one file each: arguments, a call, a renderer.
//! Not here: anything a command does beyond choosing.

mod answers;
mod appeals;
mod ask;
mod attach;
mod audit;
mod backup;
mod basis;
mod changes;
mod check;
mod clear;
mod codes;
mod comment;
mod completions;
mod config;
mod convert;
mod deed;
mod demo;
mod explain;
mod export;
mod fix;
mod import;
mod init;
mod intake;
mod later;
mod limit;
mod list;
mod man;
mod named;
mod narrative;
mod overnight;
mod overriding;
mod own;
mod paragraph;
mod payments;
mod portals;
mod post;
mod progress;
mod proof;
mod provider;
mod purge;
mod readiness;
mod receivables;
mod reductions;
mod reference;
mod rejections;
mod reopen;
mod replay;
mod report;
mod restore;
mod resubmit;
mod retention;
mod returning;
mod rewrite;
mod rules;
mod rules_diff;
mod rules_new;
mod sandbox;
mod serve;
mod session_file;
mod settings;
mod settle;
mod show;
mod sign_in;
mod sign_out;
mod split;
mod submit;
mod substitute;
mod tracker;
mod under_review;
mod unqueue;
mod user;
mod user_timekeeper;
mod watch;
mod webhooks;
mod withdraw;
mod write_down;
mod wrong;

use self::later::Later;
use crate::config::{LOG, LOG_FORMAT, Origin};
use crate::render;
use crate::rules::PackMistake;
use crate::store::StoreError;
use crate::workflow::WorkflowError;
use clap::{CommandFactory, Parser, Subcommand};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Checks law firms' LEDES invoices before they are sent to the clients' e-billing portals.
#[derive(Debug, Parser)]
#[command(
    name = "cleanbill",
    version,
    before_help = "Example:  cleanbill check march.txt",
    after_help = "Exit status: 0 nothing at or above --fail-on; 1 findings; 2 wrong usage, configuration or pack; \
                  3 the system failed (a file could not be opened)."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Say on standard error what the program does (or set CLEANBILL_LOG)
    #[arg(long, short, global = true)]
    verbose: bool,

    /// The settings file [default: CLEANBILL_CONFIG, else cleanbill.toml in the platform's settings folder]
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check invoices: files, folders, or - for standard input
    Check(Later<check::Args>),
    /// Convert invoices to another format, and list what it cannot hold
    Convert(Later<convert::Args>),
    /// Make draft invoices of time and expenses exported as CSV
    Import(Later<import::Args>),
    /// Compare what the rules say of past invoices with what became of them
    Replay(Later<replay::Args>),
    /// Fix what is wrong in form, and with a name and a reason what a rule offers beyond that
    Fix(Later<fix::Args>),
    /// Put each invoice into a file of its own, divide one by matters or among payors, or merge files
    Split(Later<split::Args>),
    /// Explain a rule: what it looks for, why, and what to do
    Explain(Later<explain::Args>),
    /// List the rules
    Rules(Later<rules::Args>),
    /// Show how a narrative reads: tasks, block billing, what is missing
    Narrative(Later<narrative::Args>),
    /// Search the UTBMS codes by code or words
    Codes(Later<codes::Args>),
    /// Write templates of the firm's lists into a folder
    Init(Later<init::Args>),
    /// Mark a finding as a false alarm, or show how often each rule is wrong
    Wrong(Later<wrong::Args>),
    /// Check invoices and keep them: new ones, and new versions of known ones
    Intake(Later<intake::Args>),
    /// List the invoices that are kept
    List(Later<list::Args>),
    /// Show one invoice: its findings, and what happened to it
    Show(Later<show::Args>),
    /// Send a line back to its timekeeper for a rewrite
    Return(Later<returning::Args>),
    /// Lines of yours that were sent back: show them, try a text, answer
    Rewrite(Later<rewrite::Args>),
    /// Set a finding aside, with a reason
    Override(Later<overriding::Args>),
    /// Propose to bill a line lower, and decide on it
    WriteDown(Later<write_down::Args>),
    /// Attach receipts, the PDF and other backup to an invoice or a line
    Attach(Later<attach::Args>),
    /// Write a comment on a line for the client
    Comment(Later<comment::Args>),
    /// Show what was changed in an invoice since it came from the billing system
    Changes(Later<changes::Args>),
    /// Approve an invoice for sending (a partner other than who prepared it)
    Clear(Later<clear::Args>),
    /// Take back the approval of an invoice
    Reopen(Later<reopen::Args>),
    /// Take an invoice back for good
    Withdraw(Later<withdraw::Args>),
    /// Show how far each matter is set up at its portal
    Readiness(Later<readiness::Args>),
    /// Say who clears in a partner's place for a while
    Substitute(Later<substitute::Args>),
    /// Say which amounts two partners have to clear
    Limit(Later<limit::Args>),
    /// Begin a session at the store, with your password
    SignIn(Later<sign_in::Args>),
    /// End the session
    SignOut(Later<sign_out::Args>),
    /// Say who may work with the store, and by what they are known
    User(Later<user::Args>),
    /// Show the settings and where they come from
    Config(Later<config::Args>),
    /// Prove that nothing was altered
    Audit(Later<audit::Args>),
    /// Send cleared invoices to their portals now, or put them into the queue of the overnight job
    Submit(Later<submit::Args>),
    /// Take an invoice out of the queue again
    Unqueue(Later<unqueue::Args>),
    /// Say what became of an invoice in doubt, or of one uploaded by hand
    Settle(Later<settle::Args>),
    /// Send what is due, follow what was sent, and say in the morning what happened
    Overnight(Later<overnight::Args>),
    /// Bring in what portals and clients said by mail, in tables or on the telephone
    Answers(Later<answers::Args>),
    /// List what was refused: why, what can be fixed, the next number, and how late it is
    Rejections(Later<rejections::Args>),
    /// Send a corrected invoice again
    Resubmit(Later<resubmit::Args>),
    /// What clients cut: list it, accept it, and export what is to be written off
    Reductions(Later<reductions::Args>),
    /// Appeals against what was cut: propose, decide, file, and see which windows close
    Appeals(Later<appeals::Args>),
    /// What clients paid: bring in remittances, and see what waits for a person
    Payments(Later<payments::Args>),
    /// What clients owe, and how long; short payments, drafts of reminders, what a partner should take up
    Receivables(Later<receivables::Args>),
    /// Show partners what is at risk, refused, cut, won back and paid: as text, table, workbook or page
    Report(Later<report::Args>),
    /// List the portals, or try an account at one
    Portals(Later<portals::Args>),
    /// Write everything that is kept into one encrypted file, while others work, and read it back
    Backup(Later<backup::Args>),
    /// Make a new store of a backup
    Restore(Later<restore::Args>),
    /// Write everything that is kept as files other programs read
    Export(Later<export::Args>),
    /// Say for how long documents are kept, and see which go
    Retention(Later<retention::Args>),
    /// Take away the documents whose time is over; what happened stays provable
    Purge(Later<purge::Args>),
    /// Serve the web application: for specialists, timekeepers, partners
    Serve(Later<serve::Args>),
    /// Say who outside is told of what happens to invoices
    Webhooks(Later<webhooks::Args>),
    /// See a month of an invented firm pass, from intake to the morning report
    Demo(Later<demo::Args>),
    /// Run practice portals on this machine, to rehearse before going live
    Sandbox(Later<sandbox::Args>),
    /// Write the completions of a shell to standard output
    Completions(Later<completions::Args>),
    /// Write the manual pages into a folder
    Man(Later<man::Args>),
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Nothing to object to.
    Clean,
    /// Findings at or above the asked level.
    Findings,
    /// Wrong usage, configuration or pack.
    Usage,
    /// The system failed.
    System,
}

impl Outcome {
    /// The worse of two.
    pub fn or(self, other: Self) -> Self {
        let rank = |o: Self| match o {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::System => 3,
        };
        if rank(other) > rank(self) {
            other
        } else {
            self
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Clean => 0,
            Outcome::Findings => 1,
            Outcome::Usage => 2,
            Outcome::System => 3,
        })
    }
}

/// The command line of the program, for completions and manual pages.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                Outcome::Usage.into()
            } else {
                Outcome::Clean.into()
            };
        }
    };
    settings::name_file(cli.config.clone());
    if let Err(error) = log_to_stderr(cli.verbose) {
        return failed(&error);
    }
    let simple = |result: anyhow::Result<()>| result.map(|()| Outcome::Clean);
    let mut out = anstream::stdout().lock();
    let result = match &cli.command {
        Command::Check(args) => {
            drop(out);
            check::run(args)
        }
        Command::Convert(args) => convert::run(args, &mut out),
        Command::Import(args) => import::run(args, &mut out),
        Command::Replay(args) => replay::run(args, &mut out),
        Command::Fix(args) => {
            drop(out);
            fix::run(args)
        }
        Command::Split(args) => {
            drop(out);
            split::run(args)
        }
        Command::Explain(args) => simple(explain::run(args, &mut out)),
        Command::Rules(args) => rules::run(args, &mut out),
        Command::Narrative(args) => simple(narrative::run(args, &mut out)),
        Command::Codes(args) => codes::run(args, &mut out),
        Command::Init(args) => {
            drop(out);
            init::run(args)
        }
        Command::Wrong(args) => simple(wrong::run(args, &mut out)),
        Command::Intake(args) => intake::run(args, &mut out),
        Command::List(args) => simple(list::run(args, &mut out)),
        Command::Show(args) => show::run(args, &mut out),
        Command::Return(args) => simple(returning::run(args, &mut out)),
        Command::Rewrite(args) => simple(rewrite::run(args, &mut out)),
        Command::WriteDown(args) => simple(write_down::run(args, &mut out)),
        Command::Attach(args) => simple(attach::run(args, &mut out)),
        Command::Comment(args) => simple(comment::run(args, &mut out)),
        Command::Changes(args) => simple(changes::run(args, &mut out)),
        Command::Readiness(args) => simple(readiness::run(args, &mut out)),
        Command::Substitute(args) => simple(substitute::run(args, &mut out)),
        Command::Limit(args) => simple(limit::run(args, &mut out)),
        Command::Override(args) => simple(overriding::run(args, &mut out)),
        Command::Clear(args) => simple(clear::run(args, &mut out)),
        Command::Reopen(args) => simple(reopen::run(args, &mut out)),
        Command::Withdraw(args) => simple(withdraw::run(args, &mut out)),
        Command::SignIn(args) => simple(sign_in::run(args, &mut out)),
        Command::SignOut(args) => simple(sign_out::run(args, &mut out)),
        Command::User(args) => simple(user::run(args, &mut out)),
        Command::Config(args) => simple(config::run(args, &mut out)),
        Command::Audit(args) => audit::run(args, &mut out),
        Command::Submit(args) => submit::run(args, &mut out),
        Command::Unqueue(args) => simple(unqueue::run(args, &mut out)),
        Command::Settle(args) => simple(settle::run(args, &mut out)),
        Command::Overnight(args) => overnight::run(args, &mut out),
        Command::Answers(args) => answers::run(args, &mut out),
        Command::Rejections(args) => rejections::run(args, &mut out),
        Command::Resubmit(args) => resubmit::run(args, &mut out),
        Command::Reductions(args) => simple(reductions::run(args, &mut out)),
        Command::Appeals(args) => appeals::run(args, &mut out),
        Command::Payments(args) => payments::run(args, &mut out),
        Command::Receivables(args) => receivables::run(args, &mut out),
        Command::Report(args) => simple(report::run(args, &mut out)),
        Command::Portals(args) => portals::run(args, &mut out),
        Command::Backup(args) => simple(backup::run(args, &mut out)),
        Command::Restore(args) => restore::run(args, &mut out),
        Command::Export(args) => simple(export::run(args, &mut out)),
        Command::Retention(args) => simple(retention::run(args, &mut out)),
        Command::Purge(args) => simple(purge::run(args, &mut out)),
        Command::Demo(args) => simple(demo::run(args, &mut out)),
        Command::Serve(args) => serve::run(args, &mut out),
        Command::Webhooks(args) => webhooks::run(args, &mut out),
        Command::Sandbox(args) => sandbox::run(args, &mut out),
        Command::Completions(args) => simple(completions::run(args, &mut out)),
        Command::Man(args) => simple(man::run(args)),
    };
    match result {
        Ok(outcome) => outcome.into(),
        Err(error) => failed(&error),
    }
}

/// A reader that went away, as `head` does, is no failure of ours.
fn failed(error: &anyhow::Error) -> ExitCode {
    let mistake = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<PackMistake>());
    if let Some(mistake) = mistake {
        let err = anstream::stderr();
        let colour = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
        let width = check::width();
        let _ = write!(err.lock(), "{}", render::mistake(mistake, colour, width));
        return Outcome::Usage.into();
    }
    let io_error = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<io::Error>());
    if io_error.is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
        return Outcome::Clean.into();
    }
    let _ = writeln!(io::stderr(), "cleanbill: {error:#}");
    let store = error.chain().any(|cause| {
        // An error that is transparent does not stand in the chain itself.
        let inner = match cause.downcast_ref::<WorkflowError>() {
            Some(WorkflowError::Store(error)) => Some(error),
            _ => cause.downcast_ref::<StoreError>(),
        };
        inner.is_some_and(StoreError::is_of_the_system)
    });
    if io_error.is_some() || store {
        Outcome::System.into()
    } else {
        Outcome::Usage.into()
    }
}

/// Logs as text or, one object a line, as JSON.
///
/// # Errors
/// Another format is asked for.
fn log_to_stderr(verbose: bool) -> anyhow::Result<()> {
    use tracing_subscriber::EnvFilter;
    // A mistake in the settings is told by the command that needs them.
    let said = settings::settings().ok().and_then(|s| s.value(&LOG));
    let said = said.filter(|v| !verbose || v.origin != Origin::Default);
    let filter = said.and_then(|v| v.texts.first().and_then(|t| EnvFilter::try_new(t).ok()));
    let quiet = "warn,sqlx=error";
    let mut filter = filter.unwrap_or_else(|| EnvFilter::new(if verbose { "info" } else { quiet }));
    // It logs parameters of an address that it does not know, with what they say: that may be a password.
    if let Ok(silent) = "sqlx_postgres::options=off".parse() {
        filter = filter.add_directive(silent);
    }
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    let format = settings::settings().ok();
    let format = format.and_then(|s| Some((s.text(&LOG_FORMAT)?, s.shown(&LOG_FORMAT).1)));
    match format.as_ref().map(|(f, origin)| (f.as_str(), origin)) {
        Some(("json", _)) => drop(log.json().flatten_event(true).try_init()),
        None | Some(("text", _)) => {
            drop(log.with_ansi(io::stderr().is_terminal()).try_init());
        }
        Some((other, origin)) => anyhow::bail!(
            "log_format ({origin}): \"{other}\" is no format of logs; write text or json"
        ),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_do_not_contradict_each_other() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn help_of_each_command_begins_with_an_example() {
        for mut command in super::Cli::command().get_subcommands().cloned() {
            let help = command.render_long_help().to_string();
            assert!(help.trim_start().starts_with("Example"), "{help}");
        }
    }
}
