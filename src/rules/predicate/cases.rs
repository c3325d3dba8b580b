//! What each kind says about the worked examples with one thing changed.

use super::sample::{L1998B, L1998BI, L2000, XML22, read, said};
use super::{KINDS, build};
use crate::rules::pack::written::Param;
use crate::rules::{Rule, Shelf};
use std::sync::Arc;

/// Changes the first occurrence of each text; `0*` before it: every occurrence.
fn changed(base: &str, changes: &[(&str, &str)]) -> String {
    let mut text = base.to_owned();
    for (from, to) in changes {
        let (from, count) = match from.strip_prefix("0*") {
            Some(from) => (from, usize::MAX),
            None => (*from, 1),
        };
        assert!(text.contains(from), "{from} is not in the example");
        text = text.replacen(from, to, count);
    }
    text
}

fn check(kind: &str, base: &str, changes: &[(&str, &str)], expected: &[&str]) {
    check_with(kind, &[], base, changes, expected);
}

fn check_with(
    kind: &str,
    params: &[(&str, Param)],
    base: &str,
    changes: &[(&str, &str)],
    expected: &[&str],
) {
    let invoice = read(&changed(base, changes));
    assert_eq!(
        said(kind, params, &invoice),
        expected,
        "{kind}: {changes:?}"
    );
}

#[test]
fn the_worked_examples_give_nothing() {
    for (kind, _) in KINDS {
        for base in [L1998B, L1998BI, XML22, L2000] {
            check(kind, base, &[], &[]);
        }
    }
}

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
fn invoice_totals() {
    let k = "invoice-total";
    check(
        k,
        L1998B,
        &[("0*|1403.60|", "|1430.60|")],
        &[":INVOICE_TOTAL=1430.60->1403.60"],
    );
    check(k, L1998B, &[("|1403.60|", "|1430.60|")], &["?1403.60"]);
    check(k, L1998B, &[("0*|1403.60|", "|x|")], &["?x"]);
    check(k, L1998B, &[("|465.00|", "|x|")], &["?x"]);
    check(k, L1998B, &[("|465.00|", "||")], &["?"]);
    check(k, L1998B, &[("|465.00|", "|456.00|")], &["?456.00"]);
    check(
        k,
        L1998B,
        &[("|465.00|", "|456.00|"), ("0*|1403.60|", "|1500|")],
        &[":INVOICE_TOTAL=1500->1394.60"],
    );
    check(
        k,
        L1998BI,
        &[("0*|709.40|", "|605.40|")],
        &["is-net:INVOICE_TOTAL=605.40->709.40"],
    );
}

