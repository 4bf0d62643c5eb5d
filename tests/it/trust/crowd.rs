//! Anybody on the host may open connections to the daemon, and say nothing.

use std::fs;
use std::net::TcpStream;
use std::os::unix::net::UnixStream;

use crate::fixtures::daemon::{Daemon, free_port};
use crate::fixtures::road::Road;

#[test]
fn whoever_opens_many_connections_keeps_nobody_from_their_work() {
    let mut road = Road::new(3);
    let port = free_port();
    road.config.settings = format!("listen: 127.0.0.1:{port}");
    road.config.sync().more = "schedule: 10s".to_owned();
    let daemon = Daemon::start(&road);
    road.wait(|road| road.sandbox.members().len() == 3);
    let socket = road.config_file().with_file_name("control.sock");
    let crowd: Vec<_> = (0..150).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    let at_the_socket: Vec<_> = (0..100).map(|_| UnixStream::connect(&socket).unwrap()).collect();
    road.people.hire([4]);
    road.wait(|road| road.sandbox.members().len() == 4);
    let open = fs::read_dir(format!("/proc/{}/fd", daemon.id())).unwrap().count();
    // Of 250 that were opened.
    assert!(open < 150, "{open} files are open");
    drop((crowd, at_the_socket));
    assert_eq!(road.status()["syncs"][0]["sync"], "people");
    assert_eq!(daemon.stop().code, Some(0));
}
