//! Prints the proof for one invoice.

use super::Outcome;
use crate::workflow::submission::{Proof, ProofAttempt, StillKept};
use std::io::Write;

/// Prints it, as JSON where a program asks.
pub fn print(proof: &Proof, json: bool, out: &mut impl Write) -> anyhow::Result<Outcome> {
    if json {
        writeln!(out, "{}", serde_json::to_string(proof)?)?;
    } else {
        text(proof, out)?;
    }
    Ok(match proof.broken.is_empty() {
        true => Outcome::Clean,
        false => Outcome::Findings,
    })
}

fn text(proof: &Proof, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(
        out,
        "Proof for invoice {} of client {} ({})",
        proof.number, proof.client, proof.invoice
    )?;
    writeln!(out, "  state     {}", proof.state)?;
    writeln!(
        out,
        "  chain     {} events, each bound to the one before it; the last is {}",
        proof.events, proof.head
    )?;
    if proof.attempts.is_empty() {
        writeln!(out, "\nIt was never sent.")?;
    }
    for attempt in &proof.attempts {
        one(attempt, out)?;
    }
    if let Some(hash) = &proof.heard_since {
        writeln!(out, "\nThe last answer changed nothing: {hash}")?;
    }
    writeln!(out)?;
    if proof.broken.is_empty() {
        return writeln!(
            out,
            "Nothing was altered: every event, file and answer was computed again."
        );
    }
    for what in &proof.broken {
        writeln!(out, "BROKEN: {what}")?;
    }
    Ok(())
}

fn one(attempt: &ProofAttempt, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(
        out,
        "\nAttempt {}, version {}, through {}",
        attempt.attempt, attempt.version, attempt.account
    )?;
    let by = attempt.cleared_by.as_deref().unwrap_or("?");
    writeln!(out, "  cleared   {} (by {by})", attempt.cleared)?;
    writeln!(out, "  began     {} by {}", attempt.began, attempt.by)?;
    match &attempt.sent {
        None => writeln!(out, "  left      nothing is written of what left")?,
        Some(sent) => {
            let what = match *sent == attempt.cleared {
                true => "the cleared file, byte for byte",
                false => "its part of the cleared file",
            };
            let kept = attempt.kept.map_or("", words);
            writeln!(out, "  left      {sent} ({what}; {kept})")?;
        }
    }
    for answer in &attempt.answers {
        let word = answer.word.as_ref();
        let word = word.map_or_else(String::new, |w| format!(", \"{w}\""));
        let id = answer.portal_id.as_ref();
        let id = id.map_or_else(String::new, |id| format!(", portal id {id}"));
        writeln!(
            out,
            "  {}  {} by {}{word}{id}",
            answer.at, answer.step, answer.by
        )?;
        if let Some(hash) = &answer.sha256 {
            let kept = answer.kept.map_or("", words);
            writeln!(out, "            {hash} ({kept})")?;
        }
    }
    Ok(())
}

fn words(kept: StillKept) -> &'static str {
    match kept {
        StillKept::Kept => "kept, and its hash is this",
        StillKept::Purged => "purged, its time was over",
        StillKept::Missing => "GONE OR ALTERED",
    }
}
