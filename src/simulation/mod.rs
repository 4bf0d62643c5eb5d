//! Bad weeks by the hundred: the real engine, plan and store against a company that never rests, a directory that
//! fails, a target that loses answers, a clock that is moved and crashes. `docs/testing.md` says what must hold.

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

mod clock;
mod commands;
mod company;
pub mod directory;
mod ending;
mod faults;
mod history;
mod imports;
mod invariants;
mod ledger;
mod mishap;
mod oracle;
mod perform;
mod planted;
mod random;
mod renames;
mod settling;
mod setup;
mod shrink;
pub mod target;
mod world;

use crate::store::Store;
use planted::Bug;
use random::Random;
use world::World;

/// How many histories the suite lives through; `ROSTERD_SEEDS=from..to` names others.
const SEEDS: Range<u64> = 0..200;

/// A history that ended badly.
#[derive(Debug)]
struct Failure {
    why: String,
    log: Vec<String>,
}

/// The steps of a history.
fn steps(seed: u64) -> Vec<u64> {
    (1..=20 + seed % 21).collect()
}

/// Where histories are lived through, one after the other.
struct Scene {
    /// Making a store takes longer than emptying it.
    spare: Option<Store>,
}

impl Scene {
    fn new() -> Self {
        Self { spare: None }
    }

    /// Lives through these steps of a history, and its end.
    fn live(&mut self, seed: u64, steps: &[u64], planted: Option<Bug>) -> Result<(), Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let spare = self.spare.take();
        let over = Mutex::new(None);
        let ended = catch_unwind(AssertUnwindSafe(|| {
            runtime.block_on(async {
                let mut world = World::new(empty(spare).await, &mut Random::new(seed, 0)).await;
                if let Some(bug) = planted {
                    bug.plant(&mut world).await;
                }
                let ended = through(&mut world, seed, steps).await;
                *over.lock().unwrap() = Some((world.store, world.log));
                ended
            })
        }));
        let (store, log) = over.into_inner().unwrap().unzip();
        // What is planted in a store stays there.
        self.spare = store.filter(|_| planted.is_none());
        match ended {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => Err(Failure { why, log: log.unwrap_or_default() }),
            Err(_) => Err(Failure { why: "it panicked".to_owned(), log: log.unwrap_or_default() }),
        }
    }
}

async fn empty(spare: Option<Store>) -> Store {
    let Some(mut store) = spare else { return Store::memory().await.unwrap() };
    store.probe_empty().await.unwrap();
    store
}

async fn through(world: &mut World, seed: u64, steps: &[u64]) -> Result<(), String> {
    for step in steps {
        history::step(world, &mut Random::new(seed, *step)).await?;
    }
    ending::settle(world, &mut Random::new(seed, u64::MAX)).await
}

/// The first of these histories that fails. Seeds are handed out in order, to every core, so that those before it are
/// known to be fine.
fn search(seeds: Range<u64>, planted: Option<Bug>) -> Option<(u64, Failure)> {
    let (next, failed) = (AtomicU64::new(seeds.start), Mutex::new(BTreeMap::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut scene = Scene::new();
                while failed.lock().unwrap().is_empty() {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    if let Err(failure) = scene.live(seed, &steps(seed), planted) {
                        failed.lock().unwrap().insert(seed, failure);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap().pop_first()
}

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("ROSTERD_SEEDS") else { return SEEDS };
    let (from, to) = text.split_once("..").expect("ROSTERD_SEEDS=from..to");
    from.parse().unwrap()..to.parse().unwrap()
}

#[test]
fn whatever_happens_the_target_ends_as_the_directory_says() {
    if let Some((seed, failure)) = search(seeds(), None) {
        let (steps, failure) = shrink::shrink(seed, steps(seed), failure);
        panic!("{}\n{}\nseed {seed}, steps {steps:?}", failure.log.join("\n"), failure.why);
    }
}
