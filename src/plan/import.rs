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
            let why = format!("{}, but the sync “{sync}” of the same target was not read since", absent.why);
            Absent { needs_approval: Some(why), ..absent }
        }
        None => absent,
    }
}

/// Without the imported whose identity somebody of the reading has: those take it over, or dispute it, for themselves.
pub fn unclaimed(mut observed: Vec<Observed>) -> Vec<Observed> {
    if !observed.iter().any(|seen| seen.imported) {
        return observed;
    }
    let named = |seen: &Observed| match &seen.wish {
        Wish::Be(identity, _) | Wish::Leave(Some((identity, _))) => Some(identity.as_str().to_owned()),
        _ => None,
    };
    let claimed: BTreeSet<String> = observed.iter().filter_map(named).collect();
    observed.retain(|seen| !(seen.imported && claimed.contains(seen.key.as_str())));
    observed
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::plan::{Policy, Verdict};
    use crate::roster::{Fingerprint, Identity, Key};

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
    }

    fn imported() -> Imported {
        Imported { id: 1, key: Key::new("7"), at: at(0), absent_since: None, awaits: None }
    }

    /// The wish, and whether it needs approval, in a word.
    fn judged(imported: &Imported, settings: &Absence, unsettled: bool, minute: i64) -> &'static str {
        let absent = judge(imported, settings, Kind::ActiveDirectory, unsettled, at(minute));
        assert!(absent.why.contains("nobody active in the directory has this identity"), "{}", absent.why);
        match (absent.wish, absent.needs_approval) {
            (Wish::Keep(Verdict::Absent), None) => "kept",
            (Wish::Leave(None), None) => "leaves",
            (Wish::Leave(None), Some(_)) => "needs approval",
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn as_somebody_who_is_gone() {
        let usual = Absence::default();
        let seen = Imported { absent_since: Some(at(0)), ..imported() };
        assert_eq!(judged(&imported(), &usual, false, 600), "kept", "the first reading without them");
        assert_eq!(judged(&seen, &usual, false, 59), "kept");
        assert_eq!(judged(&seen, &usual, false, 60), "leaves");
        let none = Absence { grace: Some(Duration::ZERO), ..usual };
        assert_eq!(judged(&imported(), &none, false, 0), "leaves");
        assert_eq!(judged(&imported(), &none, true, 0), "kept", "another server answers");
        assert_eq!(judged(&seen, &none, true, 30), "leaves");
        assert_eq!(judged(&seen, &Absence { gone: Policy::Hold, ..none }, false, 0), "needs approval");
        let awaits = Imported { awaits: Some("hosts".to_owned()), ..seen };
        assert_eq!(judged(&awaits, &none, false, 0), "needs approval");
        assert_eq!(judged(&awaits, &usual, false, 0), "kept");
    }

    #[test]
    fn whoever_has_the_identity_speaks_for_it() {
        let seen = |key: &str, wish: Wish, imported: bool| Observed {
            stage: 0,
            key: Key::new(key),
            person: None,
            wish,
            why: None,
            needs_approval: None,
            imported,
            unique: Vec::new(),
        };
        let member = |identity: &str| (Identity::new(identity), Fingerprint::of(b""));
        let be = |identity: &str| Wish::Be(member(identity).0, member(identity).1);
        let left = |others: Vec<Observed>| {
            let imports = ["7", "8"].map(|identity| seen(identity, Wish::Leave(None), true));
            let observed = unclaimed(imports.into_iter().chain(others).collect());
            let imports = observed.iter().filter(|seen| seen.imported);
            imports.map(|seen| seen.key.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(left(Vec::new()), ["7", "8"]);
        assert_eq!(left(vec![seen("anna", be("7"), false)]), ["8"]);
        assert_eq!(left(vec![seen("cato", Wish::Leave(Some(member("8"))), false)]), ["7"], "inactive, but theirs");
        assert_eq!(left(vec![seen("7", Wish::Keep(Verdict::Invalid), false)]), ["7", "8"], "a key is no identity");
    }
}
