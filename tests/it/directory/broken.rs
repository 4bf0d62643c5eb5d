use std::time::{Duration, Instant};

use rosterd::directory::ldap::{Error, Operation, Session};
use rosterd::directory::{Bind, Settings};

use super::{query, read, settings};
use crate::fixtures::ldif;
use crate::fixtures::proxy::{Fault, Proxy};
use crate::fixtures::slapd::Slapd;

/// Somewhere in the second page of a thousand.
const MIDWAY: usize = 500_000;

#[tokio::test]
async fn a_connection_cut_in_the_middle_is_no_complete_reading() {
    let slapd = Slapd::start(&ldif::with_people(0..5000));
    let proxy = Proxy::start(slapd.port(), Fault::Cut, MIDWAY).await;
    let session = Session::open(&settings(&[&proxy.url()])).await.unwrap();
    let error = read(&session, &query("(uid=*)")).await.unwrap_err();
    let Error::Cut { during: Operation::Page { number, base }, .. } = &error else { panic!("{error}") };
    assert!((2..=4).contains(number), "{error}");
    assert_eq!(base, ldif::PEOPLE);
    // And the session says so, rather than hang.
    let error = read(&session, &query("(uid=*)")).await.unwrap_err();
    assert!(matches!(error, Error::Cut { .. }), "{error}");
}

#[tokio::test]
async fn a_stalled_connection_is_given_up() {
    let slapd = Slapd::start(&ldif::with_people(0..5000));
    let proxy = Proxy::start(slapd.port(), Fault::Stall, MIDWAY).await;
    let patience = Settings { timeout: Duration::from_secs(2), ..settings(&[&proxy.url()]) };
    let session = Session::open(&patience).await.unwrap();
    let began = Instant::now();
    let error = read(&session, &query("(uid=*)")).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { during: Operation::Page { .. }, .. }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_server_that_goes_away_while_it_is_read() {
    let slapd = Slapd::start(&ldif::with_people(0..5000));
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let mut reader = session.read(&query("(uid=*)"));
    reader.next_page().await.unwrap();
    slapd.stop();
    let error = loop {
        match reader.next_page().await {
            Ok(page) => assert!(page.end.is_none()),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Cut { .. }), "{error}");
    // Over is over.
    assert!(reader.next_page().await.is_err());
}

#[tokio::test]
async fn what_is_no_ldap_ends_the_connection_and_not_the_process() {
    let slapd = Slapd::start(&ldif::skeleton());
    let proxy = Proxy::start(slapd.port(), Fault::Garble, 0).await;
    for bind in [settings(&[]).bind, Bind::Anonymous] {
        let settings = Settings { bind, ..settings(&[&proxy.url()]) };
        let error = Session::open(&settings).await.err().unwrap();
        assert!(matches!(error, Error::Malformed { .. }), "{error}");
    }
}
