//! What is kept in a folder. No HTTP: requests are put in as values.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use axum::body::Bytes;
use jiff::Timestamp;
use tempfile::TempDir;

use super::*;
use crate::sandbox::answer::Answer;
use crate::sandbox::boostcom::{self, Permits, Workers};
use crate::sandbox::capillary::{self, Edit, Entity, Habits};
use crate::sandbox::input::{Ask, Body, BoostcomAsk, CapillaryAsk, Hold, Turn};
use crate::sandbox::shared::Shared;
use crate::sandbox::{Folder, FolderError};

fn open(folder: &Path) -> Shared {
    Shared::resumed(Options::default(), Folder::open(folder).unwrap())
}

/// Everything that can be seen when nothing is going on any more. Nothing is put in after that.
fn seen(shared: &Shared) -> [Value; 6] {
    shared.look(|world, _| {
        let later = "2200-01-01T00:00:00Z".parse().unwrap();
        let [veris, boostcom] = [world.veris.summary(later), world.boostcom.summary(later)];
        let members = [json!(world.veris.members(later)), json!(world.boostcom.members(later))];
        let capillary = world.capillary.summary(later);
        let secrets = world.capillary.clients(later).into_iter().map(|client| client.secret).collect();
        let [people, club] = members;
        [veris, people, boostcom, club, capillary, secrets]
    })
}

fn journal(folder: &Path) -> String {
    fs::read_to_string(folder.join("journal")).unwrap()
}

fn token(shared: &Shared) -> String {
    let text = |text: &str| Some(text.to_owned());
    let (client_id, client_secret, api_key) = (text("sandbox"), text("sandbox-secret"), text("sandbox-key"));
    let answer = shared.ask(&Ask::Token { client_id, client_secret, api_key });
    serde_json::from_str::<Value>(&answer.body).unwrap()["AccessToken"].as_str().unwrap().to_owned()
}

fn push(shared: &Shared, token: &str, body: impl Into<Bytes>) -> Answer {
    let content_type = Some("application/json".to_owned());
    shared.ask(&Ask::Push { authorization: Some(format!("bearer {token}")), content_type, body: Body(body.into()) })
}

fn import(shared: &Shared) -> Answer {
    let text = |text: &str| Some(text.to_owned());
    shared.ask(&Ask::Boostcom(Box::new(BoostcomAsk {
        method: "POST".into(),
        path: "/api/v3/loyalty_clubs/infinity-mall/members/imports".into(),
        authorization: text("sandbox-token"),
        product: text("default"),
        user_agent: text("a test"),
        content_type: text("application/json"),
        body: Body(json!({"members": [{"properties": {"email": "joe@example.com"}}]}).to_string().into()),
    })))
}

/// Asked of Capillary with a password.
fn integrate(shared: &Shared, method: &str, path: &str, body: &Value) -> Value {
    let answer = shared.ask(&Ask::Capillary(Box::new(CapillaryAsk {
        method: method.into(),
        path: path.into(),
        token: None,
        authorization: Some("Basic c2FuZGJveDo5MTFiN2JmNTViN2IwM2NkZmUyYWY5ZDFlNjhlNDg5Nw==".into()),
        content_type: None,
        body: Body(body.to_string().into()),
    })));
    serde_json::from_str(&answer.body).unwrap_or_default()
}

fn api_client(name: &str) -> Value {
    json!({"name": name, "description": "x", "expirationTokenTime": 600, "defaultTillId": 7,
        "scopes": [{"entityId": 1, "permission": "READ", "resources": [".*"]}]})
}

/// A bit of everything that can be put in.
fn busy(shared: &Shared) {
    let late = Effect::Late(Late { after: FOREVER, then: Then::Cut });
    shared.turn(Turn::VerisSeed(vec![member("seeded")])).unwrap();
    shared.turn(Turn::VerisSeed(vec![json!({})])).unwrap_err();
    shared.turn(Turn::VerisFaults(vec![Fault::new(late).times(1), Fault::new(Effect::Status(500)).skip(1)])).unwrap();
    let good = token(shared);
    assert_eq!(push(shared, &good, batch(2).to_string()).delivery, crate::sandbox::answer::Delivery::Cut);
    assert_eq!(push(shared, &good, b"\xff[".to_vec()).status, 500);
    let slow = boostcom::Fault::new(Effect::Latency(BRIEF)).times(2);
    shared.turn(Turn::BoostcomFaults(vec![slow])).unwrap();
    shared.turn(Turn::BoostcomWorkers(Workers { fail_next: 2, ..Workers::default() })).unwrap();
    shared.turn(Turn::BoostcomPermits(Permits { create: true, get: false })).unwrap();
    shared.turn(Turn::BoostcomSeed(vec![json!({"properties": {"msisdn": "4740485124"}})])).unwrap();
    assert_eq!(import(shared).status, 200);
    integrations(shared);
    shared.turn(Turn::Advance(Duration::from_mins(90))).unwrap();
}

