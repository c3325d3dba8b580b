//! What `show` prints of an invoice's review: requests, write-downs, the package, comments.

use super::attach::attachments;
use super::paragraph::paragraph;
use super::tracker::{instant, money};
use crate::workflow::{Answer, Asked, Item, Story};
use std::io::{self, Write};

/// Prints what there is of it.
pub fn print(story: &Story, out: &mut impl Write) -> io::Result<()> {
    let review = &story.review;
    if !review.requests.is_empty() {
        writeln!(out, "\nReturned lines")?;
    }
    for item in &review.requests {
        head(item, "returned", out)?;
        let asked: Option<Asked> = story.read(&item.about);
        if let Some(asked) = asked {
            writeln!(
                out,
                "{}",
                paragraph(&format!("\"{}\"", asked.narrative), 12)
            )?;
            if !asked.note.is_empty() {
                writeln!(out, "{}", paragraph(&format!("note: {}", asked.note), 12))?;
            }
        }
        if let Some(end) = &item.end {
            writeln!(
                out,
                "            {} by {} on {}",
                item.state.name(),
                end.by,
                instant(end.at_ms)
            )?;
            let answer: Option<Answer> = end.said.as_ref().and_then(|s| story.read(s));
            match answer {
                Some(Answer::Text(text)) => writeln!(out, "{}", paragraph(&text, 14))?,
                Some(Answer::Parts(parts)) => {
                    for (hours, text) in parts {
                        writeln!(out, "{}", paragraph(&format!("{hours} h  {text}"), 14))?;
                    }
                }
                None => {}
            }
        }
    }
    if !review.write_downs.is_empty() {
        writeln!(out, "\nWrite-downs")?;
    }
    for item in &review.write_downs {
        let amount = item.amount.unwrap_or_default();
        let what = format!("{} lower, proposed", money(amount, &story.row.currency));
        head(item, &what, out)?;
        writeln!(out, "{}", paragraph(&story.text(&item.about), 12))?;
        if let Some(end) = &item.end {
            let why = end
                .said
                .as_ref()
                .map_or_else(String::new, |s| story.text(s));
            let text = format!(
                "{} by {} on {}: {why}",
                item.state.name(),
                end.by,
                instant(end.at_ms)
            );
            writeln!(out, "{}", paragraph(&text, 12))?;
        }
    }
    if !review.changes.is_empty() {
        writeln!(
            out,
            "\nThe file was changed here, which the billing system does not know: cleanbill changes {}",
            story.row.number
        )?;
    }
    if !review.attachments.is_empty() {
        writeln!(out, "\nAttached")?;
        attachments(story, out)?;
    }
    if !review.comments.is_empty() {
        writeln!(out, "\nComments for the client")?;
    }
    for c in &review.comments {
        let text = format!("line {}: {} ({})", c.line_item, story.text(&c.about), c.by);
        writeln!(out, "{}", paragraph(&text, 2))?;
    }
    Ok(())
}

fn head(item: &Item, what: &str, out: &mut impl Write) -> io::Result<()> {
    let code = match item.code.as_str() {
        "" => String::new(),
        code => format!(" ({code})"),
    };
    let open = if item.end.is_none() { "; OPEN" } else { "" };
    let who = match item.timekeeper.as_str() {
        "" => String::new(),
        id => format!(", timekeeper {id}"),
    };
    writeln!(
        out,
        "  {}  line {}{who}: {what} by {} on {}{code}{open}",
        item.id,
        item.line_item,
        item.by,
        instant(item.at_ms)
    )
}
