//! Servers that DNS names.

use std::time::{Duration, Instant};

use rosterd::directory::ldap::{self, Error, Opening, Session};
use rosterd::directory::{Domain, Servers, Settings};
use tokio::net::{TcpListener, UdpSocket};

use super::{query, read, settings};
use crate::fixtures::dns::{Dns, REFUSED};
use crate::fixtures::ldif;
use crate::fixtures::slapd::{NAMES, Slapd};

const ALL: &str = "_ldap._tcp.dc._msdcs.roster.test";
const LONDON: &str = "_ldap._tcp.london._sites.dc._msdcs.roster.test";

/// A name server that knows the hosts of the domain, which are all here.
async fn hosts() -> Dns {
    let dns = Dns::start().await;
    for name in NAMES {
        dns.host(name, [127, 0, 0, 1]);
    }
    dns
}

/// Of a domain whose servers need no TLS, so that any port will do.
fn discovered(dns: &Dns) -> Settings {
    let mut settings = settings(&[]);
    let (name, dns) = ("roster.test".to_owned(), vec![dns.address()]);
    settings.servers = Servers::Discovered(Domain { name, site: None, dns });
    settings.tls.danger_allow_plaintext = true;
    settings.connect_timeout = Duration::from_secs(3);
    settings
}

fn asking(settings: Settings, change: impl FnOnce(&mut Domain)) -> Settings {
    let Servers::Discovered(mut domain) = settings.servers else { panic!("{:?}", settings.servers) };
    change(&mut domain);
    Settings { servers: Servers::Discovered(domain), ..settings }
}

async fn urls(settings: &Settings) -> Vec<String> {
    ldap::servers(settings).await.unwrap().urls
}

async fn refused(settings: &Settings) -> Error {
    Session::open(settings).await.err().unwrap()
}

async fn says(settings: &Settings, words: &[&str]) {
    let error = ldap::servers(settings).await.unwrap_err().to_string();
    for word in words {
        assert!(error.contains(word), "{word}: {error}");
    }
}

/// Ports that nobody listens on, and that accept and say nothing.
async fn dead_and_hung() -> (u16, TcpListener) {
    let [dead, hung] =
        [TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap()];
    (dead.local_addr().unwrap().port(), hung)
}

#[tokio::test]
async fn a_server_is_found_and_its_certificate_must_be_of_the_name_that_dns_gives() {
    let slapd = Slapd::start(&ldif::with_people(0..3));
    let dns = hosts().await;
    dns.srv(ALL, &[(0, 100, slapd.port(), "DC1.roster.test")]);
    let mut settings = discovered(&dns);
    settings.tls.danger_allow_plaintext = false;
    settings.tls.starttls = true;
    settings.tls.ca = Some(slapd.ca());
    let session = Session::open(&settings).await.unwrap();
    assert_eq!(session.url(), format!("ldap://dc1.roster.test:{}", slapd.port()));
    assert_eq!(read(&session, &query("(uid=*)")).await.unwrap().0.len(), 3);

    dns.host("stranger.roster.test", [127, 0, 0, 1]);
    dns.srv(ALL, &[(0, 100, slapd.port(), "stranger.roster.test")]);
    let error = refused(&settings).await.to_string();
    assert!(error.contains("the certificate is not made out to stranger.roster.test"), "{error}");
}

#[tokio::test]
async fn a_name_outside_the_domain_proves_nothing_to_a_public_authority() {
    let dns = hosts().await;
    let stranger = "dc1.roster.test.example.com";
    dns.srv(ALL, &[(0, 100, 389, stranger), (1, 0, 389, NAMES[0])]);
    let mut settings = discovered(&dns);
    settings.tls.danger_allow_plaintext = false;
    assert_eq!(urls(&settings).await, ["ldaps://dc1.roster.test"]);
    dns.srv(ALL, &[(0, 100, 389, stranger)]);
    says(&settings, &["none of the servers is named within the domain", "set tls.ca"]).await;
    settings.tls.ca = Some("/etc/ca.pem".into());
    assert_eq!(urls(&settings).await, [format!("ldaps://{stranger}")]);
}

#[tokio::test]
async fn the_port_in_dns_is_that_of_plain_ldap() {
    let dns = hosts().await;
    dns.srv(ALL, &[(1, 0, 389, NAMES[1]), (0, 0, 3890, NAMES[0])]);
    let mut settings = discovered(&dns);
    let plain = ["ldap://dc1.roster.test:3890", "ldap://dc2.roster.test:389"];
    assert_eq!(urls(&settings).await, plain);
    settings.tls.danger_allow_plaintext = false;
    assert_eq!(urls(&settings).await, ["ldaps://dc1.roster.test", "ldaps://dc2.roster.test"]);
    settings.tls.starttls = true;
    assert_eq!(urls(&settings).await, plain);
}

