//! Who may do what beside the steps of an invoice.

use super::Role::{self, *};
use super::table::{Step, TABLE};
use std::collections::BTreeSet;

/// Something a person asks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Act {
    /// A step of an invoice.
    Step(Step),
    /// Look at invoices.
    Read,
    /// Say who may work here.
    People,
    /// Verify the chains and write a head.
    Audit,
    /// Make a backup, which is encrypted.
    Backup,
    /// Write everything as open files.
    Export,
    /// Say for how long documents are kept, and see what will go.
    Retain,
    /// Take away the documents whose time is over.
    Purge,
}

impl Act {
    /// Who may.
    pub fn who(self) -> Vec<Role> {
        match self {
            Self::Step(step) => {
                let rows = TABLE.iter().filter(|t| t.step == step);
                let who: BTreeSet<Role> = rows.flat_map(|t| t.who.iter().copied()).collect();
                who.into_iter().collect()
            }
            Self::Read => vec![Specialist, Partner, Auditor, Service],
            Self::People => vec![Administrator],
            Self::Audit => vec![Partner, Administrator, Auditor, Service],
            Self::Backup => vec![Administrator, Service],
            Self::Export => vec![Partner, Auditor],
            Self::Retain | Self::Purge => vec![Partner],
        }
    }

    /// In words, after "may not".
    pub fn words(self) -> String {
        match self {
            Self::Step(Step::TakeIn | Step::NewVersion) => "take in invoices".to_owned(),
            Self::Step(step) => format!("{} invoices", step.name()),
            Self::Read => "look at invoices".to_owned(),
            Self::People => "say who may work here".to_owned(),
            Self::Audit => "audit".to_owned(),
            Self::Backup => "make backups".to_owned(),
            Self::Export => "export everything".to_owned(),
            Self::Retain => "say for how long documents are kept".to_owned(),
            Self::Purge => "purge documents".to_owned(),
        }
    }
}
