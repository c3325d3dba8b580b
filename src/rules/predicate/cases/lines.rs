//! Arithmetic of single lines of the pipe formats, and their taxes.

use super::{check, check_with};
use crate::rules::pack::written::Param;
use crate::rules::predicate::sample::{L1998B, L1998BI, XML22};

#[test]
fn line_math() {
    let k = "line-math";
    check(
        k,
        L1998B,
        &[("|990.00|", "|999.00|")],
        &[":LINE_ITEM_TOTAL=999.00->990.00"],
    );
    check(
        k,
        L1998B,
        &[("|990.00|", "|990.01|")],
        &["cents:LINE_ITEM_TOTAL=990.01->990.00"],
    );
    check(k, L1998B, &[("|990.00|", "|990|")], &[]);
    check(k, L1998B, &[("|990.00|", "|x|")], &["?x"]);
    check(k, L1998B, &[("|2.40|", "|x|")], &["?x"]);
    check(k, L1998B, &[("|2.40|", "||")], &[]);
    check(k, L1998B, &[("|990.00|", "||")], &[]);
    check(k, L1998B, &[("|F|2.40", "|Q|3")], &[]);
    let huge = ("|2.40|", "|9999999999999999999999999999|");
    check(k, L1998B, &[huge], &["overflow:LINE_ITEM_TOTAL=990.00"]);
    check(
        k,
        L1998BI,
        &[("|684.00|", "|570.00|")],
        &["tax-left-out:LINE_ITEM_TOTAL=570.00->684.00"],
    );
    check(
        k,
        L1998BI,
        &[("|684.00|", "|648.00|")],
        &[":LINE_ITEM_TOTAL=648.00->684.00"],
    );
    let wide = [("tolerance", Param::Text("10".to_owned()))];
    check_with(
        k,
        &wide,
        L1998B,
        &[("|990.00|", "|999.00|")],
        &["cents:LINE_ITEM_TOTAL=999.00->990.00"],
    );
}

#[test]
fn adjustment_lines() {
    let k = "adjustment-line";
    let pair = "|-75.00|-75.00|";
    check(
        k,
        L1998B,
        &[(pair, "|-75.00|75.00|")],
        &[":LINE_ITEM_TOTAL=75.00->-75.00"],
    );
    check(k, L1998B, &[("|IF||-75.00", "|IF|1|-75")], &[]);
    check(k, L1998B, &[(pair, "|x|-75.00|")], &["?x"]);
    check(
        k,
        L1998BI,
        &[("|-60.00|", "|-50.00|")],
        &["tax-left-out:LINE_ITEM_TOTAL=-50.00->-60.00"],
    );
    check(
        k,
        L1998BI,
        &[("|-60.00|", "|-66.00|")],
        &[":LINE_ITEM_TOTAL=-66.00->-60.00"],
    );
    check(
        k,
        L1998B,
        &[(pair, "||-75.00|")],
        &["empty:LINE_ITEM_ADJUSTMENT_AMOUNT=->-75.00"],
    );
    let unit_cost = ("~PB-UK-01||||", "~PB-UK-01|-50.00|||");
    let units = ("|IF||-50.00|", "|IF|1|0|");
    check(
        k,
        L1998BI,
        &[units, unit_cost],
        &["in-unit-cost:LINE_ITEM_ADJUSTMENT_AMOUNT=0"],
    );
    let both = ("|IF||-50.00|", "|IF|1|-50.00|");
    check(
        k,
        L1998BI,
        &[both, unit_cost],
        &["in-both:LINE_ITEM_ADJUSTMENT_AMOUNT=-50.00"],
    );
    let twice = ("|-60.00|", "|-110.00|");
    check(
        k,
        L1998BI,
        &[both, unit_cost, twice],
        &["in-both:LINE_ITEM_ADJUSTMENT_AMOUNT=-50.00"],
    );
}

#[test]
fn adjustment_signs() {
    let k = "adjustment-sign";
    let up = ("|-75.00|-75.00|", "|75.00|75.00|");
    check(
        k,
        L1998B,
        &[up],
        &[":LINE_ITEM_ADJUSTMENT_AMOUNT=75.00->-75.00"],
    );
    check(
        k,
        L1998B,
        &[up, ("Courtesy discount", "Reversal of discount")],
        &[],
    );
    check(
        k,
        L1998B,
        &[up, ("Courtesy discount on fees", "Premium agreed")],
        &[],
    );
    check(
        k,
        L1998B,
        &[up, ("Courtesy discount on fees", "Creditor committee")],
        &[],
    );
    check(k, L1998B, &[("|-75.00|-75.00|", "|-75.00|75.00|")], &[]);
    let note = ("Agreed write-down", "Courtesy discount");
    let plus = (
        "<increase_decrease>Decrease</increase_decrease>\n              <disc_cred_amount>-30",
        "<increase_decrease>Increase</increase_decrease>\n              <disc_cred_amount>30",
    );
    check(
        k,
        XML22,
        &[note, plus],
        &["discount:disc_cred_amount=30.00->-30.00"],
    );
}

