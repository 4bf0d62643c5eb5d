//! The guard over runs.

use std::time::Duration;

use super::{World, kinds};
use crate::directory::Sighting;
use crate::plan::Limit;
use crate::roster::Fingerprint;
use crate::store::Who;

const EIGHT: [&str; 8] = ["anna", "berit", "cato", "dora", "eva", "finn", "gerd", "hans"];

#[tokio::test]
async fn held_approved_and_gone() {
    let mut world = World::synced(&EIGHT).await;
    for key in &EIGHT[..6] {
        world.person(key).disable();
    }
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.held, tally.plan.is_some()), ([0; 5], 6, true));
    // Neither the next run nor fewer of them let it go.
    world.person("anna").enable();
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.held), ([0; 5], 5));
    let only = Who::Named(vec!["berit".to_owned()]);
    assert_eq!(world.store.approve(1, &only, "root", None, world.now).await.unwrap(), 1);
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.held), ([1, 0, 0, 0, 0], 4));
    assert_eq!(world.members()[1], "E-berit in_active Clerk");
}

#[tokio::test]
async fn with_one_missing_beyond_the_limit_all_are_held() {
    let mut world = World::synced(&EIGHT).await;
    for key in &EIGHT[..6] {
        world.directory.remove(key);
    }
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.held), ([0; 5], 6), "five are looked up, the sixth belongs to the same wave");
}

#[tokio::test]
async fn with_a_limit_of_none_every_missing_person_is_held() {
    let mut world = World::synced(&EIGHT).await;
    world.job.limits.leave = Limit { count: Some(0), percent: 5 };
    world.directory.remove("anna");
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.held), ([0; 5], 1));
}

#[tokio::test]
async fn other_rules_hold_whom_they_no_longer_find_whatever_the_grace() {
    let mut world = World::synced(&EIGHT).await;
    world.job.absence.grace = Some(Duration::from_hours(1));
    world.job.rules = Fingerprint::of(b"a narrower filter");
    world.directory.sightings.insert("anna".to_owned(), Sighting::Filtered);
    world.directory.remove("anna");
    for minutes in [0, 61, 24 * 60] {
        world.later(minutes);
        let tally = world.run().await;
        assert_eq!((kinds(&tally), tally.held), ([0; 5], 1), "after {minutes} min");
    }
}

#[tokio::test]
async fn the_protected_leave_when_approved() {
    let mut world = World::synced(&EIGHT).await;
    world.person("anna").set("title", "Chair");
    world.run().await;
    // Who loses the title with the account was protected until now.
    world.person("anna").set("title", "Clerk").disable();
    assert_eq!(world.run().await.held, 1);
    assert_eq!(world.run().await.held, 1);
    world.store.approve(1, &Who::All, "root", None, world.now).await.unwrap();
    assert_eq!(kinds(&world.run().await), [1, 0, 0, 0, 0]);
}

#[tokio::test]
async fn a_sync_that_is_paused_or_points_elsewhere_does_nothing() {
    let mut world = World::synced(&EIGHT).await;
    world.person("anna").disable();
    let later = world.now + Duration::from_mins(10);
    world.store.pause(1, Some(later)).await.unwrap();
    let tally = world.run().await;
    assert!(tally.waits.is_some_and(|why| why.starts_with("paused until")) && tally.entries == 0);
    world.later(10);
    world.job.destination =
        std::sync::Arc::new(crate::destination::veris::Veris::new(crate::destination::veris::Settings {
            url: "https://other.example".to_owned(),
            client_id: "acme".to_owned(),
            client_secret: "secret".to_owned().into(),
            api_key: "key".to_owned().into(),
            quota: super::QUOTA,
            lifetime: Duration::from_mins(15),
            batch: std::num::NonZeroUsize::MIN,
            quiet: Duration::from_mins(1),
        }));
    let tally = world.run().await;
    assert!(tally.failed.is_some_and(|why| why.contains("resend staff --all")));
    assert_eq!(world.target.calls, [""; 0]);
}
