//! The service account: a password that is wrong is tried once, so that nothing rosterd does ever locks it; and whatever
//! befalls the account, nobody leaves.

use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::json;

use super::company::Company;
use super::people::filetime;
use crate::fixtures::daemon::Daemon;
use crate::fixtures::samba::{BASE, SERVICE, Samba};

/// Longer than credentials that were refused are left alone.
const HOUR: Duration = Duration::from_mins(61);

/// The company's people at a second target, with the same directory by several URLs.
fn at_two_targets(company: &Company) -> String {
    let text = company.config.to_string();
    let url = company.samba.ldaps_url();
    let text = text.replace(&format!("url: {url}"), &format!("url: [{url}, {url}:636, {url}:00636]"));
    let (head, rest) = text.split_once("destinations:\n").unwrap();
    let (target, sync) = rest.split_once("syncs:\n").unwrap();
    // By another name it is another target to rosterd.
    let other = target.replace("  veris:", "  other:").replace("127.0.0.1", "localhost");
    let second = sync.replace("  people:", "  again:").replace("to: veris", "to: other");
    format!("{head}destinations:\n{target}\n{other}\nsyncs:\n{sync}\n{second}")
}

fn wrong_passwords(company: &Company) -> Option<String> {
    company.samba.value(SERVICE.0, "badPwdCount")
}

/// Writes a config, and waits until the daemon goes by it.
fn reload(company: &Company, text: &str) {
    let before = company.status();
    fs::write(company.config_file(), text).unwrap();
    company.wait(|it| it.status()["daemon"]["config"]["loaded_at"] != before["daemon"]["config"]["loaded_at"]);
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn a_wrong_password_is_tried_once() {
    let mut company = Company::of(Samba::start(), SERVICE);
    company.samba.set(BASE, "lockoutThreshold", "3");
    let password = std::mem::replace(&mut company.config.password, "planted-wrong-password".to_owned());
    let daemon = Daemon::start(&company);
    let many = at_two_targets(&company);
    reload(&company, &many);
    let both = [company.start_as_it_is(&["sync", "people"]), company.start_as_it_is(&["sync", "again"])];
    for sync in both {
        let told = sync.end();
        assert!(told.code == Some(1) && told.stdout.contains("correct bind.password"), "{told:?}");
    }
    // From now on both begin by themselves, too.
    let many = many.replace("    limits:", "    schedule: 10s\n    limits:");
    for size in 11..14 {
        reload(&company, &many.replace("page_size: 10", &format!("page_size: {size}")));
        for command in ["sync", "check", "plan"] {
            let told = company.start_as_it_is(&[command]).end();
            let said = [told.stdout, told.stderr].concat();
            assert!(told.code == Some(1) && said.contains("not tried again before"), "{command}: {said}");
        }
    }
    assert_eq!(daemon.stop().code, Some(0));
    for _ in 0..3 {
        let daemon = Daemon::start(&company);
        fs::write(company.config_file(), &many).unwrap();
        assert_eq!(company.start_as_it_is(&["sync"]).end().code, Some(1));
        drop(daemon);
        assert_eq!(company.start_as_it_is(&["check"]).end().code, Some(1));
    }
    assert_eq!(wrong_passwords(&company).as_deref(), Some("1"));

    // The right one is tried at once.
    let daemon = Daemon::start(&company);
    fs::write(company.config_file().with_file_name("password"), &password).unwrap();
    reload(&company, &many);
    let told = company.start_as_it_is(&["sync", "--json"]).end();
    assert_eq!((told.code, told.lines().len()), (Some(0), 2), "{told:?}");
    assert_eq!(wrong_passwords(&company).as_deref(), Some("0"));
    assert_eq!(daemon.stop().code, Some(0));
}

/// What befalls the account, what is said then, and how that is mended.
type Mishap = (fn(&Samba), &'static str, fn(&Samba));

const MISHAPS: [Mishap; 4] = [
    (
        |samba| samba.set(SERVICE.0, "userAccountControl", "66050"),
        "the account is disabled",
        |samba| samba.set(SERVICE.0, "userAccountControl", "66048"),
    ),
    (
        |samba| samba.set(SERVICE.0, "accountExpires", &filetime(UNIX_EPOCH)),
        "the account has expired",
        |samba| samba.set(SERVICE.0, "accountExpires", "0"),
    ),
    (
        |samba| (0..3).for_each(|_| assert!(!samba.lets_in(SERVICE.0, "wrong"))),
        "the account is locked",
        |samba| samba.set(SERVICE.0, "lockoutTime", "0"),
    ),
    (
        |samba| samba.set_password(SERVICE.0, "Another-Passw0rd"),
        "the password (or the name) is wrong",
        |samba| samba.set_password(SERVICE.0, SERVICE.1),
    ),
];

#[test]
#[ignore = "needs root: tests/samba/run"]
fn whatever_befalls_the_account_nobody_leaves() {
    let mut company = Company::of(Samba::start(), SERVICE);
    company.samba.set(BASE, "lockoutThreshold", "3");
    let daemon = Daemon::start(&company);
    let before = company.requests();
    for (befalls, words, mend) in MISHAPS {
        befalls(&company.samba);
        company.sync().says("failed", 1, &["the directory refused the bind", words]);
        company.sync().says("failed", 1, &[words, "not tried again before"]);
        mend(&company.samba);
        company.later(HOUR);
        assert_eq!(company.sync().ended("ok", 0)["members"]["unchanged"], 12, "{words}");
    }
    // A new password in the config is tried at once.
    company.samba.set_password(SERVICE.0, "Another-Passw0rd");
    company.sync().says("failed", 1, &["the password (or the name) is wrong"]);
    company.config.password = "Another-Passw0rd".to_owned();
    let loaded = company.status();
    company.write_config();
    company.wait(|it| it.status()["daemon"]["config"]["loaded_at"] != loaded["daemon"]["config"]["loaded_at"]);
    assert_eq!(
        company.sync().ended("ok", 0)["members"],
        json!({"joined":0,"changed":0,"left":0,"returned":0,"unchanged":12,"invalid":0,"skipped":0})
    );
    assert_eq!(company.requests(), before);
    assert_eq!(daemon.stop().code, Some(0));
}
