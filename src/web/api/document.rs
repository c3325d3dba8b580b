//! The API's document (OpenAPI 3.1), made from the table of calls and from the types they take and give.

use super::guide::{ABOUT, SUBJECTS, quoted};
use super::operation::{name_of, operation};
use super::problem::{KINDS, PROBLEM_JSON, Problem};
use super::repeat::LONGEST;
use super::table::{CALLS, Call, Schemas, Told};
use crate::web::answer::Trouble;
use crate::web::asked::Visit;
use crate::web::route::{Needs, Route, Run, Takes, Verb, Whose};
use crate::workflow::webhooks::{Notice, type_names};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// The document itself is for whoever comes: it says nothing of the firm.
pub(super) const DOCUMENT: Call = Call {
    route: Route {
        verb: Verb::Get,
        path: "/api/v1/openapi.json",
        name: "openapi",
        needs: Needs::Nothing,
        whose: Whose::Nobodys,
        takes: Takes::Nothing,
        run: Run::Open(|visit| Box::pin(serve(visit))),
    },
    subject: "Access",
    about: "This document.",
    told: |_| Told {
        query: json!({}),
        body: None,
        status: 200,
        answer: (
            "This document",
            Some(("application/json", json!({ "type": "object" }))),
        ),
    },
};

/// It is made once: whoever comes may ask for it, as often as they like.
static TEXT: LazyLock<String> = LazyLock::new(|| document().to_string());

async fn serve(_: &Visit<'_>) -> Result<Response, Trouble> {
    let mut response = Response::new(Body::from(TEXT.as_str()));
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

fn problem_responses() -> Value {
    let mut all = Map::new();
    for (_, status, title, about) in KINDS {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        let mut response = json!({
            "description": format!("{title}. {about}"),
            "content": { PROBLEM_JSON: { "schema": schema } },
        });
        let text = |about: &str| json!({ "description": about, "schema": { "type": "string" } });
        match status {
            401 => {
                response["headers"] =
                    json!({ "WWW-Authenticate": text("How to be known: `Bearer`") });
            }
            429 => {
                response["headers"] = json!({ "Retry-After": text("Seconds to wait") });
            }
            _ => {}
        }
        all.insert(name_of(*status), response);
    }
    Value::Object(all)
}

/// The document.
pub fn document() -> Value {
    let settings = |settings: SchemaSettings| {
        settings.with(|s| {
            s.definitions_path = "/components/schemas".into();
            s.meta_schema = None;
        })
    };
    let mut schemas = Schemas {
        taken: settings(SchemaSettings::draft2020_12().for_deserialize()).into_generator(),
        given: settings(SchemaSettings::draft2020_12().for_serialize()).into_generator(),
    };
    let mut paths = Map::new();
    for call in CALLS {
        let verb = match call.route.verb {
            Verb::Get => "get",
            Verb::Post => "post",
            Verb::Delete => "delete",
        };
        let operation = operation(call, &mut schemas);
        let path = paths.entry(call.route.path).or_insert_with(|| json!({}));
        path[verb] = operation;
    }
    schemas.given.subschema_for::<Problem>();
    let notice = schemas.given.subschema_for::<Notice>().to_value();
    let mut components = Map::new();
    for generator in [&mut schemas.taken, &mut schemas.given] {
        components.extend(generator.take_definitions(true));
    }
    let tags: Vec<Value> = SUBJECTS
        .iter()
        .map(|(name, about)| json!({ "name": name, "description": about }))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "cleanbill",
            "version": "1",
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "tags": tags,
        "paths": paths,
        "webhooks": {
            "happened": {
                "post": {
                    "operationId": "happened",
                    "summary": "Something happened to an invoice.",
                    "description": format!("Types: {}, and `webhook.test`.", quoted(&type_names())),
                    "requestBody": { "required": true, "content": { "application/json": { "schema": notice } } },
                    "responses": { "2XX": { "description": "It was taken." } },
                    "security": [],
                },
            },
        },
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "parameters": {
                "IdempotencyKey": {
                    "name": "Idempotency-Key", "in": "header", "required": false,
                    "description": "A key of one's own for this call, as a UUID: made again with it within a day, it is done once.",
                    "schema": { "type": "string", "pattern": format!("^[!-~]{{1,{LONGEST}}}$") },
                },
            },
            "responses": problem_responses(),
            "schemas": components,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::api::operation::{PARAMS, params, problems};
    use std::collections::BTreeSet;

    #[test]
    fn every_call_is_in_the_document_with_its_answers() {
        let made = document();
        let mut ids = BTreeSet::new();
        for call in CALLS {
            let verb = format!("{:?}", call.route.verb).to_lowercase();
            let own = &made["paths"][call.route.path][&verb];
            assert!(own.is_object(), "{verb} {}", call.route.path);
            assert!(ids.insert(call.route.name), "{} twice", call.route.name);
            let answers = own["responses"].as_object().expect("answers");
            for status in problems(call) {
                assert!(
                    answers.contains_key(&status.to_string()),
                    "{}: {status}",
                    call.route.name
                );
            }
            assert!(
                answers.keys().any(|s| s.starts_with('2')),
                "{}",
                call.route.name
            );
            for name in params(call.route.path) {
                assert!(
                    PARAMS.iter().any(|(n, _)| *n == name),
                    "{name} is not documented"
                );
            }
            assert!(
                SUBJECTS.iter().any(|(s, _)| *s == call.subject),
                "{}",
                call.subject
            );
        }
        assert_eq!(ids.len(), CALLS.len());
    }

    /// What the two ways of reading a type say of one name is the same: else one would hide the other.
    #[test]
    fn no_two_types_have_one_name() {
        let mut schemas = Schemas {
            taken: SchemaSettings::draft2020_12()
                .for_deserialize()
                .into_generator(),
            given: SchemaSettings::draft2020_12()
                .for_serialize()
                .into_generator(),
        };
        for call in CALLS {
            (call.told)(&mut schemas);
        }
        let taken = schemas.taken.take_definitions(true);
        let given = schemas.given.take_definitions(true);
        for (name, schema) in &taken {
            assert!(given.get(name).is_none_or(|g| g == schema), "{name}");
            assert!(!name.ends_with('2'), "{name}: two types of one name");
        }
        for name in given.keys() {
            assert!(!name.ends_with('2'), "{name}: two types of one name");
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn walk(value: &Value, whole: &Value, seen: &mut usize) {
            match value {
                Value::Object(all) => {
                    if let Some(Value::String(to)) = all.get("$ref") {
                        *seen += 1;
                        let at = to.strip_prefix('#').expect("a place in this document");
                        assert!(whole.pointer(at).is_some(), "{to} leads nowhere");
                    }
                    all.values().for_each(|v| walk(v, whole, seen));
                }
                Value::Array(all) => all.iter().for_each(|v| walk(v, whole, seen)),
                _ => {}
            }
        }
        let made = document();
        let mut seen = 0;
        walk(&made, &made, &mut seen);
        assert!(seen > 100, "{seen}");
    }
}
