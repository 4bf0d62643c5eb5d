use std::time::{Duration, Instant};

use rosterd::directory::ldap::{BindFailure, Error, Session};
use rosterd::directory::{Bind, Kind, Settings};
use tokio::net::TcpListener;

use super::{listed, query, read, settings, simple};
use crate::fixtures::ldif::{self, SERVICE};
use crate::fixtures::slapd::Slapd;

async fn found(settings: &Settings) -> u64 {
    let session = Session::open(settings).await.unwrap();
    read(&session, &query("(uid=*)")).await.unwrap().1.end.unwrap().found[0]
}

async fn refused(settings: &Settings) -> Error {
    Session::open(settings).await.err().unwrap()
}

/// A port that nobody listens on.
async fn dead() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("ldap://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn every_way_in() {
    let slapd = Slapd::start(&ldif::with_people(0..3));
    let plain = settings(&[&slapd.url()]);
    assert_eq!(found(&plain).await, 3);
    assert_eq!(found(&Settings { bind: Bind::Anonymous, ..plain.clone() }).await, 3);
    assert_eq!(found(&settings(&[&slapd.ldapi_url()])).await, 3);

    let mut trusted = settings(&[&slapd.ldaps_url()]);
    trusted.tls.ca = Some(slapd.ca());
    assert_eq!(found(&trusted).await, 3);
    trusted.servers = listed(&[&slapd.url()]);
    trusted.tls.starttls = true;
    assert_eq!(found(&trusted).await, 3);

    let mut any = settings(&[&slapd.ldaps_url()]);
    any.tls.danger_accept_any_certificate = true;
    assert_eq!(found(&any).await, 3);
}

#[tokio::test]
async fn the_server_is_known_by_what_it_says() {
    let slapd = Slapd::start(&ldif::skeleton());
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    assert_eq!(session.server().kind, Kind::OpenLdap);
    assert_eq!(session.server().name, slapd.url());
    assert_eq!(session.url(), slapd.url());
    assert!(!session.server().sees_deleted);
    let told = Settings { kind: Some(Kind::Generic), ..settings(&[&slapd.url()]) };
    assert_eq!(Session::open(&told).await.unwrap().server().kind, Kind::Generic);
}

