//! What became of invoices: the neutral tables of adjustments and acknowledgements (portals.md section 11).

use crate::firm::Sheet;
use crate::model::did_you_mean;
use crate::revise::import::{DateOrder, DecimalMark, amount, date};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// How an invoice or a line ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Taken as it was.
    Accepted,
    /// Sent back.
    Rejected,
    /// Paid in part.
    Cut,
}

/// One row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// File and line it stands on, for messages.
    pub place: String,
    /// The invoice.
    pub invoice_number: String,
    /// LINE_ITEM_NUMBER; blank: the whole invoice, or the line of that day and person.
    pub line_number: String,
    /// The day of the line.
    pub line_date: Option<NaiveDate>,
    /// The person of the line.
    pub timekeeper_id: String,
    /// How it ended.
    pub ending: Ending,
    /// What was cut.
    pub cut: Decimal,
    /// ISO 4217; blank where it is not said.
    pub currency: String,
    /// The client's or portal's code.
    pub code: String,
    /// Its words.
    pub text: String,
    /// Acknowledgements: when the portal received it, which is the day a check should have been made.
    pub received: Option<NaiveDate>,
}

/// Reads a table. Rows that cannot be read are named in the second part.
///
/// # Errors
/// It is no CSV, or has neither the columns of adjustments nor those of acknowledgements.
pub fn read(file: &str, bytes: &[u8]) -> Result<(Vec<Outcome>, Vec<String>), String> {
    let sheet = Sheet::read(bytes).map_err(|e| format!("{file}: {e}"))?;
    let Some((head, rows)) = sheet.rows.split_first() else {
        return Err(format!("{file}: there is nothing in it"));
    };
    let names: Vec<String> = head
        .cells
        .iter()
        .map(|c| c.to_ascii_lowercase().replace([' ', '-'], "_"))
        .collect();
    let column = |name: &str| names.iter().position(|n| n == name);
    let needed: &[&str] = match column("result") {
        Some(_) => &["invoice_number", "result"],
        None => &[
            "invoice_number",
            "original_amount",
            "approved_amount",
            "reason_text",
        ],
    };
    for name in needed {
        if column(name).is_none() {
            return Err(format!(
                "{file}: there is no column {name}; {}. Adjustments have invoice_number, line_number, original_amount, \
                 approved_amount, reason_code, reason_text, ...; acknowledgements invoice_number, result, error_code, \
                 error_text, ...",
                did_you_mean(name, names.iter().map(String::as_str))
            ));
        }
    }
    let is_ack = column("result").is_some();
    let mut all = Vec::new();
    let mut wrong = Vec::new();
    for row in rows {
        let place = format!("{file}, line {}", row.line);
        let get = |name: &str| column(name).map_or("", |c| row.cell(c)).to_owned();
        let day = |name: &str| date(&get(name), DateOrder::YearFirst);
        let invoice_number = get("invoice_number");
        if invoice_number.is_empty() {
            wrong.push(format!(
                "{place}: invoice_number is blank; without it nothing can be compared"
            ));
            continue;
        }
        let mut outcome = Outcome {
            place: place.clone(),
            invoice_number,
            line_number: get("line_number"),
            line_date: day("line_date"),
            timekeeper_id: get("timekeeper_id"),
            ending: Ending::Accepted,
            cut: Decimal::ZERO,
            currency: get("currency"),
            code: get(if is_ack { "error_code" } else { "reason_code" }),
            text: get(if is_ack { "error_text" } else { "reason_text" }),
            received: day("received_at"),
        };
        if is_ack {
            let result = get("result").to_ascii_lowercase();
            outcome.ending = match result.as_str() {
                "accepted" => Ending::Accepted,
                // Taken, with something to object to: the objection is what counts.
                "accepted_with_errors" | "rejected" => Ending::Rejected,
                _ => {
                    wrong.push(format!(
                        "{place}: result \"{result}\" is not known; write accepted, accepted_with_errors or rejected"
                    ));
                    continue;
                }
            };
        } else {
            let money = |name: &str| amount(&get(name), DecimalMark::Point);
            let (Some(original), Some(approved)) =
                (money("original_amount"), money("approved_amount"))
            else {
                wrong.push(format!(
                    "{place}: original_amount \"{}\" and approved_amount \"{}\" must be amounts, as in 1250.00",
                    get("original_amount"),
                    get("approved_amount")
                ));
                continue;
            };
            outcome.cut = original.checked_sub(approved).unwrap_or_default();
            if outcome.cut > Decimal::ZERO {
                outcome.ending = Ending::Cut;
            }
        }
        all.push(outcome);
    }
    Ok((all, wrong))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn both_tables_are_read_and_odd_rows_named() {
        let (all, wrong) = read(
            "adjustments.csv",
            b"invoice_number,line_number,original_amount,approved_amount,reason_code,reason_text\nA-1,2,450.00,400.00,BLOCK,x\nA-1,3,450.00,450.00,,\n,4,1,0,,\nA-1,5,abc,0,,\n",
        )
        .expect("a table");
        assert_eq!(
            all.iter().map(|o| (o.ending, o.cut)).collect::<Vec<_>>(),
            [(Ending::Cut, dec!(50.00)), (Ending::Accepted, dec!(0.00))]
        );
        assert_eq!(wrong.len(), 2);
        let (all, wrong) = read(
            "ack.csv",
            b"invoice_number,result,error_text\nA-1,Rejected,006 math error\nA-2,lost,\n",
        )
        .expect("a table");
        assert_eq!(
            (all.len(), all[0].ending, wrong.len()),
            (1, Ending::Rejected, 1)
        );
        let error = read("x.csv", b"invoice_numbr,result\n").expect_err("misspelt");
        assert!(error.contains("did you mean \"invoice_numbr\"?"), "{error}");
    }
}
