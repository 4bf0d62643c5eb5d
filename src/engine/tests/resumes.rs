//! A run whose delivery had to wait goes on.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::{Aim, QUOTA, World, kinds, text, veris_at};
use crate::report::Summary;
use crate::roster::Timestamp;
use crate::simulation::target::Fault;

/// Anna has another title, and no token is left.
async fn waiting() -> (World, Timestamp) {
    let (world, tally) = World::at_the_limit(&["anna", "berit"]).await;
    (world, tally.wake.expect("a quota fills up by itself"))
}

#[tokio::test]
async fn what_waited_goes_on_as_the_same_run_without_reading() {
    let (mut world, wake) = waiting().await;
    let before = world.store.past("staff", None).await.unwrap().unwrap();
    assert_eq!((before.wake, before.succeeded), (Some(wake), before.ended));
    // Berit leaves meanwhile: nobody reads that.
    world.person("berit").disable();
    world.now = wake;
    let tally = world.resume().await;
    assert_eq!((tally.run, tally.confirmed, tally.pending, tally.wake), (before.run, 1, 0, None));
    assert_eq!((tally.requests, tally.token_requests, kinds(&tally)), (2, 1, [0, 0, 0, 1, 0]));
    assert_eq!(world.members(), ["E-anna active Manager", "E-berit active Clerk"]);
    let rows = world.store.runs(Some("staff"), 9).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [before.run, before.run - 1]);
    assert_eq!((rows[0].began, rows[0].ended), (before.began, Some(world.now)));
    assert_eq!(rows[0].summary, Some(Summary::of("staff", &tally)));
    assert_eq!(rows[0].summary.as_ref().map(|summary| summary.result.as_str()), Some("ok"));
    assert_eq!(world.run().await.run, before.run + 1);
}

#[tokio::test]
async fn who_comes_too_early_finds_the_same_wait() {
    let (mut world, wake) = waiting().await;
    world.target.calls.clear();
    for minutes in [1, 600] {
        world.later(minutes);
        let tally = world.resume().await;
        assert_eq!((tally.pending, tally.wake), (1, Some(wake)));
        assert!(text(tally.waits.as_ref()).contains("quota"));
    }
    assert!(world.target.calls.is_empty());
}

#[tokio::test]
async fn a_crash_on_the_way_leaves_the_wake_where_it_was() {
    for crash in 0.. {
        let (mut world, wake) = waiting().await;
        (world.now, world.job.patience, world.job.purpose) = (wake, Duration::from_mins(10), Aim::Resume);
        if world.run_for(crash).await.outcome.is_some() {
            assert!(crash > 10, "a run of {crash} effects");
            break;
        }
        let past = world.store.past("staff", None).await.unwrap().unwrap();
        let ended = past.ended == Some(world.now);
        assert_eq!(past.wake, Some(wake).filter(|_| !ended), "crashed before effect {crash}");
        let mut tally = world.resume().await;
        while let Some(wake) = tally.wake {
            world.now = wake;
            tally = world.resume().await;
        }
        assert_eq!(tally.pending, 0, "crashed before effect {crash}");
        assert_eq!(world.members()[0], "E-anna active Manager", "crashed before effect {crash}");
    }
}

#[tokio::test]
async fn who_was_refused_in_a_run_is_not_tried_again_when_it_goes_on() {
    let mut world = World::synced(&["anna", "berit", "cato"]).await;
    world.job.patience = Duration::from_mins(10);
    world.target.culprits = ["E-anna".to_owned()].into();
    world.person("anna").set("title", "Manager");
    let tally = world.run().await;
    assert_eq!((tally.pending, tally.refused, tally.wake), (1, 1, None), "the next run has to confirm it");
    let calls = world.target.calls.len();
    world.later(60);
    let tally = world.resume().await;
    assert_eq!((tally.pending, tally.refused, world.target.calls.len()), (1, 1, calls));
    assert_eq!((world.run().await.pending, world.left_over().await), (0, 0), "quarantined");
    assert!(world.target.calls.len() > calls);
}

#[tokio::test]
async fn what_the_reading_found_stays_what_the_run_says() {
    let mut world = World::synced(&["anna", "berit", "cato"]).await;
    world.person("anna").set("title", "Manager");
    world.person("berit").set("title", "Chair");
    world.run().await;
    world.person("anna").set("title", "Director");
    world.person("berit").disable();
    world.person("cato").set("title", "");
    world.target.member_faults.push_back(Fault::Status(429, Some(600)));
    let before = world.run().await;
    assert_eq!((before.held, before.invalid, before.pending), (1, 1, 1));
    assert_eq!(before.wake, Some(world.now + SignedDuration::from_secs(600)));
    world.now = before.wake.unwrap();
    let after = world.resume().await;
    assert_eq!((after.held, after.invalid, after.newly_invalid), (1, 1, before.newly_invalid));
    assert_eq!((&after.plan, after.entries, after.kinds), (&before.plan, before.entries, before.kinds));
    assert_eq!((after.pending, after.confirmed, after.requests), (0, 1, before.requests + 1));
    assert_eq!(after.waits, None);
}

#[tokio::test]
async fn a_reading_that_failed_stays_failed() {
    let (mut world, wake) = waiting().await;
    world.directory.unreachable = true;
    let failed = world.run().await;
    assert_eq!((failed.failed.is_some(), failed.pending, failed.wake), (true, 1, Some(wake)));
    world.now = wake;
    let tally = world.resume().await;
    assert_eq!((tally.failed, tally.pending), (failed.failed, 0));
    let past = world.store.past("staff", None).await.unwrap().unwrap();
    assert!(past.succeeded < past.ended);
}

#[tokio::test]
async fn a_pause_ends_by_itself_or_when_somebody_says_so() {
    let (mut world, wake) = waiting().await;
    let feed = world.store.feed("staff", None).await.unwrap().unwrap().0.id;
    let until = wake + SignedDuration::from_hours(1);
    world.store.pause(feed, Some(until)).await.unwrap();
    world.now = wake;
    world.target.calls.clear();
    let tally = world.resume().await;
    assert_eq!((tally.wake, tally.pending), (Some(until), 1));
    assert!(text(tally.waits.as_ref()).starts_with("paused until 20"));
    world.store.pause(feed, Some(Timestamp::MAX)).await.unwrap();
    world.now = until;
    let tally = world.resume().await;
    assert_eq!((tally.wake, tally.pending, world.target.calls.len()), (None, 1, 0));
    assert!(text(tally.waits.as_ref()).starts_with("paused until resumed"));
    world.store.pause(feed, None).await.unwrap();
    assert_eq!(world.resume().await.pending, 0);
}

#[tokio::test]
async fn nothing_goes_elsewhere_and_nothing_goes_on_that_never_ended() {
    let (mut world, wake) = waiting().await;
    world.now = wake;
    world.target.calls.clear();
    let elsewhere = Arc::new(veris_at("https://other.example", "secret", QUOTA));
    let here = std::mem::replace(&mut world.job.destination, elsewhere);
    let tally = world.resume().await;
    assert!(text(tally.failed.as_ref()).contains("the config now says"));
    assert_eq!((tally.wake, world.target.calls.len()), (None, 0));
    world.job.destination = here;
    world.run_for(3).await;
    assert_eq!(world.resume().await.run, 0, "it was killed");
    let mut world = World::of(&["anna"]).await;
    assert_eq!(world.resume().await.run, 0, "there was none");
    assert!(world.target.calls.is_empty());
}