#[tokio::test]
async fn a_site_s_servers_come_first_and_without_any_all_are_used() {
    let dns = hosts().await;
    dns.srv(ALL, &[(0, 100, 1, NAMES[0]), (0, 100, 1, NAMES[1]), (0, 100, 1, NAMES[2])]);
    dns.srv(LONDON, &[(0, 100, 1, NAMES[2])]);
    let london = asking(discovered(&dns), |domain| domain.site = Some("London".to_owned()));
    for _ in 0..8 {
        let found = ldap::servers(&london).await.unwrap();
        assert_eq!((found.urls[0].as_str(), found.urls.len(), found.in_site), ("ldap://dc3.roster.test:1", 3, Some(1)));
    }
    dns.forget(LONDON);
    let found = ldap::servers(&london).await.unwrap();
    assert_eq!((found.urls.len(), found.in_site), (3, Some(0)));
}

#[tokio::test]
async fn dead_and_hung_servers_cost_at_most_the_connect_timeout() {
    let slapd = Slapd::start(&ldif::skeleton());
    let (dead, hung) = dead_and_hung().await;
    let dns = hosts().await;
    let third = (2, 0, slapd.port(), NAMES[2]);
    dns.srv(ALL, &[(0, 0, dead, NAMES[0]), (1, 0, hung.local_addr().unwrap().port(), NAMES[1]), third]);
    let mut settings = discovered(&dns);
    settings.connect_timeout = Duration::from_secs(1);
    let began = Instant::now();
    let session = Session::open(&settings).await.unwrap();
    assert_eq!(session.url(), format!("ldap://dc3.roster.test:{}", slapd.port()));
    assert!((1000..4000).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());

    dns.forget(NAMES[2]);
    let error = refused(&settings).await.to_string();
    for words in ["connection refused", "not answered within 1s", "its name has no address"] {
        assert!(error.contains(words), "{words}: {error}");
    }
}

#[tokio::test]
async fn the_server_that_last_worked_comes_first_while_dns_names_it() {
    let slapd = Slapd::start(&ldif::skeleton());
    let dns = hosts().await;
    dns.srv(ALL, &[(0, 0, slapd.port(), NAMES[0]), (1, 0, slapd.port(), NAMES[1])]);
    let settings = discovered(&dns);
    let last = format!("ldap://dc2.roster.test:{}", slapd.port());
    let opened = || async {
        let mut opening = Opening::begin(&settings, Some(&last)).await.unwrap();
        let unbound = opening.connect().await.unwrap();
        opening.bind(unbound).await.unwrap().unwrap().url().to_owned()
    };
    assert_eq!(opened().await, last);
    dns.srv(ALL, &[(0, 0, slapd.port(), NAMES[0])]);
    assert_eq!(opened().await, format!("ldap://dc1.roster.test:{}", slapd.port()));
}

#[tokio::test]
async fn name_servers_that_do_not_answer_are_given_up() {
    let (dead, _) = dead_and_hung().await;
    let dead = ([127, 0, 0, 1], dead).into();
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let hung = silent.local_addr().unwrap();
    let dns = hosts().await;
    dns.srv(ALL, &[(0, 0, 389, NAMES[0])]);
    for servers in [vec![dead], vec![hung], vec![hung, dead]] {
        let mut settings = asking(discovered(&dns), |domain| domain.dns.clone_from(&servers));
        settings.connect_timeout = Duration::from_secs(1);
        let began = Instant::now();
        let asked =
            format!("no answer from the name server{} {}", if servers.len() > 1 { "s" } else { "" }, servers[0]);
        says(&settings, &["the servers of `roster.test` can't be found by DNS", &asked, "check `dns`"]).await;
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    }
    let settings = asking(discovered(&dns), |domain| domain.dns = vec![hung, dead, dns.address()]);
    assert_eq!(urls(&settings).await, ["ldap://dc1.roster.test:389"]);
}

#[tokio::test]
async fn why_dns_names_nobody() {
    let dns = hosts().await;
    let nobody = asking(discovered(&dns), |domain| domain.name = "rooster.test".to_owned());
    says(&nobody, &["no such domain is known to the name server 127.0.0.1:", "correct `discover`"]).await;
    let settings = discovered(&dns);
    says(&settings, &["there is no SRV record _ldap._tcp.dc._msdcs.roster.test", "correct `discover`"]).await;
    dns.srv(ALL, &[]);
    says(&settings, &["there is no SRV record"]).await;
    dns.srv(ALL, &[(0, 0, 0, ".")]);
    says(&settings, &["its SRV record says that there is none", "list servers under `url`"]).await;
    dns.says(REFUSED);
    says(&settings, &["the answer of the name server 127.0.0.1:", "is Query Refused", "under `dns`"]).await;
}

#[tokio::test]
async fn an_answer_too_long_for_udp_comes_over_tcp() {
    let dns = hosts().await;
    let many: Vec<_> = (0..200).map(|number| format!("dc{number}.roster.test")).collect();
    let many: Vec<_> = many.iter().map(|name| (0, 100, 389, name.as_str())).collect();
    dns.srv(ALL, &many);
    dns.truncates();
    assert_eq!(urls(&discovered(&dns)).await.len(), 200);
    assert_eq!(dns.asked(), [format!("udp {ALL}"), format!("tcp {ALL}")]);
}
