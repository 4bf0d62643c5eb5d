//! A history that fails is made shorter for as long as it fails. Every step has a chance of its own, so that the others
//! stay what they were.

use super::{Failure, Scene};

/// The fewest steps found that still fail.
pub fn shrink(seed: u64, mut steps: Vec<u64>, mut failure: Failure) -> (Vec<u64>, Failure) {
    let mut scene = Scene::new();
    let mut portion = steps.len().div_ceil(2);
    while portion > 0 {
        let mut at = 0;
        while at < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(at..steps.len().min(at + portion));
            match scene.live(seed, &fewer, None) {
                Err(other) => (steps, failure) = (fewer, other),
                Ok(()) => at += portion,
            }
        }
        portion /= 2;
    }
    (steps, failure)
}
