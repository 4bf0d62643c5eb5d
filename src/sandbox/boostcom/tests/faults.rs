use super::*;

fn once(effect: Effect) -> Fault {
    Fault::new(effect).times(1)
}

#[test]
fn a_send_that_a_fault_keeps_away_has_done_nothing() {
    for (effect, status, delivery) in [
        (Effect::Status(402), 402, Delivery::Whole),
        (Effect::Status(503), 503, Delivery::Whole),
        (Effect::RetryAfter(30), 429, Delivery::Whole),
        (Effect::Cut(When::Before), 500, Delivery::Cut),
        (Effect::Hang(When::Before), 500, Delivery::Hang),
    ] {
        let mut bench = Bench::new();
        bench.0.set_faults(vec![once(effect)]);
        let answer = bench.post(&json!({"members": people(1)}), 0);
        assert_eq!((answer.status, answer.delivery), (status, delivery));
        assert_eq!((bench.last().outcome, bench.0.bulks(at(0)).len()), (Outcome::Fault, 0));
        bench.send(&people(1), 0);
    }
}

#[test]
fn a_send_whose_answer_is_lost_has_taken_effect() {
    for (effect, seen) in [
        (Effect::Cut(When::After), "cut"),
        (Effect::Hang(When::After), "hang"),
        (Effect::Body(Malformed::Truncated), "200 truncated"),
        (Effect::Body(Malformed::NotJson), "200"),
    ] {
        let mut bench = Bench::new();
        bench.0.set_faults(vec![once(effect)]);
        bench.post(&json!({"import_id": "day", "members": people(1)}), 0);
        assert_eq!((bench.last().outcome, bench.last().answer.as_str()), (Outcome::Taken, seen));
        assert_eq!(bench.get("day", 0).0, 200);
    }
}

#[test]
fn each_kind_of_request_has_its_own() {
    let mut bench = Bench::new();
    bench.send(&people(1), 0);
    bench.0.set_faults(vec![
        once(Effect::Status(500)).on(Target::ImportStatus),
        once(Effect::Body(Malformed::Text("7".into()))).on(Target::BulkStatus),
    ]);
    assert_eq!(bench.get("day/bulks/1", 0), (200, json!(7)));
    assert_eq!(bench.get("day/bulks/1", 0).1["id"], 1);
    assert_eq!(bench.get("day", 0).0, 500);
    assert_eq!(bench.get("day", 0).0, 200);
    bench.0.set_faults(vec![Fault::new(Effect::Status(503)).on(Target::All)]);
    assert_eq!((bench.get("day", 0).0, bench.get("day/bulks/1", 0).0), (503, 503));
    assert_eq!(bench.post(&json!({"members": people(1)}), 0).status, 503);
}

#[test]
fn a_late_bulk_is_unknown_until_it_arrives() {
    let mut bench = Bench::new();
    bench.0.set_faults(vec![once(Effect::Late(Late { after: SECOND * 60, then: Then::GatewayTimeout }))]);
    assert_eq!(bench.post(&json!({"import_id": "day", "members": people(1)}), 0).status, 504);
    assert_eq!((bench.last().outcome, bench.get("day", 59).0), (Outcome::TakenLate, 404));
    bench.send(&people(1), 59);
    let bulk = bench.bulk(2, 60);
    assert_eq!((bulk.status, bulk.created_at), (Status::Waiting, at(60)));
    bench.0.settle(at(70));
    assert_eq!(bench.member("p0@example.com").imports, 2, "sent again, it is imported twice");
}

#[test]
fn limits_can_be_tightened_and_members_refused() {
    let mut bench = Bench::new();
    bench.0.set_faults(vec![once(Effect::BatchLimit(2))]);
    assert_eq!(bench.post(&json!({"members": people(3)}), 0), Answer::error(422, "members_size_incorrect"));
    bench.0.set_faults(vec![Fault::new(Effect::Refuse(vec!["p2@example.com".into()]))]);
    assert_eq!(bench.post(&json!({"members": people(3)}), 0), Answer::error(422, "missing_identifier"));
    assert_eq!(bench.post(&json!({"members": people(2)}), 0).status, 200);
    bench.0.set_faults(vec![Fault::new(Effect::RefuseAll)]);
    assert_eq!(bench.post(&json!({"members": people(1)}), 0).status, 422);
}

#[test]
fn faults_are_written_as_for_the_other_stand_in() {
    let read = |value: Value| serde_json::from_value::<Fault>(value).map_err(|error| error.to_string());
    assert_eq!(json!(Fault::new(Effect::Status(503))), json!({"status": 503, "target": "send"}));
    let polled = read(json!({"cut": "after", "target": "bulk_status", "times": 2})).unwrap();
    assert_eq!(polled, Fault::new(Effect::Cut(When::After)).on(Target::BulkStatus).times(2));
    assert!(read(json!({"late": {"after": "1s"}, "target": "import_status"})).unwrap_err().contains("no sense"));
    assert!(read(json!({"valid_till": "past"})).unwrap_err().contains("no sense"));
    assert!(read(json!({"status": 503, "target": "members"})).unwrap_err().contains("target: "));
}