#[tokio::test]
async fn a_wrong_password_is_final() {
    let slapd = Slapd::start(&ldif::skeleton());
    // The second server would accept nobody either, but it must not even be asked.
    let second = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other = format!("ldap://{}", second.local_addr().unwrap());
    let wrong = Settings { bind: simple(SERVICE.0, "wrong"), ..settings(&[&slapd.url(), &other]) };
    let error = refused(&wrong).await;
    assert!(matches!(error, Error::Credentials { code: BindFailure::Unspecified }), "{error}");
    assert!(error.is_credentials());
    assert!(!error.to_string().contains("svc"), "{error}");
    let second = second.into_std().unwrap();
    assert_eq!(second.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn an_empty_password_never_reaches_the_wire() {
    let slapd = Slapd::start(&ldif::skeleton());
    let empty = Settings { bind: simple(SERVICE.0, ""), ..settings(&[&slapd.url()]) };
    assert!(matches!(refused(&empty).await, Error::EmptyPassword));
}

#[tokio::test]
async fn a_certificate_that_proves_nothing() {
    let slapd = Slapd::start(&ldif::skeleton());
    let stranger = Slapd::start(&ldif::skeleton());
    let mut wrong = settings(&[&slapd.ldaps_url()]);
    wrong.tls.ca = Some(stranger.ca());
    let error = refused(&wrong).await.to_string();
    assert!(error.contains("the certificate of localhost is not signed by the configured CA"), "{error}");

    wrong.tls.starttls = true;
    wrong.servers = listed(&[&slapd.url()]);
    let error = refused(&wrong).await.to_string();
    assert!(error.contains("the certificate of 127.0.0.1 is not signed by the configured CA"), "{error}");

    wrong.tls.ca = Some(slapd.ca());
    wrong.servers = listed(&[&slapd.ldaps_url().replace("localhost", "127.0.0.2")]);
    let error = refused(&wrong).await;
    assert!(matches!(error, Error::Connect { .. }), "{error}");

    let unencrypted = slapd.ldaps_url().replace(|letter: char| letter.is_ascii_digit(), "") + &slapd.port().to_string();
    wrong.servers = listed(&[&unencrypted]);
    let error = refused(&wrong).await;
    assert!(matches!(error, Error::Tls { .. }), "{error}");

    wrong.tls.ca = Some("/nowhere/ca.pem".into());
    let error = refused(&wrong).await.to_string();
    assert!(error.contains("tls.ca /nowhere/ca.pem"), "{error}");
}

#[tokio::test]
async fn the_system_s_authorities_do_not_know_ours() {
    let slapd = Slapd::start(&ldif::skeleton());
    let error = refused(&settings(&[&slapd.ldaps_url()])).await;
    assert!(matches!(error, Error::Tls { .. } | Error::Authorities { .. }), "{error}");
}

#[tokio::test]
async fn the_server_may_insist_on_tls() {
    let slapd = Slapd::start_with(&ldif::with_people(0..1), "security ssf=1");
    let error = refused(&settings(&[&slapd.url()])).await;
    assert!(matches!(error, Error::NeedsTls), "{error}");
    let mut encrypted = settings(&[&slapd.ldaps_url()]);
    encrypted.tls.ca = Some(slapd.ca());
    assert_eq!(found(&encrypted).await, 1);
}

#[tokio::test]
async fn a_dead_server_then_one_that_lives() {
    let slapd = Slapd::start(&ldif::with_people(0..1));
    let session = Session::open(&settings(&[&dead().await, &slapd.url()])).await.unwrap();
    assert_eq!(session.url(), slapd.url());
    let error = refused(&settings(&[&dead().await, &dead().await])).await;
    assert_eq!(error.to_string().matches("connection refused").count(), 2, "{error}");
    let error = refused(&settings(&[&dead().await])).await;
    assert!(matches!(error, Error::Connect { .. }), "{error}");
}

#[tokio::test]
async fn a_hung_server_costs_the_connect_timeout() {
    let slapd = Slapd::start(&ldif::with_people(0..1));
    let hung = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hung = hung.local_addr().unwrap();
    for (scheme, starttls) in [("ldap", false), ("ldaps", false), ("ldap", true)] {
        let mut settings = settings(&[&format!("{scheme}://{hung}")]);
        settings.connect_timeout = Duration::from_millis(300);
        settings.tls.ca = Some(slapd.ca());
        settings.tls.starttls = starttls;
        let began = Instant::now();
        let error = refused(&settings).await;
        assert!(matches!(error, Error::Timeout { .. }), "{error}");
        assert!((300..3000).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    }
    let mut both = settings(&[&format!("ldap://{hung}"), &slapd.url()]);
    both.connect_timeout = Duration::from_secs(2);
    assert_eq!(found(&both).await, 1);
}

#[tokio::test]
async fn a_server_that_stops_and_comes_back() {
    let slapd = Slapd::start(&ldif::with_people(0..2));
    slapd.modify(&format!("dn: uid=p1,{}\nchangetype: delete\n", ldif::PEOPLE));
    let mut settings = settings(&[&slapd.url()]);
    settings.connect_timeout = Duration::from_millis(500);
    slapd.pause();
    assert!(matches!(refused(&settings).await, Error::Timeout { .. }));
    slapd.resume();
    settings.connect_timeout = Duration::from_secs(10);
    assert_eq!(found(&settings).await, 1);
    slapd.stop();
    assert!(matches!(refused(&settings).await, Error::Connect { .. }));
    slapd.restart();
    assert_eq!(found(&settings).await, 1);
}
