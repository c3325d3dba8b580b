//! Who may do what. The one place where roles are asked about beside the table of an invoice's steps.

use super::Role::{self, *};
use super::people::Person;
use super::refusal::{WorkflowError, refused};
use super::table::{Step, TABLE};
use std::collections::BTreeSet;

/// Something a person asks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Act {
    /// A step of an invoice.
    Step(Step),
    /// Look at invoices.
    Read,
    /// See who may work here.
    SeePeople,
    /// Say who may work here.
    People,
    /// Bring in what portals and clients said.
    HearAnswers,
    /// Say which invoice an answer is about, what it means, or that it is put aside.
    DecideAnswers,
    /// Say which invoices a payment is for, or that it is put aside.
    DecidePayments,
    /// Have an account at a portal rest, or go on.
    PauseAccounts,
    /// Have a password, a second factor and tokens of one's own.
    OwnAccess,
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
    /// Make a backup, which is encrypted.
    Backup,
    /// Write everything as open files.
    Export,
    /// See for how long documents are kept, and what will go.
    SeeRetention,
    /// Say for how long documents are kept.
    Retain,
    /// Take away the documents whose time is over.
    Purge,
    /// Say who outside is told of what happens.
    Webhooks,
    /// See who is.
    SeeWebhooks,
}

impl Act {
    /// Every act that is no step of an invoice.
    pub const BESIDE: [Self; 20] = [
        Self::Read,
        Self::OwnLines,
        Self::HearAnswers,
        Self::DecideAnswers,
        Self::DecidePayments,
        Self::PauseAccounts,
        Self::SeePeople,
        Self::People,
        Self::OwnAccess,
        Self::Audit,
        Self::Substitutes,
        Self::Limits,
        Self::Authority,
        Self::Backup,
        Self::Export,
        Self::SeeRetention,
        Self::Retain,
        Self::Purge,
        Self::Webhooks,
        Self::SeeWebhooks,
    ];

    /// Whether something changes in the store, which a token of the scope `read` is not good for.
    pub fn changes(self) -> bool {
        match self {
            Self::Step(_)
            | Self::People
            | Self::HearAnswers
            | Self::DecideAnswers
            | Self::DecidePayments
            | Self::PauseAccounts
            | Self::OwnAccess
            | Self::Substitutes
            | Self::Limits
            | Self::Backup
            | Self::Retain
            | Self::Purge
            | Self::Webhooks => true,
            Self::Read
            | Self::OwnLines
            | Self::SeePeople
            | Self::Audit
            | Self::Authority
            | Self::Export
            | Self::SeeRetention
            | Self::SeeWebhooks => false,
        }
    }

    /// Who may.
    pub fn who(self) -> Vec<Role> {
        match self {
            Self::Step(step) => {
                let rows = TABLE.iter().filter(|t| t.step == step);
                let who: BTreeSet<Role> = rows.flat_map(|t| t.who.iter().copied()).collect();
                who.into_iter().collect()
            }
            Self::Read => vec![Specialist, Partner, Auditor, Service],
            Self::HearAnswers => vec![Specialist, Partner, Service],
            Self::DecideAnswers | Self::DecidePayments => vec![Specialist, Partner],
            Self::PauseAccounts => vec![Specialist, Partner, Administrator],
            Self::People | Self::Webhooks | Self::SeeWebhooks => vec![Administrator],
            Self::OwnAccess => vec![Specialist, Timekeeper, Partner, Administrator, Auditor],
            Self::SeePeople | Self::Audit | Self::SeeRetention => {
                vec![Partner, Administrator, Auditor, Service]
            }
            Self::OwnLines => vec![Timekeeper, Partner],
            Self::Substitutes => vec![Partner, Administrator],
            Self::Limits => vec![Administrator],
            Self::Authority => vec![Specialist, Partner, Administrator, Auditor],
            Self::Backup => vec![Administrator, Service],
            Self::Export => vec![Partner, Auditor],
            Self::Retain | Self::Purge => vec![Partner],
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
            Self::Step(Step::Replace) => "put invoices in the place of others".to_owned(),
            Self::Step(Step::Comment) => "write comments for the client".to_owned(),
            Self::Step(Step::Cut | Step::TakeCutBack) => "write down what clients cut".to_owned(),
            Self::Step(Step::EndorseCut | Step::AcceptCut) => "accept reductions".to_owned(),
            Self::Step(Step::Receive) => "write down payments".to_owned(),
            Self::Step(Step::Remind) => "draft reminders".to_owned(),
            Self::Step(Step::ProposeAppeal) => "propose appeals".to_owned(),
            Self::Step(Step::DecideAppeal) => "decide on appeals".to_owned(),
            Self::Step(Step::PrepareAppeal) => "prepare appeals".to_owned(),
            Self::Step(Step::FileAppeal) => "file appeals".to_owned(),
            Self::Step(Step::EndAppeal) => "say what became of appeals".to_owned(),
            Self::Step(Step::MissWindow) => "say that a window was missed".to_owned(),
            Self::Step(Step::WithdrawAppeal) => "withdraw appeals".to_owned(),
            Self::Step(step) => format!("{} invoices", step.name()),
            Self::Read => "look at invoices".to_owned(),
            Self::SeePeople => "see who may work here".to_owned(),
            Self::HearAnswers => "bring in answers".to_owned(),
            Self::DecideAnswers => "decide on answers".to_owned(),
            Self::DecidePayments => "decide on payments".to_owned(),
            Self::PauseAccounts => "pause accounts at portals".to_owned(),
            Self::People => "say who may work here".to_owned(),
            Self::OwnAccess => "sign in or make tokens".to_owned(),
            Self::Audit => "audit".to_owned(),
            Self::OwnLines => "look at lines of their own".to_owned(),
            Self::Substitutes => "say who stands in for a partner".to_owned(),
            Self::Limits => "say which amounts need two partners".to_owned(),
            Self::Authority => "look at substitutes and limits".to_owned(),
            Self::Backup => "make backups".to_owned(),
            Self::Export => "export everything".to_owned(),
            Self::SeeRetention => "see for how long documents are kept".to_owned(),
            Self::Retain => "say for how long documents are kept".to_owned(),
            Self::Purge => "purge documents".to_owned(),
            Self::Webhooks => "say who outside is told of what happens".to_owned(),
            Self::SeeWebhooks => "see who outside is told of what happens".to_owned(),
        }
    }
}

/// Whether a person may, whatever the invoice.
///
/// # Errors
/// They may not; says who may.
pub fn may(person: &Person, act: Act) -> Result<(), WorkflowError> {
    let who = act.who();
    if !who.contains(&person.role) {
        let names: Vec<&str> = who.iter().map(|r| r.name()).collect();
        return refused(format!(
            "{} is {} and may not {}; that is for: {}",
            person.name,
            article(person.role.name()),
            act.words(),
            names.join(", ")
        ));
    }
    if act.changes() && person.only_reads() {
        return refused(format!(
            "this token of {} has the scope read and may not {}; use one with the scope write, or sign in",
            person.name,
            act.words()
        ));
    }
    Ok(())
}

fn article(word: &str) -> String {
    let vowel = word.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {word}", if vowel { "an" } else { "a" })
}
