//! The real program against a real slapd and the sandbox: what commands do, say, and end with.

mod asking;
mod beginning;
mod boostcom;
mod checking;
mod colours;
mod discovering;
mod holding;
mod importing;
mod init;
mod looking;
mod released;
mod several;
mod standing_in;
mod steering;
mod world;
