//! What a stranger, another site or a hostile file could try.

use crate::firm::Firm;
use crate::guest::{Guest, Server, staff};
use crate::on_both;
use cleanbill::web::{ROUTES, Verb};
use reqwest::Method;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

on_both!(
    other_sites_change_nothing,
    every_answer_has_its_headers,
    no_more_is_taken_than_a_page_needs,
    nobody_hinders_others,
    what_only_drips_in_is_ended,
    beyond_this_machine_only_encrypted,
);

fn other_sites_change_nothing(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut ann = Guest::as_person(&server, "ann");
    let host = server.url.trim_start_matches("http://").to_owned();
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[],
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", &format!("http://{host}")),
        ],
    ] {
        let mut request = ann.request(Method::POST, "/sign-out");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        ann.send(request)
            .is(403)
            .says("not sent by a page of cleanbill");
        ann.get("/").is(200);
    }
    let own = ann
        .request(Method::POST, "/sign-out")
        .header("origin", format!("http://{host}"));
    ann.send(own).is(303);
}

fn every_answer_has_its_headers(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut ann = Guest::as_person(&server, "ann");
    let page = ann.get("/").is(200);
    let assets: Vec<String> = page
        .text
        .split("\"/assets/")
        .skip(1)
        .map(|rest| format!("/assets/{}", rest.split('"').next().expect("an end")))
        .collect();
    assert_eq!(assets.len(), 4, "{assets:?}");
    let pages = [
        "/",
        "/sign-in",
        "/nowhere",
        "/invoices?risk=x",
        "/health",
        "/sign-out",
    ];
    for path in pages.iter().map(|p| (*p).to_owned()).chain(assets) {
        let got = ann.get(&path);
        let header = |name: &str| {
            got.headers
                .get(name)
                .map_or("", |v| v.to_str().expect("text"))
        };
        let policy = header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        let kept = header("cache-control");
        if path.starts_with("/assets/") {
            assert_eq!(kept, "public, max-age=31536000, immutable", "{path}");
            assert_eq!(got.status, 200, "{path}");
        } else {
            assert_eq!(kept, "no-store", "{path}");
            // What the policy forbids would not work.
            for word in [
                "<style",
                "style=\"",
                "onclick",
                "javascript:",
                "http://",
                "https://",
            ] {
                assert!(!got.text.contains(word), "{path}: {word}");
            }
        }
    }
    ann.get("/assets/../../Cargo.toml").is(404);
    ann.get("/assets/..%2f..%2fCargo.toml").is(404);
}

fn no_more_is_taken_than_a_page_needs(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut guest = Guest::at(&server);
    let long = "x".repeat(300 << 10);
    guest
        .post("/sign-in", &[("name", "ann"), ("password", &long)])
        .is(413)
        .says("At most 256 kB");
    let mut ann = Guest::as_person(&server, "ann");
    let huge = vec![b'x'; 49 << 20];
    ann.upload("/check", &[], &[("file", "huge.txt", &huge)])
        .is(413)
        .says("At most 48 MB");
    // Without a length nobody can know before; it is cut off all the same.
    let body = reqwest::Body::from(huge);
    let request = ann
        .request(Method::POST, "/check")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(body);
    ann.send(request).is(413);
    ann.get("/").is(200);
    // A page that takes no body takes none.
    let request = ann
        .request(Method::POST, "/sign-out")
        .header("sec-fetch-site", "same-origin");
    ann.send(
        request
            .header("content-type", "multipart/form-data; boundary=x")
            .body("--y\r\n"),
    )
    .is(422);
}

fn nobody_hinders_others(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut ann = Guest::as_person(&server, "ann");
    let mut bob = Guest::as_person(&server, "bob");
    let busy = (0..2_000).find_map(|_| {
        let got = ann.get("/nowhere-to-be-found");
        assert_eq!(got.status, 404);
        let got = ann.get("/find");
        (got.status == 429).then_some(got)
    });
    let busy = busy.expect("a limit").says("Too many requests");
    assert!(busy.headers.contains_key("retry-after"));
    bob.get("/").is(200);
}

fn what_only_drips_in_is_ended(mut firm: Firm) {
    staff(&mut firm);
    firm.file("settings", "upload_seconds = 2\n");
    let server = Server::of(&firm);
    let mut ann = Guest::as_person(&server, "ann");
    let mut bob = Guest::as_person(&server, "bob");
    let cookie: Vec<String> = ann
        .cookies
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    let address = server.url.trim_start_matches("http://");
    let mut wire = TcpStream::connect(address).expect("connected");
    let patience = Some(Duration::from_secs(60));
    wire.set_read_timeout(patience).expect("set");
    write!(
        wire,
        "POST /check HTTP/1.1\r\nHost: {address}\r\nSec-Fetch-Site: same-origin\r\nCookie: {}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n",
        cookie.join("; ")
    )
    .expect("sent");
    let mut drops = wire.try_clone().expect("another end");
    let dripping = std::thread::spawn(move || {
        // Ends when the server no longer listens.
        while drops.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    // Meanwhile everybody else works on, by the same session too.
    bob.get("/").is(200);
    ann.get("/check").is(200);
    let mut said = Vec::new();
    let mut some = [0; 4096];
    // A connection that is cut off may say so instead of ending.
    while let Ok(read @ 1..) = wire.read(&mut some) {
        said.extend_from_slice(&some[..read]);
    }
    let said = String::from_utf8_lossy(&said);
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    assert!(said.contains("Nothing was changed"), "{said}");
    dripping.join().expect("it ended");
    ann.get("/check").is(200);
    bob.get("/").is(200);
}

fn beyond_this_machine_only_encrypted(firm: Firm) {
    firm.call("nobody", &["serve", "--listen", "0.0.0.0:0"])
        .refused("would travel this network in the open");
    let key =
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let certificate = firm.file("firm.pem", &key.cert.pem());
    let secret = firm.file("firm.key", &key.signing_key.serialize_pem());
    firm.call(
        "nobody",
        &[
            "serve",
            "--certificate",
            &secret,
            "--certificate-key",
            &secret,
        ],
    )
    .refused("there is no certificate in it");
    let server = Server::with(
        &firm,
        &["--certificate", &certificate, "--certificate-key", &secret],
    );
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let firm_of_proxy = Server::with(&firm, &["--behind-proxy"]);
    let mut guest = Guest::at(&firm_of_proxy);
    let got = guest.get("/sign-in").is(200);
    assert!(got.headers.contains_key("strict-transport-security"));
    firm.call(
        "root",
        &[
            "user",
            "add",
            "ann",
            "--role",
            "specialist",
            "--all-clients",
            "--password",
        ],
    )
    .well();
    let out = firm.call("root", &["user", "password", "ann"]).well();
    let given = out.lines().last().expect("a password").trim();
    let got = guest.sign_in("ann", given).is(200);
    assert!(
        got.cookies()
            .iter()
            .all(|c| c.starts_with("__Host-") && c.contains("; Secure")),
        "{:?}",
        got.cookies()
    );
}

/// Every page by address, and none of the others.
#[test]
fn names_and_paths_of_routes_stand_once() {
    let mut seen = std::collections::BTreeSet::new();
    for route in ROUTES {
        assert!(
            seen.insert((route.verb == Verb::Get, route.path)),
            "{}",
            route.path
        );
        assert!(route.path.starts_with('/'), "{}", route.path);
    }
}
