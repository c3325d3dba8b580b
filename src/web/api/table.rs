//! The table of calls. The router is built from it beside the pages', the gate judges by it, its document is made from it,
//! and a test walks it for every role.

use super::call::NoQuery;
use super::document::DOCUMENT;
use super::given::{Answer, Calendar, Document, Done, Json, Made};
use super::taken::{Body, File, Nothing, Taken};
use super::{
    accounts, appeals, arrivals, attachments, contents, firm, invoices, money, page, papers,
    reductions, reports, review, rewrites, submissions, tokens, webhooks, whole,
};
use crate::web::route::{Needs, Route, Run, Verb, Whose};
use crate::workflow::{Act, Step};
use schemars::generate::SchemaGenerator;
use serde_json::Value;

/// A row of the table of calls.
pub struct Call {
    /// How it is called, what it needs, and whose it is.
    pub route: Route,
    /// The subject it belongs to.
    pub subject: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    pub(super) told: fn(&mut Schemas) -> Told,
}

/// Schemas of what is sent and of what is answered.
pub(super) struct Schemas {
    pub(super) taken: SchemaGenerator,
    pub(super) given: SchemaGenerator,
}

/// What a call's types say.
pub(super) struct Told {
    pub(super) query: Value,
    pub(super) body: Option<Value>,
    pub(super) status: u16,
    pub(super) answer: (&'static str, Option<(&'static str, Value)>),
}

fn told<Q: schemars::JsonSchema, B: Taken, A: Answer>(schemas: &mut Schemas) -> Told {
    Told {
        query: super::call::schema_of_query::<Q>(),
        body: B::documented(&mut schemas.taken),
        status: A::STATUS,
        answer: A::documented(&mut schemas.given),
    }
}

const fn may(step: Step) -> Needs {
    Needs::May(Act::Step(step))
}

const READ: Needs = Needs::May(Act::Read);

macro_rules! calls {
    ($($verb:ident $path:literal $name:literal $subject:literal $about:literal
        $needs:expr, $whose:ident, $query:ty, $body:ty => $answer:ty, $run:path;)+) => {
        /// Every call.
        pub static CALLS: &[Call] = &[DOCUMENT, $(Call {
            route: Route {
                verb: Verb::$verb,
                path: concat!("/api/v1", $path),
                name: $name,
                needs: $needs,
                whose: Whose::$whose,
                takes: <$body as Taken>::TAKES,
                run: Run::Call(|called| Box::pin(async move {
                    let asked: $query = called.asked()?;
                    let body = <$body as Taken>::of(called)?;
                    let answer: $answer = $run(called, asked, body).await?;
                    Answer::response(answer)
                })),
            },
            subject: $subject,
            about: $about,
            told: told::<$query, $body, $answer>,
        }),+];
    };
}

use page::{Page, Part};

