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
use serde_json::{Map, Value, json};

use super::fault::{Fault, Target};
use super::input::Turn;
use super::shared::Shared;
use super::span;
use super::veris::Record;

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
pub(super) struct Wanted {
    members: Option<bool>,
}

impl Wanted {
    pub(super) fn members(&self) -> bool {
        self.members != Some(false)
    }
}

#[derive(Serialize)]
struct Everything<'a> {
    #[serde(flatten)]
    summary: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<&'a Record>>,
}

async fn state(State(shared): State<Arc<Shared>>, Query(wanted): Query<Wanted>) -> Response {
    shared.look(|world, now| {
        let summary = world.veris.summary(now);
        let members = wanted.members().then(|| world.veris.members(now).values().collect());
        Json(Everything { summary, members }).into_response()
    })
}

async fn member(State(shared): State<Arc<Shared>>, Path(unique_id): Path<String>) -> Response {
    match shared.look(|world, now| world.veris.members(now).get(&unique_id).cloned()) {
        Some(record) => Json(record).into_response(),
        None => wrong(StatusCode::NOT_FOUND, "no such member"),
    }
}

async fn faults(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.look(|world, _| world.veris.faults().to_vec())).into_response()
}

async fn set_faults(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    match read_faults(&body) {
        Ok(faults) => answered(&shared, Turn::VerisFaults(faults.clone()), || faults),
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

async fn clear_faults(State(shared): State<Arc<Shared>>) -> Response {
    done(&shared, Turn::VerisFaults(Vec::new()))
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
            answered(&shared, Turn::Advance(advance), || json!({ "now": shared.now().to_string() }))
        }
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

async fn seed(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    match read::<Vec<Value>>(&body) {
        Ok(members) => {
            let seeded = json!({ "seeded": members.len() });
            answered(&shared, Turn::VerisSeed(members), || seeded)
        }
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

async fn reset(State(shared): State<Arc<Shared>>) -> Response {
    done(&shared, Turn::Reset)
}

/// Turns a knob, and answers with what it looks like afterwards.
pub(super) fn answered<T: Serialize>(shared: &Shared, turn: Turn, look: impl FnOnce() -> T) -> Response {
    match shared.turn(turn) {
        Ok(()) => Json(look()).into_response(),
        Err(message) => wrong(StatusCode::UNPROCESSABLE_ENTITY, &message),
    }
}

/// Turns a knob that leaves nothing to look at.
pub(super) fn done(shared: &Shared, turn: Turn) -> Response {
    match shared.turn(turn) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(message) => wrong(StatusCode::UNPROCESSABLE_ENTITY, &message),
    }
}

/// One fault, or several: then the first that fits fires.
pub(super) fn read_faults<T: Target>(body: &[u8]) -> Result<Vec<Fault<T>>, String> {
    let fault = |value| serde_json::from_value(value).map_err(|error| error.to_string());
    match read::<Value>(body)? {
        Value::Array(faults) => faults.into_iter().map(fault).collect(),
        one => Ok(vec![fault(one)?]),
    }
}

/// Settings of which only those change that are named.
pub(super) fn overlaid<T: DeserializeOwned>(current: Value, body: &[u8]) -> Result<T, String> {
    let mut settings: Map<String, Value> = serde_json::from_value(current).map_err(|error| error.to_string())?;
    settings.extend(read::<Map<String, Value>>(body)?);
    serde_json::from_value(Value::Object(settings)).map_err(|error| error.to_string())
}

pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

pub(super) fn wrong(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}
