//! What every sync waits for: its next reading, and its last run's delivery that can go on. Nothing here knows a clock.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::schedule::Timing;
use crate::config::Sync;
use crate::store::Past;

#[cfg(test)]
mod tests;

/// A run that can go on does so no sooner, whatever it says.
const SHORTEST_WAIT: SignedDuration = SignedDuration::from_secs(1);

/// What every sync waits for.
#[derive(Clone, Debug, Default)]
pub struct Agenda {
    entries: BTreeMap<String, Entry>,
    /// When it was last asked what is due: a moment before that is told by a clock that was set back.
    asked: Timestamp,
}

/// What may begin now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// A sync, with a reading.
    Read(String),
    /// A sync's last run, without.
    Resume(String),
}

#[derive(Clone, Debug, Default)]
struct Entry {
    timing: Option<Timing>,
    /// When it read last.
    began: Option<Timestamp>,
    reads: Option<Timestamp>,
    wakes: Option<Timestamp>,
    /// Runs that were started and have not ended: one, unless somebody asked for another.
    runs: usize,
    /// The config does not name it any more.
    removed: bool,
}

impl Agenda {
    /// These are the syncs from now on. Of those that are new here it is told what is known of their last runs; one that
    /// never ran is not among them. Those whose schedule is the same go on as if nothing had been.
    pub fn arrange(&mut self, syncs: &BTreeMap<String, Sync>, past: &BTreeMap<String, Past>, now: Timestamp) {
        self.follow(now);
        for (name, entry) in &mut self.entries {
            entry.removed = !syncs.contains_key(name);
        }
        self.entries.retain(|_, entry| !entry.removed || entry.runs > 0);
        for (name, sync) in syncs {
            let timing = Timing::of(sync);
            match self.entries.get_mut(name) {
                None => drop(self.entries.insert(name.clone(), Entry::first(timing, past.get(name), now))),
                Some(entry) => entry.replace(timing, now),
            }
        }
    }

    /// What is due, at most one thing a sync, and nothing of a sync that has not ended. It counts as begun.
    pub fn due(&mut self, now: Timestamp) -> Vec<Start> {
        self.follow(now);
        let idle = self.entries.iter_mut().filter(|(_, entry)| entry.runs == 0);
        idle.filter_map(|(name, entry)| entry.start(name, now)).collect()
    }

    /// When it is worth asking again what is due: the loop asks every second, tests compare the two.
    #[cfg(test)]
    pub fn next(&self) -> Option<Timestamp> {
        self.entries
            .values()
            .filter(|entry| entry.runs == 0)
            .flat_map(|entry| [entry.reads, entry.wakes])
            .flatten()
            .min()
    }

    /// A sync reads because somebody asked for it.
    pub fn began(&mut self, sync: &str, now: Timestamp) {
        if let Some(entry) = self.entries.get_mut(sync) {
            entry.begin(now);
        }
    }

    /// A sync's last run goes on because somebody waits for it.
    pub fn resumes(&mut self, sync: &str) {
        if let Some(entry) = self.entries.get_mut(sync) {
            entry.runs += 1;
            entry.wakes = None;
        }
    }

    /// What a sync's last run could not deliver may go on now.
    pub fn wake(&mut self, sync: &str, now: Timestamp) {
        if let Some(entry) = self.entries.get_mut(sync).filter(|entry| entry.began.is_some()) {
            entry.wakes = Some(now);
        }
    }

    /// A sync's run ended, and can go on by itself then.
    pub fn ended(&mut self, sync: &str, wake: Option<Timestamp>, now: Timestamp) {
        let Some(entry) = self.entries.get_mut(sync) else { return };
        entry.runs = entry.runs.saturating_sub(1);
        entry.wakes = wake.map(|wake| wake.max(now + SHORTEST_WAIT));
        if entry.removed && entry.runs == 0 {
            self.entries.remove(sync);
        }
    }

    /// When a sync reads next by its schedule; while it runs this may be over.
    pub fn reading_at(&self, sync: &str) -> Option<Timestamp> {
        self.entries.get(sync)?.reads
    }

    /// A clock that was set back stops nothing for longer than a period, and waits stay as long as they are.
    fn follow(&mut self, now: Timestamp) {
        let before = std::mem::replace(&mut self.asked, now);
        let back = before.duration_since(now);
        if back.is_positive() {
            for entry in self.entries.values_mut() {
                entry.wakes = entry.wakes.map(|wakes| wakes.checked_sub(back).unwrap_or(now));
                entry.began = entry.began.map(|began| began.min(now));
                let latest = entry.timing.as_ref().map(|timing| timing.next(now));
                let was_due = entry.reads.filter(|reads| *reads <= before).map(|_| now);
                entry.reads = was_due.or(entry.reads.min(latest));
            }
        }
    }
}

impl Entry {
    fn first(timing: Option<Timing>, past: Option<&Past>, now: Timestamp) -> Self {
        let began = past.map(|past| past.began.min(now));
        // What a run that was killed has read was not admitted, or not delivered.
        let killed = past.is_some_and(|past| past.ended.is_none());
        let reads = timing.as_ref().map(|timing| if killed { now } else { timing.first(began, now) });
        Self { timing, began, reads, wakes: past.and_then(|past| past.wake), ..Self::default() }
    }

    fn replace(&mut self, timing: Option<Timing>, now: Timestamp) {
        if self.timing != timing {
            self.reads = timing.as_ref().map(|timing| timing.replacing(self.began, now));
            self.timing = timing;
        }
    }

    fn start(&mut self, name: &str, now: Timestamp) -> Option<Start> {
        if self.reads.is_some_and(|reads| reads <= now) {
            self.begin(now);
            return Some(Start::Read(name.to_owned()));
        }
        self.wakes.take_if(|wakes| *wakes <= now)?;
        self.runs += 1;
        Some(Start::Resume(name.to_owned()))
    }

    /// A reading begins. What its run waits for in the end is told then, and that of the run before counts no more.
    fn begin(&mut self, now: Timestamp) {
        self.runs += 1;
        self.began = Some(now);
        self.reads = self.timing.as_ref().map(|timing| timing.next(now));
    }
}
