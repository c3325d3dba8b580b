//! Every role, every call, own and other clients, tokens of both scopes: let in or turned away, cell by cell.

use crate::api_program::{Program, reader};
use crate::firm::{Firm, invoice};
use crate::guest::Server;
use crate::on_both;
use cleanbill::web::{CALLS, Needs, Takes, Verb, Whose};
use cleanbill::workflow::{Role, id_of};
use reqwest::Method;

on_both!(each_cell_of_the_calls);

/// What a call is judged by.
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

/// Name, roles let in with a token that writes (s(pecialist), t(imekeeper), p(artner), m(administrator), u(auditor),
/// v(service); `*` is whoever comes), whether one that reads is enough, and by what else it is judged.
const TABLE: &[(&str, &str, bool, By)] = &[
    ("openapi", "*", true, By::Role),
    ("who-am-i", "stpmuv", true, By::Role),
    ("list-tokens", "stpmuv", true, By::Role),
    ("make-token", "stpmu", false, By::Role),
    ("revoke-token", "stpmu", false, By::Role),
    ("list-accounts", "pmuv", true, By::Role),
    ("link-account", "m", false, By::Role),
    ("unlink-account", "m", false, By::Role),
    ("check-file", "spuv", true, By::Role),
    ("list-invoices", "spuv", true, By::Role),
    ("take-in-file", "spv", false, By::Role),
    ("show-invoice", "spuv", true, Client),
    ("list-findings", "spuv", true, Client),
    ("list-lines", "spuv", true, Client),
    ("list-events", "spuv", true, Client),
    ("show-proof", "spuv", true, Client),
    ("download-file", "spuv", true, Client),
    ("download-attachment", "spuv", true, Client),
    ("attach-file", "sp", false, Client),
    ("detach-file", "sp", false, Client),
    ("return-line", "sp", false, Client),
    ("recall-return", "sp", false, By::Role),
    ("set-finding-aside", "sp", false, Client),
    ("comment-line", "sp", false, Client),
    ("propose-write-down", "sp", false, Client),
    ("decide-write-down", "p", false, By::Role),
    // By the clients of the partner in whose place somebody stands: the workflow refuses it.
    ("clear-invoice", "p", false, By::Role),
    ("reopen-invoice", "p", false, Client),
    ("withdraw-invoice", "sp", false, Client),
    ("list-rewrites", "tp", true, By::Role),
    ("show-rewrite", "tp", true, OwnLine),
    ("try-rewrite", "tp", false, OwnLine),
    ("answer-rewrite", "tp", false, OwnLine),
    ("list-submissions", "spuv", true, By::Role),
    ("queue-invoice", "sv", false, Client),
    ("unqueue-invoice", "sv", false, Client),
    ("resubmit-invoice", "sv", false, Client),
    ("settle-invoice", "sv", false, Client),
    ("list-rejections", "spuv", true, By::Role),
    ("replace-invoice", "spv", false, Client),
    ("list-reductions", "spuv", true, By::Role),
    ("show-reductions", "spuv", true, Client),
    ("accept-reductions", "p", false, Client),
    ("propose-appeal", "sp", false, Client),
    ("list-appeals", "spuv", true, By::Role),
    ("list-deadlines", "spuv", true, By::Role),
    ("download-calendar", "spuv", true, By::Role),
    ("show-appeal", "spuv", true, By::Role),
    ("decide-appeal", "p", false, By::Role),
    ("confirm-filing", "spv", false, By::Role),
    ("end-appeal", "spv", false, By::Role),
    ("withdraw-appeal", "p", false, By::Role),
    ("list-receivables", "spuv", true, By::Role),
    ("list-payments", "spuv", true, By::Role),
    ("show-payments", "spuv", true, Client),
    ("list-readiness", "spuv", true, By::Role),
    ("list-reports", "spuv", true, By::Role),
    ("show-report", "spuv", true, By::Role),
    ("list-webhooks", "m", true, By::Role),
    ("add-webhook", "m", false, By::Role),
    ("remove-webhook", "m", false, By::Role),
    ("enable-webhook", "m", false, By::Role),
    ("test-webhook", "m", false, By::Role),
];

const ROLES: [(char, Role); 6] = [
    ('s', Role::Specialist),
    ('t', Role::Timekeeper),
    ('p', Role::Partner),
    ('m', Role::Administrator),
    ('u', Role::Auditor),
    ('v', Role::Service),
];

/// Said of what is nobody's business who asks.
const HIDDEN: &str = "nothing of that kind of a client you serve";

