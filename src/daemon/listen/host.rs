//! Under which name pages are asked for: a name may be made to mean this host by whoever owns it, and then their page is of
//! one origin with ours. Nobody owns an IP address, or `localhost`; and over TLS a name is ours that the config says.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::{AsHeaderName, HOST};

/// The host that is asked for, with or without a port; `None` where it is a name that somebody else could own.
pub(super) fn ours<'a>(headers: &'a HeaderMap, name: Option<&str>) -> Option<&'a str> {
    only(headers, HOST)
        .filter(|host| is_here(host) || name.is_some_and(|name| without_port(host).eq_ignore_ascii_case(name)))
}

/// A header that is there once.
pub(super) fn only(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// As a name alone.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_here(host: &str) -> bool {
    let name = without_port(host);
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    match bare {
        Some(bare) => bare.parse::<IpAddr>().is_ok_and(|address| address.is_ipv6()),
        None => name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_ipv4()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_somebody_could_own_are_not_here() {
        for host in ["localhost", "LOCALHOST:9464", "127.0.0.1", "127.0.0.1:9464", "[::1]:9464", "[::1]", "10.0.0.7:80"]
        {
            assert!(is_here(host), "{host}");
        }
        for host in [
            "",
            "rosterd.example.com",
            "127.0.0.1.example.com:9464",
            "localhost.example.com",
            "example.com:127",
            "::1",
            "127.0.0.1:x",
            "127.1",
            "[127.0.0.1]",
        ] {
            assert!(!is_here(host), "{host}");
        }
    }
}
