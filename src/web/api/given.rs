//! What goes back from a call: JSON of a type, a document, a calendar, or that it was done.

use super::problem::Problem;
use crate::workflow::ReadOut;
use axum::body::Body as Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use schemars::JsonSchema;
use schemars::generate::SchemaGenerator;
use serde::Serialize;
use serde_json::{Value, json};

/// What goes back.
pub(super) trait Answer {
    /// Its status.
    const STATUS: u16;
    /// As a response.
    fn response(self) -> Result<Response, Problem>;
    /// How it is documented: what it is, and its media type with its schema, where it has a body.
    fn documented(schemas: &mut SchemaGenerator) -> (&'static str, Option<(&'static str, Value)>);
}

fn response(status: u16, media_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let kind = HeaderValue::from_static(media_type);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn json_of(status: u16, value: &impl Serialize) -> Result<Response, Problem> {
    let text = serde_json::to_vec(value).map_err(Problem::failed)?;
    Ok(response(status, "application/json", text))
}

/// JSON of a type.
pub(super) struct Json<T>(pub(super) T);

impl<T: Serialize + JsonSchema> Answer for Json<T> {
    const STATUS: u16 = 200;

    fn response(self) -> Result<Response, Problem> {
        json_of(Self::STATUS, &self.0)
    }

    fn documented(schemas: &mut SchemaGenerator) -> (&'static str, Option<(&'static str, Value)>) {
        let schema = schemas.subschema_for::<T>().to_value();
        ("What was asked for", Some(("application/json", schema)))
    }
}

/// JSON of something that was made.
pub(super) struct Made<T>(pub(super) T);

impl<T: Serialize + JsonSchema> Answer for Made<T> {
    const STATUS: u16 = 201;

    fn response(self) -> Result<Response, Problem> {
        json_of(Self::STATUS, &self.0)
    }

    fn documented(schemas: &mut SchemaGenerator) -> (&'static str, Option<(&'static str, Value)>) {
        let schema = schemas.subschema_for::<T>().to_value();
        ("It was made", Some(("application/json", schema)))
    }
}

/// It was done, and there is nothing to say.
pub(super) struct Done;

impl Answer for Done {
    const STATUS: u16 = 204;

    fn response(self) -> Result<Response, Problem> {
        let mut response = Response::new(Bytes::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }

    fn documented(_: &mut SchemaGenerator) -> (&'static str, Option<(&'static str, Value)>) {
        ("It was done", None)
    }
}

/// A document of the store; that it was read is written down.
pub(super) struct Document(pub(super) ReadOut);

impl Answer for Document {
    const STATUS: u16 = 200;

    fn response(self) -> Result<Response, Problem> {
        let ReadOut { name, bytes, .. } = self.0;
        // Whoever attached it said what it is; here it is bytes.
        Ok(crate::web::answer::download(
            &name,
            "application/octet-stream",
            bytes,
        ))
    }

    fn documented(_: &mut SchemaGenerator) -> (&'static str, Option<(&'static str, Value)>) {
        let schema = json!({ "type": "string", "format": "binary" });
        (
            "The document; its name stands in Content-Disposition",
            Some(("application/octet-stream", schema)),
        )
    }
}

/// A calendar.
pub(super) struct Calendar(pub(super) String);

impl Answer for Calendar {
    const STATUS: u16 = 200;

    fn response(self) -> Result<Response, Problem> {
        Ok(response(
            Self::STATUS,
            "text/calendar; charset=utf-8",
            self.0.into_bytes(),
        ))
    }

    fn documented(_: &mut SchemaGenerator) -> (&'static str, Option<(&'static str, Value)>) {
        (
            "The calendar (RFC 5545)",
            Some(("text/calendar", json!({ "type": "string" }))),
        )
    }
}
