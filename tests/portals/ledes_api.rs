//! The LEDES API: each status code of its section 4, faults of the wire, sign-in.

use super::server::{Act, Server, say};
use super::{open, submission, unreached, wait};
use cleanbill::model::{InvoiceType, Outcome};
use cleanbill::portals::{Asked, Handle, Polite, Portal, PortalError};
use std::time::Duration;

fn at(server: &Server) -> Polite {
    open(&format!(
        "portal = \"LEDES API\"\nway = \"api\"\nurl = \"{}\"",
        server.url
    ))
}

fn submit(script: Act) -> (Result<cleanbill::model::Receipt, PortalError>, Server) {
    let server = Server::new(vec![script]);
    let portal = at(&server);
    (wait(portal.submit(&submission())), server)
}

#[test]
fn the_file_and_what_is_said_beside_it() {
    let (receipt, server) = submit(say(
        201,
        r#"{"invoiceid":"78","received_time":"2026-04-19T15:55:12-04:00","invoice_status":"RECEIVED"}"#,
    ));
    let receipt = receipt.expect("taken");
    assert_eq!(receipt.portal_id.as_deref(), Some("78"));
    assert!(receipt.received.is_some() && receipt.remarks.is_empty());
    let asked = &server.asked()[0];
    assert_eq!(asked.line, "POST /invoices HTTP/1.1");
    assert!(
        asked
            .headers
            .to_lowercase()
            .contains("x-request-id: attempt-1")
    );
    let body = asked.body();
    for part in [
        r#""ledes_format":"LEDES98B""#,
        r#""invoice_type":"INVOICE""#,
        r#""encrypted":false"#,
        r#""ledes_file_media_type":"text/plain""#,
        r#"name="ledesfile"; filename="AW-2041.txt""#,
        "LEDES1998B[]\nINVOICE_DATE|...",
    ] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
}

#[test]
fn what_each_answer_means() {
    let (taken, _) = submit(say(
        202,
        r#"{"invoiceID":9,"receivedDateTime":"2026-14-01T00:00:00Z"}"#,
    ));
    let taken = taken.expect("taken");
    assert_eq!(
        (taken.portal_id.as_deref(), taken.remarks.len()),
        (Some("9"), 1)
    );
    let (refused, _) = submit(say(
        400,
        r#"{"invoiceid":"5","errors":[{"error":"Invalid invoice_type"},{"error":"b"}]}"#,
    ));
    let Err(PortalError::Refused {
        remarks, portal_id, ..
    }) = refused
    else {
        panic!("{refused:?}");
    };
    assert_eq!((remarks.len(), portal_id.as_deref()), (2, Some("5")));
    let (refused, _) = submit(say(415, ""));
    assert!(
        matches!(refused, Err(PortalError::Refused { .. })),
        "{refused:?}"
    );
    for (act, doubt) in [
        (Act::CutBefore, true),
        (say(500, "{}"), true),
        (say(503, "{}"), true),
        (say(201, "no json"), true),
        (say(201, "{}"), true),
        (Act::CutAfter, true),
        (Act::BreakOff, true),
        (say(403, "{}"), false),
        (say(401, "{}"), false),
        (say(429, "{}"), false),
        (say(302, "{}"), false),
    ] {
        let (answer, _) = submit(act.clone());
        let error = answer.expect_err("an error");
        assert_eq!(error.leaves_doubt(), doubt, "{act:?}: {error}");
    }
    let wait = ("Retry-After", "7".to_owned());
    for status in [429, 503] {
        let (busy, _) = submit(Act::Say(status, vec![wait.clone()], String::new()));
        let seven = Some(Duration::from_secs(7));
        assert_eq!(
            busy.expect_err("busy"),
            PortalError::Busy { retry_after: seven }
        );
    }
}

#[test]
fn nobody_there_is_no_doubt() {
    let portal = open("portal = \"LEDES API\"\nway = \"api\"\nurl = \"http://127.0.0.1:9\"");
    let error = wait(portal.submit(&submission())).expect_err("nobody");
    unreached(&error);
}

