//! What is in the packages.

use std::path::Path;
use std::process::Command;

use super::host::package;
use crate::fixtures::program::Program;

fn lines(program: &str, arguments: &[&str], package: &Path) -> Vec<String> {
    let mut command = Command::new(program);
    command.env("TZ", "UTC").args(arguments).arg(package);
    Program::of(command).end().well().lines().map(str::to_owned).collect()
}

/// Mode, owner and name of each file, of a listing with these columns between them.
fn files(listing: &[String], owner: std::ops::Range<usize>) -> String {
    let file = |line: &String| {
        let words: Vec<_> = line.split_whitespace().collect();
        let name = words.last().unwrap().trim_start_matches('.');
        (name.to_owned(), format!("{} {} {name}\n", words[0], words[owner.clone()].join("/")))
    };
    // A page for each command there is.
    let page = |name: &str| name.contains("/man1/rosterd-");
    let mut files: Vec<_> = listing.iter().map(file).filter(|(name, _)| !page(name) && !name.ends_with('/')).collect();
    files.sort();
    files.into_iter().map(|(_, line)| line).collect()
}

#[test]
#[ignore = "needs packages: run tests/package"]
fn the_deb_holds() {
    let deb = package("old", "deb");
    let listing = lines("dpkg-deb", &["--contents"], &deb);
    insta::assert_snapshot!(files(&listing, 1..2));
    assert!(
        listing
            .iter()
            .any(|line| line.ends_with("/etc/rosterd/credentials/") && line.starts_with("drwx------ root/root"))
    );
    assert!(listing.iter().any(|line| line.ends_with("/man1/rosterd-sync.1.gz")));
    let fields = lines("dpkg-deb", &["--field"], &deb).join("\n");
    for field in ["Package: rosterd", "Depends: libc6 (>= 2.", "libgssapi-krb5-2", "systemd (>= 250), tzdata"] {
        assert!(fields.contains(field), "{fields}");
    }
    let conffiles = Program::of({
        let mut command = Command::new("dpkg-deb");
        command.arg("--info").arg(&deb).arg("conffiles");
        command
    });
    assert_eq!(conffiles.end().well(), "/etc/rosterd/rosterd.yaml\n");
}

#[test]
#[ignore = "needs packages: run tests/package"]
fn the_rpm_holds() {
    let rpm = package("old", "rpm");
    let listing = lines("rpm", &["--query", "--package", "--list", "--verbose"], &rpm);
    insta::assert_snapshot!(files(&listing, 2..4));
    assert!(listing.iter().any(|line| line.ends_with("/man1/rosterd-sync.1.gz")));
    let config = lines("rpm", &["--query", "--package", "--configfiles"], &rpm);
    assert_eq!(config, ["/etc/rosterd/rosterd.yaml"]);
    let requires = lines("rpm", &["--query", "--package", "--requires"], &rpm).join("\n");
    for needed in ["libc.so.6(GLIBC_2.", "libgssapi_krb5.so.2()", "systemd >= 250", "tzdata"] {
        assert!(requires.contains(needed), "{requires}");
    }
}
