//! How long leaves took: since when, until when, and which of them count.

mod began;
mod ended;
mod figures;

use super::Say::Leave;
use super::{Desk, at};

const DAY: i64 = 24 * 60;

impl Desk {
    /// What is admitted from now on the directory changed at this minute.
    fn changed(&mut self, minute: i64) {
        self.changed_at = Some(at(minute));
    }

    /// What status says, in minutes: how long leaves took, and since when the oldest undelivered is under way.
    async fn told(&mut self) -> String {
        let row = self.store.feed_row(self.feed, self.now).await.unwrap();
        let mut told = row.latency.map_or("none".to_owned(), |took| {
            format!("{}: {}, {}", took.leaves, took.median.as_secs() / 60, took.worst.as_secs() / 60)
        });
        if let Some(since) = row.overdue_since {
            told.push_str(&format!("; since {}", since.duration_since(at(0)).as_mins()));
        }
        told
    }

    /// Accounts that remember that they are leaving.
    async fn leaving(&mut self) -> i64 {
        self.number("SELECT count(*) FROM account WHERE leaving_since IS NOT NULL OR leaving_feed IS NOT NULL").await
    }
}

/// Anna left the directory at minute 5, and that was admitted at minute 10.
async fn leaving() -> Desk {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.changed(5);
    desk.next_run(10).await;
    desk.admit(&[("anna", Leave)]).await;
    desk
}
