//! People, their rates, and the work they may bill, judged by the firm's lists and by earlier invoices.
//! Not here: expenses, budgets and periods; how lists are read.

pub(super) mod approvals;
pub(super) mod approved_rate;
pub(super) mod class_forbidden;
pub(super) mod consent_for_work;
pub(super) mod discount_agreed;
pub(super) mod engagement;
pub(super) mod fee;
pub(super) mod first_year;
pub(super) mod flat_fee;
pub(super) mod rate_cap;
pub(super) mod rate_increase;
pub(super) mod rate_over_approved;
pub(super) mod research_hours;
mod roster;
pub(super) mod timekeeper_approved;
pub(super) mod timekeeper_known;
pub(super) mod title_mismatch;
pub(super) mod travel_rate;
mod words;
pub(super) mod work_below_class;
