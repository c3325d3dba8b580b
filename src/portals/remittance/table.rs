//! The rows of a remittance.

use super::mapping::RemittanceMapping;
use super::{Mistake, PaidRow, Remittance};
use crate::firm::figures::{amount, date};
use crate::firm::{Sheet, SheetRow};
use crate::portals::answers::MOST_BYTES;
use iso_currency::Currency;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Rows in which the names of the columns are looked for: exports have titles above them.
const LOOKED_AT: usize = 30;
/// The longest text of a cell that is kept: no number or reference is longer.
const LONGEST: usize = 100;

/// Reads a remittance. Each row that cannot be read is a mistake with its place; the others are read all the same.
pub fn read(name: &str, bytes: &[u8], mapping: &RemittanceMapping) -> Remittance {
    let mut found = Remittance::default();
    let mut wrong = |value: String, expected: &str, remedy: String| {
        found.mistakes.push(Mistake {
            place: name.to_owned(),
            value,
            expected: expected.to_owned(),
            remedy,
        });
    };
    if bytes.len() as u64 > MOST_BYTES {
        let expected = format!("at most {} MB", MOST_BYTES >> 20);
        wrong(
            format!("{} MB", bytes.len() >> 20),
            &expected,
            "export a shorter time".to_owned(),
        );
        return found;
    }
    let sheet = match Sheet::read(bytes) {
        Ok(sheet) => sheet,
        Err(why) => {
            wrong(String::new(), "a table of payments (CSV)", why);
            return found;
        }
    };
    let rows: Vec<&SheetRow> = sheet.rows.iter().filter(|row| !is_comment(row)).collect();
    let head = rows.iter().take(LOOKED_AT).enumerate();
    let laid = head
        .filter_map(|(at, row)| Some((at, mapping.lay(&row.cells)?)))
        .next();
    let Some((head, columns)) = laid else {
        let expected = format!("a row with the names of the columns: {}", mapping.names());
        wrong(
            String::new(),
            &expected,
            "name the columns as `cleanbill payments template` does, or say with --mapping FILE which column says what"
                .to_owned(),
        );
        return found;
    };
    for cells in &rows[head + 1..] {
        let row = Row {
            file: name,
            head: rows[head],
            columns: &columns,
            cells,
        };
        match row.paid(mapping) {
            Ok(paid) => found.rows.push(paid),
            Err(mistakes) => found.mistakes.extend(mistakes),
        }
    }
    found
}

/// A line of the template that explains it.
fn is_comment(row: &SheetRow) -> bool {
    let first = row.cells.iter().find(|c| !c.is_empty());
    first.is_some_and(|c| c.starts_with('#'))
}

struct Row<'a> {
    file: &'a str,
    head: &'a SheetRow,
    columns: &'a BTreeMap<&'a str, usize>,
    cells: &'a SheetRow,
}

impl Row<'_> {
    fn text(&self, field: &str) -> &str {
        self.columns
            .get(field)
            .map_or("", |at| self.cells.cell(*at))
    }

    fn mistake(&self, field: &str, expected: &str, remedy: &str) -> Mistake {
        let row = format!("{}, row {}", self.file, self.cells.line);
        let column = self.columns.get(field).map(|at| self.head.cell(*at));
        Mistake {
            place: column.map_or(row.clone(), |c| format!("{row}, column {c}")),
            value: self.text(field).chars().take(LONGEST).collect(),
            expected: expected.to_owned(),
            remedy: remedy.to_owned(),
        }
    }

    fn paid(&self, mapping: &RemittanceMapping) -> Result<PaidRow, Vec<Mistake>> {
        let mut wrong = Vec::new();
        let money = amount(self.text("amount"), mapping.decimal_mark);
        match money {
            None => wrong.push(self.mistake(
                "amount",
                "an amount, as in 1250.00",
                "write what was paid, take the row out, or say with decimal_mark of a mapping how numbers are written",
            )),
            Some(a) if a.is_zero() => wrong.push(self.mistake(
                "amount",
                "an amount other than nothing",
                "take the row out if nothing was paid",
            )),
            Some(a) if a.normalize().scale() > 2 => wrong.push(self.mistake(
                "amount",
                "whole cents",
                "write what was paid with two decimals",
            )),
            Some(_) => {}
        }
        let day = date(self.text("paid_on"), mapping.date_order);
        if day.is_none() {
            wrong.push(self.mistake(
                "paid_on",
                "a day, as in 2026-04-01",
                "write the day of the payment, take the row out if it is a sum, or say with date_order of a mapping how \
                 dates are written",
            ));
        }
        let currency = self.text("currency").to_ascii_uppercase();
        if !currency.is_empty() && Currency::from_code(&currency).is_none() {
            wrong.push(self.mistake(
                "currency",
                "three letters of ISO 4217, as USD",
                "write the currency so, or leave it blank for the invoice's",
            ));
        }
        for field in super::mapping::FIELDS {
            if self.text(field).chars().count() > LONGEST {
                let remedy = "shorten it to what names the payment";
                wrong.push(self.mistake(field, &format!("at most {LONGEST} characters"), remedy));
            }
        }
        let own = |field: &str| self.text(field).to_owned();
        match (money, day) {
            (Some(amount), Some(day)) if wrong.is_empty() => Ok(PaidRow {
                place: format!("{}, row {}", self.file, self.cells.line),
                number: own("invoice_number"),
                client_number: own("client_invoice_number"),
                client: own("client_id"),
                item: Some(own("line_number")).filter(|i| !i.is_empty()),
                amount: in_cents(amount),
                currency,
                day,
                kind: own("kind"),
                reference: own("reference"),
            }),
            _ => Err(wrong),
        }
    }
}

