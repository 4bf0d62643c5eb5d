//! From pages to wishes: who is unchanged, who is to be judged, who is missing.

use std::collections::BTreeSet;

use super::Job;
use crate::directory::{End, Entry, Kind, Server, Sighting, Sightings};
use crate::mapping::{Cause, Standing};
use crate::plan::{Known, Staged, Verdict, Wish, absence, guard};
use crate::roster::{Fingerprint, Key, Timestamp};

/// A share of people without `userAccountControl` above which a reading is not believed: one in this many.
const UNREADABLE_SHARE: u64 = 100;

/// A reading in progress.
#[derive(Debug)]
pub struct Intake {
    known: Vec<Known>,
    index: Index,
    seen: Vec<bool>,
    fresh: BTreeSet<Key>,
    salt: Fingerprint,
    /// Who answers.
    pub server: Server,
    /// Entries with a key, each person once.
    pub entries: u64,
    /// Entries without a usable key, and why the first one has none.
    pub keyless: u64,
    keyless_why: String,
    unreadable: u64,
    /// People whose entry is as it was.
    pub unchanged: u64,
}

impl Intake {
    /// A reading from a server, of people of whom these are known, sorted by key.
    pub fn new(known: Vec<Known>, server: Server, rules: Fingerprint) -> Self {
        let salt = Fingerprint::of(format!("{rules} {:?}", server.kind).as_bytes());
        let seen = vec![false; known.len()];
        Self {
            index: Index::of(&known),
            known,
            seen,
            fresh: BTreeSet::new(),
            salt,
            server,
            entries: 0,
            keyless: 0,
            keyless_why: String::new(),
            unreadable: 0,
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
        let known = match self.index.find(&self.known, &key) {
            Some(at) if std::mem::replace(&mut self.seen[at], true) => return None,
            Some(at) => Some(&self.known[at]),
            None if self.fresh.insert(key.clone()) => None,
            None => return None,
        };
        self.entries += 1;
        if known.is_some_and(|known| as_it_was(known, fingerprint, now)) {
            self.unchanged += 1;
            return None;
        }
        let staged = judge(job, entry, self.server.kind, key, known, fingerprint, now);
        self.unreadable += u64::from(staged.wish == Wish::Keep(Verdict::Unreadable));
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
        (self.keyless > 0)
            .then(|| format!("{} entries have no usable key ({}): they are not synced", self.keyless, self.keyless_why))
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
        self.known.iter().zip(&self.seen).filter(|(_, seen)| !**seen).map(|(known, _)| known)
    }

    /// How many of the missing are worth a look: more than the guard lets go would be held anyway.
    pub fn worth_a_look(&self, job: &Job) -> usize {
        let active = self.known.iter().filter(|known| known.active).count() as u64;
        usize::try_from(guard::allowance(job.limits.leave, active)).unwrap_or(usize::MAX)
    }

    /// What is wished for the missing.
    pub fn judge_missing(
        &self,
        job: &Job,
        sightings: &Sightings,
        unsettled: bool,
        now: Timestamp,
    ) -> Result<Vec<Staged>, String> {
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
                self.absent(job, known, sighting, (all, sightings.len()), unsettled, now)
            })
            .collect())
    }

    fn absent(
        &self,
        job: &Job,
        known: &Known,
        sighting: Option<Sighting>,
        (missing, looked_up): (usize, usize),
        unsettled: bool,
        now: Timestamp,
    ) -> Staged {
        let since = known.absent_since.unwrap_or(now);
        let absent = match sighting {
            _ if self.keyless > 0 => absence::Absent {
                wish: Wish::Keep(Verdict::Absent),
                why: format!("absence not proved: {} entries came without a key", self.keyless),
                needs_approval: None,
            },
            Some(sighting) => {
                let (sees, kind) = (self.server.sees_deleted, self.server.kind);
                absence::judge(sighting, sees, &job.absence, kind, since, unsettled, now)
            }
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
        }
    }
}

/// Finds people by key in a few bytes each: a search in these stays in the processor's cache, one in the people does
/// not, and it is done for every entry.
#[derive(Debug)]
struct Index(Vec<(u64, u32)>);

impl Index {
    fn of(known: &[Known]) -> Self {
        let mut index: Vec<(u64, u32)> = (0..).zip(known).map(|(at, known)| (Self::hash(&known.key), at)).collect();
        index.sort_unstable();
        Self(index)
    }

    fn hash(key: &Key) -> u64 {
        Fingerprint::of(key.as_str().as_bytes()).as_bytes()[..8].iter().fold(0, |all, byte| all << 8 | u64::from(*byte))
    }

    fn find(&self, known: &[Known], key: &Key) -> Option<usize> {
        let hash = Self::hash(key);
        let from = self.0.partition_point(|(other, _)| *other < hash);
        let alike = self.0[from..].iter().take_while(|(other, _)| *other == hash);
        alike.map(|&(_, at)| at as usize).find(|&at| known[at].key == *key)
    }
}

fn as_it_was(known: &Known, fingerprint: Fingerprint, now: Timestamp) -> bool {
    known.seen == Some(fingerprint) && known.absent_since.is_none() && known.recheck_at.is_none_or(|at| at > now)
}

fn judge(
    job: &Job,
    entry: &Entry,
    kind: Kind,
    key: Key,
    known: Option<&Known>,
    seen: Fingerprint,
    now: Timestamp,
) -> Staged {
    let judgement = job.mapping.judge(entry, kind, now);
    let member = match &judgement.fields {
        Ok(fields) => job.destination.member(fields).map_err(|faults| {
            faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect::<Vec<_>>().join("; ")
        }),
        Err(faults) => {
            Err(faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect::<Vec<_>>().join("; "))
        }
    };
    let body = member.as_ref().ok().map(|member| member.payload.to_json());
    let named = member.map(|member| (member.identity, member.payload.fingerprint()));
    let (wish, why) = match (judgement.standing, named) {
        (Standing::Active, Ok((identity, fingerprint))) => (Wish::Be(identity, fingerprint), None),
        (Standing::Active, Err(why)) => (Wish::Keep(Verdict::Invalid), Some(why)),
        (Standing::Inactive(cause), named) => (Wish::Leave(named.ok()), Some(cause_word(cause).to_owned())),
        (Standing::Skipped, _) => (Wish::Skip, Some("the sync's `skip` says so".to_owned())),
        (Standing::Unreadable(why), _) => (Wish::Keep(Verdict::Unreadable), Some(why)),
    };
    let leaves = matches!(wish, Wish::Leave(_) | Wish::Skip) && known.is_some_and(|known| known.active);
    let guarded = judgement.protected || known.is_some_and(|known| known.protected);
    Staged {
        key,
        person: known.map(|known| known.id),
        wish,
        body,
        seen: Some(seen),
        recheck_at: judgement.recheck_at,
        protected: judgement.protected,
        why,
        needs_approval: (leaves && guarded).then(protection),
        absent_since: None,
    }
}

fn protection() -> String {
    "the sync's `protect` names this person".to_owned()
}

fn cause_word(cause: Cause) -> &'static str {
    match cause {
        Cause::Disabled => "disabled",
        Cause::Expired => "expired",
        Cause::Rule => "the sync's `active` says no",
    }
}
