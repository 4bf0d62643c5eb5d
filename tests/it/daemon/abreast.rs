//! What goes on side by side, and what does not.

use std::fs;

use rosterd::sandbox::veris::{Effect, Fault, Target, When};

use crate::fixtures::daemon::Daemon;
use crate::fixtures::road::Road;

/// Another sync of the same people, to the target under another name, which is another target to rosterd.
fn twice(road: &Road) -> String {
    let text = road.config.to_string();
    let (head, rest) = text.split_once("destinations:\n").unwrap();
    let (target, sync) = rest.split_once("syncs:\n").unwrap();
    let other = target.replace("  veris:", "  other:").replace("127.0.0.1", "localhost");
    let second = sync.replace("  people:", "  again:").replace("to: veris", "to: other");
    format!("{head}destinations:\n{target}\n{other}\nsyncs:\n{sync}\n{second}")
}

#[test]
fn a_target_that_hangs_holds_up_its_own_syncs_only() {
    let mut road = Road::new(12);
    let daemon = Daemon::start(&road);
    fs::write(road.config_file(), twice(&road)).unwrap();
    road.wait(|road| road.status()["syncs"].as_array().is_some_and(|syncs| syncs.len() == 2));
    road.faults([Fault::new(Effect::Hang(When::Before)).on(Target::Members).times(1)]);
    let hangs = road.start_as_it_is(&["sync", "people", "--json"]);
    road.wait(|road| road.requests()[1] == 1);
    let queues = road.start_as_it_is(&["sync", "people", "--json"]);
    let abreast = road.start_as_it_is(&["sync", "again", "--json"]).end();
    assert_eq!(abreast.ended("ok", 0)["delivery"]["confirmed"], 12);
    let status = road.status();
    let of = |name: &str| status["syncs"].as_array().unwrap().iter().find(|sync| sync["sync"] == name).unwrap().clone();
    assert_eq!((&of("people")["running"], &of("again")["running"]), (&true.into(), &false.into()), "{status}");
    assert_eq!(road.runs().len(), 2, "the third waits for its turn");
    road.in_step();
    assert_eq!(daemon.stop().code, Some(0));
    // The one is in the middle of a call, of which nobody knows what becomes of it.
    for (asked, words) in [(queues, "told to stop"), (hangs, "broke off")] {
        let told = asked.end();
        assert!(told.code == Some(1) && told.stdout.contains(words), "{words}: {told:?}");
    }
}
