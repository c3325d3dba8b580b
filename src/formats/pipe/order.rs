//! Does a record stand in the order of a layout? Asked where a header has the right names in another order:
//! sometimes the values follow it, sometimes only the names were exchanged.

use super::layout::Layout;
use super::table::Kind;
use crate::formats::lexer::{self, DateForm};
use crate::model::{Field, LineKind};

/// How many values cannot be what the layout says they are.
pub fn misfits(layout: &Layout, values: &[&str]) -> usize {
    let columns = layout.columns.iter().zip(values);
    columns
        .filter(|(column, value)| column.is_some_and(|c| !fits(c.kind, c.field, value)))
        .count()
}

fn fits(kind: Kind, field: Field, value: &str) -> bool {
    if value.is_empty() {
        return kind != Kind::Type;
    }
    match kind {
        Kind::Type => LineKind::of_code(value).is_some(),
        Kind::Date => lexer::date(value, DateForm::Compact).is_ok(),
        Kind::Amount(_) => lexer::number(value).is_some(),
        Kind::Text => match field {
            // UTBMS: activities are A and digits, expenses E or X and digits, tasks any other letters.
            Field::ActivityCode => is_code(value, |c| c == b'A'),
            Field::ExpenseCode => is_code(value, |c| matches!(c, b'E' | b'X')),
            Field::TaskCode => is_code(value, |c| !matches!(c, b'A' | b'E' | b'X')),
            Field::InvoiceNumber | Field::ClientId | Field::LawFirmMatterId => !value.contains(' '),
            _ => true,
        },
    }
}

fn is_code(value: &str, first: impl Fn(u8) -> bool) -> bool {
    let bytes = value.as_bytes();
    bytes.len() <= 6
        && bytes.first().is_some_and(|c| first(c.to_ascii_uppercase()))
        && bytes.last().is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LedesFormat;

    const RECORD: &str = "20260331|HV-1|BWC01|2026-0117|310.00|20260301|20260331|Services|1|F|1.00||310.00|\
        20260302|L110||A104|057|Review incident file|98-7654321|310.00|Tamsin, Rolf|ASSOC|BW-5";

    #[test]
    fn a_record_misfits_an_order_that_is_not_its_own() {
        let values: Vec<&str> = RECORD.split('|').collect();
        let standard = Layout::standard(LedesFormat::L1998B);
        assert_eq!(misfits(&standard, &values), 0);
        for (a, b) in [(15, 16), (13, 14), (9, 10)] {
            let mut names: Vec<&str> = standard.names.iter().map(String::as_str).collect();
            names.swap(a, b);
            let named = Layout::by_name(LedesFormat::L1998B, &names);
            assert!(misfits(&named, &values) > 0, "{a} and {b}");
        }
    }
}
