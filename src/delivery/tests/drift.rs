use serde_json::Value;

use crate::delivery::drift::{Confirmed, Drift, Drifted, count, drift};
use crate::destination::{Remote, Seen};
use crate::roster::Payload;

fn payload(name: &str) -> Payload {
    Payload::default().with("name", name).with("hidden", "h")
}

fn shown(name: &str) -> Payload {
    Payload::default().with("name", name)
}

fn found(seen: &[(&str, &str)]) -> Vec<Drift> {
    let confirmed = [(1, "c1", "one"), (2, "c2", "two")].map(|(account, remote, name)| Confirmed {
        account,
        remote: Remote::new(remote),
        payload: Some(payload(name)),
    });
    let seen: Vec<Seen> = seen
        .iter()
        .map(|(remote, name)| Seen { remote: Remote::new(*remote), payload: shown(name), since: None })
        .collect();
    let held = |confirmed: &Payload, seen: &Payload| {
        seen.clone().with("hidden", confirmed.fields().get("hidden").cloned().unwrap_or(Value::Null))
    };
    drift(confirmed.into(), &seen, held)
}

#[test]
fn what_is_not_as_confirmed_is_found_by_the_targets_own_name() {
    assert_eq!(found(&[("c2", "two"), ("c1", "one")]), []);
    assert_eq!(found(&[("c1", "one")]), [Drift::Gone(2)]);
    assert_eq!(found(&[("c1", "two"), ("c2", "two")]), [Drift::Other(1, payload("two"))]);
    assert_eq!(found(&[]), [Drift::Gone(1), Drift::Gone(2)]);
}

#[test]
fn somebody_elses_are_not_looked_at() {
    assert_eq!(found(&[("c1", "one"), ("c2", "two"), ("x9", "one")]), []);
}

#[test]
fn whoever_may_have_something_else_is_only_missed() {
    let uncertain = |remote: &str| vec![Confirmed { account: 1, remote: Remote::new(remote), payload: None }];
    let seen = [Seen { remote: Remote::new("c1"), payload: shown("two"), since: None }];
    let held = |_: &Payload, seen: &Payload| seen.clone();
    assert_eq!(drift(uncertain("c1"), &seen, held), []);
    let drifts = drift(uncertain("c2"), &seen, held);
    assert_eq!(drifts, [Drift::Gone(1)]);
    assert_eq!(count(&drifts), Drifted { gone: 1, other: 0 });
}
