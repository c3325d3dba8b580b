//! The table of routes. The router is built from it, the gate judges by it, and a test walks it for every role.

use super::pages::{check, clearing, invoice, invoices, rewrites, sign_in, today};
use super::route::{Needs, Route, Run, Takes, Verb, Whose};
use crate::workflow::{Act, Step};

const fn may(step: Step) -> Needs {
    Needs::May(Act::Step(step))
}

macro_rules! routes {
    ($($verb:ident $path:literal $name:literal $kind:ident $needs:expr, $whose:ident, $takes:ident => $run:path;)+) => {
        /// Every route.
        pub static ROUTES: &[Route] = &[$(Route {
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
}
