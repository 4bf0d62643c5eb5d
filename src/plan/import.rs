//! Identities that the target is believed to know since an import: who of them somebody has, and what becomes of the rest.

use std::collections::BTreeSet;

use super::absence::{Absent, by_policy, patience};
use super::{Absence, Imported, Observed, Wish};
use crate::directory::Kind;
use crate::roster::Timestamp;

/// Judges an identity that nobody of a complete reading may have. There is no key to look up by, so it is as somebody
/// who is gone without a trace.
pub fn judge(imported: &Imported, settings: &Absence, kind: Kind, unsettled: bool, now: Timestamp) -> Absent {
    let Imported { at, absent_since, awaits, .. } = imported;
    let why = format!("imported on {at:.0}; nobody active in the directory has this identity");
    let until = absent_since.unwrap_or(now) + patience(settings, kind, unsettled);
    let absent = by_policy(why, settings.gone, until, now);
    match awaits.as_ref().filter(|_| matches!(absent.wish, Wish::Leave(_))) {
        Some(sync) => {
            let why = format!("{}, but the sync “{sync}” of the same target was never read", absent.why);
            Absent { needs_approval: Some(why), ..absent }
        }
        None => absent,
    }
}

/// Without the imported whose identity somebody of the reading has: those take it over, or dispute it, for themselves.
pub fn unclaimed(mut observed: Vec<Observed>) -> Vec<Observed> {
    let named = |seen: &Observed| match &seen.wish {
        Wish::Be(identity, _) | Wish::Leave(Some((identity, _))) => Some(identity.as_str().to_owned()),
        _ => None,
    };
    let claimed: BTreeSet<String> = observed.iter().filter_map(named).collect();
    observed.retain(|seen| !(seen.imported && claimed.contains(seen.key.as_str())));
    observed
}
