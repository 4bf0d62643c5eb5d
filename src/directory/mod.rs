//! What a directory gives: entries in pages, and why somebody is missing. [`ldap`] touches the wire.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use self::changes::{Changes, Marks, Rights};
use crate::roster::{Key, Timestamp};

pub mod attribute;
pub mod changes;
pub mod dn;
mod entry;
mod group;
pub mod ldap;
mod srv;
mod together;

pub use entry::{Attributes, Entry, EntryBuilder, Slot};
pub use together::{OddOneOut, weightier};

/// What kind of server answers, which decides the default key and what "active" means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Microsoft Active Directory or Samba as a domain controller.
    ActiveDirectory,
    /// OpenLDAP's slapd.
    OpenLdap,
    /// Anything else that speaks LDAP v3.
    Generic,
}

/// How to reach a directory.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where its servers are.
    pub servers: Servers,
    /// Left out: asked of the rootDSE.
    pub kind: Option<Kind>,
    /// Who binds.
    pub bind: Bind,
    /// TLS.
    pub tls: Tls,
    /// Entries asked for per page.
    pub page_size: u32,
    /// Entries of people that a reading may ask for in a second; none: as many as the server gives.
    pub max_entries_per_second: Option<NonZeroU32>,
    /// For DNS, and then for the TCP and TLS handshakes and the bind of each server.
    pub connect_timeout: Duration,
    /// For each operation and each page.
    pub timeout: Duration,
}

/// Where a directory's servers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Servers {
    /// At `ldap://`, `ldaps://` or `ldapi://` URLs, tried in order.
    Listed(Vec<String>),
    /// Where DNS says, each time anew.
    Discovered(Domain),
}

/// An Active Directory domain whose servers DNS names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Its DNS name, without a final dot.
    pub name: String,
    /// The site whose servers come first.
    pub site: Option<String>,
    /// The name servers to ask; none: the system's.
    pub dns: Vec<SocketAddr>,
}

/// Who binds.
#[derive(Clone, Debug)]
pub enum Bind {
    /// No credentials.
    Anonymous,
    /// A DN, UPN or `CORP\name` with a password (never empty: the config refuses it).
    Simple {
        /// Who.
        dn: String,
        /// With which password.
        password: SecretString,
    },
    /// By Kerberos, with TLS below.
    Gssapi {
        /// The account with its realm.
        principal: String,
        /// The file with its key, read whenever it binds.
        keytab: PathBuf,
    },
}

impl Bind {
    /// The file that it reads its key from.
    pub fn keytab(&self) -> Option<&PathBuf> {
        match self {
            Self::Gssapi { keytab, .. } => Some(keytab),
            Self::Anonymous | Self::Simple { .. } => None,
        }
    }
}

/// TLS settings of a directory.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// A PEM file with the only authorities to trust; left out: the system's.
    pub ca: Option<PathBuf>,
    /// Upgrade an `ldap://` connection before the bind.
    pub starttls: bool,
    /// A password may cross the network in the clear.
    pub danger_allow_plaintext: bool,
    /// Any certificate is believed.
    pub danger_accept_any_certificate: bool,
}

/// One search of a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Base DN.
    pub base: String,
    /// RFC 4515 filter.
    pub filter: String,
    /// How deep.
    pub scope: Scope,
}

/// How deep a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything below the base, and the base.
    Subtree,
    /// The base's children.
    One,
    /// The base alone.
    Base,
}

/// What is asked of a directory in one reading.
#[derive(Clone, Debug)]
pub struct Query {
    /// The searches, read one after the other.
    pub searches: Vec<Search>,
    /// The attributes asked for, with their slots.
    pub attributes: std::sync::Arc<Attributes>,
    /// The key's attribute; `None`: by the directory's kind (see [`Kind::default_key`]).
    pub key: Option<String>,
    /// Filters that must find at least one entry under some base, or the reading is not complete.
    pub require: Vec<String>,
    /// How changes are learnt of; a reading of everybody then tells where the directory stood.
    pub changes: Changes,
}

impl Query {
    /// The key's attribute in a directory of this kind.
    pub fn key_attribute(&self, kind: Kind) -> &str {
        self.key.as_deref().unwrap_or(kind.default_key())
    }

    /// Who answers this query: deleted entries can be found only by a key that is left to them. That is all of them
    /// where the Recycle Bin is on, which can't be seen; without it little more than these (MS-ADTS 3.1.1.5.5.1.1).
    #[must_use]
    pub fn answered_by(&self, server: &Server) -> Server {
        let key = self.key_attribute(server.kind);
        let left = ["objectGUID", "objectSid"].iter().any(|name| name.eq_ignore_ascii_case(key));
        Server { sees_deleted: server.sees_deleted && left, ..server.clone() }
    }
}

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// A name that is the same for the same server over reconnects (AD: `dsServiceName`; else the URL).
    pub name: String,
    /// Asked, or as configured.
    pub kind: Kind,
    /// The server's clock (`currentTime` of the rootDSE), where it tells.
    pub clock: Option<Timestamp>,
    /// Whether deleted entries can be seen, so that "deleted" and "gone" differ.
    pub sees_deleted: bool,
    /// Who asks, and what they may see.
    pub rights: Rights,
}

/// A page of a reading.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The entries, in the server's order.
    pub entries: Vec<Entry>,
    /// Set on the last page of the last search, when every page's own result was success.
    pub end: Option<End>,
}

/// What is known at the end of a reading whose every page said success.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// Entries found per search, in the query's order.
    pub found: Vec<u64>,
    /// The `require` filters that found nobody.
    pub probes_missing: Vec<String>,
    /// Referrals that were not followed, deduplicated.
    pub referrals: Vec<String>,
    /// Where the directory stood before the first page, where that is wanted and told.
    pub marks: Option<Marks>,
}

/// What became of somebody who was not in a reading: looked up by key, without the sync's filter. What speaks more for
/// their being there comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sighting {
    /// Found by the sync's own search after all: the reading was not complete.
    Matches,
    /// There, but its attributes may not be read.
    Unreadable,
    /// In a base, but the filter does not match.
    Filtered,
    /// In a base, the filter does not match, and the account is disabled.
    Disabled,
    /// Elsewhere in the directory.
    Moved,
    /// A tombstone.
    Deleted,
    /// Nowhere; where the bind account cannot see tombstones, this may be `Deleted` or `Unreadable`, where it can, it is
    /// not the former unless that was long ago.
    Gone,
}

/// What the look-up of the missing found.
pub type Sightings = Vec<(Key, Sighting)>;

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ActiveDirectory => "Active Directory",
            Self::OpenLdap => "OpenLDAP",
            Self::Generic => "generic LDAP",
        })
    }
}

impl Kind {
    /// The attribute that never changes about a person, by the kind of directory.
    pub fn default_key(self) -> &'static str {
        match self {
            Self::ActiveDirectory => "objectGUID",
            Self::OpenLdap | Self::Generic => "entryUUID",
        }
    }
}
