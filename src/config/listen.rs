//! `listen`: where health, metrics and pages are, and what makes the pages fit for others than this host.

use std::fmt;
use std::net::SocketAddr;

use secrecy::{ExposeSecret, SecretString};

use super::Certificate;

/// Where somebody may ask for health, metrics and pages.
#[derive(Clone, Debug)]
pub struct Listen {
    /// The address.
    pub address: SocketAddr,
    /// TLS and a login; left out, there are pages only on an address that loops back.
    pub secured: Option<Secured>,
}

/// What lets browsers come from elsewhere. There is no TLS without a login, and no login without TLS.
#[derive(Clone, Debug)]
pub struct Secured {
    /// How browsers reach it; in lower case.
    pub name: String,
    /// By which they know it.
    pub certificate: Certificate,
    /// Who they are to be.
    pub login: Login,
}

/// A user and a password. Its `Debug` shows neither.
#[derive(Clone)]
pub struct Login {
    /// Without a colon, as Basic authentication has it.
    pub user: String,
    /// Long enough not to be guessed.
    pub password: SecretString,
}

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        (&self.user, self.password.expose_secret()) == (&other.user, other.password.expose_secret())
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}
