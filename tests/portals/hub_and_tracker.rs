//! eBillingHub and Legal Tracker, as far as they are documented.

use super::server::{Server, say};
use super::{open, submission, wait};
use cleanbill::model::Outcome;
use cleanbill::portals::{Asked, Handle, Portal, PortalError};

#[test]
fn the_hub_gets_the_billing_systems_file() {
    let server = Server::new(vec![
        say(201, r#"{"SubmissionId":"S1","InvoiceId":"I1"}"#),
        say(200, r#"{"InvoiceId":"I1","CurrentHubStatus":"ebilled"}"#),
        say(200, "[]"),
    ]);
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key");
    std::fs::write(&key, "provider-key").expect("written");
    let portal = open(&format!(
        "portal = \"eBillingHub\"\nway = \"api\"\nurl = \"{}\"\nsettings = {{ files = \"{}\" }}\nsign_in = {{ kind = \"headers\", headers = {{ ProviderKey = {{ file = \"{}\" }} }} }}",
        server.url,
        folder.path().display(),
        key.display()
    ));
    let error = wait(portal.submit(&submission())).expect_err("no file yet");
    assert!(
        matches!(error, PortalError::Setup(_)) && server.asked().is_empty(),
        "{error}"
    );
    std::fs::write(folder.path().join("AW-2041.xml"), "<ubf>AW-2041</ubf>").expect("written");
    let receipt = wait(portal.submit(&submission())).expect("taken");
    assert_eq!(receipt.portal_id.as_deref(), Some("I1"));
    let asked = &server.asked()[0];
    assert_eq!(
        asked.line,
        "POST /submissions/api/v1/SubmissionRequests HTTP/1.1"
    );
    assert!(
        asked
            .headers
            .to_lowercase()
            .contains("providerkey: provider-key")
    );
    assert_eq!(asked.body(), "<ubf>AW-2041</ubf>");
    let handle = Handle {
        portal_id: receipt.portal_id,
        ..Handle::default()
    };
    let Asked::Here(report) = wait(portal.ask(&handle)).expect("an answer") else {
        panic!("it is there");
    };
    assert_eq!(report.outcome, Outcome::Acknowledged);
    let unknown = Handle {
        invoice_number: "AW-1".to_owned(),
        ..Handle::default()
    };
    assert_eq!(
        wait(portal.ask(&unknown)).expect("an answer"),
        Asked::Absent
    );
}

#[test]
fn legal_tracker_finds_the_matter_first() {
    let matters = r#"{"value":[{"id":41,"clientMatterNumber":"SF-LIT-7"},{"id":42,"clientMatterNumber":"X"}]}"#;
    let server = Server::new(vec![
        say(200, matters),
        say(201, r#"{"id":900}"#),
        say(200, r#"{"value":[]}"#),
        say(
            200,
            r#"{"id":900,"status":"Approved","adjustments":[{"amount":-55,"reason":"Fee - Excessive time","lineItemNumber":3}]}"#,
        ),
    ]);
    let portal = open(&format!(
        "portal = \"Legal Tracker\"\nway = \"api\"\nurl = \"{}\"\nsettings = {{ company_id = 12, firm_id = \"F\", firm_office_id = \"O\", type_id = \"T\", content_field = \"content\" }}",
        server.url
    ));
    let receipt = wait(portal.submit(&submission())).expect("taken");
    assert_eq!(receipt.portal_id.as_deref(), Some("900"));
    let sent = &server.asked()[1];
    assert!(sent.headers.to_lowercase().contains("company-id: 12"));
    assert!(sent.body().contains(r#""matterId":41"#) && sent.body().contains("TEVERVMxOTk4Qlt"));
    let error = wait(portal.submit(&submission())).expect_err("no such matter");
    assert!(
        error.to_string().contains("ask the client to assign it"),
        "{error}"
    );
    let handle = Handle {
        portal_id: receipt.portal_id,
        ..Handle::default()
    };
    let Asked::Here(report) = wait(portal.ask(&handle)).expect("an answer") else {
        panic!("it is there");
    };
    assert_eq!(report.outcome, Outcome::Reduced);
    assert_eq!(report.reductions[0].amount.to_string(), "55");
}
