//! The way to the identity provider and back: of one browser, taken once, and no hindrance where it is down.

use crate::firm::Firm;
use crate::guest::{PASSWORD, staff};
use crate::identity::{Identity, parameters, written};
use crate::on_both;
use crate::provider::{Scene, link, serve};
use reqwest::Method;
use std::time::Duration;

on_both!(
    an_answer_is_of_one_browser_and_taken_once,
    one_that_is_down_or_slow_hinders_nobody_else,
);

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
