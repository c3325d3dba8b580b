//! Litigation Advisor's text in three sections: header lines, fees, expenses (portals.md section 2).
//!
//! Little of the format is public, and insurers differ: which header line holds what, the delimiter, the columns and
//! the characters are the insurer's, and stand in a field map. What a map does not say is refused, not guessed.

use super::characters::plain_text;
use super::{Encoding, LineEnd, push_date, push_number};
use crate::formats::lexer::DateForm;
use crate::formats::parts::Content;
use crate::formats::pipe::slots::value_of;
use crate::model::{Field, Invoice, Line, LineKind, Matter};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Header lines the format has without an insurer's own (15 to 30).
const STANDARD_LINES: u32 = 14;
/// The highest header line known of.
const MOST_LINES: u32 = 30;
/// What public texts say of header lines (portals.md section 2).
const KNOWN: [(u32, &str); 6] = [
    (1, "Division Name"),
    (2, "Division Office"),
    (6, "Claim Number"),
    (9, "Claim Representative"),
    (13, "Invoice Sequence"),
    (14, "Matter ID"),
];
const SEQUENCE_LINE: u32 = 13;
const MATTER_LINE: u32 = 14;

/// One insurer's field map.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldMap {
    /// Whose it is.
    pub insurer: String,
    /// What stands between columns.
    pub delimiter: char,
    /// Characters of the file.
    pub encoding: Encoding,
    /// How lines end.
    pub line_end: LineEnd,
    /// `YYYYMMDD`, `YYYY-MM-DD` or `MM/DD/YYYY`.
    pub date: MapDate,
    /// What each header line holds, by number.
    pub header: BTreeMap<String, HeaderLine>,
    /// The section of fees.
    pub fees: Section,
    /// The section of expenses.
    pub expenses: Section,
}

/// How dates are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum MapDate {
    /// 20260331
    #[serde(rename = "YYYYMMDD")]
    Compact,
    /// 2026-03-31
    #[serde(rename = "YYYY-MM-DD")]
    Iso,
    /// 03/31/2026
    #[serde(rename = "MM/DD/YYYY")]
    American,
}

/// A header line: always the same text, a field of the invoice, or nothing.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub enum HeaderLine {
    /// This text on every bill.
    Text(String),
    /// A field, by its name in the glossary (`client_matter_id`).
    Field(String),
    /// INITIAL, INTERIM or FINAL.
    Sequence,
    /// Left empty.
    Blank,
}

/// A section of lines.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// A line before the section; none where it is empty.
    #[serde(default)]
    pub heading: String,
    /// Its columns, by their names in the glossary.
    pub columns: Vec<String>,
}

/// Which bill of its matter an invoice is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sequence {
    /// The first; the insurer has not given the matter its id yet.
    Initial,
    /// One of those between.
    Interim,
    /// The last.
    Final,
}

impl Sequence {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Initial => "INITIAL",
            Self::Interim => "INTERIM",
            Self::Final => "FINAL",
        }
    }

    /// The sequence with this word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Initial, Self::Interim, Self::Final]
            .into_iter()
            .find(|s| s.word().eq_ignore_ascii_case(word))
    }
}

/// A field map whose names were all found.
#[derive(Clone, Debug)]
pub struct AdvisorForm {
    map: FieldMap,
    header: Vec<Head>,
    fees: Vec<Field>,
    expenses: Vec<Field>,
}

#[derive(Clone, Debug)]
enum Head {
    Text(String),
    Field(Field),
    Sequence,
    Blank,
}

fn field(name: &str, place: &str) -> Result<Field, String> {
    let known = Field::ALL.iter().find(|f| {
        f.canonical() == name && !f.name_in(crate::model::LedesFormat::L1998BIV2).is_empty()
    });
    known.copied().ok_or_else(|| {
        format!("{place}: there is no field \"{name}\"; names are those of the glossary, as in client_matter_id")
    })
}

