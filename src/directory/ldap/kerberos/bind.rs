//! Tickets, and the bind by them.

use std::fs;
use std::path::Path;

use cross_krb5::{ClientCtx, Cred, InitiateFlags, K5Cred, K5Ctx, Step};
use tokio::sync::{Mutex, MutexGuard};

use super::KerberosFailure;
use super::binding::tls_server_end_point;
use super::environment::Own;
use crate::directory::ldap::connect::plain;
use crate::directory::ldap::connection::{Connection, outcome};
use crate::directory::ldap::endpoint::Endpoint;
use crate::directory::ldap::message::LdapResult;
use crate::directory::ldap::request::sasl_bind;
use crate::directory::ldap::{BindFailure, Deadline, Error, Operation};

/// All binds of the process share its environment.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// `saslBindInProgress` (RFC 4511 appendix A).
const GO_ON: u32 = 14;

/// "No security layer" (RFC 4752 section 3.1).
const NO_LAYER: u8 = 1;

/// Binds by Kerberos. The exchange is bound to the server's certificate (RFC 5929 section 4), and no security layer is asked
/// for: there is TLS.
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
            // The one for the server, which would be asked for where nobody may wait, is then there already.
            drop(ClientCtx::new(InitiateFlags::empty(), Some(principal), &service, None)?);
            Cred::client_acquire(InitiateFlags::empty(), Some(principal))
        };
        let credential = tickets().map_err(|said| KerberosFailure::of(&said.to_string(), principal, keytab, server))?;
        Ok(Self { credential, own, turn })
    }
}

/// The exchange of RFC 4752 section 3.1.
async fn exchange(connection: &Connection, credential: Cred, server: String) -> Result<(), Error> {
    let ours = |said: String| Error::from(KerberosFailure::Other { said });
    let binding = connection.certificate.as_deref().and_then(tls_server_end_point);
    let service = format!("ldap/{server}");
    let (pending, token) =
        ClientCtx::new_with_cred(credential, &service, binding.as_deref()).map_err(|said| ours(format!("{said:#}")))?;
    let answer = step(connection, Some(&token)).await?;
    let finished = pending.step(&answer).map_err(|said| ours(format!("{said:#}")))?;
    let Step::Finished((mut context, None)) = finished else {
        return Err(ours("the server wants to go on where Kerberos is done".to_owned()));
    };
    let answer = step(connection, None).await?;
    let offered = context.unwrap(&answer).map_err(|said| ours(format!("{said:#}")))?;
    if offered.first().is_none_or(|layers| layers & NO_LAYER == 0) {
        return Err(KerberosFailure::Signing.into());
    }
    let chosen = context.wrap(false, &[NO_LAYER, 0, 0, 0]).map_err(|said| ours(format!("{said:#}")))?;
    let result = connection.bind(&sasl_bind("GSSAPI", Some(&chosen))).await?;
    refusal(&result).map_or(Ok(()), Err)
}

/// One step, and what the server goes on with.
async fn step(connection: &Connection, token: Option<&[u8]>) -> Result<Vec<u8>, Error> {
    let result = connection.bind(&sasl_bind("GSSAPI", token)).await?;
    if result.rc != GO_ON
        && let Some(error) = refusal(&result)
    {
        return Err(error);
    }
    let broken = || Error::Malformed { during: Operation::Bind, why: "it breaks off the exchange".to_owned() };
    result.sasl.filter(|_| result.rc == GO_ON).ok_or_else(broken)
}

fn refusal(result: &LdapResult) -> Option<Error> {
    match result.rc {
        49 => Some(match BindFailure::of(&result.text) {
            BindFailure::Unspecified | BindFailure::WrongPassword => KerberosFailure::ticket(&result.text).into(),
            code => Error::Credentials { code },
        }),
        8 | 13 => Some(KerberosFailure::Signing.into()),
        _ => outcome(result, Operation::Bind, "").err(),
    }
}
