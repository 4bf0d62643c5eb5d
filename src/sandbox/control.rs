//! `/sandbox`: looking at the stand-in and turning its knobs while it runs.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::server::Shared;
use super::span;
use super::veris::{Fault, Record};

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/sandbox/state", get(state))
        .route("/sandbox/members/{unique_id}", get(member))
        .route("/sandbox/faults", get(faults).put(set_faults).delete(clear_faults))
        .route("/sandbox/clock", get(clock).post(advance))
        .route("/sandbox/seed", post(seed))
        .route("/sandbox/reset", post(reset))
}

/// Members may be many: `?members=false` leaves them out.
#[derive(Deserialize)]
struct Wanted {
    members: Option<bool>,
}

#[derive(Serialize)]
struct Everything<'a> {
    #[serde(flatten)]
    summary: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<&'a Record>>,
}

async fn state(State(shared): State<Arc<Shared>>, Query(wanted): Query<Wanted>) -> Response {
    shared.veris(|veris, now| {
        let summary = veris.summary(now);
        let members = (wanted.members != Some(false)).then(|| veris.members(now).values().collect());
        Json(Everything { summary, members }).into_response()
    })
}

async fn member(State(shared): State<Arc<Shared>>, Path(unique_id): Path<String>) -> Response {
    match shared.veris(|veris, now| veris.members(now).get(&unique_id).cloned()) {
        Some(record) => Json(record).into_response(),
        None => wrong(StatusCode::NOT_FOUND, "no such member"),
    }
}

async fn faults(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.veris(|veris, _| veris.faults().to_vec())).into_response()
}

/// One fault, or several: then the first that fits fires.
async fn set_faults(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let faults = read::<Value>(&body).and_then(|wish| match wish {
        Value::Array(faults) => faults.into_iter().map(fault).collect::<Result<Vec<_>, _>>(),
        one => Ok(vec![fault(one)?]),
    });
    match faults {
        Ok(faults) => {
            shared.veris(|veris, _| veris.set_faults(faults.clone()));
            Json(faults).into_response()
        }
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

fn fault(value: Value) -> Result<Fault, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

async fn clear_faults(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.veris(|veris, _| veris.set_faults(Vec::new()));
    StatusCode::NO_CONTENT
}

async fn clock(State(shared): State<Arc<Shared>>) -> Response {
    Json(json!({ "now": shared.now().to_string() })).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    #[serde(with = "span")]
    advance: Duration,
}

async fn advance(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    match read::<Advance>(&body) {
        Ok(Advance { advance }) => {
            shared.advance(advance);
            clock(State(shared)).await
        }
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

async fn seed(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let members = match read::<Vec<Value>>(&body) {
        Ok(members) => members,
        Err(message) => return wrong(StatusCode::BAD_REQUEST, &message),
    };
    match shared.veris(|veris, _| veris.seed(members)) {
        Ok(seeded) => Json(json!({ "seeded": seeded })).into_response(),
        Err(message) => wrong(StatusCode::UNPROCESSABLE_ENTITY, &message),
    }
}

async fn reset(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.reset();
    StatusCode::NO_CONTENT
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

fn wrong(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}
