use serde_json::json;

use super::world::World;
use crate::fixtures::ldif::uuid;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_goes_when_it_is_approved_and_only_that() {
    let world = World::of(0..12).await;
    world.ends(0, &["sync"]);
    world.delete(0..6);

    let held = world.json(4, &["sync", "employees"]);
    assert_eq!((&held["result"], &held["delivery"]["held"]), (&json!("held"), &json!(6)));
    let plan = held["plan"].as_str().unwrap();
    assert_eq!(world.at_target("in_active"), [0; 0]);

    let text = world.ends(4, &["sync"]).out;
    assert!(text.contains("HELD    6 changes"), "{text}");
    assert!(text.contains("5: 6 leaves within 24 h, the limit is 5 (12 active)"), "{text}");
    assert!(text.contains(&format!("approve: rosterd approve employees {plan}")), "{text}");
    assert!(world.ends(0, &["status"]).out.contains(&format!("rosterd approve employees {plan}")));
    world.ends(4, &["plan", "--check"]);

    // A mistyped id, a mistyped name: nothing is granted.
    let wrong = world.ends(1, &["approve", "employees", "0000000"]).err;
    assert!(
        wrong.contains(&format!("held is {plan} (6 changes)")) && wrong.contains("nothing was approved"),
        "{wrong}"
    );
    let wrong = world.ends(1, &["approve", "employees", plan, "--only", "3", "77"]).err;
    assert!(wrong.contains("“77”") && !wrong.contains("“3”"), "{wrong}");
    world.ends(4, &["sync"]);
    assert_eq!(world.at_target("in_active"), [0; 0]);

    // By identity and, in capitals, by key.
    let key = uuid(4).to_uppercase();
    let granted = world.json(0, &["approve", "employees", plan, "--reason", "they left", "--only", "3", &key]);
    assert_eq!(granted["granted"].as_array().unwrap().len(), 2);
    assert_eq!((&granted["still_held"], &granted["by"]), (&json!(4), &json!("ada")));
    let rest = world.json(4, &["sync"]);
    assert_eq!(world.at_target("in_active"), [3, 4]);

    let story = world.ends(0, &["explain", "3"]).out;
    assert!(story.contains("approved by ada: they left"), "{story}");
    assert!(story.contains("confirmed left"), "{story}");

    let said = world.ends(0, &["approve", "employees", rest["plan"].as_str().unwrap()]).out;
    assert!(said.contains("employees: 4 changes approved for 72 h by ada"), "{said}");
    assert!(said.contains("rosterd sync employees"), "{said}");
    world.ends(0, &["sync"]);
    assert_eq!(world.at_target("in_active"), [0, 1, 2, 3, 4, 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_run_has_held_yet_is_planned_anew_and_granted() {
    let world = World::of(0..20).await;
    world.ends(0, &["sync"]);
    world.delete(0..6);
    let planned = world.json(4, &["plan", "--check"]);
    let plan = planned["plan"].as_str().unwrap();
    let wrong = world.json(1, &["approve", "employees", "0000000"]);
    let wrong = wrong["error"].as_str().unwrap();
    assert!(wrong.contains("nothing is held, and the next run would hold the plan"), "{wrong}");

    // Meanwhile one more goes: it is another plan.
    world.delete(6..7);
    let wrong = world.ends(1, &["approve", "employees", plan]).err;
    assert!(wrong.contains("nothing was approved"), "{wrong}");
    let planned = world.json(4, &["plan", "--check"]);
    let plan = planned["plan"].as_str().unwrap();
    let granted = world.json(0, &["approve", "employees", plan]);
    assert_eq!(granted["granted"].as_array().unwrap().len(), 7);
    let ran = world.json(0, &["sync"]);
    assert_eq!(ran["members"]["left"], json!(7));
    assert_eq!(world.at_target("in_active").len(), 7);
    // Granted once: the next ones are held again.
    world.delete(7..14);
    world.ends(4, &["sync"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_down_grants_nothing() {
    let world = World::of(0..8).await;
    world.ends(0, &["sync"]);
    world.slapd.stop();
    let wrong = world.ends(1, &["approve", "employees", "0000000"]).err;
    assert!(wrong.contains("no new one can be made") && wrong.contains("connection refused"), "{wrong}");
}
