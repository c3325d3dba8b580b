//! Answers a portal lays into a folder: `ack.csv` and `adjustments.csv`, our own neutral tables, since no portal
//! publishes a layout (reference portals.md section 11). What a portal writes otherwise is mapped before.

use crate::model::{
    Evidence, Outcome, PortalRemark, ReducedLine, Reduction, StatusReport, did_you_mean,
};
use crate::portals::portal::Handle;
use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Columns every acknowledgement has.
const ACK: [&str; 3] = ["file_name", "invoice_number", "result"];
/// Columns every adjustment has.
const ADJUSTMENT: [&str; 3] = ["invoice_number", "original_amount", "approved_amount"];

/// One row of a file, by the names of its columns.
#[derive(Clone, Debug)]
pub struct Row {
    cells: BTreeMap<String, String>,
    line: String,
}

impl Row {
    fn text(&self, name: &str) -> Option<String> {
        self.cells.get(name).filter(|c| !c.is_empty()).cloned()
    }

    fn at(&self, name: &str, doubts: &mut Vec<String>) -> Option<DateTime<FixedOffset>> {
        let text = self.text(name)?;
        let read = DateTime::parse_from_rfc3339(&text).ok();
        if read.is_none() {
            doubts.push(format!("{name}: \"{text}\" is no time"));
        }
        read
    }

    fn amount(&self, name: &str, doubts: &mut Vec<String>) -> Option<Decimal> {
        let text = self.text(name)?;
        let read = Decimal::from_str_exact(&text).ok();
        if read.is_none() {
            doubts.push(format!("{name}: \"{text}\" is no amount"));
        }
        read
    }

    /// What is said of another file under the same number, as of one that was rejected before, is not about this one.
    fn of(&self, handle: &Handle) -> bool {
        let said = self.text("file_sha256");
        let another = said.zip(handle.file_sha256.as_deref());
        if another.is_some_and(|(theirs, ours)| !theirs.eq_ignore_ascii_case(ours)) {
            return false;
        }
        let is = |name: &str, value: &str| {
            !value.is_empty() && self.text(name).as_deref() == Some(value)
        };
        is("invoice_number", &handle.invoice_number)
            || self.text("invoice_number").is_none() && is("file_name", &handle.file_name)
    }

    fn is_ack(&self) -> bool {
        self.cells.contains_key("result")
    }
}

/// Reads a file.
///
/// # Errors
/// It is no table, or lacks a column; in a sentence without a word of the file's rows.
pub fn read(name: &str, bytes: &[u8]) -> Result<Vec<Row>, String> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let head = reader
        .headers()
        .map_err(|e| format!("{name}: {e}"))?
        .clone();
    let head: Vec<String> = head.iter().map(|h| h.trim().to_lowercase()).collect();
    let wanted = if head.iter().any(|h| h == "original_amount") {
        ADJUSTMENT
    } else {
        ACK
    };
    for column in wanted {
        if !head.iter().any(|h| h == column) {
            let near = did_you_mean(column, head.iter().map(String::as_str));
            return Err(format!("{name}: there is no column {column}; {near}"));
        }
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| format!("{name}: {e}"))?;
        let cells = head
            .iter()
            .cloned()
            .zip(record.iter().map(|c| c.trim().to_owned()));
        rows.push(Row {
            cells: cells.collect(),
            line: record.iter().collect::<Vec<_>>().join(","),
        });
    }
    Ok(rows)
}

/// Rows of one acknowledgement: the same file at the same time.
struct Ack<'a> {
    at: Option<DateTime<FixedOffset>>,
    rows: Vec<&'a Row>,
}

impl Ack<'_> {
    fn rejected(&self) -> bool {
        let no = |row: &&Row| {
            row.text("result")
                .is_some_and(|r| r.eq_ignore_ascii_case("rejected"))
        };
        self.rows.iter().any(no)
    }

    fn duplicate(&self) -> bool {
        let twice = |row: &&Row| {
            row.text("error_code")
                .is_some_and(|c| c.to_lowercase().contains("duplicate"))
        };
        self.rejected() && self.rows.iter().any(twice)
    }
}

