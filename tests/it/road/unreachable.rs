//! Directories that can't be reached, or not be bound to: nothing is read, nothing is lost.

use std::time::Duration;

use rosterd::sandbox::veris::{self, Effect};

use crate::fixtures::proxy::{Fault, Proxy};
use crate::fixtures::road::Road;

/// A run that fails with these words, changes nothing, and leaves nothing behind for the next good run.
#[track_caller]
fn fails(road: &mut Road, words: &[&str]) {
    let before = road.requests();
    let json = road.sync().says("failed", 1, words);
    assert_eq!((&json["delivery"]["requests"], road.requests()), (&0.into(), before));
}

#[test]
fn a_directory_that_is_down() {
    let mut road = Road::new(12);
    road.sync_well();
    road.people.fire([3]);
    let url = std::mem::replace(&mut road.config.url, "ldap://127.0.0.1:1".to_owned());
    fails(&mut road, &["127.0.0.1:1 can't be reached: connection refused"]);
    road.config.url = format!("[ldap://127.0.0.1:1, {url}]");
    assert_eq!(road.sync_well()["members"]["left"], 1);
}

#[test]
fn what_is_due_is_delivered_though_the_directory_is_down() {
    let mut road = Road::new(12);
    road.faults([veris::Fault::new(Effect::RetryAfter(60))]);
    road.sync().ended("pending", 6);
    road.faults([]);
    road.later(Duration::from_secs(70));
    let url = std::mem::replace(&mut road.config.url, "ldap://127.0.0.1:1".to_owned());
    let json = road.sync().says("failed", 1, &["can't be reached"]);
    assert_eq!((&json["delivery"]["confirmed"], &json["delivery"]["pending"]), (&12.into(), &0.into()));
    road.in_step();
    road.config.url = url;
    assert_eq!(road.sync_well()["members"]["unchanged"], 12);
}

#[test]
fn a_directory_that_accepts_and_never_answers() {
    let mut road = Road::new(12);
    road.sync_well();
    road.people.fire([3]);
    let hung = road.block_on(Proxy::start(road.slapd.port(), Fault::Stall, 0));
    let url = std::mem::replace(&mut road.config.url, hung.url());
    road.config.directory = "connect_timeout: 300ms".to_owned();
    fails(&mut road, &["the bind was not answered within 300ms"]);
    // Bound, and then silent in the middle of a page.
    let silent = road.block_on(Proxy::start(road.slapd.port(), Fault::Stall, 3_000));
    road.config.url = silent.url();
    road.config.directory = "timeout: 300ms".to_owned();
    fails(&mut road, &["page 1 of", "was not answered within 300ms"]);
    road.config.url = url;
    road.config.directory.clear();
    assert_eq!(road.sync_well()["members"]["left"], 1);
}

#[test]
fn a_wrong_password_is_tried_once() {
    let mut road = Road::new(12);
    road.sync_well();
    let proxy = road.block_on(Proxy::start(road.slapd.port(), Fault::Cut, usize::MAX));
    road.config.url = proxy.url();
    let password = std::mem::replace(&mut road.config.password, "planted-wrong-password".to_owned());
    fails(&mut road, &["refused the bind", "bind.password"]);
    assert_eq!(proxy.connections(), 1);
    fails(&mut road, &["refused the bind", "not tried again before"]);
    assert_eq!(proxy.connections(), 1, "another try brings the account closer to its lockout");
    road.config.password = password;
    road.sync_well();
    assert_eq!(proxy.connections(), 2);
}

#[test]
fn a_refused_password_is_tried_again_after_an_hour() {
    let mut road = Road::new(12);
    road.sync_well();
    let proxy = road.block_on(Proxy::start(road.slapd.port(), Fault::Cut, usize::MAX));
    road.config.url = proxy.url();
    road.config.password = "planted-wrong-password".to_owned();
    fails(&mut road, &["refused the bind"]);
    road.later(Duration::from_mins(61));
    fails(&mut road, &["refused the bind"]);
    assert_eq!(proxy.connections(), 2);
}

#[test]
fn a_certificate_of_somebody_else() {
    let mut road = Road::new(12);
    let other = concat!(env!("CARGO_MANIFEST_DIR"), "/src/transport/tests/certificates/other-ca.pem");
    road.config.url = road.slapd.ldaps_url();
    road.config.directory = format!("tls: {{ ca: {other} }}");
    fails(&mut road, &["no TLS with localhost", "tls.ca"]);
    road.config.directory = "tls: { ca: /nonexistent/ca.pem }".to_owned();
    fails(&mut road, &["/nonexistent/ca.pem"]);
    road.config.directory = format!("tls: {{ ca: {} }}", road.slapd.ca().display());
    road.sync_well();
}

#[test]
fn people_see_the_same_line() {
    let mut road = Road::new(0);
    road.config.url = "ldap://127.0.0.1:1".to_owned();
    let output = road.start(&["sync"]).end();
    road.discreet(&output);
    assert_eq!((output.code, output.stderr.as_str()), (Some(1), ""), "{output:?}");
    assert!(output.stdout.starts_with("people: failed"), "{output:?}");
    assert_eq!(output.stdout.matches("127.0.0.1:1 can't be reached: connection refused").count(), 1, "{output:?}");
}
