//! A folder that stands for SFTP by agreement. No portal publishes the layout of its answers; these are the neutral
//! `ack.csv` and `adjustments.csv` of the agreement.

use super::book::Held;
use super::outgoing::{Outgoing, write_whole};
use super::portal::{Delivery, Portal, Taken, sha256};
use super::review::State;
use super::settings::Drop;
use axum::Router;
use axum::http::StatusCode;
use rust_decimal::Decimal;
use std::io::{Error, Result};
use std::path::Path;

/// Nothing but `/sandbox` answers on the port of a file drop.
pub(super) fn router() -> Router {
    Router::new().fallback(|| async {
        (
            StatusCode::NOT_FOUND,
            "this portal takes files from its folder",
        )
    })
}

const ACK: [&str; 10] = [
    "portal",
    "received_at",
    "file_name",
    "file_sha256",
    "invoice_number",
    "client_matter_id",
    "result",
    "error_code",
    "error_text",
    "line_number",
];

const ADJUSTMENTS: [&str; 12] = [
    "portal",
    "invoice_number",
    "line_number",
    "line_date",
    "timekeeper_id",
    "original_amount",
    "approved_amount",
    "currency",
    "reason_code",
    "reason_text",
    "reviewer",
    "adjusted_at",
];

/// Whether a file is still being written.
fn unfinished(name: &str) -> bool {
    let ends = [".tmp", ".part", ".filepart"];
    name.starts_with('.') || ends.iter().any(|end| name.ends_with(end))
}

/// Takes every whole file, moves it to `taken`, and acknowledges it.
pub(super) fn take_all(portal: &Portal, folders: &Drop, outgoing: &mut Outgoing) -> Result<()> {
    std::fs::create_dir_all(&folders.incoming)?;
    let taken = folders.incoming.join("taken");
    std::fs::create_dir_all(&taken)?;
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folders.incoming)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_file() && !unfinished(&name) {
            names.push((name, entry.path()));
        }
    }
    names.sort();
    for (name, path) in names {
        let too_large = std::fs::metadata(&path)?.len() > portal.settings.body_limit as u64;
        let bytes = if too_large {
            Vec::new()
        } else {
            std::fs::read(&path)?
        };
        outgoing.written += 1;
        // The number keeps two files of the same name apart.
        std::fs::rename(&path, taken.join(format!("{:06}-{name}", outgoing.written)))?;
        take(portal, folders, &name, bytes, outgoing)?;
    }
    Ok(())
}

fn take(
    portal: &Portal,
    folders: &Drop,
    name: &str,
    bytes: Vec<u8>,
    outgoing: &Outgoing,
) -> Result<()> {
    let delivery = Delivery {
        account: "drop".to_owned(),
        file_name: name.to_owned(),
        invoice_type: "INVOICE".to_owned(),
        bytes,
        ..Delivery::default()
    };
    let at = portal.now().to_rfc3339();
    let hash = sha256(&delivery.bytes);
    let read = super::ledes::read(&delivery.bytes).ok();
    let number = read.as_ref().map_or("", |r| r.number.as_str());
    let matter = read.as_ref().and_then(|r| r.matters.first());
    let matter = matter.map_or("", String::as_str);
    let row = |result: &str, code: &str, text: &str, line: &str| {
        [
            &portal.settings.name,
            &at,
            name,
            &hash,
            number,
            matter,
            result,
            code,
            text,
            line,
        ]
        .map(str::to_owned)
    };
    let rows = match portal.take(&delivery) {
        Taken::Accepted(held) => {
            let story = &held.story;
            let ends = story.stages.last().map(|s| s.state);
            // What the portal's own first look finds is acknowledged at once; a client's verdict comes later.
            let at_once = !story.stages.iter().any(|s| s.state == State::InReview);
            let result = match ends {
                Some(State::Rejected | State::FileError) if at_once => "rejected",
                _ => "accepted",
            };
            let objections = story.objections.iter().filter(|_| result == "rejected");
            let rows: Vec<_> = objections
                .map(|o| {
                    row(
                        result,
                        o.reason.slug,
                        &o.text,
                        o.line.as_ref().map_or("", |l| l.number.as_str()),
                    )
                })
                .collect();
            if rows.is_empty() {
                vec![row(result, "", "", "")]
            } else {
                rows
            }
        }
        Taken::Duplicate(why, _) => vec![row("rejected", "duplicate_invoice_number", &why, "")],
        Taken::WrongFirm(why) => vec![row("rejected", "firm_id_mismatch", &why, "")],
        Taken::Refused(why) => vec![row("rejected", "", &why, "")],
    };
    let name = format!("ack-{:06}.csv", outgoing.written);
    write_rows(&folders.outgoing.join(name), &ACK, &rows)
}

/// Writes what was cut, when it was decided.
pub(super) fn adjustments(
    portal: &Portal,
    folders: &Drop,
    held: &Held,
    outgoing: &mut Outgoing,
) -> Result<()> {
    let (Ok(read), false) = (&held.read, held.story.cuts.is_empty()) else {
        return Ok(());
    };
    let decided = held
        .story
        .stages
        .iter()
        .find(|s| s.state == State::Approved);
    let at = decided.map(|s| s.at.to_rfc3339()).unwrap_or_default();
    let currency = if read.currency.is_empty() {
        "USD"
    } else {
        &read.currency
    };
    let rows: Vec<_> = held
        .story
        .cuts
        .iter()
        .map(|cut| {
            let line = cut.line.as_ref();
            let of = line.map_or(read.total, |l| l.total);
            let text =
                |get: fn(&super::ledes::Line) -> &String| line.map_or("", |l| get(l).as_str());
            let number = if cut.unmatched {
                ""
            } else {
                text(|l| &l.number)
            };
            let amount = |amount: Decimal| format!("{:.2}", amount.round_dp(2));
            [
                portal.settings.name.clone(),
                read.number.clone(),
                number.to_owned(),
                text(|l| &l.date).to_owned(),
                text(|l| &l.timekeeper).to_owned(),
                amount(of),
                amount(of - cut.amount),
                currency.to_owned(),
                cut.reason.slug.to_owned(),
                cut.reason.words.to_owned(),
                held.story.reviewer.to_owned(),
                at.clone(),
            ]
        })
        .collect();
    outgoing.written += 1;
    let name = format!("adjustments-{:06}.csv", outgoing.written);
    write_rows(&folders.outgoing.join(name), &ADJUSTMENTS, &rows)
}

fn write_rows<const N: usize>(path: &Path, head: &[&str; N], rows: &[[String; N]]) -> Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| Error::other(e.to_string()))?;
    write_whole(path, &bytes)
}
