//! Somebody else is at Capillary, too.

use rosterd::sandbox::capillary::{Edit, Effect, Fault, Permission, Record, Scope, Target};
use serde_json::Value;

use crate::fixtures::ldif::uuid;
use crate::fixtures::org::{Org, foreign, name, services};
use crate::fixtures::place::json;

/// What somebody may change by hand, and what `plan` calls it.
fn edits() -> Vec<(&'static str, Edit)> {
    let scopes = |entity_id, permission| vec![Scope { entity_id, permission, resources: Vec::new() }];
    vec![
        ("name", Edit { name: Some("meddled".to_owned()), ..Edit::default() }),
        ("description", Edit { description: Some("meddled".to_owned()), ..Edit::default() }),
        ("expirationTokenTime", Edit { expiration_token_time: Some(30), ..Edit::default() }),
        ("defaultTillId", Edit { default_till_id: Some(7), ..Edit::default() }),
        ("scopes", Edit { scopes: Some(scopes(1, Permission::ReadWrite)), ..Edit::default() }),
        ("scopes", Edit { scopes: Some(scopes(2, Permission::Read)), ..Edit::default() }),
    ]
}

/// All but when it was changed last, and by whom.
fn fields(client: &Record) -> (String, String, i64, i64, Vec<Scope>, bool) {
    let Record { name, description, expiration_token_time, default_till_id, scopes, is_valid, .. } = client.clone();
    (name, description, expiration_token_time, default_till_id, scopes, is_valid)
}

#[test]
fn what_was_changed_by_hand_is_shown_and_put_right() {
    let org = Org::new(&services(1..8));
    org.sync_well();
    let before = org.client(1);
    for (field, edit) in edits() {
        org.capillary().edit(&before.key, edit).unwrap();
        let plan = json(&org.said(&["plan", "--json"]));
        let [change] = plan["changes"].as_array().unwrap().as_slice() else { panic!("{plan}") };
        assert_eq!((&change["kind"], &change["key"]), (&"change".into(), &uuid(1).into()), "{plan}");
        assert!(change["fields"].as_object().unwrap().keys().eq([field]), "{plan}");
        let listed = org.said(&["clients", "loyalty"]);
        assert!(listed.contains("drifted") && listed.contains("was confirmed"), "{listed}");
        let synced = org.sync_well();
        assert_eq!(
            (&synced["members"]["changed"], &synced["delivery"]["confirmed"]),
            (&1.into(), &1.into()),
            "{synced}"
        );
        let after = org.capillary().client(&before.key).unwrap();
        assert_eq!(fields(&after), fields(&before), "{field}");
    }
    assert_eq!(org.sync_well()["delivery"]["requests"], 9, "scopes, list, seven details");
    let runs = org.said(&["explain", &uuid(1)]);
    assert!(runs.contains("another at the target than was confirmed"), "{runs}");
}

#[test]
fn drift_that_is_only_reported_stays() {
    let mut org = Org::new(&services(1..3));
    org.config.destination = "drift: report".to_owned();
    org.sync_well();
    let key = org.client(1).key;
    org.capillary().edit(&key, Edit { description: Some("meddled".to_owned()), ..Edit::default() }).unwrap();
    let plan = org.said(&["plan"]);
    assert!(
        plan.contains("1 member is at the target otherwise than was confirmed: left as they are (`drift: report`)"),
        "{plan}"
    );
    assert_eq!(org.sync_well()["members"]["changed"], 0);
    assert_eq!(org.capillary().client(&key).unwrap().description, "meddled");
    let clients = org.run(&["clients", "loyalty", "--json"]).lines();
    assert_eq!(clients.len(), 3, "{clients:?}");
    let drifted: Vec<&Value> = clients.iter().filter(|client| client["state"] == "drifted").collect();
    assert_eq!(drifted[0]["drift"]["description"], serde_json::json!(["A service", "meddled"]));
}