calls! {
    Get "/me" "who-am-i" "Access" "Whose token it is, and what it is good for."
        Needs::SignedIn, Nobodys, NoQuery, Nothing => Json<firm::Me>, firm::me;
    Get "/tokens" "list-tokens" "Access" "One's own tokens."
        Needs::SignedIn, Nobodys, NoQuery, Nothing => Json<tokens::Tokens>, tokens::list;
    Post "/tokens" "make-token" "Access" "Makes a token: for a service or for somebody without a password, as an administrator."
        Needs::May(Act::OwnAccess), Nobodys, NoQuery, Body<tokens::NewAccess> => Made<tokens::Access>, tokens::make;
    Delete "/tokens/{token}" "revoke-token" "Access" "Ends a token at once, by its id or label."
        Needs::May(Act::OwnAccess), Nobodys, tokens::Whose, Nothing => Done, tokens::revoke;
    Get "/accounts" "list-accounts" "Access" "By which account at the firm's identity provider people sign in."
        Needs::May(Act::SeePeople), Nobodys, NoQuery, Nothing => Json<accounts::SignInAccounts>, accounts::list;
    Post "/accounts" "link-account" "Access" "Says by which account at the identity provider somebody signs in."
        Needs::May(Act::People), Nobodys, NoQuery, Body<accounts::NewSignInAccount> => Made<accounts::SignInAccount>, accounts::link;
    Delete "/accounts/{person}" "unlink-account" "Access" "Takes that away, of somebody who left as well; their sessions and tokens end."
        Needs::May(Act::People), Nobodys, NoQuery, Nothing => Done, accounts::unlink;

    Post "/check" "check-file" "Check" "Checks an invoice file; nothing is kept."
        READ, Nobodys, arrivals::CheckedHow, File => Json<arrivals::Checked>, arrivals::check;

    Get "/invoices" "list-invoices" "Invoices" "Invoices that fit, a page at a time."
        READ, Nobodys, invoices::Which, Nothing => Json<Page<super::shape::Invoice>>, invoices::list;
    Post "/invoices" "take-in-file" "Invoices" "Takes in an invoice file: it is checked and kept. The same file twice is taken in once."
        may(Step::TakeIn), Nobodys, arrivals::Named, File => Json<arrivals::TakenIn>, arrivals::take_in;
    Get "/invoices/{invoice}" "show-invoice" "Invoices" "One invoice with its review."
        READ, Invoice, NoQuery, Nothing => Json<whole::Whole>, whole::show;
    Get "/invoices/{invoice}/findings" "list-findings" "Invoices" "What the check says of an invoice as it stands."
        READ, Invoice, Part, Nothing => Json<contents::Findings>, contents::findings;
    Get "/invoices/{invoice}/lines" "list-lines" "Invoices" "Its lines with their narratives. That they were read is written down."
        READ, Invoice, Part, Nothing => Json<Page<contents::Line>>, contents::lines;
    Get "/invoices/{invoice}/events" "list-events" "Invoices" "What happened to it, from the beginning."
        READ, Invoice, Part, Nothing => Json<Page<contents::Happened>>, contents::events;
    Get "/invoices/{invoice}/proof" "show-proof" "Invoices" "Each attempt to send it with the hash of what left, each answer, and whether all is as it was written."
        READ, Invoice, NoQuery, Nothing => Json<crate::workflow::submission::Proof>, papers::proof;
    Get "/invoices/{invoice}/file" "download-file" "Invoices" "Its file as it stands, or of an earlier version. That it was read is written down."
        READ, Invoice, papers::Version, Nothing => Document, papers::file;
    Get "/invoices/{invoice}/attachments/{attachment}" "download-attachment" "Invoices" "An attached file. That it was read is written down."
        READ, Invoice, NoQuery, Nothing => Document, papers::attachment;

    Post "/invoices/{invoice}/attachments" "attach-file" "Invoices" "Attaches a receipt, the PDF or other backup to an invoice or a line."
        may(Step::Attach), Invoice, attachments::What, File => Made<attachments::AttachedAs>, attachments::attach;
    Delete "/invoices/{invoice}/attachments/{attachment}" "detach-file" "Invoices" "Takes a file out of the package."
        may(Step::Detach), Invoice, NoQuery, Nothing => Done, attachments::detach;

    Post "/invoices/{invoice}/returns" "return-line" "Review" "Sends a line back to its timekeeper."
        may(Step::Return), Invoice, NoQuery, Body<review::NewLineReturn> => Made<review::Returned>, review::return_line;
    Post "/returns/{return}/recall" "recall-return" "Review" "Takes back what was sent to a timekeeper; who returned it may."
        may(Step::Recall), Nobodys, NoQuery, Nothing => Done, review::recall;
    Post "/invoices/{invoice}/overrides" "set-finding-aside" "Review" "Sets a finding aside, with a reason the partner sees."
        may(Step::Override), Invoice, NoQuery, Body<review::NewOverride> => Made<review::Overridden>, review::set_aside;
    Post "/invoices/{invoice}/comments" "comment-line" "Review" "Writes the comment of a line for the client, or takes it away."
        may(Step::Comment), Invoice, NoQuery, Body<review::NewComment> => Json<super::shape::Invoice>, review::comment;
    Post "/invoices/{invoice}/write-downs" "propose-write-down" "Review" "Proposes to bill a line lower; a partner decides."
        may(Step::ProposeWriteDown), Invoice, NoQuery, Body<review::NewLower> => Made<review::Lower>, review::write_down;
    Post "/write-downs/{write_down}/decide" "decide-write-down" "Review" "A partner agrees to a write-down, or does not; not who proposed it."
        may(Step::AcceptWriteDown), Nobodys, NoQuery, Body<review::Decision> => Json<super::shape::Invoice>, review::decide_write_down;
    Post "/invoices/{invoice}/clear" "clear-invoice" "Review" "Approves the file that was looked at for sending; not who prepared it."
        Needs::OrInPlace(Act::Step(Step::Clear)), InvoiceInPlace, NoQuery, Body<review::Clearance> => Json<review::Cleared>, review::clear;
    Post "/invoices/{invoice}/reopen" "reopen-invoice" "Review" "Takes back the clearance."
        may(Step::Reopen), Invoice, NoQuery, Body<super::shape::Reason> => Json<super::shape::Invoice>, review::reopen;
    Post "/invoices/{invoice}/withdraw" "withdraw-invoice" "Review" "Takes the invoice back for good."
        may(Step::Withdraw), Invoice, NoQuery, Body<super::shape::Reason> => Json<super::shape::Invoice>, review::withdraw;

    Get "/rewrites" "list-rewrites" "Review" "One's own lines that were sent back and wait."
        Needs::May(Act::OwnLines), Nobodys, NoQuery, Nothing => Json<rewrites::Rewrites>, rewrites::list;
    Get "/rewrites/{request}" "show-rewrite" "Review" "One of them, with what is asked."
        Needs::May(Act::OwnLines), OwnRequest, NoQuery, Nothing => Json<rewrites::Rewrite>, rewrites::show;
    Post "/rewrites/{request}/try" "try-rewrite" "Review" "What the check says of other words; nothing is kept."
        may(Step::Rewrite), OwnRequest, NoQuery, Body<rewrites::NewWords> => Json<rewrites::Trial>, rewrites::attempt;
    Post "/rewrites/{request}" "answer-rewrite" "Review" "Answers with one's own words, which become a new version of the invoice."
        may(Step::Rewrite), OwnRequest, NoQuery, Body<rewrites::NewWords> => Json<rewrites::Rewritten>, rewrites::answer;

    Get "/submissions" "list-submissions" "Submission" "What is on its way, and what arrived or was refused within a day."
        READ, Nobodys, submissions::Which, Nothing => Json<Page<submissions::Submission>>, submissions::list;
    Post "/invoices/{invoice}/queue" "queue-invoice" "Submission" "Puts a cleared invoice into the queue of its account at a portal."
        may(Step::Queue), Invoice, NoQuery, Body<submissions::NewSubmission> => Json<submissions::Submission>, submissions::queue;
    Post "/invoices/{invoice}/unqueue" "unqueue-invoice" "Submission" "Takes it out of the queue; it stays cleared."
        may(Step::Unqueue), Invoice, NoQuery, Nothing => Json<super::shape::Invoice>, submissions::unqueue;
    Post "/invoices/{invoice}/resubmit" "resubmit-invoice" "Submission" "Puts a cleared correction into the queue of the account that refused it before."
        may(Step::Queue), Invoice, NoQuery, Body<submissions::Again> => Json<submissions::Submission>, submissions::resubmit;
    Post "/invoices/{invoice}/settle" "settle-invoice" "Submission" "Says what became of an invoice in doubt; nothing is sent again before."
        may(Step::NeverArrived), Invoice, NoQuery, Body<submissions::Settlement> => Json<submissions::Submission>, submissions::settle;
    Get "/rejections" "list-rejections" "Submission" "What was refused and waits to be corrected."
        READ, Nobodys, Part, Nothing => Json<Page<submissions::Refused>>, submissions::rejections;
    Post "/invoices/{invoice}/replace" "replace-invoice" "Submission" "Says that an invoice of another number stands in the place of a refused one."
        may(Step::Replace), Invoice, NoQuery, Body<submissions::Replacement> => Json<super::shape::Invoice>, submissions::replace;

    Get "/reductions" "list-reductions" "Money" "What clients cut, invoice by invoice."
        READ, Nobodys, reductions::Which, Nothing => Json<Page<reductions::Reduced>>, reductions::list;
    Get "/invoices/{invoice}/reductions" "show-reductions" "Money" "What was cut from one invoice."
        READ, Invoice, NoQuery, Nothing => Json<reductions::Reduced>, reductions::of_invoice;
    Post "/invoices/{invoice}/reductions/accept" "accept-reductions" "Money" "A partner accepts what was cut: one reduction, a part of it, or every open one."
        may(Step::AcceptCut), Invoice, NoQuery, Body<reductions::Acceptance> => Json<reductions::Accepted>, reductions::accept;
    Post "/invoices/{invoice}/appeals" "propose-appeal" "Money" "Proposes an appeal; a partner decides."
        may(Step::ProposeAppeal), Invoice, NoQuery, Body<reductions::Proposal> => Made<appeals::Appeal>, reductions::propose;
    Get "/appeals" "list-appeals" "Money" "Every appeal there was, the first proposed first."
        READ, Nobodys, appeals::Which, Nothing => Json<Page<appeals::Appeal>>, appeals::list;
    Get "/appeals/due" "list-deadlines" "Money" "What can still be appealed or has to be filed, by deadline."
        READ, Nobodys, appeals::Whose, Nothing => Json<appeals::Deadlines>, appeals::due;
    Get "/appeals/calendar.ics" "download-calendar" "Money" "The windows of appeals for a calendar program."
        READ, Nobodys, NoQuery, Nothing => Calendar, appeals::ics;
    Get "/appeals/{appeal}" "show-appeal" "Money" "One appeal."
        READ, Nobodys, NoQuery, Nothing => Json<appeals::Appeal>, appeals::show;
    Post "/appeals/{appeal}/decide" "decide-appeal" "Money" "A partner decides whether an appeal is filed or dropped; not who proposed it."
        may(Step::DecideAppeal), Nobodys, NoQuery, Body<appeals::AppealDecision> => Json<appeals::Appeal>, appeals::decide;
    Post "/appeals/{appeal}/filed" "confirm-filing" "Money" "Says that a person has filed an appeal inside the portal."
        may(Step::FileAppeal), Nobodys, NoQuery, Body<appeals::Filed> => Json<appeals::Appeal>, appeals::filed;
    Post "/appeals/{appeal}/outcome" "end-appeal" "Money" "Writes down what became of a filed appeal."
        may(Step::EndAppeal), Nobodys, NoQuery, Body<appeals::Outcome> => Json<appeals::Appeal>, appeals::outcome;
    Post "/appeals/{appeal}/withdraw" "withdraw-appeal" "Money" "Takes an appeal back; what it asked for is open again."
        may(Step::WithdrawAppeal), Nobodys, NoQuery, Body<super::shape::Reason> => Json<appeals::Appeal>, appeals::withdraw;
    Get "/receivables" "list-receivables" "Money" "What clients owe, invoice by invoice; currencies are never added up."
        READ, Nobodys, money::Which, Nothing => Json<Page<money::Account>>, money::receivables;
    Get "/payments" "list-payments" "Money" "Payments that are known, in the order heard of."
        READ, Nobodys, money::WhichPaid, Nothing => Json<Page<money::Payment>>, money::payments;
    Get "/invoices/{invoice}/payments" "show-payments" "Money" "What is open of one invoice, and what came for it."
        READ, Invoice, NoQuery, Nothing => Json<money::PaidFor>, money::of_invoice;

    Get "/readiness" "list-readiness" "Firm" "How far each open matter is set up at its portal."
        READ, Nobodys, firm::Which, Nothing => Json<Page<firm::Matter>>, firm::ready;
    Get "/reports" "list-reports" "Firm" "Which reports there are."
        READ, Nobodys, NoQuery, Nothing => Json<reports::AllKnown>, reports::list;
    Get "/reports/{report}" "show-report" "Firm" "A report over the invoices of clients one serves."
        READ, Nobodys, reports::Over, Nothing => Json<reports::ReportShown>, reports::show;

    Get "/webhooks" "list-webhooks" "Webhooks" "Who outside is told of what happens to invoices."
        Needs::May(Act::SeeWebhooks), Nobodys, NoQuery, Nothing => Json<webhooks::Webhooks>, webhooks::list;
    Post "/webhooks" "add-webhook" "Webhooks" "Has an address told from now on."
        Needs::May(Act::Webhooks), Nobodys, NoQuery, Body<webhooks::NewHook> => Made<webhooks::Added>, webhooks::add;
    Delete "/webhooks/{webhook}" "remove-webhook" "Webhooks" "Tells an address no longer; what it was not told of is lost to it."
        Needs::May(Act::Webhooks), Nobodys, NoQuery, Nothing => Done, webhooks::remove;
    Post "/webhooks/{webhook}/enable" "enable-webhook" "Webhooks" "Tells a disabled address again, beginning with what it was not told of before."
        Needs::May(Act::Webhooks), Nobodys, NoQuery, Nothing => Json<webhooks::Webhook>, webhooks::enable;
    Post "/webhooks/{webhook}/test" "test-webhook" "Webhooks" "Sends a signed message that says nothing, and says what became of it."
        Needs::May(Act::Webhooks), Nobodys, NoQuery, Nothing => Json<webhooks::Tried>, webhooks::test;
}
