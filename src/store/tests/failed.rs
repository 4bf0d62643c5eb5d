//! A target that breaks down over a batch.

use super::Say::{Be, Leave};
use super::{Desk, no};
use crate::delivery::batch::Settlement;

impl Desk {
    async fn fail(&mut self) {
        let (batch, _) = self.send().await;
        self.settle(&batch, Settlement::Failed(no())).await;
        self.next_run(60).await;
    }
}

#[tokio::test]
async fn the_third_time_in_a_row_its_members_are_refused() {
    let mut desk = Desk::with(&[("bert", "B")]).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("A", 1)), ("bert", Leave)]).await;
    desk.fail().await;
    desk.fail().await;
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, uncertain, pending");
    desk.fail().await;
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, uncertain, pending, refused");
    assert_eq!(desk.account("B").await, "due gone, confirmed v1, uncertain, pending, waits", "a leave is tried daily");
    let why: String = sqlx::query_scalar("SELECT refusal FROM account WHERE identity = 'A'")
        .fetch_one(&mut desk.store.connection)
        .await
        .unwrap();
    assert_eq!(why, "no, 3 times in a row");
    assert_eq!(desk.ready().await, [""; 0]);
}

#[tokio::test]
async fn a_success_or_other_fields_begin_anew() {
    for news in ["confirmed", "changed"] {
        let mut desk = Desk::new().await;
        desk.admit(&[("anna", Be("A", 1))]).await;
        desk.fail().await;
        desk.fail().await;
        if news == "confirmed" {
            desk.deliver().await;
        }
        desk.admit(&[("anna", Be("A", 2))]).await;
        desk.fail().await;
        desk.fail().await;
        assert_eq!(desk.ready().await, ["A"], "{news}");
        desk.fail().await;
        assert_eq!(desk.ready().await, [""; 0], "{news}");
    }
}
