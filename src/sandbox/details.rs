//! Collaborati's export of invoice details. That there is a CSV is public, its columns are not: these follow what its
//! help pages say can be seen.

use super::portal::Portal;
use super::review::State;
use super::settings::Like;
use super::words;
use rust_decimal::Decimal;
use std::io::{Error, Result};

const COLUMNS: [&str; 9] = [
    "Invoice Number",
    "Invoice Status",
    "Status Date",
    "Line Number",
    "Submitted Amount",
    "Approved Amount",
    "Adjustment Amount",
    "Comment",
    "Description",
];

/// Every invoice: one row, and one more for each line that was cut or refused.
pub(super) fn csv(portal: &Portal) -> Result<Vec<u8>> {
    let now = portal.now();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    let amount = |amount: Decimal| format!("{:.2}", amount.round_dp(2));
    portal.each(|held| {
        let story = &held.story;
        let stage = story.at(now);
        let key = words::key(stage.state, !story.cuts.is_empty());
        let word = words::usual(Like::Collaborati, key);
        let date = stage.at.format("%m/%d/%Y").to_string();
        let total = held.read.as_ref().ok().map(|r| amount(r.total));
        let decided = story.decided(now);
        let approved = story.approved_total.filter(|_| decided).map(amount);
        let note = story
            .note
            .clone()
            .filter(|_| decided || stage.state == State::Question);
        writer.write_record([
            held.number(),
            word,
            &date,
            "",
            &total.unwrap_or_default(),
            &approved.unwrap_or_default(),
            "",
            &note.unwrap_or_default(),
            "",
        ])?;
        if !decided {
            return Ok(());
        }
        for cut in &story.cuts {
            let line = cut.line.as_ref();
            let of = line.map_or(Decimal::ZERO, |l| l.total);
            writer.write_record([
                held.number(),
                word,
                &date,
                line.map_or("", |l| l.number.as_str()),
                &amount(of),
                &amount(of - cut.amount),
                &amount(-cut.amount),
                cut.reason.words,
                line.map_or("", |l| l.description.as_str()),
            ])?;
        }
        for objection in &story.objections {
            let line = objection.line.as_ref();
            writer.write_record([
                held.number(),
                word,
                &date,
                line.map_or("", |l| l.number.as_str()),
                "",
                "",
                "",
                &objection.text,
                line.map_or("", |l| l.description.as_str()),
            ])?;
        }
        Ok(())
    })?;
    writer.into_inner().map_err(|e| Error::other(e.to_string()))
}
