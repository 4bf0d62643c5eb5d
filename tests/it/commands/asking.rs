//! `rosterd init` as somebody sees it who sits at a terminal.

use std::fs;

use super::beginning::{Beginning, words};
use crate::fixtures::ldif::{self, ELSEWHERE, SERVICE};
use crate::fixtures::program::Program;
use crate::fixtures::terminal::Terminal;

/// A screen without what is another one each time.
fn still(beginning: &Beginning, screen: &str) -> String {
    let mut screen = screen.to_owned();
    for (ours, shown) in [
        (beginning.world.slapd.ca().display().to_string(), "/etc/rosterd/ca.pem"),
        (beginning.world.slapd.ldaps_url(), "ldaps://localhost"),
        (beginning.world.slapd.url(), "ldap://127.0.0.1"),
        (beginning.world.sandbox.url(), "http://127.0.0.1"),
        (beginning.path_text(""), "/etc/rosterd/"),
    ] {
        screen = screen.replace(&ours, shown);
    }
    screen
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"localhost:\d\d+", "localhost:636");
    // It hangs up, in one way or another.
    settings.add_filter(r": [^;\n]*; is its port", ": WHY; is its port");
    settings
}

fn start(beginning: &Beginning) -> Terminal {
    let state = beginning.path_text("state");
    Terminal::start(Program::command(&beginning.path("rosterd.yaml"), &["init", "--state", &state]))
}

#[tokio::test(flavor = "multi_thread")]
async fn question_by_question_to_a_config_that_works() {
    let beginning = Beginning::with(&ldif::with_people(0..4)).await;
    let mut terminal = start(&beginning);
    let ca = beginning.world.slapd.ca().display().to_string();
    for (question, answer) in [
        ("Directory server, such as ldaps://dc1.corp.example.com: ", "dc1.corp.example.com"),
        ("Directory server, such as ldaps://dc1.corp.example.com: ", &beginning.world.slapd.ldaps_url()),
        ("Who binds: ", SERVICE.0),
        ("Password: ", ""),
        ("Password: ", SERVICE.1),
        ("Certificate of its authority", "/nowhere/ca.pem"),
        ("Certificate of its authority", &ca),
        ("Where people go (veris, boostcom, capillary): ", "versi"),
        ("Where people go (veris, boostcom, capillary): ", "veris"),
        ("Its URL", "acme.veris.in"),
        ("Its URL", &beginning.world.sandbox.url()),
        ("Client ID: ", ""),
        ("Client ID: ", "sandbox"),
        ("The DN below which people are", ELSEWHERE),
        ("The DN below which people are", ""),
        ("Schedule", "soon"),
        ("Schedule", "15m"),
    ] {
        terminal.answer(question, answer);
    }
    let (code, screen) = terminal.end();
    assert_eq!(code, Some(0), "{screen}");
    assert!(!screen.contains(SERVICE.1), "{screen}");
    settings().bind(|| insta::assert_snapshot!(still(&beginning, &screen)));
    let text = fs::read_to_string(beginning.path("rosterd.yaml")).unwrap();
    assert!(text.contains("schedule: \"15m\"") && !text.contains(SERVICE.1), "{text}");
    let said = beginning.ends(0, &words(&["check"])).out;
    assert!(said.contains("the search finds 4") && !said.contains("would be invalid"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_tried_once_and_the_terminal_shows_what_is_typed_again() {
    let beginning = Beginning::with(&ldif::with_people(0..1)).await;
    let mut terminal = start(&beginning);
    for (question, answer) in [
        ("Directory server", &*beginning.world.slapd.url()),
        ("Encrypt it by STARTTLS (yes, no) [yes]: ", "maybe"),
        ("Encrypt it by STARTTLS (yes, no) [yes]: ", "no"),
        ("Who binds: ", SERVICE.0),
        ("Password: ", "not-this-one"),
        ("Where people go", "veris"),
        ("Its URL", &beginning.world.sandbox.url()),
        ("Client ID: ", "sandbox"),
    ] {
        terminal.answer(question, answer);
    }
    let (code, screen) = terminal.end();
    assert_eq!(code, Some(1), "{screen}");
    assert!(!screen.contains("not-this-one"), "{screen}");
    settings().bind(|| insta::assert_snapshot!(still(&beginning, &screen)));
    assert!(!beginning.path("rosterd.yaml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn service_accounts_are_looked_for_until_some_are_found() {
    let service = [("objectClass", "applicationProcess"), ("cn", "reporting")];
    let service = ldif::entry(&format!("cn=reporting,{ELSEWHERE}"), &service);
    let beginning = Beginning::with(&(ldif::with_people(0..2) + &service)).await;
    let mut terminal = start(&beginning);
    for (question, answer) in [
        ("Directory server", &*beginning.world.slapd.url()),
        ("Encrypt it by STARTTLS", "n"),
        ("Who binds: ", ""),
        ("Where people go", "capillary"),
        ("Its URL", &beginning.world.sandbox.url()),
        ("Its organization", "acme"),
        ("Every client's till", "shop"),
        ("Every client's till", "15000449"),
        ("What a client may use", "TargetGroups"),
        ("What it may do there (READ, WRITE, READWRITE) [READ]: ", "readwrite"),
        ("Which requests", "("),
        ("Which requests", ".*v3/targetGroups.*"),
        ("Filter by which service accounts are found", "(employeeType=robot)"),
        ("Filter by which service accounts are found", "(objectClass=applicationProcess"),
        ("Filter by which service accounts are found", "(objectClass=applicationProcess)"),
        ("The DN below which service accounts are", ""),
        ("Schedule", ""),
    ] {
        terminal.answer(question, answer);
    }
    let (code, screen) = terminal.end();
    assert_eq!(code, Some(0), "{screen}");
    settings().bind(|| insta::assert_snapshot!(still(&beginning, &screen)));
    let said = beginning.ends(0, &words(&["check"])).out;
    assert!(said.contains("the search finds 1") && said.contains("accepted our credentials"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_not_be_used_costs_no_other_answers() {
    let beginning = Beginning::with(&ldif::with_people(0..2)).await;
    let (url, ca) = (beginning.world.slapd.ldaps_url(), beginning.world.slapd.ca().display().to_string());
    let mut terminal = start(&beginning);
    for (question, answer) in [
        // Nobody listens there.
        ("Directory server", "ldaps://localhost:1"),
        ("Who binds: ", SERVICE.0),
        ("Password: ", SERVICE.1),
        ("Certificate of its authority", ""),
        ("Where people go", "veris"),
        ("Its URL", &beginning.world.sandbox.url()),
        ("Client ID: ", "sandbox"),
        // An authority that this system does not know; a port where there is no TLS.
        ("Directory server", &url),
        ("Who binds: ", ""),
        ("Certificate of its authority", ""),
        ("Directory server", &beginning.world.slapd.url().replace("ldap://127.0.0.1", "ldaps://localhost")),
        ("Who binds: ", ""),
        ("Certificate of its authority", &ca),
        ("Directory server", &url),
        ("Who binds: ", ""),
        ("Certificate of its authority", &ca),
        ("The DN below which people are", "ou=nobody,dc=roster,dc=test"),
        ("The DN below which people are", ""),
        ("Schedule", ""),
    ] {
        terminal.answer(question, answer);
    }
    let (code, screen) = terminal.end();
    assert_eq!(code, Some(0), "{screen}");
    settings().bind(|| insta::assert_snapshot!(still(&beginning, &screen)));
}
