//! Addresses as they may be shown.

use url::Url;

/// What stands in the place of a secret.
const HIDDEN: &str = "***";

/// Parameters of a database's address in which no secret stands.
const OPEN_PARAMETERS: [&str; 7] = [
    "application_name",
    "dbname",
    "host",
    "port",
    "sslmode",
    "sslrootcert",
    "user",
];

/// A path as it is; an address without the password and whatever else may be one.
pub fn address(text: &str) -> String {
    if !text.contains("://") {
        return text.to_owned();
    }
    let scheme = text.split("://").next().unwrap_or_default();
    let plain = scheme
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '+');
    let Some(mut url) = Url::parse(text).ok().filter(|u| plain && u.has_host()) else {
        // Which part of something unreadable is the secret, nobody can say.
        return format!("(an address that cannot be read: {HIDDEN})");
    };
    if url.password().is_some() && url.set_password(Some(HIDDEN)).is_err() {
        return HIDDEN.to_owned();
    }
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| {
            if OPEN_PARAMETERS.contains(&&*name) {
                (name.into_owned(), value.into_owned())
            } else if value.is_empty() {
                // A parameter without a value may be all secret.
                (HIDDEN.to_owned(), String::new())
            } else {
                (name.into_owned(), HIDDEN.to_owned())
            }
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
            // What splits an address anywhere else was no password in it to begin with.
            let elsewhere = noise.contains(['/', '?', '#', '\\', '@', '&', '=', ':', '[', ']']);
            prop_assume!(!elsewhere || url::Url::parse(&text).is_err());
            prop_assert!(!address(&text).contains("MARKER"), "{} shows as {}", text, address(&text));
        }
    }
}