#[test]
fn an_appeal_names_what_it_follows_or_is_not_sent() {
    let server = Server::new(vec![say(201, r#"{"invoiceid":"79"}"#)]);
    let portal = at(&server);
    let mut appeal = submission();
    appeal.invoice_type = InvoiceType::Appeal;
    let error = wait(portal.submit(&appeal)).expect_err("unknown");
    assert!(matches!(error, PortalError::Setup(_)), "{error}");
    assert!(server.asked().is_empty());
    appeal.follows = Some("78".to_owned());
    wait(portal.submit(&appeal)).expect("taken");
    assert!(
        server.asked()[0]
            .body()
            .contains(r#""related_invoice_id":"78""#)
    );
}

#[test]
fn an_old_token_is_renewed_once_and_no_secret_is_shown() {
    let tokens = Server::new(vec![
        say(200, r#"{"access_token":"tok-old","expires_in":3600}"#),
        say(200, r#"{"access_token":"tok-new","expires_in":3600}"#),
    ]);
    let server = Server::new(vec![
        say(401, ""),
        say(201, r#"{"invoiceid":"78"}"#),
        say(401, ""),
    ]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, "s3cret-value\n").expect("written");
    let portal = open(&format!(
        "portal = \"LEDES API\"\nway = \"api\"\nurl = \"{}\"\nsign_in = {{ kind = \"oauth2\", token_url = \"{}/token\", client_id = \"firm\", client_secret = {{ file = \"{}\" }} }}",
        server.url,
        tokens.url,
        file.display()
    ));
    wait(portal.submit(&submission())).expect("taken");
    assert!(
        tokens.asked()[0]
            .body()
            .contains("client_secret=s3cret-value")
    );
    let sent = server.asked();
    assert!(sent[0].headers.contains("tok-old") && sent[1].headers.contains("tok-new"));
    // The tokens' server has nothing more to say.
    let error = wait(portal.submit(&submission())).expect_err("no token");
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("s3cret") && !shown.contains("tok-"),
        "{shown}"
    );
}

#[test]
fn the_status_of_an_invoice() {
    let body = r#"{"invoiceid":"78","vendor_invoice_number":"AW-2041","invoice_status":"SENT_TO_AP","original_total":"1478.60",
        "approved_total":"1400.00","adjustments":[{"adjustment_amount":"78.60","adjustment_reason":"Block billing"}],"payments":[],"surprise":1}"#;
    let server = Server::new(vec![say(200, body), say(404, ""), say(500, "")]);
    let portal = at(&server);
    let handle = Handle {
        portal_id: Some("7/8".to_owned()),
        ..Handle::default()
    };
    let Asked::Here(report) = wait(portal.ask(&handle)).expect("an answer") else {
        panic!("it is there");
    };
    assert_eq!(report.outcome, Outcome::Reduced);
    assert!(report.doubts.is_empty(), "{:?}", report.doubts);
    assert_eq!(report.evidence.body, body.as_bytes());
    assert_eq!(server.asked()[0].line, "GET /invoices/7%2F8 HTTP/1.1");
    assert_eq!(wait(portal.ask(&handle)).expect("an answer"), Asked::Absent);
    let failed = wait(portal.ask(&handle)).expect_err("a failure");
    assert!(!failed.leaves_doubt(), "{failed}");
    let unknown = wait(portal.ask(&Handle::default())).expect("an answer");
    assert_eq!(unknown, Asked::CannotSay);
}

#[test]
fn after_failures_in_a_row_the_portal_is_left_alone() {
    let server = Server::new(vec![say(500, ""); 6]);
    let portal = at(&server);
    let handle = Handle {
        portal_id: Some("1".to_owned()),
        ..Handle::default()
    };
    for _ in 0..5 {
        wait(portal.ask(&handle)).expect_err("a failure");
    }
    let error = wait(portal.ask(&handle)).expect_err("left alone");
    assert!(
        matches!(
            error,
            PortalError::Busy {
                retry_after: Some(_)
            }
        ),
        "{error}"
    );
    assert_eq!(server.asked().len(), 5);
}
