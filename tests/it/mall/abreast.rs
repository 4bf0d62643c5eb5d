//! A club takes its time, and nobody else waits for it.

use std::collections::BTreeSet;
use std::time::Duration;

use rosterd::sandbox::boostcom::{Status, Workers};
use serde_json::Value;

use crate::fixtures::daemon::Daemon;
use crate::fixtures::ldif::{BASE, ELSEWHERE, PEOPLE, entry};
use crate::fixtures::mall::{Mall, Sync, changed, discreet, fast, mail, shopper};

/// Two syncs to the club, and one to it under another name, which is another target to rosterd.
fn three() -> Mall {
    let outlet = format!("ou=outlet,{BASE}");
    let people = [1, 2].map(|number| shopper(number, PEOPLE, &[])).concat();
    let place = entry(&outlet, &[("objectClass", "organizationalUnit"), ("ou", "outlet")]);
    let others = shopper(11, ELSEWHERE, &[]) + &place + &shopper(21, &outlet, &[]);
    let mut mall = Mall::new(&(people + &others));
    let other = mall.config.to_string();
    let (_, other) = other.split_once("  mall:\n").unwrap();
    let (other, _) = other.split_once("syncs:").unwrap();
    mall.config.destinations = format!("  outlet:\n{}", other.replace("127.0.0.1", "localhost"));
    mall.config.syncs.push(Sync::new("elsewhere", ELSEWHERE));
    mall.config.syncs.push(Sync { to: "outlet", ..Sync::new("outlet", &outlet) });
    mall.club().set_workers(Workers { working: Duration::from_secs(8), ..fast() });
    mall
}

fn at_work(status: &Value) -> &Value {
    let targets = status["targets"].as_array().unwrap();
    &targets.iter().find(|target| target["target"] == "mall").unwrap()["at_work"]
}

#[test]
fn while_one_bulk_is_worked_on_all_else_goes_on() {
    let mall = three();
    mall.write_config();
    let daemon = Daemon::of(&mall.config_file(), &[]);
    daemon.hear("READY=1");
    mall.run(&["sync", "shoppers", "--json"]).ended("pending", 6);
    mall.modify(&changed(1, "title", Some("Manager")));
    let json = mall.run(&["sync", "elsewhere", "--json"]).ended("pending", 6);
    assert_eq!([&json["read"]["entries"], &json["members"]["joined"]], [1, 1], "{json}");
    mall.run(&["sync", "outlet", "--json"]).ended("pending", 6);
    // What changes about somebody who is on their way waits for that to end.
    let json = mall.run(&["sync", "shoppers", "--json"]).ended("pending", 6);
    assert_eq!([&json["members"]["changed"], &json["delivery"]["requests"]], [1, 0], "{json}");
    let bulks = mall.bulks();
    assert!(bulks.len() == 3 && bulks[0].status != Status::Finished, "{bulks:?}");
    let imports: BTreeSet<_> = bulks.iter().map(|bulk| bulk.import_id.as_str()).collect();
    assert_eq!(imports.len(), 3, "{imports:?}");

    // Asked once: a moment later they may be done.
    mall.wait(|mall| mall.status().contains("mall is at work on 3 members in 2 batches, sent "));
    // The daemon asks by itself, and sends what was left to do.
    mall.wait(|mall| mall.club().member(&mail(1)).is_some_and(|member| member.properties["title"] == "Manager"));
    mall.wait(|mall| at_work(&mall.status_json()).as_array().unwrap().is_empty());
    assert_eq!([1, 2, 11, 21].map(|number| mall.member(&mail(number)).imports), [2, 1, 1, 1]);
    for sync in ["shoppers", "elsewhere", "outlet"] {
        let json = mall.run(&["sync", sync, "--wait", "1m", "--json"]).ended("ok", 0);
        assert_eq!(json["members"]["unchanged"], if sync == "shoppers" { 2 } else { 1 }, "{json}");
    }
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    discreet(&output);
}

#[test]
fn runs_that_wait_for_the_club_hold_up_nobody() {
    let mall = three();
    mall.write_config();
    let daemon = Daemon::of(&mall.config_file(), &[]);
    daemon.hear("READY=1");
    let waits = mall.start(&["sync", "shoppers", "--wait", "1m", "--json"]);
    mall.wait(|mall| mall.bulks().len() == 1);
    let joins = mall.start(&["sync", "elsewhere", "--wait", "1m", "--json"]);
    mall.run(&["sync", "outlet", "--json"]).ended("pending", 6);
    mall.wait(|mall| at_work(&mall.status_json())[0]["status"] == "working");
    let bulks = mall.bulks();
    assert!(bulks.len() == 3 && bulks[0].status == Status::Working, "all of them are there: {bulks:?}");
    // Which of them hears of which bulk is chance.
    let mut confirmed = 0;
    for program in [waits, joins] {
        let output = program.end();
        confirmed += output.ended("ok", 0)["delivery"]["confirmed"].as_u64().unwrap();
        discreet(&output);
    }
    assert_eq!(confirmed, 3);
    let imports: BTreeSet<_> = bulks.iter().map(|bulk| bulk.import_id.as_str()).collect();
    assert!(imports.len() == 3 && mall.bulks().len() == 3, "{imports:?}");
    assert_eq!(daemon.stop().code, Some(0));
}
