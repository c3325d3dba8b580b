//! Every role, every route, own and other clients: let in or turned away, cell by cell.

use crate::firm::{Firm, invoice};
use crate::guest::{Guest, Server, password};
use crate::on_both;
use cleanbill::web::{Needs, ROUTES, Route, Verb, Whose};
use cleanbill::workflow::{Role, id_of};
use reqwest::Method;

on_both!(each_cell_of_the_table);

/// What a route is judged by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum By {
    /// The role alone.
    Role,
    /// The client of the invoice as well.
    Client,
    /// The request is of a line of the person's own.
    OwnLine,
}
use By::{Client, OwnLine};

/// The roles let in: s(pecialist), t(imekeeper), p(artner), m (administrator), u (auditor); `*` is whoever comes.
const TABLE: &[(&str, &str, &str, By)] = &[
    ("GET", "/sign-in", "*", By::Role),
    ("POST", "/sign-in", "*", By::Role),
    #[cfg(feature = "oidc")]
    ("GET", "/sign-in/provider", "*", By::Role),
    #[cfg(feature = "oidc")]
    ("GET", "/sign-in/answer", "*", By::Role),
    ("GET", "/health", "*", By::Role),
    ("POST", "/sign-out", "stpmu", By::Role),
    ("GET", "/", "stpmu", By::Role),
    ("GET", "/find", "spu", By::Role),
    ("GET", "/check", "sp", By::Role),
    ("POST", "/check", "sp", By::Role),
    ("GET", "/check/{held}", "sp", By::Role),
    ("GET", "/check/{held}/lines/{file}/{number}", "sp", By::Role),
    ("GET", "/check/{held}/corrected/{file}", "sp", By::Role),
    ("POST", "/check/{held}/keep", "sp", By::Role),
    ("GET", "/invoices", "spu", By::Role),
    ("GET", "/invoices/returned", "spu", By::Role),
    ("POST", "/invoices/filters", "spu", By::Role),
    ("POST", "/invoices/filters/drop", "spu", By::Role),
    ("POST", "/invoices/many", "sp", By::Role),
    ("GET", "/invoices/{invoice}", "spu", Client),
    ("GET", "/invoices/{invoice}/lines", "spu", Client),
    ("GET", "/invoices/{invoice}/line", "spu", Client),
    ("POST", "/invoices/{invoice}/line/return", "sp", Client),
    ("POST", "/invoices/{invoice}/line/comment", "sp", Client),
    ("POST", "/invoices/{invoice}/line/write-down", "sp", Client),
    ("POST", "/invoices/{invoice}/recall", "sp", Client),
    ("POST", "/invoices/{invoice}/override", "sp", Client),
    ("POST", "/invoices/{invoice}/attach", "sp", Client),
    ("POST", "/invoices/{invoice}/detach", "sp", Client),
    // By the clients of the partner in whose place somebody stands: the workflow refuses it.
    ("POST", "/invoices/{invoice}/clear", "p", By::Role),
    ("POST", "/invoices/{invoice}/reopen", "p", Client),
    ("POST", "/invoices/{invoice}/withdraw", "sp", Client),
    ("POST", "/invoices/{invoice}/queue", "s", Client),
    ("POST", "/invoices/{invoice}/unqueue", "s", Client),
    ("POST", "/invoices/{invoice}/accept-write-down", "p", Client),
    ("POST", "/invoices/{invoice}/refuse-write-down", "p", Client),
    ("GET", "/invoices/{invoice}/file", "spu", Client),
    (
        "GET",
        "/invoices/{invoice}/attachments/{attachment}",
        "spu",
        Client,
    ),
    ("GET", "/invoices/{invoice}/proof", "spu", Client),
    ("GET", "/invoices/{invoice}/proof.json", "spu", Client),
    ("GET", "/invoices/{invoice}/payments", "spu", Client),
    ("GET", "/rewrites", "tp", By::Role),
    ("GET", "/rewrites/{request}", "tp", OwnLine),
    ("POST", "/rewrites/{request}/try", "tp", OwnLine),
    ("POST", "/rewrites/{request}", "tp", OwnLine),
    ("GET", "/clearing", "sp", By::Role),
    ("POST", "/clearing/substitutes", "pm", By::Role),
    ("POST", "/clearing/substitutes/end", "pm", By::Role),
    ("GET", "/reductions", "spu", By::Role),
    ("GET", "/reductions/write-offs.csv", "spu", By::Role),
    ("GET", "/reductions/{invoice}", "spu", Client),
    ("POST", "/reductions/{invoice}/accept", "p", Client),
    ("POST", "/reductions/{invoice}/appeal", "sp", Client),
    ("GET", "/appeals", "spu", By::Role),
    ("GET", "/appeals/calendar.ics", "spu", By::Role),
    ("GET", "/appeals/{appeal}", "spu", By::Role),
    ("POST", "/appeals/{appeal}/decide", "p", By::Role),
    ("POST", "/appeals/{appeal}/packet", "sp", By::Role),
    ("POST", "/appeals/{appeal}/file", "sp", By::Role),
    ("POST", "/appeals/{appeal}/filed", "sp", By::Role),
    ("POST", "/appeals/{appeal}/outcome", "sp", By::Role),
    ("POST", "/appeals/{appeal}/withdraw", "p", By::Role),
    ("GET", "/receivables", "spu", By::Role),
    ("GET", "/receivables/file", "spu", By::Role),
    ("GET", "/receivables/reminders", "sp", By::Role),
    ("POST", "/receivables/reminders", "sp", By::Role),
    ("GET", "/receivables/reminders/{letter}", "spu", By::Role),
    ("GET", "/payments", "spu", By::Role),
    ("GET", "/payments/file", "spu", By::Role),
    ("GET", "/payments/template", "spu", By::Role),
    ("POST", "/payments/import", "sp", By::Role),
    ("GET", "/payments/{row}", "spu", By::Role),
    ("POST", "/payments/{row}/assign", "sp", By::Role),
    ("POST", "/payments/{row}/aside", "sp", By::Role),
    ("GET", "/reports", "spu", By::Role),
    ("GET", "/reports/{report}", "spu", By::Role),
    ("GET", "/reports/{report}/file", "spu", By::Role),
    ("GET", "/rejections", "spu", By::Role),
    ("GET", "/rejections/{invoice}/corrected", "spu", Client),
    ("POST", "/rejections/{invoice}/replaced", "sp", Client),
    ("POST", "/rejections/{invoice}/resubmit", "s", Client),
    ("GET", "/submissions", "spu", By::Role),
    ("GET", "/submissions/live", "spu", By::Role),
    ("POST", "/submissions/{invoice}/settle", "s", Client),
    ("GET", "/morning", "spu", By::Role),
    ("GET", "/readiness", "spu", By::Role),
    ("GET", "/portals", "spmu", By::Role),
    ("POST", "/portals/{account}/check", "sm", By::Role),
    ("POST", "/portals/{account}/pause", "spm", By::Role),
    ("POST", "/portals/{account}/resume", "spm", By::Role),
    ("GET", "/people", "pmu", By::Role),
    ("POST", "/people", "m", By::Role),
    ("POST", "/people/role", "m", By::Role),
    ("POST", "/people/clients", "m", By::Role),
    ("POST", "/people/timekeeper", "m", By::Role),
    ("POST", "/people/password", "m", By::Role),
    ("POST", "/people/second-factor", "m", By::Role),
    ("POST", "/people/unlock", "m", By::Role),
    ("POST", "/people/deactivate", "m", By::Role),
    ("POST", "/people/limit", "m", By::Role),
    #[cfg(feature = "oidc")]
    ("GET", "/people/accounts", "pmu", By::Role),
    #[cfg(feature = "oidc")]
    ("POST", "/people/link", "m", By::Role),
    #[cfg(feature = "oidc")]
    ("POST", "/people/unlink", "m", By::Role),
    ("GET", "/audit", "pmu", By::Role),
    ("POST", "/audit/verify", "pmu", By::Role),
    ("POST", "/audit/head", "pmu", By::Role),
    ("GET", "/lists", "spmu", By::Role),
    ("GET", "/lists/{list}", "spmu", By::Role),
    ("GET", "/lists/{list}/file", "spm", By::Role),
    ("POST", "/lists/{list}", "spm", By::Role),
    ("POST", "/lists/{list}/replace", "spm", By::Role),
    ("GET", "/rules", "spmu", By::Role),
    ("GET", "/rules/rule/{rule}", "spmu", By::Role),
    ("GET", "/rules/clients", "spmu", By::Role),
    ("GET", "/rules/try", "spmu", By::Role),
    ("POST", "/rules/try", "spmu", By::Role),
    ("GET", "/rules/packs", "spmu", By::Role),
    ("GET", "/rules/packs/{pack}", "spm", By::Role),
    ("POST", "/rules/packs/{pack}", "spm", By::Role),
    ("POST", "/rules/packs/{pack}/save", "spm", By::Role),
];

