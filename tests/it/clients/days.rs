//! Ordinary days: clients come, change and go.

use std::os::unix::fs::MetadataExt;

use rosterd::sandbox::capillary::{Entity, Permission, Target};

use crate::fixtures::ldif::uuid;
use crate::fixtures::org::{ADMIN, Org, changed, foreign, name, removed, services};

#[test]
fn services_become_clients_with_their_secrets_kept() {
    let org = Org::new(&services(1..4));
    org.capillary().seed(vec![foreign("democlient")]).unwrap();
    let json = org.sync_well();
    assert_eq!((&json["members"]["joined"], &json["delivery"]["confirmed"]), (&3.into(), &3.into()), "{json}");
    assert_eq!(org.requests(Target::Scopes).len(), 1, "names are resolved once a run");
    let client = org.client(1);
    assert_eq!((client.description.as_str(), client.expiration_token_time), ("A service", 600));
    assert_eq!((client.default_till_id, client.is_valid), (15_000_001, true));
    let scope = &client.scopes[0];
    assert_eq!((scope.entity_id, scope.permission), (1, Permission::Read));
    assert_eq!(scope.resources, [".*v3/targetGroups.*"]);
    let kept = org.kept();
    assert_eq!(kept.len(), 3, "{:?}", kept.keys());
    let file = &kept[&client.key];
    assert_eq!(
        (&file["clientKey"], &file["clientSecret"]),
        (&client.key.as_str().into(), &client.secret.as_str().into())
    );
    assert_eq!((&file["for"], &file["name"]), (&uuid(1).into(), &name(1).into()));
    let mode = |path: std::path::PathBuf| path.metadata().unwrap().mode() & 0o777;
    assert_eq!(mode(org.secrets()), 0o700);
    assert_eq!(mode(org.secrets().join(format!("{}.json", client.key))), 0o600);
    let before = org.capillary().receipts().len();
    let json = org.sync_well();
    assert_eq!((&json["members"]["unchanged"], &json["delivery"]["confirmed"]), (&3.into(), &0.into()));
    let asked: Vec<Target> = org.capillary().receipts()[before..].iter().map(|receipt| receipt.target).collect();
    assert_eq!(asked, [Target::Scopes, Target::List, Target::Details, Target::Details, Target::Details]);
    assert_eq!(org.capillary().tokens(), 1, "a token is kept over runs");
}

#[test]
fn every_field_that_changes_is_updated_and_a_rename_is_the_same_client() {
    let org = Org::new(&services(1..3));
    org.sync_well();
    let before = org.client(1);
    for (attribute, value) in [
        ("cn", "renamed"),
        ("description", "what for"),
        ("roomNumber", "20m"),
        ("departmentNumber", "15000449"),
        ("employeeType", "READWRITE"),
    ] {
        org.modify(&changed(1, attribute, Some(value)));
        let json = org.sync_well();
        assert_eq!(
            (&json["members"]["changed"], &json["delivery"]["confirmed"]),
            (&1.into(), &1.into()),
            "{attribute}"
        );
    }
    let after = org.clients().remove("renamed").unwrap();
    assert_eq!((&after.key, &after.secret, after.id), (&before.key, &before.secret, before.id));
    assert_eq!((after.description.as_str(), after.expiration_token_time), ("what for", 1200));
    assert_eq!((after.default_till_id, after.scopes[0].permission), (15_000_449, Permission::ReadWrite));
    assert_eq!(after.scopes[0].resources, [".*v3/targetGroups.*"], "a PUT is always the whole");
    assert_eq!(org.kept().len(), 2);
}

#[test]
fn resources_alone_change_too() {
    let mut org = Org::new(&services(1..2));
    org.sync_well();
    org.config.scopes = org.config.scopes.replace(".*v3/targetGroups.*", ".*v3/targetGroups/1");
    assert_eq!(org.sync_well()["members"]["changed"], 1);
    assert_eq!(org.client(1).scopes[0].resources, [".*v3/targetGroups/1"]);
    assert_eq!(org.sync_well()["members"]["changed"], 0);
}

#[test]
fn whoever_leaves_waits_for_approval_and_takes_the_secret_along() {
    let org = Org::new(&services(1..30));
    org.sync_well();
    let key = org.client(1).key;
    org.modify(&removed(1));
    let held = org.approve();
    assert_eq!(held["delivery"]["held"], 1, "one of many is held as well: {held}");
    assert!(org.capillary().client(&key).unwrap().is_valid && org.kept().contains_key(&key));
    assert_eq!(org.sync_well()["delivery"]["confirmed"], 1);
    assert!(!org.capillary().client(&key).unwrap().is_valid && !org.kept().contains_key(&key));
    assert_eq!((org.clients().len(), org.kept().len()), (28, 28));
    assert!(org.capillary().client(ADMIN).unwrap().is_valid);
}

#[test]
fn with_guarded_leaves_only_the_limits_hold() {
    let mut org = Org::new(&services(1..4));
    org.config.destination = "leave: guarded".to_owned();
    org.sync_well();
    org.modify(&removed(1));
    assert_eq!(org.sync_well()["delivery"]["confirmed"], 1);
    assert_eq!(org.clients().len(), 2);
}

#[test]
fn a_user_with_a_password_needs_no_token() {
    let mut org = Org::new(&services(1..3));
    org.config.auth = "{ username: sandbox, password: sandbox-password }".to_owned();
    let output = org.run(&["sync", "--json"]);
    assert_eq!(output.lines()[0]["result"], "ok", "{output:?}");
    assert_eq!((org.clients().len(), org.capillary().tokens()), (2, 0));
}

#[test]
fn an_unknown_scope_makes_that_client_invalid_and_no_other() {
    let mut org = Org::new(&services(1..3));
    org.config.scopes =
        "- { entity: [businessCategory, { const: TargetGroups }], permission: { const: READ }, resources: { const: [] } }"
            .to_owned();
    org.modify(&changed(1, "businessCategory", Some("Coupons")));
    let json = org.sync().ended("partial", 3);
    assert_eq!((&json["members"]["invalid"], &json["delivery"]["confirmed"]), (&1.into(), &1.into()), "{json}");
    let story = org.said(&["explain", &uuid(1)]);
    assert!(
        story.contains("the organisation has no such entity; it has TargetGroups (1), All (2), Transaction (3)"),
        "{story}"
    );
    // Once it is there, nothing has to be said of it here.
    let scopes = org.capillary().scopes().into_iter().chain([Entity { id: 4, entity: "Coupons".to_owned() }]);
    org.capillary().set_scopes(scopes);
    assert_eq!(org.sync_well()["delivery"]["confirmed"], 1);
    assert_eq!(org.client(1).scopes[0].entity_id, 4);
}
