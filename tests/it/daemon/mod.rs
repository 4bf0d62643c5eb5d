//! The daemon as people run it: the real program, steered by its config, signals and commands.

mod abreast;
mod commands;
mod credentials;
mod killed;
mod listening;
mod monitoring;
mod notify;
mod opening;
mod page;
mod reloading;
mod retention;
mod schedule;
mod secured;
mod stopping;
mod waits;