/// Roles that sign in; a service does not.
const ROLES: [(char, Role); 5] = [
    ('s', Role::Specialist),
    ('t', Role::Timekeeper),
    ('p', Role::Partner),
    ('m', Role::Administrator),
    ('u', Role::Auditor),
];

/// Said of what is nobody's business who asks.
const HIDDEN: &str = "nothing of that kind of a client you serve";

fn row(route: &Route) -> (&'static str, By) {
    let verb = match route.verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
        Verb::Delete => "DELETE",
    };
    let own = TABLE
        .iter()
        .find(|(v, path, ..)| *v == verb && *path == route.path);
    let (.., roles, by) =
        own.unwrap_or_else(|| panic!("{verb} {} has no row in this table: who may?", route.path));
    // What the page says of itself has to be the same.
    let open = matches!(route.needs, Needs::Nothing);
    assert_eq!(open, *roles == "*", "{}", route.path);
    let judged = match route.whose {
        Whose::Invoice => Client,
        Whose::OwnRequest => OwnLine,
        Whose::Nobodys | Whose::InvoiceInPlace => By::Role,
    };
    assert_eq!(judged, *by, "{}", route.path);
    let named = route.path.contains("{invoice}");
    assert_eq!(
        named,
        matches!(route.whose, Whose::Invoice | Whose::InvoiceInPlace),
        "{}",
        route.path
    );
    (roles, *by)
}

