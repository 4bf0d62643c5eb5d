//! One entry → what is staged of that person.

use secrecy::SecretString;

use super::Job;
use crate::destination::Member;
use crate::directory::{Entry, Kind};
use crate::mapping::{Cause, Standing};
use crate::plan::{Known, Staged, Verdict, Wish};
use crate::roster::{Fingerprint, Identity, Key, Timestamp};

/// What is staged of somebody, and what is not.
pub struct Judged {
    /// What is staged.
    pub staged: Staged,
    /// What they are sent once, when they join.
    pub once: Option<(Identity, SecretString)>,
}

/// Judges an entry that is new, changed, or due to be judged again.
pub fn judge(
    job: &Job,
    entry: &Entry,
    kind: Kind,
    key: Key,
    known: Option<&Known>,
    seen: Fingerprint,
    now: Timestamp,
) -> Judged {
    let judgement = job.mapping.judge(entry, kind, now);
    let member = match &judgement.fields {
        Ok(fields) => job.destination.member(&key, fields).map_err(|faults| {
            faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect::<Vec<_>>().join("; ")
        }),
        Err(faults) => {
            Err(faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect::<Vec<_>>().join("; "))
        }
    };
    let body = member.as_ref().ok().map(|member| member.payload.to_json());
    let (mut unique, mut once) = (Vec::new(), None);
    let named = member.map(|member| {
        let Member { identity, payload, unique: values, once: secret } = member;
        once = secret.map(|secret| (identity.clone(), secret));
        unique = values;
        (identity, payload.fingerprint())
    });
    // No change of their entry made them leave, but that moment.
    let expired = judgement.standing == Standing::Inactive(Cause::Expired);
    let changed_at = known.and_then(Known::recheck_at).filter(|at| expired && *at <= now);
    let (wish, why) = match (judgement.standing, named) {
        (Standing::Active, Ok((identity, fingerprint))) => (Wish::Be(identity, fingerprint), None),
        (Standing::Active, Err(why)) => (Wish::Keep(Verdict::Invalid), Some(why)),
        (Standing::Inactive(cause), named) => (Wish::Leave(named.ok()), Some(cause_word(cause).to_owned())),
        (Standing::Skipped, _) => (Wish::Skip, Some("the sync's `skip` says so".to_owned())),
        (Standing::Unreadable(why), _) => (Wish::Keep(Verdict::Unreadable), Some(why)),
    };
    if !matches!(wish, Wish::Be(..)) {
        (unique, once) = (Vec::new(), None);
    }
    let leaves = matches!(wish, Wish::Leave(_) | Wish::Skip) && known.is_some_and(|known| known.active);
    let guarded = judgement.protected || known.is_some_and(|known| known.protected);
    let staged = Staged {
        key,
        person: known.map(|known| known.id),
        wish,
        body,
        unique,
        once: once.is_some(),
        seen: Some(seen),
        handle: job.mapping.handle(entry, kind),
        recheck_at: judgement.recheck_at,
        protected: judgement.protected,
        why,
        needs_approval: (leaves && guarded).then(protection),
        absent_since: None,
        imported: None,
        changed_at,
    };
    Judged { staged, once }
}

/// Why the protected are held.
pub fn protection() -> String {
    "the sync's `protect` names this person".to_owned()
}

fn cause_word(cause: Cause) -> &'static str {
    match cause {
        Cause::Disabled => "disabled",
        Cause::Expired => "expired",
        Cause::Rule => "the sync's `active` says no",
    }
}

/// Two entries with one key: which of them is the person can't be told, and it must not depend on who came first.
pub fn ambiguous(key: Key, known: Option<&Known>) -> Staged {
    Staged {
        key,
        person: known.map(|known| known.id),
        wish: Wish::Keep(Verdict::Unreadable),
        body: None,
        unique: Vec::new(),
        once: false,
        seen: None,
        handle: None,
        recheck_at: None,
        protected: known.is_some_and(|known| known.protected),
        why: Some("several entries have this key".to_owned()),
        needs_approval: None,
        absent_since: None,
        imported: None,
        changed_at: None,
    }
}
