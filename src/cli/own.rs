//! What `list` and `show` print for a timekeeper: their own lines.

use super::paragraph::paragraph;
use crate::workflow::OwnInvoice;
use std::io::Write;

/// Invoices with a line of theirs that was returned.
pub fn list(own: &[OwnInvoice], json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if json {
        for invoice in own {
            writeln!(out, "{}", serde_json::to_string(invoice)?)?;
        }
        return Ok(());
    }
    if own.is_empty() {
        writeln!(out, "No line of yours was ever returned.")?;
        return Ok(());
    }
    writeln!(
        out,
        "{:<16} {:<12} {:<14} {:<16} {:<10} your open requests",
        "number", "client", "matter", "state", "your lines"
    )?;
    for invoice in own {
        let open: Vec<&str> = invoice
            .lines
            .iter()
            .flat_map(|l| l.requests.iter().map(String::as_str))
            .collect();
        writeln!(
            out,
            "{:<16} {:<12} {:<14} {:<16} {:<10} {}",
            invoice.number,
            invoice.client,
            invoice.matter,
            invoice.state,
            invoice.lines.len(),
            open.join(", ")
        )?;
    }
    Ok(())
}

/// Their lines of one invoice.
pub fn show(own: &OwnInvoice, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(
        out,
        "Invoice {} of client {}, matter {}: {}. Your lines:",
        own.number, own.client, own.matter, own.state
    )?;
    for line in &own.lines {
        let date = line.date.map_or_else(|| "?".to_owned(), |d| d.to_string());
        let units = line.units.map_or_else(String::new, |u| format!(", {u} h"));
        writeln!(out, "\n  line {}, {date}{units}", line.line_item)?;
        writeln!(out, "{}", paragraph(&line.narrative, 4))?;
        for finding in &line.findings {
            let text = format!("{}: {} [{}]", finding.level, finding.message, finding.rule);
            writeln!(out, "{}", paragraph(&text, 6))?;
        }
        for request in &line.requests {
            writeln!(out, "      returned to you: cleanbill rewrite {request}")?;
        }
    }
    Ok(())
}
