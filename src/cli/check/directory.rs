//! Whether a directory can be read, and shows what the syncs ask for.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::sample;
use crate::cli::output::Failure;
use crate::config::{Config, Sync};
use crate::daemon::{Source, SourceError};
use crate::directory::ldap::{self, Found, Session};
use crate::directory::{Attributes, Kind, Query, Server, Servers, Settings};
use crate::report::Findings;
use crate::store::Store;

/// A run fails beyond this, as expiry is judged by the clock.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Worth a warning before it becomes a failure.
const CLOCK_DRIFT: SignedDuration = SignedDuration::from_mins(1);

/// Discovered servers that are named.
const SOME: usize = 8;

/// Asked of every directory whose kind the config does not tell: no schema knows them all.
const ASKED_OF_ANY: [&str; 4] = ["objectGUID", "entryUUID", "userAccountControl", "accountExpires"];

pub(super) async fn check(
    config: &Config,
    name: &str,
    settings: &Settings,
    syncs: &[&Sync],
    store: &mut Store,
    now: Timestamp,
    findings: &mut Findings,
) -> Result<(), Failure> {
    match ldap::servers(settings).await {
        Ok(found) => discovered(name, &settings.servers, &found, findings),
        Err(error) => {
            findings.failed(name, error.to_string());
            return Ok(());
        }
    }
    let nothing =
        Query { searches: Vec::new(), attributes: Arc::new(Attributes::default()), key: None, require: Vec::new() };
    let mut source = Source::new(name, settings, &nothing);
    let session = match source.bind(store, now).await {
        Ok(session) => session,
        Err(SourceError::Directory(why)) => {
            findings.failed(name, why);
            return Ok(());
        }
        Err(SourceError::Store(error)) => return Err(error.into()),
    };
    let server = session.server().clone();
    findings.ok(name, format!("connected and bound: {}", known_as(&server, session.url())));
    clock(name, &server, now, findings);
    deleted(name, &server, findings);
    let schema = schema(name, session, findings).await;
    for sync in syncs {
        if let Some(schema) = &schema {
            attributes(sync, server.kind, schema, findings);
        }
        sample::check(sync, config.target(sync), settings, session, now, findings).await;
    }
    Ok(())
}

/// Which servers DNS names. Among equals the order is drawn each time anew.
fn discovered(name: &str, servers: &Servers, found: &Found, findings: &mut Findings) {
    let Servers::Discovered(domain) = servers else { return };
    let mut list = found.urls.iter().take(SOME).map(String::as_str).collect::<Vec<_>>().join(", ");
    if found.urls.len() > SOME {
        list.push_str(", …");
    }
    let near = match (&domain.site, found.in_site) {
        (Some(site), Some(near)) => format!(" ({near} in the site {site})"),
        _ => String::new(),
    };
    let (many, domain_name) = (found.urls.len(), &domain.name);
    findings.ok(name, format!("servers of {domain_name} in DNS: {many}{near}, now in this order: {list}"));
    if let (Some(site), Some(0)) = (&domain.site, found.in_site) {
        let said = format!("DNS names no server for the site `{site}`");
        findings.warning(name, format!("{said}: those of the whole domain are used; correct `site`"));
    }
}

fn known_as(server: &Server, url: &str) -> String {
    let kind = match server.kind {
        Kind::ActiveDirectory => "Active Directory",
        Kind::OpenLdap => "OpenLDAP",
        Kind::Generic => "generic LDAP",
    };
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

/// Whether the server knows the attributes that the mapping names.
fn attributes(sync: &Sync, kind: Kind, schema: &BTreeSet<String>, findings: &mut Findings) {
    let key = sync.query.key.as_deref().unwrap_or(kind.default_key());
    let own = |name: &str| name != key && ASKED_OF_ANY.iter().any(|asked| asked.eq_ignore_ascii_case(name));
    let names: Vec<_> = sync.mapping.attributes().names().iter().filter(|name| !own(name)).collect();
    let bare = |name: &str| name.split(';').next().unwrap_or(name).to_lowercase();
    let unknown: Vec<_> = names.iter().filter(|name| !schema.contains(&bare(name))).collect();
    for name in &unknown {
        let help = nearest(&bare(name), schema).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        findings.warning(&sync.name, format!("the directory's schema has no attribute `{name}`{help}"));
    }
    if unknown.is_empty() {
        findings.ok(&sync.name, format!("the schema knows all {} attributes asked for", names.len()));
    }
}

fn nearest<'a>(name: &str, schema: &'a BTreeSet<String>) -> Option<&'a String> {
    let alike = |known: &&String| strsim::normalized_damerau_levenshtein(name, known);
    schema.iter().max_by(|one, other| alike(one).total_cmp(&alike(other))).filter(|known| alike(known) >= 0.6)
}
