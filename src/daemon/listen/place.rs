//! Where somebody comes to: what pages there are, and under which names.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::HeaderMap;

use super::host;

/// Where it listens, and how browsers reach it from elsewhere.
#[derive(Clone, Debug)]
pub struct Place {
    address: SocketAddr,
    /// Where it is there: whoever comes speaks TLS, and whoever wants a page logs in.
    name: Option<Arc<str>>,
}

impl Place {
    /// At an address, with a name where there are TLS and a login.
    pub fn new(address: SocketAddr, name: Option<&str>) -> Self {
        Self { address, name: name.map(Arc::from) }
    }

    /// The address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether whoever comes speaks TLS, and logs in for pages.
    pub fn is_secured(&self) -> bool {
        self.name.is_some()
    }

    /// Whether there are pages: only whoever is on this host comes to an address that loops back, and to any other
    /// somebody who logs in.
    pub fn has_pages(&self) -> bool {
        self.is_secured() || self.address.ip().to_canonical().is_loopback()
    }

    /// How somebody comes here.
    pub fn url(&self) -> String {
        match &self.name {
            Some(name) => format!("https://{name}:{}", self.address.port()),
            None => format!("http://{}", self.address),
        }
    }

    /// What pages are asked for is of this origin; `None` where it is asked for by a name that is not ours.
    pub(super) fn origin(&self, headers: &HeaderMap) -> Option<String> {
        let scheme = if self.is_secured() { "https" } else { "http" };
        host::ours(headers, self.name.as_deref()).map(|host| format!("{scheme}://{host}"))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::HOST;

    use super::*;

    fn at(address: &str, name: Option<&str>) -> Place {
        Place::new(address.parse().unwrap(), name)
    }

    #[test]
    fn pages_are_for_this_host_or_for_those_who_log_in() {
        for (address, alone) in [
            ("127.0.0.1:9464", true),
            ("[::1]:9464", true),
            ("[::ffff:127.0.0.1]:9464", true),
            ("0.0.0.0:9464", false),
            ("[::]:9464", false),
            ("10.0.0.7:9464", false),
        ] {
            assert_eq!(at(address, None).has_pages(), alone, "{address}");
            assert!(at(address, Some("rosterd.example.com")).has_pages(), "{address}");
        }
    }

    #[test]
    fn a_place_has_an_address_or_a_name() {
        assert_eq!(at("[::1]:9464", None).url(), "http://[::1]:9464");
        assert_eq!(at("0.0.0.0:9464", Some("rosterd.example.com")).url(), "https://rosterd.example.com:9464");
    }

    #[test]
    fn what_is_asked_for_by_another_name_is_of_no_origin_of_ours() {
        let origin = |place: &Place, host: &'static str| {
            place.origin(&[(HOST, HeaderValue::from_static(host))].into_iter().collect())
        };
        let (plain, secured) = (at("127.0.0.1:9464", None), at("0.0.0.0:9464", Some("rosterd.example.com")));
        assert_eq!(origin(&plain, "127.0.0.1:9464").as_deref(), Some("http://127.0.0.1:9464"));
        assert_eq!(origin(&plain, "rosterd.example.com:9464"), None);
        assert_eq!(origin(&secured, "Rosterd.Example.com:9464").as_deref(), Some("https://Rosterd.Example.com:9464"));
        assert_eq!(origin(&secured, "rosterd.example.com").as_deref(), Some("https://rosterd.example.com"));
        assert_eq!(origin(&secured, "10.0.0.7:9464").as_deref(), Some("https://10.0.0.7:9464"));
        for host in ["example.com", "x.rosterd.example.com", "rosterd.example.com.", "rosterd.example.com:x"] {
            assert_eq!(origin(&secured, host), None, "{host}");
        }
    }
}
