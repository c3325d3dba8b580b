//! Agreed upload: the agreement's fields, answers and words.

use super::server::{Server, say};
use super::{open, submission, wait};
use cleanbill::model::{Attachment, Outcome};
use cleanbill::portals::{Asked, Handle, Portal, PortalError};

fn account(server: &Server) -> String {
    format!(
        r#"portal = "Collaborati"
way = "agreed"
url = "{}"
sign_in = {{ kind = "basic", user = "firm", password = {{ env = "PATH" }} }}
[account.one.settings]
check = "hello"
words = {{ "With Counsel" = "action-required" }}
[account.one.settings.submit]
path = "upload"
file_field = "invoice"
attachment_field = "backup"
fields = {{ number = "{{invoice_number}}", amount = "{{total}} {{currency}}" }}
id = "/confirmation"
errors = "/problems"
[account.one.settings.status]
path = "status/{{portal_id}}"
word = "/state"
approved_total = "/approved"
original_total = "/billed"
[account.one.settings.find]
path = "search?number={{invoice_number}}"
at = "/found"
word = "/state"
id = "/id"
"#,
        server.url
    )
}

#[test]
fn fields_and_files_as_agreed() {
    let server = Server::new(vec![
        say(200, r#"{"confirmation":"C-1"}"#),
        say(422, r#"{"problems":["unknown matter","sum"]}"#),
        say(418, "{}"),
        say(200, "{}"),
    ]);
    let portal = open(&account(&server));
    let mut with_receipt = submission();
    with_receipt.attachments.push(Attachment {
        name: "receipt.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: b"%PDF-1.7".to_vec(),
        item: Some("3".to_owned()),
    });
    let receipt = wait(portal.submit(&with_receipt)).expect("taken");
    assert_eq!(receipt.portal_id.as_deref(), Some("C-1"));
    let asked = &server.asked()[0];
    let body = asked.body();
    for part in [
        "AW-2041",
        "1478.60 USD",
        "LEDES1998B[]",
        "filename=\"receipt.pdf\"",
        "%PDF-1.7",
    ] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    assert!(
        asked
            .headers
            .to_lowercase()
            .contains("authorization: basic")
    );
    let Err(PortalError::Refused { remarks, .. }) = wait(portal.submit(&submission())) else {
        panic!("refused");
    };
    assert_eq!(remarks[1].text, "sum");
    for _ in 0..2 {
        let error = wait(portal.submit(&submission())).expect_err("not agreed");
        assert!(error.leaves_doubt(), "{error}");
    }
}

#[test]
fn words_are_those_of_the_portal_and_of_the_agreement() {
    let server = Server::new(vec![
        say(
            200,
            r#"{"state":"Approved","billed":"100.00","approved":90}"#,
        ),
        say(200, r#"{"state":"with counsel"}"#),
        say(200, r#"{"state":"Shelved"}"#),
        say(404, "{}"),
        say(200, r#"{"found":[]}"#),
        say(200, r#"{"found":[{"state":"Rejected","id":7}]}"#),
        say(
            200,
            r#"{"found":[{"state":"Rejected","id":7},{"state":"Paid","id":8}]}"#,
        ),
    ]);
    let portal = open(&account(&server));
    let by_id = Handle {
        portal_id: Some("C-1".to_owned()),
        ..Handle::default()
    };
    for (outcome, doubts) in [
        (Outcome::Reduced, 0),
        (Outcome::ActionRequired, 0),
        (Outcome::Unknown, 1),
    ] {
        let Asked::Here(report) = wait(portal.ask(&by_id)).expect("an answer") else {
            panic!("it is there");
        };
        assert_eq!((report.outcome, report.doubts.len()), (outcome, doubts));
    }
    assert_eq!(wait(portal.ask(&by_id)).expect("an answer"), Asked::Absent);
    let by_number = Handle {
        invoice_number: "AW 2041".to_owned(),
        ..Handle::default()
    };
    assert_eq!(
        wait(portal.ask(&by_number)).expect("an answer"),
        Asked::Absent
    );
    assert_eq!(
        server.asked()[4].line,
        "GET /search?number=AW%202041 HTTP/1.1"
    );
    let Asked::Here(report) = wait(portal.ask(&by_number)).expect("an answer") else {
        panic!("it is there");
    };
    assert_eq!(
        (report.outcome, report.portal_id.as_deref()),
        (Outcome::Rejected, Some("7"))
    );
    wait(portal.ask(&by_number)).expect_err("two of them");
}
