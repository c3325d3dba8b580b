//! Predicate kinds: what a table cannot say, one file each. A rule names the kinds that look for it.
//! Not here: levels, texts, and branches for one rule in the engine.

mod accepted_format;
mod account_type;
mod activity_mismatch;
mod activity_without_task;
mod adjustment_line;
mod adjustment_sign;
mod after_invoice_date;
mod amount;
mod block_billing;
#[cfg(test)]
mod cases;
mod clerical_task;
mod code_cells;
mod code_in_wrong_field;
mod code_on_wrong_line_type;
mod code_set_not_allowed;
mod codes;
mod communication_without_subject;
mod conference_mismatch;
mod copied_narrative;
mod country_code;
mod credit_note;
mod currency_code;
mod discount_math;
mod discount_note;
mod duplicate_line_number;
mod earlier;
mod entries;
mod expenses;
mod field_varies;
mod filler_verb;
mod hours_pattern;
mod identical_narrative;
mod internal_conference;
mod invoice_after_today;
mod invoice_total;
mod item_math;
mod jcode_use;
mod law_firm_id;
mod line_math;
mod line_sum;
mod line_tax;
mod malformed_code;
mod matter_count;
mod matter_due;
mod matter_tax;
mod matter_totals;
mod matters;
mod meal_cap;
mod minimum_charge;
mod missing_code;
mod mixed_code_sets;
mod name_order;
mod named_people;
mod narrative_too_short;
mod narratives;
mod near_duplicate;
mod outside_period;
mod people;
mod period_reversed;
mod places;
mod posted_heading;
mod repeats;
mod reported_tax;
mod research_without_issue;
mod residual_code;
mod review_without_document;
mod same_task;
#[cfg(test)]
mod sample;
mod similar;
mod split_names;
pub mod table;
mod task_narrative;
mod task_times;
mod tax_as_expense;
mod tax_rate_percent;
mod tax_reference;
mod tax_totals;
mod tax_type;
mod timekeeper_class;
mod timekeeper_identity;
mod timekeeper_summary;
mod topics;
mod travel_detail;
mod travel_not_separated;
mod two_rates;
mod units;
mod unknown_code;
mod vague_narrative;

use super::condition::number;
use super::pack::written::Param;
use super::pack::{PackMistake, Spot};
use super::rule::Rule;
use crate::model::did_you_mean;
use crate::model::{History, Hits, Invoice, Lists, RuleId};
use chrono::NaiveDate;
use codes::Codes;
use entries::Entries;
use hours_pattern::{Billing, by_person};
use narratives::Narratives;
use rust_decimal::Decimal;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a predicate may know beside the invoice.
#[derive(Clone, Debug)]
pub struct Judging {
    /// The day of the check.
    pub today: NaiveDate,
    /// The firm's lists.
    pub lists: Arc<Lists>,
    /// Earlier invoices.
    pub history: Arc<History>,
    /// Whether a pack governs the invoice's client; `None` where nobody expects one, since no pack at hand
    /// governs any client and no list of clients was given.
    pub client_pack: Option<bool>,
    /// The narratives of the one invoice that is judged, read when the first predicate asks.
    narratives: OnceCell<Narratives>,
    /// Its entries, as those look at them that search for repeats.
    entries: OnceCell<Entries>,
    /// The codes in its fields.
    codes: OnceCell<Codes>,
    /// The hours of each person on it, as those look at them that search for patterns.
    billing: OnceCell<Vec<Billing>>,
}

impl Judging {
    /// For one invoice, on the day of the check, without lists or earlier invoices.
    pub fn on(today: NaiveDate) -> Self {
        Self::with(today, Arc::default(), Arc::default())
    }

    /// For one invoice, on the day of the check.
    pub fn with(today: NaiveDate, lists: Arc<Lists>, history: Arc<History>) -> Self {
        Self {
            today,
            lists,
            history,
            client_pack: None,
            narratives: OnceCell::new(),
            entries: OnceCell::new(),
            codes: OnceCell::new(),
            billing: OnceCell::new(),
        }
    }

    /// Says whether a pack governs the invoice's client.
    pub fn with_client_pack(mut self, client_pack: Option<bool>) -> Self {
        self.client_pack = client_pack;
        self
    }

    /// The narratives of the invoice's fees.
    fn narratives(&self, invoice: &Invoice) -> &Narratives {
        self.narratives.get_or_init(|| Narratives::of(invoice))
    }