fn each_cell_of_the_table(mut firm: Firm) {
    firm.add("ann", &["--role", "specialist", "--all-clients"]);
    firm.add(
        "every timekeeper",
        &["--role", "timekeeper", "--all-clients"],
    );
    for (_, role) in ROLES {
        let who = format!("the {role}");
        firm.add(&who, &["--role", role.name(), "--client", "OWN"]);
    }
    firm.call(
        "root",
        &["user", "timekeeper", "the timekeeper", "--ids", "AQ"],
    )
    .well();
    firm.call(
        "root",
        &["user", "timekeeper", "every timekeeper", "--ids", "BB"],
    )
    .well();
    let text = invoice(
        "INV-OWN",
        "OWN",
        "300.00",
        "Draft motion to compel production",
    );
    firm.intake("ann", &firm.file("own.txt", &text)).well();
    let text = invoice(
        "INV-OTHER",
        "OTHER",
        "300.00",
        "Draft motion to compel production",
    );
    firm.intake(
        "ann",
        &firm.file("other.txt", &text.replace("|AQ|", "|BB|")),
    )
    .well();
    let returned = |number: &str| {
        let said = firm
            .call("ann", &["return", number, "1", "--note", "which motion?"])
            .well();
        let at = said.find("request ").expect("an id") + "request ".len();
        said[at..at + 8].to_owned()
    };
    let requests = [returned("INV-OWN"), returned("INV-OTHER")];
    for (_, role) in ROLES {
        password(&firm, &format!("the {role}"));
    }
    let server = Server::of(&firm);
    let mut cells = 0;
    let mut stranger = Guest::at(&server);
    for (letter, role) in ROLES {
        let who = format!("the {role}");
        let mut guest = Guest::as_person(&server, &who);
        for route in ROUTES {
            let (roles, by) = row(route);
            for (n, client) in ["OWN", "OTHER"].into_iter().enumerate() {
                let path = route
                    .path
                    .replace("{invoice}", &id_of(client, &format!("INV-{client}")))
                    .replace("{request}", &requests[n])
                    .replace("{held}", "0123")
                    .replace("{file}", "0")
                    .replace("{number}", "0")
                    .replace("{attachment}", "0123abcd")
                    .replace("{appeal}", "0123abcd")
                    .replace("{account}", "nobody")
                    .replace("{list}", "clients")
                    .replace("{rule}", "block-billing")
                    .replace("{report}", "rejections")
                    .replace("{row}", "0123456789abcdef")
                    .replace("{letter}", "0123abcd")
                    .replace("{pack}", "nothing");
                assert!(
                    !path.contains('{'),
                    "{path}: give its parameter a value here"
                );
                let once = |guest: &mut Guest| match route.verb {
                    Verb::Get => guest.get(&path),
                    // An empty form changes nothing, whoever sends it.
                    Verb::Post | Verb::Delete => {
                        let request = guest.request(Method::POST, &path);
                        let request = request.header("sec-fetch-site", "same-origin");
                        guest.send(request.form::<[(&str, &str)]>(&[]))
                    }
                };
                // Nobody may click through the whole table at once; whoever asks too often waits.
                let ask = |guest: &mut Guest| loop {
                    let got = once(guest);
                    if got.status != 429 {
                        return got;
                    }
                    std::thread::sleep(std::time::Duration::from_secs(1));
                };
                let cell = format!("{who}, {:?} {}, {client}", route.verb, route.path);
                let got = ask(&mut stranger);
                let turned_away = got.status == 401
                    || got.to().starts_with("/sign-in?next=")
                    || got.to() == "/sign-in";
                assert_eq!(
                    turned_away,
                    roles != "*",
                    "a stranger, {cell}: {}",
                    got.status
                );
                let got = ask(&mut guest);
                if route.path == "/sign-out" {
                    guest = Guest::as_person(&server, &who);
                }
                let hidden = got.status == 404 && got.text.contains(HIDDEN);
                let may = roles == "*" || roles.contains(letter);
                let own = match by {
                    By::Role => true,
                    Client => client == "OWN",
                    OwnLine => client == "OWN" && role == Role::Timekeeper,
                };
                assert_eq!(
                    got.status == 403,
                    !may,
                    "{cell}: {} {}",
                    got.status,
                    got.text
                );
                assert_eq!(hidden, may && !own, "{cell}: {} {}", got.status, got.text);
                assert!(!got.status.is_server_error(), "{cell}: {}", got.text);
                cells += 1;
            }
        }
    }
    assert_eq!(cells, ROUTES.len() * 2 * ROLES.len());
    for (verb, path, ..) in TABLE {
        let known = ROUTES
            .iter()
            .any(|r| r.path == *path && (r.verb == Verb::Get) == (*verb == "GET"));
        assert!(known, "{verb} {path} is in this table and no route");
    }
    firm.add("odd", &["--role", "auditor", "--all-clients"]);
    firm.sound();
}
