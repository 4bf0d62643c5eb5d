//! A run, and who changed in it.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::{Desk, Viewer, missing, page};
use crate::config::Config;
use crate::daemon::ask;
use crate::daemon::listen::unavailable;
use crate::report::page::private::{self, Changed, Changes};
use crate::roster::Payload;
use crate::store::{self, ChangeRow, Store};

/// So many people are shown.
const MOST: u32 = 500;

pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(viewer): Extension<Viewer>,
    Path(run): Path<String>,
) -> Response {
    let found = match run.parse() {
        Ok(run) => changes(&desk.daemon.config(), run).await,
        Err(_) => Ok(None),
    };
    match found {
        Ok(Some(changes)) => page(StatusCode::OK, private::run(changes, viewer.sight)),
        Ok(None) => missing("No run has this number, or its record is older than is kept.", viewer.sight),
        Err(error) => unavailable(&error),
    }
}

async fn changes(config: &Config, run: i64) -> Result<Option<Changes>, store::Error> {
    let mut store = Store::look(&config.state).await?;
    let Some(ran) = store.run(run).await? else { return Ok(None) };
    let (rows, all) = store.changes(run, MOST).await?;
    store.close().await?;
    let some = rows.into_iter().map(changed).collect::<Result<_, _>>()?;
    Ok(Some(Changes { ran: ask::ran(ran), all, some }))
}

fn changed(row: ChangeRow) -> Result<Changed, store::Error> {
    let ChangeRow { at: _, key, identity, kind, why, outcome, due, confirmed } = row;
    let outcome = outcome.map(|(what, detail)| match detail {
        Some(detail) => format!("{what}: {detail}"),
        None => what,
    });
    let fields = difference(confirmed.as_deref(), due.as_deref())?;
    Ok(Changed { key, identity, kind, why, outcome, fields })
}

/// By field what was confirmed and what is due, where something is.
fn difference(confirmed: Option<&str>, due: Option<&str>) -> Result<BTreeMap<String, [Value; 2]>, store::Error> {
    let Some(due) = due else { return Ok(BTreeMap::new()) };
    let read =
        |text: &str| Payload::from_json(text).map_err(|error| store::Error::Damaged(format!("a payload: {error}")));
    Ok(confirmed.map(read).transpose()?.unwrap_or_default().difference(&read(due)?))
}
