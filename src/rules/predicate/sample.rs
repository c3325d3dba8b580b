//! Invoices for the tests of predicates, read from the references' worked examples in the simplest way that
//! can be. The real readers are of another module, which this one may not see.

use super::{Judging, KINDS, Params};
use crate::model::line::LineDetail;
use crate::model::*;
use crate::rules::Shelf;
use crate::rules::pack::Spot;
use crate::rules::pack::written::Param;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub(super) const L1998B: &str = include_str!("sample/1998b.txt");
pub(super) const L1998BI: &str = include_str!("sample/1998bi.txt");
pub(super) const XML22: &str = include_str!("sample/2.2.xml");
pub(super) const L2000: &str = include_str!("sample/2000.xml");

/// What a kind says about an invoice, one text a hit: `variant:field=value->expected`, and `?value` for what
/// could not be judged because of that value.
pub(super) fn said(kind: &str, params: &[(&str, Param)], invoice: &Invoice) -> Vec<String> {
    let given: BTreeMap<String, Param> = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    let mut params = Params {
        rule: RuleId::new("tested"),
        place: &Spot::default(),
        given: &given,
        asked: Vec::new(),
    };
    let make = KINDS.iter().find(|(name, _)| *name == kind);
    let (_, make) = make.expect("a kind that is registered");
    let predicate = make(&mut params).expect("parameters of the kind");
    let judging = Judging::on(NaiveDate::from_ymd_opt(2026, 4, 30).expect("a day"));
    let mut hits = Hits::default();
    predicate.judge(invoice, &judging, &mut hits);
    for hit in &hits.hits {
        has_texts(kind, hit);
    }
    let mut all: Vec<String> = hits.hits.iter().map(|hit| told(invoice, hit)).collect();
    let unjudged = hits.unjudged.iter();
    all.extend(unjudged.map(|u| format!("?{}", invoice.get(u.because))));
    all
}

fn told(invoice: &Invoice, hit: &Hit) -> String {
    let mark = hit.marks.first().expect("every hit has a place");
    let mut text = format!("{}:{}={}", hit.variant, mark.field, invoice.get(mark.cell));
    if let Some(expected) = &hit.expected {
        text.push_str("->");
        text.push_str(expected);
    }
    text
}

/// Fails where the pack that names this kind has no text for a hit, or a text names what the hit does not.
fn has_texts(kind: &str, hit: &Hit) {
    static SHELF: OnceLock<Shelf> = OnceLock::new();
    let shelf = SHELF.get_or_init(|| Shelf::shipped().expect("packs that were built"));
    let rules = shelf.packs().iter().flat_map(|p| &p.rule);
    let mut named = 0;
    for rule in rules.filter(|r| r.kind.iter().any(|k| k == kind)) {
        named += 1;
        let texts = match hit.variant {
            "" => [Some(&rule.message), Some(&rule.help)],
            variant => {
                let texts = rule.variant.get(variant);
                let texts = texts.unwrap_or_else(|| panic!("{}: no {variant}", rule.id));
                [texts.message.as_ref(), texts.help.as_ref()]
            }
        };
        for text in texts.into_iter().flatten() {
            for word in text.split('{').skip(1) {
                let word = word.split('}').next().unwrap_or(word);
                let known =
                    ALWAYS.contains(&word) || hit.args.iter().any(|(name, _)| *name == word);
                let expected = word == "expected" && hit.expected.is_some();
                assert!(known || expected, "{} {}: {{{word}}}", rule.id, hit.variant);
            }
        }
    }
    assert!(named > 0, "no rule names {kind}");
}

/// What every message can name.
const ALWAYS: [&str; 6] = ["field", "value", "item", "line", "invoice", "count"];

/// Reads an invoice of any format.
pub(super) fn read(text: &str) -> Invoice {
    if text.starts_with("LEDES") {
        pipe(text)
    } else {
        xml(text)
    }
}

fn number(text: &str, cell: Cell) -> Value<Decimal> {
    Value::new(cell, text.parse().ok())
}

fn date(text: &str, cell: Cell) -> Value<NaiveDate> {
    let read = ["%Y%m%d", "%Y-%m-%d"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok());
    Value::new(cell, read)
}

