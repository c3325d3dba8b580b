//! Just enough of LEDES to answer an invoice: who, which, when, how much, and its lines. Written for the sandbox alone.

use chrono::NaiveDate;
use quick_xml::events::Event;
use rust_decimal::Decimal;
use std::collections::HashMap;

/// A charge.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Line {
    pub(super) number: String,
    /// F or E; adjustments of the whole begin with I.
    pub(super) kind: String,
    pub(super) date: String,
    pub(super) timekeeper: String,
    pub(super) timekeeper_name: String,
    pub(super) task: String,
    pub(super) activity: String,
    pub(super) expense: String,
    pub(super) units: String,
    pub(super) unit_cost: String,
    pub(super) total: Decimal,
    pub(super) description: String,
}

/// An invoice as the sandbox sees it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Read {
    /// As the LEDES API names it.
    pub(super) format: &'static str,
    pub(super) firm_id: String,
    pub(super) client_id: String,
    pub(super) number: String,
    pub(super) date: Option<NaiveDate>,
    pub(super) currency: String,
    pub(super) total: Decimal,
    /// Totals that rows state beside the first one.
    pub(super) other_totals: Vec<Decimal>,
    /// Amounts that are in the total and on no line, as in XML: taxes, discounts.
    pub(super) sums_known: bool,
    pub(super) matters: Vec<String>,
    pub(super) lines: Vec<Line>,
    /// Numbers of further invoices in the file.
    pub(super) more: Vec<String>,
}

impl Read {
    /// Whether lines and total agree, as far as this reader can tell.
    pub(super) fn adds_up(&self) -> bool {
        !self.sums_known || self.lines.iter().map(|l| l.total).sum::<Decimal>() == self.total
    }
}

/// Reads a file. The error is for people.
pub(super) fn read(bytes: &[u8]) -> Result<Read, String> {
    let text = decoded(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') {
        return xml(text);
    }
    if text.starts_with("LEDES") {
        return pipes(text);
    }
    Err("the first line is no LEDES mark and no XML".to_owned())
}

/// UTF-8, else every byte is a character, as in ANSI files.
fn decoded(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec())
        .unwrap_or_else(|_| bytes.iter().map(|b| char::from(*b)).collect())
}

fn amount(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    // Above this an amount is a mistake, and sums of such amounts have no place in a Decimal.
    let most = Decimal::from(1_000_000_000_000_i64);
    Decimal::from_str_exact(text)
        .ok()
        .filter(|a| a.abs() < most)
}

fn day(text: &str) -> Option<NaiveDate> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    NaiveDate::parse_from_str(&digits, "%Y%m%d").ok()
}

