//! What every test here starts from.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::destination::{Chore, Method, Op, Remote, Reply, Request};
use crate::roster::Timestamp;

mod creations;
mod deletions;
mod looks;
mod losses;
mod members;
mod refusals;
mod stands;
mod tokens;
mod updates;
mod way;

use way::{Way, shown};

/// The samples of seed 001, to the letter.
mod sample {
    pub const SCOPES: &str = include_str!("samples/scopes.json");
    pub const CREATE: &str = include_str!("samples/create.json");
    pub const CREATED: &str = include_str!("samples/created.json");
    pub const LIST: &str = include_str!("samples/list.json");
    pub const DETAILS: &str = include_str!("samples/details.json");
    pub const UPDATE: &str = include_str!("samples/update.json");
    pub const UPDATED: &str = include_str!("samples/updated.json");
    pub const DELETED: &str = include_str!("samples/deleted.json");
}

/// Who is created, updated and deleted in the samples. The update is sent to one, and answered by the other.
const MADE: &str = "ytoxaF6SLgBJQ7erUw2SXS8zi";
const THERE: &str = "AAyjgiPapXefvmBEw7810dSio";
const GONE: &str = "AAyjgiPapXefvmBEw7810SSio";
/// What nobody may see: ours, and that of who is created in the sample.
const SECRETS: [&str; 3] = ["adm1n-s3cret", "t0ken", "UEOx1f11D6S2Zw2EmE54tyChCisCiZAagIbmdFH8"];

fn settings() -> Settings {
    Settings {
        url: "https://eu.api.capillarytech.com/".to_owned(),
        organisation: None,
        auth: Auth::Token { key: "adminKey".to_owned(), secret: SecretString::from("adm1n-s3cret") },
        vault: Vault { folder: Some("/vault".into()), command: Vec::new() },
        drift: Mending::Repair,
        adopt: Adopt::Never,
        leaves_approved: true,
        quiet: QUIET,
    }
}

fn with(change: impl FnOnce(&mut Settings)) -> Capillary {
    let mut settings = settings();
    change(&mut settings);
    Capillary::new(settings)
}

/// That does not know yet what clients can be given.
fn capillary() -> Capillary {
    with(|_| ())
}

/// The same target, once it told.
fn informed(capillary: Capillary) -> Capillary {
    Capillary { scopes: wire::read_scopes(&ok(sample::SCOPES)), ..capillary }
}

/// So many seconds after 2020-04-15T08:44:06Z, within which the sample's client was created.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_586_940_246 + second).unwrap()
}

static ONCE: BTreeMap<Identity, SecretString> = BTreeMap::new();

fn env<'a>(ours: &'a [Remote], token: Option<&'a SecretString>) -> Env<'a> {
    Env { now: at(0), since: at(0), session: Fingerprint::of(b""), number: 1, once: &ONCE, ours, there: ours, token }
}

fn reply(status: u16, body: &str) -> Reply {
    Reply { status, date: Some(at(0)), retry_after: None, redirect: None, body: body.to_owned() }
}

fn ok(body: &str) -> Reply {
    reply(200, body)
}

/// The sample's client, as somebody's fields are mapped to it.
fn mapped() -> Value {
    json!({
        "name": "NewName3", "description": "Sample description", "expirationTokenTime": "10m",
        "defaultTillId": "15000449",
        "scopes": [
            { "entity": "TargetGroups", "permission": "READWRITE", "resources": [".*v3/targetGroups.*"] },
            { "entity": 2, "permission": "write", "resources": [] },
        ],
    })
}

fn payload(value: Value) -> Payload {
    serde_json::from_value(value).unwrap()
}

fn member(mapped: Value) -> Payload {
    capillary().member(&Key::new("E17"), &payload(mapped)).unwrap().payload
}

/// A client as the list shows it.
fn listed(key: &str, name: &str, created_on: &str) -> Value {
    json!({"clientKey": key, "name": name, "isValid": true, "attribution": {"createdOn": created_on},
        "description": "Sample description", "expirationTokenTime": 600, "defaultTillId": 15_000_449})
}

/// The sample's list with more clients in it.
fn list(more: &[Value]) -> Reply {
    let mut list: Value = serde_json::from_str(sample::LIST).unwrap();
    list["data"].as_array_mut().unwrap().extend_from_slice(more);
    ok(&list.to_string())
}

/// The sample's answer to a deletion, of another client.
fn deleted(key: &str) -> Reply {
    ok(&sample::DELETED.replace(GONE, key))
}

#[test]
fn realm_and_credential_follow_what_they_describe() {
    assert_eq!(capillary().realm(), "capillary https://eu.api.capillarytech.com adminKey");
    assert_eq!(
        with(|s| s.organisation = Some("acme".to_owned())).realm(),
        "capillary https://eu.api.capillarytech.com acme"
    );
    let token = |key: &str, secret: &str| with(|s| s.auth = Auth::Token { key: key.to_owned(), secret: secret.into() });
    assert_eq!(token("adminKey", "other").realm(), capillary().realm());
    for other in [token("adminKey", "other"), token("adminKeya", "dm1n-s3cret"), token("adminKe", "yadm1n-s3cret")] {
        assert_ne!(other.credential(), capillary().credential());
    }
    assert_eq!(with(|s| s.organisation = Some("acme".to_owned())).credential(), capillary().credential());
}

#[test]
fn clients_go_one_by_one_and_are_deleted_when_approved() {
    let limits = capillary().limits();
    assert_eq!((limits.batch.get(), limits.token, limits.readable), (1, Some(QUOTA), Some(Mending::Repair)));
    assert!(limits.leaves_approved && !limits.joins_apart);
    let two = [Way::new(capillary(), Op::Join, None).item, Way::new(capillary(), Op::Join, None).item];
    assert_eq!(shown(&capillary().start(Job::Deliver(&two), &env(&[], None))), "too large: clients go one by one");
}

#[test]
fn debug_shows_no_secret() {
    let basic = with(|s| s.auth = Auth::Basic { username: "anna".to_owned(), password: "adm1n-s3cret".into() });
    let mut way = losses::kept();
    let text = format!("{:?} {basic:?} {:?} {:?}", way.capillary, way.step, way.ticket());
    way.next(Input::Kept(Err("disk full")));
    let text = format!("{text} {:?} {:?}", way.step, way.ticket());
    assert!(text.contains("Secret(…)") && SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");
}
