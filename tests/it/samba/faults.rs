//! Domain controllers that fail, and what is then not done.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use super::company::Company;
use super::people::GRACE;
use crate::fixtures::daemon::Daemon;
use crate::fixtures::program::Program;
use crate::fixtures::proxy::{Fault, Proxy};
use crate::fixtures::samba::{PEOPLE, SEES_DELETED, SERVICE, Samba, person_dn};

/// Nobody may read what is below.
pub const CLOSED: &str = "(D;CI;RPLC;;;AU)";

/// A run that fails with these words and changes nothing.
#[track_caller]
fn fails(company: &Company, words: &[&str]) {
    let before = company.requests();
    company.sync().says("failed", 1, words);
    assert_eq!(company.requests(), before);
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn it_crashes_or_is_stopped_anywhere() {
    let mut company = Company::of(Samba::with_people(24), SERVICE);
    company.samba.set(&person_dn(20), "title", "Chief Engineer");
    company.samba.delete(&person_dn(24));
    let direct = company.config.url.clone();
    let (mut after, mut said) = (1_000, BTreeSet::new());
    loop {
        let address = format!("{}:636", company.samba.address()).parse().unwrap();
        let proxy = company.block_on(Proxy::before(address, Fault::Stall, after));
        company.config.url = proxy.url().replace("ldap://127.0.0.1", "ldaps://localhost");
        let mut sync = company.start(&["sync", "--json"]);
        company.wait(|_| proxy.failed() > 0 || sync.has_ended());
        if proxy.failed() == 0 {
            assert_eq!(sync.end().ended("ok", 0)["members"]["changed"], 1);
            break;
        }
        if said.len() % 2 == 0 {
            company.samba.kill();
        } else {
            company.samba.stop();
        }
        let json = sync.end().says("failed", 1, &[]);
        let error = json["error"].as_str().unwrap().to_owned();
        said.extend(error.split(" during ").nth(1).map(|during| during.split(':').next().unwrap().to_owned()));
        assert_eq!(json["delivery"]["requests"], 0);
        company.samba.restart();
        after += 900;
    }
    for during in ["page 1 of", "page 2 of", "page 3 of", "the look-up"] {
        assert!(said.iter().any(|said| said.starts_with(during)), "never during {during}: {said:?}");
    }
    assert_eq!(company.sandbox.member("E20").unwrap().fields.designation, "Chief Engineer");
    company.config.url = direct;
    assert_eq!(company.sync().ended("ok", 0)["delivery"]["requests"], 0);
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn it_hangs() {
    let mut company = Company::of(Samba::start(), SERVICE);
    company.config.directory += "\n    connect_timeout: 500ms";
    company.samba.pause();
    let began = Instant::now();
    fails(&company, &["was not answered within 500ms"]);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    // Another one with the same data does its work meanwhile.
    let other = Samba::start();
    company.config.url = format!("[{}, {}]", company.samba.ldaps_url(), other.ldaps_url());
    fails(&company, &["not signed by the configured CA"]);
    company.samba.resume();
    company.changes_nothing();
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn its_certificate_is_replaced() {
    let mut company = Company::of(Samba::start(), SERVICE);
    let trusted = company.samba.folder().join("trusted.pem");
    std::fs::copy(company.samba.ca(), &trusted).unwrap();
    company.config.directory = format!("tls: {{ ca: {} }}", trusted.display());
    let daemon = Daemon::start(&company);
    company.changes_nothing();
    company.samba.certify();
    company.samba.restart();
    fails(&company, &["no TLS with", "is not signed by the configured CA"]);
    std::fs::copy(company.samba.ca(), &trusted).unwrap();
    company.changes_nothing();
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn a_place_is_closed_to_the_account() {
    let sales = format!("OU=Sales,{PEOPLE}");
    let mut samba = Some(Samba::start());
    for number in [1, 2] {
        samba.as_ref().unwrap().rename(&person_dn(number), &format!("CN=p{number},{sales}"));
    }
    for (account, leave) in [(SEES_DELETED, false), (SERVICE, true)] {
        let mut company = Company::of(samba.take().unwrap(), account);
        let rights = company.samba.deny(&sales, CLOSED);
        // It is answered with success, but with fewer entries.
        company.changes_nothing();
        company.later(GRACE);
        if leave {
            // It can't be told from a deletion by somebody who does not see deleted people.
            assert_eq!(company.sync().ended("ok", 0)["members"]["left"], 2);
        } else {
            let json = company.sync().ended("held", 4);
            assert_eq!((&json["delivery"]["held"], &json["delivery"]["requests"]), (&json!(2), &json!(0)));
        }
        company.samba.set_rights(&sales, &rights);
        let json = company.sync().ended("ok", 0);
        assert_eq!(json["members"]["returned"], if leave { 2 } else { 0 });
        // With all of them closed there is nothing that could be believed.
        let rights = company.samba.deny(PEOPLE, CLOSED);
        fails(&company, &["found nobody at all", "the rights of the bind account"]);
        company.samba.set_rights(PEOPLE, &rights);
        samba = Some(company.samba);
    }
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn the_hosts_clock_is_an_hour_off() {
    let company = Company::of(Samba::start(), SERVICE);
    let before = company.requests();
    let mut command = Command::new("/usr/bin/faketime");
    command.args(["-m", "--exclude-monotonic", "-f", "+1h", env!("CARGO_BIN_EXE_rosterd")]);
    command.env_clear().arg("--config").arg(company.config_file()).args(["sync", "--json"]);
    Program::of(command).end().says("failed", 1, &["this host's clock is 60 min off the directory's"]);
    assert_eq!(company.requests(), before);
}
