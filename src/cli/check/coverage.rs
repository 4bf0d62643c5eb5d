//! What a sync's rules make of a sample of people: counted, by key, never by name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::config::{Sync, Target};
use crate::directory::{Entry, Kind};
use crate::mapping::Standing;
use crate::report::Findings;
use crate::roster::{Fingerprint, Identity, Key};

/// Keys given as examples.
const EXAMPLES: usize = 3;

/// A share of people who can't be judged above which a run fails: one in this many.
const UNREADABLE_SHARE: u64 = 100;

/// What a sample shows.
#[derive(Default)]
pub(super) struct Coverage {
    people: u64,
    active: u64,
    skipped: u64,
    unreadable: u64,
    keyless: u64,
    keyless_why: String,
    /// Searches may overlap: who was seen before counts once, unless it is somebody else with the same key.
    seen: BTreeMap<Key, Fingerprint>,
    shared: BTreeSet<Key>,
    /// By field: active people without it, and those of them who are invalid for it.
    fields: BTreeMap<String, (u64, Vec<Key>)>,
    /// By any other reason.
    invalid: BTreeMap<String, Vec<Key>>,
    identities: BTreeMap<Identity, Vec<Key>>,
}

impl Coverage {
    pub(super) fn of(sync: &Sync, target: &Target, sample: &[Entry], kind: Kind, now: Timestamp) -> Self {
        let (mut coverage, salt) = (Self::default(), sync.fingerprint());
        for entry in sample {
            match sync.mapping.key(entry, kind) {
                Ok(key) => {
                    let fingerprint = entry.fingerprint(salt);
                    match coverage.seen.insert(key.clone(), fingerprint) {
                        None => coverage.judge(sync, target, entry, key, kind, now),
                        Some(before) if before == fingerprint => {}
                        Some(_) => _ = coverage.shared.insert(key),
                    }
                }
                Err(why) => {
                    coverage.keyless += 1;
                    coverage.keyless_why = why;
                }
            }
        }
        coverage
    }

    fn judge(&mut self, sync: &Sync, target: &Target, entry: &Entry, key: Key, kind: Kind, now: Timestamp) {
        self.people += 1;
        let judgement = sync.mapping.judge(entry, kind, now);
        match judgement.standing {
            Standing::Active => self.active += 1,
            Standing::Inactive(_) => return,
            Standing::Skipped => return self.skipped += 1,
            Standing::Unreadable(_) => return self.unreadable += 1,
        }
        let mapped = match judgement.fields {
            Ok(mapped) => mapped,
            Err(faults) => {
                for fault in faults {
                    self.fault(&fault.field, &fault.message, &key);
                }
                return;
            }
        };
        let lacking = |name: &&str| !mapped.fields().contains_key(*name);
        for name in sync.mapping.field_names().filter(lacking) {
            self.fields.entry(name.to_owned()).or_default().0 += 1;
        }
        match target.destination.member(&mapped) {
            Ok(member) => self.identities.entry(member.identity).or_default().push(key),
            Err(faults) => {
                for fault in faults {
                    if mapped.fields().contains_key(fault.field) {
                        self.fault(fault.field, &fault.message, &key);
                    } else {
                        self.fields.entry(fault.field.to_owned()).or_default().1.push(key.clone());
                    }
                }
            }
        }
    }

    fn fault(&mut self, field: &str, message: &str, key: &Key) {
        self.invalid.entry(format!("{field}: {message}")).or_default().push(key.clone());
    }

    /// Says it.
    pub(super) fn tell(&self, sync: &Sync, findings: &mut Findings) {
        let (name, active) = (sync.name.as_str(), self.active);
        let off = self.people - active - self.skipped - self.unreadable;
        let skipped = self.skipped;
        findings.ok(name, format!("sample of {}: {active} active, {off} not active, {skipped} skipped", self.people));
        if self.unreadable * UNREADABLE_SHARE > self.people {
            let said = format!("{} of {} can't be judged: a run would fail", self.unreadable, self.people);
            findings.failed(name, format!("{said}; check the rights of the bind account"));
        } else if self.unreadable > 0 {
            findings.warning(name, format!("{} can't be judged, and are kept as they are", self.unreadable));
        }
        if self.keyless > 0 {
            let (n, why) = (self.keyless, &self.keyless_why);
            let said = format!("{n} of {} entries have no usable key ({why})", n + self.people);
            match self.people {
                0 => findings.failed(name, format!("{said}: nobody would be synced; check the sync's `key`")),
                _ => findings.warning(
                    name,
                    format!("{said}: they are not synced, and while they are there nobody counts as absent"),
                ),
            }
        }
        for (field, (lacking, invalid)) in &self.fields {
            let said = format!("{field}: {lacking} of {active} have none");
            match invalid.len() {
                0 => findings.ok(name, said),
                n => findings.warning(name, format!("{said}: {n} invalid ({})", examples(invalid))),
            }
        }
        if self.fields.is_empty() && active > 0 {
            findings.ok(name, format!("every mapped field is filled for all {active}"));
        }
        for (reason, keys) in &self.invalid {
            findings.warning(name, format!("{} invalid: {reason} ({})", keys.len(), examples(keys)));
        }
        if !self.shared.is_empty() {
            let (n, keys): (_, Vec<_>) = (self.shared.len(), self.shared.iter().cloned().collect());
            let said = format!("keys of several entries: {n} ({})", examples(&keys));
            findings.warning(name, format!("{said}: nothing is changed for them; check the sync's `key`"));
        }
        let shared: Vec<_> = self.identities.values().filter(|keys| keys.len() > 1).collect();
        for keys in shared.iter().take(EXAMPLES) {
            let said = format!("{} people have the same {}", keys.len(), sync.identity);
            findings.warning(name, format!("{said}: nothing is changed there ({})", examples(keys)));
        }
        if shared.len() > EXAMPLES {
            let said = format!("{} more such cases of the same {}", shared.len() - EXAMPLES, sync.identity);
            findings.warning(name, said);
        }
    }
}

fn examples(keys: &[Key]) -> String {
    let mut shown: Vec<_> = keys.iter().take(EXAMPLES).map(Key::to_string).collect();
    if keys.len() > EXAMPLES {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}
