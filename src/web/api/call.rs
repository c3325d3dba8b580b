//! A call: who makes it, and what stands behind its question mark, read into types.

use super::problem::Problem;
use crate::check::Options;
use crate::web::app::{App, Basis};
use crate::workflow::Desk;
use axum::response::Response;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

/// What a call comes to.
pub(in crate::web) type Calling<'a> = Pin<Box<dyn Future<Output = Result<Response, Problem>> + 'a>>;

/// Somebody who is known by a token calls.
pub(in crate::web) struct Called<'a> {
    /// The program.
    pub(in crate::web) app: &'a Arc<App>,
    /// Who, with the store.
    pub(in crate::web) desk: Desk<'a>,
    /// Parameters of the path.
    pub(in crate::web) params: BTreeMap<String, String>,
    /// Behind the question mark, as it came.
    pub(in crate::web) query: String,
    /// The header Content-Type, in small letters, without what follows the media type.
    pub(in crate::web) media_type: String,
    /// What was sent.
    pub(in crate::web) body: Vec<u8>,
}

impl Called<'_> {
    /// A parameter of the path; the router knows that it is there.
    pub(super) fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// What invoices are checked by today.
    pub(super) fn basis(&self) -> Result<Arc<Basis>, Problem> {
        Ok(self.app.basis()?)
    }

    /// The same, with another client's pack.
    pub(super) fn options(&self, client: Option<&str>) -> Result<Options, Problem> {
        let mut options = self.basis()?.options.clone();
        options.client = client.map(str::to_owned);
        Ok(options)
    }

    /// What stands behind the question mark.
    pub(super) fn asked<Q: DeserializeOwned + JsonSchema>(&self) -> Result<Q, Problem> {
        read(from_query::<Q>(&self.query)?)
    }
}

/// The schema of a type as it is read, with nothing left to look up.
pub(super) fn schema_of_query<Q: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft2020_12().for_deserialize();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    settings
        .into_generator()
        .into_root_schema_for::<Q>()
        .to_value()
}

/// Whether a schema takes values of a type.
pub(super) fn is_of(schema: &Value, wanted: &str) -> bool {
    match &schema["type"] {
        Value::String(one) => one == wanted,
        Value::Array(some) => some.iter().any(|one| one == wanted),
        _ => false,
    }
}

/// A query as JSON, by what its type says of each name.
fn from_query<Q: JsonSchema>(query: &str) -> Result<Value, Problem> {
    let schema = schema_of_query::<Q>();
    let known = schema["properties"].as_object();
    let mut object = Map::new();
    for (name, text) in url::form_urlencoded::parse(query.as_bytes()) {
        let Some(own) = known.and_then(|k| k.get(name.as_ref())) else {
            let names: Vec<&str> =
                known.map_or_else(Vec::new, |k| k.keys().map(String::as_str).collect());
            let names = match names.is_empty() {
                true => "it has none".to_owned(),
                false => names.join(", "),
            };
            return Err(Problem::malformed(
                &shortened(&name),
                format!("this call has no parameter of that name; its parameters are: {names}"),
            ));
        };
        let wrong = |expected: &str| {
            let found = shortened(&text);
            Err(Problem::malformed(
                &name,
                format!("\"{found}\" is none; {expected} is expected"),
            ))
        };
        if is_of(own, "array") {
            let list = object.entry(name.into_owned()).or_insert_with(|| json!([]));
            if let Value::Array(list) = list {
                list.push(text.into_owned().into());
            }
            continue;
        }
        let value = if is_of(own, "integer") {
            match text.parse::<i64>() {
                Ok(number) => number.into(),
                Err(_) => return wrong("a whole number"),
            }
        } else if is_of(own, "boolean") {
            match text.as_ref() {
                "true" => true.into(),
                "false" => false.into(),
                _ => return wrong("true or false"),
            }
        } else {
            Value::String(text.into_owned())
        };
        if object.insert(name.to_string(), value).is_some() {
            return Err(Problem::malformed(
                &name,
                "it stands there twice; once is enough",
            ));
        }
    }
    Ok(Value::Object(object))
}

/// The beginning of what somebody sent, without characters that act on a terminal.
fn shortened(text: &str) -> String {
    let all = crate::render::printable(text);
    let mut short: String = all.chars().take(60).collect();
    if short.len() < all.len() {
        short += "...";
    }
    short
}

/// Where in a value a text has a character that no database keeps.
fn nul(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(all) => all
            .iter()
            .enumerate()
            .find_map(|(n, one)| nul(one).map(|inner| format!("[{n}].{inner}"))),
        Value::Object(all) => all
            .iter()
            .find_map(|(name, one)| match name.contains('\0') {
                true => Some(String::new()),
                false => nul(one).map(|inner| format!("{name}.{inner}")),
            }),
        _ => None,
    }
}

/// A value as a type; the place in it where it is not of the type.
pub(super) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    if let Some(at) = nul(&value) {
        let at = at.trim_end_matches('.');
        return Err(Problem::malformed(
            at,
            "a text has the character U+0000; leave it away",
        ));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let at = error.path().to_string();
        let at = if at == "." { "" } else { &at };
        Problem::malformed(
            &shortened(at),
            shortened_words(&error.into_inner().to_string()),
        )
    })
}

fn shortened_words(text: &str) -> String {
    crate::render::printable(text).chars().take(400).collect()
}

/// Behind the question mark nothing may stand.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoQuery {}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Which {
        #[serde(default)]
        state: Vec<String>,
        client: Option<String>,
        limit: Option<u16>,
        #[serde(default)]
        all: bool,
    }

    fn asked(query: &str) -> Result<Which, Problem> {
        read(from_query::<Which>(query)?)
    }

    #[test]
    fn queries_are_read_by_their_types() {
        let well = asked("state=checked&state=in+review&limit=7&all=true&client=7");
        let well = well.expect("well");
        assert_eq!(well.state, ["checked", "in review"]);
        assert_eq!((well.limit, well.all), (Some(7), true));
        assert_eq!(well.client.as_deref(), Some("7"));
        assert_eq!(asked("").expect("nothing").limit, None);
        let at = |query: &str| {
            let problem = serde_json::to_value(asked(query).expect_err(query)).expect("JSON");
            problem["at"].as_str().unwrap_or("").to_owned()
        };
        assert_eq!(at("limit=many"), "limit");
        assert_eq!(at("limit=70000"), "limit");
        assert_eq!(at("limit=-1"), "limit");
        assert_eq!(at("all=yes"), "all");
        assert_eq!(at("client=a&client=b"), "client");
        assert_eq!(at("nothing=1"), "nothing");
        assert_eq!(at("client=%00"), "client");
    }
}
