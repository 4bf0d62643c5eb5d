//! What a reading makes of people, and readings that are not believed.

use jiff::SignedDuration;

use super::{World, kinds, start, text};
use crate::directory::Sighting;
use crate::engine::{Aim, Outcome};
use crate::simulation::directory::Person;

#[tokio::test]
async fn a_first_sync_and_one_without_changes() {
    let mut world = World::of(&["anna", "berit", "cato", "dora", "eva"]).await;
    world.person("eva").disable();
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.entries, tally.skipped), ([0, 0, 0, 0, 4], 5, 1));
    assert_eq!((tally.confirmed, tally.pending, tally.token_requests), (4, 0, 1));
    assert_eq!(world.target.calls, ["token", "members 4"]);
    world.target.calls.clear();
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.unchanged, tally.entries), ([0; 5], 5, 5));
    assert_eq!(world.target.calls, [""; 0], "nothing to say, no token asked for");
}

#[tokio::test]
async fn joiner_changed_leaver_returner_in_one_reading() {
    let mut world = World::synced(&["anna", "berit", "cato", "dora", "eva"]).await;
    world.person("dora").disable();
    world.run().await;
    world.person("dora").enable();
    world.person("anna").set("title", "Manager");
    world.person("berit").disable();
    world.directory.remove("cato");
    world.person("eva").set("employeeID", "E-eve");
    world.person("finn");
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.unchanged, tally.pending), ([2, 1, 1, 1, 1], 0, 0), "{tally:?}");
    assert_eq!(
        world.members(),
        [
            "E-anna active Manager",
            "E-berit in_active Clerk",
            "E-cato in_active Clerk",
            "E-dora active Clerk",
            "E-eva in_active Clerk",
            "E-eve active Clerk",
            "E-finn active Clerk",
        ]
    );
    // The old identity left after the new one was there: in a request of its own.
    assert_eq!(world.target.calls.last().unwrap(), "members 1");
}

#[tokio::test]
async fn a_plan_stores_and_sends_nothing() {
    let mut world = World::synced(&["anna", "berit"]).await;
    world.person("cato");
    world.job.purpose = Aim::Plan;
    let Some(Outcome::Planned(planned)) = world.run_for(usize::MAX).await.outcome else { panic!("no plan") };
    assert_eq!(planned.tally.kinds, [0, 0, 0, 0, 1]);
    assert_eq!(world.target.calls, [""; 0]);
    assert_eq!(world.left_over().await, 0);
}

type Wrong = fn(&mut World);

/// A reading that goes wrong while Berit is disabled and Cato gone; Dora's change is due since before.
async fn fails(wrong: impl FnOnce(&mut World)) -> String {
    let mut world = World::synced(&["anna", "berit", "cato", "dora"]).await;
    world.person("dora").set("title", "Manager");
    world.target.member_faults.push_back(crate::simulation::target::Fault::Status(429, None));
    assert_eq!(world.run().await.pending, 1);
    world.later(20);
    world.person("berit").disable();
    world.directory.remove("cato");
    wrong(&mut world);
    let tally = world.run().await;
    assert_eq!(kinds(&tally), [0; 5]);
    assert_eq!(tally.confirmed, 1, "what is due already is delivered");
    let cato_and_berit = ["E-berit active Clerk", "E-cato active Clerk"];
    assert!(cato_and_berit.iter().all(|member| world.members().contains(&(*member).to_owned())));
    text(tally.failed.as_ref()).to_owned()
}

#[tokio::test]
async fn an_incomplete_reading_admits_nothing_and_delivers_what_is_due() {
    let cases: [(&str, Wrong); 9] = [
        ("can't be reached", |world| world.directory.unreachable = true),
        ("page 1 never came", |world| world.directory.fails_at_page = Some(1)),
        ("page 2 never came", |world| world.directory.fails_at_page = Some(2)),
        ("found by their key", |world| world.directory.sightings.extend([("cato".to_owned(), Sighting::Matches)])),
        ("found nobody at all", |world| world.directory.people.clear()),
        ("found nobody for (sn=canary)", |world| world.directory.probes_missing.push("(sn=canary)".to_owned())),
        ("1 of 3 people can't be judged", |world| world.person("anna").without("userAccountControl")),
        ("6 min off", |world| world.directory.server.clock = Some(world.now - SignedDuration::from_mins(6))),
        ("-6 min off", |world| world.directory.server.clock = Some(world.now + SignedDuration::from_mins(6))),
    ];
    for (expected, wrong) in cases {
        let why = fails(wrong).await;
        assert!(why.contains(expected), "{expected}: {why}");
    }
}

