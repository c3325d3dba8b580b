//! Another program that calls the API with somebody's token.

use crate::firm::Firm;
use crate::guest::{Got, Guest, Server};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::time::Duration;

pub struct Program {
    guest: Guest,
    token: String,
}

/// What came back, as JSON.
pub struct Said {
    pub got: Got,
    pub json: Value,
}

impl Said {
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.got.status.as_u16(), status, "{}", self.got.text);
        if status >= 400 {
            let kind = self.got.headers["content-type"].to_str().expect("text");
            assert_eq!(kind, "application/problem+json", "{}", self.got.text);
            assert_eq!(self.json["status"], status);
        }
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(
            self.got.text.contains(words),
            "\"{words}\" is not in: {}",
            self.got.text
        );
        self
    }

    /// Where in what was sent.
    #[track_caller]
    pub fn at(self, place: &str) -> Self {
        assert_eq!(self.json["at"], place, "{}", self.got.text);
        self
    }

    pub fn text(&self, pointer: &str) -> String {
        let value = self.json.pointer(pointer);
        let text = value.and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("{pointer} is not in: {}", self.got.text))
            .to_owned()
    }
}

impl Program {
    pub fn of(server: &Server, firm: &Firm, who: &str) -> Self {
        Self::with(server, firm.token(who))
    }

    pub fn with(server: &Server, token: &str) -> Self {
        Self {
            guest: Guest::at(server),
            token: token.to_owned(),
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.guest.request(method, &format!("/api/v1{path}"));
        match self.token.as_str() {
            "" => request,
            token => request.bearer_auth(token),
        }
    }

    /// Sends it, after a while again where it is one call too many.
    pub fn send(&mut self, request: RequestBuilder) -> Said {
        loop {
            let got = self
                .guest
                .send(request.try_clone().expect("a body that can be sent twice"));
            if got.status == 429 && !self.token.is_empty() {
                std::thread::sleep(Duration::from_millis(300));
                continue;
            }
            let json = serde_json::from_str(&got.text).unwrap_or(Value::Null);
            return Said { got, json };
        }
    }

    pub fn get(&mut self, path: &str) -> Said {
        let request = self.request(Method::GET, path);
        self.send(request)
    }

    pub fn post(&mut self, path: &str, body: Value) -> Said {
        let request = self.request(Method::POST, path).json(&body);
        self.send(request)
    }

    /// With nothing in the body.
    pub fn tell(&mut self, path: &str) -> Said {
        let request = self.request(Method::POST, path);
        self.send(request)
    }

    pub fn delete(&mut self, path: &str) -> Said {
        let request = self.request(Method::DELETE, path);
        self.send(request)
    }

    pub fn file(&mut self, path: &str, text: &str) -> Said {
        let request = self.request(Method::POST, path);
        let request = request
            .header("content-type", "text/plain")
            .body(text.to_owned());
        self.send(request)
    }

    /// With a key by which it may be made again.
    pub fn keyed(&mut self, path: &str, key: &str, body: &Value) -> Said {
        let request = self.request(Method::POST, path).json(body);
        self.send(request.header("idempotency-key", key))
    }

    /// Every row of a list, page after page.
    pub fn all(&mut self, path: &str, limit: usize) -> Vec<Value> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        let sign = if path.contains('?') { '&' } else { '?' };
        loop {
            let cursor = next.map_or_else(String::new, |n| format!("&cursor={n}"));
            let page = self
                .get(&format!("{path}{sign}limit={limit}{cursor}"))
                .is(200);
            let items = page.json["items"].as_array().expect("items").clone();
            assert!(items.len() <= limit);
            all.extend(items);
            match page.json["next"].as_str() {
                Some(place) => next = Some(place.to_owned()),
                None => return all,
            }
        }
    }
}

/// A token of somebody that only reads, made by the administrator.
pub fn reader(firm: &Firm, who: &str) -> String {
    let args = [
        "user", "token", "add", who, "--label", "looking", "--scope", "read",
    ];
    let out = firm.call("root", &args).well();
    out.lines().last().expect("a token").trim().to_owned()
}
