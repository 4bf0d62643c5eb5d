//! The unit, as systemd itself judges it.

use super::host::Host;

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn the_unit_is_without_fault_and_well_shut_in() {
    let host = Host::bare(0);
    host.install("old");
    let unit = "/usr/lib/systemd/system/rosterd.service";
    let verified = host.container.run(&["systemd-analyze", "verify", "--man=no", unit]);
    assert_eq!((verified.code, verified.stderr.as_str()), (Some(0), ""), "{verified:?}");
    let judged = host.container.run(&["systemd-analyze", "security", "--offline=true", "--threshold=15", unit]);
    println!("{}", judged.stdout.lines().last().unwrap_or_default());
    assert_eq!(judged.code, Some(0), "{judged:?}");
}
