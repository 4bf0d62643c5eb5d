//! The bind.

use secrecy::ExposeSecret;

use super::connection::{Connection, outcome};
use super::driver::shielded;
use super::{Error, Operation};
use crate::directory::Bind;

/// Binds. Anonymous is what a connection is without a bind (RFC 4513 section 5.1.1), so nothing is sent for it.
pub(super) async fn bind(connection: &Connection, bind: &Bind) -> Result<(), Error> {
    let Bind::Simple { dn, password } = bind else { return Ok(()) };
    if password.expose_secret().is_empty() {
        return Err(Error::EmptyPassword);
    }
    let (mut ldap, dn, password) = (connection.ldap.clone(), dn.clone(), password.clone());
    let answer = shielded(async move { ldap.simple_bind(&dn, password.expose_secret()).await }).await;
    match answer {
        Some(Ok(result)) => outcome(&result, Operation::Bind, ""),
        Some(Err(error)) => Err(connection.lost(error, Operation::Bind).await),
        None => Err(Error::Malformed { during: Operation::Bind, why: "it is not well-formed LDAP".to_owned() }),
    }
}
