//! Connections and requests: limits and faults come before a portal's own work and after it.

use super::control;
use super::faults::{Fault, Operation, What};
use super::oauth::Stranger;
use super::pace::Request as Logged;
use super::portal::{Portal, Strike, lock};
use super::settings::Kind;
use super::{agreed, drop, ebillinghub, ledes_api, legal_tracker};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use axum::response::IntoResponse;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// The longest a sender may take over its head or its body.
const PATIENCE: Duration = Duration::from_secs(120);

/// A door: a listener, and what is behind it.
pub(super) struct Door {
    pub(super) listener: TcpListener,
    pub(super) tls: Option<TlsAcceptor>,
    /// The portal; without one it is the sandbox's own page.
    pub(super) portal: Option<Arc<Portal>>,
    /// `/sandbox` and, without a portal, everything.
    pub(super) control: Router,
}

/// The connection is to end without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection was cut, as asked")]
struct CutOff;

/// Serves until told to stop. Connections that are open then are dropped.
pub(super) async fn serve(door: Door, mut stop: watch::Receiver<bool>) {
    let work = door.portal.as_ref().map(router);
    let behind = Arc::new(Behind {
        portal: door.portal,
        work,
        control: door.control,
    });
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = told(&mut stop) => break,
            Some(_) = connections.join_next() => {}
            accepted = door.listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, door.tls.clone(), Arc::clone(&behind)));
                }
                // Too many open files, mostly: they become fewer by themselves.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
}

/// Waits for the word to stop; a sandbox that was dropped said it too.
pub(super) async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

struct Behind {
    portal: Option<Arc<Portal>>,
    work: Option<Router>,
    control: Router,
}

fn router(portal: &Arc<Portal>) -> Router {
    let portal = Arc::clone(portal);
    match portal.settings.kind {
        Kind::LedesApi => ledes_api::router(portal),
        Kind::LegalTracker => legal_tracker::router(portal),
        Kind::EBillingHub => ebillinghub::router(portal),
        Kind::AgreedUpload => agreed::router(portal),
        Kind::FileDrop => drop::router(),
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, behind: Arc<Behind>) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => speak(stream, behind).await,
        Some(tls) => match tokio::time::timeout(PATIENCE, tls.accept(stream)).await {
            Ok(Ok(stream)) => speak(stream, behind).await,
            Ok(Err(error)) => tracing::debug!(%error, "no handshake"),
            Err(_) => {}
        },
    }
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, behind: Arc<Behind>) {
    let service = service_fn(move |request| {
        let behind = Arc::clone(&behind);
        async move { answer(&behind, request).await }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended");
    }
}

async fn answer(behind: &Behind, request: Request<Incoming>) -> Result<Response<Body>, CutOff> {
    let path = request.uri().path().to_owned();
    let (Some(portal), Some(work)) = (&behind.portal, &behind.work) else {
        return Ok(call(&behind.control, request.map(Body::new)).await);
    };
    if path == "/sandbox" || path.starts_with("/sandbox/") {
        return Ok(call(&behind.control, request.map(Body::new)).await);
    }
    let operation = operation(portal, request.method(), &path);
    let mut logged = Logged {
        at: chrono::Utc::now(),
        method: request.method().to_string(),
        path,
        operation,
        status: None,
        fault: None,
        request_id: named(&request),
    };
    let answered = portal_answer(portal, work, request, &mut logged).await;
    logged.status = answered.as_ref().ok().map(|r| r.status().as_u16());
    lock(&portal.pace).note(logged);
    answered
}

fn named(request: &Request<Incoming>) -> Option<String> {
    let value = request.headers().get("x-request-id")?.to_str().ok()?;
    Some(value.chars().take(200).collect())
}

fn operation(portal: &Portal, method: &Method, path: &str) -> Operation {
    if path == portal.settings.token_path {
        return Operation::Token;
    }
    match portal.settings.kind {
        Kind::LedesApi => ledes_api::operation(method, path),
        Kind::LegalTracker => legal_tracker::operation(&portal.settings, method, path),
        Kind::EBillingHub => ebillinghub::operation(method, path),
        Kind::AgreedUpload => agreed::operation(&portal.settings, method, path),
        Kind::FileDrop => Operation::Other,
    }
}

async fn portal_answer(
    portal: &Arc<Portal>,
    work: &Router,
    request: Request<Incoming>,
    logged: &mut Logged,
) -> Result<Response<Body>, CutOff> {
    let waits = lock(&portal.pace).take(Instant::now());
    if let Err(seconds) = waits {
        drain(request, portal.settings.body_limit).await;
        return Ok(busy(Some(seconds)));
    }
    let struck = lock(&portal.faults).strike(portal.seed, &portal.settings.name, logged.operation);
    logged.fault = struck.as_ref().map(fault_name);
    if struck
        .as_ref()
        .is_some_and(|f| f.what == What::CutBeforeBody)
    {
        return Err(CutOff);
    }
    let (mut head, body) = request.into_parts();
    let limited = Limited::new(body, portal.settings.body_limit);
    let body = match tokio::time::timeout(PATIENCE, limited.collect()).await {
        Err(_) => return Err(CutOff),
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let text = "the body is larger than this portal takes";
            return Ok((StatusCode::PAYLOAD_TOO_LARGE, text).into_response());
        }
        Ok(Err(_)) => return Err(CutOff),
    };
    if let Some(fault) = &struck {
        tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
        if let Some(instead) = before_work(portal, fault, logged.operation) {
            return instead;
        }
    }
    head.extensions.insert(Strike {
        request_id: logged.request_id.clone(),
        fault: logged.fault.clone(),
        as_duplicate: struck
            .as_ref()
            .is_some_and(|f| f.what == What::DuplicateRefusal),
    });
    let answered = call(work, Request::from_parts(head, Body::from(body))).await;
    match struck {
        Some(fault) => after_work(&fault, answered).await,
        None => Ok(answered),
    }
}

