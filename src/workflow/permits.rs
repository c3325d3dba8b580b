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
    /// Look at lines and requests of one's own.
    OwnLines,
    /// Say who may stand in for a partner.
    Substitutes,
    /// Say above which amount two partners have to approve.
    Limits,
    /// Look at who stands in for whom, and at the limits.
    Authority,
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
            Self::OwnLines => vec![Timekeeper, Partner],
            Self::Substitutes => vec![Partner, Administrator],
            Self::Limits => vec![Administrator],
            Self::Authority => vec![Specialist, Partner, Administrator, Auditor],
        }
    }

    /// In words, after "may not".
    pub fn words(self) -> String {
        match self {
            Self::Step(Step::TakeIn | Step::NewVersion) => "take in invoices".to_owned(),
            Self::Step(Step::Return) => "return lines".to_owned(),
            Self::Step(Step::Recall) => "recall what was returned".to_owned(),
            Self::Step(Step::Rewrite) => "rewrite lines".to_owned(),
            Self::Step(Step::ProposeWriteDown) => "propose write-downs".to_owned(),
            Self::Step(Step::AcceptWriteDown | Step::RefuseWriteDown) => {
                "decide on write-downs".to_owned()
            }
            Self::Step(Step::Attach) => "attach files".to_owned(),
            Self::Step(Step::Detach) => "remove attached files".to_owned(),
            Self::Step(Step::Comment) => "write comments for the client".to_owned(),
            Self::Step(step) => format!("{} invoices", step.name()),
            Self::Read => "look at invoices".to_owned(),
            Self::People => "say who may work here".to_owned(),
            Self::Audit => "audit".to_owned(),
            Self::OwnLines => "look at lines of their own".to_owned(),
            Self::Substitutes => "say who stands in for a partner".to_owned(),
            Self::Limits => "say which amounts need two partners".to_owned(),
            Self::Authority => "look at substitutes and limits".to_owned(),
        }
    }
}
