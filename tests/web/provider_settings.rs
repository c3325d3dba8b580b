//! Settings of the identity provider that cannot be.

use crate::firm::{Backend, Firm};
use crate::identity::{Identity, SECRET};
use crate::provider::KEY;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What is wrong in the settings is said when the server starts, and where to mend it.
#[test]
fn wrong_settings_are_told_at_the_start() {
    let firm = Firm::on(Backend::Sqlite).expect("SQLite");
    let identity = Identity::new();
    let refused = |settings: &str, secret: &str, why: &str| {
        firm.file("settings", settings);
        let began = Instant::now();
        let mut command = firm.command("nobody");
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env(KEY.0, secret);
        let said = command.output().expect("it runs");
        let wrong = String::from_utf8_lossy(&said.stderr).into_owned();
        assert_eq!(said.status.code(), Some(2), "{settings}: {wrong}");
        assert!(wrong.contains(why), "\"{why}\" is not in: {wrong}");
        assert!(!wrong.contains(SECRET) && began.elapsed() < Duration::from_secs(60));
    };
    let whole = identity.settings("");
    let without = |setting: &str| {
        let lines = whole.lines().filter(|l| !l.starts_with(setting));
        lines.collect::<Vec<_>>().join("\n")
    };
    refused(
        &whole,
        "",
        "needs oidc_secret (in the environment, CLEANBILL_OIDC_SECRET)",
    );
    refused(&without("oidc_client"), SECRET, "needs oidc_client as well");
    refused(&without("oidc_issuer"), SECRET, "needs oidc_issuer as well");
    refused(
        &without("public_address"),
        SECRET,
        "needs public_address as well",
    );
    refused(
        "oidc_claim = \"upn\"",
        "",
        "oidc_claim: signing in by an identity provider needs",
    );
    refused(
        "passwords_only_for = \"root\"",
        "",
        "passwords_only_for: signing in by",
    );
    refused(
        &identity.settings("oidc_claim = \"nickname\""),
        SECRET,
        "one of email, preferred_username, upn, sub",
    );
    refused(
        &identity.settings("oidc_authority = \"nowhere.pem\""),
        SECRET,
        "oidc_authority: ",
    );
    refused(
        &whole.replace(
            "oidc_issuer = \"http://127.0.0.1",
            "oidc_issuer = \"http://id.example",
        ),
        SECRET,
        "is not encrypted",
    );
    refused(
        &whole.replace("http://localhost", "http://bills.firm.example"),
        SECRET,
        "public_address: ",
    );
    refused(
        &whole.replace("http://localhost:8347", "https://bills.firm.example"),
        SECRET,
        "or say --behind-proxy",
    );
    let elsewhere = whole.replace("\"\noidc_client", "/realms/none\"\noidc_client");
    refused(&elsewhere, SECRET, "(status 404)");
    refused(
        &(whole.clone() + "oidc_secret = \"x\""),
        SECRET,
        "a secret does not belong in a file",
    );
    let says = |name: &'static str, value: Value, why: &str| {
        identity.does().says.clear();
        identity.does().says.insert(name, value);
        refused(&whole, SECRET, why);
    };
    says(
        "issuer",
        json!("https://id.example"),
        "not what the provider calls itself",
    );
    says("token_endpoint", Value::Null, "names no token_endpoint");
    says(
        "token_endpoint",
        json!("http://id.example/token"),
        "is not encrypted",
    );
    says(
        "token_endpoint_auth_methods_supported",
        json!(["private_key_jwt"]),
        "takes no client secret",
    );
    says(
        "jwks_uri",
        Value::Null,
        "no provider this program can work with",
    );
}
