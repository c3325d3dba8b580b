//! `name-order`: TIMEKEEPER_NAME not written "Last, First" (ledes-1998b.md section 10). XML has a field for
//! each part of the name.

use super::code_cells::too_long;
use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, Line, LineKind, Lists, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::Classes;

/// Characters of TIMEKEEPER_NAME; longer values are `field-too-long`'s.
const WIDTH: usize = 30;

struct NameOrder {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(NameOrder { rule: params.rule }))
}

impl Predicate for NameOrder {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            if line.timekeeper_name.is_blank()
                || line.kind.get().is_some_and(LineKind::is_adjustment)
            {
                continue;
            }
            let name = invoice.get(line.timekeeper_name);
            if in_order(&name)
                || too_long(invoice, line.timekeeper_name, WIDTH)
                || Classes::is_nobody(&invoice.get(line.timekeeper_classification))
            {
                continue;
            }
            let mut hit = Hit::on_line(self.rule, index).at(
                invoice.format,
                Field::TimekeeperName,
                line.timekeeper_name,
            );
            let listed = || from_list(&judging.lists, &invoice.get(line.timekeeper_id), &name);
            if let Some(expected) = from_parts(invoice, line, &name).or_else(listed) {
                hit = hit.expecting(expected);
            }
            hits.raise(hit);
        }
    }
}

/// True where the name has its comma, or is one word, or initials, which have no order to judge.
fn in_order(name: &str) -> bool {
    name.contains(',')
        || name.split_whitespace().count() < 2
        || name.split([' ', '.']).all(|part| part.chars().count() < 2)
}

/// "Last, First" from the two name fields of 1998BI, where they hold the same words as the name.
fn from_parts(invoice: &Invoice, line: &Line, name: &str) -> Option<String> {
    if line.timekeeper_last_name.is_blank() || line.timekeeper_first_name.is_blank() {
        return None;
    }
    in_parts(
        &invoice.get(line.timekeeper_last_name),
        &invoice.get(line.timekeeper_first_name),
        name,
    )
}

/// "Last, First" from the firm's list of timekeepers, where it holds the same words as the name.
fn from_list(lists: &Lists, id: &str, name: &str) -> Option<String> {
    let rows = lists.timekeepers.of(id).filter(|row| {
        row.timekeeper_id == id && !row.last_name.is_empty() && !row.first_name.is_empty()
    });
    rows.filter_map(|row| in_parts(&row.last_name, &row.first_name, name))
        .next()
}

fn in_parts(last: &str, first: &str, name: &str) -> Option<String> {
    let sorted = |text: &str| {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        words.sort_unstable();
        words
    };
    let same = sorted(&format!("{last} {first}")) == sorted(name);
    same.then(|| format!("{last}, {first}"))
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn only_names_whose_order_is_wrong_are_told() {
        for (name, silent) in [
            ("Quillfeather, Ada", true),
            ("Quillfeather", true),
            ("R. C.", true),
            ("J S", true),
            ("J Smith", false),
            ("Ada Quillfeather", false),
            ("Arnsley Robert", false),
        ] {
            assert_eq!(in_order(name), silent, "{name}");
        }
    }
}
