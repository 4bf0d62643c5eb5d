//! What admission records of people, and what a reading finds again.

use super::Say::{Be, Invalid, Leave, Protected};
use super::{Desk, REALM, at};
use crate::directory::changes::Handle;
use crate::engine::Tally;
use crate::plan::Verdict;
use crate::roster::Key;

#[tokio::test]
async fn only_settled_judgements_are_remembered() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.admit(&[("anna", Invalid), ("berit", Protected), ("cato", Be("C", 1)), ("dora", Leave)]).await;
    let known = desk.store.known(desk.feed).await.unwrap();
    let doubted = |key: &str| known.is_doubted(&Key::new(key)).unwrap();
    let of = |key: &str| known.find(&Key::new(key)).unwrap();
    assert!(doubted("anna"), "invalid people are judged again");
    assert!(doubted("berit"), "and held ones");
    assert!(of("berit").protected && of("berit").active);
    assert!(!doubted("cato") && of("cato").active);
    assert!(!doubted("dora") && !of("dora").claims);
}

#[tokio::test]
async fn whoever_keeps_their_account_may_have_another_handle() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    for (version, told, kept) in [(2, Some(1), 1), (3, Some(2), 2), (4, None, 2)] {
        desk.handle = told.map(|byte| Handle::new([byte; 16]));
        desk.admit(&[("anna", Be("A", version))]).await;
        let row = "SELECT handle FROM person WHERE key = 'anna'";
        let handle: Vec<u8> = sqlx::query_scalar(row).fetch_one(&mut desk.store.connection).await.unwrap();
        assert_eq!(handle, [kept; 16]);
        let theirs =
            "SELECT count(*) FROM event e JOIN person p ON p.id = e.person WHERE p.key = 'anna' AND kind = 'change'";
        assert_eq!(desk.number(theirs).await, i64::from(version) - 1);
    }
}

#[tokio::test]
async fn of_a_change_it_is_recorded_which_fields_it_is_in_and_not_what_they_say() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B"), ("cato", "C")]).await;
    desk.deliver().await;
    // As it was due already; otherwise; under another identity; and back.
    desk.admit(&[("anna", Be("A", 1)), ("berit", Be("B", 2)), ("cato", Be("D", 3)), ("dora", Be("E", 1))]).await;
    desk.admit(&[("anna", Leave), ("berit", Be("B", 3))]).await;
    desk.deliver().await;
    desk.admit(&[("anna", Be("A", 4)), ("berit", Be("B", 4))]).await;
    let told =
        "SELECT p.key || ' ' || e.kind || coalesce(' ' || e.detail, '') FROM event e JOIN person p ON p.id = e.person
                WHERE e.batch IS NULL AND e.kind <> 'join' ORDER BY p.key, e.id";
    let told: Vec<String> = sqlx::query_scalar(told).fetch_all(&mut desk.store.connection).await.unwrap();
    assert_eq!(
        told,
        ["anna leave", "anna return", "berit change v", "berit change v", "berit change v", "cato identity"]
    );
}

#[tokio::test]
async fn newly_invalid_are_counted_once() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    assert_eq!(desk.admit(&[("anna", Invalid), ("berit", Invalid)]).await, 2);
    assert_eq!(desk.admit(&[("anna", Invalid), ("berit", Invalid)]).await, 0);
    assert_eq!(desk.admit(&[("anna", Be("A", 1)), ("berit", Invalid)]).await, 0);
    assert_eq!(desk.admit(&[("anna", Invalid), ("cato", Be("C", 1)), ("dora", Be("C", 1))]).await, 3);
    assert_eq!(desk.plan.rulings[1].verdict, Verdict::Disputed);
}

#[tokio::test]
async fn a_sync_keeps_its_people_under_a_new_name() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.store.enrol("employees", Some("staff"), REALM).await.unwrap();
    let (feed, realm) = desk.store.feed("employees", Some("staff")).await.unwrap().unwrap();
    assert_eq!((feed.id, realm.as_str()), (desk.feed, REALM));
    assert_eq!(desk.store.known(feed.id).await.unwrap().len(), 1);
    assert!(desk.store.feed("staff", None).await.unwrap().is_none());
    // Again changes nothing, and a new sync under the old name is another one.
    desk.store.enrol("employees", Some("staff"), REALM).await.unwrap();
    desk.store.enrol("staff", None, REALM).await.unwrap();
    let (other, _) = desk.store.feed("staff", None).await.unwrap().unwrap();
    assert_ne!(other.id, feed.id);
    desk.store.enrol("employees", Some("staff"), REALM).await.unwrap();
    assert_eq!(desk.store.feed("employees", Some("staff")).await.unwrap().unwrap().0.id, feed.id);
}

#[tokio::test]
async fn a_sync_does_not_move_to_another_target_by_itself() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.store.enrol("staff", None, "veris elsewhere").await.unwrap();
    assert_eq!(desk.store.feed("staff", None).await.unwrap().unwrap().1, REALM);
}

#[tokio::test]
async fn onboarded_once_everybody_was_delivered() {
    let mut desk = Desk::new().await;
    let tally = |run| Tally { run, ..Tally::default() };
    let onboarded = async |desk: &mut Desk| {
        desk.store.end_run(desk.feed, &tally(desk.run), desk.now).await.unwrap();
        desk.store.feed("staff", None).await.unwrap().unwrap().0.onboarded
    };
    assert!(!onboarded(&mut desk).await, "nobody was read yet");
    desk.admit(&[("anna", Be("A", 1)), ("berit", Be("B", 1))]).await;
    let batch = desk.claim(1).await.unwrap();
    desk.store.mark_sent(batch.id, at(0)).await.unwrap();
    desk.settle(&batch, crate::delivery::batch::Settlement::Confirmed(vec![])).await;
    assert!(!onboarded(&mut desk).await, "Berit is missing");
    desk.deliver().await;
    assert!(onboarded(&mut desk).await);
    desk.admit(&[("cato", Be("C", 1))]).await;
    assert!(onboarded(&mut desk).await, "for good");
}

#[tokio::test]
async fn a_reading_that_was_not_admitted_leaves_nothing_behind() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.question(&[("anna", Leave), ("berit", Be("B", 1))]).await;
    let question = desk.question(&[("anna", Be("A", 1))]).await;
    assert_eq!(question.observed.len(), 1);
    assert_eq!(desk.store.known(desk.feed).await.unwrap().len(), 1);
    assert_eq!(desk.claim(500).await, None);
}
