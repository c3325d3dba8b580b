//! One call in the API's document: who may, its parameters, what it takes and answers.

use super::problem::KINDS;
use super::table::{Call, Schemas, Told};
use crate::web::route::{Needs, Takes, Verb, Whose};
use crate::workflow::{Act, Role};
use serde_json::{Map, Value, json};

/// What parameters of paths are.
pub(super) const PARAMS: &[(&str, &str)] = &[
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
pub(super) fn params(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// Who may, in words.
pub(super) fn who(call: &Call) -> String {
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
pub(super) fn problems(call: &Call) -> Vec<u16> {
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

pub(super) fn name_of(status: u16) -> String {
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

pub(super) fn operation(call: &Call, schemas: &mut Schemas) -> Value {
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
