//! One operation at a time, with an end to every wait and every result code looked at.

use std::sync::Arc;
use std::time::Duration;

use ldap3::controls::RawControl;
#[cfg(feature = "kerberos")]
use rustls::pki_types::CertificateDer;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio_rustls::client::TlsStream;

use super::error::one_line;
use super::message::{BIND_RESPONSE, DONE, LdapResult, Message};
use super::request::Request;
use super::wire::{Asked, Lost, Stream, Wire};
use super::{BindFailure, Error, Operation};
use crate::directory::Kind;

/// "Ask no other server": `LDAP_SERVER_DOMAIN_SCOPE_OID` (MS-ADTS 3.1.1.3.4.1.4).
const DOMAIN_SCOPE: &str = "1.2.840.113556.1.4.1339";

/// A handle on a connection; clones share it.
#[derive(Clone)]
pub(super) struct Connection {
    /// Nothing once an operation was given up.
    wire: Arc<Mutex<Option<Wire>>>,
    /// For each operation.
    timeout: Duration,
    /// What the server is known by, where there is TLS.
    #[cfg(feature = "kerberos")]
    pub(super) certificate: Option<CertificateDer<'static>>,
}

impl Connection {
    pub(super) fn new(stream: impl Stream + 'static, timeout: Duration) -> Self {
        Self {
            wire: Arc::new(Mutex::new(Some(Wire::new(stream)))),
            timeout,
            #[cfg(feature = "kerberos")]
            certificate: None,
        }
    }

    pub(super) fn with_tls(stream: TlsStream<TcpStream>, timeout: Duration) -> Self {
        #[cfg(feature = "kerberos")]
        let certificate =
            stream.get_ref().1.peer_certificates().and_then(|chain| Some(chain.first()?.clone().into_owned()));
        Self {
            #[cfg(feature = "kerberos")]
            certificate,
            ..Self::new(stream, timeout)
        }
    }

    /// Runs a search; the result is the server's own for this operation, whatever its code. The messages before it are
    /// entries, references and what else a server tells meanwhile.
    ///
    /// When this fails, the connection is closed: a search left midway would be taken for an answer to the next one.
    pub(super) async fn search(
        &mut self,
        request: Request<'_>,
        each: impl FnMut(&Message<'_>) -> Result<(), Error>,
    ) -> Result<LdapResult, Error> {
        let (operation, controls) = (request.encode()?, request.controls());
        let asked = Asked { operation: &operation, controls: &controls, end: DONE, expected: request.expected };
        let answered = self.operate(&asked, &request.during, each);
        match tokio::time::timeout(self.timeout, answered).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::Timeout { during: request.during, after: self.timeout }),
        }
    }

    /// A bind, or a step of one; how long it may take is its caller's.
    pub(super) async fn bind(&self, operation: &[u8]) -> Result<LdapResult, Error> {
        let asked = Asked { operation, controls: &[], end: BIND_RESPONSE, expected: 0 };
        self.operate(&asked, &Operation::Bind, |_| Ok(())).await
    }

    async fn operate(
        &self,
        asked: &Asked<'_>,
        during: &Operation,
        each: impl FnMut(&Message<'_>) -> Result<(), Error>,
    ) -> Result<LdapResult, Error> {
        let mut place = self.wire.lock().await;
        let given_up = || Lost::Cut("it was given up before".to_owned()).during(during.clone());
        // Back only with the whole answer read: whoever stops waiting closes the connection.
        let mut wire = place.take().ok_or_else(given_up)?;
        let result = wire.ask(asked, each).await.map_err(|lost| lost.during(during.clone()))?;
        *place = Some(wire);
        Ok(result)
    }
}

/// The control that keeps Active Directory from referring to its other domains and partitions.
pub(super) fn domain_scope() -> RawControl {
    RawControl { ctype: DOMAIN_SCOPE.to_owned(), crit: false, val: None }
}

/// The controls of a search among people.
pub(super) fn people_controls(kind: Kind) -> Vec<RawControl> {
    if kind == Kind::ActiveDirectory { vec![domain_scope()] } else { Vec::new() }
}

/// A result code as an error; `base` is what was searched.
pub(super) fn outcome(result: &LdapResult, during: Operation, base: &str) -> Result<(), Error> {
    let base = || base.to_owned();
    Err(match result.rc {
        0 => return Ok(()),
        3 => Error::TimeLimit { during },
        4 => Error::SizeLimit { during },
        // ERROR_NOT_AUTHENTICATED (MS-ERREF 2.2), which Active Directory puts first.
        1 if result.text.starts_with("000004DC") => Error::NeedsBind,
        8 | 13 => Error::NeedsTls,
        10 => Error::Referred { base: base(), to: result.refs.clone() },
        32 if during != Operation::Bind => Error::NoSuchBase { base: base() },
        49 if during == Operation::Bind => Error::Credentials { code: BindFailure::of(&result.text) },
        rc => Error::Refused { during, rc, diagnostic: one_line(&result.text) },
    })
}
