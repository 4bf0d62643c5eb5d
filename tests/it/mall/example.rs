//! The example that people start from does what it says.

use std::fs;
use std::time::Duration;

use serde_json::json;

use crate::fixtures::ldif::{PEOPLE, SERVICE};
use crate::fixtures::mall::{Mall, SECRETS, changed, channels, discreet, mail, msisdn, shopper};
use crate::fixtures::program::{Output, Program};

/// The example's text, for this directory and this club. All else stays as it is.
fn example(mall: &Mall) -> String {
    let tls = format!("tls: {{ starttls: true, ca: {} }}", mall.slapd.ca().display());
    let mut text = fs::read_to_string("examples/boostcom.yaml").unwrap();
    for (theirs, ours) in [
        ("ldap://ldap.example.com", mall.slapd.url().as_str()),
        ("cn=rosterd,ou=services,dc=example,dc=com", SERVICE.0),
        ("tls: { starttls: true }", &tls),
        ("https://bpc-api.boostcom.no", &mall.url()),
        ("ou=people,dc=example,dc=com", PEOPLE),
    ] {
        assert_eq!(text.matches(theirs).count(), 1, "{theirs}");
        text = text.replace(theirs, ours);
    }
    format!("state: {0}/state\ncontrol: {0}/control.sock\n{text}", mall.folder().display())
}

fn run(mall: &Mall, arguments: &[&str]) -> Output {
    let credentials = mall.folder().join("credentials");
    fs::create_dir_all(&credentials).unwrap();
    fs::write(credentials.join("ldap-password"), SERVICE.1).unwrap();
    fs::write(credentials.join("boostcom-token"), SECRETS[1]).unwrap();
    fs::write(mall.config_file(), example(mall)).unwrap();
    let mut command = Program::command(&mall.config_file(), arguments);
    command.env("CREDENTIALS_DIRECTORY", credentials);
    let output =
        Program::of(command).end_or_kill(Duration::from_mins(1)).unwrap_or_else(|output| panic!("hangs: {output:?}"));
    discreet(&output);
    output
}

#[test]
fn the_example_checks_and_delivers() {
    let reader = [("businessCategory", "newsletter"), ("employeeType", "staff"), ("o", "Shoes"), ("l", "Oslo")];
    let people = [shopper(1, PEOPLE, &reader), shopper(2, PEOPLE, &[("preferredLanguage", "en")])];
    let mall = Mall::new(&people.concat());
    let said = run(&mall, &["check"]);
    assert!(said.code == Some(0) && !said.stdout.contains("FAILED"), "{said:?}");
    let sync = ["sync", "--wait", "30s", "--json"];
    run(&mall, &sync).ended("ok", 0);
    let member = mall.member(&mail(1));
    assert_eq!(
        member.properties,
        json!({
            "email": mail(1), "msisdn": msisdn(1), "first_name": "Żoë", "last_name": "Ørsted 1", "language": "no",
            "staff": true, "shop": { "name": "Shoes", "city": "Oslo" },
        })
    );
    assert_eq!((&member.optin_channel, &member.consents["newsletter"]["status"]), (&json!("directory"), &json!(true)));
    let other = mall.member(&mail(2));
    assert_eq!((&other.properties["language"], &other.properties["staff"]), (&json!("en"), &json!(false)));
    assert_eq!((&other.consents["newsletter"]["status"], channels(&other)), (&json!(false), [true; 3]));

    mall.modify(&changed(1, "employeeType", Some("former")));
    run(&mall, &sync).ended("ok", 0);
    let former = mall.member(&mail(1));
    assert_eq!(channels(&former), [false; 3]);
    assert_eq!((former.id, &former.properties["msisdn"]), (member.id, &json!(msisdn(1))), "nobody else is to have it");
    assert_eq!(former.properties["first_name"], "Żoë", "the club keeps what it is not told of");
}