fn pipes(text: &str) -> Result<Read, String> {
    let mut rows = text
        .split("[]")
        .map(|row| row.trim_matches(['\r', '\n']))
        .filter(|row| !row.trim().is_empty());
    let mark = rows.next().unwrap_or_default().trim();
    let format = match mark {
        "LEDES1998B" => "LEDES98B",
        "LEDES98BI" | "LEDES1998BI" => "LEDES98BI",
        "LEDES98BI V2" | "LEDES1998BI V2" => "LEDES98BIV2",
        _ => return Err("the first line names no version this portal knows".to_owned()),
    };
    let header: Vec<String> = rows
        .next()
        .unwrap_or_default()
        .split('|')
        .map(|name| name.trim().to_uppercase())
        .collect();
    let at: HashMap<&str, usize> = header.iter().map(String::as_str).zip(0..).collect();
    let need = |name: &str| {
        at.get(name)
            .copied()
            .ok_or_else(|| format!("column {name} is missing"))
    };
    for name in ["INVOICE_NUMBER", "CLIENT_ID", "INVOICE_TOTAL"] {
        need(name)?;
    }
    let mut read = Read {
        format,
        sums_known: true,
        ..Read::default()
    };
    for (place, row) in rows.enumerate() {
        let fields: Vec<&str> = row.split('|').map(str::trim).collect();
        if fields.len() != header.len() {
            let (have, want) = (fields.len(), header.len());
            return Err(format!("row {} has {have} columns, not {want}", place + 3));
        }
        let get = |name: &str| {
            at.get(name)
                .and_then(|i| fields.get(*i))
                .copied()
                .unwrap_or("")
        };
        let number = get("INVOICE_NUMBER");
        if place == 0 {
            read.number = number.to_owned();
            read.client_id = get("CLIENT_ID").to_owned();
            read.firm_id = get("LAW_FIRM_ID").to_owned();
            read.date = day(get("INVOICE_DATE"));
            read.currency = get("INVOICE_CURRENCY").to_owned();
            read.total = amount(get("INVOICE_TOTAL"))
                .ok_or_else(|| "INVOICE_TOTAL is no amount".to_owned())?;
        } else if number != read.number {
            if !read.more.iter().any(|more| more == number) {
                read.more.push(number.to_owned());
            }
            continue;
        }
        let stated = amount(get("INVOICE_TOTAL")).unwrap_or_default();
        if stated != read.total {
            read.other_totals.push(stated);
        }
        let matter = get("CLIENT_MATTER_ID").to_owned();
        if !read.matters.contains(&matter) {
            read.matters.push(matter);
        }
        read.lines.push(Line {
            number: get("LINE_ITEM_NUMBER").to_owned(),
            kind: get("EXP/FEE/INV_ADJ_TYPE").to_owned(),
            date: get("LINE_ITEM_DATE").to_owned(),
            timekeeper: get("TIMEKEEPER_ID").to_owned(),
            timekeeper_name: get("TIMEKEEPER_NAME").to_owned(),
            task: get("LINE_ITEM_TASK_CODE").to_owned(),
            activity: get("LINE_ITEM_ACTIVITY_CODE").to_owned(),
            expense: get("LINE_ITEM_EXPENSE_CODE").to_owned(),
            units: get("LINE_ITEM_NUMBER_OF_UNITS").to_owned(),
            unit_cost: get("LINE_ITEM_UNIT_COST").to_owned(),
            total: amount(get("LINE_ITEM_TOTAL"))
                .ok_or_else(|| format!("row {}: LINE_ITEM_TOTAL is no amount", place + 3))?,
            description: get("LINE_ITEM_DESCRIPTION").to_owned(),
        });
    }
    if read.number.is_empty() {
        return Err("there is no invoice number".to_owned());
    }
    Ok(read)
}

/// LEDES 2000 and XML, and any other document that names its number, client and total in elements it knows
/// (an aggregator's own format).
fn xml(text: &str) -> Result<Read, String> {
    const DEEPEST: usize = 64;
    let mut reader = quick_xml::Reader::from_str(text);
    let mut read = Read::default();
    let mut path: Vec<String> = Vec::new();
    let mut line: Option<Line> = None;
    let mut value = String::new();
    loop {
        let event = reader.read_event().map_err(|e| format!("no XML: {e}"))?;
        match event {
            Event::Eof => break,
            Event::DocType(_) if path.is_empty() => {}
            Event::Start(start) => {
                let name = plain_name(start.local_name().as_ref());
                if path.is_empty() {
                    read.format = xml_format(&name);
                }
                if path.len() >= DEEPEST {
                    return Err("elements stand too deep in each other".to_owned());
                }
                if name == "fee" || name == "expense" {
                    line = Some(Line {
                        kind: if name == "fee" { "F" } else { "E" }.to_owned(),
                        ..Line::default()
                    });
                }
                path.push(name);
                value.clear();
            }
            Event::Text(text) => {
                value.push_str(&text);
            }
            Event::CData(text) => {
                value.push_str(&text);
            }
            Event::GeneralRef(entity) => match &*entity {
                "amp" => value.push('&'),
                "lt" => value.push('<'),
                "gt" => value.push('>'),
                "quot" => value.push('"'),
                "apos" => value.push('\''),
                _ => value.push('?'),
            },
            Event::End(_) => {
                let name = path.pop().unwrap_or_default();
                let text = std::mem::take(&mut value);
                if name == "fee" || name == "expense" {
                    read.lines.extend(line.take());
                } else if let Some(line) = &mut line {
                    of_a_line(line, &name, text.trim());
                } else {
                    of_the_invoice(&mut read, &name, text.trim());
                }
            }
            _ => {}
        }
    }
    if !path.is_empty() {
        return Err("the document ends in the middle".to_owned());
    }
    if read.number.is_empty() {
        return Err("there is no invoice number".to_owned());
    }
    Ok(read)
}

