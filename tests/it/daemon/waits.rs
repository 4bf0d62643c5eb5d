//! Deliveries that had to wait go on by themselves.

use rosterd::sandbox::veris::{Effect, Fault, Target};

use crate::fixtures::daemon::Daemon;
use crate::fixtures::road::Road;

#[test]
fn what_had_to_wait_is_delivered_at_its_time_without_another_reading() {
    let mut road = Road::alone(12, "");
    road.config.sync().more = "schedule: 1h".to_owned();
    road.faults([Fault::new(Effect::RetryAfter(3)).on(Target::Members).times(1)]);
    let daemon = Daemon::start(&road);
    road.wait(|road| road.runs().first().is_some_and(|run| run["summary"]["result"] == "pending"));
    // Nobody could read now.
    road.slapd.pause();
    road.wait(|road| road.runs()[0]["summary"]["result"] == "ok");
    let runs = road.runs();
    assert_eq!((runs.len(), &runs[0]["summary"]["delivery"]["confirmed"]), (1, &12.into()), "{runs:?}");
    road.slapd.resume();
    road.in_step();
    assert_eq!(daemon.stop().code, Some(0));
}
