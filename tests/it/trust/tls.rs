//! Who is spoken to, and how: TLS 1.2 at least, and only with the name in the URL.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::fixtures::certificates;
use crate::fixtures::place::wait;
use crate::fixtures::program::Program;
use crate::fixtures::road::Road;

/// A server that speaks one version of TLS, with a certificate for `127.0.0.1`; nothing behind it.
struct Server {
    _process: Program,
    folder: TempDir,
    address: String,
}

impl Server {
    fn start(host: &str, version: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        certificates::issue(folder.path(), "IP:127.0.0.1");
        let port = TcpListener::bind((host, 0)).unwrap().local_addr().unwrap().port();
        let address = format!("{host}:{port}");
        let mut command = Command::new("openssl");
        command.current_dir(folder.path()).args(["s_server", "-quiet", "-accept", &address, version]);
        command.args(["-cert", "server.pem", "-key", "server.key", "-cipher", "ALL:@SECLEVEL=0"]);
        let process = Program::of(command);
        wait(|| TcpStream::connect(&address).is_ok());
        Self { _process: process, folder, address }
    }

    fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Whether a client that speaks everything gets through to it.
    fn speaks(&self, version: &str) -> bool {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-connect", &self.address, version, "-cipher", "ALL:@SECLEVEL=0"]);
        Program::of(command).end().code == Some(0)
    }
}

/// A road to a directory and to a target at such a server; what a run says of each.
fn tried(server: &Server) -> [String; 2] {
    let mut road = Road::new(1);
    let ca = server.ca();
    let directory = std::mem::replace(&mut road.config.url, format!("ldaps://{}", server.address));
    road.config.directory = format!("timeout: 2s\n    tls: {{ ca: {} }}", ca.display());
    road.config.target = format!("https://{}", server.address);
    road.config.destination = format!("quiet: 0s\n    timeout: 2s\n    ca: {}", ca.display());
    let of_directory = road.sync().says("failed", 1, &[]);
    road.config.url = directory;
    road.config.directory.clear();
    let of_target = road.sync().says("pending", 6, &[]);
    assert_eq!(road.requests(), [0, 0]);
    [of_directory, of_target].map(|said| said["error"].as_str().unwrap().to_owned())
}

#[test]
fn nothing_older_than_tls_1_2_is_spoken() {
    let old = Server::start("127.0.0.1", "-tls1_1");
    assert!(old.speaks("-tls1_1"), "the server is no test of anything");
    for said in tried(&old) {
        assert!(said.contains("TLS 1.2"), "{said}");
    }
    // With the oldest version that will do the same server is spoken to; there is nothing behind it.
    for said in tried(&Server::start("127.0.0.1", "-tls1_2")) {
        assert!(!said.contains("TLS") && !said.contains("could not connect"), "{said}");
    }
}

#[test]
fn a_certificate_of_another_name_will_not_do() {
    for said in tried(&Server::start("127.0.0.2", "-tls1_3")) {
        assert!(said.contains("127.0.0.2") && said.contains("certificate"), "{said}");
    }
}