impl AdvisorForm {
    /// Reads an insurer's field map (TOML).
    ///
    /// # Errors
    /// What is wrong with it or missing from it, and whom to ask.
    pub fn parse(text: &str) -> Result<Self, String> {
        let map: FieldMap = toml::from_str(text).map_err(|e| {
            format!("{e}\n  the insurer's sample file shows what the field map needs: ask for one")
        })?;
        let mut lines: BTreeMap<u32, Head> = BTreeMap::new();
        for (number, line) in &map.header {
            let place = format!("[header] {number}");
            let at: u32 = number
                .parse()
                .ok()
                .filter(|n| (1..=MOST_LINES).contains(n))
                .ok_or_else(|| format!("{place}: header lines are 1 to {MOST_LINES}"))?;
            let head = match line {
                HeaderLine::Text(text) => Head::Text(text.clone()),
                HeaderLine::Field(name) => Head::Field(field(name, &place)?),
                HeaderLine::Sequence => Head::Sequence,
                HeaderLine::Blank => Head::Blank,
            };
            lines.insert(at, head);
        }
        let last = lines.keys().next_back().copied().unwrap_or(0);
        let lacking: Vec<String> = (1..=last.max(STANDARD_LINES))
            .filter(|n| !lines.contains_key(n))
            .map(|n| match KNOWN.iter().find(|(at, _)| *at == n) {
                Some((_, name)) => format!("{n} ({name})"),
                None => n.to_string(),
            })
            .collect();
        if !lacking.is_empty() {
            return Err(format!(
                "[header] does not say what stands on line {}; ask the insurer for a sample file and fill them in \
                 ({{ text = \"...\" }}, {{ field = \"...\" }}, \"sequence\" or \"blank\")",
                lacking.join(", ")
            ));
        }
        if !matches!(lines.get(&SEQUENCE_LINE), Some(Head::Sequence)) {
            return Err(format!(
                "[header] {SEQUENCE_LINE}: this line is the invoice sequence; write \"sequence\""
            ));
        }
        let columns = |section: &Section, name: &str| {
            let all = section.columns.iter();
            all.map(|c| field(c, &format!("[{name}] columns")))
                .collect::<Result<Vec<_>, _>>()
        };
        let form = Self {
            fees: columns(&map.fees, "fees")?,
            expenses: columns(&map.expenses, "expenses")?,
            header: lines.into_values().collect(),
            map,
        };
        for (name, columns, wanted) in [
            (
                "fees",
                &form.fees,
                &[
                    Field::TaskCode,
                    Field::ActivityCode,
                    Field::Units,
                    Field::LineTotal,
                ][..],
            ),
            (
                "expenses",
                &form.expenses,
                &[Field::ExpenseCode, Field::LineTotal][..],
            ),
        ] {
            if let Some(missing) = wanted.iter().find(|w| !columns.contains(w)) {
                return Err(format!(
                    "[{name}] columns lack {}, without which a bill is rejected",
                    missing.canonical()
                ));
            }
        }
        Ok(form)
    }

    /// The fields a bill in this form has, in the header or on a line of this kind.
    pub fn holds(&self, field: Field, kind: LineKind) -> bool {
        let columns = if kind == LineKind::Fee {
            &self.fees
        } else {
            &self.expenses
        };
        columns.contains(&field)
            || self
                .header
                .iter()
                .any(|h| matches!(h, Head::Field(f) if *f == field))
    }

    /// The bill. The invoice is in the shape of 1998BI V2.
    ///
    /// # Errors
    /// What the format or the insurer refuses, and what to do.
    pub fn bill(&self, invoice: &Invoice, sequence: Sequence) -> Result<Vec<u8>, String> {
        let nothing = Matter::default();
        let matter = invoice.matters.first().unwrap_or(&nothing);
        if invoice.matters.len() > 1 {
            return Err(
                "it has several matters, and the format has one a bill; split it first".to_owned(),
            );
        }
        let blank = Line::default();
        let mut out = String::new();
        let end = self.map.line_end.text();
        for (number, head) in (1..).zip(&self.header) {
            match head {
                Head::Text(text) => out.push_str(text),
                Head::Blank => {}
                Head::Sequence => out.push_str(sequence.word()),
                Head::Field(field) => {
                    let content = value_of(*field, invoice, matter, &blank);
                    let matter_line = number == MATTER_LINE;
                    if matter_line && sequence == Sequence::Initial {
                        // The client has not assigned it.
                    } else if content.is_blank() {
                        return Err(format!(
                            "header line {number} is {}, which the invoice does not have{}",
                            field.canonical(),
                            if matter_line {
                                "; without a matter id only the INITIAL bill goes"
                            } else {
                                ""
                            }
                        ));
                    } else {
                        self.value(&mut out, invoice, content)?;
                    }
                }
            }
            out.push_str(end);
        }
        self.section(&mut out, invoice, matter, LineKind::Fee)?;
        self.section(&mut out, invoice, matter, LineKind::Expense)?;
        let adjustment = invoice
            .lines
            .iter()
            .find(|l| l.kind.get().is_some_and(LineKind::is_adjustment));
        if let Some(line) = adjustment {
            return Err(format!(
                "line {} adjusts the invoice, and the format has fees and expenses only; put the adjustment on the \
                 lines it belongs to",
                invoice.get(line.item)
            ));
        }
        self.map.encoding.encode(&out).map(|b| b.into_owned())
    }

    fn section(
        &self,
        out: &mut String,
        invoice: &Invoice,
        matter: &Matter,
        kind: LineKind,
    ) -> Result<(), String> {
        let (section, columns) = if kind == LineKind::Fee {
            (&self.map.fees, &self.fees)
        } else {
            (&self.map.expenses, &self.expenses)
        };
        let end = self.map.line_end.text();
        if !section.heading.is_empty() {
            let _ = write!(out, "{}{end}", section.heading);
        }
        for line in invoice.lines.iter().filter(|l| l.kind.get() == Some(kind)) {
            accepted(invoice, line, kind)?;
            for (index, field) in columns.iter().enumerate() {
                if index > 0 {
                    out.push(self.map.delimiter);
                }
                // On expenses the task stays empty.
                if kind == LineKind::Expense && *field == Field::TaskCode {
                    continue;
                }
                self.value(out, invoice, value_of(*field, invoice, matter, line))?;
            }
            out.push_str(end);
        }
        Ok(())
    }

