//! 1998B and 1998BI V2: marker, header, a record a line.

use super::{Dialect, Missing, Sheet};
use crate::formats::parts::Owner;
use crate::formats::pipe::layout::table_of;
use crate::formats::pipe::marker::{MARKER_B, MARKER_BI};
use crate::formats::pipe::slots::value_of;
use crate::formats::pipe::table::{Column, Kind};
use crate::model::{Cell, Field, Invoice, LedesFormat, Line, Matter};

/// Writes records.
pub struct Records {
    head: String,
    columns: Vec<Target>,
    final_line_end: bool,
}

struct Target {
    column: &'static Column,
    rate: bool,
    given: Option<String>,
}

/// Classes that stand for no person: no name is needed (ledes-1998b.md section 6).
const NO_PERSON: [&str; 2] = ["FLTFEE", "ADJSMT"];

impl Records {
    pub fn new(format: LedesFormat, dialect: &Dialect) -> Self {
        let table = table_of(format);
        let marker = if format.is_international() {
            MARKER_BI
        } else {
            MARKER_B
        };
        let names: Vec<&str> = table
            .iter()
            .map(|c| dialect.header.get(c.name).map_or(c.name, String::as_str))
            .collect();
        let head = format!(
            "{}{}{}[]",
            dialect.marker.as_deref().unwrap_or(marker),
            dialect.line_end.text(),
            names.join("|")
        );
        Self {
            head,
            columns: table
                .iter()
                .map(|column| Target {
                    column,
                    rate: matches!(column.kind, Kind::Amount(p) if p.decimals > 4),
                    given: dialect.given.get(column.name).cloned(),
                })
                .collect(),
            final_line_end: dialect.final_line_end,
        }
    }

    pub fn invoice(
        &self,
        invoice: &Invoice,
        first: bool,
        sheet: &mut Sheet<'_>,
        missing: &mut Missing,
    ) {
        if first {
            sheet.out.push_str(&self.head);
        }
        sheet.sign(invoice);
        let nothing = Matter::default();
        for line in &invoice.lines {
            let matter = invoice.matter_of(line).unwrap_or(&nothing);
            sheet.out.push_str(sheet.form.line_end);
            self.record(invoice, matter, line, sheet, missing);
        }
    }

    fn record(
        &self,
        invoice: &Invoice,
        matter: &Matter,
        line: &Line,
        sheet: &mut Sheet<'_>,
        missing: &mut Missing,
    ) {
        let kind = line.kind.get();
        for (index, target) in self.columns.iter().enumerate() {
            if index > 0 {
                sheet.out.push('|');
            }
            let column = target.column;
            if column.kind == Kind::Type {
                sheet.out.push_str(kind.map_or("", |k| k.code()));
                continue;
            }
            let content = value_of(column.field, invoice, matter, line);
            if !content.is_blank() {
                sheet.content(invoice, content, target.rate, column.name);
                continue;
            }
            if let Some(given) = &target.given {
                sheet.out.push_str(given);
            } else if column.needed.contains(kind) && !self.excused(invoice, column.field, line) {
                missing.push((Owner::Invoice, column.name));
            }
        }
        sheet.out.push_str("[]");
    }

    fn excused(&self, invoice: &Invoice, field: Field, line: &Line) -> bool {
        let person = matches!(
            field,
            Field::TimekeeperId
                | Field::TimekeeperName
                | Field::TimekeeperLastName
                | Field::TimekeeperFirstName
        );
        let class: Cell = line.timekeeper_classification;
        person && NO_PERSON.contains(&&*invoice.get(class))
    }

    /// The end of the file.
    pub fn finish(&self, out: &mut String) {
        if self.final_line_end {
            out.push_str(if self.head.contains('\r') {
                "\r\n"
            } else {
                "\n"
            });
        }
    }
}
