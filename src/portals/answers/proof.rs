//! Whether a mail is from whom it says: what the firm's own mail server wrote into Authentication-Results (RFC 8601).

use mail_parser::{HeaderName, HeaderValue, Message};

/// The address a mail is from, in small letters.
///
/// # Errors
/// It has none, or several: then nobody knows whom to believe.
pub fn sender(message: &Message<'_>) -> Result<String, String> {
    let mut all = message.header_values(HeaderName::From);
    let (Some(HeaderValue::Address(from)), None) = (all.next(), all.next()) else {
        return Err("the mail has no sender, or several".to_owned());
    };
    let mut addresses = from.iter();
    match (addresses.next().and_then(|a| a.address()), addresses.next()) {
        (Some(address), None) => Ok(address.trim().to_lowercase()),
        _ => Err("the mail has no sender, or several".to_owned()),
    }
}

/// The domain of an address.
fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(_, d)| d)
}

/// One domain, or one below the other.
fn aligned(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let below = |a: &str, b: &str| a.strip_suffix(b).is_some_and(|rest| rest.ends_with('.'));
    // A bare end such as "com" is nobody's.
    let real = one.contains('.') && other.contains('.');
    real && (one == other || below(&one, &other) || below(&other, &one))
}

/// Whether the firm's mail server has found the sender's domain proven, by its signature or by where the mail came from.
///
/// # Errors
/// It has not; says why.
pub fn prove(message: &Message<'_>, sender: &str, server: Option<&str>) -> Result<(), String> {
    let Some(server) = server else {
        return Err(
            "the sender is not proven: name the firm's own mail server in the accounts ([mail] server = \"...\")".to_owned(),
        );
    };
    // Servers add theirs on top: whatever stands below the first of this name may have come with the mail.
    let results = message
        .headers_raw()
        .filter(|(name, _)| name.eq_ignore_ascii_case("Authentication-Results"))
        .map(|(_, value)| without_comments(value))
        .find(|value| server_of(value).eq_ignore_ascii_case(server));
    let Some(results) = results else {
        return Err(format!(
            "the sender is not proven: the mail has no Authentication-Results of {server}"
        ));
    };
    let wanted = domain(sender);
    let proven = results.split(';').skip(1).any(|result| {
        let mut words = result.split_whitespace();
        let method = words.next().unwrap_or("").to_lowercase();
        let properties: Vec<(String, &str)> = words
            .filter_map(|w| w.split_once('='))
            .map(|(name, value)| (name.to_lowercase(), value.trim_matches('"')))
            .collect();
        let says = |names: &[&str]| {
            properties
                .iter()
                .filter(|(name, _)| names.contains(&name.as_str()))
                .any(|(_, value)| aligned(domain(value.trim_start_matches('@')), wanted))
        };
        match method.as_str() {
            "dkim=pass" => says(&["header.d", "header.i"]),
            "spf=pass" => says(&["smtp.mailfrom"]),
            "dmarc=pass" => says(&["header.from"]),
            _ => false,
        }
    });
    if proven {
        return Ok(());
    }
    Err(format!(
        "the sender is not proven: neither DKIM nor SPF of {wanted} passed at {server}"
    ))
}

/// The server a header is of.
fn server_of(value: &str) -> &str {
    let first = value.split(';').next().unwrap_or("");
    first.split_whitespace().next().unwrap_or("")
}

/// A header without what stands in round brackets, which may nest.
fn without_comments(value: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::MessageParser;

    fn proven(headers: &str) -> Result<(), String> {
        let mail = format!("{headers}Subject: x\r\n\r\ntext\r\n");
        let message = MessageParser::new().parse(mail.as_bytes()).expect("a mail");
        let from = sender(&message)?;
        prove(&message, &from, Some("mx.firm.example"))
    }

    #[test]
    fn only_the_firms_own_server_proves_a_sender() {
        let from = "From: Billing <bills@portal.example>\r\n";
        for (results, right) in [
            ("mx.firm.example; dkim=pass header.d=portal.example", true),
            (
                "mx.firm.example;\r\n dkim=pass (2048-bit key) header.i=@mail.portal.example",
                true,
            ),
            (
                "mx.firm.example; spf=pass smtp.mailfrom=bounce@portal.example",
                true,
            ),
            (
                "mx.firm.example; dmarc=pass header.from=portal.example",
                true,
            ),
            ("mx.firm.example; dkim=fail header.d=portal.example", false),
            ("mx.firm.example; dkim=pass header.d=evil.example", false),
            (
                "mx.firm.example; dkim=pass header.d=evilportal.example",
                false,
            ),
            (
                "mx.firm.example; spf=softfail smtp.mailfrom=portal.example",
                false,
            ),
            (
                "mx.firm.example; none (dkim=pass header.d=portal.example)",
                false,
            ),
            ("mx.evil.example; dkim=pass header.d=portal.example", false),
            (
                "mx.firm.example.evil.example; dkim=pass header.d=portal.example",
                false,
            ),
        ] {
            let told = proven(&format!("Authentication-Results: {results}\r\n{from}"));
            assert_eq!(told.is_ok(), right, "{results}: {told:?}");
        }
        assert!(proven(from).is_err());
        // The first of the server's own counts: a second came with the mail.
        let two = format!(
            "Authentication-Results: mx.firm.example; dkim=fail header.d=portal.example\r\n\
             Authentication-Results: mx.firm.example; dkim=pass header.d=portal.example\r\n{from}"
        );
        assert!(proven(&two).is_err());
    }

    #[test]
    fn a_mail_with_two_senders_is_nobodys() {
        for from in [
            "From: a@portal.example, b@evil.example\r\n",
            "From: a@portal.example\r\nFrom: b@evil.example\r\n",
            "",
        ] {
            assert!(proven(from).is_err(), "{from}");
        }
        let named = "From: \"bills@portal.example\" <x@evil.example>\r\n";
        let mail = format!("{named}\r\ntext");
        let message = MessageParser::new().parse(mail.as_bytes()).expect("a mail");
        assert_eq!(sender(&message), Ok("x@evil.example".to_owned()));
    }
}