    fn value(&self, out: &mut String, invoice: &Invoice, content: Content) -> Result<(), String> {
        match content {
            Content::Text(cell) => {
                let found = invoice.get(cell);
                let text = plain_text(&found);
                if text.contains(self.map.delimiter) {
                    return Err(format!(
                        "\"{}\" holds \"{}\", which stands between columns; write it otherwise",
                        text.chars().take(60).collect::<String>(),
                        self.map.delimiter
                    ));
                }
                out.push_str(&text);
            }
            Content::Date(value) => {
                if let Some(date) = value.get() {
                    match self.map.date {
                        MapDate::Compact => push_date(out, date, DateForm::Compact),
                        MapDate::Iso => push_date(out, date, DateForm::Iso),
                        MapDate::American => out.push_str(&date.format("%m/%d/%Y").to_string()),
                    }
                }
            }
            Content::Number(value) => {
                if let Some(number) = value.get() {
                    push_number(out, number, 2);
                }
            }
        }
        Ok(())
    }

    /// The sections of a file in this form: header lines, fees, expenses, cut into columns. For proof that a bill
    /// says what its invoice does.
    ///
    /// # Errors
    /// Where the file is not of this form.
    pub fn read(&self, bytes: &[u8]) -> Result<Sections, String> {
        let (text, _) = match self.map.encoding {
            Encoding::Windows1252 => (encoding_rs::WINDOWS_1252.decode(bytes).0, false),
            _ => crate::formats::encoding::decode(bytes),
        };
        let mut lines = text.split(self.map.line_end.text());
        let header: Vec<String> = lines
            .by_ref()
            .take(self.header.len())
            .map(str::to_owned)
            .collect();
        let cut = |l: &str| l.split(self.map.delimiter).map(str::to_owned).collect();
        let rest: Vec<&str> = lines.filter(|l| !l.is_empty()).collect();
        let heading = &self.map.expenses.heading;
        let border = if heading.is_empty() {
            // Sections without headings are told apart by their columns.
            rest.iter()
                .position(|l| l.split(self.map.delimiter).count() != self.fees.len())
        } else {
            rest.iter().position(|l| l == heading)
        };
        let border = border.unwrap_or(rest.len());
        let of = |lines: &[&str], heading: &str| -> Vec<Vec<String>> {
            let own = lines
                .iter()
                .filter(|l| heading.is_empty() || **l != heading);
            own.map(|l| cut(l)).collect()
        };
        let sections = Sections {
            header,
            fees: of(&rest[..border], &self.map.fees.heading),
            expenses: of(&rest[border..], heading),
        };
        for (rows, columns, name) in [
            (&sections.fees, &self.fees, "fees"),
            (&sections.expenses, &self.expenses, "expenses"),
        ] {
            if let Some(row) = rows.iter().position(|r| r.len() != columns.len()) {
                return Err(format!(
                    "row {} of the {name} has {} columns, and the field map {}",
                    row + 1,
                    rows[row].len(),
                    columns.len()
                ));
            }
        }
        Ok(sections)
    }
}

/// A file of this form, cut up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sections {
    /// Header lines.
    pub header: Vec<String>,
    /// Rows of fees.
    pub fees: Vec<Vec<String>>,
    /// Rows of expenses.
    pub expenses: Vec<Vec<String>>,
}

/// What a bill is rejected for (portals.md section 2).
fn accepted(invoice: &Invoice, line: &Line, kind: LineKind) -> Result<(), String> {
    let item = invoice.get(line.item);
    let lacks = |what: &str| {
        Err(format!(
            "line {item} has no {what}, and is rejected without one"
        ))
    };
    if kind == LineKind::Expense {
        if line.expense_code.is_blank() {
            return lacks("expense code");
        }
    } else {
        if line.task_code.is_blank() {
            return lacks("task code");
        }
        if line.activity_code.is_blank() {
            return lacks("activity code");
        }
        if let Some(hours) = line
            .units
            .get()
            .map(|u| u.normalize())
            .filter(|u| u.scale() > 1)
        {
            return Err(format!(
                "line {item} bills {hours} hours, and hours go to the nearest tenth; bill tenths, nothing is rounded \
                 here"
            ));
        }
    }
    if let Some(total) = line
        .total
        .get()
        .filter(|t| t.is_sign_negative() && !t.is_zero())
    {
        return Err(format!(
            "line {item} comes to {total}, and the format is not known to hold a negative line; take the credit off \
             the lines it belongs to"
        ));
    }
    Ok(())
}
