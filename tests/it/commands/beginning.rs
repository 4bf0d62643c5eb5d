//! Where `rosterd init` makes a first config.

use std::fs;
use std::path::PathBuf;

use super::world::{Said, World};
use crate::fixtures::ldif::SERVICE;
use crate::fixtures::program::{Output, Program};

/// A directory, and a folder in which a first config is made.
pub struct Beginning {
    pub world: World,
    folder: tempfile::TempDir,
}

impl Beginning {
    pub async fn with(ldif: &str) -> Self {
        let (world, folder) = (World::with(ldif).await, tempfile::tempdir().unwrap());
        let credentials = folder.path().join("credentials");
        fs::create_dir(&credentials).unwrap();
        for (name, secret) in [
            ("ldap-password", SERVICE.1),
            ("veris-client-secret", "sandbox-secret"),
            ("veris-api-key", "sandbox-key"),
            ("boostcom-token", "sandbox-token"),
            ("capillary-key", "sandboxAdminClientKey0001"),
            ("capillary-secret", "sandboxAdminClientSecret0000000000000001"),
        ] {
            fs::write(credentials.join(name), format!("{secret}\n")).unwrap();
        }
        Self { world, folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn path_text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// All flags that are needed.
    pub fn flags(&self) -> Vec<String> {
        let password = self.path_text("credentials/ldap-password");
        let (ldap, veris, state) = (self.world.slapd.url(), self.world.sandbox.url(), self.path_text("state"));
        let flags: [(&str, &str); 7] = [
            ("--url", &ldap),
            ("--bind-dn", SERVICE.0),
            ("--password-file", &password),
            ("--destination", "veris"),
            ("--destination-url", &veris),
            ("--client-id", "sandbox"),
            ("--state", &state),
        ];
        flags.iter().flat_map(|(flag, value)| [(*flag).to_owned(), (*value).to_owned()]).collect()
    }

    pub fn without(&self, flag: &str) -> Vec<String> {
        let mut flags = self.flags();
        let at = flags.iter().position(|known| known == flag).unwrap();
        flags.drain(at..at + 2);
        flags
    }

    #[track_caller]
    pub fn ends(&self, code: i32, arguments: &[String]) -> Said {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let mut command = Program::command(&self.path("rosterd.yaml"), &arguments);
        command.env("CREDENTIALS_DIRECTORY", self.path("credentials"));
        let Output { code: ended, stdout, stderr } = Program::of(command).end();
        assert_eq!(ended, Some(code), "{arguments:?}: {stdout}{stderr}");
        Said { code, out: stdout, err: stderr }
    }

    #[track_caller]
    pub fn init(&self, code: i32, flags: Vec<String>) -> Said {
        let said = self.ends(code, &[vec!["init".to_owned()], flags].concat());
        assert_eq!(self.path("rosterd.yaml").exists(), code == 0, "{}", said.err);
        assert_eq!(fs::read_dir(self.folder.path()).unwrap().count(), if code == 0 { 2 } else { 1 }, "nothing else");
        said
    }
}

pub fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
