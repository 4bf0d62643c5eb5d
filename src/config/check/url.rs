//! URLs, looked at before anything connects.

use std::net::IpAddr;

use reqwest::Url;

use crate::config::fault::Fault;
use crate::config::setting::Setting;

/// A URL with a host, and without a user: credentials have their own keys.
pub(super) fn url(setting: &Setting<'_>, schemes: &[&str]) -> Option<Url> {
    read(setting.text_as("a URL")?, schemes).map_err(|(message, help)| setting.fault(message, help)).ok()
}

/// The same of a text; or what is wrong with it, and what helps.
pub(super) fn read(text: &str, schemes: &[&str]) -> Result<Url, (String, String)> {
    let list = schemes.iter().map(|scheme| format!("{scheme}://")).collect::<Vec<_>>().join(" or ");
    let begins = || format!("it begins with {list}, then a host");
    let url = Url::parse(text).map_err(|_| ("this is no URL".to_owned(), begins()))?;
    if !schemes.contains(&url.scheme()) {
        return Err((format!("`{}://` cannot be used here", url.scheme()), format!("it must begin with {list}")));
    }
    if url.host_str().is_none_or(str::is_empty) && url.scheme() != "ldapi" {
        return Err(("this URL names no host".to_owned(), begins()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(("this URL has a `?` or `#` in it".to_owned(), "write only what stands before it".to_owned()));
    }
    Ok(url)
}

/// A target's URL, to which paths are added. `instead` says where credentials stand.
pub(super) fn api(setting: &Setting<'_>, instead: &str) -> Option<String> {
    let url = url(setting, &["https", "http"])?;
    without_user(setting, &url, instead);
    if url.scheme() == "http" && !is_local(&url) {
        let warning = Fault::at(setting.node.at.clone(), "secrets and people cross the network in the clear");
        setting.report.warn(warning.help("use https://"));
    }
    Some(url.as_str().trim_end_matches('/').to_owned())
}

/// Whether a text will do for a target's URL; or what is wrong with it, and what helps.
pub fn judge_api(text: &str) -> Result<(), (String, String)> {
    alone(&read(text, &["https", "http"])?, APART)
}

/// What helps where no key is there to be named.
pub(super) const APART: &str = "write it without; they are given apart";

/// Refuses `user:password@`.
pub(super) fn without_user(setting: &Setting<'_>, url: &Url, instead: &str) {
    if let Err((message, help)) = alone(url, instead) {
        setting.report.hide(setting.node.at.clone());
        setting.fault(message, help);
    }
}

pub(super) fn alone(url: &Url, instead: &str) -> Result<(), (String, String)> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(());
    }
    Err(("credentials do not belong in this URL".to_owned(), instead.to_owned()))
}

/// Whether what is sent there stays on this machine.
pub(super) fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    url.scheme() == "ldapi"
        || host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
