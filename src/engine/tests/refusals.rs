//! A target that says no.

use super::{World, kinds};

const TEN: [&str; 10] = ["anna", "berit", "cato", "dora", "eva", "finn", "gerd", "hans", "ida", "jon"];

fn refuse(world: &mut World, keys: &[&str]) {
    world.target.culprits = keys.iter().map(|key| format!("E-{key}")).collect();
}

#[tokio::test]
async fn halving_finds_the_culprits() {
    for culprits in [&["anna"][..], &["dora"], &["anna", "dora"], &["anna", "jon"], &["anna", "berit", "cato"]] {
        let mut world = World::of(&TEN).await;
        refuse(&mut world, culprits);
        let tally = world.run().await;
        assert_eq!(
            (tally.confirmed, tally.refused),
            (10 - culprits.len() as u64, culprits.len() as u64),
            "{culprits:?}"
        );
        assert_eq!(tally.pending, 0, "they are quarantined: {culprits:?}");
        world.later(15);
        assert_eq!(world.run().await.requests, 0);
        // Mended in the directory, they are sent.
        world.target.culprits.clear();
        for key in culprits {
            world.person(key).set("title", "Manager");
        }
        let tally = world.run().await;
        assert_eq!((tally.confirmed, tally.pending), (culprits.len() as u64, 0));
    }
}

#[tokio::test]
async fn a_lone_member_is_quarantined_after_two_runs() {
    let mut world = World::synced(&["anna", "berit"]).await;
    refuse(&mut world, &["anna"]);
    world.person("anna").set("title", "Manager");
    for pending in [1, 0, 0] {
        assert_eq!(world.run().await.pending, pending);
        world.later(15);
    }
    assert_eq!(world.target.calls.iter().filter(|call| call.ends_with("400")).count(), 2);
    assert_eq!(world.members()[0], "E-anna active Clerk");
}

#[tokio::test]
async fn a_refused_leave_is_loud_and_tried_daily_once_it_is_believed() {
    let mut world = World::synced(&["anna", "berit", "cato"]).await;
    refuse(&mut world, &["anna"]);
    world.person("anna").disable();
    for minutes in [0, 15, 15, 15] {
        world.later(minutes);
        assert_eq!(world.run().await.pending, 1);
    }
    assert_eq!(world.target.calls.iter().filter(|call| call.ends_with("400")).count(), 2);
    world.target.culprits.clear();
    world.later(24 * 60);
    assert_eq!(world.run().await.pending, 0);
    assert_eq!(world.members()[0], "E-anna in_active Clerk");
}

#[tokio::test]
async fn where_everybody_is_refused_the_target_is_at_fault() {
    let keys: Vec<String> = (0..40).map(|at| format!("p{at:02}")).collect();
    let keys: Vec<&'static str> = keys.into_iter().map(|key| &*key.leak()).collect();
    let mut world = World::of(&keys).await;
    world.target.refuses_everybody = true;
    for _ in 0..3 {
        let tally = world.run().await;
        assert_eq!((tally.confirmed, tally.pending), (0, 40), "nobody is quarantined");
        assert!(tally.waits.is_some_and(|why| why.contains("refuses everybody")));
        world.later(24 * 60);
    }
    world.target.refuses_everybody = false;
    let tally = world.run().await;
    assert_eq!((tally.confirmed, tally.pending), (40, 0));
}

#[tokio::test]
async fn leavers_of_a_target_that_refuses_everybody_do_not_wait_a_day() {
    let keys: Vec<String> = (0..300).map(|at| format!("p{at:03}")).collect();
    let keys: Vec<&'static str> = keys.into_iter().map(|key| &*key.leak()).collect();
    let mut world = World::synced(&keys).await;
    for key in &keys[..12] {
        world.person(key).disable();
    }
    world.target.refuses_everybody = true;
    assert_eq!(world.run().await.pending, 12);
    world.target.refuses_everybody = false;
    world.later(60);
    assert_eq!(world.run().await.pending, 0);
}

#[tokio::test]
async fn too_large_halves_for_the_rest_of_the_run() {
    let mut world = World::of(&TEN).await;
    world.target.most = Some(2);
    let tally = world.run().await;
    assert_eq!((tally.confirmed, tally.pending, kinds(&tally)[4]), (10, 0, 10));
    let large = world.target.calls.iter().filter(|call| call.ends_with("413")).count();
    assert_eq!(large, 1, "{:?}", world.target.calls);
}
