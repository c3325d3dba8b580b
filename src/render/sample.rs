//! An invented run that every renderer is tested with: grouped places, text that is not ASCII, a very long line,
//! consequences, a clean invoice, a file that is no invoice, a file that could not be read.

use super::{Look, OutputFormat, renderer};
use crate::check::report::RuleUsed;
use crate::check::{
    Bill, BillLine, FileReport, InvoiceReport, ListUsed, NotChecked, PackUsed, Run, RunError, Sink,
    Summary, Verdict,
};
use crate::model::finding::Excerpt;
use crate::model::{
    Confidence, Consequence, Edit, Finding, Fix, LedesFormat, Level, Place, Safety, Scope,
};
use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn look() -> Look {
    Look {
        version: "0.0.0-sample".to_owned(),
        ..Look::default()
    }
}

/// The sample as a format writes it.
pub(super) fn rendered(format: OutputFormat, look: &Look) -> String {
    let out = Shared::default();
    let mut sink = renderer(format, Box::new(out.clone()), look);
    play(&mut *sink).expect("memory can be written");
    drop(sink);
    let bytes = out.0.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8(bytes.clone()).expect("reports are UTF-8")
}

/// Tells the sample to a sink.
fn play(sink: &mut dyn Sink) -> io::Result<()> {
    let error = RunError {
        path: "march/locked.txt".to_owned(),
        message: "permission denied; ask its owner for the right to read it".to_owned(),
    };
    for (mut file, invoices) in files() {
        let verdict = std::mem::take(&mut file.verdict);
        sink.file(&file)?;
        for invoice in invoices {
            sink.invoice(&file, invoice)?;
        }
        file.verdict = verdict;
        sink.file_done(&file)?;
    }
    sink.error(&error)?;
    sink.finish(&run(error))
}

fn files() -> Vec<(FileReport, Vec<InvoiceReport>)> {
    let file = |path: &str, verdict| FileReport {
        path: path.to_owned(),
        sha256: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned()),
        verdict,
        ..FileReport::default()
    };
    let read = |path: &str, encoding: &str| FileReport {
        ledes_format: Some(LedesFormat::L1998B),
        recognised: Some("its first line is LEDES1998B[]".to_owned()),
        encoding: Some(encoding.to_owned()),
        ..file(path, Verdict::Reject)
    };
    let letter = FileReport {
        recognised: Some("a PDF document".to_owned()),
        findings: vec![not_ledes()],
        ..file("march/letter.pdf", Verdict::Reject)
    };
    let harbour = FileReport {
        findings: vec![short_record()],
        ..read("march/harbour.txt", "utf-8")
    };
    vec![
        (harbour, vec![broken(), clean()]),
        (read("march/long run.txt", "ascii"), vec![many_lines()]),
        (letter, Vec::new()),
    ]
}

fn run(error: RunError) -> Run {
    let rule = |id: &str, level, title: &str| RuleUsed {
        id: id.to_owned(),
        pack: "ledes-1998b".to_owned(),
        title: title.to_owned(),
        level,
        why: "Portals look at this first.".to_owned(),
        help: "Correct it in the billing system and export again.".to_owned(),
        source: "LEDES 1998B".to_owned(),
    };
    Run {
        worst_file: Verdict::Reject,
        today: day(2026, 10, 6),
        packs: vec![PackUsed {
            pack: "ledes-1998b".to_owned(),
            version: "1".to_owned(),
            sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae".to_owned(),
        }],
        rules: vec![
            rule(
                "line-math-mismatch",
                Level::Reject,
                "a line total that is not its product",
            ),
            rule(
                "vague-narrative",
                Level::Review,
                "a narrative that says little",
            ),
            rule(
                "field-too-long",
                Level::Reduce,
                "a value longer than its field",
            ),
            rule("invalid-date", Level::Reject, "not a calendar date"),
            rule("field-count", Level::Reject, "too few or too many fields"),
            rule("not-ledes", Level::Reject, "another kind of file"),
            rule(
                "trailing-blank-lines",
                Level::Note,
                "blank lines at the end",
            ),
            rule(
                "duplicate-line-number",
                Level::Reject,
                "a line number used twice",
            ),
        ],
        lists: vec![
            list("clients", day(2026, 9, 30), None),
            list(
                "timekeepers",
                day(2026, 3, 2),
                Some("it is 218 days old, where 92 are allowed: what it says may no longer hold"),
            ),
        ],
        not_checked: vec![
            not_checked("rate-over-approved", "no approved rates loaded"),
            not_checked("timekeeper-unknown", "no list of timekeepers loaded"),
            not_checked("rate-before-start", "a value it needs could not be read"),
        ],
        errors: vec![error],
        summary: Summary {
            files: 3,
            invoices: 3,
            lines: 47,
            clean: 1,
            reject: 3,
            at_risk: BTreeMap::from([
                ("?".to_owned(), dec!(12000.00)),
                ("USD".to_owned(), dec!(1403.60)),
            ]),
            ..Summary::default()
        },
    }
}

