//! Signing in by the firm's identity provider: who is let in by which account, and what else is asked of them.

use crate::firm::{Firm, wait};
use crate::guest::{Got, Guest, PASSWORD, Server, password, second_factor, staff};
use crate::identity::{Identity, PUBLIC, SECRET, parameters, written};
use crate::on_both;
use reqwest::Method;
use serde_json::{Value, json};

on_both!(
    the_account_counts_and_not_the_address,
    nobody_is_made_or_let_in_unasked,
    a_code_is_asked_for_where_the_provider_did_not,
    passwords_may_be_for_a_few,
    signing_out_here_is_not_signing_out_there,
);

pub const KEY: (&str, &str) = ("CLEANBILL_OIDC_SECRET", SECRET);

/// A firm whose people sign in by a provider; Ann is expected under her address.
pub struct Scene {
    pub firm: Firm,
    pub identity: Identity,
    pub server: Server,
}

impl Scene {
    pub fn new(firm: Firm) -> Self {
        Self::with(firm, "")
    }

    pub fn with(mut firm: Firm, settings: &str) -> Self {
        let identity = Identity::new();
        firm.file("settings", &identity.settings(settings));
        staff(&mut firm);
        link(&firm, "ann", &["--mail", "Ann@Firm.example"]);
        let server = serve(&firm);
        Self {
            firm,
            identity,
            server,
        }
    }

    pub fn guest(&self) -> Guest {
        Guest::at(&self.server)
    }

    /// To the provider, which lets them in, and back.
    pub fn comes(&self, guest: &mut Guest) -> Got {
        let led = guest.get("/sign-in/provider?next=%2Finvoices").is(303);
        guest.get(&self.identity.lets_in(led.to()))
    }

    pub fn refused(&self, why: &str) {
        let mut guest = self.guest();
        self.comes(&mut guest).is(422).says(why);
        guest.get("/").is(303);
        assert!(!guest.cookies.iter().any(|(name, _)| name == "cleanbill"));
    }

    pub fn let_in(&self) -> Guest {
        let mut guest = self.guest();
        assert_eq!(self.comes(&mut guest).is(303).to(), "/invoices");
        guest.get("/invoices").is(200).says("ann");
        guest
    }

    /// Everything the events of the people say.
    pub fn said(&self) -> String {
        wait(async {
            let store = self.firm.store().await;
            let mut tx = store.db.read().await.expect("a transaction");
            let events = tx.events("people").await.expect("events");
            let said = events
                .iter()
                .map(|e| format!("{} {} {}\n", e.actor, e.step, e.facts));
            said.collect()
        })
    }
}

pub fn serve(firm: &Firm) -> Server {
    Server::given(firm, &["--listen", "127.0.0.1:0"], &[KEY])
}

pub fn link(firm: &Firm, name: &str, account: &[&str]) -> String {
    let all = [&["user", "link", name], account].concat();
    firm.call("root", &all).well()
}

fn the_account_counts_and_not_the_address(firm: Firm) {
    let scene = Scene::new(firm);
    let mut ann = scene.guest();
    ann.get("/sign-in?next=%2Finvoices")
        .is(200)
        .says("Sign in with Northwind ID")
        .says("/sign-in/provider?next=%2Finvoices");
    // Where people come back to is of the settings, whatever a request calls its host.
    let request = ann
        .request(Method::GET, "/sign-in/provider?next=%2Finvoices")
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example");
    let led = ann.send(request).is(303);
    let asked = parameters(led.to());
    assert_eq!(asked["redirect_uri"], format!("{PUBLIC}/sign-in/answer"));
    assert!(asked["state"].len() > 20 && asked["nonce"].len() > 20);
    assert!(!led.to().contains("sesame"), "{}", led.to());
    let held = led.cookies();
    let held = held.iter().find(|c| c.starts_with("cleanbill-sign-in=cp-"));
    let held = held.expect("what the browser holds");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(held.contains(part), "{held}");
    }
    let seconds = held
        .split("Max-Age=")
        .nth(1)
        .and_then(|s| s.split(';').next());
    let seconds: u32 = seconds.and_then(|s| s.parse().ok()).expect("an end");
    assert!((590..=600).contains(&seconds), "{held}");
    // What somebody was made to come with is not what they leave with.
    let planted = ("cleanbill".to_owned(), "cs-planted".to_owned());
    ann.cookies.push(planted.clone());
    let back = ann.get(&scene.identity.lets_in(led.to())).is(303);
    assert_eq!(back.to(), "/invoices");
    let session = ann.cookies.iter().find(|(name, _)| name == "cleanbill");
    assert!(session.is_some_and(|s| *s != planted && s.1.starts_with("cs-")));
    assert!(
        !ann.cookies
            .iter()
            .any(|(name, _)| name == "cleanbill-sign-in")
    );
    ann.get("/invoices").is(200).says("ann");
    let said = scene.said();
    assert!(
        said.contains("root link ") && said.contains("ann linked "),
        "{said}"
    );
    assert!(
        said.contains("\"by\":\"provider\"") && said.contains("sub-ann"),
        "{said}"
    );
    assert!(
        !said.to_lowercase().contains("ann@firm"),
        "an address stays in no event: {said}"
    );
    // Whoever signs in again leaves the session they had.
    let first = ann.cookies.clone();
    scene.comes(&mut ann).is(303);
    assert_ne!(first, ann.cookies);
    let mut old = scene.guest();
    old.cookies = first;
    old.get("/").is(303);
    // The address was given to somebody else: it opens nothing. Hers may change as it likes.
    scene
        .identity
        .does()
        .claims
        .insert("sub", json!("sub-successor"));
    scene.refused("Nobody here is known by the account ann@firm.example");
    scene.identity.behaves();
    scene
        .identity
        .does()
        .claims
        .insert("email", json!("ann.new@firm.example"));
    scene.let_in();
    let listed = scene.firm.call("root", &["user", "list"]).well();
    assert!(
        listed.contains("an account at http://127.0.0.1"),
        "{listed}"
    );
    // Where they are led is here.
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let path = format!("/sign-in/provider?{}", written(&[("next", elsewhere)]));
        let led = ann.get(&path).is(303);
        assert_eq!(ann.get(&scene.identity.lets_in(led.to())).is(303).to(), "/");
    }
    // Taken away, it opens nothing, and what went on ends.
    ann.get("/").is(200);
    scene.firm.call("root", &["user", "unlink", "ann"]).well();
    ann.get("/").is(303);
    scene.refused("Nobody here is known by");
    scene
        .firm
        .call("root", &["user", "unlink", "ann"])
        .refused("linked with no account");
    scene.firm.sound();
    let log = std::fs::read_to_string(scene.firm.path("server.log")).expect("a log");
    for secret in ["sesame", "ann@firm", "sub-ann", "eyJ", "cp-", "code="] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}

