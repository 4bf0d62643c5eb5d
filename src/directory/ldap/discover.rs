//! The servers of a directory: as listed, or as DNS names them (RFC 2782; MS-ADTS 6.3.2.3).

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::rr::{RData, RecordType};

use super::Error;
use super::dns::{resolver, said_by};
use crate::directory::srv::{Service, nearest_first};
use crate::directory::{Domain, Servers, Settings, Tls};

/// The servers of a directory, in the order in which they are tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Their URLs.
    pub urls: Vec<String>,
    /// How many of them DNS names for the site, where the config names one; they come first.
    pub in_site: Option<usize>,
}

/// Finds the servers. Whoever asks DNS again may be given another order.
pub async fn servers(settings: &Settings) -> Result<Found, Error> {
    let domain = match &settings.servers {
        Servers::Listed(urls) => return Ok(Found { urls: urls.clone(), in_site: None }),
        Servers::Discovered(domain) => domain,
    };
    let limit = settings.connect_timeout;
    let named = tokio::time::timeout(limit, named(domain, limit)).await;
    let (site, all) = named.unwrap_or_else(|_| Err(silent(domain, limit)))?;
    let (site, all) = (provable(site, domain, &settings.tls), provable(all, domain, &settings.tls));
    if site.is_empty() && all.is_empty() {
        let why = "none of the servers is named within the domain, so that a certificate of any public authority would do \
                   for whoever forges DNS: set tls.ca to the authority that signed theirs";
        return Err(Error::Discovery { domain: domain.name.clone(), why: why.to_owned() });
    }
    let in_site = domain.site.is_some().then_some(site.len());
    // The port of an SRV record is that of ldap://. No record tells that of ldaps://, which is 636 everywhere.
    let plain = settings.tls.starttls || settings.tls.danger_allow_plaintext;
    let url = |Service { target, port, .. }: Service| {
        if plain { format!("ldap://{target}:{port}") } else { format!("ldaps://{target}") }
    };
    // Which of equals comes first is no secret: it only spreads the load.
    let seed = RandomState::new().hash_one(&domain.name);
    Ok(Found { urls: nearest_first(site, all, seed).into_iter().map(url).collect(), in_site })
}

/// Those whose certificate proves something. DNS is not signed, and anybody can have a certificate of a public authority
/// for a name of their own.
fn provable(services: Vec<Service>, domain: &Domain, tls: &Tls) -> Vec<Service> {
    let any = tls.ca.is_some() || tls.danger_accept_any_certificate || (tls.danger_allow_plaintext && !tls.starttls);
    let within = format!(".{}", domain.name);
    services.into_iter().filter(|service| any || service.target.ends_with(&within)).collect()
}

/// What DNS names for the site and for the whole domain.
async fn named(domain: &Domain, limit: Duration) -> Result<(Vec<Service>, Vec<Service>), Error> {
    let name = &domain.name;
    let resolver = resolver(&domain.dns, limit).map_err(|error| unanswered(domain, &error, limit))?;
    let near = async {
        match &domain.site {
            Some(site) => services(&resolver, &format!("_ldap._tcp.{site}._sites.dc._msdcs.{name}.")).await,
            None => Ok(Vec::new()),
        }
    };
    let everywhere = format!("_ldap._tcp.dc._msdcs.{name}.");
    let (near, all) = tokio::join!(near, services(&resolver, &everywhere));
    // A site without servers of its own is served by the others.
    let near = near.unwrap_or_default();
    let all = match all {
        Ok(all) => all,
        Err(_) if !near.is_empty() => Vec::new(),
        Err(error) if error.is_no_records_found() => return Err(none_named(&resolver, domain).await),
        Err(error) => return Err(unanswered(domain, &error, limit)),
    };
    let (near, all) = (offered(near), offered(all));
    if near.is_empty() && all.is_empty() {
        let why = "its SRV record says that there is none (its target is `.`): list servers under `url`".to_owned();
        return Err(Error::Discovery { domain: name.clone(), why });
    }
    Ok((near, all))
}

async fn services(resolver: &TokioResolver, name: &str) -> Result<Vec<Service>, NetError> {
    let found = resolver.lookup(name, RecordType::SRV).await?;
    let service = |data: &RData| match data {
        RData::SRV(srv) => Some(Service {
            priority: srv.priority,
            weight: srv.weight,
            port: srv.port,
            target: srv.target.to_ascii().trim_end_matches('.').to_lowercase(),
        }),
        _ => None,
    };
    Ok(found.answers().iter().filter_map(|record| service(&record.data)).collect())
}

/// A target of `.` says that the service is decidedly not available.
fn offered(services: Vec<Service>) -> Vec<Service> {
    services.into_iter().filter(|service| !service.target.is_empty()).collect()
}

/// Whether there is no such domain, or one without directory servers.
async fn none_named(resolver: &TokioResolver, domain: &Domain) -> Error {
    let (name, asked) = (domain.name.clone(), said_by(&domain.dns));
    let itself = resolver.lookup(format!("{name}."), RecordType::SOA).await;
    let why = if itself.is_err_and(|error| error.is_nx_domain()) {
        format!(
            "no such domain is known to {asked}: correct `discover`, or name the domain's own name servers under `dns`"
        )
    } else {
        format!(
            "there is no SRV record _ldap._tcp.dc._msdcs.{name}: correct `discover`, name the domain's own name servers \
             under `dns`, or list servers under `url`"
        )
    };
    Error::Discovery { domain: name, why }
}

fn unanswered(domain: &Domain, error: &NetError, limit: Duration) -> Error {
    let asked = said_by(&domain.dns);
    let why = match error {
        NetError::Timeout | NetError::NoConnections | NetError::Busy => return silent(domain, limit),
        NetError::Io(error) => format!("{asked} can't be asked ({}): check `dns`", super::connect::plain(error)),
        NetError::Dns(DnsError::ResponseCode(code)) => {
            format!("the answer of {asked} is {code}: name the domain's own name servers under `dns`")
        }
        other => format!("{asked} gave no answer that can be used ({other}): check `dns`"),
    };
    Error::Discovery { domain: domain.name.clone(), why }
}

fn silent(domain: &Domain, limit: Duration) -> Error {
    let (asked, limit) = (said_by(&domain.dns), humantime::format_duration(limit));
    let why = format!("no answer from {asked} within {limit}: check `dns` and the network, or raise `connect_timeout`");
    Error::Discovery { domain: domain.name.clone(), why }
}