fn pipe(text: &str) -> Invoice {
    let mut rows = text.lines().map(|l| l.trim_end_matches("[]"));
    let format = match rows.next() {
        Some("LEDES1998B") => LedesFormat::L1998B,
        _ => LedesFormat::L1998BIV2,
    };
    let header = rows.next().expect("a header");
    let columns: Arc<[String]> = header.split('|').map(str::to_owned).collect();
    let mut invoice = Invoice::new(format, SourceText::default());
    invoice.columns = columns;
    for (index, row) in rows.enumerate() {
        let start = invoice.text.push_line(index as u32 + 3, row);
        let mut line = Line {
            record: Cell::new(start, start + row.len()),
            ..Line::default()
        };
        let mut at = start;
        let cells: Vec<(Option<Field>, &str, Cell)> = row
            .split('|')
            .zip(invoice.columns.iter())
            .map(|(part, name)| {
                let cell = Cell::new(at, at + part.len());
                at += part.len() + 1;
                (Field::of_column(name), part, cell)
            })
            .collect();
        let mut matter = Matter {
            complete: true,
            ..Matter::default()
        };
        for (field, part, cell) in cells {
            let Some(field) = field else { continue };
            line_field(&mut line, field, part, cell);
            let first = invoice.lines.first().map(|l| invoice.cell_on(l, field));
            match field {
                Field::LawFirmMatterId => matter.law_firm_matter_id = cell,
                Field::AccountType => matter.account_type = cell,
                _ if is_of_invoice(field) => match first {
                    None => invoice_field(&mut invoice, field, part, cell),
                    Some(first) if invoice.text.raw(first) != part => {
                        invoice.variations.push(Variation {
                            field,
                            line: index as u32,
                            first,
                            other: cell,
                        });
                    }
                    Some(_) => {}
                },
                _ => {}
            }
        }
        let id = |m: &Matter| invoice.text.raw(m.law_firm_matter_id);
        let known = invoice.matters.iter().position(|m| id(m) == id(&matter));
        line.matter = known.unwrap_or(invoice.matters.len()) as u32;
        if known.is_none() {
            invoice.matters.push(matter);
        }
        invoice.lines.push(line);
    }
    invoice
}

fn is_of_invoice(field: Field) -> bool {
    let name = field.canonical();
    let other = ["timekeeper", "line", "client_matter", "tax_"];
    name.starts_with("invoice")
        || name.starts_with("billing")
        || (name.starts_with("client") || name.starts_with("law_firm"))
            && !other.iter().any(|o| name.starts_with(o))
}

fn invoice_field(invoice: &mut Invoice, field: Field, part: &str, cell: Cell) {
    match field {
        Field::InvoiceDate => invoice.date = date(part, cell),
        Field::BillingStartDate => invoice.billing_start = date(part, cell),
        Field::BillingEndDate => invoice.billing_end = date(part, cell),
        Field::InvoiceNumber => invoice.number = cell,
        Field::InvoiceTotal => invoice.total = number(part, cell),
        Field::InvoiceTaxTotal => invoice.tax_total = number(part, cell),
        Field::InvoiceNetTotal => invoice.net_total = number(part, cell),
        Field::InvoiceReportedTaxTotal => invoice.reported_tax_total = number(part, cell),
        Field::InvoiceCurrency => invoice.currency = cell,
        Field::InvoiceTaxCurrency => invoice.tax_currency = cell,
        Field::LawFirmId => invoice.firm.law_firm_id = cell,
        Field::LawFirmCountry => invoice.firm.address.country = cell,
        Field::ClientCountry => invoice.client.address.country = cell,
        _ => {}
    }
}

fn line_field(line: &mut Line, field: Field, part: &str, cell: Cell) {
    match field {
        Field::LineItemNumber => line.item = cell,
        Field::LineType => line.kind = Value::new(cell, LineKind::of_code(part)),
        Field::Units => line.units = number(part, cell),
        Field::UnitCost => line.unit_cost = number(part, cell),
        Field::Adjustment => line.adjustment = number(part, cell),
        Field::LineTotal => line.total = number(part, cell),
        Field::LineDate => line.date = date(part, cell),
        Field::TaxRate => line.tax_rate = number(part, cell),
        Field::TaxTotal => line.tax_total = number(part, cell),
        Field::TaxType => line.tax_type = cell,
        Field::TaskCode => line.task_code = cell,
        Field::ActivityCode => line.activity_code = cell,
        Field::ExpenseCode => line.expense_code = cell,
        Field::TimekeeperId => line.timekeeper_id = cell,
        Field::TimekeeperName => line.timekeeper_name = cell,
        Field::TimekeeperLastName => line.timekeeper_last_name = cell,
        Field::TimekeeperFirstName => line.timekeeper_first_name = cell,
        Field::TimekeeperClassification => line.timekeeper_classification = cell,
        Field::LineDescription => line.description = cell,
        Field::BaseAmount => line.base_amount = number(part, cell),
        Field::ChargeType => line.charge_type = cell,
        _ => {}
    }
}