fn nobody_is_made_or_let_in_unasked(firm: Firm) {
    let scene = Scene::new(firm);
    let with = |claims: &[(&'static str, Value)]| {
        scene.identity.behaves();
        scene.identity.does().claims.extend(claims.iter().cloned());
    };
    with(&[("email", json!("eve@firm.example"))]);
    scene.refused("Nobody here is known by the account eve@firm.example");
    // The sign for kelvin and its like are no letters of ASCII.
    with(&[("email", json!("ann@f\u{131}rm.example"))]);
    scene.refused("Nobody here is known by");
    with(&[("email_verified", json!(false))]);
    scene.refused("no mail address that it has verified");
    with(&[("email_verified", Value::Null)]);
    scene.refused("no mail address that it has verified");
    with(&[("email", json!("<b>x</b>@firm.example"))]);
    scene.refused("&#60;b&#62;x&#60;/b&#62;@firm.example");
    let before = scene.firm.call("root", &["user", "list"]).well();
    assert_eq!(before.lines().count(), 7, "{before}");
    // A name that is locked is locked here too.
    with(&[]);
    let mut thief = scene.guest();
    for _ in 0..5 {
        thief.sign_in("ann", "wrong wrong wrong").is(422);
    }
    scene.refused("Too many wrong tries: ann is locked for");
    scene.firm.call("root", &["user", "unlock", "ann"]).well();
    scene.let_in();
    // An account is one person's.
    let taken = |args: &[&str]| scene.firm.call("root", &[&["user", "link"], args].concat());
    taken(&["bob", "--subject", "sub-ann"]).refused("linked with ann already");
    link(&scene.firm, "bob", &["--account", "bob@firm.example"]);
    taken(&["cid", "--account", "BOB@firm.example"]).refused("linked with bob already");
    taken(&["cid", "--account", "bob"]).refused("no mail address");
    taken(&["nobody", "--account", "n@firm.example"]).refused("there is no nobody");
    let by_others = scene
        .firm
        .call("bob", &["user", "link", "bob", "--subject", "x"]);
    assert_ne!(by_others.status, 0);
    // Whoever may no longer work here is told so in the same words as elsewhere.
    scene
        .firm
        .call("root", &["user", "deactivate", "ann"])
        .well();
    scene.refused("Ann may no longer work here");
    scene.firm.call("root", &["user", "unlink", "ann"]).well();
    scene.firm.sound();
}

fn a_code_is_asked_for_where_the_provider_did_not(firm: Firm) {
    let mut scene = Scene::new(firm);
    let code = second_factor(&mut scene.firm, "ann");
    let mut ann = scene.guest();
    let page = scene
        .comes(&mut ann)
        .is(200)
        .says("Code of your second factor");
    assert!(!page.text.contains("sub-ann"), "{}", page.text);
    ann.get("/").is(303);
    assert!(
        !scene.said().contains("ann linked"),
        "nobody is linked before they are in"
    );
    let second = |code: &str| [("step", "second".to_owned()), ("code", code.to_owned())];
    let send = |guest: &mut Guest, code: &str| {
        let form = second(code);
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        guest.post("/sign-in", &form)
    };
    let held = ann.cookies.clone();
    send(&mut ann, "000000").is(422).says("code is not right");
    // What was held before the wrong code was taken with it.
    let mut old = scene.guest();
    old.cookies = held;
    send(&mut old, "000000").is(422).says("Begin again");
    assert_eq!(send(&mut ann, &code(30)).is(303).to(), "/invoices");
    ann.get("/").is(200);
    assert!(scene.said().contains("\"second_factor\":\"code\""));
    // Of one kind only is not enough; where the provider asked for more than one, that is it.
    scene
        .identity
        .does()
        .claims
        .insert("amr", json!(["pwd", "otp"]));
    let mut again = scene.guest();
    scene
        .comes(&mut again)
        .is(200)
        .says("Code of your second factor");
    scene
        .identity
        .does()
        .claims
        .insert("amr", json!(["pwd", "mfa"]));
    scene.let_in();
    assert!(scene.said().contains("\"second_factor\":\"provider\""));
    scene.identity.behaves();
    scene.identity.does().claims.insert("acr", json!("mfa"));
    scene
        .comes(&mut again)
        .is(200)
        .says("Code of your second factor");
    // Codes cannot be guessed without end.
    for _ in 0..4 {
        send(&mut again, "000000").is(422).says("code is not right");
    }
    send(&mut again, "000000").is(422);
    send(&mut again, "000000").is(422).says("locked for");
    scene.firm.sound();
}

fn passwords_may_be_for_a_few(mut firm: Firm) {
    let identity = Identity::new();
    firm.file(
        "settings",
        &identity.settings("passwords_only_for = \"root\""),
    );
    staff(&mut firm);
    link(&firm, "ann", &["--mail", "ann@firm.example"]);
    let start = |firm: &Firm, why: &str| {
        let mut command = firm.command("nobody");
        let said = command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env(KEY.0, KEY.1)
            .output();
        let said = said.expect("it runs");
        let wrong = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(!said.status.success() && wrong.contains(why), "{wrong}");
    };
    start(&firm, "root has no password");
    firm.file(
        "settings",
        &identity.settings("passwords_only_for = \"bob\""),
    );
    start(&firm, "bob is partner and no administrator");
    firm.file(
        "settings",
        &identity.settings("passwords_only_for = \"nobody\""),
    );
    start(&firm, "there is no nobody");
    firm.file(
        "settings",
        &identity.settings("passwords_only_for = \"root\""),
    );
    password(&firm, "root");
    let server = serve(&firm);
    let scene = Scene {
        firm,
        identity,
        server,
    };
    let mut guest = scene.guest();
    guest
        .get("/sign-in")
        .is(200)
        .says("for the day Northwind ID is down");
    // Nobody learns from the words whose passwords are looked at, and wrong ones lock nobody out who has none to give.
    let words = "is not right, or passwords are not for you here";
    for _ in 0..5 {
        guest.sign_in("ann", PASSWORD).is(422).says(words);
    }
    guest.sign_in("ann", PASSWORD).is(422).says("locked for");
    guest
        .sign_in("root", "wrong wrong wrong")
        .is(422)
        .says(words);
    scene.let_in();
    guest.sign_in("root", PASSWORD).is(303);
    guest.get("/people").is(200);
    let typed = scene
        .firm
        .type_in("bob", &["sign-in", "bob", "--password-stdin"], PASSWORD);
    typed.refused(words);
    scene.firm.sound();
}

fn signing_out_here_is_not_signing_out_there(firm: Firm) {
    let scene = Scene::new(firm);
    let mut ann = scene.let_in();
    let kept = ann.cookies.clone();
    let out = ann.post("/sign-out", &[]).is(303);
    assert_eq!(out.to(), "/sign-in?done=signed-out-here");
    let page = ann.get(out.to()).is(200).says("you may still be signed in");
    let href = page
        .text
        .split("href=\"")
        .find(|h| h.starts_with("http"))
        .expect("a link");
    let href = href
        .split('"')
        .next()
        .expect("an end")
        .replace("&#38;", "&");
    assert!(
        href.starts_with(&format!("{}/leave?", scene.identity.issuer)),
        "{href}"
    );
    let asked = parameters(&href);
    assert_eq!(asked["client_id"], "cleanbill");
    assert_eq!(
        asked["post_logout_redirect_uri"],
        format!("{PUBLIC}/sign-in")
    );
    ann.cookies = kept;
    ann.get("/").is(303);
    // By a password nobody was there.
    ann.sign_in("ann", PASSWORD).is(303);
    assert_eq!(
        ann.post("/sign-out", &[]).is(303).to(),
        "/sign-in?done=signed-out"
    );
    scene.firm.sound();
}
