//! What an import changes at accounts in every state.

use super::Say::{Be, Inactive, Leave};
use super::{Desk, at, no};
use crate::delivery::batch::{Batch, Settlement};
use crate::destination::Member;
use crate::plan::FirstSeenInactive;
use crate::roster::{Identity, Payload};
use crate::store::Imported;

impl Desk {
    /// How many were imported and how many known.
    async fn import(&mut self, identities: &[&str]) -> (u64, u64) {
        let member = |identity: &&str| Member::new(Identity::new(*identity), Payload::default());
        let members: Vec<_> = identities.iter().map(member).collect();
        let Imported { imported, known } = self.store.import(self.feed, &members, "ada", at(5)).await.unwrap();
        (imported, known)
    }

    async fn imported(&mut self) -> Vec<String> {
        let imported = self.store.imported(self.feed).await.unwrap();
        imported.iter().map(|imported| imported.key.as_str().to_owned()).collect()
    }
}

#[tokio::test]
async fn nobody_s_is_believed_and_nothing_is_sent() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    assert_eq!(desk.import(&["A", "X", "Y"]).await, (2, 1));
    assert_eq!(desk.imported().await, ["X", "Y"]);
    assert_eq!(desk.account("A").await, "due v1, confirmed v1");
    assert_eq!(desk.account("X").await, "due v0, confirmed v0");
    assert_eq!(desk.ready().await, [""; 0]);
    assert_eq!(desk.import(&["A", "X", "Y"]).await, (0, 3));
    let person = desk.store.people("X").await.unwrap().remove(0);
    let told = desk.store.story(person.id, Some(2)).await.unwrap();
    let told: Vec<_> = told.iter().map(|event| (event.kind.as_str(), event.detail.as_deref())).collect();
    assert_eq!(told, [("imported", Some("by ada"))]);
}

#[tokio::test]
async fn what_the_target_was_never_told_is_doubted() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, pending");
    assert_eq!(desk.import(&["A"]).await, (1, 0));
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, uncertain, pending");
    assert_eq!(desk.import(&["A"]).await, (0, 1));
    desk.admit(&[("anna", Leave)]).await;
    assert_eq!(desk.ready().await, ["-A"], "without the import the target would not be told");
}

/// Anna's batch has left, and her identity was imported: while it was prepared, or since.
async fn sent(prepared: bool) -> (Desk, Batch) {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    let batch = desk.claim(5).await.unwrap();
    if prepared {
        desk.import(&["A"]).await;
    }
    desk.store.mark_sent(batch.id, at(0)).await.unwrap();
    if !prepared {
        desk.import(&["A"]).await;
    }
    (desk, batch)
}

#[tokio::test]
async fn also_while_a_batch_is_on_its_way() {
    for prepared in [true, false] {
        let (mut desk, batch) = sent(prepared).await;
        desk.refuse(&batch).await;
        assert_eq!(desk.account("A").await, "due v1, confirmed nothing, uncertain, pending, suspect", "{prepared}");
    }
}

#[tokio::test]
async fn what_left_before_somebody_said_otherwise_is_sent_once_more() {
    for (prepared, expected) in [(true, "due v1, confirmed v1"), (false, "due v1, confirmed v1, uncertain, pending")] {
        let (mut desk, batch) = sent(prepared).await;
        desk.settle(&batch, Settlement::Confirmed(vec![])).await;
        assert_eq!(desk.account("A").await, expected);
    }
    // Also of somebody who was there before, and is leaving.
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Leave)]).await;
    let (batch, _) = desk.send().await;
    desk.import(&["A"]).await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.ready().await, ["-A"]);
}

#[tokio::test]
async fn who_left_and_is_said_to_be_there_leaves_again() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Leave)]).await;
    assert_eq!(desk.import(&["A"]).await, (0, 1), "still active there");
    desk.deliver().await;
    assert_eq!(desk.import(&["A"]).await, (1, 0));
    assert_eq!(desk.imported().await, [""; 0]);
    assert_eq!(desk.ready().await, ["-A"]);
}

#[tokio::test]
async fn who_was_inactive_from_the_first_is_judged_anew() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Inactive("A", 1)), ("berit", Be("B", 1))]).await;
    let seen = "SELECT count(*) FROM person WHERE seen IS NOT NULL";
    assert_eq!(desk.number(seen).await, 2);
    desk.import(&["A"]).await;
    assert_eq!(desk.number(seen).await, 1);
    desk.admit(&[("anna", Inactive("A", 1))]).await;
    assert_eq!(desk.imported().await, [""; 0]);
    assert_eq!(desk.ready().await, ["-A", "B"]);
}

#[tokio::test]
async fn an_inactive_person_s_announcement_becomes_a_leave() {
    let mut desk = Desk::new().await;
    desk.first_seen_inactive = FirstSeenInactive::Send;
    desk.admit(&[("anna", Inactive("A", 1))]).await;
    assert_eq!(desk.import(&["A"]).await, (1, 0));
    assert_eq!(desk.account("A").await, "due gone, confirmed nothing, uncertain, pending");
}

#[tokio::test]
async fn in_quarantine_one_is_still_there() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1)), ("berit", Be("B", 1))]).await;
    let (batch, items) = desk.send().await;
    desk.settle(&batch, Settlement::Partly(vec![(items[0].account, no())])).await;
    assert_eq!(desk.import(&["A"]).await, (1, 0));
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, uncertain, pending, refused");
    desk.admit(&[("anna", Leave)]).await;
    assert_eq!(desk.ready().await, ["-A"]);
}

#[tokio::test]
async fn an_identity_left_behind_is_not_believed_before_it_has_left() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("A2", 1))]).await;
    assert_eq!(desk.import(&["A"]).await, (0, 1));
    assert_eq!(desk.ready().await, ["A2"], "the old one waits for the new one");
    desk.deliver().await;
    assert_eq!(desk.account("A").await, "due gone, confirmed gone");
    assert_eq!(desk.import(&["A"]).await, (1, 0));
    assert_eq!(desk.imported().await, ["A"], "nobody has it any more: it may leave again, guarded");
    assert_eq!(desk.account("A").await, "due v0, confirmed v0");
    assert_eq!(desk.ready().await, [""; 0]);
}

#[tokio::test]
async fn what_was_left_active_by_another_sync_is_claimed_as_it_is() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    let elsewhere = "veris https://other.example acme";
    desk.store.repoint(desk.feed, elsewhere).await.unwrap();
    desk.store.repoint(desk.feed, super::REALM).await.unwrap();
    assert_eq!(desk.import(&["A"]).await, (1, 0));
    assert_eq!(
        (desk.imported().await, desk.account("A").await),
        (vec!["A".to_owned()], "due v1, confirmed v1".to_owned())
    );
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.imported().await, [""; 0]);
    assert_eq!(desk.ready().await, [""; 0], "nothing differs");
}
