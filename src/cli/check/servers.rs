//! Which servers of a directory there are.

use crate::directory::Servers;
use crate::directory::ldap::Found;
use crate::report::Findings;

/// Discovered servers that are named.
const SOME: usize = 8;

/// Which servers DNS names. Among equals the order is drawn each time anew.
pub(super) fn tell(name: &str, servers: &Servers, found: &Found, findings: &mut Findings) {
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
