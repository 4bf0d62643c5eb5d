//! A company whose people and services are kept in step at all three targets by one daemon.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::fixtures::ldif::{ELSEWHERE, PEOPLE, SERVICE, entry, line, person, skeleton, uuid};
use crate::fixtures::mall::{Standing, TELLTALES, TOKEN, added};
use crate::fixtures::place;
use crate::fixtures::program::{Output, Program};
use crate::fixtures::random::Random;
use crate::fixtures::road::age;
use crate::fixtures::slapd::Slapd;

/// Under which it works.
const CONFIG: &str = include_str!("company.yaml");

/// No command of these tests takes this long; who does hangs.
const DEADLINE: Duration = Duration::from_mins(3);

/// What must never be seen, beside people.
const SECRETS: [&str; 5] =
    [SERVICE.1, "sandbox-secret", "sandbox-key", TOKEN, "sandboxAdminClientSecret0000000000000001"];

/// People and services that never leave have numbers below this, all others from it on.
pub const RESTLESS: usize = 10_000;
const RESTLESS_PEOPLE: u64 = 40;
const RESTLESS_SERVICES: u64 = 8;
pub const STEADY_SERVICES: usize = 5;

/// The directory, the targets, and a folder for config and state.
pub struct Company {
    pub slapd: Slapd,
    pub target: Standing,
    /// How many people never leave.
    pub steady: usize,
    /// Which of the others are in the directory, as people and as services.
    present: [BTreeSet<usize>; 2],
    /// Nobody had a value with this number in it before.
    serial: usize,
    folder: TempDir,
    runtime: Runtime,
    http: reqwest::Client,
}

