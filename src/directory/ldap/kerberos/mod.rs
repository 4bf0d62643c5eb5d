//! The bind by Kerberos (RFC 4752, with TLS below and therefore without a security layer of its own).
//!
//! All that may wait for a KDC is done on a thread of its own: libkrb5 gives up on a hung one after half a minute, and
//! can't be told to do so earlier.

#[cfg(feature = "kerberos")]
mod bind;
#[cfg(feature = "kerberos")]
mod binding;
#[cfg(feature = "kerberos")]
pub mod environment;
mod failure;
#[cfg(any(feature = "kerberos", test))]
mod said;

#[cfg(feature = "kerberos")]
pub(super) use bind::bind;
pub use failure::KerberosFailure;

use super::Error;
#[cfg(not(feature = "kerberos"))]
use super::{Deadline, connection::Connection, endpoint::Endpoint};

/// The config refuses this before.
#[cfg(not(feature = "kerberos"))]
#[expect(clippy::unused_async, reason = "it stands in for a bind")]
pub(super) async fn bind(_: &Connection, _: &Endpoint, _: &str, _: &std::path::Path, _: Deadline) -> Result<(), Error> {
    Err(KerberosFailure::NotBuilt.into())
}

impl From<KerberosFailure> for Error {
    fn from(failure: KerberosFailure) -> Self {
        Self::Kerberos(failure)
    }
}
