//! What is known of somebody, as `rosterd explain` tells it; and where to begin.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::{Desk, Viewer, page};
use crate::config::Config;
use crate::daemon::ask;
use crate::daemon::listen::unavailable;
use crate::daemon::person::{Asked, stories};
use crate::report::page::private;
use crate::report::story::{Look, Story};
use crate::report::{Ran, Sight};
use crate::store::{self, Store};

/// Directories are waited for so long, so that a page comes before the browser is cut off.
const PATIENCE: Duration = Duration::from_secs(6);

/// So many of the last runs are named.
const RUNS: u32 = 20;

pub(super) async fn show(State(desk): State<Desk>, Extension(viewer): Extension<Viewer>, uri: Uri) -> Response {
    let Some(who) = asked_for(&uri) else { return begin(&desk, viewer.sight).await };
    match look(&desk, &who).await {
        Ok(stories) if stories.is_empty() => page(StatusCode::NOT_FOUND, private::nobody(&who, viewer.sight)),
        Ok(stories) => page(StatusCode::OK, private::person(stories, viewer.sight)),
        Err(error) => unavailable(&error),
    }
}

/// Nobody was asked for yet.
async fn begin(desk: &Desk, sight: Sight) -> Response {
    let config = desk.daemon.config();
    let syncs: Vec<_> = config.syncs.keys().cloned().collect();
    match runs(&config).await {
        Ok(runs) => page(StatusCode::OK, private::start(&syncs, &runs, sight)),
        Err(error) => unavailable(&error),
    }
}

async fn runs(config: &Config) -> Result<Vec<Ran>, store::Error> {
    let mut store = Store::look(&config.state).await?;
    let runs = store.runs(None, RUNS).await?;
    store.close().await?;
    Ok(runs.into_iter().map(ask::ran).collect())
}

/// `?who=WHO`.
fn asked_for(uri: &Uri) -> Option<String> {
    let query = reqwest::Url::parse(&format!("http://localhost/?{}", uri.query()?)).ok()?;
    let (_, who) = query.query_pairs().find(|(name, _)| name == "who")?;
    Some(who.trim().to_owned()).filter(|who| !who.is_empty())
}

/// A directory that is slow does not keep what the store knows.
async fn look(desk: &Desk, who: &str) -> Result<Vec<Story>, store::Error> {
    let config = desk.daemon.config();
    let looked = timeout(PATIENCE, look_up(desk.looking.clone(), config.clone(), who.to_owned())).await;
    if let Ok(looked) = looked {
        return looked;
    }
    let mut known = stories(&config, who, Asked::Store).await?;
    for story in &mut known {
        story.directory = Look::Failed(format!(
            "it has not answered within {} s: load this page again, or see `rosterd explain`",
            PATIENCE.as_secs()
        ));
    }
    Ok(known)
}

/// One at a time. A bind that was begun goes on to its end, also when nobody waits for it any more: what it learns of
/// credentials that are refused has to be kept.
async fn look_up(looking: Arc<Mutex<()>>, config: Arc<Config>, who: String) -> Result<Vec<Story>, store::Error> {
    let turn = looking.lock_owned().await;
    let looked = tokio::spawn(async move {
        let looked = stories(&config, &who, Asked::Directory).await;
        drop(turn);
        looked
    });
    looked.await.expect("nobody ends it")
}
