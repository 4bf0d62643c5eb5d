//! What every test here starts from.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::destination::{Item, Method, Op, Reply, Request};
use crate::roster::Timestamp;

mod bulks;
mod imports;
mod members;
mod reports;

fn settings() -> Settings {
    Settings {
        url: "https://bpc-api.boostcom.no/".to_owned(),
        loyalty_club: "infinity-mall".to_owned(),
        client_authorization: SecretString::from("B7t9U9tsoWsG"),
        product_name: "default".to_owned(),
        user_agent: "rosterd test".to_owned(),
        identity: Identifier::Email,
        only_create: false,
        on_leave: member::channels_off(),
        on_return: Payload::default(),
        batch: BATCH,
        quiet: QUIET,
    }
}

fn boostcom() -> Boostcom {
    Boostcom::new(settings())
}

fn with(change: impl FnOnce(&mut Settings)) -> Boostcom {
    let mut settings = settings();
    change(&mut settings);
    Boostcom::new(settings)
}

fn payload(value: Value) -> Payload {
    serde_json::from_value(value).unwrap()
}

/// 2026-11-05T10:00:00Z and so many seconds.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_793_872_800 + second).unwrap()
}

static ONCE: BTreeMap<Identity, SecretString> = BTreeMap::new();

/// A bulk that was sent at 0, so many seconds later.
fn env(second: i64) -> Env<'static> {
    Env {
        now: at(second),
        since: at(0),
        session: Fingerprint::of(b"session"),
        number: 7,
        once: &ONCE,
        ours: &[],
        there: &[],
        token: None,
    }
}

/// The import's id in that session.
const IMPORT: fn() -> String = || wire::import_id(Fingerprint::of(b"session"));

fn item(n: i64) -> Item {
    let email = format!("Anna.{n}@example.com");
    let payload = payload(json!({"properties": {"email": email, "msisdn": format!("474048512{n}")}}));
    let identity = Identity::new(email.to_lowercase());
    Item { account: n, identity, remote: None, op: Op::Join, payload, before: None, certain: true }
}

fn items(n: i64) -> Vec<Item> {
    (1..=n).map(item).collect()
}

fn reply(status: u16, body: &str) -> Reply {
    Reply { status, date: None, retry_after: None, redirect: None, body: body.to_owned() }
}

/// What a step is, in short.
fn shown(step: &Step) -> String {
    let path = |request: &Request| request.url.rsplit("/imports").next().unwrap_or_default().replace(&IMPORT(), "ID");
    match step {
        Step::Call(request, _) => format!("{:?} {}", request.method, path(request)),
        Step::Wait(until, _, note) => format!("{}: {note}", until.as_second() - at(0).as_second()),
        Step::Done(Done::Accepted(_)) => "accepted".to_owned(),
        Step::Done(Done::Partly(named)) => format!(
            "partly: {}",
            named.iter().map(|(n, no)| format!("{n} {}", no.text)).collect::<Vec<_>>().join(" | ")
        ),
        Step::Done(Done::Split(no)) => format!("split: {}", no.text),
        Step::Done(Done::TooLarge(_)) => "too large".to_owned(),
        Step::Done(Done::Unauthorised(no)) => format!("unauthorised: {}", no.text),
        Step::Done(Done::Later(None, no)) => format!("later: {}", no.text),
        Step::Done(Done::Later(Some(until), no)) => format!("{}: {}", until.as_second() - at(0).as_second(), no.text),
        Step::Done(Done::Unknown(no)) => format!("unknown: {}", no.text),
        Step::Done(Done::Lost(no)) => format!("lost: {}", no.text),
        Step::Done(Done::Failed(no)) => format!("failed: {}", no.text),
        Step::Done(Done::Good(_)) => "good".to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn realm_and_credential_follow_what_they_describe() {
    assert_eq!(boostcom().realm(), "boostcom https://bpc-api.boostcom.no infinity-mall by email");
    for same in [with(|s| s.product_name = "other".to_owned()), with(|s| s.batch = NonZeroUsize::MIN)] {
        assert_eq!((same.realm(), same.credential()), (boostcom().realm(), boostcom().credential()));
    }
    for other in [
        with(|s| s.loyalty_club = "other".to_owned()),
        with(|s| s.url = "https://other.example".to_owned()),
        with(|s| s.identity = Identifier::Msisdn),
    ] {
        assert_ne!(other.realm(), boostcom().realm());
    }
    assert_ne!(with(|s| s.client_authorization = "other".into()).credential(), boostcom().credential());
}

#[test]
fn no_bulk_is_larger_than_the_target_takes() {
    let large = with(|s| s.batch = NonZeroUsize::new(5_000).unwrap());
    assert_eq!(large.limits().batch, BATCH);
    assert!(!large.limits().joins_apart && with(|s| s.only_create = true).limits().joins_apart);
}

#[test]
fn debug_shows_no_secret() {
    let text = format!("{:?} {:?}", boostcom(), boostcom().start(Job::Deliver(&items(1)), &env(0)));
    assert!(!text.contains("B7t9") && !text.to_lowercase().contains("anna"), "{text}");
}