fn plain_name(name: &str) -> String {
    name.to_lowercase().replace(['_', '-'], "")
}

fn xml_format(root: &str) -> &'static str {
    match root {
        "ledesxml" => "LEDES2000",
        "ledesxmlebilling2.0" => "LEDESXML20",
        "ledesxmlebilling2.1" => "LEDESXML21",
        "ledesxmlebilling2.2" => "LEDESXML22",
        _ => "XML",
    }
}

fn of_a_line(line: &mut Line, name: &str, text: &str) {
    let field = match name {
        "fileitemnbr" => &mut line.number,
        "chargedate" => &mut line.date,
        "tkid" => &mut line.timekeeper,
        "taskcode" | "expensecode" if line.kind == "E" => &mut line.expense,
        "taskcode" => &mut line.task,
        "taskactivity" | "activitycode" => &mut line.activity,
        "units" => &mut line.units,
        "rate" => &mut line.unit_cost,
        "chargedesc" => &mut line.description,
        "totalamount" => {
            line.total = amount(text).unwrap_or_default();
            return;
        }
        _ => return,
    };
    text.clone_into(field);
}

fn of_the_invoice(read: &mut Read, name: &str, text: &str) {
    let first = |field: &mut String| {
        if field.is_empty() {
            text.clone_into(field);
        }
    };
    match name {
        "invid" | "invoiceid" | "invoicenumber" => {
            if read.number.is_empty() || read.number == text {
                text.clone_into(&mut read.number);
            } else {
                read.more.push(text.to_owned());
            }
        }
        "lfvendorid" | "lftaxid" | "lawfirmid" => first(&mut read.firm_id),
        "clid" | "clientid" => first(&mut read.client_id),
        "invcurrency" | "currency" => first(&mut read.currency),
        "invdate" | "invoicedate" => read.date = read.date.or(day(text)),
        "invtotalnetdue" | "invoicetotal" | "totalamount" if read.total.is_zero() => {
            read.total = amount(text).unwrap_or_default();
        }
        "clmatterid" | "clientmatterid" | "matterid" if !read.matters.iter().any(|m| m == text) => {
            read.matters.push(text.to_owned());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> Read {
        let path = format!("{}/fixtures/clean/{name}", env!("CARGO_MANIFEST_DIR"));
        read(&std::fs::read(path).expect("a fixture")).expect("readable")
    }

    #[test]
    fn clean_fixtures_are_read() {
        let read = fixture("1998bi-v2--vat.txt");
        assert_eq!(
            (read.number.as_str(), read.format),
            ("KR-2201", "LEDES98BIV2")
        );
        assert!(read.adds_up());
        let read = fixture("xml-2.1--no-tax.xml");
        assert_eq!(
            (read.number.as_str(), read.format),
            ("KR-3101", "LEDESXML21")
        );
        assert_eq!(read.firm_id, "GB000000000");
        assert_eq!(
            read.lines.first().map(|l| l.date.as_str()),
            Some("2026-04-08")
        );
        assert_eq!(fixture("2000--fees-and-expenses.xml").number, "HV-40001");
    }

    #[test]
    fn what_is_no_invoice_is_said() {
        assert!(read(b"hello").is_err());
        assert!(read(b"LEDES1998B[]\nA|B[]\n1|2[]\n").is_err());
        assert!(read(b"<ledesxml><a>").is_err());
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_comes_in_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400), cut in 0_usize..4_000, at in 0_usize..4_000) {
            let _ = read(&bytes);
            for name in ["1998b--fees-and-expenses.txt", "xml-2.1--no-tax.xml"] {
                let path = format!("{}/fixtures/clean/{name}", env!("CARGO_MANIFEST_DIR"));
                let mut file = std::fs::read(path).expect("a fixture");
                file.truncate(cut.max(1));
                let at = at % file.len();
                file.splice(at..at, bytes.iter().copied());
                if let Ok(read) = read(&file) {
                    read.adds_up();
                }
            }
        }
    }
}