fn each_cell_of_the_calls(mut firm: Firm) {
    firm.add("ann", &["--role", "specialist", "--all-clients"]);
    for (_, role) in ROLES {
        let who = format!("the {role}");
        firm.add(&who, &["--role", role.name(), "--client", "OWN"]);
    }
    firm.add(
        "every timekeeper",
        &["--role", "timekeeper", "--all-clients"],
    );
    for (who, id) in [("the timekeeper", "AQ"), ("every timekeeper", "BB")] {
        firm.call("root", &["user", "timekeeper", who, "--ids", id])
            .well();
    }
    let requests = [("OWN", "|AQ|"), ("OTHER", "|BB|")].map(|(client, id)| {
        let number = format!("INV-{client}");
        let text = invoice(
            &number,
            client,
            "300.00",
            "Draft motion to compel production",
        );
        let path = firm.file(&format!("{client}.txt"), &text.replace("|AQ|", id));
        firm.intake("ann", &path).well();
        let said = firm
            .call("ann", &["return", &number, "1", "--note", "which motion?"])
            .well();
        let at = said.find("request ").expect("an id") + "request ".len();
        said[at..at + 8].to_owned()
    });
    let server = Server::of(&firm);
    let mut stranger = Program::with(&server, "");
    let mut cells = 0;
    for (letter, role) in ROLES {
        let who = format!("the {role}");
        let mut writes = Program::of(&server, &firm, &who);
        let mut reads = Program::with(&server, &reader(&firm, &who));
        for call in CALLS {
            let route = &call.route;
            let row = TABLE.iter().find(|(name, ..)| *name == route.name);
            let (_, roles, enough, by) =
                row.unwrap_or_else(|| panic!("{} has no row in this table: who may?", route.name));
            assert_eq!(
                *roles == "*",
                route.needs == Needs::Nothing,
                "{}",
                route.name
            );
            let judged = match route.whose {
                Whose::Invoice => Client,
                Whose::OwnRequest => OwnLine,
                Whose::Nobodys | Whose::InvoiceInPlace => By::Role,
            };
            assert_eq!(*by, judged, "{}", route.name);
            let names_one = route.path.contains("{invoice}") || route.path.contains("{request}");
            assert_eq!(names_one, route.whose != Whose::Nobodys, "{}", route.name);
            for (n, client) in ["OWN", "OTHER"].into_iter().enumerate() {
                let path = route
                    .path
                    .strip_prefix("/api/v1")
                    .expect("a path of the API")
                    .replace("{invoice}", &id_of(client, &format!("INV-{client}")))
                    .replace("{request}", &requests[n])
                    .replace("{attachment}", "0123abcd")
                    .replace("{return}", "0123abcd")
                    .replace("{write_down}", "0123abcd")
                    .replace("{appeal}", "0123abcd")
                    .replace("{report}", "rejections")
                    .replace("{token}", "0123abcd")
                    .replace("{person}", "nobody")
                    .replace("{webhook}", "0123abcd");
                assert!(
                    !path.contains('{'),
                    "{path}: give its parameter a value here"
                );
                // What is sent changes nothing, whoever sends it.
                let ask = |program: &mut Program| match (route.verb, route.takes) {
                    (Verb::Get, _) => program.get(&path),
                    (Verb::Delete, _) => program.delete(&path),
                    (Verb::Post, Takes::Json) => program.post(&path, serde_json::json!({})),
                    (Verb::Post, Takes::File) => program.file(&path, ""),
                    (Verb::Post, _) => program.tell(&path),
                };
                let open = *roles == "*";
                let got = ask(&mut stranger).got.status.as_u16();
                assert_eq!(got == 401, !open, "a stranger, {}: {got}", route.name);
                for (program, scope) in [(&mut writes, "write"), (&mut reads, "read")] {
                    let said = ask(program);
                    let cell = format!(
                        "{who}, {}, {client}, {scope}: {}",
                        route.name, said.got.text
                    );
                    let may = open || (roles.contains(letter) && (scope == "write" || *enough));
                    let status = said.got.status.as_u16();
                    assert_eq!(status == 403, !may, "{status} {cell}");
                    if roles.contains(letter) && !may {
                        assert!(said.got.text.contains("has the scope read"), "{cell}");
                    }
                    let hidden = status == 404 && said.got.text.contains(HIDDEN);
                    let own = match by {
                        By::Role => true,
                        Client => client == "OWN",
                        OwnLine => client == "OWN" && role == Role::Timekeeper,
                    };
                    assert_eq!(hidden, may && !own, "{status} {cell}");
                    assert!(status < 500, "{status} {cell}");
                    cells += 1;
                }
            }
        }
    }
    assert_eq!(cells, CALLS.len() * 4 * ROLES.len());
    for (name, ..) in TABLE {
        let known = CALLS.iter().any(|c| c.route.name == *name);
        assert!(known, "{name} is in this table and no call");
    }
    // A page is nothing for a token, and the API is nothing for a cookie.
    let mut pages = crate::guest::Guest::at(&server);
    let request = pages
        .request(Method::GET, "/invoices")
        .bearer_auth(firm.token("ann"));
    let led = pages.send(request);
    assert!(led.to().starts_with("/sign-in"), "{}", led.status);
    crate::guest::password(&firm, "ann");
    let mut ann = crate::guest::Guest::as_person(&server, "ann");
    ann.get("/invoices").is(200);
    ann.get("/api/v1/invoices").is(401);
    firm.add("odd", &["--role", "auditor", "--all-clients"]);
    firm.sound();
}
