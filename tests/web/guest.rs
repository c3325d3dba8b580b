//! The server as a process, and whoever calls it: a small browser without a screen.

use crate::firm::Firm;
use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, StatusCode};
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::Once;

pub const PASSWORD: &str = "seven lamps of architecture";

/// A server that ends with the test.
pub struct Server {
    pub url: String,
    child: Child,
    _out: BufReader<ChildStdout>,
}

impl Server {
    pub fn of(firm: &Firm) -> Self {
        Self::with(firm, &[])
    }

    pub fn with(firm: &Firm, args: &[&str]) -> Self {
        Self::given(firm, &[&["--listen", "127.0.0.1:0"], args].concat(), &[])
    }

    /// With variables of its own.
    pub fn given(firm: &Firm, args: &[&str], variables: &[(&str, &str)]) -> Self {
        let log = std::fs::File::create(firm.path("server.log")).expect("a file");
        let mut child = firm
            .command("nobody")
            .arg("serve")
            .args(args)
            .envs(variables.iter().copied())
            .env("CLEANBILL_LOG", "info")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("it starts");
        let out = child.stdout.take().expect("its output");
        let mut line = String::new();
        let mut out = BufReader::new(out);
        out.read_line(&mut line).expect("a line");
        let url = line.trim().rsplit(' ').next().expect("an address");
        assert!(url.starts_with("http"), "{line}");
        Self {
            url: url.trim_end_matches('/').to_owned(),
            child,
            _out: out,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back.
pub struct Got {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Got {
    pub fn to(&self) -> &str {
        self.headers
            .get(LOCATION)
            .map_or("", |v| v.to_str().expect("text"))
    }

    pub fn cookies(&self) -> Vec<String> {
        let all = self.headers.get_all(SET_COOKIE).iter();
        all.map(|v| v.to_str().expect("text").to_owned()).collect()
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(
            self.text.contains(words),
            "\"{words}\" is not in: {}",
            self.text
        );
        self
    }
}

/// Whoever calls, with the cookies they were given.
pub struct Guest {
    client: Client,
    runtime: tokio::runtime::Runtime,
    pub url: String,
    pub cookies: Vec<(String, String)>,
}

static PROVIDER: Once = Once::new();

impl Guest {
    pub fn at(server: &Server) -> Self {
        PROVIDER.call_once(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        Self {
            client: client.build().expect("a client"),
            runtime: runtime.expect("a runtime"),
            url: server.url.clone(),
            cookies: Vec::new(),
        }
    }

    /// Signed in.
    pub fn as_person(server: &Server, name: &str) -> Self {
        let mut guest = Self::at(server);
        guest.sign_in(name, PASSWORD).is(303);
        guest
    }

    pub fn sign_in(&mut self, name: &str, password: &str) -> Got {
        self.post("/sign-in", &[("name", name), ("password", password)])
    }

    fn cookie(&self) -> String {
        let all = self.cookies.iter().map(|(n, v)| format!("{n}={v}"));
        all.collect::<Vec<_>>().join("; ")
    }

    pub fn send(&mut self, request: reqwest::RequestBuilder) -> Got {
        let request = request.header("cookie", self.cookie());
        let got = self.runtime.block_on(async {
            let response = request.send().await.expect("an answer");
            let (status, headers) = (response.status(), response.headers().clone());
            let text =
                String::from_utf8_lossy(&response.bytes().await.expect("a body")).into_owned();
            Got {
                status,
                headers,
                text,
            }
        });
        for cookie in got.cookies() {
            let pair = cookie.split(';').next().expect("a pair");
            let (name, value) = pair.split_once('=').expect("a pair");
            self.cookies.retain(|(n, _)| n != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        got
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub fn get(&mut self, path: &str) -> Got {
        let request = self.request(Method::GET, path);
        self.send(request)
    }

    /// A form of one of our pages.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Got {
        let request = self
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin");
        self.send(request.form(fields))
    }

    /// A form with files: field, name, bytes.
    pub fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Got {
        let mut form = reqwest::multipart::Form::new();
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        for (field, name, bytes) in files {
            let part =
                reqwest::multipart::Part::bytes(bytes.to_vec()).file_name((*name).to_owned());
            form = form.part((*field).to_owned(), part);
        }
        let request = self
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin");
        self.send(request.multipart(form))
    }
}

/// Gives somebody of the firm a password of their choice.
pub fn password(firm: &Firm, name: &str) {
    firm.type_in(name, &["user", "password", "--password-stdin"], PASSWORD)
        .well();
}

/// Gives somebody with a password a second factor; the codes it shows so many seconds from now.
pub fn second_factor(firm: &mut Firm, name: &str) -> impl Fn(i64) -> String + use<> {
    firm.give_token(name, "");
    firm.type_in(name, &["sign-in", name, "--password-stdin"], PASSWORD)
        .well();
    let said = firm
        .type_in(name, &["user", "totp", "--password-stdin"], PASSWORD)
        .well();
    let secret = said.split("secret=").nth(1).expect("a secret");
    let secret: String = secret
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let code = move |ahead: i64| {
        let bytes = totp_rs::Secret::try_from_base32(&secret).expect("base 32");
        let totp = totp_rs::Builder::new()
            .with_secret(bytes)
            .build()
            .expect("a second factor");
        let at = chrono::Utc::now().timestamp() + ahead;
        totp.generate(u64::try_from(at).expect("after 1970"))
            .to_string()
    };
    firm.call(name, &["user", "totp", "--confirm", &code(0)])
        .well();
    code
}

/// Ann prepares, Bob and Cid are partners, Ada writes time as AQ; each can sign in. Odd looks, by a token.
pub fn staff(firm: &mut Firm) {
    for (name, role) in [
        ("ann", "specialist"),
        ("bob", "partner"),
        ("cid", "partner"),
        ("ada", "timekeeper"),
    ] {
        firm.add(name, &["--role", role, "--all-clients"]);
        password(firm, name);
    }
    firm.add("odd", &["--role", "auditor", "--all-clients"]);
    firm.call("root", &["user", "timekeeper", "ada", "--ids", "AQ"])
        .well();
}
