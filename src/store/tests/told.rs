//! What receivers know is there again, and follows the clock.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;

use super::at;
use crate::notify::{Kind, Standing, Told};
use crate::roster::{Fingerprint, Now};
use crate::store::Store;

fn known(standing: Standing) -> BTreeMap<Fingerprint, Told> {
    let held = ((Kind::Held, "staff".to_owned()), standing);
    let low = Standing { told: None, gone: None, ..standing };
    let told = Told([held, ((Kind::QuotaLow, "veris".to_owned()), low)].into());
    [(Fingerprint::of(b"one"), told)].into()
}

fn moved(standing: Standing, hours: i64) -> Standing {
    let by = |at| at + SignedDuration::from_hours(hours);
    let Standing { since, seen, told, gone } = standing;
    Standing { since: by(since), seen: by(seen), told: told.map(by), gone: gone.map(by) }
}

#[tokio::test]
async fn it_is_kept_as_a_whole_and_follows_a_clock_that_is_set() {
    let mut store = Store::memory().await.unwrap();
    let standing = Standing { since: at(1), seen: at(2), told: Some(at(3)), gone: Some(at(4)) };
    let now = |hours: i64, boot: &[u8]| Now {
        wall: at(5) + SignedDuration::from_hours(hours),
        monotonic: Duration::from_mins(1),
        boot: Some(Fingerprint::of(boot)),
    };
    store.follow_clock(now(0, b"one")).await.unwrap();
    store.keep_told(&[(Fingerprint::of(b"former"), Told::default())].into()).await.unwrap();
    store.keep_told(&known(standing)).await.unwrap();
    assert_eq!(store.told().await.unwrap(), known(standing));
    store.follow_clock(now(7, b"one")).await.unwrap();
    assert_eq!(store.told().await.unwrap(), known(moved(standing, 7)));
    // After another boot nothing is yet to come.
    store.follow_clock(now(0, b"other")).await.unwrap();
    let just = at(5);
    assert_eq!(
        store.told().await.unwrap(),
        known(Standing { since: just, seen: just, told: Some(just), gone: Some(just) })
    );
    store.keep_told(&BTreeMap::new()).await.unwrap();
    assert_eq!(store.told().await.unwrap(), BTreeMap::new());
}
