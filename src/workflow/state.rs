//! Where an invoice can be in its life (DESIGN section 6).

use std::fmt;

/// Where an invoice is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum State {
    /// Stored, not yet checked.
    Draft,
    /// Checked; nobody has decided anything.
    Checked,
    /// Somebody works on its findings.
    InReview,
    /// Approved by the firm for sending.
    Cleared,
    /// Waits for its portal.
    Queued,
    /// The first byte may have left.
    Sending,
    /// Nobody knows whether the portal has it.
    InDoubt,
    /// The portal has it.
    Submitted,
    /// The portal said so.
    Acknowledged,
    /// The client looks at it.
    InClientReview,
    /// The client pays all of it.
    Approved,
    /// The client pays less.
    Reduced,
    /// The portal or client refused it; a corrected version may follow.
    Rejected,
    /// The client wants something done first.
    ActionRequired,
    /// Some money came.
    PartlyPaid,
    /// All money came.
    Paid,
    /// The firm took it back.
    Withdrawn,
}

impl State {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 17] = [
        Self::Draft,
        Self::Checked,
        Self::InReview,
        Self::Cleared,
        Self::Queued,
        Self::Sending,
        Self::InDoubt,
        Self::Submitted,
        Self::Acknowledged,
        Self::InClientReview,
        Self::Approved,
        Self::Reduced,
        Self::Rejected,
        Self::ActionRequired,
        Self::PartlyPaid,
        Self::Paid,
        Self::Withdrawn,
    ];

    /// Its words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Checked => "checked",
            Self::InReview => "in review",
            Self::Cleared => "cleared",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::InDoubt => "in doubt",
            Self::Submitted => "submitted",
            Self::Acknowledged => "acknowledged",
            Self::InClientReview => "in client review",
            Self::Approved => "approved",
            Self::Reduced => "reduced",
            Self::Rejected => "rejected",
            Self::ActionRequired => "action required",
            Self::PartlyPaid => "partly paid",
            Self::Paid => "paid",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a word; hyphens may stand for blanks.
    pub fn named(name: &str) -> Option<Self> {
        let plain = name.trim().to_lowercase().replace(['-', '_'], " ");
        Self::ALL.into_iter().find(|s| s.name() == plain)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
