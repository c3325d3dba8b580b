//! What is lost between any two formats, as a page: from the same lists the conversion goes by.

use crate::formats::parts::{Names, Owner, every, has_place, shown};
use crate::model::{Family, LedesFormat};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const FROM: [LedesFormat; 6] = [
    LedesFormat::L1998B,
    LedesFormat::L1998BIV2,
    LedesFormat::L2000,
    LedesFormat::Xml20,
    LedesFormat::Xml21,
    LedesFormat::Xml22,
];

/// What becomes of a value without a field of its own in the target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Something else says the same: a sum, a name in one piece, a line.
    Said,
    /// It is lost.
    Lost,
    /// It is lost where it says more than what is written of it, as the words say.
    Partly(&'static str),
}

/// What becomes of a value of `source` that has no place in `target`, or another one.
fn fate(source: LedesFormat, target: LedesFormat, owner: Owner, names: &Names) -> Fate {
    use Fate::{Lost, Partly, Said};
    let from = source.family();
    let to = target.family();
    let name = if names.xml2.is_empty() {
        names.l2000
    } else {
        names.xml2
    };
    let pipe_to_xml = from == Family::Pipe && to != Family::Pipe;
    if pipe_to_xml && names.pipe == "LINE_ITEM_NUMBER" {
        return Partly("items are numbered anew");
    }
    if pipe_to_xml && owner == Owner::Adjustment {
        return match names.pipe {
            "LINE_ITEM_TOTAL" | "LINE_ITEM_ADJUSTMENT_AMOUNT" | "LINE_ITEM_TAX_TOTAL" => Said,
            "LINE_ITEM_DESCRIPTION" if to == Family::Xml2 => Said,
            "LINE_ITEM_TAX_RATE" | "LINE_ITEM_TAX_TYPE" if to == Family::Xml2 => Said,
            "LINE_ITEM_NUMBER_OF_UNITS" | "LINE_ITEM_UNIT_COST" => {
                Partly("where they do not make the amount")
            }
            _ => Lost,
        };
    }
    if has_place(target, owner, names) {
        return Said;
    }
    match (from, to) {
        (Family::Pipe, Family::Pipe) => match names.pipe {
            "INVOICE_TAX_TOTAL"
            | "INVOICE_NET_TOTAL"
            | "LINE_ITEM_TAX_RATE"
            | "LINE_ITEM_TAX_TOTAL" => Partly("tax is refused; zeros are left out"),
            "TIMEKEEPER_LAST_NAME" | "TIMEKEEPER_FIRST_NAME" => {
                Partly("where TIMEKEEPER_NAME says something else")
            }
            _ => Lost,
        },
        (Family::Pipe, _) => match names.pipe {
            "LINE_ITEM_ADJUSTMENT_AMOUNT" => Said,
            "LINE_ITEM_TAX_TOTAL" | "INVOICE_TAX_TOTAL" => Said,
            "INVOICE_NET_TOTAL" => Partly("where it is not the total less the tax"),
            "TIMEKEEPER_NAME" | "TIMEKEEPER_LAST_NAME" | "TIMEKEEPER_FIRST_NAME" => {
                Partly("where one timekeeper has two names, or bills no time")
            }
            "TIMEKEEPER_CLASSIFICATION" => Partly("on expenses of those who bill no time"),
            "LINE_ITEM_TAX_RATE" if to == Family::Xml2 => Said,
            "LINE_ITEM_TAX_TYPE" if to == Family::Xml2 => Partly("on lines without tax"),
            _ => Lost,
        },
        (_, Family::Pipe) => match (owner, name) {
            (Owner::Matter, "matter_perc_shar_fees" | "matter_perc_shar_exp") => {
                Partly("a share is refused unless a MISF discount has its amount")
            }
            (Owner::Matter, "matter_adj_on_fees" | "matter_adj_on_exp") => Said,
            (Owner::Matter, n) if sum(n) => Said,
            (Owner::Invoice, "inv_total_tax") => Partly("tax is refused"),
            (Owner::Invoice, "inv_generic_discount") => Partly("refused unless it is 0"),
            (Owner::TaxSummary, _) => {
                if target.is_international() {
                    Said
                } else {
                    Partly("tax is refused")
                }
            }
            (Owner::TaxTier | Owner::TaxTierSummary, _) => Partly("refused"),
            (Owner::Timekeeper, "tk_rate" | "tk_hours" | "tk_cost") => Said,
            (Owner::Timekeeper, _) => Partly("of those nothing is billed for"),
            (
                Owner::MatterDiscount,
                "disc_cred_category" | "increase_decrease" | "disc_cred_amount",
            ) => Said,
            (Owner::MatterDiscount, "disc_cred_note") => Said,
            (Owner::MatterDiscount, "disc_cred") => {
                Partly("where it has a note and is neither MIA nor Other")
            }
            (Owner::MatterDiscount, "disc_cred_type") => Said,
            (Owner::MatterDiscount, "pre_post_split") => Partly("where it is Post-Split"),
            (
                Owner::FeeDiscount | Owner::ExpenseDiscount,
                "disc_cred_amount" | "increase_decrease",
            ) => Said,
            (Owner::FeeDiscount | Owner::ExpenseDiscount, "disc_cred" | "disc_cred_type") => {
                Partly("of all but one plain adjustment (IA)")
            }
            (Owner::FeeTax | Owner::ExpenseTax | Owner::DiscountTax, _)
                if target.is_international() =>
            {
                Partly("two taxes on a line are refused")
            }
            (Owner::Tax, "tx_id") => Said,
            (Owner::Tax, "tax_rate_percent" | "tax_type") if target.is_international() => Said,
            (Owner::Tax, "tax_on_tax" | "tax_tiers") => Partly("where it is Y"),
            (Owner::Tax, "increase_decrease") => Partly("where it is Decrease"),
            (Owner::Fee | Owner::Expense, "charge_type") => Partly("where it is F"),
            (Owner::Fee | Owner::Expense, "base_amount") => Partly("where it is not units x rate"),
            (Owner::Fee | Owner::Expense, "discount_type" | "discount_percent") => Lost,
            _ => Lost,
        },
        (Family::Xml2, Family::Xml2000) => match (owner, name) {
            (
                Owner::Matter,
                "matter_disc_credit_fees" | "matter_disc_credit_exp" | "matter_disc_cred_total",
            ) => Said,
            (Owner::Invoice, "inv_total_tax") => Partly("where it is not the sum of the matters"),
            (
                Owner::MatterDiscount,
                "disc_cred_amount" | "disc_cred_category" | "increase_decrease",
            ) => Said,
            (Owner::MatterDiscount, "disc_cred" | "disc_cred_type" | "pre_post_split") => {
                Partly("of all but plain adjustments (MIA)")
            }
            (
                Owner::FeeDiscount | Owner::ExpenseDiscount,
                "discount_percent" | "disc_cred_type",
            ) => Said,
            (
                Owner::FeeDiscount | Owner::ExpenseDiscount,
                "disc_cred_amount" | "increase_decrease",
            ) => Said,
            (Owner::FeeDiscount | Owner::ExpenseDiscount, _) => Lost,
            (Owner::Fee, "item_disc_cred_amount") => Said,
            (Owner::Expense, "item_disc_cred_amount") => Partly("refused unless it is 0"),
            (Owner::Fee | Owner::Expense, "tk_level") => {
                Partly("where the timekeeper's summary has another")
            }
            (Owner::TaxTier | Owner::TaxTierSummary, _) => Partly("refused"),
            (Owner::Fee | Owner::Expense, "file_item_nbr") => Said,
            _ => Lost,
        },
        (Family::Xml2000, Family::Xml2) => match (owner, name) {
            (Owner::Matter, "matter_adj_on_fees" | "matter_adj_on_exp") => Said,
            (Owner::Invoice, "inv_generic_discount") => Partly("refused unless it is 0"),
            (Owner::Timekeeper, "tk_hours" | "tk_cost") => Partly("where the fees do not make it"),
            (Owner::Fee | Owner::Expense, "discount_type" | "discount_percent") => Said,
            _ => Lost,
        },
        (Family::Xml2, Family::Xml2) => match owner {
            Owner::TaxTier | Owner::TaxTierSummary => Partly("refused"),
            Owner::Tax if target == LedesFormat::Xml20 => {
                Partly("withheld taxes and taxes on taxes are refused")
            }
            _ => Lost,
        },
        (Family::Xml2000, Family::Xml2000) => Lost,
    }
}

