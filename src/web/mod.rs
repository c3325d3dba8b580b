//! The web application: pages for specialists, timekeepers and partners, served by axum.
//! Not here: rules, permissions and the life cycle (`workflow`), SQL (`store`), and what a report counts (`reports`).
//!
//! How a page is added:
//! 1. A row in the table of `routes.rs`: verb, path, name, `AtDesk`, what it needs (an [`Act`](crate::workflow::Act) of
//!    the workflow), whose client decides (`Nobodys`: the page narrows to the person's clients itself; `Invoice`: the
//!    gate looks whether `{invoice}` of the path is of a client of theirs), what its body takes, and the function.
//! 2. The function in `pages/NAME.rs`: `pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble>`. It calls
//!    `asked.desk`, makes texts (dates and money by `asked.locale()`, sentences of other modules in which days stand by
//!    its `days_in`, what stands in files by `printable`), and ends in
//!    `html(&Template { frame: asked.frame("Title", "route name"), .. })`; after a change in `done("/path", "word")`.
//! 3. A template in `templates/NAME.html` that begins with `{% extends "frame.html" %}`; classes of `cleanbill.css`.
//! 4. An entry in `MENU` of `frame.rs`, with a key of its own; it shows where the table has the route and the person may.
//!    A row of a list has `data-row`, so that j and k come to it, and its link `data-go`. Words after a change
//!    stand in `notice.rs`. No narrative in titles, logs and addresses. Forms work without a script; htmx adds parts
//!    (`asked.given.part` says that one is asked for). A download of a confidential document goes by
//!    `Desk::read_out`, which writes the event.
//! 5. `tests/web/table.rs` fails until the new route has its row there; `tests/web/pages.mjs` looks at it with axe.

mod answer;
mod api;
mod app;
mod asked;
mod assets;
mod courier;
mod csrf;
mod frame;
mod gate;
mod headers;
mod held;
mod locale;
mod notice;
mod offered;
mod owed;
mod own;
mod pace;
mod pages;
#[cfg(feature = "oidc")]
mod provider;
mod route;
mod routes;
mod server;
mod tls;
mod wording;

pub use api::{CALLS, Call, document, guide};
pub use app::{App, Basis, Load, Reach};
pub use own::Own;
#[cfg(feature = "oidc")]
pub use provider::{Claim, Provider, Setup};
pub use route::{Needs, Route, Takes, Verb, Whose};
pub use routes::ROUTES;
pub use server::{Running, start};
pub use tls::acceptor;
