//! Signing in by the firm's identity provider: the way there and back, what a token has to prove, and what nobody may
//! make of it.

use crate::browser::{modules, run};
use crate::firm::{Backend, Firm, wait};
use crate::guest::{Got, Guest, PASSWORD, Server, password, second_factor, staff};
use crate::identity::{Identity, PUBLIC, SECRET, Signed, now, parameters, written};
use crate::on_both;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

on_both!(
    the_account_counts_and_not_the_address,
    nobody_is_made_or_let_in_unasked,
    what_proves_nothing_lets_nobody_in,
    an_answer_is_of_one_browser_and_taken_once,
    keys_change_and_are_read_again_seldom,
    one_that_is_down_or_slow_hinders_nobody_else,
    a_code_is_asked_for_where_the_provider_did_not,
    passwords_may_be_for_a_few,
    signing_out_here_is_not_signing_out_there,
    more_is_asked_for_where_the_token_says_too_little,
);

const KEY: (&str, &str) = ("CLEANBILL_OIDC_SECRET", SECRET);

/// A firm whose people sign in by a provider; Ann is expected under her address.
pub struct Scene {
    pub firm: Firm,
    identity: Identity,
    pub server: Server,
}

impl Scene {
    pub fn new(firm: Firm) -> Self {
        Self::with(firm, "")
    }