/// Sums of a matter that its lines make.
fn sum(name: &str) -> bool {
    name.starts_with("matter_total_")
        || name.starts_with("matter_net_")
        || name.starts_with("matter_tax_on_")
        || name.starts_with("matter_disc_cred")
}

/// Fields with a reason (empty: always), and the kinds of lines that lose them.
type Lost = BTreeMap<(&'static str, String), BTreeSet<&'static str>>;

/// The page.
pub fn page() -> String {
    let mut page = String::from(
        "# What conversions lose\n\n\
         Written by `cleanbill convert --losses` from the lists the conversion goes by. For each source and target: the \
         fields of the source that the target has no place for, and for which nothing else says the same. A field that \
         is missing here has a place of its own, or is said otherwise (a sum, a name in one piece, a line).\n\n\
         Money is never lost: an invoice whose lines would not come to its total is refused. Elements and columns no \
         table knows go into `extend_header` of XML files and are lost in pipe files. `file_item_nbr` is given anew in \
         every XML file.\n",
    );
    for source in FROM {
        let _ = write!(
            page,
            "\n## From {source}\n\n| to | lost | lost in part |\n|---|---|---|\n"
        );
        for target in FROM {
            let all = lost_between(source, target);
            let lost = all.iter().filter(|((when, _), _)| when.is_empty());
            let lost: Vec<String> = lost.map(|((_, f), kinds)| labelled(f, kinds)).collect();
            let lost = if lost.is_empty() {
                "nothing".to_owned()
            } else {
                lost.join(", ")
            };
            let _ = writeln!(page, "| {target} | {lost} | {} |", by_reason(&all));
        }
    }
    page
}

fn lost_between(source: LedesFormat, target: LedesFormat) -> Lost {
    let mut lost = Lost::new();
    for (owner, names) in every() {
        let kind = match owner {
            Owner::Fee => "F",
            Owner::Expense => "E",
            Owner::Adjustment => "IF, IE",
            _ => "",
        };
        let pipe = source.family() == Family::Pipe;
        if source == target || !has_place(source, *owner, names) {
            continue;
        }
        let field = shown(source, *owner, names);
        let when = match fate(source, target, *owner, names) {
            Fate::Said => continue,
            Fate::Lost => "",
            Fate::Partly(when) => when,
        };
        let kinds = lost.entry((when, field)).or_default();
        if pipe && !kind.is_empty() {
            kinds.insert(kind);
        }
    }
    lost
}

/// A field that only some kinds of lines lose is said with them.
fn labelled(field: &str, kinds: &BTreeSet<&'static str>) -> String {
    if kinds.is_empty() || (kinds.contains("F") && kinds.contains("E")) {
        return format!("`{field}`");
    }
    let kinds: Vec<&str> = kinds.iter().copied().collect();
    format!("`{field}` ({})", kinds.join(", "))
}

fn by_reason(all: &Lost) -> String {
    let mut reasons: Vec<&str> = all.keys().map(|(when, _)| *when).collect();
    reasons.dedup();
    let reasons = reasons.into_iter().filter(|r| !r.is_empty());
    let each = reasons.map(|reason| {
        let own = all.iter().filter(|((when, _), _)| *when == reason);
        let names: Vec<String> = own.map(|((_, f), kinds)| labelled(f, kinds)).collect();
        format!("{}: {reason}", names.join(", "))
    });
    each.collect::<Vec<_>>().join("; ")
}

/// What the page says of a field that the target has no place for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Said {
    /// Nothing: it is kept, or said otherwise.
    Always,
    /// It may be lost.
    InPart,
    /// It is lost.
    Lost,
}

/// What the page says of a field.
pub fn says(source: LedesFormat, target: LedesFormat, owner: Owner, names: &Names) -> Said {
    if source == target {
        return Said::Always;
    }
    match fate(source, target, owner, names) {
        Fate::Said => Said::Always,
        Fate::Partly(_) => Said::InPart,
        Fate::Lost => Said::Lost,
    }
}
