//! A company whose rosterd is a package on a host of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rosterd::sandbox::veris::{Record, Status};
use serde_json::Value;

use crate::fixtures::container::{Container, Root, given};
use crate::fixtures::overheard;
use crate::fixtures::road::{Road, SECRETS};

/// The packages of a version that `tests/package` made: `old` or `new`.
pub fn package(version: &str, kind: &str) -> PathBuf {
    let folder = given("ROSTERD_TEST_PACKAGES").join(version);
    let found = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let of_kind = |path: &PathBuf| path.extension().is_some_and(|extension| extension == kind);
    found.map(|entry| entry.unwrap().path()).find(of_kind).unwrap_or_else(|| panic!("no .{kind} in {folder:?}"))
}

/// A booted host; directory and target are on its loopback.
pub struct Host {
    pub container: Container,
    pub road: Road,
}

impl Host {
    /// Nothing of rosterd is there yet.
    pub fn bare(people: usize) -> Self {
        let mut road = Road::new(people);
        road.config.sync().more = "schedule: 10s".to_owned();
        Self { container: Root::copy().boot(), road }
    }

    /// The package is installed, config and secrets are in place, and nothing is started.
    pub fn configured(people: usize) -> Self {
        let host = Self::bare(people);
        host.install("old");
        host.set_up();
        host
    }

    /// Puts secrets and config where the package wants them.
    pub fn set_up(&self) {
        for (name, secret) in [("password", SECRETS[0]), ("client-secret", SECRETS[1]), ("api-key", SECRETS[2])] {
            let file = self.container.path(&format!("/etc/rosterd/credentials/{name}"));
            overheard::secret(secret);
            fs::write(&file, secret).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
        self.configure();
    }

    /// The same, enabled and started.
    pub fn started(people: usize) -> Self {
        let host = Self::configured(people);
        host.start();
        host
    }

    /// What the administrator is told to do at the end; returns when it is ready.
    pub fn start(&self) {
        let started = self.container.run(&["systemctl", "enable", "--now", "rosterd"]);
        assert_eq!(started.code, Some(0), "{started:?}: {}", self.status());
    }

    /// Settings of this host's own.
    pub fn drop_in(&self, setting: &str) {
        let folder = self.container.path("/etc/systemd/system/rosterd.service.d");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("test.conf"), format!("[Service]\n{setting}\n")).unwrap();
        self.container.does(&["systemctl", "daemon-reload"]);
    }

    /// Installs a version over whatever is there; gives what dpkg says.
    pub fn install(&self, version: &str) -> String {
        let deb = self.container.path("/root/rosterd.deb");
        fs::copy(package(version, "deb"), deb).unwrap();
        self.container.does(&["dpkg", "--install", "/root/rosterd.deb"])
    }

    /// Writes the config as it stands now: with secrets that are credentials, and the state where the package has it.
    pub fn configure(&self) {
        let state = self.road.state();
        let secrets = format!("${{file:{}/", state.parent().unwrap().display());
        let text = self.road.config.to_string();
        let control = state.with_file_name("control.sock").display().to_string();
        let text = text.replace(&control, "/run/rosterd/control.sock");
        let text = text.replace(&secrets, "${cred:").replace(&state.display().to_string(), "/var/lib/rosterd");
        // By a name, so that one has to be looked up from within the unit.
        fs::write(self.config(), text.replace("127.0.0.1", "localhost")).unwrap();
    }

    /// The config's file.
    pub fn config(&self) -> PathBuf {
        self.container.path("/etc/rosterd/rosterd.yaml")
    }

    /// What systemd knows of the unit.
    pub fn property(&self, name: &str) -> String {
        self.container.does(&["systemctl", "show", "--property", name, "--value", "rosterd"])
    }

    /// What `systemctl status` says.
    pub fn status(&self) -> String {
        self.container.run(&["systemctl", "status", "--no-pager", "--full", "rosterd"]).stdout
    }

    /// What is in the journal of the unit, by systemd and by rosterd.
    pub fn journal(&self) -> Vec<Value> {
        let lines = self.container.does(&["journalctl", "--output=json", "--all", "--unit=rosterd"]);
        overheard::unasked(&lines);
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Whether there is something like that in the journal.
    pub fn said(&self, words: &str) -> bool {
        self.journal().iter().any(|entry| entry["MESSAGE"].as_str().is_some_and(|message| message.contains(words)))
    }

    /// Neither a secret nor a person is in the journal.
    #[track_caller]
    pub fn discreet(&self) {
        let journal = self.container.run(&["journalctl", "--output=json", "--all"]);
        overheard::unasked(&journal.stdout);
        self.road.discreet(&journal);
    }

    /// Waits until so many members are active at the target.
    #[track_caller]
    pub fn wait_for_active(&self, count: usize) {
        let active = |member: &Record| member.fields.status == Status::Active;
        let there = || self.road.sandbox.members().values().filter(|member| active(member)).count() == count;
        let deadline = Instant::now() + Duration::from_mins(1);
        while !there() {
            assert!(Instant::now() < deadline, "waited in vain for {count} members: {}", self.status());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
