//! A webhook behind a certificate of the house's own authority, or behind a proxy.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::{Hook, told};
use crate::fixtures::certificates;
use crate::fixtures::daemon::Daemon;
use crate::fixtures::road::Road;

/// Takes connections that are encrypted.
struct Encrypted {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Encrypted {
    /// With a certificate of an authority in a folder, both of which are made.
    async fn new(folder: &Path) -> Self {
        certificates::issue(folder, "IP:127.0.0.1");
        rosterd::transport::install_crypto();
        let chain = vec![CertificateDer::from_pem_file(folder.join("server.pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { listener, acceptor: TlsAcceptor::from(Arc::new(config)) }
    }
}

impl Listener for Encrypted {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.listener.accept().await.unwrap();
            // Who does not trust us hangs up.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// What `notify --test` finds.
#[track_caller]
fn finds(road: &Road, code: i32, text: &str) {
    let output = road.run(&["notify", "--test"]);
    let found = &output.lines()[0]["findings"][0]["text"];
    assert_eq!((output.code, found.as_str()), (Some(code), Some(format!("the webhook at 127.0.0.1 {text}").as_str())));
}

#[test]
fn a_webhook_is_believed_by_the_authority_that_the_config_names() {
    let mut road = Road::new(2);
    let folder = road.config_file().parent().unwrap().to_owned();
    let hook = Hook::at(&road, "https", road.block_on(Encrypted::new(&folder)));
    let reached = |more: &str| format!("notify: {{ webhook: {}, after: 1s{more} }}", hook.url);
    road.config.settings = reached("");
    finds(&road, 1, "did not take it: could not connect: invalid peer certificate: UnknownIssuer");
    road.config.settings = reached(&format!(", ca: {}", folder.join("ca.pem").display()));
    finds(&road, 0, "took it: it answered 204");
    // So does the daemon, of what is wrong.
    let daemon = Daemon::start(&road);
    let good = fs::read_to_string(road.config_file()).unwrap();
    fs::write(road.config_file(), good.replace("    search:", "    serach:")).unwrap();
    assert_eq!(told(&road, 2, || hook.heard()), ["test notify test", "config_refused config raised"]);
    assert_eq!(daemon.stop().code, Some(0));
    road.config.settings = reached(", ca: /nowhere/ca.pem");
    let why = "cannot read the authorities in /nowhere/ca.pem: No such file or directory; \
               name in `ca` a file that rosterd may read";
    finds(&road, 1, &format!("did not take it: {why}"));
    let output = road.run(&["check", "--offline"]);
    let told = format!("the webhook at 127.0.0.1 can't be reached: {why}");
    assert!(output.code == Some(1) && output.stdout.contains(&told), "{output:?}");
}

#[test]
fn a_webhook_is_reached_by_the_proxy_that_the_config_names() {
    let mut road = Road::new(2);
    let hook = Hook::new(&road);
    // One that is not there.
    road.config.settings = format!("notify: {{ webhook: {}, proxy: http://127.0.0.1:1 }}", hook.url);
    finds(&road, 1, "did not take it: could not connect: Connection refused");
    assert!(hook.heard().is_empty());
}