/// An amount with two decimals.
fn in_cents(mut amount: Decimal) -> Decimal {
    amount.rescale(2);
    amount
}

#[cfg(test)]
mod tests {
    use super::super::TEMPLATE;
    use super::*;
    use rust_decimal::dec;

    fn of(text: &str) -> Remittance {
        read("r.csv", text.as_bytes(), &RemittanceMapping::default())
    }

    #[test]
    fn the_template_is_read_as_it_is_written() {
        let empty = of(TEMPLATE);
        assert_eq!(empty, Remittance::default());
        let text = format!(
            "{TEMPLATE}INV-1,,C1,2,\"1,250.50\",usd,2026-04-01,ACH,778812\n,9001,,,(40.00),,2026-04-02,,\n"
        );
        let found = of(&text);
        assert_eq!(found.mistakes, []);
        let first = &found.rows[0];
        assert_eq!(
            (first.amount, first.currency.as_str()),
            (dec!(1250.50), "USD")
        );
        assert_eq!(first.item.as_deref(), Some("2"));
        assert!(first.place.starts_with("r.csv, row "), "{}", first.place);
        let second = &found.rows[1];
        assert_eq!(
            (second.amount, second.client_number.as_str()),
            (dec!(-40), "9001")
        );
    }

    #[test]
    fn each_mistake_has_its_place_and_the_other_rows_are_read() {
        let head = "invoice_number,amount,currency,paid_on\n";
        for (row, column, expected) in [
            ("A,x,USD,2026-04-01", "amount", "an amount"),
            ("A,0.00,USD,2026-04-01", "amount", "other than nothing"),
            ("A,1.005,USD,2026-04-01", "amount", "whole cents"),
            ("A,1.00,USD,2026-02-29", "paid_on", "a day"),
            ("Sum,1.00,USD,", "paid_on", "a day"),
            ("A,1.00,DOLLARS,2026-04-01", "currency", "ISO 4217"),
        ] {
            let found = of(&format!("{head}B,5.00,,2026-04-01\n{row}\n"));
            assert_eq!(found.rows.len(), 1, "{row}");
            let [wrong] = found.mistakes.as_slice() else {
                panic!("{row}: {:?}", found.mistakes);
            };
            assert_eq!(wrong.place, format!("r.csv, row 3, column {column}"));
            assert!(wrong.expected.contains(expected) && !wrong.remedy.is_empty());
        }
        let long = format!("{head}{},1.00,,2026-04-01\n", "9".repeat(101));
        assert!(of(&long).mistakes[0].expected.contains("100 characters"));
    }

    #[test]
    fn what_is_no_table_of_payments_says_what_is_expected() {
        let other = of("Dear firm,\nwe have paid.\n");
        assert!(other.rows.is_empty() && other.mistakes[0].expected.contains("amount"));
        assert!(of("PK\u{3}\u{4}x").mistakes[0].remedy.contains("workbook"));
        assert!(of("").mistakes[0].remedy.contains("nothing"));
    }

    #[test]
    fn a_table_with_names_of_its_own_is_read_by_a_mapping() {
        let own = "date_order = \"day-first\"\ndecimal_mark = \"comma\"\n[columns]\nclient_invoice_number = \"Beleg\"\n\
                   amount = \"Gezahlt\"\npaid_on = \"Datum\"\n";
        let mapping = RemittanceMapping::parse(own).expect("a mapping");
        let text = "Zahlungen im April\n\nDatum;Beleg;Gezahlt\n31.03.2026;4711;1.250,50\n";
        let found = read("r.csv", text.as_bytes(), &mapping);
        assert_eq!(found.mistakes, []);
        assert_eq!(found.rows[0].amount, dec!(1250.50));
        assert_eq!(found.rows[0].day.to_string(), "2026-03-31");
        assert_eq!(found.rows[0].client_number, "4711");
    }
}
