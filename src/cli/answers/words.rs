//! `cleanbill answers words`: what is remembered of the words of portals and clients.

use crate::cli::Outcome;
use crate::cli::tracker::{StoreArgs, instant};
use std::io::Write;

/// What is done with them.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List them: what they mean, who said so, and of how many invoices they were said
    #[command(before_help = "Example:  cleanbill answers words list")]
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Take words away, with what somebody said they mean; heard again, they wait for a person again
    #[command(before_help = "Example:  cleanbill answers words forget 5d0c1be2a94f")]
    Forget {
        /// The words: their ids, as `answers words list` shows them
        #[arg(value_name = "WORDS-ID", required = true)]
        ids: Vec<String>,

        #[command(flatten)]
        at: StoreArgs,
    },
}

/// Runs one of the commands.
pub fn run(command: &Command, out: &mut impl Write) -> anyhow::Result<Outcome> {
    match command {
        Command::List { json, at } => {
            let all = at.at_desk(async |desk| Ok(desk.unknown_reasons(true).await?))?;
            if all.is_empty() && !json {
                writeln!(out, "No words are remembered.")?;
            }
            for word in &all {
                if *json {
                    writeln!(out, "{}", serde_json::to_string(word)?)?;
                    continue;
                }
                let meaning = match (&word.slug, &word.decided_by) {
                    (Some(slug), Some(who)) => format!("= {slug}, by {who}"),
                    _ => "nobody has said what they mean".to_owned(),
                };
                let said = match word.invoices {
                    1 => "of 1 invoice".to_owned(),
                    many => format!("of {many} invoices"),
                };
                writeln!(
                    out,
                    "{}  {}  {}  {meaning}; {said}",
                    word.id,
                    instant(word.first_ms),
                    word.words
                )?;
            }
        }
        Command::Forget { ids, at } => {
            at.at_desk(async |desk| {
                for id in ids {
                    desk.forget_reason(id).await?;
                }
                Ok(())
            })?;
            writeln!(out, "Forgotten: {}", ids.join(", "))?;
        }
    }
    Ok(Outcome::Clean)
}
