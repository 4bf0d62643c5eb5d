//! Against a server with a certificate of our own making; the keys that signed it are gone.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};

use super::*;

fn certificates(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "src/transport/tests/certificates", file].iter().collect()
}

/// Serves one connection at a loopback address; its port.
fn tls_server(address: &str) -> u16 {
    install_crypto();
    let chain = vec![CertificateDer::from_pem_file(certificates("server.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(certificates("server.key")).unwrap();
    let config = Arc::new(ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = std::net::TcpListener::bind((address, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut connection = ServerConnection::new(config).unwrap();
        let mut stream = Stream::new(&mut connection, &mut socket);
        let mut request = [0; 4096];
        // A client that does not trust us hangs up here.
        if stream.read(&mut request).is_ok_and(|length| length > 0) {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK").unwrap();
        }
    });
    port
}

async fn call(host: &str, ca: Option<&str>) -> Answer {
    let http = Http { ca: ca.map(certificates), ..http(PATIENCE) };
    Transport::new(&http).unwrap().call(&get(format!("https://{host}:{}/", tls_server(host)))).await
}

#[tokio::test]
async fn a_certificate_of_our_own_authority_is_trusted() {
    for host in ["localhost", "127.0.0.1"] {
        assert_eq!(reply(call(host, Some("ca.pem")).await).body, "OK");
    }
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_that_is_not_trusted() {
    // Our own authority is the only one, and without it only the system's are.
    for ca in [Some("other-ca.pem"), None] {
        let why = unsent(call("localhost", ca).await);
        assert_eq!(why, "could not connect: invalid peer certificate: UnknownIssuer");
    }
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_of_another_name() {
    let why = unsent(call("127.0.0.2", Some("ca.pem")).await);
    assert!(why.contains("certificate not valid for name \"127.0.0.2\""), "{why}");
}

#[tokio::test]
async fn a_handshake_that_hangs_is_no_connection() {
    let url = server(|listener| async move { hang(accept(&listener).await).await }).await;
    let why = unsent(hasty().call(&get(url.replace("http:", "https:"))).await);
    assert_eq!(why, "could not connect in time");
}