#[test]
fn one_deleted_by_hand_is_created_again_and_loudly() {
    let org = Org::new(&services(1..4));
    org.sync_well();
    let before = org.client(1);
    org.capillary().remove(&before.key).unwrap();
    let plan = json(&org.said(&["plan", "--json"]));
    assert_eq!(
        (&plan["changes"][0]["kind"], &plan["changes"][0]["key"]),
        (&"return".into(), &uuid(1).into()),
        "{plan}"
    );
    let listed = org.said(&["clients", "loyalty"]);
    assert!(listed.contains("gone"), "{listed}");
    let output = org.run(&["sync"]);
    assert!(output.code == Some(0), "{output:?}");
    let said = "1 member is not at the target any more, though nothing here removed them";
    assert!(output.stdout.contains(said) || output.stderr.contains(said), "{output:?}");
    let after = org.client(1);
    assert_ne!((&after.key, &after.secret), (&before.key, &before.secret));
    assert_eq!(org.kept()[&after.key]["clientSecret"], after.secret);
    assert_eq!(org.sync_well()["delivery"]["confirmed"], 0);
}

#[test]
fn more_than_the_guard_lets_return_wait_for_approval() {
    let mut org = Org::new(&services(1..9));
    org.config.sync = String::new();
    org.sync_well();
    let keys: Vec<String> = org.clients().values().map(|client| client.key.clone()).collect();
    keys.iter().take(6).for_each(|key| org.capillary().remove(key).unwrap());
    let held = org.approve();
    assert_eq!((&held["delivery"]["held"], &held["delivery"]["confirmed"]), (&6.into(), &0.into()), "{held}");
    assert_eq!(org.clients().len(), 2);
    let listed = org.said(&["clients", "loyalty"]);
    assert!(listed.starts_with("loyalty: 2 ours, 1 foreign\n"), "{listed}");
    assert_eq!(org.sync_well()["delivery"]["confirmed"], 6);
    assert_eq!(org.clients().len(), 8);
}

#[test]
fn whoever_leaves_and_was_deleted_by_hand_has_left() {
    let org = Org::new(&services(1..4));
    org.sync_well();
    let key = org.client(1).key;
    org.capillary().remove(&key).unwrap();
    org.modify(&crate::fixtures::org::removed(1));
    let json = org.sync_well();
    assert_eq!((&json["members"]["left"], &json["delivery"]["held"]), (&0.into(), &0.into()), "{json}");
    assert_eq!(org.clients().len(), 2);
}

#[test]
fn one_that_was_made_invalid_is_one_that_is_not_there() {
    let org = Org::new(&services(1..4));
    org.sync_well();
    let before = org.client(1);
    org.capillary().edit(&before.key, Edit { is_valid: Some(false), ..Edit::default() }).unwrap();
    assert_eq!(org.sync_well()["members"]["returned"], 1);
    let valid: Vec<Record> =
        org.capillary().clients().into_iter().filter(|client| client.is_valid && client.name == name(1)).collect();
    assert_eq!(valid.len(), 1);
    assert_ne!(valid[0].key, before.key);
}

#[test]
fn a_list_that_was_cut_short_or_fails_takes_nobody_away() {
    let org = Org::new(&services(1..4));
    org.sync_well();
    let before = org.clients();
    for fault in [
        Fault::new(Effect::ShortList(2)).on(Target::List),
        Fault::new(Effect::Status(500)).on(Target::List),
        Fault::new(Effect::Status(403)).on(Target::Details),
        Fault::new(Effect::Status(503)).on(Target::Scopes),
    ] {
        org.capillary().faults([fault]);
        let output = org.run(&["sync"]);
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(said.contains("the target was not compared with what it confirmed"), "{said}");
        assert_eq!(output.code, Some(0), "{said}");
        let plan = org.said(&["plan"]);
        assert!(plan.contains("the target was not compared with what it confirmed"), "{plan}");
        org.capillary().faults([]);
        assert_eq!(org.clients(), before);
    }
}

#[test]
fn foreign_clients_are_never_touched() {
    let org = Org::new(&services(1..4));
    org.capillary().seed(vec![foreign("democlient"), foreign("clientdemo1"), foreign(&name(2))]).unwrap();
    let foreigners = |org: &Org| -> Vec<Record> {
        org.capillary().clients().into_iter().filter(|client| client.description == "somebody else's").collect()
    };
    let before = foreigners(&org);
    org.sync_well();
    org.modify(&crate::fixtures::org::changed(1, "cn", Some("democlient")));
    org.sync_well();
    org.modify(&crate::fixtures::org::removed(2));
    org.approve();
    org.sync_well();
    assert_eq!(foreigners(&org), before);
    assert_eq!(org.capillary().clients().len(), 1 + 3 + 2);
}
