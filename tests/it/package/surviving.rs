//! The daemon dies, or hangs.

use super::host::Host;

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn a_killed_daemon_comes_back_and_loses_neither_its_token_nor_anybody() {
    let mut host = Host::started(20);
    host.wait_for_active(20);
    let process = host.property("MainPID");
    host.road.people.hire([21]);
    host.container.does(&["systemctl", "kill", "--signal=KILL", "rosterd"]);
    host.container.wait("a restart", |_| host.property("NRestarts") == "1" && host.property("SubState") == "running");
    assert_ne!(host.property("MainPID"), process);
    host.wait_for_active(21);
    host.road.in_step();
    assert_eq!(host.road.requests()[0], 1, "the token outlives the process");
    host.discreet();
}

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn a_daemon_that_hangs_is_restarted_by_the_watchdog() {
    let mut host = Host::configured(5);
    host.drop_in("WatchdogSec=3");
    host.start();
    host.wait_for_active(5);
    // Two of its periods: who lives is left alone.
    let fed = host.property("WatchdogTimestampMonotonic");
    host.container.wait("the watchdog to be fed again", |_| host.property("WatchdogTimestampMonotonic") != fed);
    host.container.does(&["systemctl", "kill", "--signal=STOP", "rosterd"]);
    host.container
        .wait("the watchdog", |_| host.property("NRestarts") == "1" && host.property("SubState") == "running");
    assert!(host.said("Watchdog timeout"), "{:?}", host.journal());
    host.road.people.hire([6]);
    host.wait_for_active(6);
    host.road.in_step();
    assert_eq!(host.road.requests()[0], 1, "the token outlives the process");
}