#[test]
fn units() {
    let k = "units";
    check(
        k,
        L1998B,
        &[("|2.40|", "|0.0|")],
        &[":LINE_ITEM_NUMBER_OF_UNITS=0.0"],
    );
    check(
        k,
        L1998B,
        &[("|2.40|", "|-2.4|")],
        &["negative-units:LINE_ITEM_NUMBER_OF_UNITS=-2.4"],
    );
    check(
        k,
        L1998B,
        &[("|450.00|", "|0|")],
        &["zero-unit-cost:LINE_ITEM_UNIT_COST=0"],
    );
    check(k, L1998B, &[("|450.00|", "|-450|")], &[]);
    check(
        k,
        L1998B,
        &[("|2.40|", "|-2.4|"), ("|450.00|", "|-450|")],
        &["both-negative:LINE_ITEM_NUMBER_OF_UNITS=-2.4"],
    );
    check(k, XML22, &[("<units>2.00", "<units>0")], &[":units=0"]);
    check(
        k,
        XML22,
        &[
            ("<units>2.00", "<units>0"),
            ("<charge_type>U", "<charge_type>F"),
        ],
        &[],
    );
}

#[test]
fn taxes_of_lines() {
    let k = "line-tax";
    check(
        k,
        L1998BI,
        &[("|114.00|VAT", "|141.00|VAT")],
        &[":LINE_ITEM_TAX_TOTAL=141.00->114.00"],
    );
    check(k, L1998BI, &[("|114.00|VAT", "|114.01|VAT")], &[]);
    check(
        k,
        L1998BI,
        &[("|0|0.00|VAT", "|0|5.00|VAT")],
        &["zero-rate:LINE_ITEM_TAX_RATE=0"],
    );
    check(
        k,
        L1998BI,
        &[("|0|0.00|VAT", "|-0.2|0.00|VAT")],
        &["zero-rate:LINE_ITEM_TAX_RATE=-0.2"],
    );
    check(k, L1998BI, &[("|0.200000|", "|20|")], &["?20"]);
    check(k, L1998BI, &[("|114.00|VAT", "|x|VAT")], &["?x"]);
    let k = "tax-totals";
    check(
        k,
        L1998BI,
        &[("0*|104.00|605.40|", "|140.00|605.40|")],
        &["total:INVOICE_TAX_TOTAL=140.00->104.00", "?140.00"],
    );
    check(k, L1998BI, &[("|114.00|VAT", "|141.00|VAT")], &["?141.00"]);
    check(
        k,
        L1998BI,
        &[("0*|605.40|", "|604.50|")],
        &["net:INVOICE_NET_TOTAL=604.50->605.40"],
    );
    check(k, L1998BI, &[("0*|709.40|", "|790.40|")], &["?790.40"]);
    check(
        "tax-rate-percent",
        L1998BI,
        &[("|0.200000|", "|20|")],
        &[":LINE_ITEM_TAX_RATE=20->0.2"],
    );
    check(
        "tax-rate-percent",
        XML22,
        &[("0.200000", "17.5")],
        &[":tax_rate_percent=17.5->0.175"],
    );
    let k = "tax-type";
    check(
        k,
        L1998BI,
        &[("0*|VAT|", "||")],
        &[":LINE_ITEM_TAX_TYPE=", ":LINE_ITEM_TAX_TYPE="],
    );
    let gst = [("accepted", Param::List(vec!["GST".to_owned()]))];
    check_with(
        k,
        &gst,
        L1998BI,
        &[],
        &["not-accepted:LINE_ITEM_TAX_TYPE=VAT"; 2],
    );
    let k = "reported-tax";
    check(
        k,
        L1998BI,
        &[("0*|104.00|GBP[]", "|104.00|[]")],
        &[":INVOICE_TAX_CURRENCY="],
    );
    check(
        k,
        L1998BI,
        &[("0*|104.00|GBP[]", "||GBP[]")],
        &[":INVOICE_REPORTED_TAX_TOTAL="],
    );
    check(
        k,
        L1998BI,
        &[("0*|104.00|GBP[]", "|120.00|GBP[]")],
        &["same-currency:INVOICE_REPORTED_TAX_TOTAL=120.00->104.00"],
    );
    check(k, L1998BI, &[("0*|104.00|GBP[]", "|120.00|EUR[]")], &[]);
    check(
        k,
        L1998BI,
        &[("0*|104.00|605.40|", "|140.00|605.40|")],
        &["?140.00"],
    );
}