fn integrations(shared: &Shared) {
    let clients = "/v3/integrations/clients";
    let create = |name: &str| {
        let created = integrate(shared, "POST", clients, &api_client(name));
        created["data"]["clientKey"].as_str().unwrap_or_default().to_owned()
    };
    shared.turn(Turn::CapillarySeed(vec![api_client("seeded")])).unwrap();
    shared.turn(Turn::CapillarySeed(vec![json!({})])).unwrap_err();
    let [edited, removed, updated] = ["edited", "removed", "updated"].map(create);
    let edit = Edit { name: Some("by hand".into()), is_valid: Some(false), ..Edit::default() };
    shared.turn(Turn::CapillaryEdit { key: edited, edit }).unwrap();
    shared.turn(Turn::CapillaryRemove(removed)).unwrap();
    shared.turn(Turn::CapillaryRemove("nobody".into())).unwrap_err();
    let scopes = [(1, "TargetGroups"), (9, "Vouchers")].map(|(id, entity)| Entity { id, entity: entity.into() });
    shared.turn(Turn::CapillaryScopes(scopes.into())).unwrap();
    shared.turn(Turn::CapillaryHabits(Habits { keeps_deleted: true, errors_with_200: true })).unwrap();
    let late = capillary::Fault::new(Effect::Late(Late { after: FOREVER, then: Then::Cut })).times(1);
    let held = capillary::Fault::new(Effect::Latency(BRIEF)).times(2);
    shared.turn(Turn::CapillaryFaults(vec![late, held])).unwrap();
    assert_ne!(create("late"), "");
    integrate(shared, "PUT", &format!("{clients}/{updated}"), &api_client("renamed"));
    shared.turn(Turn::CapillaryRevoke).unwrap();
}

#[tokio::test]
async fn whoever_comes_back_finds_everything_as_it_was() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path());
    busy(&first);
    first.hold(Hold::Boostcom(boostcom::Target::Send)).await;
    first.hold(Hold::Capillary(capillary::Target::Create)).await;
    assert_eq!(import(&first).status, 200);
    let (before, time) = (seen(&first), first.now());
    drop(first);
    let second = open(folder.path());
    assert!(second.now() >= time && time.duration_since(Timestamp::now()).as_mins() >= 89);
    assert_eq!(seen(&second), before);
    let faults = second.look(|world, _| json!(world.boostcom.faults()));
    assert_eq!(faults, json!([{"latency": "200ms", "target": "send", "times": 1}]));
    let faults = second.look(|world, _| json!(world.capillary.faults()));
    assert_eq!(faults, json!([{"latency": "200ms", "target": "create", "times": 1}]));
    let names = before[4]["clients"].as_array().unwrap().iter().map(|client| client["name"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["rosterd", "seeded", "by hand", "removed", "renamed", "late"]);
    drop(second);
    let third = open(folder.path());
    assert_eq!(import(&third).status, 200);
    let before = seen(&third);
    drop(third);
    assert_eq!(seen(&open(folder.path())), before, "it goes on from there");
}

#[test]
fn tokens_outlive_a_restart_and_count_still() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path());
    let good = token(&first);
    drop(first);
    let second = open(folder.path());
    assert_eq!(push(&second, &good, batch(1).to_string()).status, 200);
    assert_eq!(second.look(|world, now| world.veris.ledger(now).used), 1);
}

