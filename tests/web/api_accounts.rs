//! Accounts at the firm's identity provider as programs link them, list them and take them away.

use crate::api_program::{Program, Said};
use crate::firm::Firm;
use crate::guest::{Server, staff};
use crate::on_both;
use serde_json::{Value, json};

on_both!(where_there_is_no_provider_nobody_is_linked);

/// Somebody's row.
fn row<'a>(listed: &'a Said, name: &str) -> &'a Value {
    let items = listed.json["items"].as_array().expect("items");
    let own = items.iter().find(|i| i["person"] == name);
    own.unwrap_or_else(|| panic!("{name} is not in: {}", listed.got.text))
}

fn where_there_is_no_provider_nobody_is_linked(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut root = Program::of(&server, &firm, "root");
    let listed = root.get("/accounts").is(200);
    assert_eq!(listed.json.get("provider"), None);
    assert_eq!(
        *row(&listed, "ann"),
        json!({"person": "ann", "active": true})
    );
    let new = json!({"person": "ann", "account": "ann@firm.example"});
    root.post("/accounts", new).is(409).says("oidc_issuer");
    root.delete("/accounts/ann")
        .is(404)
        .says("Ann is linked with no account\"");
    firm.sound();
}

#[cfg(feature = "oidc")]
mod with_a_provider {
    use super::row;
    use crate::api_program::Program;
    use crate::firm::Firm;
    use crate::on_both;
    use crate::provider::Scene;
    use serde_json::json;

    on_both!(programs_link_accounts_and_take_them_away);

    fn programs_link_accounts_and_take_them_away(firm: Firm) {
        let scene = Scene::new(firm);
        let mut root = Program::of(&scene.server, &scene.firm, "root");
        let listed = root.get("/accounts").is(200);
        assert!(listed.text("/provider/issuer").starts_with("http"));
        assert_eq!(listed.text("/provider/claim"), "email");
        let ann = row(&listed, "ann");
        assert_eq!(ann["expected"], "Ann@Firm.example");
        assert!(ann.get("until").is_some() && ann.get("subject").is_none());
        // Made again by the same key it is done once.
        let new = json!({"person": "bob", "account": "bob@firm.example"});
        let made = root.keyed("/accounts", "key-1", &new).is(201);
        assert_eq!(made.text("/expected"), "bob@firm.example");
        let again = root.keyed("/accounts", "key-1", &new).is(201);
        assert_eq!(again.got.headers["idempotency-replayed"], "true");
        assert_eq!(again.got.text, made.got.text);
        let linked = scene.said().matches("root link ").count();
        assert_eq!(linked, 2, "{}", scene.said());
        let mut wrong = |new| root.post("/accounts", new);
        wrong(json!({"person": "cid", "account": "BOB@firm.example"}))
            .is(409)
            .says("linked with bob already");
        wrong(json!({"person": "cid", "account": "cid"}))
            .is(409)
            .says("no mail address");
        wrong(json!({"person": "nobody", "account": "n@firm.example"}))
            .is(409)
            .says("There is no nobody");
        wrong(json!({"person": "cid"})).is(422).at("account");
        wrong(json!({"person": "cid", "account": "c@firm.example", "subject": "c"}))
            .is(422)
            .at("account");
        wrong(json!({"person": "cid", "mail": "c@firm.example"})).is(400);
        // Signed in, the account counts; taken away, what went on ends.
        let mut ann = scene.let_in();
        let listed = root.get("/accounts").is(200);
        let known = row(&listed, "ann");
        assert_eq!(known["subject"], "sub-ann");
        assert!(known.get("until").is_none(), "{known}");
        root.delete("/accounts/ann").is(204);
        ann.get("/").is(303);
        scene.refused("Nobody here is known by");
        root.delete("/accounts/ann").is(404);
        let subject = json!({"person": "ann", "subject": "sub-ann"});
        root.post("/accounts", subject).is(201);
        scene.let_in();
        let said = scene.said().to_lowercase();
        assert!(
            !said.contains("@firm"),
            "an address stays in no event: {said}"
        );
        scene.firm.sound();
    }
}
