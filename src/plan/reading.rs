//! What the store tells a reading, and what a reading stages in it.

use super::Wish;
use crate::directory::changes::{Handle, Marks};
use crate::roster::{Fingerprint, Key, Timestamp, Unique};

/// A sync as the store knows it at the start of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// In the store.
    pub id: i64,
    /// Search, mapping and identity under which the last complete reading was admitted; `None` before the first.
    pub rules: Option<Fingerprint>,
    /// The server of the last complete reading.
    pub server: Option<String>,
    /// When a change of server was first seen; `None` when settled.
    pub server_since: Option<Timestamp>,
    /// Entries found per search in the last complete reading.
    pub bases: Vec<u64>,
    /// Entries of the last complete reading that had no usable key.
    pub keyless: u64,
    /// When everybody was last read, and that was admitted.
    pub full_at: Option<Timestamp>,
    /// Whether an import, its own or another sync's of the same target, waits to be compared with everybody.
    pub imports: bool,
    /// Where the server stood when what it told was last admitted.
    pub marked: Option<Marked>,
    /// Whether a first run has been delivered whole.
    pub onboarded: bool,
    /// Nothing runs until then; [`Timestamp::MAX`] for an open end.
    pub paused_until: Option<Timestamp>,
}

/// Where a server stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// Over all under which it is worth something: rules, rights, and how changes are learnt of.
    pub under: Fingerprint,
    /// Where.
    pub marks: Marks,
}

/// A person as the store knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// In the store.
    pub id: i64,
    /// Who.
    pub key: Key,
    /// Has an account, active or not.
    pub claims: bool,
    /// Claims it actively.
    pub active: bool,
    /// Leaving needs approval.
    pub protected: bool,
    /// What is awaited of the few of whom something is.
    pub awaited: Option<Awaited>,
}

/// An identity that the target is believed to know since an import, and that nobody of the directory claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// In the store.
    pub id: i64,
    /// The identity, in a key's place.
    pub key: Key,
    /// When it was imported.
    pub at: Timestamp,
    /// When a reading first had nobody for it.
    pub absent_since: Option<Timestamp>,
    /// Another sync with the same target that was not read since: it may be one of its people.
    pub awaits: Option<String>,
}

/// What a later run is to do about a person although their entry may not have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// First absent at.
    pub absent_since: Option<Timestamp>,
    /// When the judgement changes by itself.
    pub recheck_at: Option<Timestamp>,
}

impl Known {
    /// First absent at.
    pub fn absent_since(&self) -> Option<Timestamp> {
        self.awaited.as_ref().and_then(|awaited| awaited.absent_since)
    }

    /// When the judgement changes by itself.
    pub fn recheck_at(&self) -> Option<Timestamp> {
        self.awaited.as_ref().and_then(|awaited| awaited.recheck_at)
    }
}

/// What a reading stages for one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Staged {
    /// Who.
    pub key: Key,
    /// In the store, when known.
    pub person: Option<i64>,
    /// What is wished.
    pub wish: Wish,
    /// The member's payload, canonical JSON.
    pub body: Option<String>,
    /// What of it the target keeps unique.
    pub unique: Vec<Unique>,
    /// Whether something goes with it that is sent once and not stored.
    pub once: bool,
    /// Fingerprint of the raw entry; `None` for the absent, so that a return is noticed.
    pub seen: Option<Fingerprint>,
    /// The directory's own identifier of the entry, where the key is another one; `None` keeps the last one.
    pub handle: Option<Handle>,
    /// When the judgement changes by itself.
    pub recheck_at: Option<Timestamp>,
    /// Leaving needs approval from now on.
    pub protected: bool,
    /// In words without values.
    pub why: Option<String>,
    /// Leaving needs approval in this run, and why.
    pub needs_approval: Option<String>,
    /// First absent at.
    pub absent_since: Option<Timestamp>,
    /// When they were imported, for those who are known from that only; the key is the identity.
    pub imported: Option<Timestamp>,
    /// Of somebody who leaves: when the directory made them, by its own clock. That is when their entry was changed, or
    /// when it expired. `None`: not known, or no change of the directory's is the reason; the moment the leave is
    /// admitted counts then.
    pub changed_at: Option<Timestamp>,
}
