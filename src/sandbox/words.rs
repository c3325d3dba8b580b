//! The status words of portals that have no interface of their own, as their help pages and section heads show them.

use super::review::State;
use super::settings::{Agreed, Like};

/// The word an agreement uses for a state: the settings' own, else the portal's.
pub(super) fn word(agreed: &Agreed, state: State, reduced: bool) -> String {
    let key = key(state, reduced);
    let own = agreed.words.get(key).cloned();
    own.unwrap_or_else(|| usual(agreed.like, key).to_owned())
}

/// Under which name the settings know a state.
pub(super) fn key(state: State, reduced: bool) -> &'static str {
    match state {
        State::Received => "received",
        State::FileError => "file_error",
        State::Delivered => "delivered",
        State::InReview | State::Strange => "in_review",
        State::Question => "question",
        State::TaxPending => "tax",
        State::Approved if reduced => "reduced",
        State::Approved => "approved",
        State::SentToAp => "sent_to_ap",
        State::Paid => "paid",
        State::Rejected => "rejected",
    }
}

/// Names that `words` in the settings may have.
pub(super) const KEYS: [&str; 11] = [
    "received",
    "file_error",
    "delivered",
    "in_review",
    "question",
    "tax",
    "approved",
    "reduced",
    "sent_to_ap",
    "paid",
    "rejected",
];

/// A portal's word. Where a portal has none for a step, it goes on saying the one before.
pub(super) fn usual(like: Like, key: &str) -> &'static str {
    match like {
        Like::CounselLink => match key {
            "received" | "tax" => "Scheduled",
            "delivered" => "On Hold",
            "file_error" => "Inactive / Incomplete",
            "in_review" => "Client Review",
            "question" => "Action Required for Collaborative Review",
            "rejected" => "Rejected",
            _ => "Approved",
        },
        Like::TyMetrix360 => match key {
            "received" | "tax" => "uploaded",
            "file_error" => "Initial Testing failed",
            "delivered" | "in_review" | "question" => "Initial Testing passed",
            "reduced" => "adjusted",
            "rejected" => "rejected",
            _ => "approved",
        },
        Like::Collaborati => match key {
            "received" | "tax" => "Waiting for Client to Accept",
            "file_error" => "File Error",
            "delivered" | "in_review" | "question" => "Pending Client Approval",
            "paid" => "Paid",
            "rejected" => "Rejected",
            // Adjustments do not show in the word.
            _ => "Approved",
        },
        Like::LegalX => match key {
            "received" | "tax" => "submitted",
            "file_error" => "returned",
            "delivered" | "in_review" => "in approval",
            "question" => "more info required",
            "rejected" => "rejected",
            _ => "approved",
        },
        // No words are public; these are plain ones, to be replaced by those of the agreement.
        Like::LitigationAdvisor => match key {
            "received" | "tax" => "received",
            "file_error" | "rejected" => "rejected",
            "delivered" | "in_review" => "in review",
            "question" => "question",
            "reduced" => "reduced",
            "paid" => "paid",
            _ => "approved",
        },
        Like::Acuity => match key {
            "file_error" => "Draft",
            "question" => "Pending",
            "approved" | "reduced" => "Approved",
            "sent_to_ap" => "Sent for Payment",
            "paid" => "Paid",
            "rejected" => "Rejected",
            _ => "For Approval",
        },
        Like::LegalTracker => match key {
            "file_error" | "rejected" => "rejected",
            "question" => "disputed",
            "reduced" => "reduced",
            "approved" | "sent_to_ap" | "paid" => "approved",
            _ => "pending",
        },
    }
}
