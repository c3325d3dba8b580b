//! `cleanbill list`.

use super::retention::invoices;
use super::tracker::{StoreArgs, instant};
use crate::store::{Filter, Sort};
use crate::workflow::{Role, State, system_clock};
use rust_decimal::Decimal;
use std::io::Write;

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill list --state checked --at-risk 1000\n          cleanbill list --client C0001 --older-than 14\n          cleanbill list --partner \"A. Quillfeather\" --sort at-risk"
)]
pub struct Args {
    /// In this state; may be given several times
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Vec<State>,

    /// Of this client (CLIENT_ID)
    #[arg(long, value_name = "ID")]
    client: Option<String>,

    /// Of this matter (LAW_FIRM_MATTER_ID)
    #[arg(long, value_name = "ID")]
    matter: Option<String>,

    /// Of this partner (billing_partner of the firm's list of matters)
    #[arg(long, value_name = "NAME")]
    partner: Option<String>,

    /// For this portal (portal of the firm's lists of clients and matters)
    #[arg(long, value_name = "NAME")]
    portal: Option<String>,

    /// Unchanged for at least so many days
    #[arg(long, value_name = "DAYS")]
    older_than: Option<u32>,

    /// With at least so much money in doubt
    #[arg(long, value_name = "AMOUNT")]
    at_risk: Option<Decimal>,

    /// Which come first: changed (the last changed), age (the longest unchanged), taken (the first to come), date (the
    /// latest invoice date), at-risk or total (the largest)
    #[arg(long, value_name = "ORDER", default_value = "changed", value_parser = sort)]
    sort: Sort,

    /// No more than so many
    #[arg(long, value_name = "N", default_value_t = 1000)]
    limit: u32,

    /// As JSON, one invoice a line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    at: StoreArgs,
}

fn state(word: &str) -> Result<State, String> {
    State::named(word).ok_or_else(|| {
        let all: Vec<&str> = State::ALL.iter().map(|s| s.name()).collect();
        format!("states are: {}", all.join(", "))
    })
}

fn sort(word: &str) -> Result<Sort, String> {
    match word {
        "changed" => Ok(Sort::Changed),
        "age" => Ok(Sort::Age),
        "taken" => Ok(Sort::Taken),
        "date" => Ok(Sort::Date),
        "at-risk" => Ok(Sort::AtRisk),
        "total" => Ok(Sort::Total),
        _ => Err("orders are: changed, age, taken, date, at-risk, total".to_owned()),
    }
}

/// A day in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Prints the invoices.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let filter = Filter {
        states: args.state.iter().map(|s| s.name().to_owned()).collect(),
        client: args.client.clone(),
        matter: args.matter.clone(),
        partner: args.partner.clone(),
        portal: args.portal.clone(),
        sort: args.sort,
        unchanged_since_ms: args
            .older_than
            .map(|days| system_clock() - i64::from(days) * DAY_MS),
        at_risk: args.at_risk,
        limit: Some(i64::from(args.limit)),
        ..Filter::default()
    };
    let (rows, own) = args.at.at_desk(async |desk| {
        // Whoever only writes time sees their own lines and no sums.
        if desk.person.role == Role::Timekeeper {
            return Ok((Vec::new(), Some(desk.own_invoices().await?)));
        }
        Ok((desk.list(&filter).await?, None))
    })?;
    if let Some(own) = own {
        return super::own::list(&own, args.json, out);
    }
    if args.json {
        for row in &rows {
            writeln!(out, "{}", serde_json::to_string(row)?)?;
        }
        return Ok(());
    }
    if rows.is_empty() {
        writeln!(out, "No invoice fits.")?;
        return Ok(());
    }
    writeln!(
        out,
        "{:<16} {:<12} {:<14} {:<16} {:<7} {:>14} {:>14} {:<3}  changed",
        "number", "client", "matter", "state", "verdict", "total", "at risk", "cur"
    )?;
    for row in &rows {
        writeln!(
            out,
            "{:<16} {:<12} {:<14} {:<16} {:<7} {:>14} {:>14} {:<3}  {}",
            row.number,
            row.client,
            row.matter,
            row.state,
            row.verdict,
            row.total.map_or_else(|| "?".to_owned(), |t| t.to_string()),
            row.at_risk.to_string(),
            match row.currency.as_str() {
                "?" => "",
                named => named,
            },
            instant(row.changed_ms)
        )?;
    }
    let more = match rows.len() == args.limit as usize {
        true => "; there may be more: raise --limit",
        false => "",
    };
    writeln!(out, "{}{more}.", invoices(rows.len()))?;
    Ok(())
}
