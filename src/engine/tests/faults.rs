//! A target that is slow, busy or cut off.

use std::time::Duration;

use super::{World, kinds};
use crate::simulation::target::Fault;

#[tokio::test]
async fn retry_after_is_kept_over_a_restart() {
    let mut world = World::synced(&["anna", "berit"]).await;
    world.person("anna").set("title", "Manager");
    world.target.member_faults.push_back(Fault::Status(429, Some(3_600)));
    let tally = world.run().await;
    assert_eq!((tally.pending, tally.confirmed), (1, 0));
    assert!(tally.waits.is_some());
    world.target.calls.clear();
    world.later(59);
    assert_eq!(world.run().await.requests, 0);
    world.later(1);
    assert_eq!(world.run().await.confirmed, 1);
}

#[tokio::test]
async fn patience_waits_within_the_run() {
    let mut world = World::synced(&["anna"]).await;
    world.person("anna").set("title", "Manager");
    world.target.member_faults.push_back(Fault::Status(429, Some(60)));
    world.job.patience = Duration::from_mins(2);
    let before = world.now;
    let tally = world.run().await;
    assert_eq!((tally.confirmed, tally.waits), (1, None));
    assert_eq!(world.now, before + Duration::from_mins(1));
}

#[tokio::test]
async fn a_server_error_is_unknown_and_sent_again_after_a_quiet_minute() {
    for fault in [Fault::Status(500, None), Fault::Lost, Fault::Cut] {
        let mut world = World::synced(&["anna"]).await;
        world.person("anna").set("title", "Manager");
        world.target.member_faults.push_back(fault);
        assert_eq!(world.run().await.pending, 1, "{fault:?}");
        // Newer values came meanwhile: those are sent.
        world.person("anna").set("title", "Director");
        world.now += Duration::from_secs(59);
        let tally = world.run().await;
        assert_eq!((tally.requests, tally.pending), (0, 1), "it may still take effect");
        world.now += Duration::from_secs(1);
        assert_eq!(world.run().await.pending, 0);
        assert_eq!(world.members(), ["E-anna active Director"]);
    }
}

#[tokio::test]
async fn somebody_whose_join_may_have_arrived_is_sent_leaving() {
    let mut world = World::synced(&["anna", "berit", "cato"]).await;
    world.person("dora");
    world.target.member_faults.push_back(Fault::Cut);
    world.run().await;
    world.person("dora").disable();
    world.later(2);
    assert_eq!(kinds(&world.run().await), [1, 0, 0, 0, 0]);
    assert_eq!(world.members()[3], "E-dora in_active Clerk");
}

#[tokio::test]
async fn somebody_whose_join_never_arrived_is_not_mentioned() {
    for fault in [Fault::Status(429, None), Fault::Unsent] {
        let mut world = World::synced(&["anna", "berit", "cato"]).await;
        world.person("dora");
        world.target.member_faults.push_back(fault);
        world.run().await;
        world.person("dora").disable();
        world.later(2);
        let tally = world.run().await;
        assert_eq!((kinds(&tally), tally.pending), ([0; 5], 0));
        assert_eq!(world.members().len(), 3);
    }
}

#[tokio::test]
async fn what_comes_back_while_a_leave_is_unanswered_is_sent_as_active() {
    let mut world = World::synced(&["anna", "berit", "cato"]).await;
    world.person("anna").disable();
    world.target.member_faults.push_back(Fault::Cut);
    world.run().await;
    assert_eq!(world.members()[0], "E-anna in_active Clerk");
    world.person("anna").enable();
    world.now += Duration::from_secs(30);
    assert_eq!(kinds(&world.run().await), [0, 0, 1, 0, 0]);
    world.later(1);
    world.run().await;
    assert_eq!(world.members()[0], "E-anna active Clerk");
}
