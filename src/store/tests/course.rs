//! A sync's last runs.

use super::{Desk, REALM, at};
use crate::engine::Tally;

#[tokio::test]
async fn the_last_runs_of_one_sync_newest_first() {
    let mut desk = Desk::new().await;
    let mut runs = vec![desk.run];
    let first = Tally { run: desk.run, kinds: [2, 1, 0, 0, 3], ..Tally::default() };
    desk.store.end_run(desk.feed, &first, at(1)).await.unwrap();
    for _ in 1..4 {
        desk.next_run(10).await;
        runs.push(desk.run);
    }
    desk.store.enrol("guests", None, REALM).await.unwrap();
    let (guests, _) = desk.store.feed("guests", None).await.unwrap().unwrap();
    desk.store.begin_run(guests.id, at(50)).await.unwrap();
    let course = desk.store.course(desk.feed, 9).await.unwrap();
    runs.reverse();
    assert_eq!(course.iter().map(|row| row.id).collect::<Vec<_>>(), runs);
    let (killed, told) = (&course[0], &course[3]);
    assert_eq!((killed.began, killed.ended, &killed.tally), (at(30), None, &None));
    assert_eq!((told.began, told.ended, &told.tally), (at(0), Some(at(1)), &Some(first)));
    let few = desk.store.course(desk.feed, 2).await.unwrap();
    assert_eq!(few.iter().map(|row| row.id).collect::<Vec<_>>(), runs[..2]);
}
