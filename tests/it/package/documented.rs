//! The commands that the pages show of a host: on one, from the package to the first delivery and to the next version.

use std::fs;

use super::host::{Host, package};
use crate::documented::claims::{FIRST_DELIVERY, UPGRADING};
use crate::documented::page::Shown;
use crate::documented::shell::Shell;
use crate::fixtures::container::Root;
use crate::fixtures::ldif::SERVICE;
use crate::fixtures::road::{Road, SECRETS};
use crate::fixtures::terminal::Terminal;

const CONFIG: &str = "/etc/rosterd/rosterd.yaml";
const KEPT: &str = "/etc/rosterd/credentials/ldap-password";

/// A shell on a host, in the folder where a package of such a version was put.
fn shell(host: &Host, version: &str, called: &str) -> Shell {
    let deb = package(version, "deb");
    let name = deb.file_name().unwrap().to_str().unwrap();
    fs::copy(&deb, host.container.path("/root").join(name)).unwrap();
    let mut shell = Shell::start(host.container.command(&["bash"]));
    shell.run("cd /root; sudo() { \"$@\"; }");
    shell.place(called, name);
    shell
}

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn the_way_to_the_first_delivery_is_as_the_page_has_it() {
    let host = Host { container: Root::copy().boot(), road: Road::alone(12, "") };
    let mut shell = shell(&host, "old", "rosterd_VERSION_ARCH.deb");
    fs::write(host.container.path("/root/ldap-password"), SERVICE.1).unwrap();
    shell.place("ldaps://dc1.corp.example.com", host.road.slapd.ldaps_url());
    shell.place("svc-rosterd@corp.example.com", SERVICE.0);
    shell.place("https://acme.veris.in", host.road.sandbox.url());
    shell.place("acme", "sandbox");
    shell.place("OU=Staff,DC=corp,DC=example,DC=com", host.road.people.place());
    for shown in &FIRST_DELIVERY.shown() {
        match shown.typed.as_str() {
            "sudo rosterd init" => asks(&host, &shell, shown),
            typed if typed.starts_with("sudo rosterd init --") => {
                // Else what was made by answers would be in its way.
                shell.run(&format!("mv example {CONFIG}"));
                does(&mut shell, shown, "");
            }
            typed if typed.contains("veris-client-secret") => does(&mut shell, shown, SECRETS[1]),
            typed if typed.contains("veris-api-key") => does(&mut shell, shown, SECRETS[2]),
            typed if typed.contains("systemctl enable") => {
                let active =
                    shell.run(&format!("sed -i 's/# schedule:/schedule:/' {CONFIG}; grep ' schedule:' {CONFIG}"));
                assert!(active.text.trim().starts_with("schedule:"), "{active:?}");
                host.wait_for_active(12);
                does(&mut shell, shown, "");
            }
            _ => does(&mut shell, shown, ""),
        }
        if shown.typed.contains("apt install") {
            fs::copy(host.road.slapd.ca(), host.container.path("/etc/rosterd/ca.pem")).unwrap();
            shell.run(&format!("cp -p {CONFIG} example"));
        }
    }
    assert_eq!(host.property("ActiveState"), "active");
    host.discreet();
}

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn the_next_version_is_installed_as_the_page_has_it() {
    let host = Host::started(3);
    host.wait_for_active(3);
    let mut shell = shell(&host, "new", "rosterd_VERSION_amd64.deb");
    for shown in UPGRADING.shown() {
        does(&mut shell, &shown, "");
    }
    assert_eq!(host.property("ActiveState"), "active");
    assert_eq!(host.container.does(&["dpkg-query", "-W", "-f", "${Version}", "rosterd"]), "99.0.0");
}

/// A command that ends well, by somebody who types a secret when it wants one.
#[track_caller]
fn does(shell: &mut Shell, shown: &Shown, typed: &str) {
    let said = shell.run_with(&shown.typed, typed);
    assert_eq!(said.code, 0, "{}\n{}", shown.typed, said.text);
    shell.compare(shown, &said.text);
}

/// A command that asks on a terminal what the page shows, and is answered so.
#[track_caller]
fn asks(host: &Host, shell: &Shell, shown: &Shown) {
    let talk = talk(shell, &shown.printed);
    let words: Vec<_> = shown.typed.split(' ').skip_while(|word| *word != "rosterd").skip(1).collect();
    let mut terminal = Terminal::start(host.container.command(&[&["/usr/bin/rosterd"], &words[..]].concat()));
    for (question, answer) in &talk {
        terminal.answer(question, if question == "Password:" { SERVICE.1 } else { answer });
    }
    let (code, screen) = terminal.end();
    assert_eq!(code, Some(0), "{screen}");
    let really: Vec<_> = screen.lines().map(str::trim_end).take(talk.len()).collect();
    let page: Vec<_> =
        talk.iter().map(|(question, answer)| format!("{question} {answer}").trim_end().to_owned()).collect();
    assert_eq!(page, really, "{screen}");
    assert!(screen.contains(&format!("wrote {CONFIG}, and the password to {KEPT}\n\nIts other secrets")), "{screen}");
    assert_eq!(host.container.does(&["stat", "--format", "%U %a", KEPT]), "root 600");
    assert_eq!(host.container.does(&["cat", KEPT]), SERVICE.1);
}

/// Questions as the page has them, and its answers as they are here.
fn talk(shell: &Shell, printed: &str) -> Vec<(String, String)> {
    let lines = printed.lines().map(str::trim_end).map(|line| {
        let end = if line.ends_with(':') { line.len() } else { line.rfind(": ").unwrap() + 1 };
        let (question, answer) = line.split_at(end);
        // Of a question only what it proposes comes from here.
        let (words, proposal) = question.split_at(question.find('[').unwrap_or(end));
        (format!("{words}{}", shell.here(proposal)), shell.here(answer.trim()))
    });
    lines.collect()
}
