//! What the firm sets up: people, lists, packs, portals, and the proof that nothing was altered, as people meet them in a
//! browser.

use crate::firm::Firm;
use crate::guest::{Guest, PASSWORD, Server, password};
use crate::on_both;
use crate::second::Desk;
use reqwest::Method;
use std::fs;

on_both!(
    somebody_new_signs_in_changes_clients_and_goes,
    a_list_is_shown_before_it_is_used,
    a_pack_is_saved_only_when_its_own_tests_pass,
    what_was_altered_is_found,
    portals_readiness_and_rules_are_there_to_read,
);

/// Ira says who may work here.
fn administrator(desk: &mut Desk) {
    desk.firm
        .add("ira", &["--role", "administrator", "--all-clients"]);
    password(&desk.firm, "ira");
}

/// The secret that is shown once.
fn secret(text: &str) -> String {
    let at = text.split("class=\"mono said\">").nth(1).expect("a secret");
    at.split('<').next().expect("an end").to_owned()
}

fn somebody_new_signs_in_changes_clients_and_goes(firm: Firm) {
    let mut desk = Desk::new(firm);
    administrator(&mut desk);
    let server = Server::of(&desk.firm);
    let mut ira = Guest::as_person(&server, "ira");
    let mut bob = Guest::as_person(&server, "bob");
    ira.get("/people").is(200).says("Add somebody").says("ann");
    let shown = bob.get("/people").is(200).says("ann");
    assert!(!shown.text.contains("Add somebody"));
    let form = [
        ("name", "Zoë"),
        ("role", "specialist"),
        ("serves", "some"),
        ("clients", ""),
    ];
    bob.post("/people", &form).is(403);
    ira.post("/people", &form)
        .is(422)
        .says("Write the ids of the clients");
    let form = [("name", "Zoë"), ("role", "king"), ("serves", "every")];
    ira.post("/people", &form).is(422).says("Roles are");
    let form = [
        ("name", "Zoë"),
        ("role", "specialist"),
        ("serves", "some"),
        ("clients", "C1, C9"),
    ];
    let once = ira.post("/people", &form).is(200).says("is shown once");
    let first = secret(&once.text);
    let shown = ira.get("/people").is(200).says("C1, C9");
    assert!(!shown.text.contains(&first), "it is shown once");
    // Signed in with it, they choose their own.
    let mut zoe = Guest::at(&server);
    let got = zoe.sign_in("Zoë", &first);
    assert!(
        !got.status.is_server_error() && got.status != 401,
        "{}",
        got.text
    );
    let form = [("name", "Zoë"), ("role", "partner")];
    ira.post("/people/role", &form).is(303);
    let form = [("name", "Zoë"), ("serves", "every")];
    ira.post("/people/clients", &form).is(303);
    ira.get("/people").is(200).says("every client");
    ira.post("/people/second-factor", &[("name", "Zoë")])
        .is(409)
        .says("has no second factor");
    ira.post("/people/role", &[("name", "ira"), ("role", "partner")])
        .is(409);
    ira.post("/people/deactivate", &[("name", "Zoë")]).is(303);
    ira.get("/people").is(200).says("No longer work here");
    let mut gone = Guest::at(&server);
    assert_ne!(gone.sign_in("Zoë", &first).status, 303);
    let form = [("currency", "USD"), ("amount", "5000")];
    ira.post("/people/limit", &form).is(303);
    ira.get("/people")
        .is(200)
        .says("two partners")
        .says("5,000.00");
    bob.get("/").is(200);
    assert!(PASSWORD.len() > 8);
    desk.firm.sound();
}

