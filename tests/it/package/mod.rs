//! What an administrator installs: the packages, and the daemon under a real systemd. `tests/package` makes what these
//! tests need and runs them; Debians in containers need root.

mod clients;
mod contents;
mod documented;
mod host;
mod installing;
mod reloading;
mod rpm;
mod running;
mod surviving;
mod unit;
