//! The gate: the one place every request passes. Where from, who, how often, what they may, whose it is; then the work.

use super::answer::{Trouble, see};
use super::api::{self, Called, Problem};
use super::app::App;
use super::asked::{Asked, Given, Visit};
use super::csrf::is_of_ours;
use super::frame::Frame;
use super::headers::{self, Cookie};
use super::route::{Needs, Route, Run, Takes, Verb, Whose};
use crate::workflow::{Credentials, Desk, Person, WorkflowError, identify, may};
use axum::body::Body;
use axum::extract::RawPathParams;
use axum::http::{Request, header, request::Parts};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The most bytes that are read of a body nobody wants.
const UNWANTED: usize = 64 << 20;
/// For how long.
const UNWANTED_PATIENCE: Duration = Duration::from_secs(20);

/// From whom a connection is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// Answers a request of a route.
pub(super) async fn enter(
    app: Arc<App>,
    route: &'static Route,
    params: RawPathParams,
    request: Request<Body>,
) -> Response {
    let began = Instant::now();
    let params = params
        .iter()
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect();
    let (head, body) = request.into_parts();
    let part = head.headers.contains_key("hx-request");
    let mut body = Some(body);
    let outcome = match route.run {
        Run::Call(run) => Ok(called(&app, route, run, params, head, &mut body).await),
        _ => through(&app, route, params, head, &mut body).await,
    };
    if route.verb != Verb::Get {
        app.owed.changed();
    }
    // Browsers read the answer only after they have sent everything.
    if let Some(unread) = body {
        drain(unread).await;
    }
    let (mut response, who) = match outcome {
        Ok(done) => done,
        Err((trouble, _)) if route.path.starts_with("/api/") => {
            (Problem::from(trouble).into_response(), None)
        }
        Err((trouble, Some(who))) => {
            let frame = Frame::round(&who, trouble.title().to_owned(), "");
            (trouble.response(frame, part), Some(who.name))
        }
        Err((trouble, None)) => (trouble.response(Frame::bare(), part), None),
    };
    headers::secure(&app, &mut response);
    // The path as the table has it: what stands in the place of its parameters is nobody's business.
    tracing::info!(
        route = route.name,
        path = route.path,
        status = response.status().as_u16(),
        ms = began.elapsed().as_millis(),
        who = who.as_deref().unwrap_or("-"),
        "answered"
    );
    response
}

type Done = Result<(Response, Option<String>), (Trouble, Option<Person>)>;

async fn through(
    app: &Arc<App>,
    route: &'static Route,
    params: BTreeMap<String, String>,
    head: Parts,
    body: &mut Option<Body>,
) -> Done {
    let nobody = |trouble| (trouble, None);
    if !is_of_ours(&head.method, &head.headers) {
        return Err(nobody(Trouble::Forbidden(
            "this was not sent by a page of cleanbill. Open the page here and send it from there; a proxy before it \
             has to hand on Host and Origin as they come"
                .to_owned(),
        )));
    }
    let session = Cookie::Session.read(app, &head.headers);
    match route.run {
        Run::Open(run) => {
            if route.takes != Takes::Nothing {
                app.pace.address(peer(app, &head)).map_err(nobody)?;
            } else if route.path.starts_with("/sign-in/") {
                // Each costs the identity provider a call, or the store a row.
                app.pace.to_provider(peer(app, &head)).map_err(nobody)?;
            }
            #[cfg(feature = "oidc")]
            let from_elsewhere = super::csrf::is_from_elsewhere(&head.headers);
            let pending = Cookie::Pending.read(app, &head.headers);
            let given = read(app, route, head, body, params).await.map_err(nobody)?;
            let done = aside(app, move |app| async move {
                let part = given.part;
                let visit = Visit {
                    app: &app,
                    given,
                    session: session.map(Into::into),
                    pending,
                    #[cfg(feature = "oidc")]
                    from_elsewhere,
                };
                let done = run(&visit).await;
                done.unwrap_or_else(|trouble| trouble.response(Frame::bare(), part))
            });
            Ok((done.await.map_err(nobody)?, None))
        }
        Run::Call(_) => Err(nobody(Trouble::not_found())),
        Run::AtDesk(run) => {
            let person = match known(app, session.as_ref()).await.map_err(nobody)? {
                Some(person) => person,
                None => return to_sign_in(app, &head, session.is_some()).map_err(nobody),
            };
            let who = person.clone();
            let theirs = |trouble| (trouble, Some(who.clone()));
            app.pace.person(&person.name).map_err(theirs)?;
            let given = read(app, route, head, body, params).await.map_err(theirs)?;
            let done = aside(app, move |app| async move {
                let desk = Desk {
                    store: &app.store,
                    person,
                    clock: &*app.clock,
                };
                let asked = Asked {
                    app: &app,
                    desk,
                    given,
                    session: session.map(Into::into),
                };
                let done = match judged(route, &asked.desk, &asked.given.params).await {
                    Ok(()) => run(&asked).await,
                    Err(trouble) => Err(trouble),
                };
                done.unwrap_or_else(|trouble| {
                    trouble.response(asked.frame(trouble.title(), ""), asked.given.part)
                })
            });
            Ok((done.await.map_err(theirs)?, Some(who.name)))
        }
    }
}

