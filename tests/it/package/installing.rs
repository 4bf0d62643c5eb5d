//! The .deb, from its installation to its purge.

use std::fs;

use super::host::Host;

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn once_installed_it_says_what_to_do_next_and_starts_nothing() {
    let host = Host::bare(0);
    let said = host.install("old");
    let hint: Vec<_> = said.lines().filter(|line| line.contains("not started yet")).collect();
    assert_eq!(hint.len(), 1, "{said}");
    for step in
        ["/etc/rosterd/rosterd.yaml", "/etc/rosterd/credentials/", "rosterd check", "systemctl enable --now rosterd"]
    {
        assert!(hint[0].contains(step), "{said}");
    }
    assert_eq!(host.property("ActiveState"), "inactive");
    assert_eq!(host.property("UnitFileState"), "disabled");
    let places = ["/etc/rosterd", "/etc/rosterd/rosterd.yaml", "/etc/rosterd/credentials", "/var/lib/rosterd"];
    assert_eq!(
        host.container.does(&[&["stat", "--format=%a %U:%G %n"], &places[..]].concat()),
        "755 root:root /etc/rosterd
640 root:rosterd /etc/rosterd/rosterd.yaml
700 root:root /etc/rosterd/credentials
700 rosterd:rosterd /var/lib/rosterd"
    );
    assert!(host.container.does(&["getent", "passwd", "rosterd"]).ends_with("/usr/sbin/nologin"));
    let checked = host.container.run(&["rosterd", "check", "--offline"]);
    assert_eq!(checked.code, Some(2), "{checked:?}");
    assert!(checked.stderr.contains("/etc/rosterd/credentials/ldap-password"), "{checked:?}");
}

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn an_upgrade_keeps_what_there_is_and_restarts_what_ran() {
    let mut host = Host::started(10);
    host.wait_for_active(10);
    let (config, process) = (fs::read_to_string(host.config()).unwrap(), host.property("MainPID"));
    let said = host.install("new");
    assert!(!said.contains("not started"), "{said}");
    assert_eq!(host.property("SubState"), "running", "{}", host.status());
    assert_ne!(host.property("MainPID"), process);
    assert_eq!(fs::read_to_string(host.config()).unwrap(), config);
    assert_eq!(
        host.container.does(&["stat", "--format=%a %U:%G", "/etc/rosterd/rosterd.yaml"]),
        "640 root:rosterd",
        "also after an upgrade"
    );
    host.road.people.hire([11]);
    host.wait_for_active(11);
    host.road.in_step();
    assert_eq!(host.road.requests()[0], 1, "the token is in the state");

    host.container.does(&["systemctl", "stop", "rosterd"]);
    host.install("old");
    assert_eq!(host.property("ActiveState"), "inactive", "who was stopped stays so");
}

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn removed_it_is_stopped_and_keeps_what_it_knows_purged_all_is_gone() {
    let host = Host::started(3);
    host.wait_for_active(3);
    let there = |place: &str| host.container.path(place).exists();
    host.container.does(&["dpkg", "--remove", "rosterd"]);
    assert_eq!(host.property("MainPID"), "0");
    assert!(!there("/usr/bin/rosterd") && there("/etc/rosterd/rosterd.yaml") && there("/var/lib/rosterd/state.db"));
    host.container.does(&["dpkg", "--purge", "rosterd"]);
    for place in ["/etc/rosterd", "/var/lib/rosterd", "/etc/systemd/system/multi-user.target.wants/rosterd.service"] {
        assert!(!there(place), "{place}");
    }
}
