//! Settings of an upload under an agreement.

use serde::Deserialize;
use std::collections::BTreeMap;

/// How somebody proves who they are at an agreed upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// HTTP basic, with an account's id and secret.
    #[default]
    Basic,
    /// A fixed token: an account's secret.
    Bearer,
    /// A token from the token endpoint.
    Oauth2,
    /// The client certificate of the connection is enough.
    Certificate,
}

/// How the file travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// A part of a form.
    #[default]
    Multipart,
    /// The body itself.
    Raw,
    /// A field of a JSON object, in base64.
    Json,
}

/// Whose words an agreed upload answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Like {
    /// CounselLink.
    #[default]
    #[serde(rename = "counsellink")]
    CounselLink,
    /// TyMetrix 360.
    #[serde(rename = "tymetrix-360")]
    TyMetrix360,
    /// Collaborati.
    Collaborati,
    /// Legal-X.
    LegalX,
    /// Litigation Advisor.
    LitigationAdvisor,
    /// Acuity.
    Acuity,
    /// Legal Tracker, for its mails.
    LegalTracker,
}

/// An upload under an agreement.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Agreed {
    /// Whose status words.
    pub like: Like,
    /// POST or PUT.
    pub method: String,
    /// Where the file goes. `{number}` in it is taken for the invoice number.
    pub upload_path: String,
    /// Who may.
    pub auth: Auth,
    /// How the file travels.
    pub body: Body,
    /// Part or field with the file.
    pub file_field: String,
    /// Other parts or fields that have to be there, with the value demanded; empty: any value.
    pub fields: BTreeMap<String, String>,
    /// Status code of an accepted upload.
    pub accepted_status: u16,
    /// Status code of a refused one.
    pub refused_status: u16,
    /// Field of the answer with the confirmation number.
    pub confirmation_field: String,
    /// Field of the answer with the status.
    pub status_field: String,
    /// Field of the answer with what was wrong.
    pub message_field: String,
    /// Whether the answer to an upload is plain text, `Confirmation number: 123`, instead of JSON.
    pub text_answers: bool,
    /// Asks for one upload; `{id}` is the confirmation number. Empty: it cannot be asked.
    pub status_path: String,
    /// Asks by number, `?number=`; an array of what was found. Empty: it cannot be asked.
    pub find_path: String,
    /// Query field of `find_path` with the number.
    pub find_field: String,
    /// Words that differ from the portal's usual ones: `received`, `file_error`, `delivered`, `in_review`,
    /// `question`, `tax`, `approved`, `reduced`, `sent_to_ap`, `paid`, `rejected`.
    pub words: BTreeMap<String, String>,
}

impl Default for Agreed {
    fn default() -> Self {
        Self {
            like: Like::default(),
            method: "POST".to_owned(),
            upload_path: "/upload".to_owned(),
            auth: Auth::default(),
            body: Body::default(),
            file_field: "file".to_owned(),
            fields: BTreeMap::new(),
            accepted_status: 200,
            refused_status: 422,
            confirmation_field: "confirmation".to_owned(),
            status_field: "status".to_owned(),
            message_field: "message".to_owned(),
            text_answers: false,
            status_path: "/uploads/{id}".to_owned(),
            find_path: "/uploads".to_owned(),
            find_field: "number".to_owned(),
            words: BTreeMap::new(),
        }
    }
}
