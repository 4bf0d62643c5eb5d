//! What all requests work on, one after the other.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::Options;
use super::answer::Answer;
use super::input::{Ask, Hold, Turn};
use super::world::World;

/// What all requests work on. The time is read under the lock, so that it never runs backwards for the stand-ins.
pub(super) struct Shared {
    world: Mutex<World>,
    stop: CancellationToken,
}

impl Shared {
    pub(super) fn new(options: Options) -> Self {
        Self { world: Mutex::new(World::new(options)), stop: CancellationToken::new() }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.look(|_, now| now)
    }

    /// Looks at something. What happens by itself meanwhile would have happened without anybody looking, too.
    pub(super) fn look<T>(&self, look: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let mut world = self.lock();
        let now = world.clock.read(Timestamp::now());
        look(&mut world, now)
    }

    /// A request to one of the stand-ins.
    pub(super) fn ask(&self, ask: &Ask) -> Answer {
        self.look(|world, now| world.ask(ask, now))
    }

    /// Turns a knob. The error says what was wrong; nothing has changed then.
    pub(super) fn turn(&self, turn: Turn) -> Result<(), String> {
        self.look(|world, now| world.turn(turn, now))
    }

    /// Holds a request for as long as a fault wants it to.
    pub(super) async fn hold(&self, hold: Hold) {
        let span = self.look(|world, _| if world.may_hold(hold) { world.hold(hold) } else { Duration::ZERO });
        self.pause(span).await;
    }

    /// Waits, but not longer than the sandbox runs.
    pub(super) async fn pause(&self, span: Duration) {
        if !span.is_zero() {
            self.stop.run_until_cancelled(tokio::time::sleep(span)).await;
        }
    }

    pub(super) fn stop(&self) {
        self.stop.cancel();
    }

    pub(super) fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// State stays usable after a panic elsewhere: a test that failed has said so already.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
