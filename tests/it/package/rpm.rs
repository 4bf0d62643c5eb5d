//! The .rpm, from its installation to its end. Its needs are met by Debian's packages, of which rpm knows nothing.

use std::fs;

use super::host::{Host, package};

/// rpm in the container; gives all that was said, also by the package's scripts.
fn rpm(host: &Host, act: &str, what: &str) -> String {
    let output = host.container.run(&["rpm", act, "--nodeps", "--force-debian", what]);
    assert_eq!(output.code, Some(0), "{act} {what}: {output:?}");
    assert!(!output.stderr.contains("scriptlet failed") && !output.stderr.contains("warning:"), "{act}: {output:?}");
    output.stdout
}

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn an_rpm_is_installed_upgraded_and_removed() {
    let mut host = Host::bare(3);
    for version in ["old", "new"] {
        fs::copy(package(version, "rpm"), host.container.path(&format!("/root/{version}.rpm"))).unwrap();
    }
    let said = rpm(&host, "--install", "/root/old.rpm");
    assert!(said.contains("not started yet") && said.contains("systemctl enable --now rosterd"), "{said}");
    assert_eq!(host.container.does(&["rpm", "--verify", "--nodeps", "rosterd"]), "");
    assert_eq!(host.container.does(&["stat", "--format=%a %U", "/var/lib/rosterd"]), "700 rosterd");
    assert_eq!(host.property("UnitFileState"), "disabled");

    host.set_up();
    host.start();
    host.wait_for_active(3);
    let (config, process) = (fs::read_to_string(host.config()).unwrap(), host.property("MainPID"));
    let said = rpm(&host, "--upgrade", "/root/new.rpm");
    assert!(!said.contains("not started"), "{said}");
    host.container.wait("the restart", |_| host.property("SubState") == "running");
    assert_ne!(host.property("MainPID"), process);
    assert_eq!(fs::read_to_string(host.config()).unwrap(), config);
    host.road.people.hire([4]);
    host.wait_for_active(4);
    assert_eq!(host.road.requests()[0], 1, "the token is in the state");

    let output = host.container.run(&["rpm", "--erase", "--nodeps", "rosterd"]);
    assert_eq!(output.code, Some(0), "{output:?}");
    assert_eq!(host.property("MainPID"), "0");
    let there = |place: &str| host.container.path(place).exists();
    assert!(!there("/usr/bin/rosterd") && !there("/etc/systemd/system/multi-user.target.wants/rosterd.service"));
    assert!(there("/etc/rosterd/rosterd.yaml.rpmsave"), "what was changed is kept");
    assert!(there("/var/lib/rosterd/state.db"), "state is never removed with an rpm");
}
