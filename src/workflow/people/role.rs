//! What somebody is here for.

use std::fmt;

/// What somebody is here for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Role {
    /// Prepares invoices.
    Specialist,
    /// Wrote the time entries.
    Timekeeper,
    /// Decides what goes out.
    Partner,
    /// Says who may work here; sees no invoices.
    Administrator,
    /// Sees everything, changes nothing.
    Auditor,
    /// The overnight job.
    Service,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Specialist,
        Self::Timekeeper,
        Self::Partner,
        Self::Administrator,
        Self::Auditor,
        Self::Service,
    ];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Specialist => "specialist",
            Self::Timekeeper => "timekeeper",
            Self::Partner => "partner",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
            Self::Service => "service",
        }
    }

    /// The role of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
