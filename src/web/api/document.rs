//! The API's document (OpenAPI 3.1), made from the table of calls and from the types they take and give; and the page that
//! lists them.

use super::problem::{KINDS, PROBLEM_JSON, Problem};
use super::repeat::LONGEST;
use super::table::{CALLS, Call, Schemas, Told};
use crate::web::answer::Trouble;
use crate::web::asked::Visit;
use crate::web::route::{Needs, Route, Run, Takes, Verb, Whose};
use crate::workflow::webhooks::{Notice, type_names};
use crate::workflow::{Act, Role};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
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

/// What parameters of paths are.
const PARAMS: &[(&str, &str)] = &[
    (
        "invoice",
        "The invoice: its id, or its number where no two clients have one of it",
    ),
    ("attachment", "The id of the attached file"),
    ("return", "The id of what was sent back to a timekeeper"),
    ("request", "The id of the line that was sent back"),
    ("write_down", "The id of the write-down"),
    ("appeal", "The id of the appeal"),
    ("report", "The name of the report"),
    ("token", "The id or label of the token"),
    ("person", "The name that stands in events"),
    ("webhook", "The id of the webhook"),
];

/// Names of the parameters of a path.
fn params(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// Who may, in words.
fn who(call: &Call) -> String {
    let names = |acts: &[Act]| {
        let mut roles: Vec<Role> = acts.iter().flat_map(|a| a.who()).collect();
        roles.sort();
        roles.dedup();
        let names: Vec<&str> = roles.iter().map(|r| r.name()).collect();
        names.join(", ")
    };
    match call.route.needs {
        Needs::Nothing => "Whoever comes, without a token.".to_owned(),
        Needs::SignedIn => "Whoever has a token.".to_owned(),
        Needs::May(act) => format!("For: {}.{}", names(&[act]), scope(act)),
        Needs::Any(acts) => format!("For: {}.", names(acts)),
        Needs::OrInPlace(act) => format!(
            "For: {}, and who stands in for one.{}",
            names(&[act]),
            scope(act)
        ),
    }
}

fn scope(act: Act) -> &'static str {
    match act.changes() {
        true => " Needs a token of the scope write.",
        false => "",
    }
}

/// Whether a call may be given a key.
fn changes(call: &Call) -> bool {
    call.route.verb != Verb::Get
}

fn parameters(call: &Call, told: &Told) -> Vec<Value> {
    let mut all = Vec::new();
    for name in params(call.route.path) {
        let about = PARAMS.iter().find(|(n, _)| *n == name);
        all.push(json!({
            "name": name, "in": "path", "required": true, "schema": { "type": "string" },
            "description": about.map_or("", |(_, about)| about),
        }));
    }
    let required = told.query["required"].as_array();
    for (name, schema) in told.query["properties"].as_object().into_iter().flatten() {
        let mut schema = schema.clone();
        let about = schema
            .as_object_mut()
            .and_then(|s| s.remove("description"))
            .unwrap_or_default();
        let needed = required.is_some_and(|r| r.iter().any(|n| n == name));
        all.push(json!({
            "name": name, "in": "query", "required": needed, "schema": plain(schema), "description": about,
        }));
    }
    if changes(call) {
        all.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
    }
    all
}

/// A parameter is given or not: it is never null.
fn plain(mut schema: Value) -> Value {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|t| t != "null");
        if let [one] = types.as_slice() {
            schema["type"] = one.clone();
        }
    }
    let inner = match schema.get("anyOf") {
        Some(Value::Array(all)) => {
            let some: Vec<&Value> = all.iter().filter(|s| s["type"] != "null").collect();
            match some.as_slice() {
                [one] => Some((*one).clone()),
                _ => None,
            }
        }
        _ => None,
    };
    let mut schema = inner.unwrap_or(schema);
    if let Some(object) = schema.as_object_mut() {
        object.remove("default");
    }
    schema
}

