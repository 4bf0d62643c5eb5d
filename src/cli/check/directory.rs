//! Whether a directory can be opened, and knows what the syncs ask for.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::servers;
use super::told::ASKED_OF_ANY;
use crate::cli::output::Failure;
use crate::config::{Origin, Sync};
use crate::daemon::{Source, SourceError};
use crate::directory::changes::Changes;
use crate::directory::ldap::{self, Session};
use crate::directory::{Attributes, Kind, Query, Server, Settings};
use crate::report::Findings;
use crate::store::Store;

/// A run fails beyond this, as expiry is judged by the clock.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Worth a warning before it becomes a failure.
const CLOCK_DRIFT: SignedDuration = SignedDuration::from_mins(1);

/// A directory that could be opened.
pub(super) struct Checked {
    pub name: String,
    source: Source,
    kind: Kind,
    /// The attributes it knows, in lower case; `None` when it does not tell.
    schema: Option<BTreeSet<String>>,
}

/// `None` when it can't be opened.
pub(super) async fn check(
    name: &str,
    settings: &Settings,
    store: &mut Store,
    now: Timestamp,
    findings: &mut Findings,
) -> Result<Option<Checked>, Failure> {
    match ldap::servers(settings).await {
        Ok(found) => servers::tell(name, &settings.servers, &found, findings),
        Err(error) => {
            findings.failed(name, error.to_string());
            return Ok(None);
        }
    }
    let nothing = Query {
        searches: Vec::new(),
        attributes: Arc::new(Attributes::default()),
        key: None,
        require: Vec::new(),
        changes: Changes::Full,
    };
    let mut source = Source::new(name, settings, &nothing);
    let session = match source.bind(store, now).await {
        Ok(session) => session,
        Err(SourceError::Directory(why)) => {
            findings.failed(name, why);
            return Ok(None);
        }
        Err(SourceError::Store(error)) => return Err(error.into()),
    };
    let server = session.server().clone();
    findings.ok(name, format!("connected and bound: {}", known_as(&server, session.url())));
    clock(name, &server, now, findings);
    deleted(name, &server, findings);
    let schema = schema(name, session, findings).await;
    Ok(Some(Checked { name: name.to_owned(), source, kind: server.kind, schema }))
}

impl Checked {
    pub(super) fn session(&mut self) -> Option<&mut Session> {
        self.source.session()
    }

    /// The attributes that a sync names and the server does not know; they are told.
    pub(super) fn unknown(&self, sync: &Sync, origin: &Origin, findings: &mut Findings) -> BTreeSet<String> {
        let Some(schema) = &self.schema else { return BTreeSet::new() };
        let key = origin.query.key_attribute(self.kind);
        let own = |name: &str| name != key && ASKED_OF_ANY.iter().any(|asked| asked.eq_ignore_ascii_case(name));
        let names: Vec<_> = sync.mapping.attributes().names().iter().filter(|name| !own(name)).collect();
        let bare = |name: &str| name.split(';').next().unwrap_or(name).to_lowercase();
        let unknown: BTreeSet<_> = names.iter().filter(|name| !schema.contains(&bare(name))).copied().collect();
        for name in &unknown {
            let help = nearest(&bare(name), schema).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            let said = format!("the schema of {} has no attribute `{name}`{help}", self.name);
            findings.warning(&sync.name, said);
        }
        if unknown.is_empty() {
            let said = format!("the schema of {} knows all {} attributes asked for", self.name, names.len());
            findings.ok(&sync.name, said);
        }
        unknown.into_iter().cloned().collect()
    }
}

fn known_as(server: &Server, url: &str) -> String {
    let kind = server.kind;
    if server.name == url { format!("{url}, {kind}") } else { format!("{url}, {kind}, {}", server.name) }
}

fn clock(name: &str, server: &Server, now: Timestamp, findings: &mut Findings) {
    let Some(clock) = server.clock else {
        return findings.ok(name, "does not tell its time: clocks were not compared");
    };
    let off = now.duration_since(clock).abs();
    let said = format!("this host's clock and the directory's differ by {} s", off.as_secs());
    if off > CLOCK_TOLERANCE {
        findings.failed(name, format!("{said}: no run begins until they agree within 5 min"));
    } else if off > CLOCK_DRIFT {
        findings.warning(name, format!("{said}; beyond 5 min no run begins"));
    } else {
        findings.ok(name, said);
    }
}

fn deleted(name: &str, server: &Server, findings: &mut Findings) {
    let alike = "deleted and unreadable look alike";
    match (server.sees_deleted, server.kind) {
        (true, _) => findings.ok(name, "deleted entries can be seen"),
        (false, Kind::ActiveDirectory) => findings.warning(
            name,
            format!("deleted entries can't be seen, so that {alike}: let the bind account read the deleted objects"),
        ),
        (false, _) => findings.ok(name, format!("shows no deleted entries, so that {alike}")),
    }
}

async fn schema(name: &str, session: &mut Session, findings: &mut Findings) -> Option<BTreeSet<String>> {
    match session.schema_attributes().await {
        Ok(Some(schema)) => Some(schema),
        Ok(None) => {
            findings.warning(name, "does not give its schema: names of attributes were not checked");
            None
        }
        Err(error) => {
            findings.warning(name, format!("its schema can't be read: {error}"));
            None
        }
    }
}

fn nearest<'a>(name: &str, schema: &'a BTreeSet<String>) -> Option<&'a String> {
    let alike = |known: &&String| strsim::normalized_damerau_levenshtein(name, known);
    schema.iter().max_by(|one, other| alike(one).total_cmp(&alike(other))).filter(|known| alike(known) >= 0.6)
}
