//! `cleanbill webhooks`: who outside is told of what happens to invoices.

use super::Outcome;
use super::tracker::{StoreArgs, instant};
use crate::portals::HookPost;
use crate::workflow::webhooks::{NewWebhook, WebhookShown, type_names};
use clap::Subcommand;
use secrecy::ExposeSecret;
use serde_json::json;
use std::io::Write;

/// Arguments of `webhooks`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill webhooks add https://hooks.example.com/bills --events invoice.clear,invoice.reject\n          cleanbill webhooks list",
    after_help = "Messages hold ids, numbers, states, amounts and hashes, never narratives. They are signed after Standard Webhooks \
                  (webhook-id, webhook-timestamp, webhook-signature), sent by cleanbill serve while it runs and by cleanbill overnight \
                  at its end, those of one invoice in order, and again for three days where an address does not take them; then it \
                  is disabled. Each is sent at least once: one that comes again has the same id."
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Have an address told from now on; prints the secret by which messages are signed
    #[command(
        before_help = "Example:  cleanbill webhooks add https://hooks.example.com/bills --events invoice.clear,invoice.reject\n          cleanbill webhooks add http://10.0.0.5:9000/in --events '*' --allow-private"
    )]
    Add {
        /// The address; of the public internet, and encrypted
        #[arg(value_name = "URL")]
        url: String,

        /// What it is told of, or * for everything; cleanbill webhooks events lists what there is
        #[arg(long, value_name = "EVENT", value_delimiter = ',', required = true)]
        events: Vec<String>,

        /// It may be an address of this machine or inside the firm, and unencrypted
        #[arg(long)]
        allow_private: bool,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// List who is told, and how it goes
    #[command(before_help = "Example:  cleanbill webhooks list --json")]
    List {
        /// As JSON, one a line
        #[arg(long)]
        json: bool,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// List what there is to be told of
    #[command(before_help = "Example:  cleanbill webhooks events")]
    Events,
    /// Tell an address no longer
    #[command(before_help = "Example:  cleanbill webhooks remove 1f0c2a7be4d95360")]
    Remove {
        /// The webhook's id
        #[arg(value_name = "ID")]
        id: String,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Tell a disabled address again, beginning with what it was not told of before
    #[command(before_help = "Example:  cleanbill webhooks enable 1f0c2a7be4d95360")]
    Enable {
        /// The webhook's id
        #[arg(value_name = "ID")]
        id: String,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Send a signed message that says nothing (exit status 1 where it is not taken)
    #[command(before_help = "Example:  cleanbill webhooks test 1f0c2a7be4d95360")]
    Test {
        /// The webhook's id
        #[arg(value_name = "ID")]
        id: String,

        #[command(flatten)]
        at: StoreArgs,
    },
}

/// Runs one of the commands.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    match &args.what {
        What::Add {
            url,
            events,
            allow_private,
            at,
        } => {
            let new = NewWebhook {
                url: url.clone(),
                events: events.iter().map(|e| e.trim().to_owned()).collect(),
                private: *allow_private,
            };
            let (shown, secret) = at.at_desk(async |desk| Ok(desk.add_webhook(&new).await?))?;
            writeln!(
                out,
                "Webhook {} is told of {} from now on. Messages are signed with this secret, which is shown this once:",
                shown.id,
                shown.events.join(", ")
            )?;
            writeln!(out, "{}", secret.expose_secret())?;
        }
        What::List { json, at } => {
            let all = at.at_desk(async |desk| Ok(desk.webhooks().await?))?;
            list(&all, *json, out)?;
        }
        What::Events => {
            for name in type_names() {
                writeln!(out, "{name}")?;
            }
        }
        What::Remove { id, at } => {
            let gone = at.at_desk(async |desk| Ok(desk.remove_webhook(id).await?))?;
            writeln!(out, "Webhook {} is told no longer.", gone.id)?;
        }
        What::Enable { id, at } => {
            let shown = at.at_desk(async |desk| Ok(desk.enable_webhook(id).await?))?;
            writeln!(
                out,
                "Webhook {} is told again, of {} that wait for it first.",
                shown.id, shown.untold
            )?;
        }
        What::Test { id, at } => {
            let post = HookPost::new().map_err(anyhow::Error::msg)?;
            let tried = at.at_desk(async |desk| Ok(desk.test_webhook(id, &post).await?))?;
            let word = if tried.taken { "taken" } else { "not taken" };
            writeln!(out, "The message was {word}: {}", tried.said)?;
            if !tried.taken {
                return Ok(Outcome::Findings);
            }
        }
    }
    Ok(Outcome::Clean)
}

fn list(all: &[WebhookShown], json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if json {
        for one in all {
            let row = json!({
                "id": one.id, "url": one.url, "events": one.events, "status": one.status, "note": one.note,
                "private": one.private, "made_by": one.made_by, "made_ms": one.made_ms, "failed": one.failed,
                "next_ms": one.next_ms, "delivered_ms": one.delivered_ms, "untold": one.untold,
            });
            writeln!(out, "{row}")?;
        }
        return Ok(());
    }
    if all.is_empty() {
        writeln!(out, "Nobody outside is told.")?;
    }
    for one in all {
        let private = if one.private { ", may be private" } else { "" };
        writeln!(out, "{}  {}  {}{private}", one.id, one.status, one.url)?;
        writeln!(out, "    told of {}", one.events.join(", "))?;
        let told = one.delivered_ms.map_or_else(
            || "took nothing yet".to_owned(),
            |ms| format!("last took a message on {}", instant(ms)),
        );
        writeln!(out, "    {told}; {} wait", one.untold)?;
        if let Some(next) = one.next_ms {
            writeln!(
                out,
                "    {} tries failed; the next is due {}",
                one.failed,
                instant(next)
            )?;
        }
        if !one.note.is_empty() {
            writeln!(
                out,
                "    {}; mend it, then: cleanbill webhooks enable {}",
                one.note, one.id
            )?;
        }
    }
    Ok(())
}
