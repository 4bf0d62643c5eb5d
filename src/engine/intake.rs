//! From pages to wishes: who is unchanged, who is to be judged, who is missing.

use std::collections::{BTreeMap, BTreeSet};

use super::Job;
use super::index::Index;
use super::judge::{ambiguous, judge, protection};
use crate::directory::{End, Entry, Server, Sighting, Sightings};
use crate::plan::{self, Absence, Imported, Known, Staged, Verdict, Wish, absence, guard};
use crate::roster::{Fingerprint, Key, Timestamp};

/// A share of people without `userAccountControl` above which a reading is not believed: one in this many.
const UNREADABLE_SHARE: u64 = 100;

/// A reading in progress.
#[derive(Debug)]
pub struct Intake {
    known: Vec<Known>,
    imported: Vec<Imported>,
    index: Index,
    /// Beside `known`: the entry that was read.
    seen: Vec<Option<Fingerprint>>,
    /// People who are not known, and their entries.
    fresh: BTreeMap<Key, Fingerprint>,
    salt: Fingerprint,
    absence: Absence,
    /// Who answers.
    pub server: Server,
    /// Entries with a key, each person once.
    pub entries: u64,
    /// Entries without a usable key, and why the first one has none.
    pub keyless: u64,
    keyless_why: String,
    /// Keys of several entries.
    shared: BTreeSet<Key>,
    unreadable: u64,
    invalid: u64,
    /// People whose entry is as it was.
    pub unchanged: u64,
}

impl Intake {
    /// A reading from a server, of people of whom these are known, sorted by key.
    pub fn new(
        known: Vec<Known>,
        imported: Vec<Imported>,
        server: Server,
        rules: Fingerprint,
        absence: Absence,
    ) -> Self {
        let salt = Fingerprint::of(format!("{rules} {:?}", server.kind).as_bytes());
        let seen = vec![None; known.len()];
        Self {
            index: Index::of(&known),
            known,
            imported,
            seen,
            fresh: BTreeMap::new(),
            salt,
            absence,
            server,
            entries: 0,
            keyless: 0,
            keyless_why: String::new(),
            shared: BTreeSet::new(),
            unreadable: 0,
            invalid: 0,
            unchanged: 0,
        }
    }

    /// Takes a page's entries; gives what is to be staged. Who was read already, by another search, counts once.
    pub fn take(&mut self, job: &Job, entries: &[Entry], now: Timestamp) -> Vec<Staged> {
        entries.iter().filter_map(|entry| self.take_one(job, entry, now)).collect()
    }

    fn take_one(&mut self, job: &Job, entry: &Entry, now: Timestamp) -> Option<Staged> {
        let key = match job.mapping.key(entry, self.server.kind) {
            Ok(key) => key,
            Err(why) => {
                self.keyless += 1;
                self.keyless_why = why;
                return None;
            }
        };
        let fingerprint = entry.fingerprint(self.salt);
        let found = self.index.find(&self.known, &key);
        let known = found.map(|at| &self.known[at]);
        let before = match found {
            Some(at) => self.seen[at].replace(fingerprint),
            None => self.fresh.insert(key.clone(), fingerprint),
        };
        if let Some(before) = before {
            if before == fingerprint {
                return None;
            }
            self.unchanged -= u64::from(known.is_some_and(|known| as_it_was(known, before, now)));
            self.shared.insert(key.clone());
            return Some(ambiguous(key, known));
        }
        self.entries += 1;
        if known.is_some_and(|known| as_it_was(known, fingerprint, now)) {
            self.unchanged += 1;
            return None;
        }
        let staged = judge(job, entry, self.server.kind, key, known, fingerprint, now);
        self.unreadable += u64::from(staged.wish == Wish::Keep(Verdict::Unreadable));
        self.invalid += u64::from(staged.wish == Wish::Keep(Verdict::Invalid));
        Some(staged)
    }

    /// Why the reading can't be believed; [`Ok`] when it is complete as far as it can tell by itself.
    pub fn complete(&self, end: &End, before: &[u64]) -> Result<(), String> {
        if !end.probes_missing.is_empty() {
            return Err(format!(
                "the reading is not complete: `require` found nobody for {}",
                end.probes_missing.join(", ")
            ));
        }
        if end.found.iter().sum::<u64>() == 0 {
            return Err(
                "the searches found nobody at all: check `base`, `filter` and the rights of the bind account".into()
            );
        }
        let fell = end.found.iter().zip(before).position(|(now, before)| *now == 0 && *before > 0);
        if let Some(at) = fell {
            return Err(format!(
                "search {} found nobody, the last time it found {}: nothing is admitted",
                at + 1,
                before[at]
            ));
        }
        if self.unreadable * UNREADABLE_SHARE > self.entries {
            let (bad, all) = (self.unreadable, self.entries);
            return Err(format!(
                "{bad} of {all} people can't be judged (attributes not readable): check the rights of the bind account"
            ));
        }
        Ok(())
    }

    /// What is wrong with entries that have no key, in words.
    pub fn keyless_note(&self) -> Option<String> {
        let who = match self.keyless {
            0 => return None,
            1 => "1 entry has no usable key".to_owned(),
            n => format!("{n} entries have no usable key"),
        };
        Some(format!("{who} ({}): not synced", self.keyless_why))
    }

