//! The daemon, and what every run of a sync needs: the loop that performs the engine's effects.
//!
//! [`life`] is the daemon's loop, [`shared`] what all its parts share, [`runs`] what it runs. [`agenda`] and [`schedule`] say when:
//! they know no clock. [`run`] runs one sync by its config, with or without a daemon: `perform` carries effects out with
//! `source`, `books` and `keep`. [`inquiry`] asks a target outside of any run, [`person`] everybody about one person. Everything else
//! is a way in or out: [`control`] (with [`peer`]) for the command line, [`watch`] for
//! the config's files, [`listen`] for monitoring and browsers, `notify` for whoever is told when something is wrong, [`log`], [`told`] and [`systemd`] for whoever looks after it.

pub mod agenda;
pub mod ask;
pub mod books;
pub mod clock;
pub mod control;
mod credential;
mod hand;
pub mod inquiry;
mod keep;
pub mod life;
pub mod listen;
pub mod log;
mod look;
mod notify;
pub mod peer;
mod perform;
pub mod person;
pub mod ready;
pub mod retention;
mod round;
mod run;
mod runs;
pub mod schedule;
mod shared;
mod source;
mod sources;
mod stop;
pub mod systemd;
pub mod told;
pub mod watch;

pub use notify::{Trial, try_out};
pub use perform::PerformError;
pub use run::{Order, perform};
pub use runs::DaemonError;
pub use shared::{Daemon, NoTurn};
pub use source::{Source, SourceError};
pub use sources::Sources;
pub use stop::{Stop, Stopper, Stopping};
