//! What all requests work on, one after the other.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::Options;
use super::answer::Answer;
use super::folder::{Entry, Folder, Input, Journal, Line};
use super::input::{Ask, Hold, Turn};
use super::world::World;

/// What all requests work on. The time is read under the lock, so that it never runs backwards for the stand-ins.
pub(super) struct Shared {
    kept: Mutex<Kept>,
    stop: CancellationToken,
}

/// The stand-ins, and where what is put in is written down, if anywhere.
struct Kept {
    world: World,
    journal: Option<Journal>,
}

impl Kept {
    fn write(&mut self, input: Entry<'_>, at: Timestamp) -> Result<(), String> {
        let written = self.journal.as_mut().map_or(Ok(()), |journal| journal.write(input, at));
        written.map_err(|error| unkept(&error))
    }
}

fn unkept(error: &io::Error) -> String {
    format!("the sandbox's state can't be written: {error}")
}

impl Shared {
    pub(super) fn new(options: Options) -> Self {
        Self::of(Kept { world: World::new(options), journal: None })
    }

    /// As it was when the folder was last used.
    pub(super) fn resumed(options: Options, folder: Folder) -> Self {
        let Folder { journal, lines } = folder;
        let mut world = World::new(options);
        for Line { at, input } in lines {
            world.clock.pass(at);
            match input {
                Input::Ask(ask) => drop(world.ask(&ask, at)),
                Input::Hold(hold) => drop(world.hold(hold)),
                // Whoever turned it was told what was wrong, if anything was.
                Input::Turn(turn) => drop(world.turn(turn, at)),
            }
        }
        Self::of(Kept { world, journal: Some(journal) })
    }

    fn of(kept: Kept) -> Self {
        Self { kept: Mutex::new(kept), stop: CancellationToken::new() }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.look(|_, now| now)
    }

    /// Looks at something. What happens by itself meanwhile would have happened without anybody looking, too.
    pub(super) fn look<T>(&self, look: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        self.enter(|kept, now| look(&mut kept.world, now))
    }

    /// A request to one of the stand-ins. It has not happened when it can't be written down.
    pub(super) fn ask(&self, ask: &Ask) -> Answer {
        self.enter(|kept, now| match kept.write(Entry::Ask(ask), now) {
            Ok(()) => kept.world.ask(ask, now),
            Err(error) => Answer::error(500, &error),
        })
    }

    /// Turns a knob. The error says what was wrong; nothing has changed then.
    pub(super) fn turn(&self, turn: Turn) -> Result<(), String> {
        self.enter(|kept, now| {
            match (&turn, &mut kept.journal) {
                (Turn::Reset, Some(journal)) => journal.clear().map_err(|error| unkept(&error))?,
                _ => kept.write(Entry::Turn(&turn), now)?,
            }
            kept.world.turn(turn, now)
        })
    }

    /// Holds a request for as long as a fault wants it to.
    pub(super) async fn hold(&self, hold: Hold) {
        let held = self.enter(|kept, now| {
            // Most requests meet no fault at all: they leave no line for nothing.
            let may = kept.world.may_hold(hold) && kept.write(Entry::Hold(hold), now).is_ok();
            if may { kept.world.hold(hold) } else { Duration::ZERO }
        });
        self.pause(held).await;
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
    fn enter<T>(&self, act: impl FnOnce(&mut Kept, Timestamp) -> T) -> T {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let now = kept.world.clock.read(Timestamp::now());
        act(&mut kept, now)
    }
}
