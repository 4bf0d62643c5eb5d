use super::*;

fn once(effect: Effect) -> Bench {
    Bench::with([Fault::new(effect).times(1)])
}

#[test]
fn before_taking_effect() {
    for (effect, status, delivery) in [
        (Effect::Status(500), 500, Delivery::Whole),
        (Effect::Status(401), 401, Delivery::Whole),
        (Effect::RetryAfter(30), 429, Delivery::Whole),
        (Effect::Redirect(Redirect { to: "/x".into(), status: 302 }), 302, Delivery::Whole),
        (Effect::Cut(When::Before), 500, Delivery::Cut),
        (Effect::Hang(When::Before), 500, Delivery::Hang),
    ] {
        let mut bench = once(effect.clone());
        let answer = bench.push(&batch(2), 0);
        assert_eq!((answer.status, answer.delivery), (status, delivery));
        assert_eq!(answer.retry_after, (effect == Effect::RetryAfter(30)).then_some(30));
        assert_eq!(answer.location.is_some(), matches!(effect, Effect::Redirect(_)));
        assert!(bench.ids(0).is_empty());
        assert_eq!((bench.last().outcome, bench.last().size), (Outcome::Fault, None));
        assert_eq!(bench.push(&batch(2), 0).status, 200, "once only");
    }
}

#[test]
fn after_taking_effect() {
    for (effect, seen) in [
        (Effect::Cut(When::After), "cut"),
        (Effect::Hang(When::After), "hang"),
        (Effect::Body(Malformed::Truncated), "200 truncated"),
        (Effect::Body(Malformed::Huge), "200"),
        (Effect::SlowBody(MINUTE), "200"),
        (Effect::AnswerLatency(MINUTE), "200"),
    ] {
        let mut bench = once(effect.clone());
        let answer = bench.push(&batch(2), 0);
        assert_eq!(answer.wait, if effect == Effect::AnswerLatency(MINUTE) { MINUTE } else { Duration::ZERO });
        assert_eq!(answer.delivery == Delivery::Slow(MINUTE), effect == Effect::SlowBody(MINUTE));
        assert_eq!(bench.ids(0).len(), 2);
        assert_eq!((bench.last().outcome, bench.last().answer.as_str()), (Outcome::Applied, seen));
        assert!(bench.veris.faults().is_empty());
    }
}

#[test]
fn bodies_other_than_promised() {
    let mut bench = Bench::with([
        Fault::new(Effect::Body(Malformed::Empty)).times(1),
        Fault::new(Effect::Body(Malformed::NotJson)).times(1),
        Fault::new(Effect::Body(Malformed::Text("[1]".into()))).times(1),
    ]);
    let bodies = [(); 4].map(|()| bench.push(&batch(1), 0).body);
    assert_eq!(bodies, ["", "<html><body>Welcome</body></html>", "[1]", "{“OK”}"]);
}

#[test]
fn late_batches_take_effect_when_due_over_whatever_came_between() {
    for (then, status, delivery) in [
        (Then::Cut, 200, Delivery::Cut),
        (Then::Hang, 200, Delivery::Hang),
        (Then::GatewayTimeout, 504, Delivery::Whole),
        (Then::Ok, 200, Delivery::Whole),
    ] {
        let mut bench = once(Effect::Late(Late { after: MINUTE * 5, then }));
        let mut old = batch(2);
        old[0]["first_name"] = json!("Old");
        let answer = bench.push(&old, 0);
        assert_eq!((answer.status, answer.delivery), (status, delivery));
        assert_eq!(bench.last().outcome, Outcome::AppliedLate);
        assert!(bench.ids(4).is_empty());
        assert_eq!(bench.veris.summary(at(4))["late"][0]["size"], 2);
        bench.push(&batch(1), 4);
        assert_eq!(bench.ids(4), ["u000"]);
        let members = bench.veris.members(at(5));
        assert_eq!((members["u000"].fields.first_name.as_str(), members["u000"].pushes), ("Old", 2));
        assert_eq!(members["u001"].last_push, Some(at(5)));
    }
}

#[test]
fn several_late_batches_settle_in_the_order_of_being_due() {
    let late = |minutes| Fault::new(Effect::Late(Late { after: MINUTE * minutes, then: Then::Ok })).times(1);
    let mut bench = Bench::with([late(9), late(3)]);
    for name in ["First", "Second"] {
        let mut named = member("u1");
        named["first_name"] = json!(name);
        bench.push(&json!([named]), 0);
    }
    assert_eq!(bench.veris.members(at(3))["u1"].fields.first_name, "Second");
    assert_eq!(bench.veris.members(at(9))["u1"].fields.first_name, "First");
}

#[test]
fn refusing_given_members_refuses_every_batch_they_are_in() {
    let mut bench = Bench::with([Fault::new(Effect::Refuse(vec!["u002".into()]))]);
    assert_eq!(bench.push(&batch(3), 0).status, 422);
    assert_eq!(bench.last().reason.unwrap(), "member 2: unique_id not acceptable");
    assert_eq!(bench.push(&batch(2), 0).status, 200);
    assert_eq!(bench.push(&json!([member("u002")]), 0).status, 422);
    assert_eq!(bench.ids(0), ["u000", "u001"]);
}

#[test]
fn refusing_everybody_with_or_without_a_name() {
    let mut bench = Bench::with([Fault::new(Effect::RefuseAll), Fault::new(Effect::NameRefused).skip(1)]);
    assert_eq!(bench.push(&batch(1), 0), Answer::error(422, "validation failed"));
    let named = json!({"error": "validation failed", "index": 0, "field": "unique_id", "reason": "not acceptable"});
    assert_eq!(bench.push(&batch(1), 0), Answer::json(422, &named));
}

#[test]
fn limits_and_mandatory_fields_can_be_tightened() {
    let mut bench = Bench::with([
        Fault::new(Effect::BatchLimit(2)).times(2),
        Fault::new(Effect::Require(vec!["group".into()])).skip(1).times(1),
    ]);
    assert_eq!(bench.push(&batch(3), 0).status, 413);
    assert_eq!(bench.push(&batch(2), 0).status, 200);
    assert_eq!(bench.push(&batch(3), 0).status, 422);
    assert_eq!(bench.last().reason.unwrap(), "member 0: group mandatory");
}

#[test]
fn a_request_that_fails_by_itself_uses_up_no_fault() {
    let mut bench = once(Effect::Cut(When::After));
    assert_eq!(bench.raw(b"no", 0).status, 400);
    assert_eq!(bench.push(&batch(501), 0).status, 413);
    assert_eq!(bench.veris.faults().len(), 1);
}

#[test]
fn latency_is_each_targets_own() {
    let mut bench = Bench::with([Fault::new(Effect::Latency(MINUTE)).on(Target::Token).times(1)]);
    assert_eq!(bench.veris.latency(Target::Members), Duration::ZERO);
    assert_eq!(bench.veris.latency(Target::Token), MINUTE);
    assert_eq!(bench.veris.latency(Target::Token), Duration::ZERO);
}
