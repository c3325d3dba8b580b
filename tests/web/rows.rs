//! The rows of the table of roles and routes for what comes back, what goes out and what the firm sets up; each tested
//! for every role and for an invoice of another client.

use crate::firm::{Firm, invoice};
use crate::guest::{Guest, Server, password};
use crate::on_both;
use cleanbill::web::{ROUTES, Verb, Whose};
use cleanbill::workflow::{Role, id_of};
use reqwest::Method;

on_both!(each_role_meets_its_routes);

/// Verb, path, and the roles let in: s(pecialist), t(imekeeper), p(artner), m (administrator), u (auditor).
pub const ROWS: &[(&str, &str, &str)] = &[
    ("GET", "/reductions", "spu"),
    ("GET", "/reductions/write-offs.csv", "spu"),
    ("GET", "/reductions/{invoice}", "spu"),
    ("POST", "/reductions/{invoice}/accept", "p"),
    ("POST", "/reductions/{invoice}/appeal", "sp"),
    ("GET", "/appeals", "spu"),
    ("GET", "/appeals/calendar.ics", "spu"),
    ("GET", "/appeals/{appeal}", "spu"),
    ("POST", "/appeals/{appeal}/decide", "p"),
    ("POST", "/appeals/{appeal}/packet", "sp"),
    ("POST", "/appeals/{appeal}/file", "sp"),
    ("POST", "/appeals/{appeal}/filed", "sp"),
    ("POST", "/appeals/{appeal}/outcome", "sp"),
    ("POST", "/appeals/{appeal}/withdraw", "p"),
    ("GET", "/rejections", "spu"),
    ("GET", "/rejections/{invoice}/corrected", "spu"),
    ("POST", "/rejections/{invoice}/replaced", "sp"),
    ("POST", "/rejections/{invoice}/resubmit", "s"),
    ("GET", "/submissions", "spu"),
    ("GET", "/submissions/live", "spu"),
    ("POST", "/submissions/{invoice}/settle", "s"),
    ("GET", "/morning", "spu"),
    ("GET", "/readiness", "spu"),
    ("GET", "/portals", "spmu"),
    ("POST", "/portals/{account}/check", "sm"),
    ("GET", "/people", "pmu"),
    ("POST", "/people", "m"),
    ("POST", "/people/role", "m"),
    ("POST", "/people/clients", "m"),
    ("POST", "/people/timekeeper", "m"),
    ("POST", "/people/password", "m"),
    ("POST", "/people/second-factor", "m"),
    ("POST", "/people/unlock", "m"),
    ("POST", "/people/deactivate", "m"),
    ("POST", "/people/limit", "m"),
    ("GET", "/audit", "pmu"),
    ("POST", "/audit/verify", "pmu"),
    ("POST", "/audit/head", "pmu"),
    ("GET", "/lists", "spmu"),
    ("GET", "/lists/{list}", "spmu"),
    ("GET", "/lists/{list}/file", "spm"),
    ("POST", "/lists/{list}", "spm"),
    ("POST", "/lists/{list}/replace", "spm"),
    ("GET", "/rules", "spmu"),
    ("GET", "/rules/rule/{rule}", "spmu"),
    ("GET", "/rules/clients", "spmu"),
    ("GET", "/rules/try", "spmu"),
    ("POST", "/rules/try", "spmu"),
    ("GET", "/rules/packs", "spmu"),
    ("GET", "/rules/packs/{pack}", "spm"),
    ("POST", "/rules/packs/{pack}", "spm"),
    ("POST", "/rules/packs/{pack}/save", "spm"),
];

const ROLES: [(char, Role); 5] = [
    ('s', Role::Specialist),
    ('t', Role::Timekeeper),
    ('p', Role::Partner),
    ('m', Role::Administrator),
    ('u', Role::Auditor),
];

const HIDDEN: &str = "nothing of that kind of a client you serve";

fn each_role_meets_its_routes(mut firm: Firm) {
    firm.add("pat", &["--role", "specialist", "--all-clients"]);
    firm.add("odd", &["--role", "auditor", "--all-clients"]);
    for (_, role) in ROLES {
        let who = format!("the {role}");
        firm.add(&who, &["--role", role.name(), "--client", "OWN"]);
        password(&firm, &who);
    }
    for client in ["OWN", "OTHER"] {
        let text = invoice(
            &format!("INV-{client}"),
            client,
            "300.00",
            "Draft motion to compel production",
        );
        firm.intake("pat", &firm.file(&format!("{client}.txt"), &text))
            .well();
    }
    let server = Server::of(&firm);
    let mut stranger = Guest::at(&server);
    for (letter, role) in ROLES {
        let mut guest = Guest::as_person(&server, &format!("the {role}"));
        for (verb, path, roles) in ROWS {
            let route = ROUTES
                .iter()
                .find(|r| r.path == *path && (r.verb == Verb::Get) == (*verb == "GET"));
            let route = route.unwrap_or_else(|| panic!("{verb} {path} is no route"));
            assert_eq!(
                path.contains("{invoice}"),
                route.whose == Whose::Invoice,
                "{path}"
            );
            for client in ["OWN", "OTHER"] {
                let at = path
                    .replace("{invoice}", &id_of(client, &format!("INV-{client}")))
                    .replace("{appeal}", "0123abcd")
                    .replace("{account}", "nobody")
                    .replace("{list}", "clients")
                    .replace("{rule}", "block-billing")
                    .replace("{pack}", "nothing");
                let ask = |guest: &mut Guest| match *verb {
                    "GET" => guest.get(&at),
                    _ => {
                        let request = guest.request(Method::POST, &at);
                        let request = request.header("sec-fetch-site", "same-origin");
                        guest.send(request.form::<[(&str, &str)]>(&[]))
                    }
                };
                let cell = format!("the {role}, {verb} {path}, {client}");
                let got = ask(&mut stranger);
                assert!(
                    got.status == 401 || got.to().starts_with("/sign-in"),
                    "a stranger, {cell}: {}",
                    got.status
                );
                let got = ask(&mut guest);
                let may = roles.contains(letter);
                let other = route.whose == Whose::Invoice && client == "OTHER";
                assert_eq!(
                    got.status == 403,
                    !may,
                    "{cell}: {} {}",
                    got.status,
                    got.text
                );
                let hidden = got.status == 404 && got.text.contains(HIDDEN);
                assert_eq!(hidden, may && other, "{cell}: {} {}", got.status, got.text);
                assert!(!got.status.is_server_error(), "{cell}: {}", got.text);
            }
        }
    }
    firm.sound();
}
