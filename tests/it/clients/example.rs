//! The example that people start from does what it says.

use std::fs;
use std::time::Duration;

use rosterd::sandbox::capillary::{Edit, Permission};

use crate::documented::claims::CLIENTS;
use crate::documented::compare::is_as_shown;
use crate::documented::page::texts;
use crate::documented::shell::Shell;
use crate::fixtures::ldif::{PEOPLE, SERVICE, uuid};
use crate::fixtures::org::{ADMIN, Org, SECRETS, changed, service, services};
use crate::fixtures::place;
use crate::fixtures::program::{Output, Program};

/// The example's text, for this directory and this organisation. All else stays as it is.
fn example(org: &Org) -> String {
    let tls = format!("tls: {{ starttls: true, ca: {} }}", org.slapd.ca().display());
    let secrets = org.secrets().display().to_string();
    let mut text = fs::read_to_string("examples/capillary.yaml").unwrap();
    for (theirs, ours) in [
        ("ldap://ldap.example.com", org.slapd.url().as_str()),
        ("cn=rosterd,ou=admins,dc=example,dc=com", SERVICE.0),
        ("tls: { starttls: true }", &tls),
        ("https://eu.api.capillarytech.com", &org.url()),
        ("/var/lib/rosterd/client-secrets", &secrets),
        ("ou=services,dc=example,dc=com", PEOPLE),
    ] {
        assert_eq!(text.matches(theirs).count(), 1, "{theirs}");
        text = text.replace(theirs, ours);
    }
    format!("state: {0}/state\ncontrol: {0}/control.sock\n{text}", org.folder().display())
}

fn run(org: &Org, arguments: &[&str]) -> Output {
    let credentials = org.folder().join("credentials");
    fs::create_dir_all(&credentials).unwrap();
    for (name, secret) in [("ldap-password", SERVICE.1), ("capillary-key", ADMIN), ("capillary-secret", SECRETS[1])] {
        fs::write(credentials.join(name), secret).unwrap();
    }
    fs::write(org.config_file(), example(org)).unwrap();
    let mut command = Program::command(&org.config_file(), arguments);
    command.env("CREDENTIALS_DIRECTORY", credentials);
    let output =
        Program::of(command).end_or_kill(Duration::from_mins(1)).unwrap_or_else(|output| panic!("hangs: {output:?}"));
    place::discreet(&output, SECRETS);
    output
}

#[test]
fn the_example_checks_and_delivers() {
    let org = Org::new(&services(1..3));
    org.modify(&changed(2, "businessCategory", Some("tills")));
    let said = run(&org, &["check"]);
    assert!(said.code == Some(0) && !said.stdout.contains("FAILED"), "{said:?}");
    assert!(said.stdout.contains("accepted our credentials"), "{said:?}");
    let sync = ["sync", "--json"];
    run(&org, &sync).ended("ok", 0);
    let client = org.client(1);
    assert_eq!((client.description.as_str(), client.expiration_token_time), ("made by rosterd", 600));
    assert_eq!(client.default_till_id, 15_000_001);
    let scopes: Vec<_> = client.scopes.iter().map(|scope| (scope.entity_id, scope.permission)).collect();
    assert_eq!(scopes, [(1, Permission::ReadWrite), (3, Permission::Read)]);
    assert_eq!(org.client(2).scopes[1].permission, Permission::Write);
    assert_eq!(org.kept().len(), 2);
    org.modify(&changed(1, "employeeType", Some("retired")));
    let held = run(&org, &sync).ended("held", 4);
    run(&org, &["approve", "services", held["plan"].as_str().unwrap()]).well();
    run(&org, &sync).ended("ok", 0);
    assert_eq!((org.clients().len(), org.kept().len()), (1, 1));
}

#[test]
fn the_page_shows_what_is_kept_of_clients_and_what_others_made_of_them() {
    let org = Org::new(&(service(3, "Reporting") + &service(4, "Till sync")));
    run(&org, &["sync", "--json"]).ended("ok", 0);
    let key = |name: &str| org.clients()[name].key.clone();
    let file = fs::read_to_string(org.secrets().join(format!("{}.json", key("Reporting")))).unwrap();
    let [page] = &texts("capillary.md", "json")[..] else { panic!() };
    let page = page.replace("<key in the directory>", &uuid(3)).replace("NewName3", "Reporting");
    let page = page.replace("https://eu.api.capillarytech.com", &org.url());
    assert!(is_as_shown(&file, &page), "{page}{file}");

    let hacked = Edit { description: Some("hacked".to_owned()), ..Edit::default() };
    org.capillary().edit(&key("Reporting"), hacked).unwrap();
    org.capillary().remove(&key("Till sync")).unwrap();
    let mut shell = Shell::beside(&org.config_file());
    shell.run(&format!("export CREDENTIALS_DIRECTORY={}", org.folder().join("credentials").display()));
    let [shown] = &CLIENTS.shown()[..] else { panic!() };
    shell.shows(shown, 0);
}
