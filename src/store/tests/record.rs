//! The record, as it is looked through for one person.

use super::Say::{Be, Leave};
use super::{Desk, REALM};
use crate::store::{Forgetting, Store};

async fn kinds(store: &mut Store, person: i64, account: Option<i64>) -> Vec<String> {
    store.story(person, account).await.unwrap().into_iter().map(|event| event.kind).collect()
}

impl Desk {
    /// The record goes on after so many lines of others.
    async fn lines(&mut self, lines: i64) {
        sqlx::query("INSERT INTO event (id, at, kind) SELECT max(id) + ?, 0, 'approved' FROM event")
            .bind(lines)
            .execute(&mut self.store.connection)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_story_is_told_however_much_is_recorded_of_others_in_between() {
    let mut desk = Desk::with(&[("anna", "A"), ("bert", "B")]).await;
    for (value, between) in [(2, 1), (3, (1 << 15) - 1), (4, 1 << 15), (5, 5 << 15)] {
        desk.lines(between).await;
        desk.admit(&[("anna", Be("A", value)), ("bert", Be("B", 1))]).await;
        desk.deliver().await;
    }
    let person = desk.store.people("anna").await.unwrap().remove(0);
    let mut told = vec!["join", "confirmed"];
    told.extend(["change", "confirmed"].repeat(4));
    assert_eq!(kinds(&mut desk.store, person.id, person.account).await, told);
    let others = desk.store.people("bert").await.unwrap().remove(0);
    assert_eq!(kinds(&mut desk.store, others.id, others.account).await, ["join", "confirmed"]);
    let trace = desk.store.trace("A").await.unwrap();
    let forgetting = Forgetting { people: vec![person.id], accounts: vec![trace.accounts[0].id], emptied: Vec::new() };
    let lines = desk.store.forget(forgetting, "ada", None, desk.now).await.unwrap();
    assert_eq!(lines, 10, "all of hers, and nobody else's");
    assert_eq!(kinds(&mut desk.store, others.id, others.account).await, ["join", "confirmed"]);
}

#[tokio::test]
async fn whoever_comes_next_is_told_nothing_of_whoever_was_last_before() {
    let mut desk = Desk::with(&[("anna", "A"), ("bert", "B")]).await;
    desk.admit(&[("anna", Leave), ("bert", Leave)]).await;
    desk.deliver().await;
    desk.store.repoint(desk.feed, REALM).await.unwrap();
    assert_eq!(desk.number("SELECT count(*) FROM person").await, 0);
    assert!(desk.number("SELECT count(person) FROM event").await > 0, "the record has their numbers");
    desk.admit(&[("cato", Be("C", 1))]).await;
    let cato = desk.store.people("cato").await.unwrap().remove(0);
    assert_eq!(kinds(&mut desk.store, cato.id, None).await, ["join"]);
}
