//! `/sandbox/boostcom`: looking at this stand-in and turning its knobs while it runs.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use serde_json::{Value, json};

use super::boostcom::{Record, Workers};
use super::control::{Wanted, answered, done, overlaid, read, read_faults, wrong};
use super::input::Turn;
use super::shared::Shared;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/sandbox/boostcom/state", get(state))
        .route("/sandbox/boostcom/members/{identifier}", get(member))
        .route("/sandbox/boostcom/faults", get(faults).put(set_faults).delete(clear_faults))
        .route("/sandbox/boostcom/workers", get(workers).put(set_workers))
        .route("/sandbox/boostcom/permits", get(permits).put(set_permits))
        .route("/sandbox/boostcom/seed", post(seed))
}

#[derive(Serialize)]
struct Everything {
    #[serde(flatten)]
    summary: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<Record>>,
}

async fn state(State(shared): State<Arc<Shared>>, Query(wanted): Query<Wanted>) -> Response {
    shared.look(|world, now| {
        let summary = world.boostcom.summary(now);
        let members = wanted.members().then(|| world.boostcom.members(now).into_values().collect());
        Json(Everything { summary, members }).into_response()
    })
}

async fn member(State(shared): State<Arc<Shared>>, Path(identifier): Path<String>) -> Response {
    match shared.look(|world, now| world.boostcom.member(&identifier, now)) {
        Some(record) => Json(record).into_response(),
        None => wrong(StatusCode::NOT_FOUND, "no such member"),
    }
}

async fn faults(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.look(|world, _| world.boostcom.faults().to_vec())).into_response()
}

async fn set_faults(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    match read_faults(&body) {
        Ok(faults) => answered(&shared, Turn::BoostcomFaults(faults.clone()), || faults),
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

async fn clear_faults(State(shared): State<Arc<Shared>>) -> Response {
    done(&shared, Turn::BoostcomFaults(Vec::new()))
}

async fn workers(State(shared): State<Arc<Shared>>) -> Response {
    Json(json!(shared.look(|world, now| {
        world.boostcom.settle(now);
        world.boostcom.workers().clone()
    })))
    .into_response()
}

async fn set_workers(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let current = shared.look(|world, now| {
        world.boostcom.settle(now);
        json!(world.boostcom.workers())
    });
    match overlaid::<Workers>(current, &body) {
        Ok(workers) => answered(&shared, Turn::BoostcomWorkers(workers.clone()), || workers),
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

async fn permits(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.look(|world, _| world.boostcom.permits())).into_response()
}

async fn set_permits(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let current = json!(shared.look(|world, _| world.boostcom.permits()));
    match overlaid(current, &body) {
        Ok(permits) => answered(&shared, Turn::BoostcomPermits(permits), || permits),
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

async fn seed(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    match read::<Vec<Value>>(&body) {
        Ok(members) => {
            let seeded = json!({ "seeded": members.len() });
            answered(&shared, Turn::BoostcomSeed(members), || seeded)
        }
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}
