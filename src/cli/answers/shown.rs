//! Answers and reasons as text.

use crate::cli::paragraph::paragraph;
use crate::cli::tracker::instant;
use crate::model::Confidence;
use crate::workflow::answers::{Answer, Meant};
use std::io::Write;

/// One line each.
pub fn list(all: &[Answer], queue: bool, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if json {
        for answer in all {
            writeln!(out, "{}", serde_json::to_string(answer)?)?;
        }
        return Ok(());
    }
    if all.is_empty() {
        let text = if queue {
            "Nothing waits for a person."
        } else {
            "Nothing was heard yet."
        };
        writeln!(out, "{text}")?;
    }
    for answer in all {
        let row = &answer.row;
        let number = if row.number.is_empty() {
            "-"
        } else {
            &row.number
        };
        writeln!(
            out,
            "{}  {}  {number:<16} {:<15} {:<11}  {}",
            &row.id[..12],
            instant(row.received_ms),
            row.outcome,
            row.status,
            row.portal
        )?;
        if let Some(why) = answer.told.as_ref().and_then(|t| t.why.first())
            && queue
        {
            writeln!(out, "{}", paragraph(why, 4))?;
        }
    }
    Ok(())
}

/// Everything of one.
pub fn one(answer: &Answer, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(answer)?)?;
        return Ok(());
    }
    let row = &answer.row;
    writeln!(out, "Answer {}", row.id)?;
    let known = |text: &str| {
        if text.is_empty() {
            "?".to_owned()
        } else {
            text.to_owned()
        }
    };
    writeln!(out, "  status    {}", row.status)?;
    writeln!(
        out,
        "  invoice   {} (client {})",
        known(&row.number),
        known(&row.client)
    )?;
    writeln!(out, "  says      {}", row.outcome)?;
    writeln!(out, "  portal    {}", known(&row.portal))?;
    writeln!(
        out,
        "  came      {} ({})",
        instant(row.received_ms),
        row.source
    )?;
    if let Some(who) = &row.decided_by {
        writeln!(out, "  decided   by {who} on {}", instant(row.changed_ms))?;
    }
    let Some(told) = &answer.told else {
        writeln!(out, "  What it said was purged.")?;
        return Ok(());
    };
    writeln!(out, "  from      {}", told.place)?;
    for (name, amount) in [
        ("billed", told.original_total),
        ("approved", told.approved_total),
    ] {
        if let Some(amount) = amount {
            writeln!(out, "  {name:<9} {amount}")?;
        }
    }
    if let Some(reason) = &told.reason {
        writeln!(out, "  because   {reason}")?;
    }
    for why in &told.why {
        writeln!(out, "  waits:\n{}", paragraph(why, 4))?;
    }
    reasons(&answer.meant, 2, out)?;
    writeln!(out, "\nWord for word:")?;
    for line in told.text.lines() {
        writeln!(out, "  | {line}")?;
    }
    Ok(())
}

fn sure_as(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// Reasons with what they mean.
pub fn reasons(all: &[Meant], indent: usize, out: &mut impl Write) -> anyhow::Result<()> {
    let margin = " ".repeat(indent);
    for meant in all {
        let item = meant
            .item
            .as_ref()
            .map_or_else(|| "the invoice".to_owned(), |i| format!("line {i}"));
        let cut = meant
            .cut
            .map_or_else(String::new, |c| format!(", {} cut", c.abs()));
        writeln!(out, "{margin}{item}{cut}: \"{}\"", meant.words)?;
        let Some(slug) = &meant.slug else {
            writeln!(
                out,
                "{margin}  nobody knows what this means: cleanbill answers reason {} SLUG",
                meant.words_id
            )?;
            continue;
        };
        let sure = match (&meant.chosen_by, meant.confidence) {
            (Some(who), _) => format!("said by {who}"),
            (None, Some(confidence)) => format!("confidence {}", sure_as(confidence)),
            (None, None) => String::new(),
        };
        let appeal = if meant.appealable {
            "an appeal may help"
        } else {
            "no appeal"
        };
        writeln!(
            out,
            "{margin}  {slug} ({sure}); fixed by: {}; {appeal}; mostly: {}",
            meant.fixable_by, meant.typical_fix
        )?;
        let foreseen = match &meant.foreseen {
            None => "the check of what was sent is not kept".to_owned(),
            Some(rules) if rules.is_empty() && meant.rules.is_empty() => {
                "no rule of ours looks for this".to_owned()
            }
            Some(rules) if rules.is_empty() => {
                format!(
                    "not foreseen; it could have been by: {}",
                    meant.rules.join(", ")
                )
            }
            Some(rules) => format!("foreseen by {}", rules.join(", ")),
        };
        writeln!(out, "{margin}  {foreseen}")?;
    }
    Ok(())
}
