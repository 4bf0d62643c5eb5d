//! One search operation, with an end to every wait and every result code looked at.

use std::sync::Arc;
use std::time::Duration;

use ldap3::asn1::StructureTag;
use ldap3::controls::{Control, RawControl};
use ldap3::{Ldap, LdapConnAsync, LdapError, LdapResult, SearchOptions};

use super::connect::plain;
use super::driver::{Driver, Ended};
use super::error::one_line;
use super::guard::Guard;
use super::{BindFailure, Error, Operation};
use crate::directory::{Kind, Scope};

/// "Ask no other server": `LDAP_SERVER_DOMAIN_SCOPE_OID` (MS-ADTS 3.1.1.3.4.1.4).
const DOMAIN_SCOPE: &str = "1.2.840.113556.1.4.1339";

/// A handle on a connection; clones share it.
#[derive(Clone)]
pub(super) struct Connection {
    pub(super) ldap: Ldap,
    driver: Arc<Driver>,
    guard: Option<Guard>,
    /// For each operation.
    timeout: Duration,
}

/// A search operation.
pub(super) struct Request<'a> {
    pub(super) base: &'a str,
    pub(super) scope: Scope,
    pub(super) filter: &'a str,
    /// Empty asks for no attributes, where LDAP would give all.
    pub(super) attributes: &'a [String],
    pub(super) controls: Vec<RawControl>,
    /// 0: none asked for.
    pub(super) size_limit: i32,
    pub(super) during: Operation,
}

impl Connection {
    pub(super) fn new(connection: LdapConnAsync, ldap: Ldap, guard: Option<Guard>, timeout: Duration) -> Self {
        Self { ldap, driver: Arc::new(Driver::start(connection)), guard, timeout }
    }

    /// Runs a search; the result is the server's own for this operation, whatever its code.
    ///
    /// When this fails, the connection is closed: a search left midway would delay the next one.
    pub(super) async fn search(
        &mut self,
        request: Request<'_>,
        mut each: impl FnMut(StructureTag) -> Result<(), Error>,
    ) -> Result<LdapResult, Error> {
        self.messages(request, |tag, _| each(tag)).await
    }

    /// The same with the controls of each message.
    pub(super) async fn messages(
        &mut self,
        request: Request<'_>,
        each: impl FnMut(StructureTag, Vec<Control>) -> Result<(), Error>,
    ) -> Result<LdapResult, Error> {
        let during = request.during.clone();
        let outcome = match tokio::time::timeout(self.timeout, run(&mut self.ldap, request, each)).await {
            Ok(Ok(result)) => return Ok(result),
            Ok(Err(Stop::Judged(error))) => error,
            Ok(Err(Stop::Ldap(LdapError::FilterParsing))) => return Err(Error::Filter { during }),
            Ok(Err(Stop::Ldap(error))) => self.lost(error, during).await,
            Err(_) => Error::Timeout { during, after: self.timeout },
        };
        self.driver.stop();
        Err(outcome)
    }

    /// What an error of ldap3 means.
    pub(super) async fn lost(&self, error: LdapError, during: Operation) -> Error {
        if let Some(error) = self.guard.as_ref().and_then(|guard| guard.told(&during)) {
            return error;
        }
        match error {
            LdapError::Io { source } => Error::Cut { during, why: plain(&source) },
            LdapError::LdapResult { result } => match outcome(&result, during.clone(), "") {
                Err(error) => error,
                Ok(()) => Error::Malformed { during, why: "a success was reported as a failure".to_owned() },
            },
            LdapError::EndOfStream
            | LdapError::OpSend { .. }
            | LdapError::ResultRecv { .. }
            | LdapError::IdScrubSend { .. }
            | LdapError::MiscSend { .. } => match self.driver.ended().await {
                Ended::Cut(why) => Error::Cut { during, why },
                Ended::Malformed => Error::Malformed { during, why: "it is not well-formed LDAP".to_owned() },
            },
            other => Error::Cut { during, why: other.to_string() },
        }
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

enum Stop {
    Ldap(LdapError),
    Judged(Error),
}

impl From<LdapError> for Stop {
    fn from(error: LdapError) -> Self {
        Self::Ldap(error)
    }
}

async fn run(
    ldap: &mut Ldap,
    request: Request<'_>,
    mut each: impl FnMut(StructureTag, Vec<Control>) -> Result<(), Error>,
) -> Result<LdapResult, Stop> {
    // RFC 4511 section 4.5.1.8: "1.1" asks for no attributes.
    let nothing = ["1.1".to_owned()];
    let attributes = if request.attributes.is_empty() { &nothing } else { request.attributes };
    let scope = match request.scope {
        Scope::Subtree => ldap3::Scope::Subtree,
        Scope::One => ldap3::Scope::OneLevel,
        Scope::Base => ldap3::Scope::Base,
    };
    let mut stream = ldap
        .with_controls(request.controls)
        .with_search_options(SearchOptions::new().sizelimit(request.size_limit))
        .streaming_search(request.base, scope, request.filter, attributes)
        .await?;
    while let Some(item) = stream.next().await? {
        each(item.0, item.1).map_err(Stop::Judged)?;
    }
    // Only here can it be trusted: after an error the stream would report a success.
    Ok(stream.finish().await)
}
