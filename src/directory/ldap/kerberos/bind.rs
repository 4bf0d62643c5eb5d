//! Tickets, and the bind by them.

use std::fs;
use std::path::Path;

use cross_krb5::{ClientCtx, Cred, InitiateFlags, K5Cred};
use ldap3::LdapError;
use tokio::sync::{Mutex, MutexGuard};

use super::KerberosFailure;
use super::environment::Own;
use crate::directory::ldap::connect::plain;
use crate::directory::ldap::connection::{Connection, outcome};
use crate::directory::ldap::driver::shielded;
use crate::directory::ldap::endpoint::Endpoint;
use crate::directory::ldap::{BindFailure, Deadline, Error, Operation};

/// All binds of the process share its environment.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// Binds by Kerberos. ldap3 binds the exchange to the server's certificate (RFC 5929 section 4) and asks for no security
/// layer where there is TLS.
pub(in crate::directory::ldap) async fn bind(
    connection: &Connection,
    endpoint: &Endpoint,
    principal: &str,
    keytab: &Path,
    deadline: Deadline,
) -> Result<(), Error> {
    let Endpoint::Tcp { host, .. } = endpoint else { return Err(KerberosFailure::NoName.into()) };
    // The account's KDC knows the way to other realms; without a realm, krb5.conf would have to name one.
    let realm = principal.rsplit('@').next().unwrap_or_default();
    let server = format!("{host}@{realm}");
    let asking = async {
        let turn = ONE_AT_A_TIME.lock().await;
        let (principal, keytab, server) = (principal.to_owned(), keytab.to_owned(), server.clone());
        // Given up, it goes on by itself until libkrb5 has given up, too; until then it has the turn.
        let asked = tokio::task::spawn_blocking(move || Tickets::ask(turn, &principal, &keytab, &server)).await;
        asked.map_err(|error| KerberosFailure::Other { said: error.to_string() })?.map_err(Error::from)
    };
    let Tickets { credential, own, turn } = deadline.hold(Operation::Ticket, asking).await?;
    let exchange = exchange(connection, credential, server);
    let bound = deadline.hold(Operation::Bind, exchange).await;
    drop((own, turn));
    bound
}

/// Tickets for one server, and the turn they were asked for in.
struct Tickets {
    credential: Cred,
    own: Own,
    turn: MutexGuard<'static, ()>,
}

impl Tickets {
    /// Asks the KDC, for as long as libkrb5 likes.
    fn ask(
        turn: MutexGuard<'static, ()>,
        principal: &str,
        keytab: &Path,
        server: &str,
    ) -> Result<Self, KerberosFailure> {
        // libkrb5 does not tell a keytab that can't be read from one without the key.
        if let Err(error) = fs::read(keytab) {
            return Err(KerberosFailure::NoKeytab { keytab: keytab.to_owned(), why: plain(&error) });
        }
        let own = Own::new(keytab).map_err(|error| KerberosFailure::NoFolder { why: plain(&error) })?;
        let service = format!("ldap/{server}");
        let tickets = || {
            // The one for the server, which ldap3 would ask for where nobody may wait, is then there already.
            drop(ClientCtx::new(InitiateFlags::empty(), Some(principal), &service, None)?);
            Cred::client_acquire(InitiateFlags::empty(), Some(principal))
        };
        let credential = tickets().map_err(|said| KerberosFailure::of(&said.to_string(), principal, keytab, server))?;
        Ok(Self { credential, own, turn })
    }
}

async fn exchange(connection: &Connection, credential: Cred, server: String) -> Result<(), Error> {
    let mut ldap = connection.ldap.clone();
    match shielded(async move { ldap.sasl_gssapi_cred_bind(credential, &server).await }).await {
        Some(Ok(result)) if result.rc == 49 => Err(match BindFailure::of(&result.text) {
            BindFailure::Unspecified | BindFailure::WrongPassword => KerberosFailure::ticket(&result.text).into(),
            code => Error::Credentials { code },
        }),
        Some(Ok(result)) if matches!(result.rc, 8 | 13) => Err(KerberosFailure::Signing.into()),
        Some(Ok(result)) => outcome(&result, Operation::Bind, ""),
        Some(Err(LdapError::GssapiOperationError(said))) => Err(KerberosFailure::Other { said }.into()),
        Some(Err(error)) => Err(connection.lost(error, Operation::Bind).await),
        None => Err(Error::Malformed { during: Operation::Bind, why: "it is not well-formed LDAP".to_owned() }),
    }
}
