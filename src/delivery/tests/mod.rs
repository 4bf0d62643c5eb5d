//! The tables of delivery, and what holds of every next step.

use crate::roster::Timestamp;

mod batch;
mod drift;
mod next;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}