#[test]
fn keys_secrets_and_tokens_of_clients_outlive_a_restart() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path());
    let created = integrate(&first, "POST", "/v3/integrations/clients", &api_client("a"));
    let credentials = json!({"key": created["data"]["clientKey"], "secret": created["data"]["clientSecret"]});
    let issued = integrate(&first, "POST", "/v3/oauth/token/generate", &credentials);
    drop(first);
    let second = open(folder.path());
    let status = |token: &Value| {
        let ask = CapillaryAsk {
            method: "GET".into(),
            path: "/v3/targetGroups".into(),
            token: token.as_str().map(str::to_owned),
            authorization: None,
            content_type: None,
            body: Body(Bytes::new()),
        };
        second.ask(&Ask::Capillary(Box::new(ask))).status
    };
    assert_eq!(status(&issued["data"]["accessToken"]), 200);
    let issued = integrate(&second, "POST", "/v3/oauth/token/generate", &credentials);
    assert_eq!(status(&issued["data"]["accessToken"]), 200);
    assert_eq!(status(&json!("another")), 401);
}

#[test]
fn a_torn_last_line_is_dropped() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path());
    import(&first);
    let before = seen(&first);
    import(&first);
    drop(first);
    let whole = journal(folder.path());
    let last = whole.trim_end().rfind('\n').unwrap() + 1;
    for torn in [last, last + 1, whole.len() - 2, whole.len() - 1] {
        fs::write(folder.path().join("journal"), &whole[..torn]).unwrap();
        assert_eq!(seen(&open(folder.path())), before);
        assert_eq!(journal(folder.path()), whole[..last]);
    }
    fs::write(folder.path().join("journal"), "{\"rost").unwrap();
    assert_eq!(open(folder.path()).look(|world, now| world.boostcom.bulks(now).len()), 0);
}

#[test]
fn what_makes_no_sense_is_said_with_its_line() {
    let folder = TempDir::new().unwrap();
    import(&open(folder.path()));
    let mut file = OpenOptions::new().append(true).open(folder.path().join("journal")).unwrap();
    file.write_all(b"{\"at\": \"now\"}\n").unwrap();
    drop(file);
    let error = Folder::open(folder.path()).err().unwrap().to_string();
    assert!(error.starts_with("line 3 of ") && error.contains("/journal makes no sense: "), "{error}");
    fs::write(folder.path().join("journal"), "{\"rosterd_sandbox\":9}\n").unwrap();
    let error = Folder::open(folder.path()).err().unwrap().to_string();
    assert!(error.contains("another version"), "{error}");
}

#[test]
fn a_folder_is_its_owners_alone_and_one_sandboxs_at_a_time() {
    let above = TempDir::new().unwrap();
    let folder = above.path().join("deep/er");
    let first = open(&folder);
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("journal"))), (0o700, 0o600));
    let error = Folder::open(&folder).err().unwrap();
    assert!(matches!(error, FolderError::Busy(_)), "{error}");
    drop(first);
    open(&folder);
    let error = Folder::open(&folder.join("journal")).err().unwrap();
    assert!(matches!(error, FolderError::Unusable { .. }), "{error}");
}

#[test]
fn a_reset_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path());
    busy(&first);
    first.turn(Turn::Reset).unwrap();
    assert_eq!(journal(folder.path()).lines().count(), 1);
    let good = token(&first);
    drop(first);
    let second = open(folder.path());
    assert!(second.look(|world, now| world.boostcom.members(now).is_empty()));
    assert_eq!(push(&second, &good, batch(1).to_string()).status, 200);
}

#[tokio::test]
async fn over_http_too() {
    let folder = TempDir::new().unwrap();
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let resumed =
        async || Sandbox::resume(listen, Options::default(), Folder::open(folder.path()).unwrap()).await.unwrap();
    let bench = Bench { sandbox: resumed().await, client: client() };
    bench.pushed([Fault::new(Effect::Latency(Duration::from_millis(1))).times(1)]).await.unwrap();
    bench.sandbox.advance(FOREVER);
    let now = bench.sandbox.now();
    timeout(PATIENCE, bench.sandbox.stop()).await.unwrap().unwrap();
    // Its connections may hold the folder a little longer.
    until(|| !matches!(Folder::open(folder.path()), Err(FolderError::Busy(_)))).await;
    let sandbox = resumed().await;
    assert_eq!(sandbox.members().len(), 2);
    assert_eq!((sandbox.faults_on(), sandbox.counts()[&Target::Members][&Outcome::Applied]), (vec![], 1));
    assert!(sandbox.now() >= now);
}
