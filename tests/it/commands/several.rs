//! Several directories in one sync: one company, two servers.

use super::world::World;
use crate::fixtures::ldif::{self, BASE, PEOPLE};
use crate::fixtures::slapd::Slapd;

/// A world that reads from its own directory and from another one, where people of other numbers are.
fn joined(world: &World, other: &Slapd) {
    world.configure(|text| {
        let (before, after) = text.split_once("destinations:").unwrap();
        let one = before.split_once("corp:").unwrap().1.replace(&world.slapd.url(), &other.url());
        format!("{before}  apac:{one}destinations:{after}")
            .replace("from: corp", "from: [corp, apac]\n    key: employeeNumber")
            .replace("schedule: 15m", "schedule: 15m\n    absence: { settle: 0s }")
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn two_directories_are_one_company() {
    let world = World::of(0..6).await;
    let other = Slapd::start(&ldif::with_people(10..16));
    joined(&world, &other);

    let said = world.ends(0, &["check"]).out;
    for line in [
        "ok       apac: connected and bound",
        "ok       employees: 12 people: 12 active",
        "ok       employees: reading 6 entries from apac took",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let run = world.json(0, &["sync"]);
    assert_eq!((&run["read"]["entries"], &run["members"]["joined"]), (&12.into(), &12.into()), "{run}");

    // Somebody moves from one to the other under the same number, and somebody is gone from each.
    world.delete(0..2);
    other.modify(&format!("dn: uid=p10,{PEOPLE}\nchangetype: delete\n"));
    // The directory gives an entryUUID of its own.
    let moved = ldif::person(1, PEOPLE, &[]).replace(&ldif::line("entryUUID", ldif::uuid(1).as_bytes()), "");
    other.modify(&moved.replacen('\n', "\nchangetype: add\n", 1));
    let run = world.json(0, &["sync"]);
    assert_eq!((&run["members"]["left"], &run["members"]["joined"]), (&2.into(), &0.into()), "{run}");
    assert_eq!(world.at_target("in_active"), [0, 10]);
    assert_eq!(world.at_target("active"), [1, 2, 3, 4, 5, 11, 12, 13, 14, 15]);
    let told = world.ends(0, &["explain", "11"]).out;
    assert!(told.contains("Engineer"), "who is in the second directory is found there: {told}");

    // Without one of them nothing is known of anybody.
    other.stop();
    let run = world.json(1, &["sync"]);
    assert!(run["error"].as_str().unwrap().starts_with("apac: "), "{run}");
    assert_eq!(world.at_target("in_active"), [0, 10]);
    let said = world.ends(1, &["check"]).out;
    assert!(said.contains("FAILED   employees: not read from apac, which can't be used"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_more_or_less_is_another_search() {
    let world = World::of(0..6).await;
    let other = Slapd::start(&ldif::with_people(10..16));
    joined(&world, &other);
    world.ends(0, &["sync"]);
    world.configure(|text| text.replace("from: corp", "from: corp\n    key: employeeNumber"));
    let run = world.json(4, &["sync"]);
    assert_eq!(run["delivery"]["held"], 6, "{run}");
    assert!(world.at_target("in_active").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_is_found_in_any_of_them_and_a_base_must_be_in_each() {
    let world = World::of(0..3).await;
    let other = Slapd::start(&ldif::with_people(10..13));
    joined(&world, &other);
    let here = format!("base: \"{PEOPLE}\"");
    let with = |probe: &str, base: &str| {
        let path = world.state().parent().unwrap().join("rosterd.yaml");
        joined(&world, &other);
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.replace("schedule: 15m", &format!("schedule: 15m\n    require: [\"(uid={probe})\"]"));
        std::fs::write(&path, text.replace(&here, base)).unwrap();
    };
    for probe in ["p1", "p11"] {
        with(probe, &here);
        assert!(world.ends(0, &["check"]).out.contains("`require` finds everybody it names"));
        world.ends(0, &["sync"]);
    }
    with("p7", &here);
    assert!(world.ends(1, &["check"]).out.contains("`require` finds nobody for (uid=p7)"));
    let run = world.json(1, &["sync"]);
    assert!(run["error"].as_str().unwrap().contains("`require` found nobody for (uid=p7)"), "{run}");
    with("p11", &format!("base: \"ou=other,{BASE}\""));
    let run = world.json(1, &["sync"]);
    assert!(run["error"].as_str().unwrap().starts_with("corp: the base `ou=other,"), "{run}");
}
