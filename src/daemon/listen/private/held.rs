//! Whom the guard holds of a sync.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;

use super::{Desk, Viewer, missing, page};
use crate::config::{Config, Sync};
use crate::daemon::listen::unavailable;
use crate::report::page::private::{self, Held, Waiting};
use crate::store::{self, HeldRow, Store, WaitingRow};

/// So many people are shown.
const MOST: u32 = 500;

pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(viewer): Extension<Viewer>,
    Path(name): Path<String>,
) -> Response {
    let config = desk.daemon.config();
    let Some(sync) = config.syncs.get(&name) else {
        return missing("The config names no such sync.", viewer.sight);
    };
    match held(&config, sync).await {
        Ok(held) => page(StatusCode::OK, private::held(&held, viewer.sight)),
        Err(error) => unavailable(&error),
    }
}

async fn held(config: &Config, sync: &Sync) -> Result<Held, store::Error> {
    let mut store = Store::look(&config.state).await?;
    let (rows, all) = match store.feed(&sync.name, sync.was.as_deref()).await? {
        Some((feed, _)) => store.waiting(feed.id, MOST, Timestamp::now()).await?,
        None => (Vec::new(), 0),
    };
    store.close().await?;
    let plan = rows.first().map(|row| row.held.plan.clone());
    Ok(Held { sync: sync.name.clone(), plan, all, some: rows.into_iter().map(waiting).collect() })
}

fn waiting(row: WaitingRow) -> Waiting {
    let WaitingRow { held, absent_since } = row;
    let HeldRow { key, kind, identity, why, since, plan: _, approved } = held;
    Waiting { key, kind, identity, why, since, approved, absent_since }
}
