//! What the store writes down must come back as it was.

use std::collections::BTreeSet;

use crate::plan::{Awaited, Kind, Known, Verdict};
use crate::roster::{Key, Timestamp};

#[test]
fn every_kind_and_verdict_is_read_back_from_its_word() {
    let kinds = [Kind::Leave, Kind::Identity, Kind::Return, Kind::Change, Kind::Join];
    assert_eq!(kinds.map(|kind| Kind::from_word(kind.word())), kinds.map(Some));
    let verdicts = [
        Verdict::Active,
        Verdict::Left,
        Verdict::Invalid,
        Verdict::Unreadable,
        Verdict::Absent,
        Verdict::Disputed,
        Verdict::Held,
        Verdict::Skipped,
        Verdict::Never,
    ];
    assert_eq!(verdicts.map(|verdict| Verdict::from_word(verdict.word())), verdicts.map(Some));
    let words: BTreeSet<_> = verdicts.map(Verdict::word).into();
    assert_eq!(words.len(), verdicts.len());
    assert_eq!((Kind::from_word("fired"), Verdict::from_word("fired")), (None, None));
}

#[test]
fn of_most_people_nothing_is_awaited() {
    let known = |awaited: Option<Awaited>| Known {
        id: 1,
        key: Key::new("anna"),
        claims: true,
        active: true,
        protected: false,
        awaited,
    };
    let moments = |known: Known| (known.absent_since(), known.recheck_at());
    assert_eq!(moments(known(None)), (None, None));
    let (absent, recheck) = (Timestamp::from_second(1).ok(), Timestamp::from_second(2).ok());
    assert_eq!(moments(known(Some(Awaited { absent_since: absent, recheck_at: recheck }))), (absent, recheck));
}
