//! The table of routes. The router is built from it, the gate judges by it, and a test walks it for every role.

use super::pages::{check, invoices, sign_in, today};
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
}
