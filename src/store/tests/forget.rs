//! Somebody who is gone is forgotten; others are not.

use super::Say::{Be, Leave};
use super::{Desk, at};
use crate::store::{Forgetting, Trace};

const NAMED: &str = "SELECT count(*) FROM event WHERE person IS NOT NULL OR account IS NOT NULL OR detail IS NOT NULL";

impl Desk {
    async fn trace(&mut self, who: &str) -> Trace {
        self.store.trace(who).await.unwrap()
    }

    /// All that is known by a name, without what others have, too.
    async fn forget(&mut self, who: &str) -> u64 {
        let Trace { people, accounts } = self.trace(who).await;
        let forgetting = Forgetting {
            people: people.iter().map(|person| person.id).collect(),
            accounts: accounts.iter().filter(|account| !account.shared).map(|account| account.id).collect(),
            emptied: Vec::new(),
        };
        self.store.forget(forgetting, "ada", Some("asked"), at(9)).await.unwrap()
    }
}

#[tokio::test]
async fn nothing_says_whom_the_record_is_about() {
    let mut desk = Desk::with(&[("anna", "A+7")]).await;
    desk.admit(&[("anna", Leave)]).await;
    let trace = desk.trace("a").await;
    assert_eq!((trace.people[0].active, trace.people[0].found, trace.accounts[0].pending), (false, true, true));
    desk.deliver().await;
    let trace = desk.trace("ANNA").await;
    let account = &trace.accounts[0];
    assert_eq!(
        (account.pending, account.gone, account.there, account.holds.as_deref()),
        (false, true, true, Some("msisdn"))
    );
    assert_eq!(desk.number(NAMED).await, 4);
    assert_eq!(desk.forget("anna").await, 4);
    assert_eq!(
        desk.number("SELECT count(*) FROM event WHERE person IS NULL AND account IS NULL AND detail IS NULL").await,
        4
    );
    assert_eq!(
        desk.number("SELECT count(*) FROM event WHERE kind = 'forgotten' AND detail = 'by ada: asked'").await,
        1
    );
    assert_eq!(desk.number("SELECT (SELECT count(*) FROM account) + (SELECT count(*) FROM person)").await, 0);
    assert_eq!(desk.number("SELECT count(*) FROM holding").await, 0);
    assert_eq!(desk.trace("anna").await, Trace::default());
}

#[tokio::test]
async fn of_an_account_that_is_to_stay_no_value_does() {
    let mut desk = Desk::with(&[("anna", "A+7")]).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.deliver().await;
    let trace = desk.trace("anna").await;
    let emptied = vec![trace.accounts[0].id];
    let people = vec![trace.people[0].id];
    desk.store.forget(Forgetting { people, emptied, ..Forgetting::default() }, "ada", None, at(9)).await.unwrap();
    assert_eq!(
        desk.number("SELECT count(*) FROM account WHERE body = '{}' AND emptied = 1 AND id NOT IN (SELECT account FROM confirmed)").await,
        1
    );
    assert_eq!(desk.number("SELECT count(*) FROM holding WHERE confirmed = 1").await, 1);
    assert_eq!(desk.number(NAMED).await, 1, "who asked for it");
}

#[tokio::test]
async fn what_somebody_else_took_over_is_theirs() {
    let mut desk = Desk::with(&[("anna", "A"), ("bert", "B")]).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.deliver().await;
    desk.admit(&[("dora", Be("A", 2))]).await;
    desk.deliver().await;
    let trace = desk.trace("anna").await;
    assert_eq!((trace.people.len(), trace.accounts[0].shared), (1, true));
    assert_eq!(desk.trace("A").await.people.len(), 2, "by the identity both are meant");
    desk.forget("anna").await;
    assert_eq!(desk.account("A").await, "due v2, confirmed v2");
    assert_eq!(desk.number("SELECT count(person) FROM event").await, 2, "bert's and dora's");
    assert_eq!(
        desk.number("SELECT count(*) FROM event e JOIN person p ON p.id = e.person WHERE key = 'dora'").await,
        1
    );
}

#[tokio::test]
async fn an_identity_left_behind_is_known_by_whoever_left_it() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("B", 1))]).await;
    desk.deliver().await;
    desk.admit(&[("anna", Leave)]).await;
    desk.deliver().await;
    let trace = desk.trace("anna").await;
    let identities: Vec<_> = trace.accounts.iter().map(|account| account.identity.as_str()).collect();
    assert_eq!(identities, ["A", "B"]);
    desk.forget("anna").await;
    assert_eq!(desk.number("SELECT count(*) FROM account").await, 0);
}
