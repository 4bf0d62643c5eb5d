//! `/sandbox/capillary`: looking at this stand-in and turning its knobs while it runs.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::capillary::{Edit, Entity, Habits};
use super::control::{answered, done, overlaid, read, read_faults, wrong};
use super::input::Turn;
use super::shared::Shared;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/sandbox/capillary/state", get(state))
        .route("/sandbox/capillary/seed", post(seed))
        .route("/sandbox/capillary/clients/{key}", get(client).put(edit).delete(remove))
        .route("/sandbox/capillary/scopes", get(scopes).put(set_scopes))
        .route("/sandbox/capillary/tokens", delete(revoke))
        .route("/sandbox/capillary/habits", get(habits).put(set_habits))
        .route("/sandbox/capillary/faults", get(faults).put(set_faults).delete(clear_faults))
}

async fn state(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.look(|world, now| world.capillary.summary(now))).into_response()
}

async fn seed(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    match read::<Vec<Value>>(&body) {
        Ok(clients) => {
            let seeded = json!({ "seeded": clients.len() });
            answered(&shared, Turn::CapillarySeed(clients), || seeded)
        }
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

async fn client(State(shared): State<Arc<Shared>>, Path(key): Path<String>) -> Response {
    match shared.look(|world, now| world.capillary.client(&key, now)) {
        Some(client) => Json(client).into_response(),
        None => wrong(StatusCode::NOT_FOUND, "no such client"),
    }
}

async fn edit(State(shared): State<Arc<Shared>>, Path(key): Path<String>, body: Bytes) -> Response {
    match read::<Edit>(&body) {
        Ok(edit) => {
            let look = || shared.look(|world, now| world.capillary.client(&key, now));
            answered(&shared, Turn::CapillaryEdit { key: key.clone(), edit }, look)
        }
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

async fn remove(State(shared): State<Arc<Shared>>, Path(key): Path<String>) -> Response {
    done(&shared, Turn::CapillaryRemove(key))
}

async fn scopes(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.look(|world, _| world.capillary.entities().to_vec())).into_response()
}

async fn set_scopes(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    match read::<Vec<Entity>>(&body) {
        Ok(scopes) => answered(&shared, Turn::CapillaryScopes(scopes.clone()), || scopes),
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

async fn revoke(State(shared): State<Arc<Shared>>) -> Response {
    done(&shared, Turn::CapillaryRevoke)
}

async fn habits(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.look(|world, _| world.capillary.habits())).into_response()
}

async fn set_habits(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let current = json!(shared.look(|world, _| world.capillary.habits()));
    match overlaid::<Habits>(current, &body) {
        Ok(habits) => answered(&shared, Turn::CapillaryHabits(habits), || habits),
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

async fn faults(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.look(|world, _| world.capillary.faults().to_vec())).into_response()
}

async fn set_faults(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    match read_faults(&body) {
        Ok(faults) => answered(&shared, Turn::CapillaryFaults(faults.clone()), || faults),
        Err(message) => wrong(StatusCode::BAD_REQUEST, &message),
    }
}

async fn clear_faults(State(shared): State<Arc<Shared>>) -> Response {
    done(&shared, Turn::CapillaryFaults(Vec::new()))
}
