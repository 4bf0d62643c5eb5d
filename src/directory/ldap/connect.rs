//! Sockets: our own, to have one deadline over all of a name's addresses, no delay, and keepalive.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpSocket, TcpStream, UnixStream};
use tokio::time::timeout;

use super::connection::Connection;
use super::endpoint::Endpoint;
use super::{Deadline, Error, Operation, dns, tls};
use crate::directory::{Bind, Servers, Settings};

/// Connects, with TLS where it is configured. No byte of a password is sent here.
pub(super) async fn connect(endpoint: &Endpoint, settings: &Settings, deadline: Deadline) -> Result<Connection, Error> {
    let (host, port, ldaps) = match endpoint {
        Endpoint::Unix { path } => {
            let server = format!("the socket {path}");
            let dialled = async { UnixStream::connect(path).await.map_err(|error| unreachable(&server, &error)) };
            let stream = deadline.hold(Operation::Connect, dialled).await?;
            return Ok(Connection::new(stream, settings.timeout));
        }
        Endpoint::Tcp { host, port, ldaps } => (host, *port, *ldaps),
    };
    let server = &format!("{host}:{port}");
    let stream = tcp(host, port, settings, deadline).await?;
    if !ldaps && !settings.tls.starttls {
        refuse_plaintext(stream.peer_addr().ok().map(|peer| peer.ip()), server, settings)?;
        return Ok(Connection::new(stream, settings.timeout));
    }
    let stream = deadline.hold(Operation::Connect, tls::shake(stream, server, host, !ldaps, &settings.tls)).await?;
    Ok(Connection::with_tls(stream, settings.timeout))
}

/// Its answer to the request for TLS.
pub(super) fn no_ldap(server: &str) -> Error {
    unreachable(server, &"its reply to StartTLS is not well-formed LDAP")
}

/// The config refuses this too; here it is held where the password would be sent.
fn refuse_plaintext(peer: Option<IpAddr>, server: &str, settings: &Settings) -> Result<(), Error> {
    let local = peer.is_some_and(|peer| peer.to_canonical().is_loopback());
    match settings.bind {
        Bind::Simple { .. } if !local && !settings.tls.danger_allow_plaintext => {
            Err(Error::Plaintext { server: server.to_owned() })
        }
        Bind::Gssapi { .. } => Err(Error::NeedsTls),
        _ => Ok(()),
    }
}

/// The first address that answers. Each gets its share of the time left, so that a dead first one does not cost all.
async fn tcp(host: &str, port: u16, settings: &Settings, deadline: Deadline) -> Result<TcpStream, Error> {
    let server = format!("{host}:{port}");
    let name_servers: &[SocketAddr] = match &settings.servers {
        Servers::Discovered(domain) => &domain.dns,
        Servers::Listed(_) => &[],
    };
    let resolve = async {
        let found = dns::addresses(host, port, name_servers, deadline.left()).await;
        found.map_err(|error| unreachable(&server, &error))
    };
    let addresses = deadline.hold(Operation::Connect, resolve).await?;
    let mut why = "its name has no address".to_owned();
    for (at, address) in addresses.iter().enumerate() {
        let share = deadline.left() / u32::try_from(addresses.len() - at).unwrap_or(u32::MAX);
        why = match timeout(share, dial(*address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => plain(&error),
            Err(_) => format!("no answer within {}", humantime::format_duration(deadline.whole)),
        };
    }
    Err(Error::Connect { server, why })
}

async fn dial(address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_keepalive(true)?;
    let stream = socket.connect(address).await?;
    // Requests are small and each waits for its answer: Nagle's algorithm would only add delays.
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn unreachable(server: &str, error: &dyn Display) -> Error {
    Error::Connect { server: server.to_owned(), why: plain(error) }
}

/// `Connection refused (os error 111)` without its number.
pub(super) fn plain(error: &dyn Display) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("I/O error: ").unwrap_or(&text);
    text.split(" (os error").next().unwrap_or(text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::directory::Tls;

    #[test]
    fn a_password_crosses_no_network_in_the_clear() {
        let bind = Bind::Simple { dn: "cn=a".to_owned(), password: "b".into() };
        let second = Duration::from_secs(1);
        let (servers, tls) = (Servers::Listed(Vec::new()), Tls::default());
        let mut settings = Settings {
            servers,
            kind: None,
            bind,
            tls,
            page_size: 1,
            max_entries_per_second: None,
            connect_timeout: second,
            timeout: second,
        };
        let refused =
            |peer: &str, settings: &Settings| refuse_plaintext(peer.parse().ok(), "server", settings).is_err();
        for (peer, expected) in
            [("127.0.0.9", false), ("::1", false), ("::ffff:127.0.0.1", false), ("10.0.0.1", true), ("", true)]
        {
            assert_eq!(refused(peer, &settings), expected, "{peer}");
        }
        settings.tls.danger_allow_plaintext = true;
        assert!(!refused("10.0.0.1", &settings));
        settings.tls.danger_allow_plaintext = false;
        settings.bind = Bind::Anonymous;
        assert!(!refused("10.0.0.1", &settings));
    }
}