/// Who has this session; nobody where it has ended.
async fn known(app: &App, session: Option<&String>) -> Result<Option<Person>, Trouble> {
    let Some(session) = session else {
        return Ok(None);
    };
    let who = Credentials {
        session: Some(session.clone().into()),
        ..Credentials::default()
    };
    match identify(&app.store, &who, (app.clock)()).await {
        Ok(person) => Ok(Some(person)),
        Err(WorkflowError::Refused(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whoever only looks is led to the sign-in and back; what was sent is refused.
fn to_sign_in(app: &App, head: &Parts, ended: bool) -> Result<(Response, Option<String>), Trouble> {
    if head.method != axum::http::Method::GET || head.headers.contains_key("hx-request") {
        return Err(Trouble::Unknown);
    }
    let wanted = head.uri.path_and_query().map_or("/", |p| p.as_str());
    let next: String = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    let mut response = see(&match wanted {
        "/" => "/sign-in".to_owned(),
        _ => format!("/sign-in?next={next}"),
    });
    if ended {
        Cookie::Session.set(app, &mut response, "", 0);
    }
    Ok((response, None))
}

/// Answers a program, which is known by somebody's token and by nothing else: no page of another site can send one.
async fn called(
    app: &Arc<App>,
    route: &'static Route,
    run: for<'a> fn(&'a Called<'a>) -> api::Calling<'a>,
    params: BTreeMap<String, String>,
    head: Parts,
    body: &mut Option<Body>,
) -> (Response, Option<String>) {
    let said = |problem: Problem, who| (problem.into_response(), who);
    let person = match api::known(app, &head.headers, peer(app, &head)).await {
        Ok(person) => person,
        Err(problem) => return said(problem, None),
    };
    let who = Some(person.name.clone());
    if let Err(trouble) = app.pace.person(&person.name) {
        return said(trouble.into(), who);
    }
    let body = match read_bytes(app, route, &head, body).await {
        Ok(body) => body,
        Err(trouble) => return said(trouble.into(), who),
    };
    let done = aside(app, move |app| async move {
        let media_type = head.headers.get(header::CONTENT_TYPE);
        let media_type = media_type.and_then(|v| v.to_str().ok()).unwrap_or("");
        let media_type = media_type.split(';').next().unwrap_or("").trim();
        let called = Called {
            app: &app,
            desk: Desk {
                store: &app.store,
                person,
                clock: &*app.clock,
            },
            params,
            query: head.uri.query().unwrap_or("").to_owned(),
            media_type: media_type.to_ascii_lowercase(),
            body,
        };
        let done = match judged(route, &called.desk, &called.params).await {
            Err(trouble) => Err(trouble.into()),
            Ok(()) if route.verb == Verb::Get => run(&called).await,
            Ok(()) => api::once(&called, route, &head.headers, async |c| run(c).await).await,
        };
        done.unwrap_or_else(IntoResponse::into_response)
    });
    match done.await {
        Ok(response) => (response, who),
        Err(trouble) => said(trouble.into(), who),
    }
}

/// Whether this person may, and whether it is of a client of theirs.
async fn judged(
    route: &Route,
    desk: &Desk<'_>,
    params: &BTreeMap<String, String>,
) -> Result<(), Trouble> {
    // No database keeps it, so nothing is named by it.
    if params.values().any(|value| value.contains('\0')) {
        return Err(Trouble::not_found());
    }
    let param = |name: &str| params.get(name).map_or("", String::as_str);
    let person = &desk.person;
    let forbidden = |error: WorkflowError| match error {
        WorkflowError::Refused(why) => Trouble::Forbidden(why),
        other => other.into(),
    };
    match route.needs {
        Needs::Nothing | Needs::SignedIn => {}
        Needs::May(act) => may(person, act).map_err(forbidden)?,
        Needs::Any(acts) => {
            let mut refusal = None;
            let allowed = acts.iter().any(|act| match may(person, *act) {
                Ok(()) => true,
                Err(why) => {
                    refusal.get_or_insert(why);
                    false
                }
            });
            if let (false, Some(why)) = (allowed, refusal) {
                return Err(forbidden(why));
            }
        }
        Needs::OrInPlace(act) => {
            if let Err(why) = may(person, act)
                && !desk.stands_in().await?
            {
                return Err(forbidden(why));
            }
        }
    }
    let theirs = match route.whose {
        Whose::Nobodys | Whose::InvoiceInPlace => true,
        Whose::Invoice => desk.serves_invoice(param("invoice")).await?,
        Whose::OwnRequest => match desk.request(param("request")).await {
            Ok(_) => true,
            Err(WorkflowError::Refused(_)) => false,
            Err(error) => return Err(error.into()),
        },
    };
    // Whether it exists is itself nobody's business who does not serve the client.
    theirs.then_some(()).ok_or_else(Trouble::not_found)
}

/// From whom it is: the connection, or what the proxy before us says.
fn peer(app: &App, head: &Parts) -> IpAddr {
    let of_proxy = || {
        let all = head.headers.get_all("x-forwarded-for");
        // The last is what our proxy wrote; those before it anybody could have sent.
        let last = all.iter().next_back()?.to_str().ok()?.rsplit(',').next()?;
        last.trim().parse().ok()
    };
    let direct = head.extensions.get::<Peer>().map(|p| p.0);
    let direct = direct.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    match app.reach.behind_proxy {
        true => of_proxy().unwrap_or(direct),
        false => direct,
    }
}

/// Reads the body as what a page was sent.
async fn read(
    app: &App,
    route: &Route,
    head: Parts,
    body: &mut Option<Body>,
    params: BTreeMap<String, String>,
) -> Result<Given, Trouble> {
    let bytes = read_bytes(app, route, &head, body).await?;
    Given::of(head, bytes, params).await
}

/// Reads the body, up to what the route takes and for no longer than a while.
async fn read_bytes(
    app: &App,
    route: &Route,
    head: &Parts,
    body: &mut Option<Body>,
) -> Result<Vec<u8>, Trouble> {
    let limit = route.takes.limit();
    let too_large = || {
        let size = match limit {
            0 => "nothing".to_owned(),
            n if n < 1 << 20 => format!("{} kB", n >> 10),
            n => format!("{} MB", n >> 20),
        };
        Trouble::TooLarge(format!(
            "at most {size} can be sent here at once; send fewer or smaller files"
        ))
    };
    let said = head.headers.get(header::CONTENT_LENGTH);
    let said = said
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse::<usize>().ok());
    if said.is_some_and(|n| n > limit) {
        return Err(too_large());
    }
    if route.takes == Takes::Nothing {
        return Ok(Vec::new());
    }
    let Some(unread) = body.as_mut() else {
        return Ok(Vec::new());
    };
    let whole = Limited::new(unread, limit).collect();
    let whole = tokio::time::timeout(app.patience, whole).await;
    let bytes = match whole {
        Err(_) => {
            // Nobody waits for the rest of it either.
            *body = None;
            return Err(Trouble::Slow);
        }
        Ok(Ok(whole)) => whole.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(too_large()),
        Ok(Err(_)) => return Err(Trouble::wrong("the request came incomplete; send it again")),
    };
    Ok(bytes.to_vec())
}

/// Reads what is left of a body that nobody wants, up to a limit.
async fn drain(mut body: Body) {
    let all = async {
        let mut left = UNWANTED;
        while let Some(Ok(frame)) = body.frame().await {
            let some = frame.data_ref().map_or(0, |d| d.len());
            match left.checked_sub(some) {
                Some(less) => left = less,
                None => break,
            }
        }
    };
    let _ = tokio::time::timeout(UNWANTED_PATIENCE, all).await;
}

/// Works in a thread of its own: documents are decrypted and invoices checked there, and no other request waits for it.
async fn aside<F, W>(app: &Arc<App>, work: F) -> Result<Response, Trouble>
where
    F: FnOnce(Arc<App>) -> W + Send + 'static,
    W: Future<Output = Response>,
{
    let failed = |what: &str| Trouble::Failed(what.to_owned());
    let turn = Arc::clone(&app.work).acquire_owned().await;
    let turn = turn.map_err(|_| failed("the program is ending"))?;
    let app = Arc::clone(app);
    let runtime = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        runtime.block_on(work(app))
    });
    done.await.map_err(|error| {
        tracing::error!(%error, "a page broke off");
        failed("the page broke off; the log says where")
    })
}
