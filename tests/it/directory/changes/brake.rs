//! `max_entries_per_second`: how long at least it takes to read so many.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use rosterd::directory::Settings;
use rosterd::directory::changes::{Changed, Way, Whom};
use rosterd::directory::ldap::Session;

use super::{handles, mark, people, query, read};
use crate::directory::{query as everybody, settings};
use crate::fixtures::slapd::Slapd;

const PEOPLE: usize = 150;

/// 250 entries a second, so that a page of 50 takes a fifth of one.
async fn braked(slapd: &Slapd) -> Session {
    let most = NonZeroU32::new(250);
    let settings = Settings { max_entries_per_second: most, page_size: 50, ..settings(&[&slapd.url()]) };
    Session::open(&settings).await.unwrap()
}

#[track_caller]
fn assert_took(since: Instant, entries: u32) {
    let (took, least) = (since.elapsed(), Duration::from_secs(1) * entries / 250);
    assert!(took >= least, "{entries} in {took:?}");
}

#[tokio::test]
async fn a_reading_takes_its_time_over_pages_and_searches() {
    let slapd = Slapd::start(&people(PEOPLE));
    let session = braked(&slapd).await;
    let mut query = everybody("(employeeType=staff)");
    query.searches.push(query.searches[0].clone());
    let began = Instant::now();
    let (entries, end) = read(&session, &query).await.unwrap();
    // All but the last page are waited for.
    assert_took(began, 250);
    assert_eq!((entries.len(), end.end.unwrap().found), (300, vec![150, 150]));
}

#[tokio::test]
async fn so_do_changes_and_whoever_they_name() {
    let slapd = Slapd::start(&people(PEOPLE));
    let query = query(Way::Timestamp);
    let mark = mark(&slapd, &query).await.expect("a way");
    let mut session = braked(&slapd).await;
    let began = Instant::now();
    let Changed::Since(delta) = session.changed(&query, &mark).await.unwrap() else { panic!("no telling") };
    assert!(delta.touched.len() >= PEOPLE, "{}", delta.touched.len());
    assert_took(began, 100);
    let began = Instant::now();
    let found = session.fetch(&query, &Whom { handles: handles(0..PEOPLE), keys: Vec::new() }).await.unwrap();
    assert_eq!(found.len(), PEOPLE);
    assert_took(began, 100);
}

#[tokio::test]
async fn a_page_is_no_more_than_a_second_allows() {
    let slapd = Slapd::start(&people(3));
    let most = NonZeroU32::new(2);
    let settings = Settings { max_entries_per_second: most, ..settings(&[&slapd.url()]) };
    let session = Session::open(&settings).await.unwrap();
    let mut reader = session.read(&everybody("(employeeType=staff)"));
    assert_eq!(reader.next_page().await.unwrap().entries.len(), 2);
}
