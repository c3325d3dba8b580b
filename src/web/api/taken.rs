//! What may come in the body of a call: nothing, JSON of a type, or a file.

use super::call::{Called, read};
use super::problem::Problem;
use crate::web::route::Takes;
use schemars::JsonSchema;
use schemars::generate::SchemaGenerator;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// What may come in a body.
pub(super) trait Taken: Sized {
    /// How much of it.
    const TAKES: Takes;
    /// Reads it.
    fn of(called: &Called<'_>) -> Result<Self, Problem>;
    /// How it is documented.
    fn documented(schemas: &mut SchemaGenerator) -> Option<Value>;
}

/// Nothing.
pub(super) struct Nothing;

impl Taken for Nothing {
    const TAKES: Takes = Takes::Nothing;

    fn of(_: &Called<'_>) -> Result<Self, Problem> {
        Ok(Self)
    }

    fn documented(_: &mut SchemaGenerator) -> Option<Value> {
        None
    }
}

/// JSON of a type.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned + JsonSchema> Taken for Body<T> {
    const TAKES: Takes = Takes::Json;

    fn of(called: &Called<'_>) -> Result<Self, Problem> {
        if called.media_type != "application/json" {
            return Err(Problem::media_type(
                "send JSON: Content-Type: application/json",
            ));
        }
        let value: Value = serde_json::from_slice(&called.body).map_err(|error| {
            Problem::malformed(
                &format!("line {}, column {}", error.line(), error.column()),
                format!("the body is no JSON in UTF-8: {error}"),
            )
        })?;
        read(value).map(Self)
    }

    fn documented(schemas: &mut SchemaGenerator) -> Option<Value> {
        let schema = schemas.subschema_for::<T>().to_value();
        Some(json!({
            "required": true,
            "content": { "application/json": { "schema": schema } },
        }))
    }
}

/// A file as it is.
pub(super) struct File(pub(super) Vec<u8>);

/// Media types a file may come as.
const FILES: [&str; 4] = [
    "application/octet-stream",
    "text/plain",
    "application/xml",
    "text/xml",
];

impl Taken for File {
    const TAKES: Takes = Takes::File;

    fn of(called: &Called<'_>) -> Result<Self, Problem> {
        if !FILES.contains(&called.media_type.as_str()) {
            return Err(Problem::media_type(format!(
                "send the file itself as the body, with a Content-Type that is one of: {}",
                FILES.join(", ")
            )));
        }
        if called.body.is_empty() {
            return Err(Problem::unusable(
                "",
                "the file is empty; send the file itself as the body",
            ));
        }
        Ok(Self(called.body.clone()))
    }

    fn documented(_: &mut SchemaGenerator) -> Option<Value> {
        let mut content = Map::new();
        for media_type in FILES {
            let schema = json!({ "type": "string", "format": "binary" });
            content.insert(media_type.to_owned(), json!({ "schema": schema }));
        }
        Some(json!({
            "required": true,
            "description": "The file itself, at most 48 MiB; what it is, is seen from what stands in it.",
            "content": content,
        }))
    }
}
