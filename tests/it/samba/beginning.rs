//! `rosterd init` in a domain: from what it shows to a config that works.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use rosterd::sandbox::{Options, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

use crate::fixtures::program::{Output, Program};
use crate::fixtures::samba::{ELSEWHERE, SERVICE, Samba};

/// A domain, the targets, and a folder in which a first config is made.
struct Beginning {
    samba: Arc<Samba>,
    sandbox: Sandbox,
    folder: TempDir,
}

impl Beginning {
    async fn new() -> Self {
        let sandbox = Sandbox::start("127.0.0.1:0".parse().unwrap(), Options::default()).await.unwrap();
        let beginning = Self { samba: Samba::shared(), sandbox, folder: tempfile::tempdir().unwrap() };
        for (name, secret) in [
            ("ldap-password", SERVICE.1),
            ("veris-client-secret", "sandbox-secret"),
            ("veris-api-key", "sandbox-key"),
            ("capillary-key", "sandboxAdminClientKey0001"),
            ("capillary-secret", "sandboxAdminClientSecret0000000000000001"),
        ] {
            fs::write(beginning.file(name), secret).unwrap();
        }
        beginning
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    #[track_caller]
    fn ends(&self, code: i32, arguments: &[&str]) -> Output {
        let mut command = Program::command(&self.file("rosterd.yaml"), arguments);
        command.env("CREDENTIALS_DIRECTORY", self.folder.path());
        let output = Program::of(command).end();
        assert_eq!(output.code, Some(code), "{arguments:?}: {}{}", output.stdout, output.stderr);
        output
    }

    /// With these flags beside those that say where the domain is, and where everything goes.
    #[track_caller]
    fn init(&self, code: i32, flags: &[&str]) -> Output {
        let files = ["ldap-password", "state"].map(|name| self.file(name).display().to_string());
        let ours =
            ["init", "--password-file", &files[0], "--state", &files[1], "--destination-url", &self.sandbox.url()];
        let output = self.ends(code, &[&ours[..], flags].concat());
        assert_eq!(self.file("rosterd.yaml").exists(), code == 0);
        output
    }

    /// A text without what is another one each time.
    fn still(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (ours, shown) in [
            (self.samba.ca().display().to_string(), "/etc/rosterd/ca.pem"),
            (self.samba.ldaps_url(), "ldaps://dc1"),
            (self.sandbox.url(), "https://target"),
            (self.folder.path().display().to_string(), "/etc/rosterd"),
        ] {
            text = text.replace(&ours, shown);
        }
        text
    }

    /// Both what was said and what was written.
    fn both(&self, said: &Output) -> String {
        let text = fs::read_to_string(self.file("rosterd.yaml")).unwrap();
        self.still(&format!("{}----\n{text}", said.stdout))
    }

    /// How many would join, which is all that a first run would do.
    #[track_caller]
    fn joins(&self) -> usize {
        let plan = self.ends(0, &["plan", "--json"]).lines().pop().unwrap();
        let changes = plan["changes"].as_array().unwrap();
        assert!(
            changes.iter().all(|change| change["kind"] == "join" && change["held"] == Value::Bool(false)),
            "{plan}"
        );
        changes.len()
    }
}

const VERIS: [&str; 6] =
    ["--bind-dn", "svc-rosterd@corp.example.test", "--destination", "veris", "--client-id", "sandbox"];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs root: tests/samba/run"]
async fn people_by_a_password() {
    let beginning = Beginning::new().await;
    let (url, ca) = (beginning.samba.ldaps_url(), beginning.samba.ca().display().to_string());
    let said = beginning.init(0, &[&VERIS[..], &["--url", &url, "--ca", &ca]].concat());
    insta::assert_snapshot!(beginning.both(&said));
    let said = beginning.ends(0, &["check"]).stdout;
    assert!(said.contains("the search finds 12") && !said.contains("would be invalid"), "{said}");
    assert_eq!(beginning.joins(), 12);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs root: tests/samba/run"]
async fn service_accounts_and_not_the_domain_s_own() {
    let beginning = Beginning::new().await;
    let (url, ca) = (beginning.samba.url(), beginning.samba.ca().display().to_string());
    let clients = ["--destination", "capillary", "--org", "acme", "--till", "15000449", "--entity", "TargetGroups"];
    let bind = ["--bind-dn", "CORP\\svc-rosterd", "--url", &url, "--starttls", "--ca", &ca];
    let said = beginning.init(0, &[&clients[..], &bind, &["--resources", ".*v3/targetGroups.*"]].concat());
    let said = beginning.still(&said.stdout);
    assert!(said.contains("looked at all 2 service accounts there"), "{said}");
    assert!(said.contains("2 of them are in OU=Service,DC=corp,DC=example,DC=test"), "{said}");
    let said = beginning.ends(0, &["check"]).stdout;
    assert!(said.contains("the search finds 2") && !said.contains("would be invalid"), "{said}");
    assert_eq!(beginning.joins(), 2);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs root: tests/samba/run"]
async fn what_is_wrong_is_said_in_one_line_that_says_what_to_do() {
    let beginning = Beginning::new().await;
    let (url, ca) = (beginning.samba.ldaps_url(), beginning.samba.ca().display().to_string());
    let mut said = String::new();
    for (own, more) in [
        (&beginning.samba.url(), &[][..]),
        (&url, &[]),
        (&url, &["--ca", &ca, "--base", ELSEWHERE]),
        (&url, &["--ca", &ca, "--base", "OU=Nowhere,DC=corp,DC=example,DC=test"]),
        (&url, &["--ca", &ca, "--identity", "employeeNumber"]),
    ] {
        said += &beginning.init(1, &[&VERIS[..], &["--url", own], more].concat()).stderr;
    }
    fs::write(beginning.file("ldap-password"), "Another-Passw0rd").unwrap();
    said += &beginning.init(1, &[&VERIS[..], &["--url", &url, "--ca", &ca]].concat()).stderr;
    let address = beginning.samba.address();
    insta::assert_snapshot!(beginning.still(&said).replace(address, "dc1"));
}
