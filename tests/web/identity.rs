//! A small identity provider of the tests' own, with keys made for each: it does what it should, or on request what none
//! ever should. It shares nothing with the program but what the standards say.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub const CLIENT: &str = "cleanbill";
pub const SECRET: &str = "sesame: open & shut";
pub const PUBLIC: &str = "http://localhost:8347";

/// How a token is signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Signed {
    /// As it should be.
    #[default]
    Well,
    /// `none`, and no signature.
    Not,
    /// HS256 with the client's secret.
    BySecret,
    /// HS256 with the bytes of the public key.
    ByPublicKey,
    /// By somebody else, who names our key.
    ByAnother,
    /// By somebody else, under a name nobody knows.
    ByStranger,
    /// By somebody else, whose key stands in the token's own head.
    WithOwnKey,
    /// By the right key, with a head that says it must be read in a way nobody knows.
    Critical,
}

/// A code that was given, and for what.
#[derive(Clone)]
struct Given {
    challenge: String,
    nonce: String,
    redirect: String,
    used: bool,
}

/// What it does.
pub struct Doing {
    pub signed: Signed,
    /// Claims beside or in the place of the usual ones; null takes one away.
    pub claims: BTreeMap<&'static str, Value>,
    /// The same of what it says of itself.
    pub says: BTreeMap<&'static str, Value>,
    /// What it tells those who ask for more; nothing is not found.
    pub more: Option<Value>,
    /// The status of every answer, in the place of the answer.
    pub status: Option<u16>,
    /// How long it takes over a token.
    pub slow: Duration,
    /// How often its keys were read.
    pub keys_read: usize,
    /// How often it was asked for a token.
    pub asked: usize,
    key: SigningKey,
    kid: String,
    codes: BTreeMap<String, Given>,
}

pub struct Identity {
    pub issuer: String,
    doing: Arc<Mutex<Doing>>,
}

fn chance() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("random numbers");
    bytes
}

fn hex() -> String {
    chance().iter().map(|b| format!("{b:02x}")).collect()
}

pub fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(now.expect("after 1970").as_secs()).expect("small")
}

fn put(map: &mut Map<String, Value>, over: &BTreeMap<&'static str, Value>) {
    for (name, value) in over {
        match value {
            Value::Null => drop(map.remove(*name)),
            value => drop(map.insert((*name).to_owned(), value.clone())),
        }
    }
}

/// The parameters of an address or form.
pub fn parameters(text: &str) -> BTreeMap<String, String> {
    let text = text.split_once('?').map_or(text, |(_, query)| query);
    url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

impl Identity {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let doing = Arc::new(Mutex::new(Doing {
            signed: Signed::Well,
            claims: BTreeMap::new(),
            says: BTreeMap::new(),
            more: None,
            status: None,
            slow: Duration::ZERO,
            keys_read: 0,
            asked: 0,
            key: SigningKey::from_bytes(&chance()),
            kid: hex(),
            codes: BTreeMap::new(),
        }));
        let (own, name) = (Arc::clone(&doing), issuer.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (own, name) = (Arc::clone(&own), name.clone());
                std::thread::spawn(move || serve(stream.expect("a connection"), &name, &own));
            }
        });
        Self { issuer, doing }
    }

    pub fn does(&self) -> MutexGuard<'_, Doing> {
        self.doing.lock().expect("no panic")
    }

    /// Does what it should again.
    pub fn behaves(&self) {
        let mut doing = self.does();
        doing.signed = Signed::Well;
        doing.claims.clear();
        doing.more = None;
        doing.status = None;
        doing.slow = Duration::ZERO;
    }

    /// Signs with another key from now on; the one before is no longer published.
    pub fn changes_its_key(&self) {
        let mut doing = self.does();
        doing.key = SigningKey::from_bytes(&chance());
        doing.kid = hex();
    }

    /// Somebody was sent here and let in: the address they are sent back to, without its host.
    pub fn lets_in(&self, sent: &str) -> String {
        assert!(
            sent.starts_with(&format!("{}/authorize?", self.issuer)),
            "{sent}"
        );
        let asked = parameters(sent);
        let text = |name: &str| asked.get(name).cloned().unwrap_or_default();
        assert_eq!(text("response_type"), "code");
        assert_eq!(text("client_id"), CLIENT);
        assert_eq!(text("code_challenge_method"), "S256");
        assert!(text("scope").split(' ').any(|s| s == "openid"), "{sent}");
        let code = hex();
        let given = Given {
            challenge: text("code_challenge"),
            nonce: text("nonce"),
            redirect: text("redirect_uri"),
            used: false,
        };
        assert!(!given.challenge.is_empty() && !given.nonce.is_empty());
        self.does().codes.insert(code.clone(), given.clone());
        let path = given.redirect.strip_prefix(PUBLIC);
        let path = path.expect("the address of the settings");
        let back = [
            ("code", code.as_str()),
            ("state", &text("state")),
            ("iss", &self.issuer),
        ];
        format!("{path}?{}", written(&back))
    }

    /// The settings of a firm with this provider.
    pub fn settings(&self, more: &str) -> String {
        format!(
            "public_address = \"{PUBLIC}\"\noidc_issuer = \"{}\"\noidc_client = \"{CLIENT}\"\noidc_name = \"Northwind ID\"\n{more}\n",
            self.issuer
        )
    }
}

