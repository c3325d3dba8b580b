//! Answers a portal lays into a folder: `ack.csv` and `adjustments.csv`, our own neutral tables, since no portal
//! publishes a layout (reference portals.md section 11). What a portal writes otherwise is mapped before.

use crate::firm::Sheet;
use crate::model::{Outcome, StatusReport, did_you_mean};
use crate::portals::answers::{AnswerMapping, Laid, Listener, Row, Tab, plain};
use crate::portals::portal::Handle;
use chrono::{DateTime, FixedOffset};
use std::sync::Arc;

/// Columns every acknowledgement has.
const ACK: [&str; 3] = ["file_name", "invoice_number", "result"];
/// Columns every adjustment has.
const ADJUSTMENT: [&str; 3] = ["invoice_number", "original_amount", "approved_amount"];

/// Reads a file.
///
/// # Errors
/// It is no table, or lacks a column; in a sentence without a word of the file's rows.
pub fn read(name: &str, bytes: &[u8]) -> Result<Laid, String> {
    let sheet = Sheet::read(bytes).map_err(|why| format!("{name}: {why}"))?;
    let head = sheet.rows.first().map_or(&[][..], |row| &row.cells);
    let has = |column: &str| head.iter().any(|h| plain(h) == plain(column));
    let (layout, wanted) = match has("original_amount") {
        true => ("adjustments", ADJUSTMENT),
        false => ("ack", ACK),
    };
    if let Some(column) = wanted.into_iter().find(|column| !has(column)) {
        let near = did_you_mean(column, head.iter().map(String::as_str));
        return Err(format!("{name}: there is no column {column}; {near}"));
    }
    let mut mappings = AnswerMapping::shipped();
    mappings.retain(|m| m.name == layout);
    // What tells these tables from others: in this folder there are no others.
    mappings.iter_mut().for_each(|m| m.needs.clear());
    let tab = Tab {
        sheet,
        ..Tab::default()
    };
    Laid::of(name.to_owned(), tab, &mappings)
        .ok_or_else(|| format!("{name}: rules/answers has no layout {layout}"))
}

/// What is said of another file under the same number, as of one that was rejected before, is not about this one.
fn is_about(row: &Row<'_>, handle: &Handle) -> bool {
    let said = row.text("file_sha256");
    let another = said.zip(handle.file_sha256.as_deref());
    if another.is_some_and(|(theirs, ours)| !theirs.eq_ignore_ascii_case(ours)) {
        return false;
    }
    let is =
        |field: &str, value: &str| !value.is_empty() && row.text(field).as_deref() == Some(value);
    is("invoice_number", &handle.invoice_number)
        || row.text("invoice_number").is_none() && is("file_name", &handle.file_name)
}

/// Rows of one acknowledgement: the same file at the same time.
struct Ack<'a> {
    at: Option<DateTime<FixedOffset>>,
    rows: Vec<Row<'a>>,
}

fn is_rejection(row: &Row<'_>) -> bool {
    row.text("status")
        .is_some_and(|word| word.eq_ignore_ascii_case("rejected"))
}

impl Ack<'_> {
    fn rejected(&self) -> bool {
        self.rows.iter().any(is_rejection)
    }

    fn duplicate(&self) -> bool {
        let twice = |row: &Row<'_>| {
            row.text("error_code")
                .is_some_and(|c| c.to_lowercase().contains("duplicate"))
        };
        self.rejected() && self.rows.iter().any(twice)
    }
}

