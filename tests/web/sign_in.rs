//! Signing in: sessions begin anew, end, and are the person's own.

use crate::firm::Firm;
use crate::guest::{Guest, PASSWORD, Server, second_factor, staff};
use crate::on_both;

on_both!(
    a_session_begins_anew_and_ends,
    an_administrators_password_is_changed_first,
    a_code_is_asked_for_on_a_page_of_its_own,
    names_are_locked,
);

fn a_session_begins_anew_and_ends(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut ann = Guest::at(&server);
    let led = ann.get("/invoices?state=checked").is(303);
    assert_eq!(led.to(), "/sign-in?next=%2Finvoices%3Fstate%3Dchecked");
    ann.get("/sign-in").is(200).says("Sign in");
    // What somebody was made to come with is not what they leave with.
    ann.cookies
        .push(("cleanbill".to_owned(), "cs-planted".to_owned()));
    let got = ann
        .post(
            "/sign-in",
            &[
                ("name", "ann"),
                ("password", PASSWORD),
                ("next", "/invoices?state=checked"),
            ],
        )
        .is(303);
    assert_eq!(got.to(), "/invoices?state=checked");
    let cookie = got
        .cookies()
        .into_iter()
        .find(|c| c.starts_with("cleanbill="))
        .expect("a session");
    for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(
        !cookie.contains("planted") && !cookie.contains("Domain"),
        "{cookie}"
    );
    ann.get("/").is(200).says("Today").says("ann");
    // Whoever signs in again leaves the session they had.
    let first = ann.cookies.clone();
    ann.sign_in("ann", PASSWORD).is(303);
    assert_ne!(first, ann.cookies);
    let mut old = Guest::at(&server);
    old.cookies = first;
    old.get("/").is(303);
    let kept = ann.cookies.clone();
    assert_eq!(
        ann.post("/sign-out", &[]).is(303).to(),
        "/sign-in?done=signed-out"
    );
    ann.cookies = kept;
    ann.get("/").is(303);
    ann.post("/sign-out", &[]).is(401);
    // Only to pages of this program.
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let form = [("name", "ann"), ("password", PASSWORD), ("next", elsewhere)];
        assert_eq!(ann.post("/sign-in", &form).is(303).to(), "/");
    }
    // A change about the person ends it at once.
    ann.get("/").is(200);
    firm.call("root", &["user", "deactivate", "ann"]).well();
    ann.get("/").is(303);
}

fn an_administrators_password_is_changed_first(mut firm: Firm) {
    firm.add("eve", &["--role", "auditor", "--all-clients"]);
    let out = firm.call("root", &["user", "password", "eve"]).well();
    let given = out.lines().last().expect("a password").trim().to_owned();
    let server = Server::of(&firm);
    let mut eve = Guest::at(&server);
    let page = eve.sign_in("eve", &given).is(200).says("New password");
    assert!(
        !page.text.contains(&given),
        "the password stands on no page"
    );
    let second = |new, again| [("step", "second"), ("new_password", new), ("again", again)];
    eve.post("/sign-in", &second("green ideas sleep", "green ideas"))
        .is(422)
        .says("differ");
    eve.post("/sign-in", &second("short", "short"))
        .is(422)
        .says("characters");
    eve.post(
        "/sign-in",
        &second("green ideas sleep furiously", "green ideas sleep furiously"),
    )
    .is(303);
    eve.get("/").is(200);
    eve.sign_in("eve", &given).is(422).says("is not right");
    // Without the first page there is no second.
    Guest::at(&server)
        .post(
            "/sign-in",
            &second("green ideas sleep", "green ideas sleep"),
        )
        .is(422)
        .says("Begin again");
}

fn a_code_is_asked_for_on_a_page_of_its_own(mut firm: Firm) {
    staff(&mut firm);
    let code = second_factor(&mut firm, "ann");
    let server = Server::of(&firm);
    let mut ann = Guest::at(&server);
    ann.sign_in("ann", PASSWORD)
        .is(200)
        .says("Code of your second factor");
    ann.get("/").is(303);
    ann.post("/sign-in", &[("step", "second"), ("code", "000000")])
        .is(422)
        .says("code is not right");
    // The one that proved the factor is used; the next is good.
    ann.post("/sign-in", &[("step", "second"), ("code", &code(30))])
        .is(303);
    ann.get("/").is(200);
}

fn names_are_locked(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut thief = Guest::at(&server);
    for _ in 0..5 {
        thief
            .sign_in("ann", "wrong wrong wrong")
            .is(422)
            .says("is not right");
    }
    thief.sign_in("ann", PASSWORD).is(422).says("locked for");
    // Nobody else is, and a name that does not exist is answered in the same words.
    thief
        .sign_in("nobody", "wrong wrong wrong")
        .is(422)
        .says("is not right");
    thief.sign_in("bob", PASSWORD).is(303);
}
