use serde_json::json;

use super::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_lasts_until_it_is_ended() {
    let world = World::of(0..2).await;
    // Also before the first run.
    let said = world.ends(0, &["pause", "employees"]).out;
    assert!(said.contains("paused until it is resumed"), "{said}");
    let ran = world.json(6, &["sync"]);
    assert_eq!((&ran["result"], &ran["members"]["joined"]), (&json!("pending"), &json!(0)));
    assert!(world.ends(6, &["plan"]).err.contains("paused until resumed: `rosterd resume employees`"));
    assert!(world.at_target("active").is_empty());
    let status = world.ends(0, &["status"]).out;
    assert!(status.contains("until it is resumed: rosterd resume employees"), "{status}");

    assert!(world.ends(0, &["resume", "employees"]).out.contains("rosterd sync employees"));
    assert_eq!(world.json(0, &["resume", "employees"])["was_paused"], json!(false));
    world.ends(0, &["sync"]);
    assert_eq!(world.at_target("active").len(), 2);

    let paused = world.json(0, &["pause", "employees", "--for", "2h"]);
    let until = paused["until"].as_str().unwrap();
    assert_eq!(world.json(0, &["status"])["syncs"][0]["paused_until"], until);
    world.ends(6, &["sync"]);
    world.ends(0, &["pause", "employees", "--for", "1ms"]);
    world.ends(0, &["sync"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_quarantine() {
    let world = World::of(0..4).await;
    world.sandbox.faults([serde_json::from_value(json!({ "refuse": ["3"] })).unwrap()]);
    world.ends(3, &["sync"]);
    world.sandbox.faults([]);
    let sent = world.sandbox.counts();
    world.ends(0, &["sync"]);
    assert_eq!(world.sandbox.counts(), sent, "in quarantine nothing is tried");

    let wrong = world.ends(1, &["retry", "employees", "3", "33"]).err;
    assert!(wrong.contains("“33”") && !wrong.contains("“3”") && wrong.contains("nothing was changed"), "{wrong}");
    assert_eq!(world.json(0, &["status"])["syncs"][0]["quarantined"], json!(1));
    assert!(world.ends(0, &["retry", "employees", "1"]).out.contains("nobody to try again"));
    assert_eq!(world.json(0, &["retry", "employees", "3"]), json!({ "sync": "employees", "retried": 1 }));
    world.ends(0, &["sync"]);
    assert_eq!(world.at_target("active").len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_again() {
    let world = World::of(0..3).await;
    let pushes = || ["0", "1", "2"].map(|id| world.sandbox.member(id).unwrap().pushes);
    world.ends(0, &["sync"]);
    world.ends(0, &["sync"]);
    assert_eq!(pushes(), [1, 1, 1], "nothing differs, nothing is sent");
    assert!(world.ends(1, &["resend", "employees", "1", "9"]).err.contains("“9”"));
    world.ends(0, &["sync"]);
    assert_eq!(pushes(), [1, 1, 1]);
    assert_eq!(world.json(0, &["resend", "employees", "1"])["resent"], json!(1));
    world.ends(0, &["sync"]);
    assert_eq!(pushes(), [1, 2, 1]);
    assert!(world.ends(0, &["resend", "employees", "--left"]).out.contains("nobody to send again"));
    assert!(world.ends(0, &["resend", "employees", "--all"]).out.contains("3 to be sent again"));
    world.ends(0, &["sync"]);
    assert_eq!(pushes(), [2, 3, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_target_has_to_be_meant() {
    let world = World::of(0..3).await;
    world.ends(0, &["sync"]);
    world.sandbox.reset();
    let elsewhere = world.sandbox.url().replace("127.0.0.1", "localhost");
    world.configure(|text| text.replace(&world.sandbox.url(), &elsewhere));
    let ran = world.ends(1, &["sync"]).out;
    assert!(ran.contains("rosterd resend employees --all"), "{ran}");
    assert!(world.ends(0, &["status"]).out.contains("MOVED"));
    assert!(world.ends(1, &["resend", "employees", "1"]).err.contains("nothing was changed"));
    world.ends(1, &["resend", "employees", "--left"]);
    let moved = world.ends(0, &["resend", "employees", "--all"]).out;
    assert!(moved.contains("the next run sends everybody"), "{moved}");
    world.ends(0, &["sync"]);
    assert_eq!(world.at_target("active"), [0, 1, 2]);
}
