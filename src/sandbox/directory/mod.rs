//! An embedded LDAP server with the manners of Active Directory or slapd, which misbehaves on demand.
//!
//! Everything but `face` is plain state: a tree of entries, a request in, a reply out. Changes are made through
//! [`Directory`], not over LDAP. Linked attributes are not kept up: `member` and `memberOf` are data like any other.

use std::io;
use std::net::SocketAddr;

use jiff::SignedDuration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

mod bind;
mod codec;
mod dn;
mod entry;
mod face;
mod faults;
mod filter;
mod generated;
mod needle;
mod options;
mod root_dse;
mod search;
mod seen;
mod session;
#[cfg(test)]
mod tests;
mod tree;
mod wanted;
mod wire;

pub use entry::{Attribute, Entry};
pub use faults::{Act, At, Times};
pub use ldap3_proto::LdapResultCode as ResultCode;
pub use options::{Account, Flavour, Options, Standing};
pub use seen::Seen;
pub use tree::Refusal;

use face::Shared;
use session::World;

/// The people of an invented company, as LDIF: what `rosterd demo` serves.
pub const DEMO: &str = include_str!("../../../examples/demo.ldif");

/// A running server. It stops when dropped.
#[derive(Debug)]
pub struct Directory {
    world: Shared,
    address: SocketAddr,
    hang_up: watch::Sender<()>,
    server: JoinHandle<()>,
}

impl Directory {
    /// Starts a server; port 0 takes a free one.
    pub async fn start(listen: SocketAddr, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let world = Shared::new(World {
            tree: tree::Tree::new(&options),
            options,
            faults: faults::Faults::default(),
            skew: SignedDuration::ZERO,
            seen: Seen::default(),
        });
        let (hang_up, hung_up) = watch::channel(());
        let server = tokio::spawn(face::serve(listener, world.clone(), hung_up));
        Ok(Self { world, address, hang_up, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as clients want it.
    pub fn url(&self) -> String {
        format!("ldap://{}", self.address)
    }

    /// Stops it: when this returns, its port is closed and all connections are.
    pub async fn stop(self) {
        let Self { world: _, address: _, hang_up, server } = self;
        drop(hang_up);
        // It can only have ended; that it panicked was on stderr.
        drop(server.await);
    }

    /// Ends the connections there are, as a server does that restarts.
    pub fn hang_up(&self) {
        self.hang_up.send_replace(());
    }

    /// Adds an entry, and those above it that are missing.
    pub fn add(&self, entry: Entry) -> Result<(), Refusal> {
        self.world.lock().tree.add(entry)
    }

    /// Adds the entries of an LDIF text and says how many they were. Those before a faulty one stay.
    pub fn load(&self, ldif: &str) -> Result<usize, Refusal> {
        let records = super::ldif::read(ldif)?;
        let count = records.len();
        let mut world = self.world.lock();
        records.into_iter().try_for_each(|record| world.tree.add(record.into()))?;
        Ok(count)
    }

    /// Replaces an attribute's values; none of them removes it.
    pub fn modify<V: Into<Vec<u8>>>(
        &self,
        dn: &str,
        attribute: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Result<(), Refusal> {
        let values = values.into_iter().map(Into::into).collect();
        self.world.lock().tree.modify(dn, attribute, values)
    }

    /// Removes an attribute.
    pub fn clear(&self, dn: &str, attribute: &str) -> Result<(), Refusal> {
        self.world.lock().tree.modify(dn, attribute, Vec::new())
    }

    /// Gives an entry and all below it another name, and with that perhaps another place.
    pub fn rename(&self, dn: &str, new_dn: &str) -> Result<(), Refusal> {
        self.world.lock().tree.rename(dn, new_dn)
    }

    /// Deletes an entry and all below it; Active Directory keeps tombstones.
    pub fn delete(&self, dn: &str) -> Result<(), Refusal> {
        self.world.lock().tree.delete(dn)
    }

    /// An entry as it is, whoever may read it.
    pub fn get(&self, dn: &str) -> Option<Entry> {
        self.world.lock().tree.get(dn).cloned()
    }

    /// How many entries there are, people and others, the deleted ones not counted.
    pub fn count(&self) -> usize {
        self.world.lock().tree.count()
    }

    /// What it was asked so far.
    pub fn seen(&self) -> Seen {
        self.world.lock().seen
    }

    /// Changes how it is set up; its flavour and root stay what they were at the start.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        let mut world = self.world.lock();
        let (flavour, root) = (world.options.flavour, world.options.root.clone());
        change(&mut world.options);
        (world.options.flavour, world.options.root) = (flavour, root);
    }

    /// Sets how far its clock is ahead.
    pub fn skew(&self, ahead: SignedDuration) {
        self.world.lock().skew = ahead;
    }

    /// Lets something go wrong.
    pub fn fault(&self, at: At, act: Act, times: Times) {
        self.world.lock().faults.plant(at, act, times);
    }

    /// Leaves an entry out of searches that read many, though it matches, as a server does whose index lags. It is
    /// still found by its name or an identifying value.
    pub fn lag(&self, dn: &str) {
        self.world.lock().faults.lag(dn);
    }

    /// Makes attributes of an entry unreadable, for returning and for matching; `*` is all but what says that
    /// something is there.
    pub fn hide(&self, dn: &str, attributes: &[&str]) {
        self.world.lock().faults.hide(dn, attributes);
    }

    /// Ends all faults, lags and hidings.
    pub fn heal(&self) {
        self.world.lock().faults = faults::Faults::default();
    }
}
