use super::books::{HEAD, book, text_row};
use super::*;

/// A mail of CounselLink with files, each in base64.
fn mail_with(proof: &str, text: &str, files: &[(&str, Vec<u8>)]) -> Heard {
    use base64::Engine;
    let mut mail = format!(
        "Authentication-Results: mx.firm.example; {proof}\r\nFrom: no-reply@counsellink.example\r\nMessage-ID: <7@x>\r\n\
         Date: Tue, 7 Apr 2026 10:00:00 -0500\r\nSubject: Report\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
    );
    for (name, bytes) in files {
        let body = base64::engine::general_purpose::STANDARD.encode(bytes);
        mail += &format!(
            "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{body}\r\n"
        );
    }
    mail += "--b--\r\n";
    hear(None, "a.eml", mail.as_bytes())
}

#[test]
fn tables_in_a_mail_are_read_as_files_are_and_believed_as_the_mail_is() {
    let proven = "dkim=pass header.d=counsellink.example";
    let cuts = |portal: &str| {
        format!("{ADJUSTMENTS}{portal},A-1,2,2026-01-01,,1.00,0.50,USD,a,b,c,2026-01-01\n")
            .into_bytes()
    };
    let workbook = book(
        &[
            text_row(1, &HEAD),
            text_row(2, &["A-2", "3", "450", "400", "x", "Approved"]),
        ]
        .concat(),
    );
    let letter = "Dear colleagues,\r\nthe report of this week is attached.\r\n";
    let files = [
        ("adjustments.csv", cuts("CounselLink")),
        ("charges.xlsx", workbook.clone()),
        ("invoice.txt", b"LEDES1998B[]".to_vec()),
        ("logo.png", vec![1, 2, 3]),
    ];
    let heard = mail_with(proven, letter, &files);
    assert_eq!(
        outcomes(&heard),
        [("A-1", Outcome::Reduced), ("A-2", Outcome::Reduced)],
        "{heard:?}"
    );
    assert!(heard.told.iter().all(|t| t.doubts.is_empty()), "{heard:?}");
    assert!(
        heard.told[0]
            .place
            .starts_with("a.eml, attachment adjustments.csv"),
        "{heard:?}"
    );
    // What the letter itself says of an invoice counts too.
    let said = mail_with(proven, "Invoice A-9\r\nStatus: Rejected\r\n", &files[..1]);
    assert_eq!(
        outcomes(&said),
        [("A-1", Outcome::Reduced), ("A-9", Outcome::Rejected)],
        "{said:?}"
    );
    // Nobody has proven the sender; a table speaks for another portal.
    let forged = mail_with("dkim=fail", letter, &files);
    let waits = |heard: &Heard, why: &str| {
        let all = heard.told.iter();
        all.filter(|t| t.doubts.iter().any(|d| d.contains(why)))
            .count()
    };
    assert_eq!(waits(&forged, "not proven"), 2, "{forged:?}");
    let other = mail_with(proven, letter, &[("a.csv", cuts("Collaborati"))]);
    assert_eq!(waits(&other, "the mail is of CounselLink"), 1, "{other:?}");
    // The same limits, each with its place.
    let torn = [
        ("a.xlsx", workbook[..40].to_vec()),
        ("b.csv", b"x,y\n1,2\n".to_vec()),
    ];
    let torn = mail_with(proven, letter, &torn);
    let places: Vec<&str> = torn.mistakes.iter().map(|m| m.place.as_str()).collect();
    assert_eq!(
        places,
        ["a.eml, attachment a.xlsx", "a.eml, attachment b.csv"],
        "{torn:?}"
    );
    let many: Vec<(&str, Vec<u8>)> = (0..60).map(|_| ("a.csv", cuts("CounselLink"))).collect();
    let many = mail_with(proven, letter, &many);
    assert_eq!(many.told.len(), 50);
    assert!(many.mistakes[0].to_string().contains("at most 50 tables"));
}
