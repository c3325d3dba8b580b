//! Accruals of one matter: the standard's proposal of August 2020 (reference ledes-api.md sections 3 and 5.1). The
//! figures are those of the firm's own file; here they are added up and sent.

use super::wire::Names;
use crate::portals::json::Object;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

/// The figures in a receiver's spelling.
pub fn spelled(value: &Value, names: Names) -> Value {
    match value {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| (names.of(name), spelled(value, names));
            Value::Object(fields.iter().map(field).collect::<Map<_, _>>())
        }
        Value::Array(all) => all.iter().map(|one| spelled(one, names)).collect(),
        other => other.clone(),
    }
}

/// What is wrong with the figures, in sentences; empty: nothing.
pub fn mistakes(value: &Value) -> Vec<String> {
    let body = Object::of(value);
    let mut wrong = Vec::new();
    if body.text(&["accrual_currency"]).is_none() {
        wrong.push("accrual_currency is not there; write the currency, as USD".to_owned());
    }
    let net = body.amount(&["accrual_net_total"], &mut wrong);
    if net.is_none() && wrong.iter().all(|w| !w.starts_with("accrual_net_total")) {
        wrong.push("accrual_net_total is not there; write what all lines make".to_owned());
    }
    let mut sums = (Decimal::ZERO, Decimal::ZERO);
    let lines = body.list(&["line_items"]);
    for (place, line) in (1..).zip(&lines) {
        let number = line
            .text(&["line_item_number"])
            .unwrap_or_else(|| place.to_string());
        match of_line(*line, &mut wrong) {
            Some((total, true)) => sums.0 += total,
            Some((total, false)) => sums.1 += total,
            None => wrong.push(format!(
                "line {number}: it needs line_item_type (F or E), line_item_unit_cost, line_item_number_of_units, line_item_total and line_item_date, and the total is unit cost x units + adjustment"
            )),
        }
    }
    if lines.is_empty() {
        return wrong;
    }
    for (name, sum) in [
        ("accrual_net_total", sums.0 + sums.1),
        ("fee_accrual_net_total", sums.0),
        ("expense_accrual_net_total", sums.1),
    ] {
        if let Some(said) = body
            .amount(&[name], &mut Vec::new())
            .filter(|said| *said != sum)
        {
            wrong.push(format!("{name} is {said}, its lines make {sum}"));
        }
    }
    wrong
}

/// A line's total, and whether it is a fee.
fn of_line(line: Object<'_>, wrong: &mut Vec<String>) -> Option<(Decimal, bool)> {
    let fee = match line.text(&["line_item_type"])?.to_uppercase().as_str() {
        "F" | "FEE" => true,
        "E" | "EXPENSE" => false,
        _ => return None,
    };
    line.day(&["line_item_date"], wrong)?;
    let mut amount = |name: &str| line.amount(&[name], wrong);
    let total = amount("line_item_total")?;
    let made = amount("line_item_unit_cost")? * amount("line_item_number_of_units")?
        + amount("line_item_adjustment_amount").unwrap_or_default();
    // Unit cost times units may have more digits than a currency.
    (made.round_dp(total.scale()) == total).then_some((total, fee))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(total: &str) -> Value {
        json!({"accrual_currency": "USD", "accrual_net_total": "1600.00", "fee_accrual_net_total": "1000.00",
            "expense_accrual_net_total": "600.00", "line_items": [
            {"line_item_number": "1", "line_item_type": "F", "line_item_unit_cost": "333.33", "line_item_date": "20260301",
                "line_item_number_of_units": "3.00", "line_item_adjustment_amount": "0.01", "line_item_total": total},
            {"line_item_number": "2", "line_item_type": "Expense", "line_item_unit_cost": "600.00",
                "line_item_date": "20260301", "line_item_number_of_units": "1", "line_item_total": "600.00"}]})
    }

    #[test]
    fn sums_fit_or_are_told() {
        assert_eq!(mistakes(&body("1000.00")), Vec::<String>::new());
        let wrong = mistakes(&body("1000.01"));
        assert!(
            wrong[0].starts_with("line 1:") && wrong.len() == 3,
            "{wrong:?}"
        );
        assert_eq!(mistakes(&json!({})).len(), 2);
        let none = json!({"accrual_currency": "USD", "accrual_net_total": "x"});
        assert_eq!(mistakes(&none), ["accrual_net_total: \"x\" is no amount"]);
    }

    #[test]
    fn the_receivers_spelling() {
        let camel = spelled(&body("1000.00"), Names::Camel);
        assert_eq!(camel["lineItems"][0]["lineItemTotal"], "1000.00");
    }
}
