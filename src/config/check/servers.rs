//! `url`, or `discover` with `site` and `dns`: where a directory's servers are.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;

use super::url;
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::directory::{Domain, Servers, Tls};

/// Those of directories.
const SCHEMES: [&str; 3] = ["ldaps", "ldap", "ldapi"];

/// The port of DNS.
const DNS: u16 = 53;

/// The keys as they stand, for what is to be said about them together with others.
pub(super) struct Written<'a> {
    urls: Vec<(Setting<'a>, Url)>,
    domain: Option<Domain>,
}

/// Reads the keys; exactly one of `url` and `discover` must be there.
pub(super) fn servers<'a>(section: &mut Section<'a>) -> Written<'a> {
    let discover = section.get("discover");
    let site = section.get("site");
    let dns = section.get("dns");
    let urls = match &discover {
        Some(_) => section.get("url"),
        None => section.required("url", "such as ldaps://dc1.example.com; or `discover: example.com`, which asks DNS"),
    };
    if discover.is_none() {
        for setting in [&site, &dns].into_iter().flatten() {
            let message = format!("`{}` is only for servers that are discovered", setting.name);
            setting.name_fault(message, "remove it, or put `discover: example.com` in the place of `url`");
        }
    }
    if let (Some(discover), Some(_)) = (&discover, &urls) {
        discover
            .name_fault("`discover` and `url` exclude each other", "keep one: DNS names the servers, or the config");
    }
    let site = site.and_then(|site| site_name(&site));
    let dns = dns.map(|dns| dns.one_or_many().iter().filter_map(name_server).collect()).unwrap_or_default();
    let domain = discover.and_then(|discover| domain_name(&discover)).map(|name| Domain { name, site, dns });
    Written { urls: urls.map(|urls| urls_of(&urls)).unwrap_or_default(), domain }
}

impl Written<'_> {
    /// Says where a password would cross the network in the clear. What is discovered is asked over TLS.
    pub fn refuse_plaintext(&self, tls: &Tls) {
        let clear = |url: &Url| url.scheme() == "ldap" && !tls.starttls && !url::is_local(url);
        for (server, _) in self.urls.iter().filter(|(_, url)| clear(url)) {
            server.fault(
                "the password would cross the network in the clear",
                "use ldaps://, or `tls: { starttls: true }`; in a lab, `tls: { danger_allow_plaintext: true }`",
            );
        }
    }

    /// Says which servers nobody can bind to by Kerberos: a ticket is made out to a name, and no security layer is asked for
    /// beside TLS.
    pub fn refuse_for_kerberos(&self, tls: &Tls) {
        for (server, url) in &self.urls {
            if url.scheme() != "ldaps" && !(url.scheme() == "ldap" && tls.starttls) {
                server.fault(
                    "a bind by Kerberos needs TLS: by itself it protects nothing of what is read",
                    "use ldaps://, or `tls: { starttls: true }`",
                );
            }
            let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
            if host.parse::<IpAddr>().is_ok() {
                server.fault(
                    "a bind by Kerberos needs the server's name: its ticket is for ldap/name",
                    "write the domain controller's full name, such as ldaps://dc1.corp.example.com",
                );
            }
        }
    }

    /// Whether none of the servers could be asked for StartTLS.
    pub fn all_encrypted(&self) -> bool {
        !self.urls.is_empty() && self.urls.iter().all(|(_, url)| url.scheme() != "ldap")
    }

    /// As a directory has them.
    pub fn checked(self) -> Servers {
        let text = |(server, _): (Setting<'_>, _)| server.text().unwrap_or_default().to_owned();
        match self.domain {
            Some(domain) => Servers::Discovered(domain),
            None => Servers::Listed(self.urls.into_iter().map(text).collect()),
        }
    }
}

fn urls_of<'a>(setting: &Setting<'a>) -> Vec<(Setting<'a>, Url)> {
    let servers = setting.one_or_many();
    servers.into_iter().filter_map(|server| server_url(&server).map(|url| (server, url))).collect()
}

fn server_url(setting: &Setting<'_>) -> Option<Url> {
    let url = url::url(setting, &SCHEMES)?;
    url::without_user(setting, &url, "who binds stands under `bind`");
    for (message, help) in odd(&url) {
        setting.fault(message, help);
    }
    Some(url)
}

/// Whether a text will do for a server's URL; or what is wrong with it, and what helps.
pub fn judge(text: &str) -> Result<(), (String, String)> {
    let url = url::read(text, &SCHEMES)?;
    url::alone(&url, url::APART)?;
    odd(&url).into_iter().next().map_or(Ok(()), Err)
}

/// What is not as it should be with a server's URL, and what helps.
fn odd(url: &Url) -> Vec<(String, String)> {
    let mut odd = Vec::new();
    if !matches!(url.path(), "" | "/") && url.scheme() != "ldapi" {
        odd.push(("this URL has a path".to_owned(), "where to search stands under `search` of the sync".to_owned()));
    }
    if let Some(port @ (3268 | 3269)) = url.port() {
        let instead = if port == 3268 { "ldap:// (389)" } else { "ldaps:// (636)" };
        odd.push((
            format!("port {port} is the Global Catalog, which does not hold accountExpires: expired people would stay active"),
            format!("leave the port out and use {instead}"),
        ));
    }
    odd
}

fn domain_name(setting: &Setting<'_>) -> Option<String> {
    let name = setting.text_as("a domain's DNS name")?.trim_end_matches('.');
    // As part of `_ldap._tcp.….dc._msdcs.` it must stay below the 253 letters of a name.
    let well = name.len() <= 128 && name.split('.').all(is_label) && name.parse::<IpAddr>().is_err();
    if !well {
        setting.fault("this is no DNS name of a domain", "write the name alone, such as corp.example.com");
    }
    well.then(|| name.to_ascii_lowercase())
}

fn site_name(setting: &Setting<'_>) -> Option<String> {
    let name = setting.text_as("a site's name")?;
    if !is_label(name) {
        setting
            .fault("this is no name of a site", "write it as in Active Directory Sites and Services, such as London");
        return None;
    }
    Some(name.to_owned())
}

/// One part of a DNS name (RFC 1035 section 2.3.1; with the underscore that some Windows names have).
fn is_label(label: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    (1..=63).contains(&label.len()) && label.chars().all(letter)
}

fn name_server(setting: &Setting<'_>) -> Option<SocketAddr> {
    let text = setting.text_as("an IP address")?;
    let address = text.parse().or_else(|_| text.parse::<IpAddr>().map(|address| SocketAddr::new(address, DNS)));
    if address.is_err() {
        setting.fault("this is no address of a name server", "write an IP address: 10.0.0.53 or 10.0.0.53:5353");
    }
    address.ok()
}