    fn with(mut firm: Firm, settings: &str) -> Self {
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

    fn guest(&self) -> Guest {
        Guest::at(&self.server)
    }

    /// To the provider, which lets them in, and back.
    fn comes(&self, guest: &mut Guest) -> Got {
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

fn serve(firm: &Firm) -> Server {
    Server::given(firm, &["--listen", "127.0.0.1:0"], &[KEY])
}

fn link(firm: &Firm, name: &str, account: &[&str]) -> String {
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

fn an_answer_is_of_one_browser_and_taken_once(firm: Firm) {
    let scene = Scene::new(firm);
    let mut ann = scene.guest();
    let led = ann.get("/sign-in/provider").is(303);
    let held = ann.cookies.clone();
    let back = scene.identity.lets_in(led.to());
    // Another browser, which began nothing, or something of its own: nobody is signed in as somebody else.
    let mut eve = scene.guest();
    eve.get(&back).is(422).says("Begin again");
    eve.get("/sign-in/provider").is(303);
    eve.get(&back).is(422).says("Begin again");
    eve.get("/").is(303);
    ann.get(&back).is(303);
    ann.get("/").is(200);
    // The same again, with what the browser held: it was taken.
    let asked = scene.identity.does().asked;
    let mut again = scene.guest();
    again.cookies = held.clone();
    again.get(&back).is(422).says("Begin again");
    assert_eq!(
        scene.identity.does().asked,
        asked,
        "nothing is asked of the provider"
    );
    // A code that was used is refused by the provider.
    let mut eve = scene.guest();
    let led = eve.get("/sign-in/provider").is(303);
    let state = parameters(led.to())["state"].clone();
    let code = parameters(&back)["code"].clone();
    let issuer = scene.identity.issuer.clone();
    let stolen = written(&[("code", &code), ("state", &state), ("iss", &issuer)]);
    eve.get(&format!("/sign-in/answer?{stolen}"))
        .is(422)
        .says("Begin again");
    // What else may come back.
    type Pairs<'a> = &'a [(&'a str, &'a str)];
    let answers: [(Pairs, u16, &str); 8] = [
        (
            &[("error", "access_denied"), ("iss", &issuer)],
            422,
            "did not let you in",
        ),
        (
            &[("error", "login_required"), ("iss", &issuer)],
            422,
            "Begin again",
        ),
        (
            &[("error", "server_error"), ("iss", &issuer)],
            503,
            "cannot be reached",
        ),
        (
            &[("error", "invalid_scope"), ("iss", &issuer)],
            503,
            "invalid_scope",
        ),
        (
            &[("error", "call 555-0100"), ("iss", &issuer)],
            503,
            "an error no standard names",
        ),
        (
            &[("code", "x"), ("iss", "https://evil.example")],
            422,
            "another provider answered",
        ),
        (&[("code", "x")], 422, "does not say from whom it is"),
        (&[("iss", &issuer)], 422, "holds no code"),
    ];
    for (answer, status, why) in answers {
        let mut eve = scene.guest();
        let led = eve.get("/sign-in/provider").is(303);
        let state = parameters(led.to())["state"].clone();
        let whole = [
            answer,
            &[("state", state.as_str()), ("error_description", "555-0199")],
        ];
        let got = eve.get(&format!("/sign-in/answer?{}", written(&whole.concat())));
        let got = got.is(status).says(why);
        assert!(!got.text.contains("555"), "{}", got.text);
        eve.get("/").is(303);
    }
    // Without the state that was given, with one of another sign-in, or with none.
    for state in ["", "x", &parameters(&back)["state"]] {
        let mut eve = scene.guest();
        let led = eve.get("/sign-in/provider").is(303);
        let mut own = parameters(&scene.identity.lets_in(led.to()));
        own.insert("state".to_owned(), state.to_owned());
        let own: Vec<(&str, &str)> = own.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        eve.get(&format!("/sign-in/answer?{}", written(&own)))
            .is(422)
            .says("Begin again");
    }
    // What the browser holds cannot be made up: it is the key to something here.
    let mut eve = scene.guest();
    let made = format!("cp-{}", "0".repeat(64));
    eve.cookies.push(("cleanbill-sign-in".to_owned(), made));
    eve.get(&back).is(422).says("Begin again");
    eve.post("/sign-in", &[("step", "second"), ("code", "000000")])
        .is(422)
        .says("Begin again");
    // No other site begins a sign-in here.
    for site in ["cross-site", "same-site"] {
        let mut eve = scene.guest();
        let request = eve.request(Method::GET, "/sign-in/provider");
        let got = eve.send(request.header("sec-fetch-site", site)).is(303);
        assert_eq!((got.to(), got.cookies().len()), ("/sign-in", 0));
    }
    // Nothing of ours allows forms or scripts of the provider's.
    let policy = ann.get("/sign-in").headers["content-security-policy"].clone();
    assert!(
        !policy.to_str().expect("text").contains("http"),
        "{policy:?}"
    );
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

fn one_that_is_down_or_slow_hinders_nobody_else(mut firm: Firm) {
    let identity = Identity::new();
    identity.does().status = Some(503);
    firm.file("settings", &identity.settings(""));
    staff(&mut firm);
    link(&firm, "ann", &["--mail", "ann@firm.example"]);
    let server = serve(&firm);
    let scene = Scene {
        firm,
        identity,
        server,
    };
    // The server is there, says so, and passwords are good.
    let mut ann = scene.guest();
    ann.get("/sign-in").is(200).says("could not be reached");
    let got = ann
        .get("/sign-in/provider")
        .is(503)
        .says("Northwind ID cannot be reached just now");
    assert!(got.text.contains("name=\"password\""), "{}", got.text);
    ann.sign_in("ann", PASSWORD).is(303);
    ann.get("/").is(200);
    // It comes back.
    scene.identity.behaves();
    scene.let_in();
    let page = scene.guest().get("/sign-in").is(200);
    assert!(!page.text.contains("could not be reached"), "{}", page.text);
    // It takes longer than anybody waits; meanwhile everybody else works on.
    scene.identity.does().slow = Duration::from_secs(12);
    std::thread::scope(|threads| {
        let waiting: Vec<_> = (0..12)
            .map(|_| {
                let mut guest = scene.guest();
                let led = guest.get("/sign-in/provider").is(303);
                let back = scene.identity.lets_in(led.to());
                threads.spawn(move || {
                    guest.get(&back).is(503).says("cannot be reached just now");
                    guest.get("/").is(303);
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(500));
        for _ in 0..5 {
            ann.get("/").is(200);
        }
        assert!(
            waiting.iter().any(|w| !w.is_finished()),
            "they waited meanwhile"
        );
        for one in waiting {
            one.join().expect("refused");
        }
    });
    scene.identity.behaves();
    scene.let_in();
    // It sends somebody elsewhere with our secret: nobody follows.
    scene.identity.does().status = Some(302);
    let mut guest = scene.guest();
    let led = guest.get("/sign-in/provider").is(303);
    let back = scene.identity.lets_in(led.to());
    let got = guest.get(&back);
    assert!(matches!(got.status.as_u16(), 422 | 503), "{}", got.text);
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

/// What is wrong in the settings is said when the server starts, and where to mend it.
#[test]
fn wrong_settings_are_told_at_the_start() {
    let firm = Firm::on(Backend::Sqlite).expect("SQLite");
    let identity = Identity::new();
    let refused = |settings: &str, secret: &str, why: &str| {
        firm.file("settings", settings);
        let began = Instant::now();
        let mut command = firm.command("nobody");
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env(KEY.0, secret);
        let said = command.output().expect("it runs");
        let wrong = String::from_utf8_lossy(&said.stderr).into_owned();
        assert_eq!(said.status.code(), Some(2), "{settings}: {wrong}");
        assert!(wrong.contains(why), "\"{why}\" is not in: {wrong}");
        assert!(!wrong.contains(SECRET) && began.elapsed() < Duration::from_secs(60));
    };
    let whole = identity.settings("");
    let without = |setting: &str| {
        let lines = whole.lines().filter(|l| !l.starts_with(setting));
        lines.collect::<Vec<_>>().join("\n")
    };
    refused(
        &whole,
        "",
        "needs oidc_secret (in the environment, CLEANBILL_OIDC_SECRET)",
    );
    refused(&without("oidc_client"), SECRET, "needs oidc_client as well");
    refused(&without("oidc_issuer"), SECRET, "needs oidc_issuer as well");
    refused(
        &without("public_address"),
        SECRET,
        "needs public_address as well",
    );
    refused(
        "oidc_claim = \"upn\"",
        "",
        "oidc_claim: signing in by an identity provider needs",
    );
    refused(
        "passwords_only_for = \"root\"",
        "",
        "passwords_only_for: signing in by",
    );
    refused(
        &identity.settings("oidc_claim = \"nickname\""),
        SECRET,
        "one of email, preferred_username, upn, sub",
    );
    refused(
        &identity.settings("oidc_authority = \"nowhere.pem\""),
        SECRET,
        "oidc_authority: ",
    );
    refused(
        &whole.replace(
            "oidc_issuer = \"http://127.0.0.1",
            "oidc_issuer = \"http://id.example",
        ),
        SECRET,
        "is not encrypted",
    );
    refused(
        &whole.replace("http://localhost", "http://bills.firm.example"),
        SECRET,
        "public_address: ",
    );
    refused(
        &whole.replace("http://localhost:8347", "https://bills.firm.example"),
        SECRET,
        "or say --behind-proxy",
    );
    let elsewhere = whole.replace("\"\noidc_client", "/realms/none\"\noidc_client");
    refused(&elsewhere, SECRET, "(status 404)");
    refused(
        &(whole.clone() + "oidc_secret = \"x\""),
        SECRET,
        "a secret does not belong in a file",
    );
    let says = |name: &'static str, value: Value, why: &str| {
        identity.does().says.clear();
        identity.does().says.insert(name, value);
        refused(&whole, SECRET, why);
    };
    says(
        "issuer",
        json!("https://id.example"),
        "not what the provider calls itself",
    );
    says("token_endpoint", Value::Null, "names no token_endpoint");
    says(
        "token_endpoint",
        json!("http://id.example/token"),
        "is not encrypted",
    );
    says(
        "token_endpoint_auth_methods_supported",
        json!(["private_key_jwt"]),
        "takes no client secret",
    );
    says(
        "jwks_uri",
        Value::Null,
        "no provider this program can work with",
    );
}

/// A provider of other people's making, which ends with the test.
struct Peer {
    issuer: String,
    child: Child,
    /// Held, so that it may go on writing.
    _out: BufReader<ChildStdout>,
}

impl Peer {
    /// Nothing where it is not to be had.
    fn new(public: &str, alg: &str) -> Option<Self> {
        let modules = modules().filter(|m| m.join("oidc-provider/package.json").exists());
        let Some(modules) = modules else {
            assert!(
                std::env::var_os("CI").is_none(),
                "an identity provider is missing: install oidc-provider by npm (see .ci/run)"
            );
            println!("skipped: no oidc-provider on this machine");
            return None;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web/peer.mjs");
        let child = Command::new("node")
            .arg(script)
            .env("MODULES", modules)
            .env("PUBLIC", public)
            .env("SECRET", SECRET)
            .env("ALG", alg)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = child.expect("node runs");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        out.read_line(&mut line).expect("a line");
        let issuer = line.trim().to_owned();
        assert!(issuer.starts_with("http"), "it did not start: {line}");
        Some(Self {
            issuer,
            child,
            _out: out,
        })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// By a certified provider, in a real browser, signed in two ways.
#[test]
fn a_real_provider_in_a_real_browser() {
    for alg in ["RS256", "ES256"] {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address").to_string();
        drop(free);
        let public = format!("http://{address}");
        let Some(peer) = Peer::new(&public, alg) else {
            return;
        };
        let mut firm = Firm::on(Backend::Sqlite).expect("SQLite");
        let settings = format!(
            "public_address = \"{public}\"\noidc_issuer = \"{}\"\noidc_client = \"cleanbill\"\noidc_name = \"Northwind ID\"\n",
            peer.issuer
        );
        firm.file("settings", &settings);
        staff(&mut firm);
        link(&firm, "ann", &["--account", "ann@firm.example"]);
        password(&firm, "root");
        let server = Server::given(&firm, &["--listen", &address], &[KEY]);
        if run(
            "provider.mjs",
            &firm,
            &server,
            &[("PROVIDER", &peer.issuer)],
        ) {
            firm.sound();
        }
    }
}
