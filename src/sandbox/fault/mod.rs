//! Faults that are switched on while a stand-in runs. Nothing is random: a fault fires on every request it fits, or on a
//! counted number of them.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

mod effect;
mod faults;
mod json;
mod spoil;

pub use effect::{Effect, Late, Malformed, Redirect, Then, When};
pub(super) use faults::Faults;

/// The requests of one stand-in, as its faults name them.
pub trait Target: Copy + Eq + Serialize + DeserializeOwned + 'static {
    /// Every kind of request. A fault that names none is about the first that its effect makes sense for.
    const EACH: &'static [Self];

    /// Whether a request of this kind is meant, too.
    fn covers(self, request: Self) -> bool;

    /// Whether an effect makes sense for such requests.
    fn knows(self, effect: &Effect) -> bool;
}

/// Something that goes wrong, where, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>", bound = "T: Target")]
pub struct Fault<T> {
    effect: Effect,
    target: T,
    times: Option<u64>,
    skip: u64,
}

impl<T: Target> Fault<T> {
    /// A fault of the stand-in's first kind of request that it makes sense for. It stays until it is taken away.
    pub fn new(effect: Effect) -> Self {
        let sensible = T::EACH.iter().find(|target| target.knows(&effect));
        let target = *sensible.unwrap_or(&T::EACH[0]);
        Self { effect, target, times: None, skip: 0 }
    }

    /// The same, of other requests. Where the effect makes no sense there, it never fires.
    #[must_use]
    pub fn on(mut self, target: T) -> Self {
        self.target = target;
        self
    }

    /// The same, gone after it fired so often.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// The same, sparing so many requests first.
    #[must_use]
    pub fn skip(mut self, skip: u64) -> Self {
        self.skip = skip;
        self
    }

    fn concerns(&self, request: T) -> bool {
        self.target.covers(request) && request.knows(&self.effect)
    }

    /// Whether any request can set it off.
    fn fires(&self) -> bool {
        T::EACH.iter().any(|request| self.concerns(*request))
    }
}