/// Parameters as an address has them.
pub fn written(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn serve(stream: TcpStream, issuer: &str, doing: &Mutex<Doing>) {
    let mut out = stream.try_clone().expect("a second hand");
    let mut lines = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if lines.read_line(&mut first).unwrap_or(0) == 0 {
            return;
        }
        let (mut length, mut proof) = (0, String::new());
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let Some((name, value)) = line.trim().split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().expect("a number"),
                "authorization" => value.trim().clone_into(&mut proof),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        lines.read_exact(&mut body).expect("a body");
        let path = first.split(' ').nth(1).expect("a path").to_owned();
        let body = String::from_utf8(body).expect("text");
        let slow = {
            let doing = doing.lock().expect("no panic");
            if path == "/token" {
                doing.slow
            } else {
                Duration::ZERO
            }
        };
        std::thread::sleep(slow);
        let (status, said) = answer(&path, &proof, &body, issuer, doing);
        let said = said.to_string();
        let sent = write!(
            out,
            "HTTP/1.1 {status} So\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{said}",
            said.len()
        );
        if sent.is_err() {
            return;
        }
    }
}

fn answer(path: &str, proof: &str, body: &str, issuer: &str, doing: &Mutex<Doing>) -> (u16, Value) {
    let mut doing = doing.lock().expect("no panic");
    if let Some(status) = doing.status {
        return (status, json!({ "error": "of no use" }));
    }
    match path {
        "/.well-known/openid-configuration" => {
            let said = json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "userinfo_endpoint": format!("{issuer}/me"),
                "jwks_uri": format!("{issuer}/keys"),
                "end_session_endpoint": format!("{issuer}/leave"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
                "authorization_response_iss_parameter_supported": true,
            });
            let Value::Object(mut said) = said else {
                unreachable!()
            };
            put(&mut said, &doing.says);
            (200, said.into())
        }
        "/keys" => {
            doing.keys_read += 1;
            let x = URL_SAFE_NO_PAD.encode(doing.key.verifying_key().as_bytes());
            let key = json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": doing.kid, "x": x });
            // One of a kind nobody knows harms nobody.
            (
                200,
                json!({ "keys": [{ "kty": "NTRU", "kid": "odd" }, key] }),
            )
        }
        "/token" => {
            doing.asked += 1;
            doing.token(proof, body, issuer)
        }
        "/me" => match &doing.more {
            Some(more) => (200, more.clone()),
            None => (404, json!({})),
        },
        _ => (404, json!({})),
    }
}

impl Doing {
    fn token(&mut self, proof: &str, body: &str, issuer: &str) -> (u16, Value) {
        let form = parameters(&format!("?{body}"));
        let text = |name: &str| form.get(name).map_or("", String::as_str);
        let refused = |why: &str| (400, json!({ "error": why }));
        // RFC 6749, section 2.3.1: each is encoded as in a form, and then both together.
        let own = |text: &str| -> String {
            url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
        };
        let known = STANDARD.encode(format!("{}:{}", own(CLIENT), own(SECRET)));
        if proof != format!("Basic {known}") {
            return (401, json!({ "error": "invalid_client" }));
        }
        let Some(given) = self.codes.get_mut(text("code")) else {
            return refused("invalid_grant");
        };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(text("code_verifier").as_bytes()));
        let fits = challenge == given.challenge
            && given.redirect == text("redirect_uri")
            && text("grant_type") == "authorization_code";
        if given.used || !fits {
            return refused("invalid_grant");
        }
        given.used = true;
        let nonce = given.nonce.clone();
        let access = hex();
        let claims = json!({
            "iss": issuer, "sub": "sub-ann", "aud": CLIENT, "exp": now() + 300, "iat": now(), "nonce": nonce,
            "email": "ann@firm.example", "email_verified": true, "preferred_username": "ann",
        });
        let Value::Object(mut claims) = claims else {
            unreachable!()
        };
        put(&mut claims, &self.claims);
        let token = self.sign(&claims.into());
        (
            200,
            json!({ "access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": token }),
        )
    }

    fn sign(&self, claims: &Value) -> String {
        let stranger = SigningKey::from_bytes(&chance());
        let mut head = json!({ "alg": "EdDSA", "kid": self.kid, "typ": "JWT" });
        match self.signed {
            Signed::Not => head = json!({ "alg": "none" }),
            Signed::BySecret => head = json!({ "alg": "HS256" }),
            Signed::ByPublicKey => head = json!({ "alg": "HS256", "kid": self.kid }),
            Signed::ByStranger => head["kid"] = hex().into(),
            Signed::WithOwnKey => {
                let x = URL_SAFE_NO_PAD.encode(stranger.verifying_key().as_bytes());
                head["jwk"] = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
            }
            Signed::Critical => head["crit"] = json!(["exp"]),
            Signed::Well | Signed::ByAnother => {}
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&head), part(claims));
        let by = |key: &SigningKey| key.sign(text.as_bytes()).to_bytes().to_vec();
        let shared = |key: &[u8]| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        };
        let signature = match self.signed {
            Signed::Well | Signed::Critical => by(&self.key),
            Signed::Not => Vec::new(),
            Signed::BySecret => shared(SECRET.as_bytes()),
            Signed::ByPublicKey => shared(self.key.verifying_key().as_bytes()),
            Signed::ByAnother | Signed::ByStranger | Signed::WithOwnKey => by(&stranger),
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
