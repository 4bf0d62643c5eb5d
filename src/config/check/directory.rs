//! `directories`.

use std::time::Duration;

use reqwest::Url;

use super::{bind, url};
use crate::config::fault::Fault;
use crate::config::raw::Value;
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::directory::{Kind, Settings, Tls};

/// A directory.
pub(super) fn settings(setting: &Setting<'_>) -> Option<Settings> {
    let mut section = setting.section()?;
    section.not_yet("discover", "name the servers: `url: [ldaps://dc1.example.com, ldaps://dc2.example.com]`");
    section.not_yet("site", "name the site's servers under `url`");
    let discovers = setting.has("discover");
    let servers =
        if discovers { section.get("url") } else { section.required("url", "such as ldaps://dc1.example.com") };
    let urls = servers.map(|urls| urls_of(&urls)).unwrap_or_default();
    let kind = section.get("kind").and_then(|kind| {
        kind.choice(&[
            ("active_directory", Kind::ActiveDirectory),
            ("openldap", Kind::OpenLdap),
            ("generic", Kind::Generic),
        ])
    });
    let bind_setting =
        section.required("bind", "`bind: { dn: …, password: \"${cred:ldap-password}\" }`, or `bind: anonymous`");
    let bind = bind_setting.as_ref().and_then(bind::bind);
    let tls = section.get("tls").map_or_else(|| Some(Tls::default()), |tls| tls_of(&tls));
    let page_size = section.get("page_size").and_then(|size| size.number(1..=100_000)).unwrap_or(1000);
    let connect_timeout = duration(&mut section, "connect_timeout", Duration::from_secs(5));
    let timeout = duration(&mut section, "timeout", Duration::from_mins(1));
    section.close();
    let tls = tls?;
    if bind_setting.is_some_and(|bind| matches!(bind.node.value, Value::Map(_))) && !tls.danger_allow_plaintext {
        for (server, url) in &urls {
            plaintext(server, url, &tls);
        }
    }
    if tls.starttls && !urls.is_empty() && urls.iter().all(|(_, url)| url.scheme() != "ldap") {
        let at = setting.child("tls").and_then(|tls| tls.child("starttls"));
        at.as_ref().unwrap_or(setting).name_fault(
            "`starttls` is set, but no URL begins with ldap://",
            "ldaps:// is encrypted from the start; remove `starttls`",
        );
    }
    let urls = urls.into_iter().map(|(server, _)| server.text().unwrap_or_default().to_owned()).collect();
    Some(Settings { urls, kind, bind: bind?, tls, page_size, connect_timeout, timeout })
}

fn duration(section: &mut Section<'_>, key: &'static str, default: Duration) -> Duration {
    section.get(key).and_then(|setting| setting.some_duration()).unwrap_or(default)
}

fn urls_of<'a>(setting: &Setting<'a>) -> Vec<(Setting<'a>, Url)> {
    let servers = setting.one_or_many();
    servers.into_iter().filter_map(|server| server_url(&server).map(|url| (server, url))).collect()
}

fn server_url(setting: &Setting<'_>) -> Option<Url> {
    let url = url::url(setting, &["ldaps", "ldap", "ldapi"])?;
    url::without_user(setting, &url, "who binds stands under `bind`");
    if !matches!(url.path(), "" | "/") && url.scheme() != "ldapi" {
        setting.fault("this URL has a path", "where to search stands under `search` of the sync");
    }
    if let Some(port @ (3268 | 3269)) = url.port() {
        let instead = if port == 3268 { "ldap:// (389)" } else { "ldaps:// (636)" };
        setting.fault(
            format!("port {port} is the Global Catalog, which does not hold accountExpires: expired people would stay active"),
            format!("leave the port out and use {instead}"),
        );
    }
    Some(url)
}

fn tls_of(setting: &Setting<'_>) -> Option<Tls> {
    let mut section = setting.section()?;
    let ca = section.get("ca").and_then(|ca| ca.path());
    let starttls = section.get("starttls").and_then(|flag| flag.flag()).unwrap_or_default();
    let mut danger = |key, why: &str| {
        let Some(setting) = section.get(key) else { return false };
        let on = setting.flag().unwrap_or_default();
        if on {
            setting.report.warn(Fault::at(setting.key_at, format!("`{key}` is on: {why}")));
        }
        on
    };
    let danger_allow_plaintext =
        danger("danger_allow_plaintext", "passwords and people cross the network in the clear");
    let danger_accept_any_certificate =
        danger("danger_accept_any_certificate", "anybody between here and the server can read and change everything");
    section.close();
    Some(Tls { ca, starttls, danger_allow_plaintext, danger_accept_any_certificate })
}

fn plaintext(server: &Setting<'_>, url: &Url, tls: &Tls) {
    if url.scheme() == "ldap" && !tls.starttls && !url::is_local(url) {
        server.fault(
            "the password would cross the network in the clear",
            "use ldaps://, or `tls: { starttls: true }`; in a lab, `tls: { danger_allow_plaintext: true }`",
        );
    }
}
