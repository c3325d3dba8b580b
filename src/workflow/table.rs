//! The life cycle: from which state which step leads where, and who may take it. The only place that says so.

use super::Role::{self, Partner, Service, Specialist, Timekeeper};
use super::State::{self, *};

/// Something that can happen to an invoice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Step {
    /// It was stored for the first time.
    TakeIn,
    /// Other bytes came under its number.
    NewVersion,
    /// The rules looked at it.
    Check,
    /// A finding was set aside, with a reason.
    Override,
    /// A line went back to its timekeeper.
    Return,
    /// Who returned a line took that back.
    Recall,
    /// The timekeeper answered with words of their own: a new version.
    Rewrite,
    /// Somebody proposed to bill a line lower.
    ProposeWriteDown,
    /// A partner agreed: a new version.
    AcceptWriteDown,
    /// A partner did not.
    RefuseWriteDown,
    /// A receipt, PDF or other backup joined the package.
    Attach,
    /// It left the package.
    Detach,
    /// A comment on a line for the client was written, changed or taken away.
    Comment,
    /// It takes the place of a refused invoice, under a number of its own.
    Replace,
    /// The first of two partners approved it.
    Endorse,
    /// A partner approved it for sending.
    Clear,
    /// The approval was taken back.
    Reopen,
    /// The firm took it back.
    Withdraw,
    /// It waits for its portal.
    Queue,
    /// It no longer waits.
    Unqueue,
    /// Written before the first byte leaves.
    Send,
    /// The portal has it.
    Arrive,
    /// The outcome is unknown.
    LoseSight,
    /// The portal was asked, or a person found out, that it never arrived.
    NeverArrived,
    /// The portal said that it has it.
    Acknowledge,
    /// The client looks at it.
    UnderReview,
    /// The client pays all of it.
    Approve,
    /// The client pays less.
    Reduce,
    /// Refused.
    Reject,
    /// The client wants something done first.
    RequireAction,
    /// Some money came.
    PayPart,
    /// All money came.
    Pay,
    /// The client cut a line, or the invoice as a whole.
    Cut,
    /// It no longer says so.
    TakeCutBack,
    /// The first of two partners accepted a cut.
    EndorseCut,
    /// A partner accepted a cut, or a part of it.
    AcceptCut,
    /// A payment was heard of.
    Receive,
    /// A reminder of what is due was drafted.
    Remind,
    /// Somebody proposed an appeal.
    ProposeAppeal,
    /// A partner decided on it.
    DecideAppeal,
    /// Its packet, page or file was made.
    PrepareAppeal,
    /// It went to the client.
    FileAppeal,
    /// The client answered it.
    EndAppeal,
    /// Its window passed before it was filed.
    MissWindow,
    /// The firm took it back.
    WithdrawAppeal,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 45] = [
        Self::TakeIn,
        Self::NewVersion,
        Self::Check,
        Self::Override,
        Self::Return,
        Self::Recall,
        Self::Rewrite,
        Self::ProposeWriteDown,
        Self::AcceptWriteDown,
        Self::RefuseWriteDown,
        Self::Attach,
        Self::Detach,
        Self::Comment,
        Self::Replace,
        Self::Endorse,
        Self::Clear,
        Self::Reopen,
        Self::Withdraw,
        Self::Queue,
        Self::Unqueue,
        Self::Send,
        Self::Arrive,
        Self::LoseSight,
        Self::NeverArrived,
        Self::Acknowledge,
        Self::UnderReview,
        Self::Approve,
        Self::Reduce,
        Self::Reject,
        Self::RequireAction,
        Self::PayPart,
        Self::Pay,
        Self::Cut,
        Self::TakeCutBack,
        Self::EndorseCut,
        Self::AcceptCut,
        Self::Receive,
        Self::Remind,
        Self::ProposeAppeal,
        Self::DecideAppeal,
        Self::PrepareAppeal,
        Self::FileAppeal,
        Self::EndAppeal,
        Self::MissWindow,
        Self::WithdrawAppeal,
    ];

    /// Its word in events.
    pub fn name(self) -> &'static str {
        match self {
            Self::TakeIn => "take in",
            Self::NewVersion => "new version",
            Self::Check => "check",
            Self::Override => "override",
            Self::Return => "return",
            Self::Recall => "recall",
            Self::Rewrite => "rewrite",
            Self::ProposeWriteDown => "propose write-down",
            Self::AcceptWriteDown => "accept write-down",
            Self::RefuseWriteDown => "refuse write-down",
            Self::Attach => "attach",
            Self::Detach => "detach",
            Self::Comment => "comment",
            Self::Replace => "replace",
            Self::Endorse => "endorse",
            Self::Clear => "clear",
            Self::Reopen => "reopen",
            Self::Withdraw => "withdraw",
            Self::Queue => "queue",
            Self::Unqueue => "unqueue",
            Self::Send => "send",
            Self::Arrive => "arrive",
            Self::LoseSight => "lose sight",
            Self::NeverArrived => "never arrived",
            Self::Acknowledge => "acknowledge",
            Self::UnderReview => "under review",
            Self::Approve => "approve",
            Self::Reduce => "reduce",
            Self::Reject => "reject",
            Self::RequireAction => "require action",
            Self::PayPart => "pay part",
            Self::Pay => "pay",
            Self::Cut => "cut",
            Self::TakeCutBack => "take cut back",
            Self::EndorseCut => "endorse cut",
            Self::AcceptCut => "accept cut",
            Self::Receive => "receive",
            Self::Remind => "remind",
            Self::ProposeAppeal => "propose appeal",
            Self::DecideAppeal => "decide appeal",
            Self::PrepareAppeal => "prepare appeal",
            Self::FileAppeal => "file appeal",
            Self::EndAppeal => "end appeal",
            Self::MissWindow => "miss window",
            Self::WithdrawAppeal => "withdraw appeal",
        }
    }

    /// The step of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// Whether the invoice has another version after it.
    pub fn makes_version(self) -> bool {
        matches!(
            self,
            Self::TakeIn | Self::NewVersion | Self::Rewrite | Self::AcceptWriteDown
        )
    }

    /// Whether it is about money that was cut, paid or asked for again: it leaves the invoice where it is.
    pub fn is_about_money(self) -> bool {
        MONEY.iter().any(|(step, _)| *step == self)
    }

    /// Whether an approval given before it no longer fits the invoice.
    pub fn changes_what_is_approved(self) -> bool {
        matches!(
            self,
            Self::TakeIn
                | Self::NewVersion
                | Self::Override
                | Self::Return
                | Self::Rewrite
                | Self::ProposeWriteDown
                | Self::AcceptWriteDown
                | Self::RefuseWriteDown
                | Self::Attach
                | Self::Detach
                | Self::Comment
                | Self::Reopen
                | Self::Withdraw
        )
    }

    /// What else has to hold, in words; the code that takes the step sees to it.
    pub fn proviso(self) -> &'static str {
        match self {
            Self::Override => "with a reason",
            Self::Clear | Self::Endorse => {
                "or that partner's named substitute; not by who brought in this version, wrote in it, overrode a finding \
                 of it or proposed a write-down; no open reject finding, request or write-down; above the limit by two"
            }
            Self::Return => "a line of a timekeeper who is known here",
            Self::Recall => "by who returned it",
            Self::Rewrite => "by the timekeeper of the line; hours, rate and total stay",
            Self::ProposeWriteDown => "with a reason code and a reason",
            Self::AcceptWriteDown | Self::RefuseWriteDown => {
                "with a reason; not by who proposed it"
            }
            Self::Attach | Self::Detach | Self::Comment => "the clearance ends",
            Self::NewVersion => "the clearance ends",
            Self::Withdraw => "with a reason",
            Self::Replace => "of the same client; the other was refused",
            Self::NeverArrived => "only after the portal was asked or a person looked",
            Self::EndorseCut | Self::AcceptCut => "with a reason; above the limit by two",
            Self::Remind => "once for each number of days; a person sends it",
            Self::DecideAppeal => "with a reason; not by who proposed it",
            Self::FileAppeal => "a partner has decided to file it, and its window is open",
            Self::MissWindow => "only when the window has passed",
            Self::WithdrawAppeal => "with a reason",
            _ => "",
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Transition {
    /// Nothing before the first.
    pub from: Option<State>,
    /// What happens.
    pub step: Step,
    /// Where it leads.
    pub to: State,
    /// Who may.
    pub who: &'static [Role],
}

const fn row(from: State, step: Step, to: State, who: &'static [Role]) -> Transition {
    Transition {
        from: Some(from),
        step,
        to,
        who,
    }
}

/// Who brings invoices in.
const INTAKE: &[Role] = &[Specialist, Partner, Service];
/// Who works on them.
const DESK: &[Role] = &[Specialist, Partner];
/// Who writes the words of a line.
const WRITERS: &[Role] = &[Timekeeper, Partner];
/// Whoever makes a version has it checked.
const MAKERS: &[Role] = &[Specialist, Timekeeper, Partner, Service];
/// Who approves.
const PARTNERS: &[Role] = &[Partner];
/// Who talks to portals.
const NIGHT: &[Role] = &[Service, Specialist];
/// Who works the queue.
const ANSWERS: &[Role] = &[Specialist, Service];
/// Who writes down what a portal or client said.
const HEARD: &[Role] = &[Specialist, Partner, Service];

/// Where a client may speak of money, and the firm against it: nothing of it changes where the invoice is.
const SPOKEN_OF: [State; 9] = [
    Submitted,
    Acknowledged,
    InClientReview,
    ActionRequired,
    Approved,
    Reduced,
    PartlyPaid,
    Paid,
    Rejected,
];
/// What is done about money, and who may.
const MONEY: [(Step, &[Role]); 13] = [
    (Step::Cut, HEARD),
    (Step::TakeCutBack, HEARD),
    (Step::EndorseCut, PARTNERS),
    (Step::AcceptCut, PARTNERS),
    (Step::Receive, HEARD),
    (Step::Remind, DESK),
    (Step::ProposeAppeal, DESK),
    (Step::DecideAppeal, PARTNERS),
    (Step::PrepareAppeal, DESK),
    (Step::FileAppeal, INTAKE),
    (Step::EndAppeal, HEARD),
    (Step::MissWindow, INTAKE),
    (Step::WithdrawAppeal, PARTNERS),
];

/// Every step that is allowed.
pub const TABLE: &[Transition] = &ALL;

const ALL: [Transition; LIFE.len() + MONEY.len() * SPOKEN_OF.len()] = {
    let mut all = [LIFE[0]; LIFE.len() + MONEY.len() * SPOKEN_OF.len()];
    let mut at = 0;
    while at < LIFE.len() {
        all[at] = LIFE[at];
        at += 1;
    }
    while at < all.len() {
        let n = at - LIFE.len();
        let (step, who) = MONEY[n / SPOKEN_OF.len()];
        let state = SPOKEN_OF[n % SPOKEN_OF.len()];
        all[at] = row(state, step, state, who);
        at += 1;
    }
    all
};

/// The steps of an invoice's life.
const LIFE: &[Transition] = &[
    Transition {
        from: None,
        step: Step::TakeIn,
        to: Draft,
        who: INTAKE,
    },
    row(Draft, Step::Check, Checked, MAKERS),
    row(Draft, Step::NewVersion, Draft, INTAKE),
    row(Checked, Step::NewVersion, Draft, INTAKE),
    row(InReview, Step::NewVersion, Draft, INTAKE),
    row(Cleared, Step::NewVersion, Draft, INTAKE),
    row(Rejected, Step::NewVersion, Draft, INTAKE),
    row(ActionRequired, Step::NewVersion, Draft, INTAKE),
    row(Checked, Step::Override, InReview, DESK),
    row(InReview, Step::Override, InReview, DESK),
    row(Checked, Step::Return, InReview, DESK),
    row(InReview, Step::Return, InReview, DESK),
    row(Rejected, Step::Return, Rejected, DESK),
    row(ActionRequired, Step::Return, ActionRequired, DESK),
    row(Checked, Step::Recall, InReview, DESK),
    row(InReview, Step::Recall, InReview, DESK),
    row(Rejected, Step::Recall, Rejected, DESK),
    row(ActionRequired, Step::Recall, ActionRequired, DESK),
    row(Checked, Step::Rewrite, Draft, WRITERS),
    row(InReview, Step::Rewrite, Draft, WRITERS),
    row(Rejected, Step::Rewrite, Draft, WRITERS),
    row(ActionRequired, Step::Rewrite, Draft, WRITERS),
    row(Checked, Step::ProposeWriteDown, InReview, DESK),
    row(InReview, Step::ProposeWriteDown, InReview, DESK),
    row(Rejected, Step::ProposeWriteDown, Rejected, DESK),
    row(Checked, Step::AcceptWriteDown, Draft, PARTNERS),
    row(InReview, Step::AcceptWriteDown, Draft, PARTNERS),
    row(Rejected, Step::AcceptWriteDown, Draft, PARTNERS),
    row(Checked, Step::RefuseWriteDown, InReview, PARTNERS),
    row(InReview, Step::RefuseWriteDown, InReview, PARTNERS),
    row(Rejected, Step::RefuseWriteDown, Rejected, PARTNERS),
    row(Checked, Step::Attach, InReview, DESK),
    row(InReview, Step::Attach, InReview, DESK),
    row(Cleared, Step::Attach, InReview, DESK),
    row(Rejected, Step::Attach, Rejected, DESK),
    row(ActionRequired, Step::Attach, ActionRequired, DESK),
    row(Checked, Step::Detach, InReview, DESK),
    row(InReview, Step::Detach, InReview, DESK),
    row(Cleared, Step::Detach, InReview, DESK),
    row(Rejected, Step::Detach, Rejected, DESK),
    row(ActionRequired, Step::Detach, ActionRequired, DESK),
    row(Checked, Step::Comment, InReview, DESK),
    row(InReview, Step::Comment, InReview, DESK),
    row(Cleared, Step::Comment, InReview, DESK),
    row(Rejected, Step::Comment, Rejected, DESK),
    row(ActionRequired, Step::Comment, ActionRequired, DESK),
    row(Checked, Step::Replace, Checked, INTAKE),
    row(InReview, Step::Replace, InReview, INTAKE),
    row(Checked, Step::Endorse, InReview, PARTNERS),
    row(InReview, Step::Endorse, InReview, PARTNERS),
    row(Checked, Step::Clear, Cleared, PARTNERS),
    row(InReview, Step::Clear, Cleared, PARTNERS),
    row(Cleared, Step::Reopen, InReview, PARTNERS),
    row(Draft, Step::Withdraw, Withdrawn, DESK),
    row(Checked, Step::Withdraw, Withdrawn, DESK),
    row(InReview, Step::Withdraw, Withdrawn, DESK),
    row(Cleared, Step::Withdraw, Withdrawn, DESK),
    row(Queued, Step::Withdraw, Withdrawn, DESK),
    row(Rejected, Step::Withdraw, Withdrawn, DESK),
    row(Cleared, Step::Queue, Queued, ANSWERS),
    row(Queued, Step::Unqueue, Cleared, ANSWERS),
    row(Queued, Step::Send, Sending, NIGHT),
    row(Sending, Step::Arrive, Submitted, NIGHT),
    row(Sending, Step::Reject, Rejected, NIGHT),
    row(Sending, Step::LoseSight, InDoubt, NIGHT),
    row(Sending, Step::NeverArrived, Queued, NIGHT),
    row(InDoubt, Step::Arrive, Submitted, HEARD),
    row(InDoubt, Step::NeverArrived, Queued, ANSWERS),
    row(Submitted, Step::Acknowledge, Acknowledged, HEARD),
    row(Submitted, Step::UnderReview, InClientReview, HEARD),
    row(Submitted, Step::Approve, Approved, HEARD),
    row(Submitted, Step::Reduce, Reduced, HEARD),
    row(Submitted, Step::Reject, Rejected, HEARD),
    row(Submitted, Step::RequireAction, ActionRequired, HEARD),
    row(Acknowledged, Step::UnderReview, InClientReview, HEARD),
    row(Acknowledged, Step::Approve, Approved, HEARD),
    row(Acknowledged, Step::Reduce, Reduced, HEARD),
    row(Acknowledged, Step::Reject, Rejected, HEARD),
    row(Acknowledged, Step::RequireAction, ActionRequired, HEARD),
    row(InClientReview, Step::Approve, Approved, HEARD),
    row(InClientReview, Step::Reduce, Reduced, HEARD),
    row(InClientReview, Step::Reject, Rejected, HEARD),
    row(InClientReview, Step::RequireAction, ActionRequired, HEARD),
    row(ActionRequired, Step::UnderReview, InClientReview, HEARD),
    row(ActionRequired, Step::Reject, Rejected, HEARD),
    row(Approved, Step::Reduce, Reduced, HEARD),
    row(Approved, Step::PayPart, PartlyPaid, HEARD),
    row(Approved, Step::Pay, Paid, HEARD),
    row(Reduced, Step::PayPart, PartlyPaid, HEARD),
    row(Reduced, Step::Pay, Paid, HEARD),
    row(PartlyPaid, Step::PayPart, PartlyPaid, HEARD),
    row(PartlyPaid, Step::Pay, Paid, HEARD),
];

/// The row of a step, if the step is allowed from there.
pub fn next(from: Option<State>, step: Step) -> Option<&'static Transition> {
    TABLE.iter().find(|t| t.from == from && t.step == step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_state_is_reached_and_each_step_leads_to_one_place() {
        let mut reached: BTreeSet<State> = BTreeSet::new();
        loop {
            let before = reached.len();
            let from = |t: &&Transition| t.from.is_none_or(|f| reached.contains(&f));
            let found: Vec<State> = TABLE.iter().filter(from).map(|t| t.to).collect();
            reached.extend(found);
            if reached.len() == before {
                break;
            }
        }
        assert_eq!(reached.len(), State::ALL.len());
        let keys: BTreeSet<_> = TABLE.iter().map(|t| (t.from, t.step)).collect();
        assert_eq!(keys.len(), TABLE.len(), "a step with two ends");
        assert!(TABLE.iter().all(|t| !t.who.is_empty()));
    }

    #[test]
    fn nothing_is_sent_that_was_not_cleared() {
        let into = |to: State| TABLE.iter().filter(move |t| t.to == to).map(|t| t.from);
        let queued: BTreeSet<_> = into(Queued).collect();
        // Back from sending only what certainly did not arrive.
        assert_eq!(
            queued,
            BTreeSet::from([Some(Cleared), Some(Sending), Some(InDoubt)])
        );
        assert_eq!(into(Sending).collect::<Vec<_>>(), [Some(Queued)]);
    }

    #[test]
    fn names_lead_back() {
        assert!(Step::ALL.iter().all(|s| Step::named(s.name()) == Some(*s)));
        assert!(
            State::ALL
                .iter()
                .all(|s| State::named(s.name()) == Some(*s))
        );
    }
}