/// Every element must stand closed on its own line or have its children on others.
fn xml(text: &str) -> Invoice {
    let format = match text.contains("ledesxmlebilling2.2") {
        true => LedesFormat::Xml22,
        false => LedesFormat::L2000,
    };
    let mut source = SourceText::default();
    source.push_block(1, 0, text);
    let mut invoice = Invoice::new(format, source);
    let mut path: Vec<&str> = Vec::new();
    let mut opened = 0;
    for (at, _) in text.match_indices('<') {
        let end = at + text[at..].find('>').expect("a whole tag");
        let tag = &text[at + 1..end];
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if !text[opened..at].contains('<') {
                let parent = path.iter().rev().nth(1).copied().unwrap_or("");
                let cell = Cell::new(opened, at);
                element(&mut invoice, parent, name, &text[opened..at], cell);
            }
            path.pop();
        } else {
            opened = end + 1;
            path.push(tag.split(' ').next().unwrap_or(tag));
            segment(&mut invoice, tag);
        }
    }
    invoice
}

fn segment(invoice: &mut Invoice, tag: &str) {
    let matters = invoice.matters.len();
    let line = |kind| Line {
        kind: Value::new(Cell::new(0, 0), Some(kind)),
        matter: matters.saturating_sub(1) as u32,
        detail: Some(Box::new(LineDetail::default())),
        ..Line::default()
    };
    match tag {
        "tax" => invoice.taxes.push(Tax::default()),
        "tax_tier_detail" => invoice.tax_tiers.push(TaxTier::default()),
        "tax_tier_summary" => invoice.tax_tier_summaries.push(TaxTierSummary::default()),
        "matter" => invoice.matters.push(Matter {
            complete: true,
            ..Matter::default()
        }),
        "fee" => invoice.lines.push(line(LineKind::Fee)),
        "expense" => invoice.lines.push(line(LineKind::Expense)),
        "fee_item_disc_cred" => {
            let line = invoice.lines.last_mut().expect("inside a line");
            let detail = line.detail.as_mut().expect("every XML line has one");
            detail.discounts.push(Discount::default());
        }
        "matter_disc_cred" | "tax_summary" | "tk_sum" => {
            let matter = invoice.matters.last_mut().expect("inside a matter");
            match tag {
                "matter_disc_cred" => matter.discounts.push(Discount::default()),
                "tax_summary" => matter.tax_summaries.push(TaxSummary::default()),
                _ => matter.timekeepers.push(TimekeeperSummary::default()),
            }
        }
        _ => {}
    }
}