/// What the answers say of an invoice; `None`: nothing.
pub fn about(handle: &Handle, all: &[Arc<Laid>]) -> Option<StatusReport> {
    let own = all.iter().flat_map(|laid| laid.rows());
    let (said, cuts): (Vec<Row<'_>>, Vec<Row<'_>>) = own
        .filter(|row| is_about(row, handle))
        .partition(|row| row.laid.mapping.name == "ack");
    let mut acks: Vec<Ack<'_>> = Vec::new();
    for row in said {
        // What is no time is told when the rows are read.
        let at = row.instant("received_at", &mut Vec::new());
        match acks
            .iter_mut()
            .find(|a| a.at == at && a.rows[0].text("file_name") == row.text("file_name"))
        {
            Some(ack) => ack.rows.push(row),
            None => acks.push(Ack {
                at,
                rows: vec![row],
            }),
        }
    }
    acks.sort_by_key(|ack| ack.at);
    // A second copy that was refused says nothing against the first.
    let taken = acks.iter().rposition(|ack| !ack.rejected());
    let last = match taken {
        Some(taken) if acks[taken..].iter().skip(1).all(Ack::duplicate) => taken,
        _ => acks.len().checked_sub(1)?,
    };
    let refused_again = last + 1 < acks.len();
    let mut rows = acks.swap_remove(last).rows;
    // One refused row refuses the file.
    rows.sort_by_key(|row| !is_rejection(row));
    rows.extend(cuts);
    let mapping = &rows[0].laid.mapping;
    let mut report = Listener::default()
        .one(mapping, &rows, &mut Vec::new())
        .report;
    if report.outcome == Outcome::Reduced {
        report.word = "adjusted".to_owned();
    }
    if refused_again {
        let why = "another file of this number was refused as a duplicate";
        report.doubts.push(why.to_owned());
    }
    report.evidence.asked = "ack.csv and adjustments.csv".to_owned();
    Some(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "portal,received_at,file_name,file_sha256,invoice_number,client_matter_id,result,error_code,error_text,line_number\n";

    fn said(acks: &str, adjustments: &str) -> Option<StatusReport> {
        let acks = read("ack.csv", format!("{HEAD}{acks}").as_bytes()).expect("a table");
        let head = "portal,invoice_number,line_number,line_date,timekeeper_id,original_amount,approved_amount,currency,reason_code,reason_text,reviewer,adjusted_at\n";
        let cuts = format!("{head}{adjustments}");
        let cuts = read("adjustments.csv", cuts.as_bytes()).expect("a table");
        let handle = Handle {
            invoice_number: "A-1".to_owned(),
            file_name: "A-1.txt".to_owned(),
            ..Handle::default()
        };
        about(&handle, &[Arc::new(acks), Arc::new(cuts)])
    }

    #[test]
    fn the_last_word_counts_and_a_refused_copy_does_not() {
        assert_eq!(
            said("p,2026-04-01T00:00:00Z,A-2.txt,,A-2,M,accepted,,,\n", ""),
            None
        );
        let twice = "p,2026-04-01T00:00:00Z,A-1.txt,,A-1,M,accepted,,,\np,2026-04-02T00:00:00Z,A-1.txt,,A-1,M,rejected,duplicate_invoice_number,twice,\n";
        let report = said(twice, "").expect("an answer");
        assert_eq!(
            (report.outcome, report.doubts.len()),
            (Outcome::Acknowledged, 1)
        );
        let again = "p,2026-04-01T00:00:00Z,A-1.txt,,A-1,M,rejected,x,sum,3\np,2026-04-01T00:00:00Z,A-1.txt,,A-1,M,rejected,y,code,4\np,2026-04-02T00:00:00Z,A-1.txt,,A-1,M,accepted,,,\n";
        assert_eq!(
            said(again, "").expect("an answer").outcome,
            Outcome::Acknowledged
        );
        let unread = "p,2026-04-01T00:00:00Z,A-1.txt,,,,rejected,file_unreadable,no columns,\n";
        assert_eq!(said(unread, "").expect("an answer").errors.len(), 1);
    }

    #[test]
    fn an_old_rejection_is_not_the_answer_to_a_resubmission() {
        let old = "p,2026-04-01T00:00:00Z,A-1.txt,aa11,A-1,M,rejected,x,sum,3\n";
        let new = "p,2026-04-03T00:00:00Z,A-1.txt,BB22,A-1,M,accepted,,,\n";
        let of = |acks: &str, sha: Option<&str>| {
            let acks = read("ack.csv", format!("{HEAD}{acks}").as_bytes()).expect("a table");
            let handle = Handle {
                invoice_number: "A-1".to_owned(),
                file_name: "A-1.txt".to_owned(),
                file_sha256: sha.map(str::to_owned),
                ..Handle::default()
            };
            about(&handle, &[Arc::new(acks)]).map(|report| report.outcome)
        };
        assert_eq!(of(old, Some("bb22")), None);
        assert_eq!(of(old, Some("aa11")), Some(Outcome::Rejected));
        assert_eq!(of(old, None), Some(Outcome::Rejected));
        assert_eq!(
            of(&format!("{old}{new}"), Some("bb22")),
            Some(Outcome::Acknowledged)
        );
        // A portal that does not say which file it means is taken at its word.
        let silent = "p,2026-04-03T00:00:00Z,A-1.txt,,A-1,M,accepted,,,\n";
        assert_eq!(of(silent, Some("bb22")), Some(Outcome::Acknowledged));
    }

    #[test]
    fn cuts_by_line_and_as_a_whole() {
        let report = said(
            "p,2026-04-01T00:00:00Z,A-1.txt,,A-1,M,accepted,,,\n",
            "p,A-1,3,20260301,57,100.00,90.00,USD,BB,Block billing,J. Reviewer,2026-04-09T00:00:00Z\np,A-1,,,,500.00,450.00,USD,,Courtesy,,\n",
        )
        .expect("an answer");
        assert_eq!(report.outcome, Outcome::Reduced);
        let amounts: Vec<String> = report
            .reductions
            .iter()
            .map(|r| r.amount.to_string())
            .collect();
        assert_eq!(amounts, ["10.00", "50.00"]);
        assert!(report.reductions[0].line.is_some() && report.reductions[1].line.is_none());
        assert!(report.doubts.is_empty(), "{:?}", report.doubts);
    }

    #[test]
    fn a_table_of_another_shape_is_told() {
        let wrong = read("ack.csv", b"file,number,results\n").expect_err("no columns");
        assert!(wrong.contains("file_name"), "{wrong}");
    }
}
