//! Whether every sync does what its schedule promises.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::report::{Status, SyncStatus};

/// Whether every sync is on time; those that are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Whether all are.
    pub ready: bool,
    /// That a config was refused; the one before does its work.
    pub config_refused: bool,
    /// Syncs that are late.
    pub late: Vec<Late>,
}

/// A sync that is late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Late {
    /// Its name.
    pub sync: String,
    /// In words.
    pub why: String,
}

/// Judges syncs with a schedule, of which it is told when three of their periods ago was. A paused one rests because
/// somebody said so. One that never succeeded has three periods from when the daemon or its config started: a new sync
/// does not make the daemon late at once.
pub fn readiness(status: &Status, three_periods_ago: &BTreeMap<String, Timestamp>) -> Readiness {
    let daemon = status.daemon.as_ref();
    let began = daemon.map_or(status.now, |daemon| daemon.since.max(daemon.config.loaded_at));
    let judged = status.syncs.iter().filter(|sync| !sync.paused);
    let late: Vec<_> = judged
        .filter_map(|sync| {
            let why = late(sync, *three_periods_ago.get(&sync.sync)?, began)?;
            Some(Late { sync: sync.sync.clone(), why })
        })
        .collect();
    Readiness { ready: late.is_empty(), config_refused: daemon.is_some_and(|daemon| daemon.refused.is_some()), late }
}

fn late(sync: &SyncStatus, three_periods_ago: Timestamp, began: Timestamp) -> Option<String> {
    match sync.last_success {
        Some(at) if at <= three_periods_ago => Some(format!("no success since {at:.0}, with three readings due since")),
        None if began <= three_periods_ago => {
            Some(format!("no success ever, although three readings were due since {began:.0}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::report::{ConfigStatus, Daemon};

    const THREE_PERIODS: SignedDuration = SignedDuration::from_mins(45);

    fn at(minutes: i64) -> Timestamp {
        "2026-11-22T10:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
    }

    fn sync(last_success: Option<Timestamp>) -> SyncStatus {
        SyncStatus { sync: "employees".to_owned(), last_success, ..SyncStatus::default() }
    }

    /// A daemon since 10:00 with a config of 11:00.
    fn judged(sync: SyncStatus, now: Timestamp) -> Readiness {
        let config = ConfigStatus { loaded_at: at(60), path: "rosterd.yaml".into() };
        let daemon = Some(Daemon { since: at(0), config, refused: None });
        let (targets, directories, warnings) = (Vec::new(), Vec::new(), Vec::new());
        let status = Status { now, daemon, syncs: vec![sync], targets, directories, warnings };
        readiness(&status, &BTreeMap::from([("employees".to_owned(), now - THREE_PERIODS)]))
    }

    #[test]
    fn late_is_whose_last_success_is_three_periods_ago() {
        assert!(judged(sync(Some(at(60))), at(104)).ready);
        let late = judged(sync(Some(at(60))), at(105));
        assert!(!late.ready);
        assert_eq!(late.late[0].sync, "employees");
        assert_eq!(late.late[0].why, "no success since 2026-11-22T11:00:00Z, with three readings due since");
    }

    #[test]
    fn who_never_succeeded_has_three_periods_from_the_newest_config() {
        assert!(judged(sync(None), at(104)).ready);
        let why = &judged(sync(None), at(105)).late[0].why;
        assert_eq!(why, "no success ever, although three readings were due since 2026-11-22T11:00:00Z");
    }

    #[test]
    fn neither_the_paused_nor_those_without_a_schedule_are_late() {
        assert!(judged(SyncStatus { paused: true, ..sync(None) }, at(900)).ready);
        assert!(judged(SyncStatus { sync: "guests".to_owned(), ..sync(None) }, at(900)).ready);
        assert!(!judged(sync(None), at(900)).ready);
    }
}
