//! Ways into a domain controller, and what it tells of itself.

use std::time::{Duration, Instant};

use rosterd::directory::ldap::{BindFailure, Error, Operation, Session};
use rosterd::directory::{Kind, Query, Servers, Settings};

use super::{query, read, settings};
use crate::fixtures::samba::{BASE, SEES_DELETED, SERVICE, Samba};

async fn found(settings: &Settings) -> usize {
    read(&Session::open(settings).await.unwrap(), &query()).await.0.len()
}

async fn refused(settings: &Settings) -> Error {
    Session::open(settings).await.err().unwrap()
}

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn every_way_in() {
    let samba = Samba::shared();
    for name in [SERVICE.0, "svc-rosterd@corp.example.test", "CORP\\svc-rosterd"] {
        assert_eq!(found(&settings(&samba, (name, SERVICE.1))).await, 12, "{name}");
    }
    let mut plain = Settings { servers: Servers::Listed(vec![samba.url()]), ..settings(&samba, SERVICE) };
    let error = refused(&plain).await;
    assert!(matches!(error, Error::NeedsTls), "{error}");
    plain.tls.starttls = true;
    assert_eq!(found(&plain).await, 12);
}

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn what_it_tells_of_itself_depends_on_who_asks() {
    let samba = Samba::shared();
    for (account, sees_deleted) in [(SERVICE, false), (SEES_DELETED, true)] {
        let session = Session::open(&settings(&samba, account)).await.unwrap();
        let server = session.server();
        assert_eq!((server.kind, server.sees_deleted), (Kind::ActiveDirectory, sees_deleted));
        assert!(server.name.starts_with("CN=NTDS Settings,CN=DC1,"), "{server:?}");
        assert!(server.clock.is_some());
    }
}

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn the_domains_root_is_read_without_its_other_partitions() {
    let samba = Samba::shared();
    let session = Session::open(&settings(&samba, SERVICE)).await.unwrap();
    let mut everywhere = query();
    everywhere.searches[0].base = BASE.to_owned();
    let (entries, end) = read(&session, &everywhere).await;
    assert_eq!((entries.len(), end.referrals), (12, Vec::<String>::new()));

    // Who does not know that it is one is referred to them, and says so.
    let unknown = Settings { kind: Some(Kind::Generic), ..settings(&samba, SERVICE) };
    let session = Session::open(&unknown).await.unwrap();
    let (entries, end) = read(&session, &Query { key: Some("objectGUID".to_owned()), ..everywhere }).await;
    assert_eq!(entries.len(), 12);
    assert!(end.referrals.iter().any(|to| to.ends_with("/CN=Configuration,DC=corp,DC=example,DC=test")), "{end:?}");
}

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn one_that_hangs_while_it_is_read() {
    let samba = Samba::start();
    let patience = Settings { page_size: 2, timeout: Duration::from_millis(500), ..settings(&samba, SERVICE) };
    let session = Session::open(&patience).await.unwrap();
    let mut reader = session.read(&query());
    reader.next_page().await.unwrap();
    samba.pause();
    let began = Instant::now();
    // One page may have been on its way.
    let error = loop {
        if let Err(error) = reader.next_page().await {
            break error;
        }
    };
    assert!(matches!(error, Error::Timeout { during: Operation::Page { .. }, .. }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn a_password_that_is_no_longer_the_right_one() {
    let samba = Samba::start();
    samba.set_password(SERVICE.0, "Another-Passw0rd");
    let error = refused(&settings(&samba, SERVICE)).await;
    assert!(matches!(error, Error::Credentials { code: BindFailure::WrongPassword }), "{error}");
    assert_eq!(found(&settings(&samba, (SERVICE.0, "Another-Passw0rd"))).await, 12);
    assert_eq!(samba.value(SERVICE.0, "badPwdCount").as_deref(), Some("0"));
}

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn one_that_hangs_crashes_and_comes_back() {
    let mut samba = Samba::start();
    let patience = Settings { connect_timeout: Duration::from_millis(500), ..settings(&samba, SERVICE) };
    samba.pause();
    let error = refused(&patience).await;
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    samba.resume();
    samba.kill();
    let error = refused(&patience).await;
    assert!(matches!(error, Error::Connect { .. }), "{error}");
    samba.restart();
    assert_eq!(found(&settings(&samba, SERVICE)).await, 12);
    // By the authority it had, not by the one it will have.
    let before = std::fs::read(samba.ca()).unwrap();
    samba.certify();
    std::fs::write(samba.folder().join("former.pem"), before).unwrap();
    samba.restart();
    let mut former = settings(&samba, SERVICE);
    former.tls.ca = Some(samba.folder().join("former.pem"));
    let error = refused(&former).await;
    assert!(matches!(error, Error::Tls { .. }), "{error}");
    assert_eq!(found(&settings(&samba, SERVICE)).await, 12);
}
