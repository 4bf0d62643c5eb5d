//! Runs that read only whoever may have changed.

use std::time::Duration;

use super::{Tally, World, kinds, text};
use crate::directory::Sighting;
use crate::directory::changes::{Changed, Changes, Delta, Mark, Marks, Position};
use crate::engine::Reach;
use crate::plan::Limit;
use crate::roster::Fingerprint;
use crate::simulation::directory::handle;

fn marks(highest: u64) -> Marks {
    let position = Position::Usn { invocation: "one".to_owned(), highest };
    Marks::new(vec![Mark { position, groups: None, places: None }])
}

/// The directory names these, and stands there now.
fn since(touched: &[&str], highest: u64) -> Changed {
    let mut touched: Vec<_> = touched.iter().map(|key| handle(key)).collect();
    touched.sort_unstable();
    Changed::Since(Delta { touched, marks: marks(highest), ..Delta::default() })
}

impl World {
    /// Everybody was read when the directory stood at 1.
    async fn marked(people: &[&'static str]) -> Self {
        let mut world = Self::of(people).await;
        world.job.changes = Changes::Auto;
        world.directory.marks = Some(marks(1));
        let tally = world.run().await;
        assert_eq!((tally.delta, text(tally.everybody.as_ref())), (false, "it is the first reading"));
        world.later(1);
        world
    }

    async fn mark(&mut self) -> Option<Marks> {
        let (feed, _) = self.store.feed("staff", None).await.unwrap().unwrap();
        feed.marked.map(|marked| marked.marks)
    }

    /// A run that reads everybody, and why.
    async fn read_whole(&mut self) -> String {
        let tally = self.run().await;
        assert!(!tally.delta);
        assert_eq!(tally.failed, None);
        tally.everybody.unwrap()
    }
}

fn looked_at(tally: &Tally) -> (bool, u64) {
    (tally.delta, tally.entries)
}

#[tokio::test]
async fn only_those_who_may_have_changed_are_read() {
    let mut world = World::marked(&["anna", "berit", "cato", "dora"]).await;
    world.person("anna").disable();
    world.person("berit").set("title", "Manager");
    // Nobody named her: only a reading of everybody would find this.
    world.person("dora").set("title", "Manager");
    world.person("emil");
    world.changed = since(&["anna", "berit", "cato", "emil", "printer"], 2);
    let tally = world.run().await;
    assert_eq!((looked_at(&tally), kinds(&tally), tally.unchanged), ((true, 4), [1, 0, 0, 1, 1], 1));
    assert_eq!(
        world.members(),
        [
            "E-anna in_active Clerk",
            "E-berit active Manager",
            "E-cato active Clerk",
            "E-dora active Clerk",
            "E-emil active Clerk"
        ]
    );
    assert_eq!(world.mark().await, Some(marks(2)));

    world.job.reach = Reach::Everybody;
    assert_eq!(world.read_whole().await, "it was asked for");
    assert!(world.members().contains(&"E-dora active Manager".to_owned()));
}

#[tokio::test]
async fn whoever_is_named_and_not_found_is_looked_for() {
    let mut world = World::marked(&["anna", "berit", "cato"]).await;
    for (key, sighting) in [("anna", Sighting::Deleted), ("berit", Sighting::Unreadable)] {
        world.directory.remove(key);
        world.directory.sightings.insert(key.to_owned(), sighting);
    }
    world.changed = since(&["anna", "berit"], 2);
    let tally = world.run().await;
    assert_eq!((kinds(&tally), tally.held), ([1, 0, 0, 0, 0], 1));
    // What is held is looked at again, though nobody names it, and stays held.
    world.changed = since(&[], 3);
    let tally = world.run().await;
    assert_eq!((looked_at(&tally), kinds(&tally), tally.held), ((true, 0), [0; 5], 1));
}

#[tokio::test]
async fn nothing_changed_is_no_work() {
    let mut world = World::marked(&["anna", "berit"]).await;
    world.changed = since(&[], 5);
    let effects = world.run_for(usize::MAX).await.effects;
    assert_eq!(world.mark().await, Some(marks(5)));
    assert!(effects < 12, "{effects}");
    // A mark that did not move is not written.
    assert!(world.run_for(usize::MAX).await.effects < effects);
    // Of runs to which nothing came the last one is kept.
    assert_eq!(world.store.runs(None, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn those_who_wait_for_something_are_looked_at_by_every_run() {
    let mut world = World::marked(&["anna", "berit", "cato"]).await;
    let expires = (world.now.as_second() + 90 + 11_644_473_600) * 10_000_000;
    world.person("anna").set("accountExpires", &expires.to_string());
    world.person("berit").without("title");
    world.changed = since(&["anna", "berit"], 2);
    assert_eq!(looked_at(&world.run().await), (true, 2));
    world.changed = since(&[], 3);
    world.later(1);
    // Nothing but her entry makes berit valid, and that is named then.
    let tally = world.run().await;
    assert_eq!((looked_at(&tally), kinds(&tally)), ((true, 0), [0; 5]));
    world.later(1);
    let tally = world.run().await;
    assert_eq!(
        (tally.delta, kinds(&tally)),
        (true, [1, 0, 0, 0, 0]),
        "she expired, and nothing in the directory changed"
    );
}

#[tokio::test]
async fn who_is_not_present_is_missing() {
    let mut world = World::marked(&["anna", "berit", "cato"]).await;
    world.directory.remove("anna");
    world.person("emil");
    let delta = Delta {
        touched: vec![handle("emil")],
        present: Some(vec![handle("cato"), handle("berit")]),
        marks: marks(2),
        ..Delta::default()
    };
    let mut sorted = delta.clone();
    sorted.present.as_mut().unwrap().sort_unstable();
    world.changed = Changed::Since(sorted);
    let tally = world.run().await;
    assert_eq!((looked_at(&tally), kinds(&tally)), ((true, 1), [1, 0, 0, 0, 1]));
}

#[tokio::test]
async fn the_mark_moves_only_with_what_it_brought() {
    let mut world = World::marked(&["anna", "berit", "cato"]).await;
    world.directory.remove("anna");
    world.changed = since(&["anna"], 2);
    world.directory.look_up_fails = true;
    assert_eq!(text(world.run().await.failed.as_ref()), "the look-up was not answered");
    world.directory.look_up_fails = false;
    let missing = Delta { probes_missing: vec!["(uid=canary)".to_owned()], marks: marks(2), ..Delta::default() };
    world.changed = Changed::Since(missing);
    assert!(text(world.run().await.failed.as_ref()).contains("`require` found nobody for (uid=canary)"));
    assert_eq!(world.mark().await, Some(marks(1)));

    // Nor does it in a run that crashes at any point.
    world.changed = since(&["anna"], 2);
    for most in 1.. {
        if world.run_for(most).await.outcome.is_some() {
            break;
        }
        let left = world.members().contains(&"E-anna in_active Clerk".to_owned());
        assert!(!left || world.mark().await == Some(marks(2)));
    }
    assert_eq!(world.mark().await, Some(marks(2)));
    assert!(world.members().contains(&"E-anna in_active Clerk".to_owned()));
}

#[tokio::test]
async fn everybody_is_read_when_changes_would_not_do() {
    let mut world = World::marked(&["anna", "berit", "cato"]).await;
    world.changed = Changed::Unknown("the cookie is too old".to_owned());
    assert_eq!(world.read_whole().await, "the cookie is too old");
    world.changed = since(&[], 2);
    world.later(24 * 60);
    assert_eq!(world.read_whole().await, "`full_reading` is due");
    world.directory.server.name = "dc2".to_owned();
    assert_eq!(world.read_whole().await, "another server answers than before");
    world.directory.server.rights = Fingerprint::of(b"another account");
    assert_eq!(world.read_whole().await, "the bind account, what it may see, or `changes` is another");
    world.job.rules = Fingerprint::of(b"others");
    assert_eq!(world.read_whole().await, "search, key, mapping or identity changed");
    assert!(world.run().await.delta);
    world.directory.marks = None;
    world.job.full_reading = Duration::ZERO;
    assert_eq!(world.read_whole().await, "`full_reading` is due");
    world.job.full_reading = Duration::from_hours(24);
    assert_eq!(world.read_whole().await, "the directory did not tell where it stood (why: rosterd check)");
    world.job.changes = Changes::Full;
    assert_eq!(world.run().await.everybody, None);
}

#[tokio::test]
async fn a_token_a_quarter_of_an_hour_at_any_schedule() {
    for seconds in [10, 97, 15 * 60] {
        let mut world = World::marked(&["anna", "berit"]).await;
        world.job.limits.change = Limit { count: None, percent: 1_000_000 };
        world.job.destination = std::sync::Arc::new(super::veris("secret", crate::destination::veris::QUOTA));
        let until = world.now + Duration::from_hours(if seconds == 10 { 2 } else { 24 });
        for tick in 2.. {
            world.now += Duration::from_secs(seconds);
            if world.now >= until {
                break;
            }
            world.person("anna").set("title", &format!("Clerk {tick}"));
            world.changed = since(&["anna"], tick);
            assert_eq!(world.run().await.confirmed, 1);
        }
        let asked = &world.target.asked;
        assert!(asked.len() <= 96 && asked.is_sorted_by(|one, next| next.duration_since(*one).as_mins() >= 15));
    }
}
