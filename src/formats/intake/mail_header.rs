//! Texts that begin with the header of a mail.

/// Header fields a mail begins with. Sources: RFC 5322 section 3.6, RFC 2045 section 3.
const FIELDS: &[&str] = &[
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "from",
    "to",
    "cc",
    "bcc",
    "date",
    "subject",
    "received",
    "message-id",
    "return-path",
    "delivered-to",
    "reply-to",
    "sender",
    "in-reply-to",
    "references",
    "dkim-signature",
    "authentication-results",
    "user-agent",
    "importance",
    "thread-topic",
    "thread-index",
];

/// Fields that only mails have: one of them is enough.
const CERTAIN: &[&str] = &[
    "mime-version",
    "content-type",
    "received",
    "message-id",
    "return-path",
];

/// True where the text begins with the header of a mail. `Date: ...` alone may begin any letter, so that
/// one field only mails have or two others are asked for.
pub fn is_mail(text: &str) -> bool {
    let text = match mbox_line(text) {
        0 => text,
        length => &text[length..],
    };
    let mut known = 0;
    for line in text.lines().take(200) {
        if line.starts_with([' ', '\t']) && known > 0 {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else {
            return false;
        };
        let name = name.trim_end();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return false;
        }
        let is = |list: &[&str]| list.iter().any(|f| f.eq_ignore_ascii_case(name));
        if is(CERTAIN) {
            return true;
        }
        // A header may begin with fields of the mail servers' own: X-..., ARC-...
        known += usize::from(is(FIELDS));
        if known == 2 {
            return true;
        }
    }
    false
}

/// The length of the line `From person@firm.example Mon Jan 5 09:00:00 2026` that mailbox files put
/// before each mail; 0 where there is none.
pub fn mbox_line(text: &str) -> usize {
    match text.split_once('\n') {
        Some((line, _)) if line.starts_with("From ") && line.contains('@') => line.len() + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_mails_are_known() {
        assert!(is_mail("MIME-Version: 1.0\n"));
        assert!(is_mail("content-type: text/plain"));
        assert!(is_mail(
            "X-Spam: no\nDate: today\n +0000\nSubject: March\n\n"
        ));
        assert!(is_mail(
            "From a@b.example Mon\nFrom: a@b.example\nTo: c\n\n"
        ));
        for text in [
            "Date: 5 January 2026\nDear client\n",
            "LEDES1998B[]\nMIME-Version: 1.0\n",
            "INVOICE_DATE|A: b\n",
            ": \nMIME-Version: 1.0",
            "",
        ] {
            assert!(!is_mail(text), "{text:?}");
        }
    }
}