fn a_list_is_shown_before_it_is_used(mut firm: Firm) {
    firm.add("una", &["--role", "specialist", "--client", "C1"]);
    password(&firm, "una");
    let desk = Desk::new(firm);
    let path = desk.firm.path("lists/clients.csv");
    let before = fs::read_to_string(&path).expect("there");
    let server = Server::of(&desk.firm);
    let mut ann = Guest::as_person(&server, "ann");
    ann.get("/lists")
        .is(200)
        .says("clients")
        .says("loaded")
        .says("not there");
    ann.get("/lists/clients").is(200).says("client_name");
    ann.get("/lists/secrets").is(404);
    ann.get("/lists/clients/file").is(200).says("First Fund");
    ann.get("/lists/rates/file?template=1")
        .is(200)
        .says("# Example");
    // A mistake is shown with its row; nothing is replaced.
    let bad = b"client_id,client_name,portal\nC1,First Fund,CounselLink\nC1,Again,CounselLink\n";
    let files: [(&str, &str, &[u8]); 1] = [("file", "clients.csv", bad)];
    ann.upload("/lists/clients", &[], &files)
        .is(200)
        .says("it is not used");
    assert_eq!(fs::read_to_string(&path).expect("there"), before);
    let good = b"client_id,client_name,portal\nC1,First Fund,CounselLink\nC7,Seventh <i>Fund</i>,CounselLink\n";
    let files: [(&str, &str, &[u8]); 1] = [("file", "clients.csv", good)];
    let shown = ann
        .upload("/lists/clients", &[], &files)
        .is(200)
        .says("nothing is replaced yet")
        .says("Seventh &#60;i&#62;");
    assert_eq!(fs::read_to_string(&path).expect("there"), before);
    let held = shown.text.split("name=\"offered\" value=\"").nth(1);
    let held = held.expect("a name").split('"').next().expect("an end");
    let held = held.to_owned();
    // Whoever serves some clients changes nothing that holds for all; nobody uses what another sent.
    let mut una = Guest::as_person(&server, "una");
    una.post("/lists/clients/replace", &[("offered", &held)])
        .is(409)
        .says("serves some clients only");
    una.get("/lists/clients/file").is(409);
    let mut bob = Guest::as_person(&server, "bob");
    bob.post("/lists/clients/replace", &[("offered", &held)])
        .is(409)
        .says("no longer held");
    ann.post("/lists/matters/replace", &[("offered", &held)])
        .is(409);
    ann.post("/lists/clients/replace", &[("offered", &held)])
        .is(303);
    assert_eq!(fs::read(&path).expect("there"), good);
    ann.post("/lists/clients/replace", &[("offered", &held)])
        .is(409);
    let got = ann.get("/rules/clients").is(200);
    assert!(got.text.contains("C7"), "it is in force at once");
    desk.firm.sound();
}

const PACK: &str = r#"pack = "second-fund"
title = "Second Fund"
version = "1"
governs = { client_id = ["C2"] }

[[rule]]
id = "second-copies"
group = "expenses"
level = "reduce"
scope = "line"
each = "line"
title = "Copies above ten cents"
only = { type = "E", expense_code = ["E101"] }
max = { unit_cost = "0.10" }
message = "copies at {unit_cost} each; the client pays {max.unit_cost}"
why = "The client pays ten cents a copy."
help = "Bill copies at ten cents."
source = "guidelines 4.3"
bad = [{ lines = [{}, {}, { unit_cost = "0.25" }] }]
good = [{ lines = [{}, {}, { unit_cost = "0.10" }] }]
"#;

fn a_pack_is_saved_only_when_its_own_tests_pass(firm: Firm) {
    let desk = Desk::new(firm);
    let server = Server::of(&desk.firm);
    let mut ann = Guest::as_person(&server, "ann");
    ann.get("/rules/packs").is(200).says("first-fund");
    ann.get("/rules/packs/first").is(200).says("First Fund");
    let at = "/rules/packs/second";
    ann.get("/rules/packs/new?name=second")
        .is(200)
        .says("A new pack");
    for name in ["..%2f..%2fsettings", "A", "a.b"] {
        let got = ann.get(&format!("/rules/packs/{name}"));
        assert!(
            got.status == 422 || got.status == 404,
            "{name}: {}",
            got.status
        );
    }
    // A mistake is shown with its place.
    let text = PACK.replace("level = \"reduce\"", "level = \"reduces\"");
    ann.post(at, &[("text", &text)])
        .is(200)
        .says("second.toml:9")
        .says("reduces");
    // So is an example that does not do what it should.
    let text = PACK.replace("unit_cost = \"0.25\"", "unit_cost = \"0.09\"");
    let shown = ann
        .post(at, &[("text", &text)])
        .is(200)
        .says("Examples fail");
    assert!(!shown.text.contains("Save it"));
    let shown = ann
        .post(at, &[("text", PACK)])
        .is(200)
        .says("2 examples pass");
    assert!(!desk.firm.path("packs/second.toml").exists());
    let held = shown.text.split("name=\"offered\" value=\"").nth(1);
    let held = held
        .expect("a name")
        .split('"')
        .next()
        .expect("an end")
        .to_owned();
    ann.post(&format!("{at}/save"), &[("offered", &held)])
        .is(303);
    assert_eq!(
        fs::read_to_string(desk.firm.path("packs/second.toml")).expect("there"),
        PACK
    );
    ann.get("/rules?client=C2").is(200).says("second-copies");
    ann.get("/rules/rule/second-copies?client=C2")
        .is(200)
        .says("guidelines 4.3");
    desk.firm.sound();
}