fn list(list: &str, as_of: NaiveDate, warning: Option<&str>) -> ListUsed {
    ListUsed {
        list: list.to_owned(),
        as_of: Some(as_of),
        rows: 17,
        complete: warning.is_some(),
        warning: warning.map(str::to_owned),
    }
}

fn not_checked(rule: &str, because: &str) -> NotChecked {
    NotChecked {
        rule: rule.to_owned(),
        because: because.to_owned(),
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

fn finding(rule: &str, level: Level, message: &str) -> Finding {
    Finding {
        rule: rule.to_owned(),
        pack: "ledes-1998b".to_owned(),
        level,
        scope: Scope::Line,
        confidence: Confidence::High,
        message: message.to_owned(),
        why: "Portals compute every line again; one that does not agree sends the whole invoice back, and the \
              clock for payment starts anew."
            .to_owned(),
        help: "Correct the line in the billing system and export the invoice again.".to_owned(),
        source: "LEDES 1998B, LINE_ITEM_TOTAL".to_owned(),
        places: Vec::new(),
        places_total: None,
        expected: None,
        at_risk: None,
        consequences: Vec::new(),
        fix: None,
        fingerprint: format!("{rule}-5f2b"),
        repairs: Vec::new(),
    }
}

/// The place of `value` in `line`, of which `skipped` characters are not shown.
fn place(number: u32, line: &str, skipped: u32, item: &str, field: &str, value: &str) -> Place {
    let at = line.find(value).expect("the value stands in the line");
    let column = 1 + u32::try_from(line[..at].chars().count()).expect("a short line");
    let length = u32::try_from(value.chars().count()).expect("a short value");
    let shown: String = line.chars().skip(skipped as usize).collect();
    Place {
        line: number,
        column,
        end_column: column + length,
        item: Some(item.to_owned()).filter(|item| !item.is_empty()),
        field: Some(field.to_owned()),
        value: Some(value.chars().take(60).collect()),
        excerpt: Some(Excerpt {
            text: shown.into(),
            skipped,
        }),
    }
}

fn record(item: &str, date: &str, narrative: &str, total: &str) -> String {
    format!(
        "20240229|HV-10422|BWC01|2024-0117|1403.60|20240201|20240229|Advice on the Lindqvist lease|{item}|F|1.0\
         ||{total}|{date}|L120||A103|AQ1|{narrative}|27-1234567|380|Quillfeather, Ada|PT|NG-77[]"
    )
}

fn broken() -> InvoiceReport {
    let wrong_total = record(
        "2",
        "20240212",
        "Draft reply to Zoë Lindqvist’s letter",
        "390.00",
    );
    let long = format!(
        "Review of the file: {}",
        "minutes of the board, ".repeat(90)
    );
    let long_line = record("3", "20240213", &long, "380.00");
    let total = Finding {
        scope: Scope::Invoice,
        places: vec![place(4, &wrong_total, 0, "2", "LINE_ITEM_TOTAL", "390.00")],
        expected: Some("380.00".to_owned()),
        at_risk: Some(dec!(1403.60)),
        consequences: vec![
            Consequence {
                rule: "invoice-total-mismatch".to_owned(),
                message: "the lines add up to 1,413.60, the invoice says 1,403.60".to_owned(),
            },
            Consequence {
                rule: "tax-math-mismatch".to_owned(),
                message: "could not be judged".to_owned(),
            },
        ],
        fix: Some(Fix {
            safety: Safety::Unsafe,
            edits: vec![Edit {
                line: 4,
                field: "LINE_ITEM_TOTAL".to_owned(),
                value: "380.00".to_owned(),
            }],
        }),
        ..finding(
            "line-math-mismatch",
            Level::Reject,
            "line item 2: 1.0 x 380 makes 380.00, the file says 390.00",
        )
    };
    let too_long = Finding {
        places: vec![place(
            5,
            &long_line,
            100,
            "3",
            "LINE_ITEM_DESCRIPTION",
            &long,
        )],
        at_risk: Some(dec!(380.00)),
        why: "Some portals cut what is longer, others refuse the line.".to_owned(),
        help: "Shorten the narrative to 1,024 characters.".to_owned(),
        ..finding(
            "field-too-long",
            Level::Reduce,
            "line item 3: the narrative has 2,000 characters, the format has room for 1,024",
        )
    };
    let vague = Finding {
        confidence: Confidence::Low,
        places: vec![place(
            4,
            &wrong_total,
            0,
            "2",
            "LINE_ITEM_DESCRIPTION",
            "Draft reply to Zoë Lindqvist’s letter",
        )],
        why: "A reader at the client cannot tell what the letter is about.".to_owned(),
        help: "Name the subject of the letter.".to_owned(),
        ..finding(
            "vague-narrative",
            Level::Review,
            "line item 2: \"Draft reply to Zoë Lindqvist’s letter\" does not say what about",
        )
    };
    let again = Finding {
        places: vec![place(
            3,
            &record("1", "20240212", "Telephone call", "643.60"),
            0,
            "1",
            "LINE_ITEM_DESCRIPTION",
            "Telephone call",
        )],
        message: "line item 1: \"Telephone call\" does not say what about".to_owned(),
        ..vague.clone()
    };
    let note = Finding {
        scope: Scope::Invoice,
        why: "Harmless; some old readers count them as records.".to_owned(),
        help: "Export again without them.".to_owned(),
        ..finding(
            "trailing-blank-lines",
            Level::Note,
            "2 blank lines follow the last record",
        )
    };
    let mut lines = vec![
        line(3, "1", "2024-02-12", "Telephone call", "643.60"),
        line(
            4,
            "2",
            "2024-02-12",
            "Draft reply to Zoë Lindqvist’s letter",
            "390.00",
        ),
        line(5, "3", "2024-02-13", &long, "380.00"),
        BillLine {
            kind: "E".to_owned(),
            timekeeper: String::new(),
            codes: "E101".to_owned(),
            units: "4".to_owned(),
            unit_cost: "0.50".to_owned(),
            adjustment: "-2.00".to_owned(),
            ..line(
                6,
                "4",
                "2024-02-14",
                "Copies <b>of the lease</b> & annexes",
                "0.00",
            )
        },
    ];
    lines[0].units = "1.70".to_owned();
    lines[0].unit_cost = "378.588".to_owned();
    InvoiceReport {
        number: "HV-10422".to_owned(),
        verdict: Verdict::Reject,
        at_risk: dec!(1403.60),
        findings: vec![total, too_long, vague, again, note],
        total: Some(dec!(1403.60)),
        lines: 4,
        bill: Some(Box::new(bill(lines))),
        ..invoice("USD")
    }
}

fn clean() -> InvoiceReport {
    InvoiceReport {
        number: "HV-10423".to_owned(),
        total: Some(dec!(900)),
        lines: 3,
        bill: Some(Box::new(bill(vec![
            line(
                7,
                "1",
                "2024-02-20",
                "Attend hearing on the motion to dismiss",
                "380.00",
            ),
            line(
                8,
                "2",
                "2024-02-21",
                "Report to the client on the hearing",
                "380.00",
            ),
            BillLine {
                kind: "IF".to_owned(),
                codes: String::new(),
                units: String::new(),
                unit_cost: String::new(),
                adjustment: "140.00".to_owned(),
                ..line(9, "3", "2024-02-29", "Agreed adjustment", "140.00")
            },
        ]))),
        ..invoice("USD")
    }
}

fn many_lines() -> InvoiceReport {
    let lines = (0..40)
        .map(|at| {
            let number = at + 2;
            BillLine {
                date: "02/13/24".to_owned(),
                ..line(
                    number,
                    &(at + 1).to_string(),
                    "",
                    "Prepare exhibits for the hearing on 4 March, binder by binder",
                    "300.00",
                )
            }
        })
        .collect();
    InvoiceReport {
        number: "HV-10424".to_owned(),
        verdict: Verdict::Reject,
        at_risk: dec!(12000.00),
        findings: vec![grouped()],
        total: Some(dec!(12000.00)),
        lines: 40,
        bill: Some(Box::new(bill(lines))),
        ..invoice("?")
    }
}

/// A finding with forty places, of which the report holds 25.
pub(super) fn grouped() -> Finding {
    let places = (0..25)
        .map(|at| {
            let item = (at + 1).to_string();
            let line = record(&item, "02/13/24", "Prepare exhibits", "300.00");
            place(at + 2, &line, 0, &item, "LINE_ITEM_DATE", "02/13/24")
        })
        .collect();
    Finding {
        scope: Scope::Invoice,
        places,
        places_total: Some(40),
        expected: Some("20240213".to_owned()),
        at_risk: Some(dec!(12000.00)),
        why: "A date in another form cannot be read by any portal.".to_owned(),
        help: "Write dates as YYYYMMDD: set the export's date form to that of LEDES.".to_owned(),
        source: "LEDES 1998B, LINE_ITEM_DATE".to_owned(),
        ..finding(
            "invalid-date",
            Level::Reject,
            "LINE_ITEM_DATE is \"02/13/24\" in 40 lines; the format wants YYYYMMDD",
        )
    }
}

/// A finding of the file as a whole, on a line that is part of no bill.
fn short_record() -> Finding {
    let line = "20240229|HV-10422|BWC01|2024-0117|Überweisung an <Registry>[]";
    let all = line.trim_end_matches("[]");
    Finding {
        places: vec![place(10, line, 0, "", "record", all)],
        expected: Some("24 fields".to_owned()),
        help: "Export the invoice again; a record was cut off.".to_owned(),
        source: "LEDES 1998B, section 2".to_owned(),
        ..finding(
            "field-count",
            Level::Reject,
            "this record has 5 fields, the format wants 24",
        )
    }
}

fn not_ledes() -> Finding {
    Finding {
        scope: Scope::Invoice,
        why: "Portals take LEDES files only.".to_owned(),
        help: "Send the LEDES export of the billing system, not its printed form.".to_owned(),
        source: "LEDES 1998B, section 1".to_owned(),
        ..finding(
            "not-ledes",
            Level::Reject,
            "this is a PDF document, not a LEDES invoice",
        )
    }
}

fn invoice(currency: &str) -> InvoiceReport {
    InvoiceReport {
        client: Some("BWC01".to_owned()),
        matter: Some("2024-0117".to_owned()),
        date: Some(day(2024, 2, 29)),
        currency: currency.to_owned(),
        at_risk: Decimal::ZERO,
        ..InvoiceReport::default()
    }
}

fn bill(lines: Vec<BillLine>) -> Bill {
    Bill {
        firm: "27-1234567".to_owned(),
        client: "Bluewater & Crane Mutual".to_owned(),
        matters: vec!["2024-0117 Lindqvist lease".to_owned()],
        period: Some((day(2024, 2, 1), day(2024, 2, 29))),
        description: "Advice on the Lindqvist lease".to_owned(),
        lines,
    }
}

fn line(number: u32, item: &str, date: &str, narrative: &str, total: &str) -> BillLine {
    BillLine {
        file_line: number,
        file_line_end: number + 1,
        item: item.to_owned(),
        kind: "F".to_owned(),
        date: date.to_owned(),
        timekeeper: "Quillfeather, Ada (PT)".to_owned(),
        codes: "L120 A103".to_owned(),
        narrative: narrative.to_owned(),
        units: "1.0".to_owned(),
        unit_cost: "380".to_owned(),
        adjustment: String::new(),
        tax: String::new(),
        total: total.to_owned(),
    }
}
