//! A sheet whose columns are known, and what a row of it says: one answer each of an amount, a day, a cut, a payment.

use super::Mistake;
use super::mapping::AnswerMapping;
use super::workbook::Tab;
use crate::firm::SheetRow;
use crate::firm::figures::{amount, date};
use crate::model::{Evidence, Payment, PortalRemark, ReducedLine, Reduction};
use chrono::{DateTime, FixedOffset, NaiveDateTime, NaiveTime, TimeZone, Utc};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Rows in which the names of the columns are looked for: reports have titles above them.
const LOOKED_AT: usize = 30;

/// A sheet whose columns are known.
#[derive(Clone, Debug)]
pub(in crate::portals) struct Laid {
    /// File, and sheet where the file has several.
    pub place: String,
    /// What its columns say.
    pub mapping: AnswerMapping,
    tab: Tab,
    columns: BTreeMap<String, usize>,
    head: usize,
}

/// A row with its place.
#[derive(Clone, Copy, Debug)]
pub(in crate::portals) struct Row<'a> {
    /// The sheet it stands in.
    pub laid: &'a Laid,
    cells: &'a SheetRow,
}

impl Laid {
    /// The first mapping whose columns all stand in one of the first rows; of several the one that knows the most columns.
    pub fn of(place: String, tab: Tab, mappings: &[AnswerMapping]) -> Option<Self> {
        let laid = |row: &SheetRow| {
            let all = mappings
                .iter()
                .filter_map(|m| Some((m, m.lay(&row.cells)?)));
            // Of equals the first.
            all.rev().max_by_key(|(_, columns)| columns.len())
        };
        let rows = tab.sheet.rows.iter().take(LOOKED_AT).enumerate();
        let (head, (mapping, columns)) = rows
            .into_iter()
            .find_map(|(head, row)| Some((head, laid(row)?)))?;
        Some(Self {
            place,
            mapping: mapping.clone(),
            tab,
            columns,
            head,
        })
    }

    /// The rows below the names of the columns.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        let below = &self.tab.sheet.rows[self.head + 1..];
        below.iter().map(|cells| Row { laid: self, cells })
    }

    fn head(&self) -> &SheetRow {
        &self.tab.sheet.rows[self.head]
    }
}

