//! A client counts once its secret is where it is to be.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use rosterd::sandbox::capillary::Target;

use crate::fixtures::ldif::uuid;
use crate::fixtures::org::{Org, SECRETS, service, services};
use crate::fixtures::place::{self, json};
use crate::fixtures::program::{Output, Program};

/// A command for `on_secret`, made of a shell's script.
fn script(org: &mut Org, script: &str) -> PathBuf {
    let path = org.folder().join("to-vault");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    org.config.vault = format!("on_secret: {{ exec: [{}, \"an argument\"] }}", path.display());
    path
}

#[test]
fn a_folder_that_others_may_enter_is_refused_before_anything_is_created() {
    let org = Org::new(&services(1..3));
    fs::create_dir(org.secrets()).unwrap();
    fs::set_permissions(org.secrets(), fs::Permissions::from_mode(0o755)).unwrap();
    let json = org.sync_without_wait();
    let error = json["error"].as_str().unwrap();
    assert!(error.contains("client-secrets: others may enter it: chmod 700"), "{error}");
    assert_eq!((org.clients().len(), org.requests(Target::Create).len()), (0, 0));
    assert!(org.said(&["status"]).contains("chmod 700"));
    fs::set_permissions(org.secrets(), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(org.sync_well()["delivery"]["confirmed"], 2);
}

/// A run in a world of its own where so many bytes fit into the folder of secrets.
fn cramped(org: &Org, bytes: u32) -> Output {
    fs::create_dir_all(org.secrets()).unwrap();
    fs::set_permissions(org.secrets(), fs::Permissions::from_mode(0o700)).unwrap();
    org.write_config();
    let mut command = Command::new("unshare");
    let mount = "mount -t tmpfs -o mode=700,size=$1 tmpfs \"$2\" && shift 2 && exec \"$@\"";
    command.env_clear().env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    command.args(["--map-root-user", "--mount", "sh", "-c", mount, "sh", &bytes.to_string()]).arg(org.secrets());
    command.arg(env!("CARGO_BIN_EXE_rosterd")).arg("--config").arg(org.config_file()).args(["sync", "--json"]);
    let output = Program::of(command).end();
    place::discreet(&output, SECRETS);
    output
}

#[test]
fn on_a_full_disk_nothing_is_created() {
    let org = Org::new(&services(1..5));
    // Two secrets' files fit, a page each.
    let output = cramped(&org, 8192);
    let error = output.lines()[0]["error"].to_string();
    assert!(error.contains("no secret could be kept in") && error.contains("No space left on device"), "{error}");
    assert_eq!((org.clients().len(), org.requests(Target::Create).len()), (2, 2));
    assert_eq!(output.lines()[0]["delivery"]["pending"], 2);
}

#[test]
fn a_client_whose_secret_can_not_be_written_is_deleted_again() {
    // Its secret takes more room than was tried.
    let org = Org::new(&service(1, &"x".repeat(6000)));
    let output = cramped(&org, 4096);
    let error = output.lines()[0]["error"].to_string();
    assert!(error.contains("made, and deleted again") && error.contains("No space left on device"), "{error}");
    assert_eq!(
        (org.clients().len(), org.requests(Target::Create).len(), org.requests(Target::Delete).len()),
        (0, 1, 1)
    );
    assert_eq!(org.sync_patient()["delivery"]["confirmed"], 1);
    assert_eq!(org.kept().len(), 1);
}

#[test]
fn a_command_is_handed_the_secret_and_nothing_else_has_it() {
    let mut org = Org::new(&services(1..3));
    let got = org.folder().join("got");
    script(&mut org, &format!("test \"$1\" = 'an argument' && cat >> {0} && echo >> {0}", got.display()));
    assert_eq!(org.sync_well()["delivery"]["confirmed"], 2);
    let lines: Vec<_> = fs::read_to_string(&got).unwrap().lines().map(json).collect();
    for number in [1, 2] {
        let client = org.client(number);
        let handed = lines.iter().find(|line| line["for"] == uuid(number)).unwrap();
        assert_eq!((&handed["clientKey"], &handed["clientSecret"]), (&client.key.into(), &client.secret.into()));
    }
    assert!(!org.secrets().exists());
}

#[test]
fn a_command_that_fails_leaves_no_client_behind() {
    let mut org = Org::new(&services(1..2));
    let path = script(&mut org, "cat; exit 3");
    let json = org.sync_without_wait();
    let error = json["error"].as_str().unwrap();
    assert!(error.contains("to-vault (`on_secret`) did not take the secret: exit status: 3"), "{error}");
    assert_eq!((org.clients().len(), org.requests(Target::Create).len()), (0, 1));
    assert!(org.said(&["clients", "loyalty"]).starts_with("loyalty: 0 ours"), "although runs have to wait");
    fs::write(&path, "#!/bin/sh\ncat > /dev/null\n").unwrap();
    assert_eq!(org.sync_patient()["delivery"]["confirmed"], 1);
    assert_eq!(org.clients().len(), 1);
}

#[test]
fn with_both_the_file_and_the_command_must_have_it() {
    let mut org = Org::new(&services(1..2));
    let folder = org.config.vault.clone();
    let path = script(&mut org, "exit 1");
    org.config.vault = format!("{folder}\n    {}", org.config.vault);
    org.sync_without_wait();
    assert_eq!((org.clients().len(), org.kept().len()), (0, 0));
    fs::write(&path, "#!/bin/sh\ncat > /dev/null\n").unwrap();
    org.sync_patient();
    assert_eq!((org.clients().len(), org.kept().len()), (1, 1));
}

#[test]
fn no_secret_is_stored_or_said_anywhere_but_in_its_file() {
    let org = Org::new(&services(1..4));
    org.sync_well();
    for command in [&["status"][..], &["runs"], &["clients", "loyalty"], &["explain", &uuid(1)], &["check"], &["plan"]]
    {
        org.said(command);
    }
    let secrets: Vec<String> = org.clients().values().map(|client| client.secret.clone()).collect();
    let mut files = vec![org.config_file(), org.folder().join("state")];
    let mut looked = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(&path).unwrap().map(|file| file.unwrap().path()));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for secret in &secrets {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{}", path.display());
        }
        looked += 1;
    }
    assert!(looked >= 2, "{looked} files");
}
