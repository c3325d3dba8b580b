//! `cleanbill user token`.

use crate::cli::tracker::{StoreArgs, instant};
use crate::workflow::{NewToken, Scope, TokenShown};
use clap::Subcommand;
use secrecy::ExposeSecret;
use std::io::Write;

/// Arguments of `user token`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill user token add --label laptop --scope read\n          cleanbill user token add night --label server --days 365"
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a token and print it; it is shown only once
    Add {
        /// A service, or a person who has no password yet (administrators only) [default: you]
        name: Option<String>,
        /// What it is for
        #[arg(long, value_name = "WORDS")]
        label: String,
        /// How long it holds
        #[arg(long, value_name = "DAYS", default_value_t = 90)]
        days: u32,
        /// What it is good for: read, or write as well
        #[arg(long, value_parser = scope, default_value = "write")]
        scope: Scope,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// Tokens with their ends and last use
    List {
        /// The person [default: you]
        name: Option<String>,
        /// Of everybody
        #[arg(long, conflicts_with = "name")]
        everybody: bool,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// End a token at once
    Revoke {
        /// Its id or label
        token: String,
        /// Whose (administrators only) [default: yours]
        name: Option<String>,
        #[command(flatten)]
        at: StoreArgs,
    },
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::named(word).ok_or_else(|| {
        let all: Vec<&str> = Scope::ALL.iter().map(|s| s.name()).collect();
        format!("scopes are: {}", all.join(", "))
    })
}

/// Makes, lists and ends tokens.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    match &args.what {
        What::Add {
            name,
            label,
            days,
            scope,
            at,
        } => {
            let new = NewToken {
                label: label.clone(),
                days: *days,
                scope: *scope,
            };
            let token =
                at.at_desk(async |desk| Ok(desk.add_token(name.as_deref(), &new).await?))?;
            writeln!(
                out,
                "The token \"{label}\", for CLEANBILL_TOKEN; its scope is {scope}, it holds {days} days and is not shown again:\n{}",
                token.expose_secret()
            )?;
        }
        What::List {
            name,
            everybody,
            at,
        } => {
            let tokens =
                at.at_desk(async |desk| Ok(desk.tokens(name.as_deref(), *everybody).await?))?;
            if tokens.is_empty() {
                writeln!(out, "There is no token.")?;
            }
            for token in tokens {
                print(&token, out)?;
            }
        }
        What::Revoke { token, name, at } => {
            let ended =
                at.at_desk(async |desk| Ok(desk.revoke_token(token, name.as_deref()).await?))?;
            writeln!(
                out,
                "The token \"{}\" of {} has ended.",
                ended.label, ended.person
            )?;
        }
    }
    Ok(())
}

fn print(token: &TokenShown, out: &mut impl Write) -> anyhow::Result<()> {
    let used = token.used_ms.map_or_else(
        || "never used".to_owned(),
        |at| format!("used {}", instant(at)),
    );
    writeln!(
        out,
        "{}  {:<24} {:<16} {:<5}  until {}, {used}",
        token.id,
        token.person,
        token.label,
        token.scope,
        instant(token.until_ms)
    )?;
    Ok(())
}
