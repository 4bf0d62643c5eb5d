//! A directory, a target, a config, and the program between them.

use std::fs;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::process::Command;

use rosterd::sandbox::{Options, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

use crate::fixtures::ldif::{self, PEOPLE, SERVICE};
use crate::fixtures::program::{Output, Program};
use crate::fixtures::slapd::Slapd;

const CONFIG: &str = r#"
state: STATE
directories:
  corp:
    url: LDAP
    bind: { dn: "BIND", password: "${env:ROSTERD_TEST_LDAP}" }
destinations:
  veris:
    type: veris
    url: VERIS
    client_id: sandbox
    client_secret: ${env:ROSTERD_TEST_SECRET}
    api_key: ${env:ROSTERD_TEST_KEY}
syncs:
  employees:
    from: corp
    to: veris
    schedule: 15m
    search: { base: "BASE", filter: "(employeeNumber=*)" }
    fields:
      unique_id: employeeNumber
      first_name: givenName
      last_name: sn
      designation: title
      email: mail
      country: { const: India }
      group: { const: HQ }
      department: { const: Works }
"#;

pub struct World {
    pub slapd: Slapd,
    pub sandbox: Sandbox,
    folder: TempDir,
}

/// What the program said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl World {
    /// With these people in the directory, and nobody at the target.
    pub async fn of(people: Range<usize>) -> Self {
        Self::with(&ldif::with_people(people)).await
    }

    pub async fn with(ldif: &str) -> Self {
        let slapd = Slapd::start(ldif);
        let any: SocketAddr = ([127, 0, 0, 1], 0).into();
        let sandbox = Sandbox::start(any, Options::default()).await.unwrap();
        let world = Self { slapd, sandbox, folder: tempfile::tempdir().unwrap() };
        world.configure(|text| text);
        world
    }

    /// Writes the config, changed.
    pub fn configure(&self, change: impl FnOnce(String) -> String) {
        let text = CONFIG
            .replace("STATE", &self.state().display().to_string())
            .replace("LDAP\n", &format!("{}\n", self.slapd.url()))
            .replace("BIND", SERVICE.0)
            .replace("VERIS", &self.sandbox.url())
            .replace("BASE", PEOPLE);
        fs::write(self.folder.path().join("rosterd.yaml"), change(text)).unwrap();
    }

    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// The program, about to be run with this world's config.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rosterd"));
        command.args(arguments).arg("--config").arg(self.folder.path().join("rosterd.yaml"));
        command
            .env("ROSTERD_TEST_LDAP", SERVICE.1)
            .env("ROSTERD_TEST_SECRET", "sandbox-secret")
            .env("ROSTERD_TEST_KEY", "sandbox-key");
        command.env("SUDO_USER", "ada");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        let Output { code, stdout, stderr } = Program::of(self.command(arguments)).end();
        let said = Said { code: code.unwrap(), out: stdout, err: stderr };
        assert!(!said.err.contains("panicked"), "{}", said.err);
        said
    }

    /// Runs it, and insists on how it ends.
    #[track_caller]
    pub fn ends(&self, code: i32, arguments: &[&str]) -> Said {
        let said = self.run(arguments);
        assert_eq!(said.code, code, "{arguments:?}: {}{}", said.out, said.err);
        said
    }

    /// Runs it with `--json`, and gives the only line.
    #[track_caller]
    pub fn json(&self, code: i32, arguments: &[&str]) -> Value {
        let said = self.ends(code, &[arguments, &["--json"]].concat());
        assert_eq!(said.out.lines().count(), 1, "{}", said.out);
        serde_json::from_str(&said.out).unwrap()
    }

    /// People leave the directory.
    pub fn delete(&self, numbers: Range<usize>) {
        let gone: Vec<_> = numbers.map(|number| format!("dn: uid=p{number},{PEOPLE}\nchangetype: delete\n")).collect();
        self.slapd.modify(&gone.join("\n"));
    }

    /// Those at the target whose status is this, in order.
    pub fn at_target(&self, status: &str) -> Vec<usize> {
        let members = self.sandbox.members();
        let of = members.iter().filter(|(_, record)| {
            serde_json::to_value(record).unwrap().to_string().contains(&format!("\"status\":\"{status}\""))
        });
        let mut numbers: Vec<usize> = of.map(|(id, _)| id.parse().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    }
}
