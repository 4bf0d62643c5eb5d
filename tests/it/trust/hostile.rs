//! What somebody could write into the directory about themselves.

use serde_json::json;

use crate::fixtures::daemon::Daemon;
use crate::fixtures::ldif;
use crate::fixtures::road::Road;

/// Everything that has a meaning in a filter (RFC 4515), in a DN (RFC 4514), in a template and in SQL.
const MEANINGFUL: [&str; 4] = ["*", "x*)(uid=*", "a\\2a,ou=people+cn=\"#;<>", "{{ 7 * 7 }}'; DROP TABLE person; --"];

/// What would be a line of its own in a log, in red, and with its end first.
const FORGED: &str = "x\r\n2026-01-01T00:00:00Z ERROR forged\u{1b}[31m\u{202e}";

#[test]
fn a_key_is_looked_up_as_it_is() {
    let mut road = Road::new(12);
    road.config.sync().more = "key: description".to_owned();
    for number in 1..=12 {
        let key = MEANINGFUL.get(number - 1).map_or_else(|| format!("k{number}"), |key| (*key).to_owned());
        road.people.add(number, &ldif::line("description", key.as_bytes()));
    }
    road.sync_well();
    // Were `*` a wildcard, or a filter broken, somebody else would be found in their place, or nothing at all.
    for number in 1..=4 {
        road.people.fire([number]);
        assert_eq!(road.sync_well()["members"]["left"], 1, "{}", MEANINGFUL[number - 1]);
    }
    assert_eq!(road.sync_well()["members"]["unchanged"], 8);
}

#[test]
fn a_value_is_a_value() {
    let mut road = Road::new(12);
    for (number, value) in (1..).zip(MEANINGFUL) {
        road.people.set(number, "title", value);
    }
    road.sync_well();
}

#[test]
fn nothing_written_in_the_directory_is_a_line_of_a_log() {
    let mut road = Road::new(12);
    road.config.settings = "log: { format: text, level: trace }".to_owned();
    road.config.sync().more = "key: description\n    schedule: 1h".to_owned();
    for number in 1..=12 {
        let key = if number == 1 { FORGED.to_owned() } else { format!("k{number}") };
        road.people.add(number, &ldif::line("description", key.as_bytes()));
    }
    road.people.set(2, "title", FORGED);
    road.people.set(3, "employeeNumber", FORGED);
    let daemon = Daemon::start(&road);
    road.wait(|road| road.runs().first().is_some_and(|run| run["summary"]["result"] == "partial"));
    assert_eq!(road.runs()[0]["summary"]["members"]["invalid"], json!(2));
    road.people.fire([1]);
    road.run(&["sync"]);
    let said = [&["status"][..], &["runs"], &["explain", "k2"], &["explain", "k3"], &["explain", FORGED], &["plan"]];
    let shown = said.map(|arguments| road.start_as_it_is(arguments).end());
    let log = daemon.stop().stderr;
    let dated = |line: &str| line.get(..20).is_some_and(|moment| moment.parse::<jiff::Timestamp>().is_ok());
    assert!(log.lines().count() > 3 && log.lines().all(|line| dated(line) && !line.starts_with("2026-01-01")), "{log}");
    for text in shown.iter().flat_map(|output| [&output.stdout, &output.stderr]).chain([&log]) {
        assert!(!text.contains(['\u{1b}', '\r', '\u{202e}']), "{text:?}");
        assert!(!text.lines().any(|line| line.starts_with("2026-01-01")), "{text}");
    }
    assert!(shown.iter().any(|output| output.stdout.contains("forged")), "nothing of it was shown: {shown:?}");
}
