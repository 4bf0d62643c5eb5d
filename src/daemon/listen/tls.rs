//! TLS for whoever comes: 1.2 at least, with the certificate of the config in force. Its files are looked at as all of the
//! config is: a renewed one is there for the next connection, and one that is no good is refused with its config.

use std::fmt;
use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use crate::daemon::shared::Daemon;

/// Looks for it at every handshake.
struct InForce(Arc<Daemon>);

/// How connections become secure.
pub(super) fn acceptor(daemon: Arc<Daemon>) -> io::Result<TlsAcceptor> {
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(io::Error::other)?;
    let mut config = builder.with_no_client_auth().with_cert_resolver(Arc::new(InForce(daemon)));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

impl ResolvesServerCert for InForce {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let config = self.0.config();
        Some(config.listen.as_ref()?.secured.as_ref()?.certificate.certified())
    }
}

impl fmt::Debug for InForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InForce(…)")
    }
}
