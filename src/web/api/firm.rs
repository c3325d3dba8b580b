//! Who calls, and how far matters are set up at their portals.

use super::call::{Called, NoQuery};
use super::given::Json;
use super::page::{self, Page};
use super::problem::Problem;
use super::shape::maybe;
use super::taken::Nothing;
use crate::reports::readiness::{MatterReadiness, Wanted, readiness};
use crate::rules::portal_key;
use crate::workflow::{Known, Scope};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose token it is.
#[derive(Serialize, JsonSchema)]
pub(super) struct Me {
    /// The name that stands in events.
    name: String,
    /// What they are here for.
    role: &'static str,
    /// What the token is good for: `read` or `write`.
    scope: &'static str,
    /// The clients they serve; absent: every client.
    #[serde(skip_serializing_if = "Option::is_none")]
    clients: Option<Vec<String>>,
}

/// Whose token it is, and what it is good for.
pub(super) async fn me(called: &Called<'_>, _: NoQuery, _: Nothing) -> Result<Json<Me>, Problem> {
    let person = &called.desk.person;
    let scope = match &person.known {
        Known::Token(scope) => *scope,
        _ => Scope::Read,
    };
    Ok(Json(Me {
        name: person.name.clone(),
        role: person.role.name(),
        scope: scope.name(),
        clients: person.clients.clone(),
    }))
}

/// Which matters.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Of this client.
    client: Option<String>,
    /// At this portal, by any of its names.
    portal: Option<String>,
    /// Only those at which something is missing or not known.
    #[serde(default)]
    missing: bool,
    /// Rows of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A matter at a portal.
#[derive(Serialize, JsonSchema)]
pub(super) struct Matter {
    /// The portal; absent where none is named for the matter or its client.
    #[serde(skip_serializing_if = "Option::is_none")]
    portal: Option<String>,
    /// CLIENT_ID.
    client: String,
    /// The firm's number.
    matter: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The partner who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner: Option<String>,
    /// Everything is settled.
    ready: bool,
    /// What is known to be missing.
    missing: Vec<&'static str>,
    /// What nobody has looked at.
    not_known: Vec<&'static str>,
    /// The day somebody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_on: Option<NaiveDate>,
    /// What is still to be done, in the firm's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl From<&MatterReadiness> for Matter {
    fn from(one: &MatterReadiness) -> Self {
        Self {
            portal: maybe(&one.portal),
            client: one.client_id.clone(),
            matter: one.law_firm_matter_id.clone(),
            name: maybe(&one.matter_name),
            partner: maybe(&one.billing_partner),
            ready: one.ready,
            missing: one.missing.clone(),
            not_known: one.not_known.clone(),
            checked_on: one.checked_on,
            note: maybe(&one.note),
        }
    }
}

/// How far each open matter is set up at its portal.
pub(super) async fn ready(
    called: &Called<'_>,
    which: Which,
    _: Nothing,
) -> Result<Json<Page<Matter>>, Problem> {
    let basis = called.basis()?;
    let wanted = Wanted {
        client: which.client.as_deref(),
        portal: which.portal.as_deref(),
        today: Some(called.app.today()),
    };
    let all = readiness(&basis.options.lists, wanted, portal_key);
    let own = all
        .iter()
        .filter(|m| called.desk.person.serves(&m.client_id));
    let own = own.filter(|m| !which.missing || !m.ready);
    let rows = own.map(|m| {
        let key = format!(
            "{}\u{1f}{}\u{1f}{}",
            portal_key(&m.portal),
            m.client_id,
            m.law_firm_matter_id
        );
        (key, Matter::from(m))
    });
    Ok(Json(page::cut(
        rows.collect(),
        which.limit,
        which.cursor.as_deref(),
    )?))
}