#[test]
fn one_value_an_invoice() {
    let k = "field-varies";
    check(
        k,
        L1998B,
        &[("|Professional services March 2026|2", "|Other|2")],
        &["description:INVOICE_DESCRIPTION=Professional services March 2026"],
    );
    check(k, L1998B, &[("|1403.60|", "|1|")], &[":INVOICE_TOTAL=1"]);
    check(
        k,
        L1998B,
        &[
            ("0*|HV-10422|BWC01|", "|HV-10422|BWC02|"),
            ("|BWC02|", "|BWC01|"),
        ],
        &[":CLIENT_ID=BWC01"],
    );
    let k = "duplicate-line-number";
    check(
        k,
        L1998B,
        &[("2026|2|F", "2026|1|F")],
        &[":LINE_ITEM_NUMBER=1"],
    );
    check(k, L1998B, &[("2026|1|F", "2026|9|F")], &[]);
    check(
        k,
        L1998B,
        &[("2026|1|F", "2026|4|F"), ("2026|2|F", "2026|3|F")],
        &[":LINE_ITEM_NUMBER=3", ":LINE_ITEM_NUMBER=4"],
    );
    check(
        k,
        L1998B,
        &[("2026|1|F", "2026||F"), ("2026|2|F", "2026||F")],
        &[],
    );
    let k = "matter-count";
    let two = ("|2026-0117|", "|2026-0118|");
    check(k, L1998B, &[two], &[":LAW_FIRM_MATTER_ID=2026-0117"]);
    check_with(
        k,
        &[("max_matters", Param::Integer(2))],
        L1998B,
        &[two],
        &[],
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
fn dates() {
    let later = ("0*|20260301|20260331|", "|20260331|20260301|");
    check(
        "period-reversed",
        L1998B,
        &[later],
        &[":BILLING_END_DATE=20260301"],
    );
    check("outside-period", L1998B, &[later], &["?20260301"]);
    check(
        "outside-period",
        L1998B,
        &[("|20260304|", "|20260228|")],
        &[":LINE_ITEM_DATE=20260228"],
    );
    check(
        "outside-period",
        L1998B,
        &[("|20260304|", "|20260401|")],
        &[],
    );
    check(
        "outside-period",
        L1998B,
        &[("0*|20260301|", "|x|")],
        &["?x"],
    );
    check(
        "after-invoice-date",
        L1998B,
        &[("|20260304|", "|20260401|")],
        &[":LINE_ITEM_DATE=20260401"],
    );
    check(
        "after-invoice-date",
        L1998B,
        &[("20260331|HV", "20260330|HV")],
        &["?20260331"],
    );
    check(
        "invoice-after-today",
        L1998B,
        &[("0*20260331|HV", "20260501|HV")],
        &[":INVOICE_DATE=20260501"],
    );
    check(
        "invoice-after-today",
        XML22,
        &[("<inv_date>2026-04-30", "<inv_date>2026-05-01")],
        &[":inv_date=2026-05-01"],
    );
}

#[test]
fn timekeepers() {
    let k = "timekeeper-identity";
    let one = ("|0057|", "|0042|");
    check(k, L1998B, &[one], &[":TIMEKEEPER_NAME=Quillfeather, Ada"]);
    let named = ("Tamsin, Rolf", "QUILLFEATHER,Ada");
    check(
        k,
        L1998B,
        &[one, named],
        &["class:TIMEKEEPER_CLASSIFICATION=PARTNR"],
    );
    check(k, L1998B, &[one, named, ("|ASSOC|", "|partnr|")], &[]);
    check(
        k,
        L1998B,
        &[one, ("Tamsin, Rolf", "Quillfeather, Ada Jr.")],
        &[":TIMEKEEPER_NAME=Quillfeather, Ada"],
    );
    let k = "split-names";
    check(
        k,
        L1998BI,
        &[("|Ormerod|Keir|", "|Orme|Keith|")],
        &["split-names:TIMEKEEPER_NAME=Ormerod Keir"],
    );
    check(k, L1998BI, &[("|Ormerod|Keir|", "|ORMEROD|KEIR|")], &[]);
    let k = "two-rates";
    check(k, L1998B, &[one], &[":LINE_ITEM_UNIT_COST=310.00"]);
    check(k, L1998B, &[one, ("||A104|", "||A112|")], &[]);
    check(
        k,
        L1998B,
        &[one, ("Review document", "Travel to document")],
        &[],
    );
    check(k, L1998B, &[one, ("|310.00|", "|-450|")], &[]);
    check(k, L1998B, &[one, ("|2026-0117|", "|2026-0118|")], &[]);
    let k = "timekeeper-summary";
    check(k, XML22, &[("<tk_id>PB3", "<tk_id>PB4")], &[":tk_id=PB3"]);
    check(
        k,
        XML22,
        &[("<tk_level>PARTNR", "<tk_level>ASSOC")],
        &["level:tk_level=PARTNR"],
    );
    check(
        k,
        XML22,
        &[("<tk_rate>300.00", "<tk_rate>310.00")],
        &["rate:rate=300.00"],
    );
    check(
        k,
        L2000,
        &[("<tk_hours>2.40", "<tk_hours>2")],
        &["hours:tk_hours=2->2.40"],
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

#[test]
fn codes_of_1998bi() {
    check(
        "currency-code",
        L1998BI,
        &[("0*|605.40|GBP|", "|605.40|UKP|")],
        &[":INVOICE_CURRENCY=UKP"],
    );
    check(
        "currency-code",
        L1998BI,
        &[("0*|GBP[]", "|gbp[]")],
        &["case:INVOICE_TAX_CURRENCY=gbp->GBP"],
    );
    check(
        "currency-code",
        XML22,
        &[(">GBP<", ">EURO<")],
        &[":inv_currency=EURO"],
    );
    check(
        "country-code",
        L1998BI,
        &[("0*|HU0 0BB|GBR|", "|HU0 0BB|UK|")],
        &[":CLIENT_COUNTRY=UK"],
    );
    check(
        "country-code",
        L1998BI,
        &[("0*|HU0 0BB|GBR|", "|HU0 0BB|GB|")],
        &[],
    );
    check(
        "country-code",
        L1998BI,
        &[("0*|LS0 0AA|GBR|", "|LS0 0AA|gbr|")],
        &["case:LAW_FIRM_COUNTRY=gbr->GBR"],
    );
    check(
        "account-type",
        L1998BI,
        &[("0*|O|Pelham", "|X|Pelham")],
        &[":ACCOUNT_TYPE=X"],
    );
    check(
        "account-type",
        L1998BI,
        &[("0*|O|Pelham", "|t|Pelham")],
        &["case:ACCOUNT_TYPE=t->T"],
    );
    check(
        "law-firm-id",
        L1998BI,
        &[("0*GB000000000~PB-UK-01", "A~B~C~D")],
        &[":LAW_FIRM_ID=A~B~C~D"],
    );
    check(
        "law-firm-id",
        L1998BI,
        &[("0*GB000000000~PB-UK-01", "A~~C")],
        &["empty-part:LAW_FIRM_ID=A~~C"],
    );
}

#[test]
fn items() {
    let k = "item-math";
    check(
        k,
        XML22,
        &[("<base_amount>600.00", "<base_amount>660.00")],
        &["base-amount:base_amount=660.00->600.00", "?660.00"],
    );
    check(
        k,
        XML22,
        &[("<base_amount>600.00", "<base_amount>600.01")],
        &["cents:base_amount=600.01->600.00", "?600.01"],
    );
    check(
        k,
        XML22,
        &[("<total_amount>570.00", "<total_amount>684.00")],
        &["item-total:total_amount=684.00->570.00"],
    );
    check(
        k,
        XML22,
        &[
            ("<units>2.00", "<units>0"),
            ("<charge_type>U", "<charge_type>F"),
        ],
        &[],
    );
    check(
        k,
        L2000,
        &[("<total_amount>1010.00", "<total_amount>1100.00")],
        &["above-base:total_amount=1100.00"],
    );
    let percent = |p| ("<discount_type>flat</discount_type>", p);
    let ten = "<discount_type>percent</discount_type><discount_percent>10</discount_percent>";
    let tenth = "<discount_type>percent</discount_type><discount_percent>0.10</discount_percent>";
    check(
        k,
        L2000,
        &[percent(ten)],
        &["item-total:total_amount=1010.00->972.00"],
    );
    let right = ("<total_amount>1010.00", "<total_amount>972.00");
    check(k, L2000, &[percent(ten), right], &[]);
    check(k, L2000, &[percent(tenth), right], &[]);
}

#[test]
fn discounts() {
    let k = "discount-math";
    check(
        k,
        XML22,
        &[(
            "<item_disc_cred_amount>-30.00",
            "<item_disc_cred_amount>-40.00",
        )],
        &["discount-sum:item_disc_cred_amount=-40.00->-30.00"],
    );
    check(
        k,
        XML22,
        &[("<disc_cred_amount>-30.00", "<disc_cred_amount>30.00")],
        &["sign:disc_cred_amount=30.00->-30.00", "?-30.00"],
    );
    check(
        k,
        XML22,
        &[("_fees>-50.00", "_fees>-55.00")],
        &[
            "matter-discounts:matter_disc_credit_fees=-55.00->-50.00",
            "?-55.00",
        ],
    );
    check(
        k,
        XML22,
        &[("_total>-50.00", "_total>-55.00")],
        &["matter-discount-total:matter_disc_cred_total=-55.00->-50.00"],
    );
    let flat = "<disc_cred_type>Flat</disc_cred_type><increase_decrease>Decrease</increase_decrease>\n              <disc_cred_amount>-30.00";
    let percent = "<disc_cred_type>Percent</disc_cred_type><increase_decrease>Decrease</increase_decrease><discount_percent>5</discount_percent><disc_cred_amount>-30.00";
    check(k, XML22, &[(flat, percent)], &[]);
    check(k, XML22, &[(flat, percent), ("cent>5<", "cent>0.05<")], &[]);
    check(
        k,
        XML22,
        &[(flat, percent), ("cent>5<", "cent>6<")],
        &["percent:disc_cred_amount=-30.00->-36.00"],
    );
    let k = "discount-note";
    check(
        k,
        XML22,
        &[("<disc_cred_note>Agreed write-down</disc_cred_note>", "")],
        &[":disc_cred=Other"],
    );
    let midb = "<matter_disc_cred><disc_cred>MIDB</disc_cred><disc_cred_category>Fee</disc_cred_category></matter_disc_cred>";
    let twice = format!("{midb}{midb}<tax_summary>");
    check(
        k,
        XML22,
        &[("<tax_summary>", &twice)],
        &["two-midb:disc_cred=MIDB"],
    );
    check(
        "credit-note",
        XML22,
        &[(
            "<inv_currency>",
            "<credit_note>Y</credit_note><inv_currency>",
        )],
        &[":credit_note=Y"],
    );
}

#[test]
fn totals_of_matters() {
    let k = "matter-totals";
    check(
        k,
        XML22,
        &[("detail_fees>570.00", "detail_fees>580.00")],
        &["detail-total:matter_total_detail_fees=580.00->570.00"],
    );
    check(
        k,
        XML22,
        &[("<total_amount>570.00", "<total_amount>580.00")],
        &["?580.00"],
    );
    check(
        k,
        XML22,
        &[("net_fees>520.00", "net_fees>530.00")],
        &["weak:matter_net_fees=530.00->520.00"],
    );
    check(
        k,
        XML22,
        &[("total_due>709.40", "total_due>790.40")],
        &["weak:matter_total_due=790.40->709.40", "?790.40"],
    );
    check(
        k,
        XML22,
        &[("net_due>709.40", "net_due>790.40")],
        &["matters:inv_total_net_due=790.40->709.40"],
    );
    // Both readings of the published text: the tax inside the net amount.
    check(k, XML22, &[("net_fees>520.00", "net_fees>624.00")], &[]);
    check(
        k,
        XML22,
        &[("tax_on_fees>104.00", "tax_on_fees>140.00")],
        &[],
    );
    check(
        k,
        L2000,
        &[("detail_exp>23.60", "detail_exp>26.30")],
        &["detail-total:matter_total_detail_exp=26.30->23.60"],
    );
    check(
        k,
        L2000,
        &[("total_due>1033.60", "total_due>1330.60")],
        &["due-sum:matter_total_due=1330.60->1033.60", "?1330.60"],
    );
    check(
        k,
        L2000,
        &[("net_due>1033.60", "net_due>1330.60")],
        &["matters-weak:inv_total_net_due=1330.60->1033.60"],
    );
    let charged = [("<total_amount>23.60", "<total_amount>26.30")];
    check(k, L2000, &charged, &["?26.30"]);
    let general =
        "<inv_generic_discount>33.60</inv_generic_discount>\n      <inv_total_net_due>1000.00";
    check(k, L2000, &[("<inv_total_net_due>1033.60", general)], &[]);
}

#[test]
fn taxes_of_matters() {
    let k = "matter-tax";
    check(
        k,
        XML22,
        &[("total_tax_on_fees>104.00", "total_tax_on_fees>140.00")],
        &["summary:total_tax_on_fees=140.00->104.00", "?140.00"],
    );
    check(
        k,
        XML22,
        &[("matter_tax_on_fees>104.00", "matter_tax_on_fees>140.00")],
        &["matter-tax:matter_tax_on_fees=140.00->104.00"],
    );
    check(
        k,
        XML22,
        &[("inv_total_tax>104.00", "inv_total_tax>140.00")],
        &["weak:inv_total_tax=140.00->104.00"],
    );
    check(k, XML22, &[("0.200000", "20")], &["?20", "?20"]);
    check(
        k,
        XML22,
        &[("<tax_tiers>N", "<tax_tiers>Y")],
        &["tiered:total_tax_on_fees=104.00->0.00"],
    );
    let tier = "<tax_tier_detail><tx_id>W</tx_id><tax_tier_rate>0.1</tax_tier_rate><tax_tier_taxable_amount>500.00</tax_tier_taxable_amount><tax_tier_amount_tax>50.00</tax_tier_amount_tax></tax_tier_detail><tax_tier_summary><tx_id>W</tx_id><tax_tier_total_taxable_amount>500.00</tax_tier_total_taxable_amount><tax_tier_total_tax>50.00</tax_tier_total_tax></tax_tier_summary><matter>";
    check(k, XML22, &[("<matter>", tier)], &[]);
    check(
        k,
        XML22,
        &[("<matter>", tier), ("amount_tax>50.00", "amount_tax>55.00")],
        &[
            "tier:tax_tier_amount_tax=55.00->50.00",
            "tier-summary:tax_tier_total_tax=50.00->55.00",
        ],
    );
    let k = "tax-reference";
    check(
        k,
        XML22,
        &[("<tx_id>1<", "<tx_id>2<")],
        &[":tx_id=1", ":tx_id=1", ":tx_id=1"],
    );
    let gone = (
        "<tax_item_fee><tx_id>1</tx_id>",
        "<tax_item_fee><tx_id></tx_id>",
    );
    let spared = (
        "<tax_matter_disc_cred><tx_id>1</tx_id>",
        "<tax_matter_disc_cred><tx_id></tx_id>",
    );
    check(k, XML22, &[gone, spared], &["unused:tx_id=1"]);
    let summary = (
        "<tax_summary>\n            <tx_id>1</tx_id>",
        "<tax_summary>\n            <tx_id></tx_id>",
    );
    check(k, XML22, &[summary], &["no-summary:tx_id=1"]);
    check(
        k,
        XML22,
        &[(">Increase<", ">Decrease<")],
        &["withheld-on-item:tx_id=1"],
    );
    check(
        k,
        XML22,
        &[("<tax_tiers>N", "<tax_tiers>Y")],
        &["tiered-rate:tax_rate_percent=0.200000"],
    );
    let circle = "<tax_on_tax>Y</tax_on_tax><tax_on_tax_id>1</tax_on_tax_id>";
    check(
        k,
        XML22,
        &[("<tax_on_tax>N</tax_on_tax>", circle)],
        &["circle:tax_on_tax_id=1"],
    );
}

/// Rules of the pack `ledes` that this module looks for are built with the parameters they are written with.
#[test]
fn the_rules_take_their_parameters() {
    let shelf = Shelf::shipped().expect("packs that were built");
    let pack: Arc<str> = Arc::from("ledes");
    let mut built = 0;
    for written in shelf.packs().iter().flat_map(|p| &p.rule) {
        let rule = Rule::from_written(written, &pack).expect("known words");
        built += build(&rule).expect("known kinds and parameters").len();
    }
    assert!(built >= 32, "{built}");
}
