//! A domain whose servers DNS names, from the config to the target.

use super::world::World;
use crate::fixtures::dns::Dns;
use crate::fixtures::slapd::NAMES;

const ALL: &str = "_ldap._tcp.dc._msdcs.roster.test";
const LONDON: &str = "_ldap._tcp.london._sites.dc._msdcs.roster.test";

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_finds_its_servers_and_goes_back_to_the_one_that_worked() {
    let world = World::of(0..3).await;
    let dns = Dns::start().await;
    let port = world.slapd.port();
    dns.host(NAMES[1], [127, 0, 0, 1]);
    dns.srv(ALL, &[(0, 0, 1, NAMES[0]), (1, 0, port, NAMES[1]), (2, 0, 1, NAMES[2])]);
    dns.srv(LONDON, &[(0, 0, port, NAMES[1])]);
    let discover = |site: &str| {
        let tls = format!("tls: {{ starttls: true, ca: {} }}", world.slapd.ca().display());
        let here = format!("discover: roster.test\n    dns: {}\n    {site}\n    {tls}", dns.address());
        world.configure(|text| text.replace(&format!("url: {}", world.slapd.url()), &here));
    };
    discover("");
    world.ends(0, &["sync"]);
    assert_eq!(world.at_target("active"), [0, 1, 2]);
    let asked = |name: &str| dns.asked().iter().filter(|asked| asked.ends_with(&format!(" {name}"))).count();
    // The address of the first server, and of the second, which has one.
    assert!(asked(NAMES[0]) > 0 && asked(NAMES[1]) > 0, "{:?}", dns.asked());
    let before = asked(NAMES[0]);
    world.ends(0, &["sync"]);
    assert_eq!((asked(NAMES[0]), asked(ALL)), (before, 2), "DNS is asked anew, the server that worked comes first");

    discover("site: London");
    let said = world.ends(0, &["check"]).out;
    let order = format!("ldap://dc2.roster.test:{port}, ldap://dc1.roster.test:1, ldap://dc3.roster.test:1");
    for line in [
        format!("ok       corp: servers of roster.test in DNS: 3 (1 in the site London), now in this order: {order}"),
        format!("ok       corp: connected and bound: ldap://dc2.roster.test:{port}"),
    ] {
        assert!(said.contains(&line), "{line}: {said}");
    }
    discover("site: Paris");
    let said = world.ends(0, &["check"]).out;
    assert!(said.contains("warning  corp: DNS names no server for the site `Paris`"), "{said}");
    dns.forget(ALL);
    let said = world.ends(1, &["check"]).out;
    assert!(said.contains("FAILED   corp: the servers of `roster.test` can't be found by DNS: there is no"), "{said}");
    let said = world.json(1, &["sync"]);
    assert!(said["error"].as_str().is_some_and(|error| error.contains("there is no SRV record")), "{said}");
}
