//! What was read + what is known → what is due.
//!
//! [`weigh`] takes a [`Question`] — everything the store knows about the people and accounts a reading touches — and
//! answers with a [`Plan`]: a value that `plan` prints and `sync` has admitted. [`claim`] says who owns an account,
//! [`guard`] what is held.

use crate::roster::{Fingerprint, Identity, Key, Unique};

pub mod absence;
pub mod claim;
mod diff;
pub mod guard;
pub mod import;
mod reading;
mod roll;
mod settings;
#[cfg(test)]
mod tests;
mod unique;

pub use diff::weigh;
pub use reading::{Awaited, Feed, Imported, Known, Marked, Staged};
pub use roll::{Gathering, Met, Roll};
pub use settings::{Absence, FirstSeenInactive, Limit, Limits, Policy};

/// What a reading wishes for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To be active at the target, as this member.
    Be(Identity, Fingerprint),
    /// Not to be active. With a member: for people first seen inactive.
    Leave(Option<(Identity, Fingerprint)>),
    /// To stay at the last confirmed state: invalid, unreadable, absent but not yet believed.
    Keep(Verdict),
    /// Not this sync's business; somebody who was sent leaves.
    Skip,
}

/// One person a reading touched: new, changed, judged anew or missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// Where the store staged the body of the member.
    pub stage: i64,
    /// Who.
    pub key: Key,
    /// The person in the store, when known.
    pub person: Option<Person>,
    /// What is wished.
    pub wish: Wish,
    /// Why, in words without values: "disabled", "deleted", "designation: longer than 128 characters".
    pub why: Option<String>,
    /// Leaving needs approval whatever the count, and why.
    pub needs_approval: Option<String>,
    /// Known from an import only; the key is the identity.
    pub imported: bool,
    /// Of whoever wishes to be active: what the target keeps unique besides the identity.
    pub unique: Vec<Unique>,
}

/// A person as the store knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// In the store.
    pub id: i64,
    /// The claimed account.
    pub account: Option<i64>,
    /// Whether the claim is an active one.
    pub active: bool,
}

/// An account as the store knows it, with everybody who claims it, of whatever sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// In the store.
    pub id: i64,
    /// By which the target knows the member.
    pub identity: Identity,
    /// What is due there.
    pub due: Due,
    /// Whether the target may have heard of it: confirmed, or sent and not provably unapplied.
    pub sent: bool,
    /// Claimed by an import, which yields to anybody of the directory, active or not.
    pub imported: bool,
    /// Active claims by person; inactive ones and imports yield and do not matter here.
    pub claims: Vec<Claim>,
}

/// A value that the target keeps unique, and the account with which it is due there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Field and value.
    pub value: Unique,
    /// By which the target knows the member.
    pub identity: Identity,
    /// An active claimant of that account, in the directory; `None`: nobody claims it any more.
    pub key: Option<Key>,
}

/// An active claim on an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who.
    pub person: i64,
    /// Who, in the directory.
    pub key: Key,
}

/// What is due at the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Active, with a payload of this fingerprint.
    Active(Fingerprint),
    /// Active as it is: imported, so nothing is known that could be sent.
    Unknown,
    /// Gone, with the last good payload.
    Left,
}

/// Everything [`weigh`] looks at.
#[derive(Clone, Debug)]
pub struct Question {
    /// The people a reading touched.
    pub observed: Vec<Observed>,
    /// The accounts they claim or wish for.
    pub accounts: Vec<Account>,
    /// Who has what they want for themselves alone.
    pub holders: Vec<Holder>,
    /// What the guard goes by.
    pub guard: guard::Grounds,
    /// What to do with people who are inactive when first seen.
    pub first_seen_inactive: FirstSeenInactive,
}

/// How the target's view of a person changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Not active any more.
    Leave,
    /// Known by another identity; counted as a leave.
    Identity,
    /// Active again.
    Return,
    /// Other fields.
    Change,
    /// New at the target, or at least to us: an imported account gets its fields.
    Join,
}

impl Kind {
    /// The word in output and store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Identity => "identity",
            Self::Return => "return",
            Self::Change => "change",
            Self::Join => "join",
        }
    }

    /// The kind of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Leave, Self::Identity, Self::Return, Self::Change, Self::Join]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// One person's change, admitted or held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Index into [`Question::observed`].
    pub observed: usize,
    /// How.
    pub kind: Kind,
    /// The account concerned; for [`Kind::Identity`] the new one.
    pub identity: Identity,
    /// The account left behind by [`Kind::Identity`].
    pub from: Option<Identity>,
    /// What becomes due.
    pub due: Due,
    /// Set when the guard holds it: why.
    pub held: Option<String>,
}

/// What became of a person's claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Index into [`Question::observed`].
    pub observed: usize,
    /// The account claimed from now on.
    pub account: Option<Identity>,
    /// Whether actively.
    pub active: bool,
    /// Whether the judgement is final, so that the person need not be judged again until the directory's entry changes.
    pub settled: bool,
    /// What to record about them.
    pub verdict: Verdict,
    /// In words, for `explain`.
    pub why: Option<String>,
}

/// What is recorded of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Active at the target, or on the way there.
    Active,
    /// Left, or on the way out.
    Left,
    /// Kept at the last confirmed state: fields break a rule of the target.
    Invalid,
    /// Kept: the directory does not show enough to judge.
    Unreadable,
    /// Kept: absent, but not long enough or not surely.
    Absent,
    /// Kept: somebody else claims the same identity.
    Disputed,
    /// Kept: held by the guard.
    Held,
    /// Kept: imported, and nobody has taken them over yet.
    Imported,
    /// Not this sync's business.
    Skipped,
    /// Inactive when first seen; never sent.
    Never,
}

impl Verdict {
    const WORDS: [(Self, &'static str); 10] = [
        (Self::Active, "active"),
        (Self::Left, "left"),
        (Self::Invalid, "invalid"),
        (Self::Unreadable, "unreadable"),
        (Self::Absent, "absent"),
        (Self::Disputed, "disputed"),
        (Self::Held, "held"),
        (Self::Imported, "imported"),
        (Self::Skipped, "skipped"),
        (Self::Never, "never"),
    ];

    /// The word in output and store.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(verdict, _)| *verdict == self).map_or("active", |(_, word)| word)
    }

    /// The verdict of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(verdict, _)| *verdict)
    }
}

/// What is now due at an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dues {
    /// The account, made when it is not there.
    pub identity: Identity,
    /// What becomes due.
    pub due: Due,
    /// Where the store staged the body; `None` keeps the last good one.
    pub stage: Option<i64>,
}

/// The answer: ids, kinds and fingerprints, no payloads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Every change, admitted and held, in the order of the observed.
    pub changes: Vec<Change>,
    /// What becomes of every observed person, in their order.
    pub rulings: Vec<Ruling>,
    /// What becomes due, by identity.
    pub dues: Vec<Dues>,
    /// The held changes' id; `None` when nothing is held.
    pub id: Option<String>,
}

impl Plan {
    /// How many of a kind were admitted.
    pub fn admitted(&self, kind: Kind) -> usize {
        self.changes.iter().filter(|change| change.kind == kind && change.held.is_none()).count()
    }

    /// The changes that wait for approval.
    pub fn held(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.held.is_some())
    }
}
