//! What was asked: the parameters, the fields and files of a form, and who asks.

use super::answer::Trouble;
use super::app::App;
use super::frame::Frame;
use super::locale::Locale;
use crate::workflow::Desk;
use axum::extract::{FromRequest, Multipart};
use axum::http::{Request, header, request::Parts};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Names with their values, in order; a name may come again.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn of_url(text: &str) -> Self {
        let pairs = url::form_urlencoded::parse(text.as_bytes());
        Self(pairs.into_owned().collect())
    }

    pub(super) fn push(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// A value without blanks round it; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        let own = self.0.iter().find(|(n, _)| n == name);
        own.map_or("", |(_, value)| value.trim())
    }

    /// A value as it came, with its blanks.
    pub(super) fn whole(&self, name: &str) -> &str {
        let own = self.0.iter().find(|(n, _)| n == name);
        own.map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a name, as it came.
    pub(super) fn each<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.0.iter().filter(move |(n, _)| n == name);
        own.map(|(_, value)| value.as_str())
    }

    /// Whether the field was on the form at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// A value that was given.
    pub(super) fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|v| !v.is_empty())
    }

    /// Every value of a name that is not empty.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.0.iter().filter(move |(n, _)| n == name);
        own.map(|(_, value)| value.trim()).filter(|v| !v.is_empty())
    }
}

/// A file that was sent.
pub struct Upload {
    /// Its name without folders, as a browser gives it.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What was asked.
pub struct Given {
    /// Parameters of the path.
    pub params: BTreeMap<String, String>,
    /// Behind the question mark.
    pub query: Fields,
    /// Of the form.
    pub form: Fields,
    /// Of the form.
    pub files: Vec<Upload>,
    /// A part of a page is asked for, by a script of ours.
    pub part: bool,
    /// How dates and money are written for this person.
    pub locale: Locale,
    /// The path without what is behind the question mark.
    pub path: String,
}

impl Given {
    /// A parameter of the path; the router knows that it is there.
    pub fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// Of a head, and of a body that was read.
    ///
    /// # Errors
    /// A form that cannot be read.
    pub(super) async fn of(
        head: Parts,
        body: Vec<u8>,
        params: BTreeMap<String, String>,
    ) -> Result<Self, Trouble> {
        let text = |name: header::HeaderName| {
            let value = head.headers.get(name).and_then(|v| v.to_str().ok());
            value.unwrap_or("").to_owned()
        };
        let mut given = Self {
            params,
            query: Fields::of_url(head.uri.query().unwrap_or("")),
            form: Fields::default(),
            files: Vec::new(),
            part: head.headers.contains_key("hx-request"),
            locale: Locale::of(&text(header::ACCEPT_LANGUAGE)),
            path: head.uri.path().to_owned(),
        };
        let kind = text(header::CONTENT_TYPE);
        if kind.starts_with("application/x-www-form-urlencoded") {
            let text = String::from_utf8(body);
            let text = text.map_err(|_| Trouble::wrong("the form is not in UTF-8"))?;
            given.form = Fields::of_url(&text);
        } else if kind.starts_with("multipart/form-data") {
            let request = Request::from_parts(head, axum::body::Body::from(body));
            given.read_parts(request).await?;
        }
        Ok(given)
    }

    async fn read_parts(&mut self, request: Request<axum::body::Body>) -> Result<(), Trouble> {
        let unreadable = || Trouble::wrong("the form came incomplete; send it again");
        let parts = Multipart::from_request(request, &()).await;
        let mut parts = parts.map_err(|_| unreadable())?;
        while let Some(part) = parts.next_field().await.map_err(|_| unreadable())? {
            let field = part.name().unwrap_or("").to_owned();
            let name = part.file_name().map(without_folders);
            let bytes = part.bytes().await.map_err(|_| unreadable())?;
            match name {
                // A field for files in which none was chosen.
                Some(name) if name.is_empty() && bytes.is_empty() => {}
                Some(name) => self.files.push(Upload {
                    name: if name.is_empty() {
                        "file".to_owned()
                    } else {
                        name
                    },
                    bytes: bytes.to_vec(),
                }),
                None => {
                    let text = String::from_utf8(bytes.to_vec());
                    let text = text.map_err(|_| Trouble::wrong("the form is not in UTF-8"))?;
                    self.form.push(field, text);
                }
            }
        }
        Ok(())
    }
}

/// The last part of a name, on whatever system it was made; without characters that act on a page or terminal.
pub(super) fn without_folders(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    crate::render::printable(last)
        .trim()
        .chars()
        .take(200)
        .collect()
}

/// Somebody who is known asks.
pub struct Asked<'a> {
    /// The program.
    pub app: &'a Arc<App>,
    /// Who, with the store.
    pub desk: Desk<'a>,
    /// What.
    pub given: Given,
    /// The secret of their session.
    pub session: Option<SecretString>,
}

impl Asked<'_> {
    /// The frame of a page. `at` is the name of the route whose entry of the menu it belongs to.
    pub(super) fn frame(&self, title: impl Into<String>, at: &'static str) -> Frame {
        Frame::of(self, title.into(), at)
    }

    /// How this person reads dates and money.
    pub(super) fn locale(&self) -> &Locale {
        &self.given.locale
    }
}

/// Whoever comes.
pub struct Visit<'a> {
    /// The program.
    pub app: &'a App,
    /// What they ask for.
    pub given: Given,
    /// The session they came with.
    pub session: Option<SecretString>,
    /// What they carry from the first page of the sign-in to the second.
    pub pending: Option<String>,
    /// The browser says that another site sent them.
    #[cfg(feature = "oidc")]
    pub from_elsewhere: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_have_no_folders() {
        assert_eq!(without_folders("../../etc/passwd"), "passwd");
        assert_eq!(without_folders("C:\\bills\\march.txt"), "march.txt");
        assert_eq!(without_folders("a\u{202e}txt.exe"), "a\u{fffd}txt.exe");
        assert_eq!(without_folders(".."), "..");
    }

    #[test]
    fn fields_are_read_in_order() {
        let fields = Fields::of_url("state=checked&state=in+review&client=&n=%C3%A9");
        let states: Vec<&str> = fields.all("state").collect();
        assert_eq!(states, ["checked", "in review"]);
        assert_eq!(fields.some("client"), None);
        assert_eq!(fields.get("n"), "é");
    }
}
