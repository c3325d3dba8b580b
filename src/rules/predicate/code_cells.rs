//! The three code fields of a line, and which of them its type calls for (UTBMS README, "Pairing rules").

use crate::model::{Cell, Family, Invoice, Line, LineKind};
use crate::rules::utbms::{Code, CodeKind, catalogue};

/// Characters a code field has in the pipe formats; longer values are `field-too-long`'s.
const WIDTH: usize = 20;

/// A code field of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct CodeCell {
    /// Where it stands.
    pub cell: Cell,
    /// What kind of code belongs there.
    pub kind: CodeKind,
}

/// All three, in the order of the pipe formats.
pub(super) fn code_cells(line: &Line) -> [CodeCell; 3] {
    [
        CodeCell {
            cell: line.task_code,
            kind: CodeKind::Task,
        },
        CodeCell {
            cell: line.expense_code,
            kind: CodeKind::Expense,
        },
        CodeCell {
            cell: line.activity_code,
            kind: CodeKind::Activity,
        },
    ]
}

/// The filled code fields that the line's type calls for and that can be judged by themselves. Where the
/// type could not be read all three are; where the whole record is in lower case none is, since the line
/// type's finding says so already.
pub(super) fn judged_cells<'a>(
    invoice: &'a Invoice,
    line: &'a Line,
) -> impl Iterator<Item = CodeCell> + use<'a> {
    let lower = in_lower_case(invoice, line);
    code_cells(line).into_iter().filter(move |code| {
        filled(invoice, code.cell)
            && !lower
            && calls_for(invoice, line, code.kind)
            && !too_long(invoice, code.cell, WIDTH)
    })
}

/// True where the field holds something. The word NULL is `null-text`'s.
pub(super) fn filled(invoice: &Invoice, cell: Cell) -> bool {
    !cell.is_blank() && !invoice.text.raw(cell).eq_ignore_ascii_case("null")
}

/// True where a code of this kind has its place on the line. LEDES XML 2.x gives expenses a task code too.
pub(super) fn calls_for(invoice: &Invoice, line: &Line, kind: CodeKind) -> bool {
    match line.kind.get() {
        None => true,
        Some(LineKind::Fee) => kind != CodeKind::Expense,
        Some(LineKind::Expense) => {
            kind == CodeKind::Expense
                || (kind == CodeKind::Task && invoice.format.family() == Family::Xml2)
        }
        Some(LineKind::FeeAdjustment | LineKind::ExpenseAdjustment) => false,
    }
}

/// True where the line type is written in lower case, and so, as far as codes go, is the whole record.
pub(super) fn in_lower_case(invoice: &Invoice, line: &Line) -> bool {
    !invoice.format.is_xml()
        && invoice
            .text
            .raw(line.kind.cell)
            .bytes()
            .any(|b| b.is_ascii_lowercase())
}

/// True where a value of a pipe format is longer than its field: `field-too-long` has said so.
pub(super) fn too_long(invoice: &Invoice, cell: Cell, width: usize) -> bool {
    !invoice.format.is_xml()
        && cell.end() - cell.start().min(cell.end()) > width
        && invoice.get(cell).chars().count() > width
}

/// The code in this field, where it is a known code of another kind and its own field does not hold one:
/// then the codes are in the wrong fields, whatever else is wrong with the line.
pub(super) fn misplaced(invoice: &Invoice, line: &Line, field: CodeCell) -> Option<&'static Code> {
    if field.cell.is_blank() || line.kind.get().is_some_and(LineKind::is_adjustment) {
        return None;
    }
    let code = catalogue()
        .find(&invoice.get(field.cell))
        .filter(|code| code.kind != field.kind)?;
    if calls_for(invoice, line, field.kind) {
        return Some(code);
    }
    let own = code_cells(line).into_iter().find(|c| c.kind == code.kind)?;
    (calls_for(invoice, line, code.kind) && own.cell.is_blank()).then_some(code)
}

/// True where some field of the line holds a misplaced code of this kind: the code is not missing.
pub(super) fn stands_elsewhere(invoice: &Invoice, line: &Line, kind: CodeKind) -> bool {
    code_cells(line)
        .into_iter()
        .any(|c| misplaced(invoice, line, c).is_some_and(|code| code.kind == kind))
}

/// Where a missing code is shown: its empty field, or the record where the file has no such element.
/// `None` where the file breaks off or lacks the column, which its reader has reported.
pub(super) fn missing_at(invoice: &Invoice, line: &Line, cell: Cell) -> Option<Cell> {
    if !cell.is_absent() {
        return Some(cell);
    }
    let complete = invoice.matter_of(line).is_none_or(|m| m.complete);
    (invoice.format.is_xml() && invoice.whole && complete).then_some(line.record)
}

/// A code as somebody meant it who wrote it in lower case or with blanks inside; `None` where that is no
/// known code.
pub(super) fn mended(written: &str) -> Option<&'static Code> {
    if !written
        .chars()
        .any(|c| c.is_ascii_lowercase() || c.is_whitespace())
    {
        return None;
    }
    let upper: String = written
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect();
    catalogue().find(&upper)
}
