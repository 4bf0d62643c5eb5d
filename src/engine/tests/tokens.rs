//! Tokens: renewed once, counted, latched.

use std::sync::Arc;

use super::{QUOTA, World, kinds, veris};
use crate::simulation::target::Fault;

#[tokio::test]
async fn one_token_serves_many_runs() {
    let mut world = World::synced(&["anna", "berit"]).await;
    for title in ["A", "B", "C"] {
        world.later(4);
        world.person("anna").set("title", title);
        world.run().await;
    }
    assert_eq!(world.target.tokens, 1);
    world.later(4);
    world.person("anna").set("title", "D");
    world.run().await;
    assert_eq!(world.target.tokens, 2, "15 minutes and no more");
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    let mut world = World::synced(&["anna", "berit"]).await;
    world.person("anna").set("title", "Manager");
    world.target.revoked_before = 2;
    world.later(6);
    assert_eq!(world.run().await.confirmed, 1);
    assert_eq!(world.target.calls, ["members 1 → 401", "token", "members 1"]);
    // And not at all when it is young, nor a second time.
    world.target.calls.clear();
    world.target.revoked_before = 9;
    world.person("anna").set("title", "Director");
    assert_eq!(world.run().await.pending, 1);
    world.later(6);
    assert_eq!(world.run().await.pending, 1);
    assert_eq!(world.target.calls, ["members 1 → 401", "members 1 → 401", "token", "members 1 → 401"]);
}

#[tokio::test]
async fn at_the_limit_delivery_waits_and_the_reserve_is_for_leavers() {
    let (mut world, _) = World::at_the_limit(&["anna", "berit", "cato"]).await;
    // A leaver may, and takes the change along.
    world.person("berit").disable();
    assert_eq!(world.run().await.pending, 0);
    world.later(20);
    world.person("cato").set("title", "Manager");
    assert_eq!(world.run().await.pending, 1);
    world.later(24 * 60 - 39);
    assert_eq!(world.run().await.pending, 1, "the day is not over");
    assert_eq!(world.target.tokens, 2);
    world.later(20);
    assert_eq!(world.run().await.pending, 0);
}

#[tokio::test]
async fn a_request_that_never_left_costs_nothing() {
    let mut world = World::of(&["anna"]).await;
    world.target.token_faults.extend([Fault::Unsent; 3]);
    for _ in 0..3 {
        world.run().await;
        world.later(20);
    }
    let realm = world.job.destination.realm();
    assert_eq!(world.store.tokens_used(&realm, QUOTA.per, world.now).await.unwrap(), 0);
    assert_eq!(world.run().await.confirmed, 1);
}

#[tokio::test]
async fn a_failed_token_request_costs_and_waits_for_its_share_of_the_day() {
    let mut world = World::of(&["anna"]).await;
    world.target.token_faults.extend([Fault::Status(500, None), Fault::Lost]);
    let share = QUOTA.per / QUOTA.quota;
    for _ in 0..2 {
        assert_eq!(world.run().await.token_requests, 1);
        assert_eq!(world.run().await.token_requests, 0);
        world.now += share / 2;
        assert_eq!(world.run().await.token_requests, 0);
        world.now += share * 3;
    }
    assert_eq!(world.run().await.confirmed, 1);
    assert_eq!(world.target.tokens, 3);
}

#[tokio::test]
async fn a_refused_credential_latches_until_it_changes() {
    let mut world = World::of(&["anna"]).await;
    world.target.token_faults.push_back(Fault::Status(401, None));
    let tally = world.run().await;
    assert!(tally.waits.is_some_and(|why| why.contains("credentials were refused")));
    for _ in 0..3 {
        world.later(24 * 60);
        let tally = world.run().await;
        assert_eq!((tally.token_requests, tally.pending), (0, 1));
    }
    world.job.destination = Arc::new(veris("another", QUOTA));
    let tally = world.run().await;
    assert_eq!((tally.confirmed, kinds(&tally)), (1, [0; 5]));
    assert_eq!(world.target.tokens, 2);
}
