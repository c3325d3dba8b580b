//! Totals, dates, codes and people of an invoice.

use super::{check, check_with};
use crate::rules::pack::written::Param;
use crate::rules::predicate::sample::{L1998B, L1998BI, L2000, XML22};

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
        &["split-names:TIMEKEEPER_NAME=Ormerod, Keir"],
    );
    check(k, L1998BI, &[("|Ormerod|Keir|", "|ORMEROD|KEIR|")], &[]);
    let k = "two-rates";
    check(k, L1998B, &[one], &[":LINE_ITEM_UNIT_COST=450.00"]);
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
