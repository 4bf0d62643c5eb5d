//! A target that works on what it took for as long as it takes: the protocol of Boostcom against its stand-in.

use serde_json::json;

use super::*;
use crate::destination::boostcom::{self, Boostcom, Identifier, member::channels_off};
use crate::mapping::{Rule, Source};
use crate::roster::Payload;
use crate::sandbox::boostcom::Workers;
use crate::simulation::target::Kind;

const HOUR: Duration = Duration::from_hours(1);

fn mapping() -> Arc<Mapping> {
    let text = |name: &str, rule: &str| (name.to_owned(), Rule::Text(rule.to_owned()));
    let properties = Rule::Nested(vec![text("email", "{{ employeeID }}@example.com"), text("designation", "title")]);
    let fields = vec![("properties".to_owned(), properties)];
    let source = Source { fields, key: Some("uid".to_owned()), directory_rule: true, ..Source::default() };
    Arc::new(Mapping::compile(&source).unwrap_or_else(|faults| panic!("{faults:?}")))
}

fn mall() -> Arc<Boostcom> {
    Arc::new(Boostcom::new(boostcom::Settings {
        url: "https://mall.example".to_owned(),
        loyalty_club: "infinity-mall".to_owned(),
        client_authorization: "secret".into(),
        product_name: "default".to_owned(),
        user_agent: "test".to_owned(),
        identity: Identifier::Email,
        only_create: false,
        on_leave: channels_off(),
        on_return: Payload::default(),
        batch: boostcom::BATCH,
        quiet: boostcom::QUIET,
    }))
}

impl World {
    /// A club whose bulks take so long.
    async fn club(people: &[&'static str], working: Duration) -> Self {
        let mut world = Self::of(people).await;
        world.target = Target::new(Kind::Imports);
        world.target.room.set_workers(Workers { working, ..Workers::default() }, world.now);
        (world.job.destination, world.job.mapping) = (mall(), mapping());
        world
    }

    /// Goes on whenever it can, for so long at most; with how often, and how long each time was waited.
    async fn follow(&mut self, longest: Duration) -> (Tally, Vec<i64>) {
        let (began, mut waits) = (self.now, Vec::new());
        let mut tally = self.resume().await;
        while let Some(wake) = tally.wake.filter(|wake| *wake < began + longest) {
            waits.push(wake.duration_since(self.now).as_secs());
            self.now = wake;
            tally = self.resume().await;
        }
        (tally, waits)
    }

    fn sent(&self) -> usize {
        self.target.calls.iter().filter(|call| call.starts_with("imports ")).count()
    }
}

#[tokio::test]
async fn a_bulk_that_is_worked_on_for_five_hours_is_followed_and_what_changes_meanwhile_comes_after() {
    let mut world = World::club(&["anna", "berit"], 5 * HOUR).await;
    let tally = world.run().await;
    assert_eq!((tally.pending, tally.confirmed), (2, 0));
    assert_eq!(tally.wake, Some(world.now + SignedDuration::from_secs(5)));
    let (tally, waits) = world.follow(2 * HOUR).await;
    assert_eq!((tally.pending, tally.confirmed, world.sent()), (2, 0, 1));
    assert!(waits.iter().all(|wait| (5..=300).contains(wait)) && waits[..4] == [5, 5, 7, 10], "{waits:?}");

    // Other readings go on, and what they find waits for its turn.
    world.person("anna").set("title", "Chair");
    world.person("cora");
    let tally = world.run().await;
    assert_eq!((tally.pending, world.sent()), (3, 2), "a newcomer does not wait for others' bulks");
    let (tally, waits) = world.follow(12 * HOUR).await;
    assert_eq!((tally.pending, world.sent()), (0, 3));
    assert!(waits.len() < 200, "{} times asked", waits.len());
    let titles: Vec<_> = world.target.bodies.values().map(|member| member["designation"].clone()).collect();
    assert_eq!(titles, [json!("Chair"), json!("Clerk"), json!("Clerk")]);
    for (name, imports) in [("e-anna", 2), ("e-berit", 1), ("e-cora", 1)] {
        let record = world.target.room.member(&format!("{name}@example.com"), world.now).unwrap();
        assert_eq!(record.imports, imports, "{name}");
    }
}

#[tokio::test]
async fn a_bulk_that_fails_for_good_is_sent_anew_and_the_third_time_its_members_are_refused() {
    let mut world = World::club(&["anna", "berit"], Duration::ZERO).await;
    world.target.room.set_workers(Workers { fail_all: true, ..Workers::default() }, world.now);
    world.run().await;
    let (tally, _) = world.follow(24 * HOUR).await;
    assert_eq!((world.sent(), tally.confirmed), (3, 0));
    assert_eq!(tally.refused, 2, "{tally:?}");
    let why = world.store.account(1).await.unwrap().unwrap().refusal.unwrap();
    assert_eq!(why, "failed at the target after 5 retries of its own, 3 times in a row");

    // With other values it is worth another try.
    world.target.room.set_workers(Workers::default(), world.now);
    world.person("anna").set("title", "Chair");
    world.run().await;
    let (tally, _) = world.follow(HOUR).await;
    assert_eq!((tally.pending, tally.confirmed), (0, 1));
}

#[tokio::test]
async fn a_bulk_that_nobody_works_on_is_given_up_once_it_can_not_take_effect_any_more() {
    let mut world = World::club(&["anna"], Duration::ZERO).await;
    world.target.room.set_workers(Workers { at_once: 0, ..Workers::default() }, world.now);
    world.run().await;
    let (_, waits) = world.follow(23 * HOUR).await;
    assert_eq!(world.sent(), 1, "{} times asked", waits.len());
    world.target.room.set_workers(Workers::default(), world.now);
    let (tally, _) = world.follow(3 * HOUR).await;
    assert_eq!((tally.pending, world.target.bodies.len()), (0, 1));
}
