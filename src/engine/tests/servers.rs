//! Absence and returns while another server answers.

use std::time::Duration;

use super::{World, kinds};
use crate::directory::Sighting;

#[tokio::test]
async fn leaves_by_absence_and_returns_wait_until_a_second_reading_agrees() {
    let mut world = World::synced(&["anna", "berit", "cato", "dora"]).await;
    world.person("berit").disable();
    world.run().await;
    world.directory.server.name = "dc2".to_owned();
    world.directory.remove("anna");
    world.person("berit").enable();
    world.person("cato").disable();
    // What an entry says of itself is believed at once.
    assert_eq!(kinds(&world.run().await), [1, 0, 0, 0, 0]);
    assert_eq!(world.members()[..3], ["E-anna active Clerk", "E-berit in_active Clerk", "E-cato in_active Clerk"]);
    world.later(29);
    assert_eq!(kinds(&world.run().await), [0; 5]);
    world.later(1);
    assert_eq!(kinds(&world.run().await), [1, 0, 1, 0, 0]);
    assert_eq!(world.members()[..2], ["E-anna in_active Clerk", "E-berit active Clerk"]);
}

#[tokio::test]
async fn whoever_shows_up_on_the_second_server_stays() {
    let mut world = World::synced(&["anna", "berit"]).await;
    world.directory.server.name = "dc2".to_owned();
    let anna = world.directory.remove("anna");
    world.run().await;
    world.later(30);
    world.directory.people.insert("anna".to_owned(), anna);
    assert_eq!(kinds(&world.run().await), [0; 5]);
    assert_eq!(world.members()[0], "E-anna active Clerk");
}

#[tokio::test]
async fn somebody_first_absent_when_it_settles_waits_too() {
    let mut world = World::synced(&["anna", "berit"]).await;
    for (minutes, name) in [(0, "dc2"), (15, "dc1")] {
        world.later(minutes);
        world.directory.server.name = name.to_owned();
        world.run().await;
    }
    // Back on the second one, 30 min after the first change: Anna is absent there for the first time.
    world.later(15);
    world.directory.server.name = "dc2".to_owned();
    world.directory.remove("anna");
    assert_eq!(kinds(&world.run().await), [0; 5]);
}

#[tokio::test]
async fn servers_that_take_turns_keep_nobody_waiting_for_ever() {
    let mut world = World::synced(&["anna", "berit", "cato"]).await;
    world.person("berit").disable();
    world.run().await;
    world.directory.remove("anna");
    world.person("berit").enable();
    for turn in 1..=3 {
        world.later(15);
        world.directory.server.name = format!("dc{}", turn % 2 + 1);
        world.run().await;
    }
    assert_eq!(world.members()[..2], ["E-anna in_active Clerk", "E-berit active Clerk"]);
}

#[tokio::test]
async fn a_grace_begins_with_the_first_absence_and_ends_with_a_sighting() {
    let mut world = World::synced(&["anna", "berit"]).await;
    world.job.absence.grace = Some(Duration::from_hours(1));
    world.directory.sightings.insert("anna".to_owned(), Sighting::Moved);
    let anna = world.directory.remove("anna");
    for minutes in [0, 59] {
        world.later(minutes);
        assert_eq!(kinds(&world.run().await), [0; 5]);
    }
    world.directory.people.insert("anna".to_owned(), anna);
    world.later(1);
    world.run().await;
    world.directory.remove("anna");
    for (minutes, leaves) in [(0, 0), (59, 0), (1, 1)] {
        world.later(minutes);
        assert_eq!(kinds(&world.run().await), [leaves, 0, 0, 0, 0]);
    }
}
