//! Requests in, answers out: the endpoints of the stand-in, and what becomes of an answer on its way.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::{any, get, post};
use futures_util::{StreamExt, stream};

use super::answer::{Answer, Delivery, HUGE};
use super::boostcom::Boostcom;
use super::capillary::Capillary;
use super::clock::http_date;
use super::connection::Switch;
use super::input::{Ask, Body as Sent, BoostcomAsk, CapillaryAsk, Hold};
use super::shared::Shared;
use super::veris::Target;
use super::{boostcom_control, capillary_control, control};

/// Bytes of a request; far more than any sensible batch.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

const CHUNK: &[u8] = &[b' '; 64 * 1024];

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/access-token", get(access_token))
        .route("/members", post(members))
        .route("/api/v3/{*rest}", any(boostcom))
        .route("/v3/{*rest}", any(capillary))
        .route("/v1.1/{*rest}", any(capillary))
        .merge(control::routes())
        .merge(boostcom_control::routes())
        .merge(capillary_control::routes())
        .fallback(|| async { (StatusCode::NOT_FOUND, r#"{"error": "no such path"}"#) })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(shared)
}

async fn access_token(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    headers: HeaderMap,
) -> Response {
    shared.hold(Hold::Veris(Target::Token)).await;
    let ask = Ask::Token {
        client_id: text(&headers, "client_id"),
        client_secret: text(&headers, "client_secret"),
        api_key: text(&headers, "x-api-key"),
    };
    deliver(shared.ask(&ask), &switch, &shared).await
}

async fn members(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    shared.hold(Hold::Veris(Target::Members)).await;
    let ask = Ask::Push {
        authorization: text(&headers, "authorization"),
        content_type: text(&headers, "content-type"),
        body: Sent(body),
    };
    deliver(shared.ask(&ask), &switch, &shared).await
}

async fn boostcom(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(target) = Boostcom::target(method.as_str(), uri.path()) {
        shared.hold(Hold::Boostcom(target)).await;
    }
    let ask = Ask::Boostcom(Box::new(BoostcomAsk {
        method: method.to_string(),
        path: uri.path().to_owned(),
        authorization: text(&headers, "x-client-authorization"),
        product: text(&headers, "x-product-name"),
        user_agent: text(&headers, "x-user-agent"),
        content_type: text(&headers, "content-type"),
        body: Sent(body),
    }));
    deliver(shared.ask(&ask), &switch, &shared).await
}

async fn capillary(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    shared.hold(Hold::Capillary(Capillary::target(method.as_str(), uri.path()))).await;
    let ask = Ask::Capillary(Box::new(CapillaryAsk {
        method: method.to_string(),
        path: uri.path().to_owned(),
        token: text(&headers, "x-cap-api-oauth-token"),
        authorization: text(&headers, "authorization"),
        content_type: text(&headers, "content-type"),
        body: Sent(body),
    }));
    deliver(shared.ask(&ask), &switch, &shared).await
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

async fn deliver(answer: Answer, switch: &Switch, shared: &Shared) -> Response {
    shared.pause(answer.wait).await;
    if answer.delivery == Delivery::Hang {
        shared.stopping().cancelled().await;
    }
    if matches!(answer.delivery, Delivery::Cut | Delivery::Hang) {
        switch.cut();
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    // The server would put the wall clock's time there; a client that judges ValidTill by it needs the sandbox's.
    let date = http_date(shared.now());
    let texts = [
        (header::DATE, date),
        (header::RETRY_AFTER, answer.retry_after.map(|seconds| seconds.to_string())),
        (header::LOCATION, answer.location),
    ];
    for (name, value) in texts {
        headers.extend(value.and_then(|value| value.parse().ok()).map(|value| (name, value)));
    }
    if answer.delivery == Delivery::Truncated {
        headers.insert(header::CONTENT_LENGTH, answer.body.len().into());
    }
    *response.body_mut() = body(answer.body, answer.delivery);
    response
}

fn body(text: String, delivery: Delivery) -> Body {
    match delivery {
        Delivery::Whole | Delivery::Cut | Delivery::Hang => Body::from(text),
        Delivery::Slow(span) => slow(text.into_bytes(), span),
        Delivery::Truncated => truncated(text.into_bytes()),
        Delivery::Huge => Body::from_stream(stream::iter((0..HUGE / CHUNK.len()).map(|_| Ok::<_, Infallible>(CHUNK)))),
    }
}

/// Byte by byte, the last one when the time is over.
fn slow(bytes: Vec<u8>, span: Duration) -> Body {
    let pause = span / u32::try_from(bytes.len().max(1)).unwrap_or(u32::MAX);
    Body::from_stream(stream::iter(bytes).then(move |byte| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, Infallible>(Bytes::from(vec![byte]))
    }))
}

/// Half of it, then an error, upon which the server ends the connection. In between it gets a turn to send the half.
fn truncated(mut bytes: Vec<u8>) -> Body {
    bytes.truncate(bytes.len() / 2);
    let half = stream::once(async { Ok(Bytes::from(bytes)) });
    Body::from_stream(half.chain(stream::once(async {
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted))
    })))
}
