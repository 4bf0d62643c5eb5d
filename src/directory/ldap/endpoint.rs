//! Where a server is (RFC 4516; only scheme, host and port matter here).

use super::Error;

/// A server's address as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// `ldap://` or `ldaps://`.
    Tcp { host: String, port: u16, ldaps: bool },
    /// `ldapi://` with a percent-encoded path.
    Unix { path: String },
}

impl Endpoint {
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        let fault = |why| Error::Url { url: url.to_owned(), why };
        let (scheme, rest) = url.split_once("://").ok_or_else(|| fault("it has no ://"))?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let ldaps = match scheme.to_ascii_lowercase().as_str() {
            "ldap" => false,
            "ldaps" => true,
            "ldapi" => {
                let path = percent_decode(authority).ok_or_else(|| fault("its path is not percent-encoded UTF-8"))?;
                if path.is_empty() {
                    return Err(fault("it names no socket: write ldapi://%2Fpath%2Fto%2Fsocket"));
                }
                return Ok(Self::Unix { path });
            }
            _ => return Err(fault("only ldap://, ldaps:// and ldapi:// are known")),
        };
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => rest.split_once(']').ok_or_else(|| fault("its [ is not closed"))?,
            None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
        };
        let port = match port.strip_prefix(':') {
            Some(port) => port.parse().map_err(|_| fault("its port is not a number up to 65535"))?,
            None if port.is_empty() => {
                if ldaps {
                    636
                } else {
                    389
                }
            }
            None => return Err(fault("it has something odd after its host")),
        };
        if host.is_empty() || host.contains('@') {
            return Err(fault("its host is missing or odd"));
        }
        Ok(Self::Tcp { host: host.to_owned(), port, ldaps })
    }
}

fn percent_decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(host: &str, port: u16, ldaps: bool) -> Endpoint {
        Endpoint::Tcp { host: host.to_owned(), port, ldaps }
    }

    #[test]
    fn urls() {
        for (url, expected) in [
            ("ldap://dc1.example.com", tcp("dc1.example.com", 389, false)),
            ("LDAPS://dc1.example.com/", tcp("dc1.example.com", 636, true)),
            ("ldap://127.0.0.1:3890/dc=example", tcp("127.0.0.1", 3890, false)),
            ("ldap://[::1]:3890", tcp("::1", 3890, false)),
            ("ldaps://[fe80::1]", tcp("fe80::1", 636, true)),
            ("ldapi://%2Fvar%2Frun%2Fslapd", Endpoint::Unix { path: "/var/run/slapd".to_owned() }),
        ] {
            assert_eq!(Endpoint::parse(url).unwrap(), expected, "{url}");
        }
    }

    #[test]
    fn what_is_no_url() {
        for url in [
            "dc1.example.com",
            "http://dc1",
            "ldap://",
            "ldap://:389",
            "ldap://a:b",
            "ldap://[::1",
            "ldapi://",
            "ldapi://%2",
        ] {
            assert!(matches!(Endpoint::parse(url), Err(Error::Url { .. })), "{url}");
        }
    }
}
