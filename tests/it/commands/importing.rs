use std::fs;

use serde_json::json;

use super::world::World;

const FIELDS: &str = "first_name,last_name,designation,email,country,unique_id";
const REST: &str = "Sue,Day,Clerk,sue@x.example,India";

impl World {
    /// A file beside the state folder.
    fn file(&self, name: &str, content: &str) -> String {
        fs::create_dir_all(self.state()).unwrap();
        let path = self.state().with_file_name(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn known_identities_are_taken_over_or_leave() {
    let world = World::of(0..4).await;
    let file = world.file("members.csv", &format!("{FIELDS}\n{REST},1\n{REST},77\n"));
    let said = world.ends(0, &["import", "employees", &file]).out;
    assert!(said.starts_with("employees: 2 imported, 0 known already\n") && said.contains("rosterd plan employees"));
    assert_eq!(
        world.json(0, &["import", "employees", &file]),
        json!({ "sync": "employees", "imported": 0, "known": 2 })
    );
    let status = world.ends(0, &["status"]).out;
    assert!(
        status.contains("2 people as they were, imported (nobody of the directory has taken them over yet)"),
        "{status}"
    );
    let told = world.ends(0, &["explain", "77"]).out;
    assert!(told.contains("believed to be at the target, imported") && told.contains("imported by ada"), "{told}");

    let planned = world.ends(0, &["plan"]).out;
    assert!(planned.contains("1 leave") && planned.contains("4 joins"), "{planned}");
    assert!(planned.contains("77  imported on ") && planned.contains("nobody active in the directory"), "{planned}");
    world.ends(0, &["sync"]);
    assert_eq!((world.at_target("active"), world.at_target("in_active")), (vec![0, 1, 2, 3], vec![77]));
    let told = world.ends(0, &["explain", "77"]).out;
    assert!(told.contains("left: imported on ") && told.contains("confirmed left"), "{told}");
    assert!(world.ends(0, &["plan"]).out.contains("nothing to do"));
    assert!(world.ends(0, &["import", "employees", &file]).out.contains("1 imported, 1 known already"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_guard_holds_can_be_approved_by_identity() {
    let world = World::of(0..1).await;
    let many: String = (100..120).map(|id| format!("{REST},{id}\n")).collect();
    world.ends(0, &["import", "employees", &world.file("members.csv", &format!("{FIELDS}\n{many}"))]);
    world.ends(4, &["sync"]);
    let status = world.ends(0, &["status"]).out;
    assert!(status.contains("20: everybody at once: 20 of 20 active"), "{status}");
    let plan = world.json(4, &["plan", "--check"])["plan"].as_str().unwrap().to_owned();
    world.ends(0, &["approve", "employees", &plan, "--only", "107"]);
    world.ends(4, &["sync"]);
    assert_eq!(world.at_target("in_active"), [107]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_stores_nothing() {
    let world = World::of(0..1).await;
    let wrong = world.ends(2, &["import", "employees", &world.file("bad.csv", "7\n8\n\n7\n Anna\n")]).err;
    for said in ["nothing was imported", "line 4: the same identity as in line 1", "line 5: the identity begins"] {
        assert!(wrong.contains(said), "{wrong}");
    }
    assert!(wrong.contains("`unique_id`") && !wrong.contains("Anna"), "{wrong}");
    assert!(world.ends(0, &["status"]).out.contains("never ran"));
    assert!(world.ends(2, &["import", "employees", &world.file("empty.csv", "\n")]).err.contains("nobody is in it"));
    assert!(world.ends(2, &["import", "employees", "/nowhere.csv"]).err.contains("/nowhere.csv can't be read"));
    assert!(world.ends(2, &["import", "workers", "x.csv"]).err.contains("no sync is named `workers`"));

    world.ends(0, &["sync"]);
    let elsewhere = world.sandbox.url().replace("127.0.0.1", "localhost");
    world.configure(|text| text.replace(&world.sandbox.url(), &elsewhere));
    let moved = world.ends(1, &["import", "employees", &world.file("good.csv", "7\n")]).err;
    assert!(moved.contains("rosterd resend employees --all") && moved.contains("nothing was imported"), "{moved}");
}
