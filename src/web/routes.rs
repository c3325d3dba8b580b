//! The table of routes. The router is built from it, the gate judges by it, and a test walks it for every role.

#[cfg(feature = "oidc")]
use super::pages::{accounts, provider};
use super::pages::{
    appeals, audit, lists, morning, payments, people, portals, readiness, receivables, reductions,
    rejections, reports, rules, submissions,
};
use super::pages::{check, clearing, invoice, invoices, rewrites, sign_in, today};
use super::route::{Needs, Route, Run, Takes, Verb, Whose};
use crate::workflow::{Act, Step};

const fn may(step: Step) -> Needs {
    Needs::May(Act::Step(step))
}

/// What holds for every client of the firm: its lists and packs.
const FILES: Needs = Needs::Any(&[Act::Step(Step::TakeIn), Act::People]);

macro_rules! routes {
    ($($(#[$when:meta])* $verb:ident $path:literal $name:literal $kind:ident $needs:expr, $whose:ident, $takes:ident => $run:path;)+) => {
        /// Every route.
        pub static ROUTES: &[Route] = &[$($(#[$when])* Route {
            verb: Verb::$verb,
            path: $path,
            name: $name,
            needs: $needs,
            whose: Whose::$whose,
            takes: Takes::$takes,
            run: Run::$kind(|asked| Box::pin($run(asked))),
        }),+];
    };
}

routes! {
    Get  "/sign-in" "sign in" Open Needs::Nothing, Nobodys, Nothing => sign_in::show;
    Post "/sign-in" "sign in" Open Needs::Nothing, Nobodys, Form => sign_in::enter;
    #[cfg(feature = "oidc")]
    Get  "/sign-in/provider" "sign in by the provider" Open Needs::Nothing, Nobodys, Nothing => provider::begin;
    #[cfg(feature = "oidc")]
    Get  "/sign-in/answer" "back from the provider" Open Needs::Nothing, Nobodys, Nothing => provider::answer;
    Get  "/health" "health" Open Needs::Nothing, Nobodys, Nothing => sign_in::health;
    Post "/sign-out" "sign out" AtDesk Needs::SignedIn, Nobodys, Form => sign_in::leave;
    Get  "/" "today" AtDesk Needs::SignedIn, Nobodys, Nothing => today::show;
    Get  "/find" "find" AtDesk Needs::May(Act::Read), Nobodys, Nothing => invoices::find;

    Get  "/check" "check" AtDesk may(Step::TakeIn), Nobodys, Nothing => check::show;
    Post "/check" "check" AtDesk may(Step::TakeIn), Nobodys, Files => check::judge;
    Get  "/check/{held}" "checked" AtDesk may(Step::TakeIn), Nobodys, Nothing => check::result;
    Get  "/check/{held}/lines/{file}/{number}" "checked lines" AtDesk may(Step::TakeIn), Nobodys, Nothing
        => check::more_lines;
    Get  "/check/{held}/corrected/{file}" "corrected file" AtDesk may(Step::TakeIn), Nobodys, Nothing => check::corrected;
    Post "/check/{held}/keep" "take in" AtDesk may(Step::TakeIn), Nobodys, Form => check::keep;

    Get  "/invoices" "invoices" AtDesk Needs::May(Act::Read), Nobodys, Nothing => invoices::show;
    Get  "/invoices/returned" "lines out" AtDesk Needs::May(Act::Read), Nobodys, Nothing => invoices::returned;
    Post "/invoices/filters" "save a filter" AtDesk Needs::May(Act::Read), Nobodys, Form => invoices::save_filter;
    Post "/invoices/filters/drop" "drop a filter" AtDesk Needs::May(Act::Read), Nobodys, Form
        => invoices::drop_filter;
    Post "/invoices/many" "many invoices" AtDesk
        Needs::Any(&[Act::Step(Step::Clear), Act::Step(Step::Withdraw), Act::Step(Step::Queue)]), Nobodys, Form
        => invoices::many;

    Get  "/invoices/{invoice}" "invoice" AtDesk Needs::May(Act::Read), Invoice, Nothing => invoice::show;
    Get  "/invoices/{invoice}/lines" "lines" AtDesk Needs::May(Act::Read), Invoice, Nothing => invoice::more_lines;
    Get  "/invoices/{invoice}/line" "line" AtDesk Needs::May(Act::Read), Invoice, Nothing => invoice::line::show;
    Post "/invoices/{invoice}/line/return" "return a line" AtDesk may(Step::Return), Invoice, Form
        => invoice::line::return_it;
    Post "/invoices/{invoice}/line/comment" "comment" AtDesk may(Step::Comment), Invoice, Form
        => invoice::line::comment;
    Post "/invoices/{invoice}/line/write-down" "propose a write-down" AtDesk may(Step::ProposeWriteDown), Invoice, Form
        => invoice::line::write_down;
    Post "/invoices/{invoice}/recall" "recall" AtDesk may(Step::Recall), Invoice, Form => invoice::steps::recall;
    Post "/invoices/{invoice}/override" "set aside" AtDesk may(Step::Override), Invoice, Form
        => invoice::steps::set_aside;
    Post "/invoices/{invoice}/attach" "attach" AtDesk may(Step::Attach), Invoice, Files => invoice::steps::attach;
    Post "/invoices/{invoice}/detach" "detach" AtDesk may(Step::Detach), Invoice, Form => invoice::steps::detach;
    Post "/invoices/{invoice}/clear" "clear" AtDesk Needs::OrInPlace(Act::Step(Step::Clear)), InvoiceInPlace, Form
        => invoice::steps::clear;
    Post "/invoices/{invoice}/reopen" "reopen" AtDesk may(Step::Reopen), Invoice, Form => invoice::steps::reopen;
    Post "/invoices/{invoice}/withdraw" "withdraw" AtDesk may(Step::Withdraw), Invoice, Form
        => invoice::steps::withdraw;
    Post "/invoices/{invoice}/queue" "queue" AtDesk may(Step::Queue), Invoice, Form => invoice::steps::queue;
    Post "/invoices/{invoice}/unqueue" "take out of the queue" AtDesk may(Step::Unqueue), Invoice, Form
        => invoice::steps::unqueue;
    Post "/invoices/{invoice}/accept-write-down" "accept a write-down" AtDesk may(Step::AcceptWriteDown), Invoice, Form
        => invoice::steps::accept;
    Post "/invoices/{invoice}/refuse-write-down" "refuse a write-down" AtDesk may(Step::RefuseWriteDown), Invoice, Form
        => invoice::steps::refuse;
    Get  "/invoices/{invoice}/file" "invoice file" AtDesk Needs::May(Act::Read), Invoice, Nothing
        => invoice::papers::file;
    Get  "/invoices/{invoice}/attachments/{attachment}" "attachment" AtDesk Needs::May(Act::Read), Invoice, Nothing
        => invoice::papers::attachment;
    Get  "/invoices/{invoice}/proof" "proof" AtDesk Needs::May(Act::Read), Invoice, Nothing => invoice::papers::proof;
    Get  "/invoices/{invoice}/proof.json" "proof as JSON" AtDesk Needs::May(Act::Read), Invoice, Nothing
        => invoice::papers::proof_json;

    Get  "/invoices/{invoice}/payments" "payments of an invoice" AtDesk Needs::May(Act::Read), Invoice, Nothing
        => payments::of_invoice;

    Get  "/rewrites" "rewrites" AtDesk Needs::May(Act::OwnLines), Nobodys, Nothing => rewrites::show;
    Get  "/rewrites/{request}" "rewrite" AtDesk Needs::May(Act::OwnLines), OwnRequest, Nothing => rewrites::one;
    Post "/rewrites/{request}/try" "try a text" AtDesk may(Step::Rewrite), OwnRequest, Form => rewrites::attempt;
    Post "/rewrites/{request}" "rewrite" AtDesk may(Step::Rewrite), OwnRequest, Form => rewrites::answer;

    Get  "/clearing" "clearing" AtDesk
        Needs::Any(&[Act::Step(Step::Clear), Act::Step(Step::ProposeWriteDown)]), Nobodys, Nothing => clearing::show;
    Post "/clearing/substitutes" "name a substitute" AtDesk Needs::May(Act::Substitutes), Nobodys, Form
        => clearing::add_substitute;
    Post "/clearing/substitutes/end" "end a substitution" AtDesk Needs::May(Act::Substitutes), Nobodys, Form
        => clearing::end_substitute;

    Get  "/reductions" "reductions" AtDesk Needs::May(Act::Read), Nobodys, Nothing => reductions::show;
    Get  "/reductions/write-offs.csv" "write-offs" AtDesk Needs::May(Act::Read), Nobodys, Nothing
        => reductions::write_offs;
    Get  "/reductions/{invoice}" "reductions of an invoice" AtDesk Needs::May(Act::Read), Invoice, Nothing
        => reductions::one;
    Post "/reductions/{invoice}/accept" "accept a reduction" AtDesk may(Step::AcceptCut), Invoice, Form
        => reductions::accept;
    Post "/reductions/{invoice}/appeal" "propose an appeal" AtDesk may(Step::ProposeAppeal), Invoice, Form
        => reductions::propose;

    Get  "/appeals" "appeals" AtDesk Needs::May(Act::Read), Nobodys, Nothing => appeals::show;
    Get  "/appeals/calendar.ics" "calendar" AtDesk Needs::May(Act::Read), Nobodys, Nothing => appeals::ics;
    Get  "/appeals/{appeal}" "appeal" AtDesk Needs::May(Act::Read), Nobodys, Nothing => appeals::one;
    Post "/appeals/{appeal}/decide" "decide an appeal" AtDesk may(Step::DecideAppeal), Nobodys, Form
        => appeals::decide;
    Post "/appeals/{appeal}/packet" "packet" AtDesk may(Step::PrepareAppeal), Nobodys, Form => appeals::packet;
    Post "/appeals/{appeal}/file" "file an appeal" AtDesk may(Step::PrepareAppeal), Nobodys, Form => appeals::file;
    Post "/appeals/{appeal}/filed" "appeal filed" AtDesk may(Step::FileAppeal), Nobodys, Form => appeals::filed;
    Post "/appeals/{appeal}/outcome" "outcome" AtDesk may(Step::EndAppeal), Nobodys, Form => appeals::outcome;
    Post "/appeals/{appeal}/withdraw" "withdraw an appeal" AtDesk may(Step::WithdrawAppeal), Nobodys, Form
        => appeals::withdraw;

    Get  "/receivables" "receivables" AtDesk Needs::May(Act::Read), Nobodys, Nothing => receivables::show;
    Get  "/receivables/file" "receivables as a file" AtDesk Needs::May(Act::Read), Nobodys, Nothing
        => receivables::file;
    Get  "/receivables/reminders" "reminders" AtDesk may(Step::Remind), Nobodys, Nothing
        => receivables::reminders::show;
    Post "/receivables/reminders" "draft a reminder" AtDesk may(Step::Remind), Nobodys, Form
        => receivables::reminders::draft;
    Get  "/receivables/reminders/{letter}" "reminder" AtDesk Needs::May(Act::Read), Nobodys, Nothing
        => receivables::reminders::drafted;
    Get  "/payments" "payments" AtDesk Needs::May(Act::Read), Nobodys, Nothing => payments::show;
    Get  "/payments/file" "payments as a file" AtDesk Needs::May(Act::Read), Nobodys, Nothing => payments::file;
    Get  "/payments/template" "columns of a remittance" AtDesk Needs::May(Act::Read), Nobodys, Nothing
        => payments::template;
    Post "/payments/import" "bring in remittances" AtDesk may(Step::Receive), Nobodys, Files => payments::bring;
    Get  "/payments/{row}" "row of a remittance" AtDesk Needs::May(Act::Read), Nobodys, Nothing => payments::one;
    Post "/payments/{row}/assign" "assign a payment" AtDesk Needs::May(Act::DecidePayments), Nobodys, Form
        => payments::assign;
    Post "/payments/{row}/aside" "put a payment aside" AtDesk Needs::May(Act::DecidePayments), Nobodys, Form
        => payments::aside;

    Get  "/reports" "reports" AtDesk Needs::May(Act::Read), Nobodys, Nothing => reports::show;
    Get  "/reports/{report}" "report" AtDesk Needs::May(Act::Read), Nobodys, Nothing => reports::show;
    Get  "/reports/{report}/file" "report as a file" AtDesk Needs::May(Act::Read), Nobodys, Nothing
        => reports::file;

    Get  "/rejections" "rejections" AtDesk Needs::May(Act::Read), Nobodys, Nothing => rejections::show;
    Get  "/rejections/{invoice}/corrected" "corrected rejection" AtDesk Needs::May(Act::Read), Invoice, Nothing
        => rejections::corrected;
    Post "/rejections/{invoice}/replaced" "replaced" AtDesk may(Step::Replace), Invoice, Form
        => rejections::replaced;
    Post "/rejections/{invoice}/resubmit" "resubmit" AtDesk may(Step::Queue), Invoice, Form => rejections::resubmit;

    Get  "/submissions" "submissions" AtDesk Needs::May(Act::Read), Nobodys, Nothing => submissions::show;
    Get  "/submissions/live" "submissions live" AtDesk Needs::May(Act::Read), Nobodys, Nothing => submissions::live;
    Post "/submissions/{invoice}/settle" "settle" AtDesk may(Step::NeverArrived), Invoice, Form
        => submissions::settle;
    Get  "/morning" "morning" AtDesk Needs::May(Act::Read), Nobodys, Nothing => morning::show;

    Get  "/readiness" "readiness" AtDesk Needs::May(Act::Read), Nobodys, Nothing => readiness::show;

    Get  "/portals" "portals" AtDesk Needs::Any(&[Act::Read, Act::People]), Nobodys, Nothing => portals::show;
    Post "/portals/{account}/check" "try an account" AtDesk
        Needs::Any(&[Act::Step(Step::Queue), Act::People]), Nobodys, Form => portals::check;

    Post "/portals/{account}/pause" "pause an account" AtDesk Needs::May(Act::PauseAccounts), Nobodys, Form
        => portals::pause;
    Post "/portals/{account}/resume" "resume an account" AtDesk Needs::May(Act::PauseAccounts), Nobodys, Form
        => portals::resume;

    Get  "/people" "people" AtDesk Needs::May(Act::SeePeople), Nobodys, Nothing => people::show;
    Post "/people" "add a person" AtDesk Needs::May(Act::People), Nobodys, Form => people::add;
    Post "/people/role" "role" AtDesk Needs::May(Act::People), Nobodys, Form => people::set_role;
    Post "/people/clients" "clients" AtDesk Needs::May(Act::People), Nobodys, Form => people::set_clients;
    Post "/people/timekeeper" "timekeeper" AtDesk Needs::May(Act::People), Nobodys, Form => people::set_timekeeper;
    Post "/people/password" "give a password" AtDesk Needs::May(Act::People), Nobodys, Form => people::give_password;
    Post "/people/second-factor" "reset a second factor" AtDesk Needs::May(Act::People), Nobodys, Form
        => people::no_second_factor;
    Post "/people/unlock" "unlock" AtDesk Needs::May(Act::People), Nobodys, Form => people::unlock;
    Post "/people/deactivate" "deactivate" AtDesk Needs::May(Act::People), Nobodys, Form => people::deactivate;
    Post "/people/limit" "limit" AtDesk Needs::May(Act::Limits), Nobodys, Form => people::set_limit;

    #[cfg(feature = "oidc")]
    Get  "/people/accounts" "accounts" AtDesk Needs::May(Act::SeePeople), Nobodys, Nothing => accounts::show;
    #[cfg(feature = "oidc")]
    Post "/people/link" "link an account" AtDesk Needs::May(Act::People), Nobodys, Form => accounts::link;
    #[cfg(feature = "oidc")]
    Post "/people/unlink" "unlink an account" AtDesk Needs::May(Act::People), Nobodys, Form => accounts::unlink;

    Get  "/audit" "audit" AtDesk Needs::May(Act::Audit), Nobodys, Nothing => audit::show;
    Post "/audit/verify" "verify" AtDesk Needs::May(Act::Audit), Nobodys, Files => audit::verify_now;
    Post "/audit/head" "head" AtDesk Needs::May(Act::Audit), Nobodys, Form => audit::head_now;

    Get  "/lists" "firm lists" AtDesk Needs::Any(&[Act::Read, Act::People]), Nobodys, Nothing => lists::show;
    Get  "/lists/{list}" "firm list" AtDesk Needs::Any(&[Act::Read, Act::People]), Nobodys, Nothing => lists::one;
    Get  "/lists/{list}/file" "file of a list" AtDesk FILES, Nobodys, Nothing => lists::file;
    Post "/lists/{list}" "check a list" AtDesk FILES, Nobodys, Files => lists::offer;
    Post "/lists/{list}/replace" "replace a list" AtDesk FILES, Nobodys, Form => lists::replace;

    Get  "/rules" "rules" AtDesk Needs::Any(&[Act::Read, Act::People]), Nobodys, Nothing => rules::show;
    Get  "/rules/rule/{rule}" "rule" AtDesk Needs::Any(&[Act::Read, Act::People]), Nobodys, Nothing => rules::one;
    Get  "/rules/clients" "coverage" AtDesk Needs::Any(&[Act::Read, Act::People]), Nobodys, Nothing
        => rules::coverage;
    Get  "/rules/try" "try a narrative" AtDesk Needs::Any(&[Act::Read, Act::People]), Nobodys, Nothing
        => rules::attempt;
    Post "/rules/try" "try a narrative" AtDesk Needs::Any(&[Act::Read, Act::People]), Nobodys, Form
        => rules::attempt;
    Get  "/rules/packs" "packs" AtDesk Needs::Any(&[Act::Read, Act::People]), Nobodys, Nothing => rules::packs;
    Get  "/rules/packs/{pack}" "pack" AtDesk FILES, Nobodys, Nothing => rules::edit;
    Post "/rules/packs/{pack}" "test a pack" AtDesk FILES, Nobodys, Form => rules::offer;
    Post "/rules/packs/{pack}/save" "save a pack" AtDesk FILES, Nobodys, Form => rules::save;
}