/// Which problems a call may answer with.
fn problems(call: &Call) -> Vec<u16> {
    if call.route.needs == Needs::Nothing {
        return vec![413, 429, 500];
    }
    let mut all = vec![400, 401, 403, 413, 429, 500];
    if params(call.route.path).next().is_some() {
        all.push(404);
    }
    // A document of an invoice may be gone by the rules of retention.
    if changes(call) || call.route.whose != Whose::Nobodys {
        all.push(409);
    }
    if changes(call) {
        all.push(422);
    }
    if call.route.takes != Takes::Nothing {
        all.extend([408, 415, 422]);
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn name_of(status: u16) -> String {
    let kind = KINDS.iter().find(|(_, own, ..)| *own == status);
    let word = kind.map_or("failed", |(word, ..)| word);
    word.split('-')
        .map(|part| part[..1].to_uppercase() + &part[1..])
        .collect()
}

fn responses(call: &Call, told: &Told) -> Value {
    let mut all = Map::new();
    let (about, content) = &told.answer;
    let mut well = json!({ "description": about });
    if let Some((media_type, schema)) = content {
        well["content"] = json!({ *media_type: { "schema": schema } });
    }
    if changes(call) {
        let replayed = json!({ "description": "`true`: the answer of the first call with this key", "schema": { "type": "string" } });
        well["headers"] = json!({ "Idempotency-Replayed": replayed });
    }
    all.insert(told.status.to_string(), well);
    for status in problems(call) {
        let target = format!("#/components/responses/{}", name_of(status));
        all.insert(status.to_string(), json!({ "$ref": target }));
    }
    Value::Object(all)
}

fn operation(call: &Call, schemas: &mut Schemas) -> Value {
    let told = (call.told)(schemas);
    let mut operation = json!({
        "operationId": call.route.name,
        "tags": [call.subject],
        "summary": call.about,
        "description": who(call),
        "parameters": parameters(call, &told),
        "responses": responses(call, &told),
    });
    if let Some(body) = &told.body {
        operation["requestBody"] = body.clone();
    }
    if call.route.needs == Needs::Nothing {
        operation["security"] = json!([]);
    }
    operation
}

/// Subjects, and what is done there.
const SUBJECTS: &[(&str, &str)] = &[
    (
        "Access",
        "Who calls and by which tokens, and by which accounts people sign in.",
    ),
    ("Check", "Files are judged, and nothing is kept."),
    (
        "Invoices",
        "Invoices as they stand, and all that is known of them.",
    ),
    (
        "Review",
        "Lines sent back, findings set aside, write-downs, the clearance.",
    ),
    (
        "Submission",
        "The way to the portals, and what they refuse.",
    ),
    (
        "Money",
        "What clients cut, what is said against it, what they owe and paid.",
    ),
    ("Firm", "Readiness of matters, and reports."),
    (
        "Webhooks",
        "Who outside is told of what happens to invoices.",
    ),
];

const ABOUT: &str = "What the pages of cleanbill do, for other programs.\n\n\
    Every call but this document needs a token: `Authorization: Bearer cb-...`. A token is a person's (or a service's) and may \
    what that person may, of the clients they serve; with the scope `read` it changes nothing. Cookies are nothing here.\n\n\
    Amounts are text, as numbers of JSON are not exact everywhere; days are ISO 8601, instants RFC 3339. What is absent is not \
    known. Fields and parameters that are not documented are refused.\n\n\
    Lists come a page at a time: give `next` as `cursor`. Rows that come in meanwhile move nothing.\n\n\
    A call that changes something may be given an `Idempotency-Key`: made again within a day it is done once and answered \
    alike. Problems are `application/problem+json` (RFC 9457).\n\n\
    Messages to webhooks are signed after Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`. Those of \
    one invoice come in order; one may come twice, with the same id. Whoever takes one answers 2xx within ten seconds; else it \
    comes again, for three days.";

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

fn quoted(names: &[String]) -> String {
    let each: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    each.join(", ")
}

/// The page that lists the calls, as Markdown.
pub fn guide() -> String {
    let mut out = format!(
        "# The API\n\nMade from the table of calls (`src/web/api/table.rs`); `UPDATE=1 cargo test --test generated` writes it anew. \
         The whole document (OpenAPI 3.1) is `openapi.json` beside this page, and what `cleanbill serve` answers at \
         `/api/v1/openapi.json`.\n\n{ABOUT}\n\n\
         ```sh\n\
         curl -H \"Authorization: Bearer $CLEANBILL_TOKEN\" --data-binary @march.txt -H 'Content-Type: text/plain' \\\n  \
         'http://127.0.0.1:8347/api/v1/check?name=march.txt'\n\
         ```\n"
    );
    for (subject, about) in SUBJECTS {
        let _ = write!(
            out,
            "\n## {subject}\n\n{about}\n\n| | | who |\n| --- | --- | --- |\n"
        );
        for call in CALLS.iter().filter(|c| c.subject == *subject) {
            let verb = match call.route.verb {
                Verb::Get => "GET",
                Verb::Post => "POST",
                Verb::Delete => "DELETE",
            };
            let _ = writeln!(
                out,
                "| `{verb} {}` | {} | {} |",
                call.route.path,
                call.about,
                who(call)
            );
        }
    }
    out += "\n## Problems\n\n| status | kind | what it means |\n| --- | --- | --- |\n";
    for (word, status, title, about) in KINDS {
        let _ = writeln!(
            out,
            "| {status} | `urn:cleanbill:problem:{word}` | {title}. {about} |"
        );
    }
    let _ = write!(
        out,
        "\n## Messages to webhooks\n\nTypes: {}, and `webhook.test`.\n",
        quoted(&type_names())
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;
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