fn what_was_altered_is_found(firm: Firm) {
    let desk = Desk::new(firm);
    let id = desk.queued("S-1", "C1");
    let server = Server::of(&desk.firm);
    let mut bob = Guest::as_person(&server, "bob");
    let none: [(&str, &str, &[u8]); 0] = [];
    bob.upload("/audit/verify", &[("now", "1")], &none)
        .is(200)
        .says("Nothing was altered");
    bob.get("/audit?invoice=S-1").is(200).says("queue");
    bob.get("/audit?invoice=S-9").is(200).says("No invoice S-9");
    let head = bob
        .post("/audit/head", &[])
        .is(200)
        .says("cleanbill.audit-head/1");
    let files: [(&str, &str, &[u8]); 1] = [("head", "a.head", head.text.as_bytes())];
    bob.upload("/audit/verify", &[], &files)
        .is(200)
        .says("against the head of");
    let changed = head.text.replace("\"seq\": 1", "\"seq\": 2");
    let files: [(&str, &str, &[u8]); 1] = [("head", "a.head", changed.as_bytes())];
    bob.upload("/audit/verify", &[], &files)
        .is(422)
        .says("changed after it was signed");
    let sql = format!("UPDATE invoice SET total = '1.00' WHERE id = '{id}'");
    match desk.firm.backend() {
        crate::firm::Backend::Postgres => {
            crate::query(&desk.firm.url, &sql);
        }
        crate::firm::Backend::Sqlite => return,
    }
    bob.upload("/audit/verify", &[("now", "1")], &none)
        .is(200)
        .says("Not everything is as it was written");
}

fn portals_readiness_and_rules_are_there_to_read(firm: Firm) {
    let desk = Desk::new(firm);
    desk.firm.file(
        "lists/matters.csv",
        "client_id,law_firm_matter_id,matter_name\nC1,2026-0117,Harbour\n",
    );
    let server = Server::of(&desk.firm);
    let mut ann = Guest::as_person(&server, "ann");
    ann.get("/portals")
        .is(200)
        .says("hand")
        .says("CounselLink")
        .says("How far proven");
    ann.post("/portals/hand/check", &[]).is(200);
    ann.post("/portals/nobody/check", &[]).is(404);
    ann.get("/readiness")
        .is(200)
        .says("2026-0117")
        .says("nobody has looked");
    ann.get("/rules").is(200).says("block-billing");
    ann.get("/rules?q=zzzz").is(200).says("No rule fits");
    ann.get("/rules/rule/block-billing")
        .is(200)
        .says("Not found");
    ann.get("/rules/rule/no-such-rule").is(404);
    ann.get("/rules/clients").is(200).says("C2");
    let text = "Review lease; call with client re rent; draft letter to tenant; attend hearing";
    let form = [("text", text), ("hours", "4"), ("client", "C1")];
    ann.post("/rules/try", &form)
        .is(200)
        .says("Block billed")
        .says("block-billing");
    let form = [("text", "<script>alert(1)</script>"), ("hours", "1")];
    let got = ann.post("/rules/try", &form).is(200);
    assert!(!got.text.contains("<script>alert"));
    let mut stranger = Guest::at(&server);
    let request = stranger.request(Method::GET, "/rules");
    assert_eq!(stranger.send(request).to(), "/sign-in?next=%2Frules");
}
