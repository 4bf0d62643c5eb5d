//! By `modifyTimestamp`.

use rosterd::directory::changes::{Position, Way};
use rosterd::roster::Fingerprint;

use super::{ELSEWHERE, Followed, PEOPLE, add, delete, dn, numbers, people, query, read, rename, set};
use crate::fixtures::ldif;
use crate::fixtures::slapd::Slapd;

fn latest(followed: &mut Followed) -> &mut Option<i64> {
    match &mut followed.mark.position {
        Position::Timestamp { latest } => latest,
        position => panic!("{position:?}"),
    }
}

/// Staff who have not changed for long.
fn old(numbers: std::ops::Range<usize>) -> String {
    let created = [("employeeType", "staff"), ("modifyTimestamp", "20200101000000Z")];
    ldif::skeleton() + &numbers.map(|number| ldif::person(number, PEOPLE, &created)).collect::<String>()
}

async fn followed(ldif: &str) -> Followed {
    Followed::new(Slapd::start(ldif), query(Way::Timestamp)).await
}

#[tokio::test]
async fn who_changed_is_touched_wherever_they_went() {
    let mut followed = followed(&(old(0..9) + &ldif::person(9, ELSEWHERE, &[("employeeType", "staff")]))).await;
    assert_eq!(*latest(&mut followed), Some(1_577_836_800));
    // The latest are within reach again; those without such a stamp are as new as the server.
    let again = followed.since().await;
    assert_eq!((numbers(&again.touched), again.present), ((0..=9).collect(), None));
    assert!(*latest(&mut followed) > Some(1_577_836_800));
    // From now on who has not changed for long is out of reach.
    let mut expected = vec![9];
    assert_eq!(numbers(&followed.since().await.touched), expected);
    let before = followed.mark.clone();
    for (number, change) in [
        (1, set(&dn(1), "title", "Head")),
        (2, set(&dn(2), "employeeType", "left")),
        (4, rename(&dn(4), "uid=p4", ELSEWHERE)),
        (5, rename(&dn(5), "uid=renamed", PEOPLE)),
    ] {
        expected.push(number);
        expected.sort_unstable();
        assert_eq!(followed.after(&change).await, expected, "{number}");
    }
    // Nobody tells who is deleted.
    assert_eq!(followed.after(&delete(&dn(3))).await, expected);
    let count = followed.since().await.touched.len();
    followed.slapd.modify(&add(10, PEOPLE));
    assert_eq!(followed.since().await.touched.len(), count + 1);
    followed.mark = before;
    assert_eq!(followed.since().await.touched.len(), count + 1);
}

#[tokio::test]
async fn the_moment_is_no_part_of_whom_it_is_read_of() {
    let mut followed = followed(&people(2)).await;
    let session = followed.session().await;
    let (with, _) = read(&session, &followed.query).await.unwrap();
    followed.query.changes = rosterd::directory::changes::Changes::Full;
    let (without, page) = read(&session, &followed.query).await.unwrap();
    assert_eq!(page.end.unwrap().marks, None);
    let prints = |entries: &[rosterd::directory::Entry]| -> Vec<_> {
        entries.iter().map(|entry| entry.fingerprint(Fingerprint::of(b"salt"))).collect()
    };
    assert_eq!(prints(&with), prints(&without));
    // A sync that no longer follows changes so can't use the mark.
    assert!(followed.unknown().await.contains("no longer allows timestamp"));
}

#[tokio::test]
async fn a_mark_without_a_moment_tells_nothing() {
    let mut followed = followed(&ldif::skeleton()).await;
    assert_eq!(*latest(&mut followed), None);
    assert!(followed.unknown().await.contains("nobody showed when"));
    *latest(&mut followed) = Some(i64::MAX);
    assert!(followed.unknown().await.contains("no moment"));
    // Nothing changed since; that much can be seen.
    followed.slapd.modify(&add(1, PEOPLE));
    *latest(&mut followed) = Some(4_000_000_000);
    assert!(followed.since().await.touched.is_empty());
    assert_eq!(*latest(&mut followed), Some(4_000_000_000));
}
