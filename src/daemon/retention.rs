//! What was kept for long enough goes: when the store is looked through, and by whom.

use jiff::{SignedDuration, Timestamp};

use super::shared::Daemon;
use super::stop::Stopping;
use super::told;
use crate::config::Retention;
use crate::store::{self, Cutoff, Store};

/// How often the store is looked through at least.
const HOURLY: SignedDuration = SignedDuration::from_hours(1);

/// And at most: whoever keeps values for a few seconds has them for some more.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// How long after a look through the store the next one begins.
fn apart(retention: &Retention) -> SignedDuration {
    SignedDuration::try_from(retention.values).unwrap_or(HOURLY).clamp(PAUSE, HOURLY)
}

/// What is due to go at a moment.
pub fn cutoff(retention: &Retention, now: Timestamp) -> Cutoff {
    let Retention { values, audit } = *retention;
    Cutoff::at(now, values, audit)
}

/// Removes all that is due to go, a portion after the other, for whoever has the store for themselves.
pub async fn remove(store: &mut Store, cutoff: Cutoff) -> Result<(), store::Error> {
    for realm in store.realms().await? {
        while store.expire_people(&realm, cutoff).await? > 0 {}
    }
    while store.expire_record(cutoff).await? > 0 {}
    if store.wants_rebuilding(cutoff).await? {
        store.rebuild(cutoff).await?;
    }
    // Whoever still looks at something is done by the next time.
    store.empty_log().await.map(drop)
}

/// Why a look through the store did not come to its end.
#[derive(Debug, thiserror::Error)]
enum Unfinished {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Stopping(#[from] Stopping),
}

impl Daemon {
    /// Looks through the store, unless it is not time yet.
    pub(super) fn tidy(self: &std::sync::Arc<Self>) {
        if self.round().begin(apart(&self.config().retention), self.now()) {
            let daemon = self.clone();
            tokio::spawn(async move {
                match daemon.tidy_up().await {
                    Ok(()) | Err(Unfinished::Stopping(_)) => {}
                    Err(Unfinished::Store(error)) => told::untidy(&error),
                }
                daemon.round().end();
            });
        }
    }

    /// A run at a target waits for a portion at most, and one at any for the file to be written anew.
    async fn tidy_up(&self) -> Result<(), Unfinished> {
        let config = self.config();
        let clock = self.clock().enter();
        let mut store = Store::open(&config.state).await?;
        store.follow_clock(clock.now()).await?;
        let cutoff = cutoff(&config.retention, clock.now().wall);
        let realms = store.realms().await?;
        for realm in &realms {
            loop {
                let _slot = self.slot(realm).await?;
                if store.expire_people(realm, cutoff).await? == 0 {
                    break;
                }
            }
        }
        while store.expire_record(cutoff).await? > 0 {
            tokio::task::yield_now().await;
        }
        if store.wants_rebuilding(cutoff).await? {
            let _slots = self.slots(&config).await?;
            store.rebuild(cutoff).await?;
        }
        store.empty_log().await?;
        Ok(store.close().await?)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_store_is_looked_through_hourly_or_as_often_as_values_go() {
        let kept = |values: u64| Retention { values: Duration::from_secs(values), audit: Duration::from_secs(1) };
        let seconds = [86_400, 3_600, 60, 0].map(|values| apart(&kept(values)).as_secs());
        assert_eq!(seconds, [3_600, 3_600, 60, 10]);
    }
}
