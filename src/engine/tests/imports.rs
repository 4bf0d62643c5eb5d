//! Identities that an import says are at the target.

use super::*;
use crate::destination::Member;
use crate::roster::{Identity, Payload};
use crate::store::Who;

impl World {
    async fn feed(&mut self) -> i64 {
        self.store.feed("staff", None).await.unwrap().unwrap().0.id
    }

    async fn import(&mut self, identities: &[&str]) {
        let realm = self.job.destination.realm();
        self.store.enrol("staff", None, &realm).await.unwrap();
        let feed = self.feed().await;
        let payload = Payload::default().with("designation", "Import");
        let member = |identity: &&str| Member::new(Identity::new(*identity), payload.clone());
        let members: Vec<_> = identities.iter().map(member).collect();
        self.store.import(feed, &members, "ada", self.now).await.unwrap();
    }

    /// What is known of everybody with this identity: key, verdict and why.
    async fn known(&mut self, identity: &str) -> Vec<String> {
        let people = self.store.people(identity).await.unwrap().into_iter();
        let told = |why: Option<String>| why.map(|why| format!(": {why}")).unwrap_or_default();
        people.map(|person| format!("{} {}{}", person.key, person.verdict, told(person.why))).collect()
    }
}

#[tokio::test]
async fn whoever_has_the_identity_takes_it_over_and_whoever_has_none_leaves() {
    let mut world = World::of(&["anna", "berit"]).await;
    world.import(&["E-anna", "E-zoe"]).await;
    assert_eq!(world.known("E-zoe").await, ["E-zoe imported: until somebody of the directory takes it over"]);
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.unchanged, tally.confirmed), ([1, 0, 0, 0, 2], 0, 3));
    assert_eq!(world.members(), ["E-anna active Clerk", "E-berit active Clerk", "E-zoe in_active Import"]);
    assert_eq!(world.known("E-anna").await, ["anna active"]);
    assert_eq!(
        world.known("E-zoe").await,
        ["E-zoe left: imported on 2026-11-02T08:00:00Z; nobody active in the directory has this identity"]
    );
    let calls = world.target.calls.len();
    assert_eq!(kinds(&world.run().await), [0; 5]);
    assert_eq!(world.target.calls.len(), calls, "one who left by an import does not leave again");
    world.person("zoe");
    assert_eq!(kinds(&world.run().await), [0, 0, 1, 0, 0]);
    assert_eq!(world.known("E-zoe").await, ["zoe active"]);
}

#[tokio::test]
async fn a_key_that_looks_like_an_identity_is_somebody_elses() {
    let mut world = World::of(&["E-7", "anna"]).await;
    world.import(&["E-7"]).await;
    let tally = world.run().await;
    assert_eq!(kinds(&tally), [0, 0, 0, 0, 2], "the only one known active would be everybody at once");
    world.person("anna").set("employeeID", "E-7");
    world.store.approve(1, &Who::All, "ada", None, world.now).await.unwrap();
    world.run().await;
    assert_eq!(world.members(), ["E-7 active Clerk", "E-E-7 active Clerk", "E-anna in_active Clerk"]);
}

#[tokio::test]
async fn somebody_inactive_takes_it_over_to_leave_for_their_own_reason() {
    let mut world = World::of(&["anna", "cato"]).await;
    world.person("cato").disable();
    world.run().await;
    assert_eq!(world.members(), ["E-anna active Clerk"], "inactive when first seen");
    world.import(&["E-cato", "E-anna"]).await;
    assert_eq!(kinds(&world.run().await), [1, 0, 0, 0, 0]);
    assert_eq!(world.known("E-cato").await, ["cato left: disabled"]);
    assert_eq!(world.members(), ["E-anna active Clerk", "E-cato in_active Import"]);
}

#[tokio::test]
async fn who_takes_it_over_while_their_leave_is_held_keeps_it() {
    let mut world = World::of(&["anna", "cato"]).await;
    world.person("cato").disable();
    world.import(&["E-cato"]).await;
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.held), ([0, 0, 0, 0, 1], 1), "everybody at once");
    assert!(world.known("E-cato").await[0].starts_with("cato held"), "{:?}", world.known("E-cato").await);
    assert_eq!(world.run().await.held, 1);
    let feed = world.feed().await;
    world.store.resend(feed, &Who::All).await.unwrap();
    world.store.approve(feed, &Who::All, "ada", None, world.now).await.unwrap();
    world.run().await;
    assert_eq!(world.members(), ["E-anna active Clerk", "E-cato in_active Import"]);
}

#[tokio::test]
async fn everybody_at_once_is_held_and_can_be_approved() {
    let mut world = World::of(&["anna"]).await;
    world.import(&["E-x", "E-y", "E-z"]).await;
    assert_eq!(world.run().await.held, 3);
    assert_eq!(world.members(), ["E-anna active Clerk"]);
    let feed = world.feed().await;
    world.store.resend(feed, &Who::All).await.unwrap();
    world.run().await;
    assert_eq!(world.members(), ["E-anna active Clerk"], "of the imported nothing is known that could be sent");
    world.store.approve(feed, &Who::Named(vec!["E-y".to_owned()]), "ada", None, world.now).await.unwrap();
    world.run().await;
    assert_eq!(world.members(), ["E-anna active Clerk", "E-y in_active Import"]);
}

#[tokio::test]
async fn what_is_not_complete_says_nothing_of_them() {
    let mut world = World::of(&["anna", "berit"]).await;
    world.import(&["E-zoe"]).await;
    world.directory.fails_at_page = Some(2);
    world.run().await;
    assert_eq!(world.known("E-zoe").await, ["E-zoe imported: until somebody of the directory takes it over"]);
    world.directory.fails_at_page = None;
    world.import(&["E-x", "E-y"]).await;
    world.person("berit").without("title");
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.held), ([0, 0, 0, 0, 1], 3), "berit may be any of them");
    world.person("berit").set("title", "Clerk");
    world.run().await;
    assert_eq!(world.run().await.held, 3, "what is held stays held");
}

#[tokio::test]
async fn patience_is_as_with_anybody_absent() {
    let mut world = World::of(&["anna", "berit"]).await;
    world.run().await;
    world.job.absence.grace = Some(Duration::from_hours(1));
    world.import(&["E-zoe"]).await;
    assert_eq!(kinds(&world.run().await), [0; 5]);
    assert!(world.known("E-zoe").await[0].contains("believed from 2026-11-02T09:00:00Z"));
    world.later(61);
    assert_eq!(kinds(&world.run().await), [1, 0, 0, 0, 0]);
}

#[tokio::test]
async fn they_may_be_people_of_another_sync_that_was_not_read_since() {
    let mut world = World::of(&["anna", "berit"]).await;
    let realm = world.job.destination.realm();
    world.store.enrol("hosts", None, &realm).await.unwrap();
    world.import(&["E-zoe"]).await;
    world.run().await;
    assert_eq!(
        world.known("E-zoe").await,
        ["E-zoe held: imported on 2026-11-02T08:00:00Z; nobody active in the directory has this identity, but the \
          sync “hosts” of the same target was not read since"]
    );
    let hosts = Directory::of(&["zoe"]);
    let staff = std::mem::replace(&mut world.directory, hosts);
    world.job.sync = "hosts".to_owned();
    assert_eq!(kinds(&world.run().await), [0, 0, 0, 0, 1]);
    (world.directory, world.job.sync) = (staff, "staff".to_owned());
    assert_eq!(kinds(&world.run().await), [0; 5]);
    assert_eq!(world.known("E-zoe").await, ["zoe active"]);
}