    /// The invoice's entries, hashed.
    fn entries(&self, invoice: &Invoice) -> &Entries {
        self.entries
            .get_or_init(|| Entries::of(invoice, self.narratives(invoice).iter(invoice)))
    }

    /// The codes in the invoice's fields.
    fn codes(&self, invoice: &Invoice) -> &Codes {
        self.codes.get_or_init(|| Codes::of(invoice))
    }

    /// The entries of each person that bill time, in the order met.
    fn billing(&self, invoice: &Invoice) -> &[Billing] {
        self.billing.get_or_init(|| by_person(invoice))
    }
}

/// Looks for one thing in an invoice and raises a hit for each place it finds it.
pub trait Predicate: Send + Sync {
    /// Judges a whole invoice.
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits);
}

/// Makes a predicate from a rule's parameters.
pub type Build = fn(&mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake>;

/// Every kind. A new predicate is one file and one line here.
pub const KINDS: &[(&str, Build)] = &[
    ("unknown-code", unknown_code::build),
    ("malformed-code", malformed_code::build),
    ("code-in-wrong-field", code_in_wrong_field::build),
    ("code-on-wrong-line-type", code_on_wrong_line_type::build),
    ("missing-task-code", missing_code::task),
    ("missing-activity-code", missing_code::activity),
    ("missing-expense-code", missing_code::expense),
    ("activity-without-task", activity_without_task::build),
    ("phase-code-posted", posted_heading::phase),
    ("heading-code-posted", posted_heading::group),
    ("code-set-not-allowed", code_set_not_allowed::build),
    ("mixed-code-sets", mixed_code_sets::build),
    ("jcode-use", jcode_use::build),
    ("residual-code", residual_code::build),
    ("tax-as-expense", tax_as_expense::build),
    ("timekeeper-class", timekeeper_class::build),
    ("name-order", name_order::build),
    ("accepted-format", accepted_format::build),
    ("account-type", account_type::build),
    ("adjustment-line", adjustment_line::build),
    ("adjustment-sign", adjustment_sign::build),
    ("after-invoice-date", after_invoice_date::build),
    ("country-code", country_code::build),
    ("credit-note", credit_note::build),
    ("currency-code", currency_code::build),
    ("discount-math", discount_math::build),
    ("discount-note", discount_note::build),
    ("duplicate-line-number", duplicate_line_number::build),
    ("field-varies", field_varies::build),
    ("invoice-after-today", invoice_after_today::build),
    ("invoice-total", invoice_total::build),
    ("item-math", item_math::build),
    ("law-firm-id", law_firm_id::build),
    ("line-math", line_math::build),
    ("line-tax", line_tax::build),
    ("matter-count", matter_count::build),
    ("matter-tax", matter_tax::build),
    ("matter-totals", matter_totals::build),
    ("outside-period", outside_period::build),
    ("period-reversed", period_reversed::build),
    ("reported-tax", reported_tax::build),
    ("split-names", split_names::build),
    ("tax-rate-percent", tax_rate_percent::build),
    ("tax-reference", tax_reference::build),
    ("tax-totals", tax_totals::build),
    ("tax-type", tax_type::build),
    ("timekeeper-identity", timekeeper_identity::build),
    ("timekeeper-summary", timekeeper_summary::build),
    ("two-rates", two_rates::build),
    ("units", units::build),
    ("block-billing", block_billing::build),
    ("task-times-sum", task_times::sum),
    ("task-times-in-narrative", task_times::present),
    ("vague-narrative", vague_narrative::build),
    ("filler-verb", filler_verb::build),
    (
        "communication-without-subject",
        communication_without_subject::build,
    ),
    ("research-without-issue", research_without_issue::build),
    ("review-without-document", review_without_document::build),
    ("narrative-too-short", narrative_too_short::build),
    ("travel-not-separated", travel_not_separated::build),
    ("clerical-task", clerical_task::build),
    ("billing-preparation-time", clerical_task::billing),
    ("intake-administration", clerical_task::intake),
    ("docket-review", clerical_task::docket),
    ("meal-cap", meal_cap::build),
    ("internal-conference", internal_conference::build),
    ("activity-narrative-mismatch", activity_mismatch::build),
    ("identical-narrative", identical_narrative::build),
    ("near-duplicate-entry", near_duplicate::build),
    ("copied-narrative-pattern", copied_narrative::build),
    ("quarter-hour-pattern", hours_pattern::quarter),
    ("round-hours-pattern", hours_pattern::round),
    ("minimum-charge-pattern", minimum_charge::build),
    ("same-task-several-timekeepers", same_task::build),
    ("internal-conference-mismatch", conference_mismatch::build),
    ("task-narrative-mismatch", task_narrative::build),
    ("travel-detail-missing", travel_detail::build),
    ("expense-approval", expenses::approval::build),
    ("expense-markup", expenses::markup::build),
    ("approved-vendor", expenses::vendor::build),
    ("hotel-cap", expenses::lodging::build),
    ("mileage-rate", expenses::mileage::build),
    ("receipt", expenses::receipt::build),
    ("budget-missing", matters::budget_missing::build),
    ("agreed-currency-and-tax", matters::agreed_currency::build),
    ("final-invoice", matters::final_invoice::build),
    ("matter-on-file", matters::matter_on_file::build),
    ("client-pack", matters::client_pack::build),
    ("portal-readiness", matters::readiness::build),
    ("engagement-dates", matters::engagement_dates::build),
    ("budget-exceeded", earlier::budget_exceeded::build),
    ("billing-cycle", earlier::billing_cycle::build),
    ("duplicate-expense", earlier::duplicate_expense::build),
    ("file-review", earlier::file_review::build),
    ("overlapping-period", earlier::overlapping_period::build),
    ("number-used-before", earlier::number_used::build),
    ("timekeeper-known", people::timekeeper_known::build),
    ("timekeeper-approved", people::timekeeper_approved::build),
    ("rate-over-approved", people::rate_over_approved::build),
    ("rate-over-cap", people::rate_cap::build),
    ("rate-increase", people::rate_increase::build),
    ("title-mismatch", people::title_mismatch::build),
    ("first-year", people::first_year::build),
    ("class-forbidden", people::class_forbidden::build),
    ("work-below-class", people::work_below_class::build),
    ("travel-rate", people::travel_rate::build),
    ("discount-agreed", people::discount_agreed::build),
    ("flat-fee", people::flat_fee::build),
    ("research-hours", people::research_hours::build),
    ("consent-for-work", people::consent_for_work::build),
];

/// Makes the predicates of a rule.
///
/// # Errors
/// An unknown kind, an unknown parameter, or a parameter of the wrong type.
pub fn build(rule: &Rule) -> Result<Vec<Box<dyn Predicate>>, PackMistake> {
    let place = Spot::rule(&rule.pack, rule.id.as_str());
    let mut params = Params {
        rule: rule.id,
        place: &place,
        given: &rule.params,
        asked: Vec::new(),
    };
    let mut predicates = Vec::new();
    for kind in &rule.kinds {
        if kind == "reader" {
            continue;
        }
        let Some((_, make)) = KINDS.iter().find(|(name, _)| name == kind) else {
            return Err(PackMistake::UnknownWord {
                place: place.key("kind"),
                found: kind.clone(),
                what: "kind of rule",
                remedy: did_you_mean(kind, KINDS.iter().map(|(name, _)| *name)),
            });
        };
        predicates.push(make(&mut params)?);
    }
    if let Some(unknown) = rule
        .params
        .keys()
        .find(|k| !params.asked.contains(&k.as_str()))
    {
        return Err(PackMistake::UnknownWord {
            found: unknown.clone(),
            what: "parameter of this rule",
            remedy: did_you_mean(unknown, params.asked.iter().copied()),
            place: place.key(unknown.as_str()),
        });
    }
    if !rule.table.is_empty() {
        let message = "only, min, max, one_of, required, matches, phrases, when, check, as_of and at_risk belong to rules \
                       without `kind`; take them or `kind` away";
        return Err(PackMistake::wrong(place, message));
    }
    Ok(predicates)
}

/// The parameters of a rule, read by name and checked for their types.
pub struct Params<'a> {
    /// The rule they belong to.
    pub rule: RuleId,
    place: &'a Spot,
    given: &'a BTreeMap<String, Param>,
    asked: Vec<&'static str>,
}

