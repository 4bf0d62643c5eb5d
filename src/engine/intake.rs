//! From pages to wishes: who is unchanged, who is to be judged, who is missing.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;

use super::Job;
use super::judge::{Judged, ambiguous, judge};
use crate::directory::{End, Entry, Server};
use crate::plan::{Absence, Imported, Known, Met, Roll, Staged, Verdict, Wish};
use crate::roster::{Fingerprint, Identity, Key, Timestamp};

/// A share of people without `userAccountControl` above which a reading is not believed: one in this many.
const UNREADABLE_SHARE: u64 = 100;

/// A reading in progress.
#[derive(Debug)]
pub struct Intake {
    pub(super) known: Roll,
    pub(super) imported: Vec<Imported>,
    /// People who are not known, and their entries.
    fresh: BTreeMap<Key, Fingerprint>,
    salt: Fingerprint,
    pub(super) absence: Absence,
    /// Who answers.
    pub server: Server,
    /// Entries with a key, each person once.
    pub entries: u64,
    /// Entries without a usable key, and why the first one has none.
    pub keyless: u64,
    /// Such entries when everybody was last read, where only some are now.
    pub keyless_elsewhere: u64,
    keyless_why: String,
    /// Keys of several entries.
    pub(super) shared: BTreeSet<Key>,
    pub(super) unreadable: u64,
    pub(super) invalid: u64,
    /// People whose entry is as it was.
    pub unchanged: u64,
    /// Active people whose entry says that they leave.
    leaving: Vec<Key>,
    /// What people are sent once, when they join.
    pub once: BTreeMap<Identity, SecretString>,
}

impl Intake {
    /// A reading from a server, of people of whom these are known.
    pub fn new(known: Roll, imported: Vec<Imported>, server: Server, rules: Fingerprint, absence: Absence) -> Self {
        let salt = Fingerprint::of(format!("{rules} {:?}", server.kind).as_bytes());
        Self {
            known,
            imported,
            fresh: BTreeMap::new(),
            salt,
            absence,
            server,
            entries: 0,
            keyless: 0,
            keyless_elsewhere: 0,
            keyless_why: String::new(),
            shared: BTreeSet::new(),
            unreadable: 0,
            invalid: 0,
            unchanged: 0,
            leaving: Vec::new(),
            once: BTreeMap::new(),
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
        let known = match self.known.meet(&key, fingerprint, now) {
            Some(Met::AsItWas) => {
                self.entries += 1;
                self.unchanged += 1;
                return None;
            }
            Some(Met::Again) => return None,
            Some(Met::Another { known, was }) => {
                self.unchanged -= u64::from(was);
                return Some(self.several(key, Some(&known)));
            }
            Some(Met::Changed(known)) => Some(known),
            None => match self.fresh.insert(key.clone(), fingerprint) {
                Some(before) if before == fingerprint => return None,
                Some(_) => return Some(self.several(key, None)),
                None => None,
            },
        };
        self.entries += 1;
        let Judged { staged, once } = judge(job, entry, self.server.kind, key, known.as_ref(), fingerprint, now);
        let dated = staged.changed_at.is_some();
        if matches!(staged.wish, Wish::Leave(_)) && !dated && known.is_some_and(|known| known.active) {
            self.leaving.push(staged.key.clone());
        }
        self.once.extend(once);
        self.unreadable += u64::from(staged.wish == Wish::Keep(Verdict::Unreadable));
        self.invalid += u64::from(staged.wish == Wish::Keep(Verdict::Invalid));
        Some(staged)
    }

    /// There is another entry with a key.
    fn several(&mut self, key: Key, known: Option<&Known>) -> Staged {
        self.shared.insert(key.clone());
        ambiguous(key, known)
    }

    /// Why the reading can't be believed; [`Ok`] when it is complete as far as it can tell by itself.
    pub fn complete(&self, end: &End, before: &[u64]) -> Result<(), String> {
        if !end.probes_missing.is_empty() {
            return Err(probes_missing(&end.probes_missing));
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
        self.judgeable(self.entries)
    }

    /// Everything was read: nobody's second entry will come any more.
    pub fn close(&mut self) {
        self.fresh = BTreeMap::new();
    }

    /// Why what was read, of so many people, can't be believed: of too many it does not show enough.
    pub fn judgeable(&self, all: u64) -> Result<(), String> {
        let bad = self.unreadable;
        if bad * UNREADABLE_SHARE <= all {
            return Ok(());
        }
        Err(format!(
            "{bad} of {all} people can't be judged (attributes not readable): check the rights of the bind account"
        ))
    }

    /// Active people who leave by their entry or by what was staged of the missing; at most so many.
    pub fn leavers(&self, staged: &[Staged], most: usize) -> Vec<Key> {
        let missing = staged.iter().filter(|staged| matches!(staged.wish, Wish::Leave(_)) && staged.imported.is_none());
        self.leaving.iter().chain(missing.map(|staged| &staged.key)).take(most).cloned().collect()
    }

    /// How many of those known are active.
    pub fn active(&self) -> u64 {
        self.known.active()
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

    /// People without any account who were not read: nothing is left to know about them.
    pub fn forgotten(&self) -> Vec<i64> {
        self.known.unread().filter(|known| !known.claims).map(|known| known.id).collect()
    }

    /// People who left before and were not read.
    pub fn unseen(&self) -> Vec<i64> {
        self.known.unread().filter(|known| known.claims && !known.active).map(|known| known.id).collect()
    }
}

/// That `require` was not fulfilled, in words.
pub fn probes_missing(filters: &[String]) -> String {
    format!("the reading is not complete: `require` found nobody for {}", filters.join(", "))
}
