//! Being told to stop: the story ends, and the stage is struck all the same.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::output::Failure;

/// The signals by which somebody ends a program. They are heard from the moment this is made.
pub struct Interrupt {
    keyboard: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Interrupt {
    /// Listens from now on.
    pub fn new() -> Result<Self, Failure> {
        let listen =
            |kind| signal(kind).map_err(|error| Failure::new(format!("can't listen for being stopped: {error}")));
        Ok(Self {
            keyboard: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    /// Waits for one of them.
    pub async fn wait(&mut self) -> Failure {
        tokio::select! {
            _ = self.keyboard.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
        Failure::new("stopped; nothing is left behind")
    }
}