#[tokio::test]
async fn a_search_that_fell_to_zero_is_not_believed() {
    let mut world = World::of(&["anna", "berit"]).await;
    world.directory.searches = 2;
    world.person("berit").found_by = vec![1];
    world.run().await;
    world.directory.remove("berit");
    assert!(text(world.run().await.failed.as_ref()).contains("search 2 found nobody"));
    // Under other searches another number is no surprise; what they no longer find is held.
    world.job.rules = crate::roster::Fingerprint::of(b"other searches");
    let tally = world.run().await;
    assert_eq!((tally.failed, tally.held), (None, 1));
}

#[tokio::test]
async fn few_unreadable_people_are_kept() {
    let keys: Vec<String> = (0..100).map(|at| format!("p{at:03}")).collect();
    let keys: Vec<&'static str> = keys.into_iter().map(|key| &*key.leak()).collect();
    let mut world = World::synced(&keys).await;
    world.person("p000").set("title", "Manager").without("userAccountControl");
    let tally = world.run().await;
    assert_eq!((tally.failed.as_ref(), kinds(&tally)), (None, [0; 5]));
    world.person("p001").without("userAccountControl");
    assert!(text(world.run().await.failed.as_ref()).contains("2 of 100"));
}

#[tokio::test]
async fn invalid_people_are_kept_and_leave_with_their_last_good_values() {
    let mut world = World::synced(&["anna", "berit"]).await;
    world.person("anna").without("title");
    let tally = world.run().await;
    assert_eq!((tally.invalid, tally.newly_invalid, kinds(&tally)), (1, 1, [0; 5]));
    assert_eq!(world.run().await.newly_invalid, 0);
    world.person("anna").disable();
    assert_eq!(kinds(&world.run().await), [1, 0, 0, 0, 0]);
    assert_eq!(world.members()[0], "E-anna in_active Clerk");
}

#[tokio::test]
async fn who_is_found_twice_counts_once() {
    let mut world = World::of(&["anna", "berit"]).await;
    world.directory.searches = 2;
    world.person("anna").found_by = vec![0, 1];
    let tally = world.run().await;
    assert_eq!((tally.entries, kinds(&tally)), (2, [0, 0, 0, 0, 2]));
    assert_eq!(world.run().await.unchanged, 2);
}

#[tokio::test]
async fn two_entries_with_one_key_change_nothing_whoever_comes_first() {
    for dn in ["adm-anna", "zadm-anna"] {
        let mut world = World::synced(&["anna", "berit"]).await;
        let mut other = Person::new("anna");
        other.disable();
        world.directory.people.insert(dn.to_owned(), other);
        let tally = world.run().await;
        assert_eq!((tally.failed.as_deref(), kinds(&tally)), (None, [0; 5]), "{dn}");
        assert_eq!(world.members(), ["E-anna active Clerk", "E-berit active Clerk"]);
        assert_eq!((tally.unchanged, tally.entries), (1, 2));
        // Once there is only one again, that one counts.
        world.directory.remove("anna");
        assert_eq!(kinds(&world.run().await), [1, 0, 0, 0, 0]);
    }
}

#[tokio::test]
async fn entries_without_a_key_put_absence_in_doubt() {
    let mut world = World::synced(&["anna", "berit", "cato"]).await;
    world.person("cato").without("uid");
    world.directory.sightings.insert("cato".to_owned(), Sighting::Gone);
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.held), ([0; 5], 1), "Cato may be the one without a key");
    assert!(text(tally.keyless.as_ref()).contains("1 entry has no usable key"));
    // Nor is it proof that somebody else has Cato's number elsewhere.
    world.directory.sightings.insert("cato".to_owned(), Sighting::Moved);
    assert_eq!(world.run().await.held, 1);
    // Whoever is found deleted is proved to be so.
    world.directory.remove("berit");
    assert_eq!(kinds(&world.run().await), [1, 0, 0, 0, 0]);
    assert_eq!(world.members()[2], "E-cato active Clerk");
}

#[tokio::test]
async fn an_account_expires_without_a_change_in_the_directory() {
    let mut world = World::of(&["anna", "berit"]).await;
    // One hour after the start, as a FILETIME.
    let expires = (start().as_second() + 3_600 + 11_644_473_600) * 10_000_000;
    world.person("anna").set("accountExpires", &expires.to_string());
    world.run().await;
    world.later(59);
    assert_eq!(kinds(&world.run().await), [0; 5]);
    world.later(1);
    assert_eq!(kinds(&world.run().await), [1, 0, 0, 0, 0]);
    assert_eq!(world.members()[0], "E-anna in_active Clerk");
}

#[tokio::test]
async fn people_who_never_had_an_account_are_forgotten() {
    let mut world = World::of(&["anna", "berit"]).await;
    world.person("berit").disable();
    world.run().await;
    world.directory.remove("berit");
    world.run().await;
    assert_eq!(world.store.known(1).await.unwrap().len(), 1);
}