/// What the answers say of an invoice; `None`: nothing.
pub fn about(handle: &Handle, all: &[Row]) -> Option<StatusReport> {
    let mut doubts = Vec::new();
    let own: Vec<&Row> = all.iter().filter(|row| row.of(handle)).collect();
    let mut acks: Vec<Ack<'_>> = Vec::new();
    for row in own.iter().filter(|row| row.is_ack()) {
        let at = row.at("received_at", &mut doubts);
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
    if last + 1 < acks.len() {
        doubts.push("another file of this number was refused as a duplicate".to_owned());
    }
    let ack = &acks[last];
    let cuts: Vec<&&Row> = own.iter().filter(|row| !row.is_ack()).collect();
    let reductions: Vec<Reduction> = cuts
        .iter()
        .filter_map(|row| cut(row, &mut doubts))
        .collect();
    let word = ack.rows[0].text("result").unwrap_or_default();
    let outcome = match word.to_lowercase().as_str() {
        _ if ack.rejected() => Outcome::Rejected,
        "accepted" | "accepted_with_errors" if reductions.is_empty() => Outcome::Acknowledged,
        "accepted" | "accepted_with_errors" => Outcome::Reduced,
        _ => {
            doubts.push(format!(
                "result: \"{word}\" is none of accepted, accepted_with_errors, rejected"
            ));
            Outcome::Unknown
        }
    };
    let errors = ack.rows.iter().filter_map(|row| {
        let (code, text) = (row.text("error_code"), row.text("error_text"));
        (code.is_some() || text.is_some()).then(|| PortalRemark {
            kind: None,
            code,
            text: text.unwrap_or_default(),
            item: row.text("line_number"),
        })
    });
    let lines = ack.rows.iter().copied().chain(cuts.iter().map(|row| **row));
    let lines: Vec<&str> = lines.map(|row| row.line.as_str()).collect();
    let decided = reductions.iter().filter_map(|r| r.at).max();
    Some(StatusReport {
        portal_id: None,
        invoice_number: ack.rows[0].text("invoice_number"),
        outcome,
        word: if reductions.is_empty() {
            word
        } else {
            "adjusted".to_owned()
        },
        at: decided.or(ack.at),
        note: None,
        original_total: None,
        approved_total: None,
        errors: errors.collect(),
        reductions,
        payments: Vec::new(),
        doubts,
        evidence: Evidence {
            asked: "ack.csv and adjustments.csv".to_owned(),
            status: None,
            body: lines.join("\n").into_bytes(),
        },
    })
}

fn cut(row: &Row, doubts: &mut Vec<String>) -> Option<Reduction> {
    let billed = row.amount("original_amount", doubts)?;
    let amount = billed - row.amount("approved_amount", doubts)?;
    let day = row.text("line_date");
    let day = day.and_then(|d| {
        let read = NaiveDate::parse_from_str(&d, "%Y-%m-%d");
        read.or_else(|_| NaiveDate::parse_from_str(&d, "%Y%m%d"))
            .ok()
    });
    let line = ReducedLine {
        item: row.text("line_number"),
        date: day,
        timekeeper_id: row.text("timekeeper_id"),
        total: Some(billed),
    };
    let whole = line.item.is_none() && line.date.is_none() && line.timekeeper_id.is_none();
    let reason = [row.text("reason_code"), row.text("reason_text")];
    Some(Reduction {
        amount,
        currency: row.text("currency"),
        reason: reason.into_iter().flatten().collect::<Vec<_>>().join(": "),
        line: (!whole).then_some(line),
        reviewer: row.text("reviewer"),
        at: row.at("adjusted_at", doubts),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "portal,received_at,file_name,file_sha256,invoice_number,client_matter_id,result,error_code,error_text,line_number\n";

    fn said(acks: &str, adjustments: &str) -> Option<StatusReport> {
        let mut rows = read("ack.csv", format!("{HEAD}{acks}").as_bytes()).expect("a table");
        let head = "portal,invoice_number,line_number,line_date,timekeeper_id,original_amount,approved_amount,currency,reason_code,reason_text,reviewer,adjusted_at\n";
        rows.extend(
            read("adjustments.csv", format!("{head}{adjustments}").as_bytes()).expect("a table"),
        );
        let handle = Handle {
            invoice_number: "A-1".to_owned(),
            file_name: "A-1.txt".to_owned(),
            ..Handle::default()
        };
        about(&handle, &rows)
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
            let rows = read("ack.csv", format!("{HEAD}{acks}").as_bytes()).expect("a table");
            let handle = Handle {
                invoice_number: "A-1".to_owned(),
                file_name: "A-1.txt".to_owned(),
                file_sha256: sha.map(str::to_owned),
                ..Handle::default()
            };
            about(&handle, &rows).map(|report| report.outcome)
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