async fn call(router: &Router, request: Request<Body>) -> Response<Body> {
    let answered: Result<_, Infallible> = router.clone().oneshot(request).await;
    match answered {
        Ok(response) => response,
    }
}

/// Reads a body to its end, so that the sender gets to reading the answer.
async fn drain(request: Request<Incoming>, limit: usize) {
    let limited = Limited::new(request.into_body(), limit);
    let _ = tokio::time::timeout(PATIENCE, limited.collect()).await;
}

fn fault_name(fault: &Fault) -> String {
    let name = serde_json::to_value(fault.what).ok();
    let name = name.as_ref().and_then(|n| n.as_str()).unwrap_or("fault");
    let kept = if fault.kept { "-kept" } else { "" };
    format!("{name}{kept}")
}

fn busy(wait: Option<u64>) -> Response<Body> {
    let text = "too many requests";
    let mut response = (StatusCode::TOO_MANY_REQUESTS, text).into_response();
    retry(&mut response, wait);
    response
}

fn retry(response: &mut Response<Body>, wait: Option<u64>) {
    if let Some(seconds) = wait {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Faults that keep the work from being done.
fn before_work(
    portal: &Portal,
    fault: &Fault,
    operation: Operation,
) -> Option<Result<Response<Body>, CutOff>> {
    let wait = fault.retry_after.map(u64::from);
    let instead = match fault.what {
        What::Busy => busy(wait),
        What::Error500 if !fault.kept => error_500(),
        What::Error503 if !fault.kept => error_503(wait),
        What::CutAfterBody if !fault.kept => return Some(Err(CutOff)),
        What::ExpiredToken if operation == Operation::Token => {
            let body = axum::Json(serde_json::json!({"error": "invalid_client"}));
            (StatusCode::UNAUTHORIZED, body).into_response()
        }
        What::ExpiredToken => {
            portal.tokens.end();
            Stranger::Invalid.response()
        }
        What::CertificateRequired => {
            let text = "a client certificate is required";
            (StatusCode::FORBIDDEN, text).into_response()
        }
        _ => return None,
    };
    Some(Ok(instead))
}

/// Faults that spoil the answer of work that was done.
async fn after_work(fault: &Fault, answered: Response<Body>) -> Result<Response<Body>, CutOff> {
    match fault.what {
        What::CutAfterBody => Err(CutOff),
        What::Error500 => Ok(error_500()),
        What::Error503 => Ok(error_503(fault.retry_after.map(u64::from))),
        What::WrongJson => {
            spoiled(answered, |_| {
                Bytes::from_static(b"{\"result\":[1,{\"ok\":null}]}")
            })
            .await
        }
        What::NoJson => {
            let mut page = spoiled(answered, |_| {
                Bytes::from_static(b"<html><body>Scheduled maintenance</body></html>")
            })
            .await?;
            let html = HeaderValue::from_static("text/html");
            page.headers_mut().insert(header::CONTENT_TYPE, html);
            Ok(page)
        }
        What::TruncatedJson => spoiled(answered, |body| body.slice(..body.len() / 2)).await,
        What::CutAnswer => {
            let (head, body) = answered.into_parts();
            let body = body.collect().await.map_err(|_| CutOff)?.to_bytes();
            let half = HalfBody {
                whole: body.len() as u64,
                half: Some(body.slice(..body.len() / 2)),
            };
            Ok(Response::from_parts(head, Body::new(half)))
        }
        _ => Ok(answered),
    }
}

async fn spoiled(
    answered: Response<Body>,
    spoil: impl Fn(&Bytes) -> Bytes,
) -> Result<Response<Body>, CutOff> {
    let (mut head, body) = answered.into_parts();
    let body = body.collect().await.map_err(|_| CutOff)?.to_bytes();
    head.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(head, Body::from(spoil(&body))))
}

fn error_500() -> Response<Body> {
    (StatusCode::INTERNAL_SERVER_ERROR, "internal error").into_response()
}

fn error_503(wait: Option<u64>) -> Response<Body> {
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, "not available").into_response();
    retry(&mut response, wait);
    response
}

/// Promises a whole body, sends half of it, and fails.
struct HalfBody {
    whole: u64,
    half: Option<Bytes>,
}

impl hyper::body::Body for HalfBody {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        let next = match self.half.take() {
            Some(half) => Ok(Frame::data(half)),
            None => Err(CutOff),
        };
        Poll::Ready(Some(next))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole)
    }
}

/// The control routes of a portal's own port.
pub(super) fn control_of(sandbox: &Arc<control::Sandbox>, portal: usize) -> Router {
    control::router(Arc::clone(sandbox), Some(portal))
}
