//! `appeals list`: appeals and cuts by their last day.

use super::Common;
use super::open::missed;
use crate::cli::Outcome as Ended;
use crate::cli::deed::Whose;
use crate::cli::tracker::{instant, money};
use crate::store::AppealRow;
use crate::workflow::windows::Deadline;
use crate::workflow::{AppealDue, AppealShown};
use chrono::Utc;
use std::io::{self, Write};

pub(super) fn ending(row: &AppealRow) -> String {
    format!(
        "Appeal {}: {}, {} of {} came back.",
        row.id,
        row.status,
        money(row.recovered, &row.currency),
        money(row.claimed, &row.currency)
    )
}

pub(super) const RED: clap::builder::styling::Style =
    clap::builder::styling::AnsiColor::Red.on_default().bold();

/// Until when, in red where it is not configured, has passed or is near.
pub(super) fn until(deadline: &Deadline, alarm: u32) -> String {
    let (words, red) = match deadline {
        Deadline::Until(last) => {
            let now = Utc::now();
            let left = (last.at - now).num_days();
            let words = if last.at < now {
                format!("PASSED on {}", last.local)
            } else {
                format!("until {} ({left} days left)", last.local)
            };
            (
                format!("{words}: {}", last.computed),
                last.at < now || left < i64::from(alarm),
            )
        }
        other => (other.words(), matches!(other, Deadline::NotConfigured)),
    };
    if red {
        format!("{RED}{words}{RED:#}")
    } else {
        words
    }
}

pub(super) fn list(all: &[AppealDue], alarm: u32, out: &mut impl Write) -> io::Result<()> {
    if all.is_empty() {
        return writeln!(out, "Nothing to appeal or to file.");
    }
    for one in all {
        let what = one
            .appeal
            .as_ref()
            .map_or_else(|| "-".to_owned(), |a| a.id.clone());
        let lines = match one.items.as_slice() {
            [] => "the invoice as a whole".to_owned(),
            items => format!("lines {}", items.join(", ")),
        };
        writeln!(
            out,
            "{what:<10} {:<16} {:<10} {:>14}  {lines}; {}",
            one.invoice.number,
            one.invoice.client,
            money(one.amount, &one.currency),
            one.next()
        )?;
        writeln!(out, "{:11}{}", "", until(&one.deadline, alarm))?;
    }
    Ok(())
}

pub(super) fn every(
    whose: &Whose,
    json: bool,
    common: &Common,
    out: &mut impl Write,
) -> anyhow::Result<Ended> {
    let options = common.options()?;
    let mut all = common.at.at_desk(async |desk| {
        missed(desk, &options).await?;
        Ok(desk.all_appeals(&options.lists).await?)
    })?;
    all.retain(|a: &AppealShown| whose.fits(&a.invoice));
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
        return Ok(Ended::Clean);
    }
    if all.is_empty() {
        writeln!(out, "No appeal was ever proposed.")?;
    }
    for one in &all {
        let row = &one.appeal;
        let filed = row
            .filed_ms
            .map_or_else(String::new, |ms| format!(", filed {}", instant(ms)));
        let number = match row.number.as_str() {
            "" => String::new(),
            number => format!(" as {number}"),
        };
        writeln!(
            out,
            "{:<10} {:<16} {:<10} {:>14}  {}{number}{filed}, {} came back",
            row.id,
            one.invoice.number,
            one.invoice.client,
            money(row.claimed, &row.currency),
            row.status,
            row.recovered
        )?;
        for cut in &one.reductions {
            let item = cut.item.as_deref().unwrap_or("-");
            writeln!(
                out,
                "{:11}line {item}: {} cut, {} given back, {}",
                "", cut.cut, cut.recovered, cut.status
            )?;
        }
    }
    Ok(Ended::Clean)
}
