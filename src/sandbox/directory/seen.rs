//! What a server has been asked, counted.

use super::faults::At;

/// What a server has been asked, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Connections made.
    pub connections: u64,
    /// Binds tried.
    pub binds: u64,
    /// Binds that did not succeed.
    pub refused_binds: u64,
    /// Readings of the rootDSE.
    pub root_dse: u64,
    /// Searches that read many: first pages.
    pub readings: u64,
    /// All pages of those.
    pub pages: u64,
    /// Searches for somebody.
    pub look_ups: u64,
}

impl Seen {
    pub(super) fn count(&mut self, at: At) {
        match at {
            At::Connect => self.connections += 1,
            At::Bind => self.binds += 1,
            At::RootDse => self.root_dse += 1,
            At::LookUp => self.look_ups += 1,
            At::Page(page) => {
                self.pages += 1;
                self.readings += u64::from(page == 1);
            }
        }
    }
}
