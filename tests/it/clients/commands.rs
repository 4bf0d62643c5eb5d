//! What commands say of clients, read as somebody reads them who is tired.

use rosterd::sandbox::capillary::{Edit, Effect, Fault, Habits, Malformed, Target};

use crate::fixtures::org::{Org, changed, foreign, services};
use crate::fixtures::program::Output;

/// What was said, with whatever differs from run to run in one form.
fn told(org: &Org, output: &Output) -> String {
    let mut text = format!("{}{}", output.stdout, output.stderr);
    for client in org.capillary().clients() {
        let n = client.id;
        text = text.replace(&client.key, &format!("<key {n}>"));
    }
    text.replace(&org.url(), "<url>").replace(&org.folder().display().to_string(), "<folder>")
}

/// The same, of a table whose columns are as wide as their widest entry.
fn words(text: &str) -> String {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn clients_shows_ours_and_others_and_what_is_not_as_it_was_confirmed() {
    let org = Org::new(&services(1..5));
    org.sync_well();
    org.capillary().seed(vec![foreign("democlient")]).unwrap();
    let [drifted, gone] = [2, 3].map(|number| org.client(number).key);
    org.capillary().edit(&drifted, Edit { default_till_id: Some(7), ..Edit::default() }).unwrap();
    org.capillary().remove(&gone).unwrap();
    let output = org.run(&["clients", "loyalty"]);
    assert_eq!(output.code, Some(0), "{output:?}");
    let text = words(&told(&org, &output)).replace(&gone, "<key 4>");
    insta::assert_snapshot!("clients", undated(&text));
    let lines = org.run(&["clients", "loyalty", "--json"]).lines();
    let states: Vec<&str> = lines.iter().map(|line| line["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["confirmed", "drifted", "gone", "confirmed", "foreign", "foreign"], "{lines:?}");
    assert_eq!(lines[1]["drift"]["defaultTillId"], serde_json::json!([15_000_002, 7]));
    assert_eq!(lines[0]["scopes"][0]["entity"], "TargetGroups");
    assert_eq!(lines[0]["syncs"], serde_json::json!(["services"]));
}

/// Without days.
fn undated(text: &str) -> String {
    let word = |word: &str| {
        let day = word.len() == 10 && word.starts_with("20") && word.contains('-');
        if day { "<day>".to_owned() } else { word.to_owned() }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_client_is_explained_by_its_own_name_too() {
    let org = Org::new(&services(1..2));
    org.sync_well();
    let key = org.client(1).key;
    let story = org.said(&["explain", &key]);
    let called = format!("called {key} there, and by 00000000-0000-4000-8000-000000000001 here");
    assert!(story.contains(&called), "{story}");
}

#[test]
fn scopes_shows_what_clients_can_be_given() {
    let org = Org::new(&services(1..2));
    insta::assert_snapshot!(org.said(&["scopes", "loyalty"]), @r"
     ID  ENTITY
      1  TargetGroups
      2  All
      3  Transaction
    ");
    let lines = org.run(&["scopes", "loyalty", "--json"]).lines();
    assert_eq!(lines[0], serde_json::json!({ "id": 1, "entity": "TargetGroups" }));
    org.sync_well();
    let tokens = org.capillary().tokens();
    org.said(&["scopes", "loyalty"]);
    assert_eq!(org.capillary().tokens(), tokens, "the token of the run is used on");
}

#[test]
fn whoever_names_the_wrong_thing_is_told_the_right_one() {
    let org = Org::new(&services(1..2));
    let output = org.run(&["clients", "royalty"]);
    assert_eq!(output.code, Some(2), "{output:?}");
    assert!(output.stderr.contains("no destination is named `royalty`; there is: loyalty"), "{output:?}");
    let output = org.run(&["import", "services", "x.csv"]);
    assert_eq!(output.code, Some(2), "{output:?}");
    assert!(output.stderr.contains("`adopt: by_name`"), "{output:?}");
}

#[test]
fn wrong_credentials_are_said_and_not_tried_again() {
    let mut org = Org::new(&services(1..2));
    let wrong = org.folder().join("password");
    org.config.auth = format!("{{ key: sandboxAdminClientKey0001, secret: \"${{file:{}}}\" }}", wrong.display());
    assert!(org.sync_without_wait()["error"].as_str().unwrap().contains("refused"));
    let output = org.run(&["clients", "loyalty"]);
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(
        output.stderr.contains("nothing is tried until there are others: put them where the config refers to"),
        "{output:?}"
    );
    let status = org.said(&["status"]);
    assert!(status.contains("answered 401 Unauthorized with errors") && status.contains("check `auth`"), "{status}");
    let tries = org.requests(Target::Token).len();
    org.sync_without_wait();
    assert_eq!(org.requests(Target::Token).len(), tries);
    let check = org.run(&["check"]);
    assert!(check.code == Some(1) && check.stdout.contains("refused our credentials"), "{check:?}");
}

#[test]
fn check_knows_the_organisations_scopes() {
    let mut org = Org::new(&services(1..3));
    org.config.scopes = org.config.scopes.replace("TargetGroups", "Coupons");
    let check = org.run(&["check"]);
    assert!(check.stdout.contains("it has TargetGroups (1), All (2), Transaction (3)"), "{check:?}");
    assert!(check.stdout.contains("2 would be invalid"), "{check:?}");
}

#[test]
fn errors_are_said_in_words() {
    for (fault, said) in [
        (Effect::Status(400), "answered 400 Bad Request with errors: sandbox fault (400)"),
        (Effect::Status(403), "needs a scope that permits /v3/integrations/"),
        (Effect::Status(404), "answered 404 Not Found"),
        (Effect::Status(500), "answered 500 Internal Server Error with errors: sandbox fault (500)"),
        (
            Effect::Body(Malformed::Text("{\"data\":null,\"errors\":{\"why\":\"no till\"}}".to_owned())),
            "answered 200 OK with errors: {\"why\":\"no till\"}",
        ),
        (Effect::Body(Malformed::NotJson), "answered 200 OK with something that can't be read"),
    ] {
        let org = Org::new(&services(1..2));
        org.capillary().faults([Fault::new(fault.clone()).on(Target::Create)]);
        let json = org.run(&["sync", "--json"]).lines().remove(0);
        assert_eq!(json["delivery"]["confirmed"], 0, "{json}");
        let story = org.said(&["explain", &crate::fixtures::ldif::uuid(1)]);
        let status = org.said(&["status"]);
        assert!(story.contains(said) || status.contains(said), "{fault:?}: {story}\n{status}");
    }
}

#[test]
fn errors_that_come_with_success_are_errors() {
    let org = Org::new(&services(1..3));
    org.sync_well();
    org.capillary().set_habits(Habits { errors_with_200: true, ..Habits::default() });
    // 401 for the token, and 404 for the client, are in the answers' bodies alone.
    org.modify(&changed(1, "description", Some("other")));
    org.capillary().revoke_tokens();
    org.capillary().remove(&org.client(2).key).unwrap();
    let json = org.sync_well();
    assert_eq!((&json["members"]["changed"], &json["members"]["returned"]), (&1.into(), &1.into()), "{json}");
    assert_eq!((org.client(1).description.as_str(), org.clients().len()), ("other", 2));
    // And what is refused is so in no other way.
    org.capillary().faults([Fault::new(Effect::RefuseAll).on(Target::Update)]);
    org.modify(&changed(1, "description", Some("third")));
    let json = org.run(&["sync", "--json"]).lines().remove(0);
    assert_eq!(json["delivery"]["confirmed"], 0, "{json}");
    assert_eq!(org.client(1).description, "other");
}
