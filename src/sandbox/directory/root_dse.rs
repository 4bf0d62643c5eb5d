//! What a server says about itself.

use jiff::{SignedDuration, Timestamp};

use super::entry::Entry;
use super::generated::time;
use super::options::{Flavour, Options};

/// Paging, deleted entries, domain scope.
const CONTROLS: [&str; 3] = [PAGED, SHOW_DELETED, DOMAIN_SCOPE];

const PAGED: &str = "1.2.840.113556.1.4.319";
const SHOW_DELETED: &str = "1.2.840.113556.1.4.417";
pub(super) const DOMAIN_SCOPE: &str = "1.2.840.113556.1.4.1339";

/// Active Directory, and that it is at least Windows Server 2003.
const CAPABILITIES: [&str; 3] = ["1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670", "1.2.840.113556.1.4.1935"];

pub(super) const WHO_AM_I: &str = "1.3.6.1.4.1.4203.1.11.3";

/// The rootDSE of a server whose clock is off by so much.
pub(super) fn root_dse(options: &Options, skew: SignedDuration, changes: u64) -> Entry {
    let root = &options.root;
    let common = Entry::new("").with("namingContexts", root.as_str()).with("supportedLDAPVersion", "3");
    match options.flavour {
        Flavour::OpenLdap => common
            .with("objectClass", "top")
            .with("objectClass", "OpenLDAProotDSE")
            .with("supportedControl", PAGED)
            .with("supportedExtension", WHO_AM_I)
            .with("subschemaSubentry", "cn=Subschema"),
        Flavour::ActiveDirectory => {
            let configuration = format!("CN=Configuration,{root}");
            let name = options.host.split('.').next().unwrap_or_default().to_uppercase();
            let server = format!("CN={name},CN=Servers,CN=Default-First-Site-Name,CN=Sites,{configuration}");
            let now = Timestamp::now().checked_add(skew).unwrap_or(Timestamp::MAX);
            let entry = common
                .with("namingContexts", configuration.as_str())
                .with("namingContexts", format!("CN=Schema,{configuration}"))
                .with("defaultNamingContext", root.as_str())
                .with("rootDomainNamingContext", root.as_str())
                .with("schemaNamingContext", format!("CN=Schema,{configuration}"))
                .with("subschemaSubentry", format!("CN=Aggregate,CN=Schema,{configuration}"))
                .with("configurationNamingContext", configuration)
                .with("dsServiceName", format!("CN=NTDS Settings,{server}"))
                .with("serverName", server)
                .with("dnsHostName", options.host.as_str())
                .with("currentTime", time(now))
                .with("highestCommittedUSN", changes.to_string())
                .with("isSynchronized", "TRUE");
            let entry = CAPABILITIES.iter().fold(entry, |entry, oid| entry.with("supportedCapabilities", *oid));
            CONTROLS.iter().fold(entry, |entry, oid| entry.with("supportedControl", *oid))
        }
    }
}
