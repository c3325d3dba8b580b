//! Connections, and the router made of the table.

use super::answer::Trouble;
use super::api::{self, CALLS};
use super::app::App;
use super::courier;
use super::frame::Frame;
use super::gate::{self, Peer};
use super::route::Verb;
use super::routes::ROUTES;
use super::{assets, headers};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, RawPathParams};
use axum::http::{Request, Response, Uri};
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, get, on};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// The longest a browser may take over the head of a request, or a handshake.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long requests that are under way may go on when the program is told to end.
const LAST_WORDS: Duration = Duration::from_secs(10);
/// Connections at once.
const CONNECTIONS: usize = 1024;

/// A server that runs. Dropped, it ends without waiting.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Takes no more connections, and ends when what is under way is done.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }
}

/// Serves the application on an address, with TLS where certificates are given.
///
/// # Errors
/// The address is taken or not this machine's.
pub async fn start(
    app: App,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
) -> std::io::Result<Running> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let (stop, told) = watch::channel(false);
    let app = Arc::new(app);
    let router = router(&app);
    courier::begin(app, told.clone());
    let task = tokio::spawn(serve(listener, tls, router, told));
    Ok(Running {
        address,
        stop,
        task,
    })
}

fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for route in ROUTES.iter().chain(CALLS.iter().map(|c| &c.route)) {
        let app = Arc::clone(app);
        let filter = match route.verb {
            Verb::Get => MethodFilter::GET,
            Verb::Post => MethodFilter::POST,
            Verb::Delete => MethodFilter::DELETE,
        };
        let work = move |params: Params, request: Request<Body>| {
            let app = Arc::clone(&app);
            async move {
                match params {
                    Ok(params) => gate::enter(app, route, params, request).await,
                    // What is no text names nothing.
                    Err(_) => lost(&app, request.uri(), false),
                }
            }
        };
        router = router.route(route.path, on(filter, work));
    }
    let nowhere = |wrong_verb| {
        let app = Arc::clone(app);
        move |uri: Uri| {
            let response = lost(&app, &uri, wrong_verb);
            async move { response }
        }
    };
    let asset = {
        let app = Arc::clone(app);
        move |uri: Uri| {
            let mut response = assets::serve(uri.path());
            headers::secure(&app, &mut response);
            async move { response }
        }
    };
    router
        .route("/assets/{name}", get(asset))
        .fallback(nowhere(false))
        .method_not_allowed_fallback(nowhere(true))
        // The gate has its own limits, by route.
        .layer(DefaultBodyLimit::disable())
}

type Params = Result<RawPathParams, axum::extract::rejection::RawPathParamsRejection>;

/// Said where nothing is, or nothing of this method.
fn lost(app: &App, uri: &Uri, wrong_verb: bool) -> Response<Body> {
    let mut response = match (uri.path().starts_with("/api/"), wrong_verb) {
        (true, true) => api::wrong_verb().into_response(),
        (true, false) => api::nowhere().into_response(),
        (false, _) => Trouble::not_found().response(Frame::bare(), false),
    };
    headers::secure(app, &mut response);
    response
}

async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    mut stop: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = told(&mut stop) => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, peer)) = accepted else {
            // Too many open files, mostly: they become fewer by themselves.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            continue;
        };
        let (tls, router, stop) = (tls.clone(), router.clone(), stop.clone());
        connections.spawn(async move {
            let _place = place;
            let _ = stream.set_nodelay(true);
            match tls {
                None => speak(stream, router, peer.ip(), stop).await,
                Some(tls) => match tokio::time::timeout(PATIENCE, tls.accept(stream)).await {
                    Ok(Ok(stream)) => speak(stream, router, peer.ip(), stop).await,
                    Ok(Err(error)) => tracing::debug!(%error, "no handshake"),
                    Err(_) => {}
                },
            }
        });
    }
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(LAST_WORDS, all).await;
}

/// Waits for the word to stop; a server that was dropped said it too.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    peer: IpAddr,
    mut stop: watch::Receiver<bool>,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        let router = router.clone();
        async move {
            let answered: Result<Response<Body>, Infallible> =
                router.oneshot(request.map(Body::new)).await;
            answered
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = told(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended");
    }
}
