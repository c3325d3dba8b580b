use super::*;
use rust_decimal::dec;

#[test]
fn a_mail_with_two_headings_is_an_answer_for_each_invoice() {
    let heard = mail(
        "tymetrixbilling@tymetrix.com",
        "TyMetrix Invoice Submission",
        "The following invoices passed the Initial Testing Process:\r\n\r\n  INV-100\r\n  INV-101\r\n\r\n\
         The following invoices failed the Initial Testing Process:\r\n\r\n  INV-102 - Timekeeper not found: line item 6\r\n  \
         INV-103\r\n    Law Firm ID (TIN) is missing from your invoice file\r\n    006: math error in a line item\r\n",
    );
    assert_eq!(
        outcomes(&heard),
        [
            ("INV-100", Outcome::Acknowledged),
            ("INV-101", Outcome::Acknowledged),
            ("INV-102", Outcome::Rejected),
            ("INV-103", Outcome::Rejected),
        ]
    );
    assert!(heard.told.iter().all(|t| t.doubts.is_empty()), "{heard:?}");
    let error = &heard.told[2].report.errors[0];
    assert_eq!(
        (error.text.as_str(), error.item.as_deref()),
        ("Timekeeper not found: line item 6", Some("6"))
    );
    assert_eq!(heard.told[3].report.errors.len(), 2);
    // Each is kept with its own lines: the others may be another client's.
    let kept = String::from_utf8_lossy(&heard.told[3].report.evidence.body);
    assert!(
        kept.contains("INV-103") && kept.contains("006: math"),
        "{kept}"
    );
    assert!(
        !kept.contains("INV-102") && !kept.contains("INV-100"),
        "{kept}"
    );
    assert!(
        heard.told[3].report.errors[0]
            .text
            .starts_with("Law Firm ID")
    );
}

#[test]
fn each_portals_mail_is_read_as_far_as_its_words_are_known() {
    let heard = mail(
        "tymetrixbilling@tymetrix.com",
        "Budget Approved Doe v. Roe Stillwater LLP",
        "x",
    );
    assert!(heard.told.is_empty() && heard.mistakes.is_empty());
    for (from, subject, text, number, outcome) in [
        (
            "tymetrixbilling@tymetrix.com",
            "Invoice approved with adjustments",
            "Invoice Number: A-7\nReason: block billing",
            "A-7",
            Outcome::Reduced,
        ),
        (
            "no-reply@counsellink.example",
            "Invoice A-8 rejected",
            "Reject reason: missing task code\nClient: C1",
            "A-8",
            Outcome::Rejected,
        ),
        (
            "no-reply@counsellink.example",
            "Your files",
            "Confirmation number: 77\nInvoice: A-9",
            "A-9",
            Outcome::Received,
        ),
        (
            "x@legal-x.example",
            "More info required",
            "Invoice # 4711 is waiting for you.",
            "4711",
            Outcome::ActionRequired,
        ),
        (
            "alerts@acuity.example",
            "Upload results",
            "Invoice A-3: 2 critical exceptions, 3 non-critical exceptions",
            "A-3",
            Outcome::Rejected,
        ),
        (
            "alerts@acuity.example",
            "Upload results",
            "Invoice A-3\nCritical exceptions: 0\nNon-critical exceptions: 3",
            "A-3",
            Outcome::Received,
        ),
        (
            "notify@tracker.example",
            "Invoice A-5 has been disputed",
            "Comment: who was on the call?",
            "A-5",
            Outcome::ActionRequired,
        ),
        (
            "notify@tracker.example",
            "Invoice A-5",
            "Status: Reduced and approved\nInvoice total: $1,200.00\nApproved amount: $1,000.00",
            "A-5",
            Outcome::Reduced,
        ),
    ] {
        let heard = mail(from, subject, text);
        assert_eq!(
            outcomes(&heard),
            [(number, outcome)],
            "{subject}: {heard:?}"
        );
        assert!(heard.told[0].doubts.is_empty(), "{subject}: {heard:?}");
    }
    let cut = mail(
        "notify@tracker.example",
        "Invoice A-5 reduced",
        "Invoice total: $1,200.00\nApproved amount: $1,000.00",
    );
    let report = &cut.told[0].report;
    assert_eq!(
        (report.original_total, report.approved_total),
        (Some(dec!(1200.00)), Some(dec!(1000.00)))
    );
}

#[test]
fn what_is_not_proven_or_not_understood_is_a_doubt() {
    let forged = "From: tymetrixbilling@tymetrix.com\r\nAuthentication-Results: mx.firm.example; dkim=none; spf=fail \
                  smtp.mailfrom=evil.example\r\nSubject: Invoice A-1 rejected\r\n\r\nInvoice A-1 rejected\r\n";
    let heard = hear(None, "f.eml", forged.as_bytes());
    assert!(
        heard.told[0].doubts[0].contains("neither DKIM nor SPF of tymetrix.com"),
        "{heard:?}"
    );
    let stranger = mail(
        "somebody@else.example",
        "Invoice A-1 rejected",
        "Invoice A-1 rejected",
    );
    assert!(
        stranger.told[0].doubts[0].contains("is on no list of senders"),
        "{stranger:?}"
    );
    let vague = mail(
        "notify@tracker.example",
        "News",
        "Log in to see more: https://evil.example/invoice/A-1",
    );
    assert!(
        vague.told[0].doubts[0].contains("no word in it"),
        "{vague:?}"
    );
    let page = "Authentication-Results: mx.firm.example; dkim=pass header.d=tracker.example\r\nFrom: notify@tracker.example\r\n\
                Subject: News\r\nContent-Type: text/html\r\n\r\n<p>Invoice A-1 rejected</p>\r\n";
    let heard = hear(None, "h.eml", page.as_bytes());
    assert!(
        heard.told[0].doubts[0].contains("no plain text"),
        "{heard:?}"
    );
}
