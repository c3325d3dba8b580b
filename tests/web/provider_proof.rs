//! What a token of the identity provider has to prove, and with which keys.

use crate::firm::Firm;
use crate::identity::{Signed, now};
use crate::on_both;
use crate::provider::Scene;
use serde_json::{Value, json};

on_both!(
    what_proves_nothing_lets_nobody_in,
    more_is_asked_for_where_the_token_says_too_little,
    keys_change_and_are_read_again_seldom,
);

fn what_proves_nothing_lets_nobody_in(firm: Firm) {
    let scene = Scene::new(firm);
    let signed = [
        (
            Signed::Not,
            "not signed in a way only the provider can sign",
        ),
        (
            Signed::BySecret,
            "not signed in a way only the provider can sign",
        ),
        (
            Signed::ByPublicKey,
            "not signed in a way only the provider can sign",
        ),
        (Signed::ByAnother, "signature of its token is wrong"),
        (Signed::WithOwnKey, "signature of its token is wrong"),
        (Signed::ByStranger, "signed with a key that is not its own"),
        (Signed::Critical, "its token cannot be read"),
    ];
    for (how, why) in signed {
        scene.identity.does().signed = how;
        scene.refused(why);
    }
    scene.identity.behaves();
    let claims: [(&'static str, Value, &str); 19] = [
        (
            "iss",
            json!("https://evil.example"),
            "of another provider (iss)",
        ),
        ("iss", Value::Null, "cannot be read"),
        ("aud", json!("another"), "for another program (aud)"),
        (
            "aud",
            json!(["cleanbill", "another"]),
            "for another program (aud)",
        ),
        ("aud", json!([]), "for another program (aud)"),
        ("azp", json!("another"), "given to another program (azp)"),
        ("exp", json!(now() - 120), "made at another time (exp, iat)"),
        ("exp", Value::Null, "cannot be read"),
        ("iat", json!(now() + 600), "made at another time (exp, iat)"),
        (
            "iat",
            json!(now() - 3600),
            "made at another time (exp, iat)",
        ),
        ("nbf", json!(now() + 600), "does not hold yet (nbf)"),
        ("nonce", json!("another"), "of another sign-in (nonce)"),
        ("nonce", Value::Null, "of another sign-in (nonce)"),
        (
            "at_hash",
            json!("AAAAAAAAAAAAAAAAAAAAAA"),
            "do not belong together (at_hash)",
        ),
        ("sub", json!(""), "about nobody (sub)"),
        ("sub", json!("x".repeat(256)), "about nobody (sub)"),
        ("sub", Value::Null, "cannot be read"),
        ("iat", json!("today"), "cannot be read"),
        ("email", json!({ "a": 1 }), "cannot be read"),
    ];
    for (claim, value, why) in claims {
        scene.identity.behaves();
        scene.identity.does().claims.insert(claim, value);
        scene.refused(why);
    }
    // Clocks may be a little apart.
    scene.identity.behaves();
    scene.identity.does().claims.extend([
        ("iat", json!(now() + 20)),
        ("nbf", json!(now() + 20)),
        ("exp", json!(now() - 20)),
        ("azp", json!("cleanbill")),
    ]);
    scene.let_in();
    scene.firm.sound();
}

fn more_is_asked_for_where_the_token_says_too_little(firm: Firm) {
    let scene = Scene::new(firm);
    let thin = |more: Value| {
        scene.identity.behaves();
        let mut doing = scene.identity.does();
        doing.claims.insert("email", Value::Null);
        doing.claims.insert("email_verified", Value::Null);
        doing.more = Some(more);
    };
    // Of somebody else, or unreadable, it says nothing.
    thin(json!({ "sub": "sub-other", "email": "ann@firm.example", "email_verified": true }));
    scene.refused("is of another account (sub)");
    thin(json!("nothing"));
    scene.refused("no mail address that it has verified");
    thin(json!({ "sub": "sub-ann", "email": "ann@firm.example", "email_verified": false }));
    scene.refused("no mail address that it has verified");
    thin(json!({ "sub": "sub-ann", "email": "ann@firm.example", "email_verified": true }));
    scene.let_in();
    // Once linked, nothing more is wanted.
    thin(json!("nothing"));
    scene.let_in();
    scene.firm.sound();
}

fn keys_change_and_are_read_again_seldom(firm: Firm) {
    let scene = Scene::new(firm);
    scene.let_in();
    assert_eq!(scene.identity.does().keys_read, 1);
    scene.identity.changes_its_key();
    scene.let_in();
    assert_eq!(scene.identity.does().keys_read, 2);
    // Keys nobody knows do not make it ask again and again.
    scene.identity.does().signed = Signed::ByStranger;
    for _ in 0..3 {
        scene.refused("signed with a key that is not its own");
    }
    assert_eq!(scene.identity.does().keys_read, 2);
    scene.identity.behaves();
    scene.let_in();
}