impl Company {
    /// With so many people who never leave.
    pub fn new(steady: usize) -> Self {
        let people: String = (1..=steady).map(employee).collect();
        let services: String = (1..=STEADY_SERVICES).map(service).collect();
        // Wanted by the client even where nothing is encrypted; an error says that another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let company = Self {
            slapd: Slapd::start(&(skeleton() + &people + &services)),
            target: Standing::start(),
            steady,
            present: Default::default(),
            serial: 0,
            folder: tempfile::tempdir().unwrap(),
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            // Of the one before it was killed nothing is taken up again.
            http: reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap(),
        };
        company.write_config();
        company
    }

    /// Somebody, or a service, comes, changes, leaves or returns.
    pub fn change(&mut self, random: &mut Random) {
        if random.below(6) == 0 {
            let number = RESTLESS + at(random.below(RESTLESS_SERVICES));
            let to = format!("A service {}", self.next());
            self.enter_or(1, number, random, |_| ("description", to));
        } else if random.below(5) == 0 {
            // Who never leaves may change.
            let number = 1 + at(random.below(self.steady as u64));
            let title = format!("Engineer {}", random.below(2));
            self.slapd.modify(&modified(0, number, "title", &title));
        } else {
            let (number, serial) = (RESTLESS + at(random.below(RESTLESS_PEOPLE)), self.next());
            self.enter_or(0, number, random, |random| match random.below(7) {
                0 => ("mail", format!("p{serial}@corp.example.com")),
                1 => ("mobile", mobile(serial)),
                2 => ("employeeNumber", format!("X{serial}")),
                3 => ("employeeType", "left".to_owned()),
                4 => ("employeeType", "staff".to_owned()),
                // What was sent and not answered may be wanted no more by the next run.
                5 => ("givenName", format!("Żoë {}", random.below(2))),
                _ => ("title", format!("Engineer {}", random.below(2))),
            });
        }
    }

    /// Comes who is not there; of the others some go, and some get another value.
    fn enter_or(
        &mut self,
        kind: usize,
        number: usize,
        random: &mut Random,
        value: impl FnOnce(&mut Random) -> (&'static str, String),
    ) {
        if self.present[kind].insert(number) {
            self.slapd.modify(&added(&[employee, service][kind](number)));
        } else if random.below(5) == 0 {
            self.present[kind].remove(&number);
            self.slapd.modify(&format!("dn: {}\nchangetype: delete\n\n", dn(kind, number)));
        } else {
            let (name, value) = value(random);
            self.slapd.modify(&modified(kind, number, name, &value));
        }
    }

    fn next(&mut self) -> usize {
        self.serial += 1;
        2 * RESTLESS + self.serial
    }

    /// What the targets' stand-in says, as JSON.
    pub fn look(&self, path: &str) -> Value {
        self.answered(self.http.get(format!("{}/sandbox/{path}", self.target.url())))
    }

    /// Turns a knob of the targets' stand-in.
    pub fn turn(&self, knob: &str, to: &Value) {
        self.answered(self.http.put(format!("{}/sandbox/{knob}", self.target.url())).json(to));
    }

    fn answered(&self, request: reqwest::RequestBuilder) -> Value {
        self.runtime.block_on(async { request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap() })
    }

    /// The rows of a statement, each as text, in the store.
    pub fn sql(&self, statement: &'static str) -> Vec<String> {
        self.runtime.block_on(super::oracle::rows(&self.state(), statement))
    }

    /// All that is stored becomes that much older, while nobody is at work.
    pub fn age(&self, span: Duration) {
        if self.state().join("state.db").exists() {
            self.runtime.block_on(age(&self.state(), span));
        }
    }

    /// A command, begun.
    pub fn start(&self, arguments: &[&str]) -> Program {
        Program::start(&self.config_file(), arguments)
    }

    /// A command, to its end; only `explain` may name anybody.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let output = self.start(arguments).end_or_kill(DEADLINE).unwrap_or_else(|output| panic!("hangs: {output:?}"));
        if arguments[0] != "explain" {
            discreet(&output);
        }
        output
    }

    pub fn config_file(&self) -> PathBuf {
        self.at("rosterd.yaml")
    }

    pub fn state(&self) -> PathBuf {
        self.at("state")
    }

    /// What is kept of each client's secret.
    pub fn client_secrets(&self) -> Vec<Value> {
        let files = fs::read_dir(self.at("client-secrets")).unwrap();
        files.map(|file| place::json(&fs::read_to_string(file.unwrap().path()).unwrap())).collect()
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_config(&self) {
        for (number, secret) in SECRETS.iter().enumerate() {
            fs::write(self.at(&format!("secret-{number}")), secret).unwrap();
        }
        fs::create_dir(self.at("client-secrets")).unwrap();
        fs::set_permissions(self.at("client-secrets"), fs::Permissions::from_mode(0o700)).unwrap();
        let config = CONFIG
            .replace("FOLDER", self.folder.path().to_str().unwrap())
            .replace("DIRECTORY", &self.slapd.url())
            .replace("TARGET", self.target.url());
        fs::write(self.config_file(), config).unwrap();
    }
}

/// Nothing that was said gives a secret or a person away.
#[track_caller]
pub fn discreet(output: &Output) {
    place::discreet(output, SECRETS.into_iter().chain(TELLTALES));
}

fn at(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

fn mobile(number: usize) -> String {
    format!("900{number:05}")
}

fn employee(number: usize) -> String {
    person(number, PEOPLE, &[("mobile", &mobile(number)), ("employeeType", "staff"), ("preferredLanguage", "no")])
}

fn service(number: usize) -> String {
    let attributes = [
        ("objectClass", "inetOrgPerson"),
        ("uid", &*format!("s{number}")),
        ("cn", &*format!("service {number}")),
        ("sn", "service"),
        ("description", "A service"),
        ("entryUUID", &*uuid(2 * RESTLESS + number)),
    ];
    entry(&dn(1, number), &attributes)
}

fn dn(kind: usize, number: usize) -> String {
    match kind {
        0 => format!("uid=p{number},{PEOPLE}"),
        _ => format!("uid=s{number},{ELSEWHERE}"),
    }
}

fn modified(kind: usize, number: usize, name: &str, value: &str) -> String {
    format!("dn: {}\nchangetype: modify\nreplace: {name}\n{}\n", dn(kind, number), line(name, value.as_bytes()))
}
