use std::fs;
use std::io::pipe;
use std::process::Stdio;

use rosterd::store::Lock;
use serde_json::{Value, json};

use super::world::World;
use crate::fixtures::ldif::{self, PEOPLE, uuid};

#[tokio::test(flavor = "multi_thread")]
async fn before_anything_ran() {
    let world = World::of(0..2).await;
    let status = world.ends(0, &["status"]).out;
    assert!(status.contains("never ran"), "{status}");
    assert!(world.ends(0, &["runs"]).out.contains("nothing ran yet"));
    assert!(!world.state().exists(), "looking makes nothing");
    let nobody = world.ends(1, &["explain", "1"]).err;
    assert!(nobody.contains("nobody is known by “1”"), "{nobody}");
    for command in [["approve", "employees", "x"], ["retry", "employees", "1"], ["resend", "employees", "--all"]] {
        let said = world.ends(1, &command).err;
        assert!(said.contains("employees never ran"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_and_what_is_told_of_it() {
    let world = World::of(0..3).await;
    let planned = world.json(5, &["plan", "--check"]);
    assert_eq!(planned["changes"].as_array().unwrap().len(), 3);
    assert_eq!(planned["changes"][0]["fields"]["designation"], json!([null, "Engineer"]));
    assert_eq!(planned["changes"][0].as_object().unwrap().len(), 6, "the documented keys and no others");
    let ran = world.json(0, &["sync"]);
    assert_eq!((&ran["result"], &ran["members"]["joined"]), (&json!("ok"), &json!(3)));
    let ran = world.ends(0, &["sync"]).out;
    assert_eq!(ran, "employees: ok (run 2): 3 read, 3 unchanged\n");
    assert_eq!(world.ends(0, &["plan", "--check"]).out, "employees: nothing to do (3 read)\n");

    let status = world.json(0, &["status"]);
    assert_eq!((&status["syncs"][0]["active"], &status["targets"][0]["tokens"]), (&json!(3), &json!([1, 150])));
    assert_eq!(status["syncs"][0]["last"]["summary"]["result"], "ok");
    let status = world.ends(0, &["status"]).out;
    assert!(status.contains("nothing needs attention") && status.contains("1 of 150"), "{status}");
    assert!(status.lines().all(|line| line.chars().count() <= 80), "{status}");

    let runs = world.ends(0, &["runs", "employees", "--json"]).out;
    let runs: Vec<Value> = runs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!([&runs[0]["run"], &runs[1]["run"]], [2, 1]);
    assert_eq!(world.ends(0, &["runs", "--limit", "1", "--json"]).out.lines().count(), 1);
    let table = world.ends(0, &["runs"]).out;
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_s_story() {
    let world = World::of(0..3).await;
    world.ends(0, &["sync"]);
    world.slapd.modify(&format!("dn: uid=p1,{PEOPLE}\nchangetype: modify\nreplace: title\ntitle: Lead\n"));
    let story = world.json(0, &["explain", "1"]);
    assert_eq!((&story["key"], &story["verdict"]), (&json!(uuid(1)), &json!("active")));
    assert_eq!(story["account"]["payload"]["designation"], "Engineer");
    assert_eq!(story["directory"]["found"]["values"]["title"], json!(["Lead"]));
    assert_eq!(story["directory"]["found"]["fields"]["designation"], "Lead");
    let by_key = world.ends(0, &["explain", &uuid(1).to_uppercase()]).out;
    assert!(by_key.contains("run 1  batch 1  confirmed active"), "{by_key}");
    assert!(!world.ends(0, &["explain", "1", "--offline"]).out.contains("Lead"));

    world.slapd.modify(&format!("dn: uid=p1,{PEOPLE}\nchangetype: modify\ndelete: employeeNumber\n"));
    let filtered = world.ends(0, &["explain", "1"]).out;
    assert!(filtered.contains("not found by the sync: filtered"), "{filtered}");
    world.slapd.stop();
    let down = world.ends(0, &["explain", "1"]).out;
    assert!(down.contains("not asked") && down.contains("connection refused"), "{down}");
    assert!(down.contains("confirmed active"), "{down}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_kept_and_who_is_refused_is_said_with_why() {
    let bad =
        ldif::person(7, PEOPLE, &[]).replace(&ldif::line("mail", b"p7@corp.example.com"), &ldif::line("mail", b"none"));
    let world = World::with(&(ldif::with_people(0..7) + &bad)).await;
    let planned = world.ends(0, &["plan"]).out;
    assert!(planned.contains("1 person would be kept as they are"), "{planned}");
    world.sandbox.faults([serde_json::from_value(json!({ "refuse": ["3"] })).unwrap()]);
    let ran = world.ends(3, &["sync"]).out;
    assert!(ran.contains("1 member refused by the target") && ran.contains("1 person as they were"), "{ran}");
    let status = world.ends(0, &["status"]).out;
    assert!(status.contains(&format!("{}  email: has no @", uuid(7))), "{status}");
    assert!(status.contains("refused     1 by the target (again: rosterd retry employees)"), "{status}");
    assert!(!status.contains("@corp.example.com"), "{status}");
    let story = world.ends(0, &["explain", "3"]).out;
    assert!(story.contains("(set aside until what is sent changes; again: rosterd retry employees 3)"), "{story}");
    assert!(!story.contains("still to be sent"), "as in status: {story}");
    let story = world.ends(0, &["explain", &uuid(7)]).out;
    assert!(story.contains("never sent") && story.contains("INVALID    email: has no @"), "{story}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_at_a_time_but_anybody_may_look() {
    let world = World::of(0..1).await;
    world.ends(0, &["sync"]);
    let lock = Lock::take(&world.state()).unwrap();
    for command in [&["sync"][..], &["pause", "employees"], &["retry", "employees"], &["approve", "employees", "x"]] {
        let said = world.ends(1, command).err;
        assert!(said.contains("another rosterd is at work"), "{said}");
    }
    assert!(world.json(1, &["sync"])["error"].as_str().unwrap().contains("another rosterd"));
    for command in [&["status"][..], &["runs"], &["plan"], &["explain", "0"], &["check"]] {
        world.ends(0, command);
    }
    drop(lock);
    world.ends(0, &["sync"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_and_config() {
    let world = World::of(0..1).await;
    for command in [&["sync", "staff"][..], &["plan", "staff"], &["runs", "staff"], &["pause", "staff"]] {
        let said = world.ends(2, command).err;
        assert!(said.contains("no sync is named `staff`; there is: employees"), "{said}");
    }
    for command in [&["resend", "employees"][..], &["resend", "employees", "1", "--all"], &["nonsense"], &[]] {
        world.ends(2, command);
    }
    let mistake = world.json(2, &["sync", "--wiat", "5m"]);
    assert_eq!(mistake["error"], "unexpected argument '--wiat' found; a similar argument exists: '--wait'");
    assert!(world.ends(0, &["sync", "--json", "--help"]).out.contains("Usage: rosterd sync"));
    let planned = world.ends(0, &["plan", "employees", "employees"]).out;
    assert_eq!(planned.matches("employees: 1 change").count(), 1, "named twice, planned once: {planned}");
    world.ends(2, &["runs", "--limit", "0"]);
    fs::create_dir(world.state()).unwrap();
    fs::write(world.state().join("state.db"), "by mistake written over, and no database any more").unwrap();
    for command in ["status", "sync"] {
        let said = world.ends(1, &[command]).err;
        assert!(said.contains("state.db is no database of rosterd any more: put a backup"), "{said}");
    }
    fs::remove_dir_all(world.state()).unwrap();
    fs::write(world.state(), "").unwrap();
    let said = world.ends(1, &["sync"]).err;
    assert!(said.contains("can't be used") && said.contains("let the account that runs rosterd"), "{said}");
    fs::remove_file(world.state()).unwrap();
    world.configure(|text| text.replace("${env:ROSTERD_TEST_SECRET}", "hunter2"));
    let said = world.ends(0, &["plan"]);
    assert!(said.err.starts_with("warning: ") && !said.err.contains("hunter2"), "{}", said.err);
    assert!(!said.out.contains("warning"), "{}", said.out);
    assert!(world.ends(0, &["status"]).out.contains("warning: "));
    world.configure(|text| text.replace("filter:", "filtre:"));
    assert!(world.ends(2, &["status"]).err.contains("did you mean `filter`?"));
    assert!(world.json(2, &["status"])["error"].as_str().unwrap().contains("filtre"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens() {
    let world = World::of(0..1).await;
    for command in [&["status"][..], &["runs"], &["plan"], &["check"], &["sync"], &["explain", "0"], &["--help"]] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let ended = world.command(command).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(
            (ended.status.code(), String::from_utf8(ended.stderr).unwrap().as_str()),
            (Some(0), ""),
            "{command:?}"
        );
    }
}
