//! The practice portals, asked by a plain HTTP client that knows nothing of this crate.

mod conformance;
mod files;
mod manners;
mod money;
mod portals;
mod tls;

use cleanbill::sandbox::{self, Running, Settings};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use std::sync::Once;

/// rustls wants a provider of cryptography once a process.
pub(crate) fn client() -> Client {
    provider();
    let built = Client::builder().no_proxy().build();
    built.expect("a client")
}

pub(crate) fn provider() {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

pub(crate) async fn started(settings: &str) -> Running {
    let settings = Settings::parse(settings).expect("settings");
    sandbox::start(settings).await.expect("a sandbox")
}

/// A LEDES API portal named `p` that belongs to two firms and a stranger.
pub(crate) fn ledes_api(more: &str) -> String {
    format!(
        "seed = 7\n[[portal]]\nname = \"p\"\nkind = \"ledes-api\"\n\
         account = [{{ id = \"hv\", secret = \"s1\", firm_id = \"98-7654321\" }},\n\
         {{ id = \"other\", secret = \"s2\" }},\n\
         {{ id = \"away\", secret = \"s3\", business = \"elsewhere\" }},\n\
         {{ id = \"mute\", secret = \"s4\", may_post = false }}]\n{more}"
    )
}

/// A firm's plain way to a LEDES API portal.
pub(crate) struct Firm {
    pub(crate) http: Client,
    pub(crate) base: String,
    pub(crate) token: String,
}

impl Firm {
    pub(crate) async fn new(http: Client, running: &Running, id: &str, secret: &str) -> Self {
        let origin = running.origin("p").expect("the portal");
        let asked = http
            .post(format!("{origin}/oauth2/token"))
            .form(&[
                ("grant_type", "client_credentials"),
                ("client_id", id),
                ("client_secret", secret),
            ])
            .send()
            .await
            .expect("an answer");
        assert_eq!(asked.status(), 200);
        let token: Value = asked.json().await.expect("JSON");
        assert_eq!(token["token_type"], "Bearer");
        Self {
            http,
            base: running.base("p").expect("the portal").to_owned(),
            token: token["access_token"].as_str().expect("a token").to_owned(),
        }
    }

    pub(crate) async fn of(running: &Running) -> Self {
        Self::new(client(), running, "hv", "s1").await
    }

    pub(crate) async fn try_post(
        &self,
        about: &Value,
        file: &[u8],
        media: &str,
    ) -> reqwest::Result<Response> {
        let about = Part::text(about.to_string()).mime_str("application/json");
        let file = Part::bytes(file.to_vec()).file_name("invoice");
        let form = Form::new()
            .part("invoice", about.expect("a type"))
            .part("ledesfile", file.mime_str(media).expect("a type"));
        let post = self.http.post(format!("{}/invoices", self.base));
        post.bearer_auth(&self.token).multipart(form).send().await
    }

    pub(crate) async fn post(&self, about: &Value, file: &[u8]) -> (u16, Value) {
        let media = about["ledes_file_media_type"].as_str();
        let media = media.or(about["ledesFileMediaType"].as_str());
        let media = media
            .filter(|m| m.contains('/'))
            .unwrap_or("text/plain")
            .to_owned();
        let answer = self.try_post(about, file, &media).await.expect("an answer");
        said(answer).await
    }

    /// Posts a 1998B file of that number.
    pub(crate) async fn send(&self, number: &str) -> (u16, Value) {
        self.post(&about("LEDES98B"), files::pipe(number).as_bytes())
            .await
    }

    pub(crate) async fn get(&self, id: &str) -> (u16, Value) {
        let get = self.http.get(format!("{}/invoices/{id}", self.base));
        said(
            get.bearer_auth(&self.token)
                .send()
                .await
                .expect("an answer"),
        )
        .await
    }
}

pub(crate) async fn said(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("a body");
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

/// What is said of a file when it is posted.
pub(crate) fn about(format: &str) -> Value {
    let media = if format.contains("XML") || format == "LEDES2000" {
        "application/xml"
    } else {
        "text/plain"
    };
    json!({
        "ledes_format": format, "encrypted": false, "ledes_filename": "INV-1.txt",
        "ledes_file_media_type": media, "invoice_type": "INVOICE",
    })
}
