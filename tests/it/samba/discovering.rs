//! A domain controller found as hosts of the domain find it.

use std::net::Ipv4Addr;

use rosterd::directory::ldap::Session;
use rosterd::directory::{Domain, Servers, Settings};

use super::{query, read, settings};
use crate::fixtures::dns::Dns;
use crate::fixtures::samba::{SERVICE, Samba};

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn the_port_of_ldaps_is_known_although_dns_tells_another() {
    let samba = Samba::shared();
    let address: Ipv4Addr = samba.url().trim_start_matches("ldap://").parse().unwrap();
    let dns = Dns::start().await;
    dns.srv("_ldap._tcp.dc._msdcs.corp.example.test", &[(0, 100, 389, "dc1.corp.example.test")]);
    dns.host("dc1.corp.example.test", address.octets());
    let (name, dns) = ("corp.example.test".to_owned(), vec![dns.address()]);
    let servers = Servers::Discovered(Domain { name, site: None, dns });
    let session = Session::open(&Settings { servers, ..settings(&samba, SERVICE) }).await.unwrap();
    assert_eq!(session.url(), "ldaps://dc1.corp.example.test");
    assert!(session.server().name.starts_with("CN=NTDS Settings,CN=DC1,"), "{:?}", session.server());
    assert_eq!(read(&session, &query()).await.0.len(), 12);
}
