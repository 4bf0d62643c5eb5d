//! Every file below `tests/config`: the valid ones load, the invalid ones say what is wrong in words worth reading.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rosterd::config::{Config, Environment, Look, SCHEMA};
use rosterd::destination::{Destination, Env, Item, Job, Op, Step};
use rosterd::directory::{Domain, Servers};
use rosterd::roster::{Fingerprint, Identity, Payload, Timestamp};
use serde_json::{Value, json};

use crate::fixtures::program::Program;

fn environment() -> Environment {
    Environment::new([
        ("CREDENTIALS_DIRECTORY", "tests/config/credentials"),
        ("ROSTERD_TEST_BASE", "OU=People,DC=example,DC=com"),
        ("ROSTERD_TEST_EMPTY", ""),
    ])
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is part of the repository");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

#[test]
fn invalid_files_say_what_is_wrong() {
    let files = files("tests/config/invalid");
    assert!(files.len() >= 34);
    for path in files {
        let faults = Config::load(&path, &environment()).map(|_| ()).expect_err(&name(&path));
        insta::assert_snapshot!(format!("config-{}", name(&path)), faults.render(Look::Plain));
    }
}

#[test]
fn valid_files_load_and_their_warnings_are_these() {
    for path in files("tests/config/valid") {
        let config =
            Config::load(&path, &environment()).unwrap_or_else(|faults| panic!("{}", faults.render(Look::Plain)));
        insta::assert_snapshot!(format!("config-valid-{}", name(&path)), config.warnings.render(Look::Plain));
    }
}

#[test]
fn examples_load_without_a_warning() {
    for path in [
        "config/rosterd.example.yaml",
        "examples/ad-veris.yaml",
        "examples/boostcom.yaml",
        "examples/capillary.yaml",
        "examples/openldap-veris.yaml",
    ] {
        let config = Config::load(Path::new(path), &environment())
            .unwrap_or_else(|faults| panic!("{}", faults.render(Look::Plain)));
        assert_eq!(config.warnings.to_string(), "");
    }
}

/// What somebody's bulk says of them.
fn sent(destination: &dyn Destination, op: Op, payload: Payload) -> Value {
    let (account, identity) = (1, Identity::new("4799887766"));
    let item = Item { account, identity, remote: None, op, payload, before: None, certain: true };
    let (now, session, once) = (Timestamp::UNIX_EPOCH, Fingerprint::of(b""), BTreeMap::new());
    let env = Env { now, since: now, session, number: 1, once: &once, ours: &[], there: &[], token: None };
    let Step::Call(request, _) = destination.start(Job::Deliver(&[item]), &env) else { panic!("a call comes first") };
    let body: Value = serde_json::from_str(&request.body.unwrap()).unwrap();
    body["members"][0].clone()
}

#[test]
fn those_who_leave_and_return_are_sent_what_the_syncs_say() {
    let config = Config::load(Path::new("tests/config/valid/boostcom.yaml"), &environment()).unwrap();
    let member = |identifier: &str, value: &str| Payload::default().with("properties", json!({ identifier: value }));
    let (mall, outlet) = (&config.destinations["mall"].destination, &config.destinations["outlet"].destination);
    let number = "4799887766";
    let left = mall.leaving(&Identity::new(number), &member("msisdn", number), &[]);
    assert_eq!(
        sent(&**mall, Op::Leave, left),
        json!({
            "sms_enabled": false,
            "push_enabled": true,
            "optin_channel": "directory",
            "properties": {
                "msisdn": number, "email": null, "left": true, "why": "gone", "address": { "zip": null }, "age": 0
            },
            "consents": { "newsletter": { "status": false, "updated_at": "2020-01-01T00:00:00Z" } },
        })
    );
    assert_eq!(
        sent(&**mall, Op::Return, member("msisdn", number)),
        json!({ "properties": { "msisdn": number, "left": null }, "email_enabled": true })
    );
    let nothing_said = outlet.leaving(&Identity::new("a@example.com"), &member("email", "A@example.com"), &[]);
    let off = json!({ "email": "A@example.com" });
    let off = json!({ "properties": off, "sms_enabled": false, "email_enabled": false, "push_enabled": false });
    assert_eq!(sent(&**outlet, Op::Leave, nothing_said), off);
}

#[test]
fn a_group_is_asked_of_the_directory_of_its_domain() {
    let config = Config::load(Path::new("tests/config/valid/several.yaml"), &environment()).unwrap();
    let asked = config.syncs["employees"].from.iter();
    let asked: Vec<_> = asked.map(|origin| (&*origin.directory, origin.query.attributes.groups().to_vec())).collect();
    let staff = |domain| vec![format!("CN=Staff,DC={domain},DC=example,DC=com")];
    assert_eq!(asked, [("emea", staff("emea")), ("apac", staff("apac"))]);
}

#[test]
fn the_schema_is_printed_where_there_is_no_config() {
    let said = Program::start(Path::new("/nowhere/rosterd.yaml"), &["schema"]).end();
    assert_eq!((said.code, said.stdout.as_str(), said.stderr.as_str()), (Some(0), SCHEMA, ""));
}

#[test]
fn no_secret_is_ever_shown() {
    for path in files("tests/config/invalid").into_iter().chain(files("tests/config/valid")) {
        let (shown, lines) = match Config::load(&path, &environment()) {
            Ok(config) => (config.warnings.render(Look::Plain), format!("{config:?}")),
            Err(faults) => (faults.render(Look::Colours), format!("{faults}{faults:?}")),
        };
        for secret in ["hunter2", "s3cr3t"] {
            assert!(!shown.contains(secret) && !lines.contains(secret), "{}", name(&path));
        }
    }
}

#[test]
fn a_bind_by_kerberos_needs_a_rosterd_that_was_built_with_it() {
    let text = fs::read_to_string("tests/config/valid/everything.yaml").unwrap();
    let bind = "bind: { gssapi: { principal: svc@EXAMPLE.COM, keytab: /etc/rosterd/rosterd.keytab } }\n    #";
    let faults = Config::parse(&text.replacen("bind:", bind, 1), "x.yaml", &environment()).map(|_| ());
    if cfg!(feature = "kerberos") {
        faults.unwrap();
    } else {
        let said = faults.unwrap_err().to_string();
        assert!(said.contains("built without Kerberos") && said.contains("--features kerberos"), "{said}");
    }
}

#[test]
fn a_file_that_is_not_there_is_said_to_be_missing() {
    let faults = Config::load(Path::new("tests/config/nowhere.yaml"), &environment()).map(|_| ()).unwrap_err();
    assert!(faults.to_string().starts_with("tests/config/nowhere.yaml: cannot be read: "), "{faults}");
}

#[test]
fn only_what_changes_judgements_changes_the_fingerprint() {
    let base = fs::read_to_string("tests/config/valid/everything.yaml").unwrap();
    let fingerprint = |text: &str| {
        let config = Config::parse(text, "x.yaml", &environment())
            .unwrap_or_else(|faults| panic!("{}", faults.render(Look::Plain)));
        config.syncs["employees"].fingerprint()
    };
    let with = |from: &str, to: &str| {
        assert!(base.contains(from), "{from}");
        fingerprint(&base.replacen(from, to, 1))
    };
    let known = fingerprint(&base);
    assert_eq!(known, with("percent: 5", "percent: 50"));
    assert_eq!(known, with("*/15 * * * *", "*/5 * * * *"));
    assert_eq!(known, with("grace: 0s", "grace: 1h"));
    assert_ne!(known, with("(employeeID=*)", "(mail=*)"));
    assert_ne!(known, with("scope: subtree", "scope: one"));
    assert_ne!(known, with("key: objectGUID", "key: objectSid"));
    assert_ne!(known, with("base: OU=People", "base: OU=Staff"));
}

#[test]
fn a_domain_s_name_is_taken_as_dns_writes_it() {
    let config = Config::load(Path::new("tests/config/valid/discover.yaml"), &environment()).unwrap();
    let domain = |name: &str| match &config.directories[name].servers {
        Servers::Discovered(domain) => domain.clone(),
        Servers::Listed(urls) => panic!("{urls:?}"),
    };
    let dns = |servers: &[&str]| servers.iter().map(|server| server.parse().unwrap()).collect();
    let (name, site) = ("corp.example.com".to_owned(), Some("London".to_owned()));
    assert_eq!(domain("corp"), Domain { name, site, dns: dns(&["10.0.0.53:53", "[fd00::53]:5353"]) });
    assert_eq!(domain("emea"), Domain { name: "emea.example.com".to_owned(), site: None, dns: dns(&["10.0.1.53:53"]) });
}

#[test]
fn a_byte_order_mark_and_foreign_line_ends_do_no_harm() {
    let text = fs::read_to_string("tests/config/valid/everything.yaml").unwrap();
    let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let config = Config::parse(&text, "x.yaml", &environment())
        .unwrap_or_else(|faults| panic!("{}", faults.render(Look::Plain)));
    assert!(matches!(&config.directories["corp"].servers, Servers::Listed(urls) if urls.len() == 2));
    let faults =
        Config::parse(&text.replace("page_size", "page_sise"), "x.yaml", &environment()).map(|_| ()).unwrap_err();
    assert_eq!(faults.to_string(), "x.yaml:14:5: unknown key `page_sise` in `corp`; did you mean `page_size`?");
}

proptest! {
    #[test]
    fn a_damaged_file_neither_panics_nor_shows_a_secret(
        line in 0usize..40,
        junk in "[ \t\\-\\[\\]{}:,#'\"&*!|>%@`$a]{0,6}",
        at_end in any::<bool>(),
        cut in 0usize..1400,
    ) {
        let text = fs::read_to_string("tests/config/valid/unwise.yaml").unwrap();
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let line = line % lines.len();
        lines[line] = if at_end { format!("{}{junk}", lines[line]) } else { format!("{junk}{}", lines[line]) };
        let mut text = lines.join("\n");
        text.truncate((0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap());
        let shown = match Config::parse(&text, "x.yaml", &environment()) {
            Ok(config) => config.warnings.render(Look::Plain) + &config.warnings.to_string(),
            Err(faults) => faults.render(Look::Plain) + &faults.to_string(),
        };
        prop_assert!(!shown.contains("hunter2"), "{text}\n{shown}");
    }
}
