//! The config of a running service changes.

use std::fs;

use super::host::Host;

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn a_changed_config_is_followed_without_a_restart_and_a_bad_one_is_refused() {
    let mut host = Host::started(5);
    host.wait_for_active(5);
    let process = host.property("MainPID");

    fs::write(host.config(), "syncs: none\n").unwrap();
    host.container.wait("systemd to be told of the bad config", |_| host.property("StatusText").contains("refused"));
    assert!(host.status().contains(&host.property("StatusText")), "{}", host.status());
    assert_eq!(host.property("ActiveState"), "active");
    host.road.people.hire([6]);
    host.wait_for_active(6);

    host.road.config.sync().more = "schedule: 11s".to_owned();
    host.configure();
    host.container.wait("the good config", |_| !host.property("StatusText").contains("refused"));
    let loaded = host.journal().iter().any(|entry| entry["ROSTERD_CHANGES"].to_string().contains("people"));
    assert!(loaded, "{:?}", host.journal());

    host.road.config.sync().more = "schedule: 12s".to_owned();
    host.configure();
    host.container.does(&["systemctl", "reload", "rosterd"]);
    host.container.wait("the end of the reload", |_| host.property("ActiveState") == "active");
    host.road.people.hire([7]);
    host.wait_for_active(7);
    assert_eq!(host.property("MainPID"), process);
    assert_eq!(host.property("NRestarts"), "0");
    host.discreet();
}
