//! Items, discounts, matters and taxes of the XML formats.

use super::check;
use crate::rules::predicate::sample::{L2000, XML22};

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
