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
    let host = Host::bare(0);
    for version in ["old", "new"] {
        fs::copy(package(version, "rpm"), host.container.path(&format!("/root/{version}.rpm"))).unwrap();
    }
    let said = rpm(&host, "--install", "/root/old.rpm");
    assert!(said.contains("not started yet") && said.contains("systemctl enable --now rosterd"), "{said}");
    assert_eq!(host.container.does(&["rpm", "--verify", "--nodeps", "rosterd"]), "");
    assert_eq!(host.container.does(&["stat", "--format=%a %U", "/var/lib/rosterd"]), "700 rosterd");
    assert_eq!(host.property("UnitFileState"), "disabled");

    let config = host.config();
    fs::write(&config, "# mine\n").unwrap();
    fs::write(host.container.path("/var/lib/rosterd/kept"), "").unwrap();
    let said = rpm(&host, "--upgrade", "/root/new.rpm");
    assert!(!said.contains("not started"), "{said}");
    assert_eq!(fs::read_to_string(&config).unwrap(), "# mine\n");

    let output = host.container.run(&["rpm", "--erase", "--nodeps", "rosterd"]);
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(!host.container.path("/usr/bin/rosterd").exists());
    assert_eq!(fs::read_to_string(config.with_extension("yaml.rpmsave")).unwrap(), "# mine\n");
    assert!(host.container.path("/var/lib/rosterd/kept").exists(), "state is never removed with an rpm");
}