/// The rows word for word, below the names of their columns.
pub(super) fn evidence(title: &str, rows: &[Row<'_>]) -> Evidence {
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(Vec::new());
    let mut sheet: Option<&Laid> = None;
    for row in rows {
        let head = row.laid.head();
        // Rows of different lengths stand in one table.
        let width = head.cells.len().max(1);
        let mut put = |row: &SheetRow| writer.write_record((0..width).map(|n| row.cell(n))).is_ok();
        if !sheet.is_some_and(|before| std::ptr::eq(before, row.laid)) {
            put(head);
            sheet = Some(row.laid);
        }
        put(row.cells);
    }
    Evidence {
        asked: title.to_owned(),
        status: None,
        body: writer.into_inner().unwrap_or_default(),
    }
}

impl Row<'_> {
    pub(in crate::portals) fn text(&self, field: &str) -> Option<String> {
        let at = *self.laid.columns.get(field)?;
        Some(self.cells.cell(at).to_owned()).filter(|c| !c.is_empty())
    }

    pub(super) fn place(&self, field: &str) -> String {
        let row = format!("{}, row {}", self.laid.place, self.cells.line);
        match self.laid.columns.get(field) {
            Some(at) => {
                format!("{row}, column {}", self.laid.head().cell(*at))
            }
            None => row,
        }
    }

    pub(super) fn mistake(&self, field: &str, expected: &str, remedy: &str) -> Mistake {
        Mistake {
            place: self.place(field),
            value: self.text(field).unwrap_or_default(),
            expected: expected.to_owned(),
            remedy: remedy.to_owned(),
        }
    }

    pub(super) fn amount(&self, field: &str, found: &mut Vec<Mistake>) -> Option<Decimal> {
        let text = self.text(field)?;
        let read = amount(&text, self.laid.mapping.decimal_mark);
        if read.is_none() {
            let remedy =
                "correct it, or say with decimal_mark of a mapping how numbers are written";
            found.push(self.mistake(field, "an amount, as in 1250.00", remedy));
        }
        read
    }

    /// An instant; a day without a time is its beginning, and a time without a zone is taken as UTC.
    pub(in crate::portals) fn instant(
        &self,
        field: &str,
        found: &mut Vec<Mistake>,
    ) -> Option<DateTime<FixedOffset>> {
        let text = self.text(field)?;
        let utc = |at: NaiveDateTime| Utc.from_utc_datetime(&at).fixed_offset();
        let forms = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"];
        let read = DateTime::parse_from_rfc3339(&text).ok().or_else(|| {
            let timed = forms
                .iter()
                .find_map(|f| NaiveDateTime::parse_from_str(&text, f).ok());
            timed.map(utc).or_else(|| {
                let day = date(&text, self.laid.mapping.date_order)?;
                Some(utc(day.and_time(NaiveTime::MIN)))
            })
        });
        if read.is_none() {
            let remedy = "correct it, or say with date_order of a mapping how dates are written";
            found.push(self.mistake(field, "a day, as in 2026-04-01", remedy));
        }
        read
    }

    pub(super) fn cut(
        &self,
        found: &mut Vec<Mistake>,
        doubts: &mut Vec<String>,
    ) -> Option<Reduction> {
        let original = self.amount("original_amount", found);
        let approved = self.amount("approved_amount", found);
        let said = self.amount("adjustment_amount", found);
        let differs = original.zip(approved).and_then(|(o, a)| o.checked_sub(a));
        let amount = match (differs, said) {
            (Some(cut), Some(said)) if cut.abs() != said.abs() => {
                doubts.push(format!(
                    "{}: the adjustment is {said}, but the amounts differ by {cut}; ask the client which holds",
                    self.place("adjustment_amount")
                ));
                cut
            }
            (Some(cut), _) => cut,
            (None, Some(said)) => said,
            (None, None) => return None,
        };
        if amount.is_zero() {
            return None;
        }
        if let (Some(original), Some(approved)) = (original, approved)
            && approved > original
            && original >= Decimal::ZERO
        {
            doubts.push(format!(
                "{}: {approved} is approved of {original}; a line is not approved above what was billed; ask the client",
                self.place("approved_amount")
            ));
        }
        let day = self.text("line_date").and_then(|text| {
            let read = date(&text, self.laid.mapping.date_order);
            if read.is_none() {
                found.push(self.mistake("line_date", "a day, as in 2026-04-01", "correct it"));
            }
            read
        });
        let line = ReducedLine {
            item: self.text("line_number"),
            date: day,
            timekeeper_id: self.text("timekeeper_id"),
            total: original,
        };
        let whole = line.item.is_none() && line.date.is_none() && line.timekeeper_id.is_none();
        let reason = [self.text("reason_code"), self.text("reason_text")];
        Some(Reduction {
            amount,
            currency: self.text("currency"),
            reason: reason.into_iter().flatten().collect::<Vec<_>>().join(": "),
            line: (!whole).then_some(line),
            reviewer: self.text("reviewer"),
            at: self.instant("adjusted_at", found),
        })
    }

    pub(super) fn remark(&self) -> Option<PortalRemark> {
        let (code, text) = (self.text("error_code"), self.text("error_text"));
        (code.is_some() || text.is_some()).then(|| PortalRemark {
            kind: None,
            code,
            text: text.unwrap_or_default(),
            item: self.text("line_number"),
        })
    }

    pub(super) fn payment(&self, found: &mut Vec<Mistake>) -> Option<Payment> {
        let amount = self.amount("payment_amount", found)?;
        if amount.is_zero() {
            return None;
        }
        Some(Payment {
            amount,
            currency: self.text("currency"),
            kind: None,
            reference: self.text("payment_reference"),
            at: self.instant("payment_date", found),
        })
    }

    /// What a formula shows was worked out on another machine, perhaps from elsewhere.
    pub(super) fn flag_formulas(&self, doubts: &mut Vec<String>) {
        for (field, at) in &self.laid.columns {
            let here = (self.cells.line, *at);
            if self.laid.tab.formulas.contains(&here) {
                doubts.push(format!(
                    "{}: a formula stands there, which is not computed; what it last showed was read; ask for the value",
                    self.place(field)
                ));
            }
        }
    }
}
