//! By RFC 4533.

use rosterd::directory::changes::{Changed, Position, Way};
use rosterd::directory::{Scope, Search};

use super::{ELSEWHERE, Followed, PEOPLE, add, delete, dn, handles, numbers, people, query, rename, set, staff};
use crate::fixtures::ldif;
use crate::fixtures::slapd::Slapd;

async fn followed(ldif: &str) -> Followed {
    Followed::new(Slapd::start(ldif), query(Way::Syncrepl)).await
}

fn cookies(followed: &mut Followed) -> &mut Vec<String> {
    match &mut followed.mark.position {
        Position::Syncrepl { cookies, .. } => cookies,
        position => panic!("{position:?}"),
    }
}

/// The changes that would follow a mark of this cookie.
async fn refused(cookie: &str) -> String {
    let mut followed = followed(&people(2)).await;
    cookies(&mut followed)[0] = cookie.to_owned();
    followed.unknown().await
}

#[tokio::test]
async fn each_change_touches_whom_it_concerns() {
    let mut followed = followed(&(people(8) + &staff(8, ELSEWHERE))).await;
    let before = followed.mark.clone();
    let nothing = followed.since().await;
    assert_eq!((nothing.touched, nothing.present, &followed.mark), (vec![], None, &before));
    assert_eq!(followed.after(&set(&dn(1), "title", "Head")).await, [1]);
    assert_eq!(followed.after(&set(&dn(2), "employeeType", "left")).await, [2]);
    assert_eq!(followed.after(&delete(&dn(3))).await, [3]);
    assert_eq!(followed.after(&rename(&dn(4), "uid=p4", ELSEWHERE)).await, [4]);
    assert_eq!(followed.after(&rename(&format!("uid=p8,{ELSEWHERE}"), "uid=p8", PEOPLE)).await, [8]);
    assert_eq!(followed.after(&rename(&dn(5), "uid=renamed", PEOPLE)).await, [5]);
    assert_eq!(followed.after(&set(&dn(2), "employeeType", "staff")).await, [2]);
    // As long as the server remembers a change, whoever does not match counts as gone each time.
    assert_eq!(followed.after(&set(&format!("uid=p4,{ELSEWHERE}"), "title", "Head")).await, [4]);
    followed.slapd.modify(&add(9, PEOPLE));
    assert_eq!(followed.since().await.touched.len(), 1);
    // All of it again, for whoever has slept.
    followed.mark = before;
    let delta = followed.since().await;
    assert_eq!((numbers(&delta.touched), delta.touched.len(), delta.present), (vec![1, 2, 3, 4, 5, 8], 7, None));
    assert!(followed.since().await.touched.is_empty());
}

#[tokio::test]
async fn without_its_session_log_a_server_says_who_stayed() {
    let mut followed = followed(&people(8)).await;
    let before = followed.mark.clone();
    followed.slapd.modify(&(set(&dn(1), "title", "Head") + &set(&dn(2), "employeeType", "left") + &delete(&dn(3))));
    // The log is in memory.
    followed.slapd.stop();
    followed.slapd.restart();
    let delta = followed.since().await;
    assert_eq!(numbers(&delta.touched), [1]);
    assert_eq!(delta.present, Some(handles([0, 4, 5, 6, 7])));
    // Nor does a new one tell what was before it.
    followed.mark = before.clone();
    followed.slapd.modify(&set(&dn(7), "title", "Head"));
    let delta = followed.since().await;
    assert_eq!(numbers(&delta.touched), [1, 7]);
    assert_eq!(delta.present, Some(handles([0, 4, 5, 6])));
    // And from then on who went.
    assert_eq!(followed.after(&delete(&dn(4))).await, [4]);
    // The same where the log does not reach back far enough.
    followed.mark = before;
    for _ in 0..6 {
        let changes: String = (0..200).map(|at| set(&dn(5), "title", &format!("Engineer {at}"))).collect();
        followed.slapd.modify(&changes);
    }
    let delta = followed.since().await;
    assert_eq!(numbers(&delta.touched), [1, 5, 7]);
    assert_eq!(delta.present, Some(handles([0, 6])));
    // And where nothing is as old as the mark, everybody may have changed, and whoever is not named is gone.
    cookies(&mut followed)[0] = "rid=001,csn=19990101000000.000000Z#000000#000#000000".to_owned();
    let delta = followed.since().await;
    assert_eq!((numbers(&delta.touched), delta.present), (vec![0, 1, 5, 6, 7], Some(Vec::new())));
}

#[tokio::test]
async fn a_mark_that_is_none_or_of_the_future_is_refused() {
    for (cookie, words) in [
        ("garbage", "the mark is no cookie"),
        ("rid=001", "the mark is no cookie"),
        ("rid=001,csn=garbage", "the mark is no cookie"),
        ("rid=001,csn=20260101000000.000000Z#000000#001#000000", "the server's replicas are others now"),
        ("rid=001,csn=20990101000000.000000Z#000000#000#000000", "newer than provider"),
    ] {
        let why = refused(cookie).await;
        assert!(why.contains(words), "{why}");
    }
}

#[tokio::test]
async fn several_searches_are_one() {
    let ldif = people(3) + &staff(3, ELSEWHERE) + &staff(4, ELSEWHERE);
    let mut query = query(Way::Syncrepl);
    let filter = "employeeType=staff".to_owned();
    query.searches.push(Search { base: ELSEWHERE.to_owned(), filter, scope: Scope::One });
    let mut followed = Followed::new(Slapd::start(&ldif), query).await;
    assert!(followed.since().await.touched.is_empty());
    let gone = delete(&dn(1)) + &rename(&dn(2), "uid=p2", ELSEWHERE) + &set(&format!("uid=p3,{ELSEWHERE}"), "sn", "X");
    assert_eq!(followed.after(&gone).await, [1, 2, 3]);
    followed.slapd.modify(&set(&dn(0), "sn", "X"));
    followed.slapd.stop();
    followed.slapd.restart();
    let delta = followed.since().await;
    assert_eq!((numbers(&delta.touched), delta.present), (vec![0], Some(handles([2, 3, 4]))));
    cookies(&mut followed).pop();
    assert!(followed.unknown().await.contains("other searches"));
}

#[tokio::test]
async fn more_changes_than_a_server_gives_at_once() {
    let mut followed = followed(&ldif::skeleton()).await;
    // Under the limit of 500 that pages of a reading evade.
    followed.slapd.modify(&(0..501).map(|number| add(number, PEOPLE)).collect::<String>());
    let why = followed.unknown().await;
    assert!(why.contains("result 4, sizeLimitExceeded"), "{why}");
    cookies(&mut followed)[0] = "rid=001,csn=19990101000000.000000Z#000000#000#000000".to_owned();
    assert!(matches!(followed.changed().await, Changed::Unknown(_)));
}