fn element(invoice: &mut Invoice, parent: &str, name: &str, text: &str, cell: Cell) {
    let money = number(text, cell);
    match parent {
        "invoice" => match name {
            "inv_id" => invoice.number = cell,
            "inv_date" => invoice.date = date(text, cell),
            "inv_start_date" => invoice.billing_start = date(text, cell),
            "inv_end_date" => invoice.billing_end = date(text, cell),
            "inv_currency" => invoice.currency = cell,
            "inv_total_tax" => invoice.tax_total = money,
            "inv_total_net_due" => invoice.total = money,
            "inv_generic_discount" => invoice.generic_discount = money,
            "credit_note" => invoice.credit_note = cell,
            "inv_reference" => invoice.inv_reference = cell,
            _ => {}
        },
        "tax" => {
            let tax = invoice.taxes.last_mut().expect("inside a tax");
            match name {
                "tx_id" => tax.id = cell,
                "tax_tiers" => tax.tiers = cell,
                "tax_rate_percent" => tax.rate = money,
                "tax_on_tax" => tax.on_tax = cell,
                "tax_on_tax_id" => tax.on_tax_id = cell,
                "increase_decrease" => tax.increase_decrease = cell,
                _ => {}
            }
        }
        "tax_tier_detail" => {
            let tier = invoice.tax_tiers.last_mut().expect("inside a tier");
            match name {
                "tx_id" => tier.tax_id = cell,
                "tax_tier_rate" => tier.rate = money,
                "tax_tier_taxable_amount" => tier.taxable_amount = money,
                "tax_tier_amount_tax" => tier.tax = money,
                _ => {}
            }
        }
        "tax_tier_summary" => {
            let sum = invoice.tax_tier_summaries.last_mut().expect("inside one");
            match name {
                "tx_id" => sum.tax_id = cell,
                "tax_tier_total_taxable_amount" => sum.total_taxable_amount = money,
                "tax_tier_total_tax" => sum.total_tax = money,
                _ => {}
            }
        }
        "fee" | "expense" => {
            let format = invoice.format;
            let line = invoice.lines.last_mut().expect("inside a line");
            let detail = line.detail.as_mut().expect("every XML line has one");
            match name {
                "discount_type" => detail.discount_type = cell,
                "discount_percent" => detail.discount_percent = money,
                _ => {
                    let field = Field::ALL.iter().find(|f| f.name_in(format) == name);
                    if let Some(field) = field {
                        line_field(line, *field, text, cell);
                    }
                }
            }
        }
        "tax_item_fee" | "tax_item_expense" if name == "tx_id" => {
            let line = invoice.lines.last_mut().expect("inside a line");
            let detail = line.detail.as_mut().expect("every XML line has one");
            detail.tax_ids.push(cell);
        }
        "fee_item_disc_cred" => {
            let line = invoice.lines.last_mut().expect("inside a line");
            let detail = line.detail.as_mut().expect("every XML line has one");
            discount(detail.discounts.last_mut(), name, cell, money);
        }
        "matter" | "matter_disc_cred" | "tax_matter_disc_cred" | "tax_summary" | "tk_sum" => {
            let matter = invoice.matters.last_mut().expect("inside a matter");
            match parent {
                "matter" => matter_element(matter, name, cell, money),
                "tax_summary" => {
                    let summary = matter.tax_summaries.last_mut().expect("inside one");
                    match name {
                        "tx_id" => summary.tax_id = cell,
                        "tax_total_detail_fees" => summary.detail_fees = money,
                        "total_tax_on_fees" => summary.tax_on_fees = money,
                        "tax_total_detail_expense" => summary.detail_expenses = money,
                        "total_tax_on_expense" => summary.tax_on_expenses = money,
                        _ => {}
                    }
                }
                "tk_sum" => {
                    let person = matter.timekeepers.last_mut().expect("inside one");
                    match name {
                        "tk_id" => person.id = cell,
                        "tk_lname" => person.last_name = cell,
                        "tk_fname" => person.first_name = cell,
                        "tk_level" => person.level = cell,
                        "tk_rate" => person.rate = money,
                        "tk_hours" => person.hours = money,
                        _ => {}
                    }
                }
                _ => discount(matter.discounts.last_mut(), name, cell, money),
            }
        }
        _ => {}
    }
}

fn discount(found: Option<&mut Discount>, name: &str, cell: Cell, money: Value<Decimal>) {
    let discount = found.expect("inside a discount");
    match name {
        "disc_cred" => discount.disc_cred = cell,
        "disc_cred_note" => discount.note = cell,
        "disc_cred_category" => discount.category = cell,
        "disc_cred_type" => discount.kind = cell,
        "increase_decrease" => discount.increase_decrease = cell,
        "pre_post_split" => discount.pre_post_split = cell,
        "discount_percent" => discount.percent = money,
        "disc_cred_amount" => discount.amount = money,
        "tx_id" => discount.tax_ids.push(cell),
        _ => {}
    }
}

fn matter_element(matter: &mut Matter, name: &str, cell: Cell, money: Value<Decimal>) {
    let value = match name {
        "lf_matter_id" => return matter.law_firm_matter_id = cell,
        "matter_total_detail_fees" => &mut matter.total_detail_fees,
        "matter_total_detail_exp" => &mut matter.total_detail_expenses,
        "matter_disc_credit_fees" => &mut matter.disc_credit_fees,
        "matter_disc_credit_exp" => &mut matter.disc_credit_expenses,
        "matter_disc_cred_total" => &mut matter.disc_cred_total,
        "matter_perc_shar_fees" => &mut matter.share_of_fees,
        "matter_tax_on_fees" => &mut matter.tax_on_fees,
        "matter_tax_on_exp" => &mut matter.tax_on_expenses,
        "matter_net_fees" => &mut matter.net_fees,
        "matter_net_exp" => &mut matter.net_expenses,
        "matter_total_due" => &mut matter.total_due,
        _ => return,
    };
    *value = money;
}
