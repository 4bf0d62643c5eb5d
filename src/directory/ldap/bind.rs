//! The bind.

use secrecy::{ExposeSecret, SecretString};

use super::connection::{Connection, outcome};
use super::endpoint::Endpoint;
use super::request::simple_bind;
use super::{Deadline, Error, Operation, kerberos};
use crate::directory::Bind;

/// Binds. Anonymous is what a connection is without a bind (RFC 4513 section 5.1.1), so nothing is sent for it.
pub(super) async fn bind(
    connection: &Connection,
    endpoint: &Endpoint,
    bind: &Bind,
    deadline: Deadline,
) -> Result<(), Error> {
    match bind {
        Bind::Anonymous => Ok(()),
        Bind::Simple { dn, password } => deadline.hold(Operation::Bind, simple(connection, dn, password)).await,
        Bind::Gssapi { principal, keytab } => kerberos::bind(connection, endpoint, principal, keytab, deadline).await,
    }
}

async fn simple(connection: &Connection, dn: &str, password: &SecretString) -> Result<(), Error> {
    if password.expose_secret().is_empty() {
        return Err(Error::EmptyPassword);
    }
    let result = connection.bind(&simple_bind(dn, password.expose_secret())).await?;
    outcome(&result, Operation::Bind, "")
}
