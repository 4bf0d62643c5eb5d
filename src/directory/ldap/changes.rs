//! Stub: being built.
use super::Error;
use super::connection::Connection;
use super::root_dse::RootDse;
use crate::directory::changes::{Changed, Mark, Way, Whom};
use crate::directory::{Entry, Query};

/// How a server tells what changed, and why not otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// `None`: not at all.
    pub way: Option<Way>,
    /// Why this one and no better, in words.
    pub why: String,
}

pub(super) async fn way(_: &mut Connection, _: &RootDse, _: &Query) -> Result<Told, Error> {
    Ok(Told { way: None, why: "not built yet".to_owned() })
}

pub(super) async fn changed(_: &mut Connection, _: &RootDse, _: &Query, _: &Mark, _: u32) -> Result<Changed, Error> {
    Ok(Changed::Unknown("not built yet".to_owned()))
}

pub(super) async fn fetch(_: &mut Connection, _: &RootDse, _: &Query, _: &Whom, _: u32) -> Result<Vec<Entry>, Error> {
    Ok(Vec::new())
}

pub(super) async fn dates(
    _: &mut Connection,
    _: &RootDse,
    _: &Query,
    _: &[crate::roster::Key],
) -> Result<Vec<(crate::roster::Key, crate::roster::Timestamp)>, Error> {
    Ok(Vec::new())
}