    /// That somebody is left out because others have the same key, in words.
    pub fn shared_note(&self) -> Option<String> {
        let n = self.shared.len();
        let who = if n == 1 {
            "1 key is one of several entries".to_owned()
        } else {
            format!("{n} keys are each of several entries")
        };
        (n > 0).then(|| format!("{who}: nothing is changed for them (whose: rosterd status); check the sync's `key`"))
    }

    /// People with an active claim who were not read, in the order of their keys.
    pub fn missing(&self) -> impl Iterator<Item = &Known> {
        self.unread().filter(|known| known.active)
    }

    /// People without any account who were not read: nothing is left to know about them.
    pub fn forgotten(&self) -> Vec<i64> {
        self.unread().filter(|known| !known.claims).map(|known| known.id).collect()
    }

    fn unread(&self) -> impl Iterator<Item = &Known> {
        self.known.iter().zip(&self.seen).filter(|(_, seen)| seen.is_none()).map(|(known, _)| known)
    }

    /// How many of the missing are worth a look: more than the guard lets go would be held anyway.
    pub fn worth_a_look(&self, job: &Job) -> usize {
        let active = self.known.iter().filter(|known| known.active).count() as u64;
        usize::try_from(guard::allowance(job.limits.leave, active)).unwrap_or(usize::MAX)
    }

    /// What is wished for the missing.
    pub fn judge_missing(&self, sightings: &Sightings, unsettled: bool, now: Timestamp) -> Result<Vec<Staged>, String> {
        let found = sightings.iter().filter(|(_, sighting)| *sighting == Sighting::Matches).count();
        if found > 0 {
            return Err(format!(
                "{found} people were missing from the reading but are found by their key: not complete"
            ));
        }
        let all = self.missing().count();
        Ok(self
            .missing()
            .map(|known| {
                let sighting = sightings.iter().find(|(key, _)| *key == known.key).map(|(_, sighting)| *sighting);
                self.absent(known, sighting, (all, sightings.len()), unsettled, now)
            })
            .collect())
    }

    /// What is wished for the imported, unless somebody who was read has their identity.
    pub fn judge_imported(&self, unsettled: bool, now: Timestamp) -> impl Iterator<Item = Staged> {
        // Whose identity is not known may be any of them.
        let nameless = self.keyless + self.shared.len() as u64 + self.unreadable + self.invalid;
        self.imported.iter().map(move |imported| {
            let absent = plan::import::judge(imported, &self.absence, self.server.kind, unsettled, now);
            let unsure = (nameless > 0 && matches!(absent.wish, Wish::Leave(_)))
                .then(|| format!("{}, but {nameless} people are unreadable or invalid, and may have it", absent.why));
            Staged {
                key: imported.key.clone(),
                person: Some(imported.id),
                wish: absent.wish,
                body: None,
                seen: None,
                recheck_at: None,
                protected: false,
                why: Some(absent.why),
                needs_approval: absent.needs_approval.or(unsure),
                absent_since: Some(imported.absent_since.unwrap_or(now)),
                imported: Some(imported.at),
            }
        })
    }

    fn believe(&self, sighting: Sighting, since: Timestamp, unsettled: bool, now: Timestamp) -> absence::Absent {
        let (sees, kind) = (self.server.sees_deleted, self.server.kind);
        let absent = absence::judge(sighting, sees, &self.absence, kind, since, unsettled, now);
        if sighting != Sighting::Deleted && self.keyless > 0 && matches!(absent.wish, Wish::Leave(_)) {
            // They may be among those: whose key can't be read can't be found by it, and who is may be somebody else.
            let why = format!("{}; but {} entries came without a key", absent.why, self.keyless);
            return absence::Absent { needs_approval: Some(why), ..absent };
        }
        absent
    }

    fn absent(
        &self,
        known: &Known,
        sighting: Option<Sighting>,
        (missing, looked_up): (usize, usize),
        unsettled: bool,
        now: Timestamp,
    ) -> Staged {
        let since = known.absent_since().unwrap_or(now);
        let absent = match sighting {
            Some(sighting) => self.believe(sighting, since, unsettled, now),
            None => absence::Absent {
                wish: Wish::Leave(None),
                why: "missing".to_owned(),
                needs_approval: Some(format!("{missing} people are missing at once; {looked_up} were looked up")),
            },
        };
        let protected = known.protected && matches!(absent.wish, Wish::Leave(_));
        Staged {
            key: known.key.clone(),
            person: Some(known.id),
            wish: absent.wish,
            body: None,
            seen: None,
            recheck_at: None,
            protected: known.protected,
            why: Some(absent.why),
            needs_approval: absent.needs_approval.or_else(|| protected.then(protection)),
            absent_since: Some(since),
            imported: None,
        }
    }
}

fn as_it_was(known: &Known, fingerprint: Fingerprint, now: Timestamp) -> bool {
    known.seen == Some(fingerprint) && known.absent_since().is_none() && known.recheck_at().is_none_or(|at| at > now)
}