impl Params<'_> {
    /// Where a parameter stands, for mistakes.
    pub fn spot(&self, name: &str) -> Spot {
        self.place.key(name)
    }

    fn wrong(&self, name: &str, found: &Param, what: &'static str) -> PackMistake {
        PackMistake::UnknownWord {
            place: self.spot(name),
            found: match found {
                Param::Bool(yes) => yes.to_string(),
                Param::Integer(number) => number.to_string(),
                Param::Text(text) => text.clone(),
                Param::List(list) => list.join(", "),
            },
            what,
            remedy: match what {
                "amount" => "write it between quotes, as in \"0.10\"",
                "share" => "write it between quotes, as in \"50 %\"",
                "whole number" => "write it without quotes, as in 30",
                "true or false" => "write it without quotes",
                "word" => "write it between quotes",
                _ => "write it in square brackets, as in [\"E101\", \"E102\"]",
            }
            .to_owned(),
        }
    }

    /// An amount, a number of hours or a share (`"60 %"`), written as a text or a whole number.
    ///
    /// # Errors
    /// Anything else.
    pub fn decimal(
        &mut self,
        name: &'static str,
        default: Decimal,
    ) -> Result<Decimal, PackMistake> {
        self.asked.push(name);
        match self.given.get(name) {
            None => Ok(default),
            Some(Param::Integer(n)) => Ok(Decimal::from(*n)),
            Some(found @ Param::Text(text)) => {
                number(text).ok_or_else(|| self.wrong(name, found, "amount"))
            }
            Some(found) => Err(self.wrong(name, found, "amount")),
        }
    }

    /// A share, written as a percentage: `"50 %"` is one half.
    ///
    /// # Errors
    /// Anything else, and a number without its percent sign.
    pub fn share(&mut self, name: &'static str, default: Decimal) -> Result<Decimal, PackMistake> {
        self.asked.push(name);
        match self.given.get(name) {
            None => Ok(default),
            Some(found @ Param::Text(text)) if text.trim_end().ends_with('%') => {
                number(text).ok_or_else(|| self.wrong(name, found, "share"))
            }
            Some(found) => Err(self.wrong(name, found, "share")),
        }
    }

    /// An amount that need not be given.
    ///
    /// # Errors
    /// Anything else.
    pub fn optional_decimal(&mut self, name: &'static str) -> Result<Option<Decimal>, PackMistake> {
        let value = self.decimal(name, Decimal::ZERO)?;
        Ok(self.given.contains_key(name).then_some(value))
    }

    /// One of some words; the first where it is not given.
    ///
    /// # Errors
    /// Anything else.
    pub fn word(
        &mut self,
        name: &'static str,
        known: &[&'static str],
    ) -> Result<&'static str, PackMistake> {
        self.asked.push(name);
        let found = match self.given.get(name) {
            None => return Ok(known.first().copied().unwrap_or("")),
            Some(Param::Text(text)) => text.as_str(),
            Some(found) => return Err(self.wrong(name, found, "word")),
        };
        let word = known.iter().find(|word| **word == found).copied();
        word.ok_or_else(|| PackMistake::UnknownWord {
            place: self.spot(name),
            found: found.to_owned(),
            what: "word here",
            remedy: did_you_mean(found, known.iter().copied()),
        })
    }

    /// A whole number.
    ///
    /// # Errors
    /// Anything else.
    pub fn integer(&mut self, name: &'static str, default: i64) -> Result<i64, PackMistake> {
        self.asked.push(name);
        match self.given.get(name) {
            None => Ok(default),
            Some(Param::Integer(n)) => Ok(*n),
            Some(found) => Err(self.wrong(name, found, "whole number")),
        }
    }

    /// Yes or no.
    ///
    /// # Errors
    /// Anything else.
    pub fn flag(&mut self, name: &'static str, default: bool) -> Result<bool, PackMistake> {
        self.asked.push(name);
        match self.given.get(name) {
            None => Ok(default),
            Some(Param::Bool(b)) => Ok(*b),
            Some(found) => Err(self.wrong(name, found, "true or false")),
        }
    }

    /// A list of texts; empty where it is not given.
    ///
    /// # Errors
    /// Anything else.
    pub fn list(&mut self, name: &'static str) -> Result<Vec<String>, PackMistake> {
        self.asked.push(name);
        match self.given.get(name) {
            None => Ok(Vec::new()),
            Some(Param::Text(one)) => Ok(vec![one.clone()]),
            Some(Param::List(list)) => Ok(list.clone()),
            Some(found) => Err(self.wrong(name, found, "list of texts")),
        }
    }
}
