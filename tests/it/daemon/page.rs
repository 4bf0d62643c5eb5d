//! The pages of a real daemon, in a real browser.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::daemon::monitoring::{busy, get};
use crate::daemon::opening::Browser;
use crate::daemon::secured::{Door, PASSWORD};
use crate::fixtures::daemon::{Daemon, free_port};
use crate::fixtures::road::Road;

fn look(port: u16, path: &str, name: &str, session: Option<&str>) {
    let url = format!("http://127.0.0.1:{port}{path}");
    drive("look.py", [&*url, name].into_iter().chain(session));
}

/// By `tests/page/run`, which has what it takes.
fn drive<'a>(script: &str, arguments: impl IntoIterator<Item = &'a str>) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page").join(script);
    let output = Command::new("python3").arg(script).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
#[ignore = "starts a browser: tests/page/run"]
fn a_busy_day_in_a_browser() {
    let mut road = Road::new(30);
    let port = free_port();
    let daemon = busy(&mut road, port);
    let config = fs::read_to_string(road.config_file()).unwrap();
    fs::write(road.config_file(), config + "\nserach: {}\n").unwrap();
    road.wait(|road| get(road, &format!("http://127.0.0.1:{port}/readyz")).contains("\"config_refused\":true"));
    look(port, "/", "busy", None);
    daemon.stop();
}

#[test]
#[ignore = "starts a browser: tests/page/run"]
fn before_anything_ran_in_a_browser() {
    let mut road = Road::new(3);
    let port = free_port();
    road.config.settings = format!("listen: 127.0.0.1:{port}");
    let daemon = Daemon::start(&road);
    look(port, "/", "new", None);
    daemon.stop();
}

#[test]
#[ignore = "starts a browser: tests/page/run"]
fn people_in_a_browser() {
    let mut road = Road::new(30);
    let port = free_port();
    let daemon = busy(&mut road, port);
    let browser = Browser::by_link(&road);
    let session = browser.cookie.split_once('=').unwrap().1;
    for (path, name) in
        [("/person", "start"), ("/person?who=E20", "person"), ("/held/people", "held"), ("/run/1", "run")]
    {
        look(port, path, name, Some(session));
    }
    daemon.stop();
}

#[test]
#[ignore = "starts a browser: tests/page/run"]
fn behind_the_login_in_a_browser() {
    let door = Door::new(4);
    let daemon = Daemon::start(&door.road);
    drive("login.py", [&*door.url(""), "hr", PASSWORD, &door.link()]);
    daemon.stop();
}
