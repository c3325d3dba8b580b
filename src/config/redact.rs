//! Addresses as they may be shown.

use url::Url;

/// What stands in the place of a secret.
const HIDDEN: &str = "***";

/// Parameters of a database's address in which no secret stands.
const OPEN: [&str; 7] = [
    "application_name",
    "dbname",
    "host",
    "port",
    "sslmode",
    "sslrootcert",
    "user",
];

/// Parameters that are named, but not what they say.
const NAMED: [&str; 5] = ["options", "password", "sslcert", "sslkey", "sslpassword"];

/// An address of a server whose two strokes were forgotten: no path, and perhaps with a password in it.
pub fn is_mistyped(text: &str) -> bool {
    text.starts_with("postgres") && text.contains('@') && !text.contains("://")
}

/// A path as it is; an address without the password and whatever else may be one.
pub fn address(text: &str) -> String {
    if !text.contains("://") && !is_mistyped(text) {
        return text.to_owned();
    }
    // Which part of something unreadable is the secret, nobody can say.
    let unreadable = || format!("(an address that cannot be read: {HIDDEN})");
    let Some(mut url) = Url::parse(text).ok().filter(Url::has_host) else {
        return unreadable();
    };
    // An @ behind the host: a password with a stroke in it was cut in two.
    let behind = [
        url.path(),
        url.query().unwrap_or(""),
        url.fragment().unwrap_or(""),
    ];
    if behind.iter().any(|part| part.contains('@')) {
        return unreadable();
    }
    if url.password().is_some() && url.set_password(Some(HIDDEN)).is_err() {
        return unreadable();
    }
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| match &*name {
            open if OPEN.contains(&open) => (name.into_owned(), value.into_owned()),
            known if NAMED.contains(&known) => (name.into_owned(), HIDDEN.to_owned()),
            _ => (HIDDEN.to_owned(), HIDDEN.to_owned()),
        })
        .collect();
    if url.query().is_some() {
        url.query_pairs_mut().clear().extend_pairs(pairs);
    }
    if url.fragment().is_some() {
        url.set_fragment(Some(HIDDEN));
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::address;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_secret_is_shown() {
        for (text, shown) in [
            ("/srv/c.db", "/srv/c.db"),
            ("sqlite:c.db", "sqlite:c.db"),
            (
                "postgres://ann@db:5432/bills",
                "postgres://ann@db:5432/bills",
            ),
            (
                "postgres://ann:pw@db/bills?sslmode=require",
                "postgres://ann:***@db/bills?sslmode=require",
            ),
            (
                "postgres://db/bills?user=ann&password=pw",
                "postgres://db/bills?user=ann&password=***",
            ),
        ] {
            assert_eq!(address(text), shown);
        }
    }

    proptest! {
        #[test]
        fn no_secret_is_shown(noise in "[!-~]{0,12}", place in 0..7) {
            let secret = format!("{noise}MARKER{noise}");
            let text = match place {
                0 => format!("postgres://ann:{secret}@db/bills"),
                1 => format!("postgres://ann:{secret}@db:5432/bills?sslmode=require"),
                2 => format!("postgresql://db/bills?password={secret}"),
                3 => format!("postgres://ann@db/bills?sslpassword={secret}&sslmode=require"),
                4 => format!("postgres://ann@db/bills?{secret}"),
                5 => format!("postgres://:{secret}@db/bills"),
                _ => format!("postgres://ann@db/bills#{secret}"),
            };
            prop_assert!(!address(&text).contains("MARKER"), "{} shows as {}", text, address(&text));
        }
    }
}
