//! DNS, asked of the name servers that the config names or of the system's.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;

/// A resolver that remembers nothing of former ones. What it is asked takes so long at most.
pub(super) fn resolver(servers: &[SocketAddr], limit: Duration) -> Result<TokioResolver, NetError> {
    let mut builder = if servers.is_empty() {
        TokioResolver::builder_tokio()?
    } else {
        let config = ResolverConfig::from_name_servers(servers.iter().map(name_server).collect());
        TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
    };
    let options = builder.options_mut();
    // All at once, and once again: a dead name server costs nothing as long as another one answers.
    options.num_concurrent_reqs = servers.len().max(3);
    options.attempts = 1;
    options.timeout = limit / 2;
    // IPv4 first: where IPv6 is announced and leads nowhere, it would cost its share of the time.
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.use_hosts_file = ResolveHosts::Never;
    builder.build()
}

fn name_server(address: &SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
    let at_its_port = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    NameServerConfig::new(address.ip(), true, connections.map(at_its_port).into())
}

/// The addresses of a host. The system's own way is asked where the config names no name servers: it knows
/// `/etc/hosts` and more.
pub(super) async fn addresses(
    host: &str,
    port: u16,
    servers: &[SocketAddr],
    limit: Duration,
) -> io::Result<Vec<SocketAddr>> {
    if servers.is_empty() {
        return Ok(tokio::net::lookup_host((host, port)).await?.collect());
    }
    // With its final dot it is a whole name, which no search domain is added to.
    let found = resolver(servers, limit).map_err(io::Error::other)?.lookup_ip(format!("{host}.")).await;
    match found {
        Ok(found) => Ok(found.iter().map(|address| SocketAddr::new(address, port)).collect()),
        Err(error) if error.is_no_records_found() => Ok(Vec::new()),
        Err(error) => Err(io::Error::other(format!("no address from {}: {error}", said_by(servers)))),
    }
}

/// Who was asked, for messages.
pub(super) fn said_by(servers: &[SocketAddr]) -> String {
    let names: Vec<_> = servers.iter().map(SocketAddr::to_string).collect();
    match names.len() {
        0 => "the system's name servers (/etc/resolv.conf)".to_owned(),
        1 => format!("the name server {}", names[0]),
        _ => format!("the name servers {}", names.join(", ")),
    }
}
