use super::*;

#[test]
fn a_bulk_waits_is_worked_on_and_finishes() {
    let mut bench = Bench::new();
    bench.send(&people(2), 0);
    assert_eq!(bench.statuses(0), [Status::Waiting]);
    assert_eq!(bench.statuses(1), [Status::Working]);
    assert!(bench.0.members(at(1)).is_empty());
    let bulk = bench.bulk(1, 60);
    assert_eq!((bulk.status, bulk.since, bulk.created), (Status::Finished, at(2), 2));
    assert_eq!(bench.member("p0@example.com").created_at, at(2), "not when somebody looked");
}

#[test]
fn the_fifth_failure_is_the_last() {
    let mut bench = Bench::working(|workers| workers.fail_all = true);
    bench.send(&people(2), 0);
    // Waits 1 s, then works and waits for the next retry, 1 s each.
    let seen = (1..=11).map(|second| (bench.bulk(1, second).status, bench.bulk(1, second).retries));
    let (working, retrying) = (Status::Working, Status::WaitingForRetry);
    let expected = [
        (working, 0),
        (retrying, 1),
        (working, 1),
        (retrying, 2),
        (working, 2),
        (retrying, 3),
        (working, 3),
        (retrying, 4),
        (working, 4),
        (Status::Failed, 5),
        (Status::Failed, 5),
    ];
    assert_eq!(seen.collect::<Vec<_>>(), expected);
    let (_, status) = bench.get("day/bulks/1", 11);
    assert_eq!((&status["status"], &status["retries"]), (&json!("failed"), &json!(5)));
    assert!(bench.0.members(at(11)).is_empty());
}

#[test]
fn a_retry_may_go_well() {
    let mut bench = Bench::working(|workers| workers.fail_next = 2);
    bench.send(&people(2), 0);
    let (_, status) = bench.get("day/bulks/1", 3);
    assert_eq!((&status["status"], &status["retries"]), (&json!("working"), &json!(1)));
    assert_eq!(bench.get("day/bulks/1", 4).1["status"], "waiting_for_retry");
    let bulk = bench.bulk(1, 6);
    assert_eq!((bulk.status, bulk.retries, bulk.created), (Status::Finished, 2, 2));
    assert_eq!(bench.member("p0@example.com").imports, 1);
    assert_eq!(bench.0.workers().fail_next, 0);
}

#[test]
fn failing_bulks_use_up_no_counted_failure() {
    let mut bench = Bench::working(|workers| {
        workers.fail_bulks = [1].into();
        workers.fail_next = 1;
        workers.retry_after = HOUR;
    });
    bench.send(&people(1), 0);
    bench.send(&people(1), 0);
    bench.send(&people(1), 1);
    assert_eq!(bench.statuses(3), [Status::WaitingForRetry, Status::WaitingForRetry, Status::Finished]);
}

#[test]
fn in_order_or_the_newest_first_and_so_many_at_once() {
    for (order, started) in [(Order::InOrder, [1, 2, 3]), (Order::NewestFirst, [3, 2, 1])] {
        let mut bench = Bench::working(|workers| (workers.order, workers.at_once) = (order, 1));
        for _ in 0..3 {
            bench.send(&people(1), 0);
        }
        let mut working = |second| {
            bench.0.bulks(at(second)).iter().filter(|bulk| bulk.status == Status::Working).map(|bulk| bulk.id).collect()
        };
        let seen: Vec<Vec<u64>> = (1..=3).map(&mut working).collect();
        assert_eq!(seen, started.map(|id| vec![id]));
        assert_eq!(bench.statuses(4), [Status::Finished; 3]);
    }
    let mut bench = Bench::working(|workers| workers.at_once = 2);
    for _ in 0..3 {
        bench.send(&people(1), 0);
    }
    assert_eq!(bench.statuses(1), [Status::Working, Status::Working, Status::Waiting]);
}

#[test]
fn the_last_to_be_worked_on_has_the_last_word() {
    let mut bench = Bench::working(|workers| (workers.order, workers.at_once) = (Order::NewestFirst, 1));
    for name in ["First", "Second"] {
        bench.send(&json!([{"properties": {"email": "a@b.no", "first_name": name}}]), 0);
    }
    bench.0.settle(at(3));
    assert_eq!(bench.member("a@b.no").properties["first_name"], "First");
}

#[test]
fn speed_changes_while_bulks_wait() {
    let mut bench = Bench::working(|workers| workers.waiting = HOUR);
    bench.send(&people(1), 0);
    assert_eq!(bench.statuses(100), [Status::Waiting]);
    bench.turn(100, |workers| workers.waiting = SECOND);
    assert_eq!(bench.statuses(100), [Status::Working]);
    assert_eq!(bench.bulk(1, 200).since, at(101), "what should have been long ago happens from then on");
    bench.turn(200, |workers| workers.at_once = 0);
    bench.send(&people(1), 200);
    assert_eq!(bench.bulk(2, 300).status, Status::Waiting);
    bench.turn(300, |workers| workers.at_once = 1);
    assert_eq!(bench.bulk(2, 301).status, Status::Finished);
}

#[test]
fn it_makes_no_difference_how_often_somebody_looks() {
    let imported = |looks: &[u32]| {
        let mut bench = Bench::working(|workers| (workers.at_once, workers.fail_next) = (1, 3));
        for second in 0..3 {
            bench.send(&people(2), second);
        }
        for second in looks {
            bench.0.settle(at(*second));
        }
        let bulks = json!(bench.0.bulks(at(100)));
        (bulks, json!(bench.0.members(at(100))))
    };
    assert_eq!(imported(&[]), imported(&(3..100).collect::<Vec<_>>()));
}

#[test]
fn members_that_no_job_takes() {
    let mut bench = Bench::working(|workers| workers.refuse = ["p1@example.com".to_owned()].into());
    let bulk = bench.import(&people(3), 0);
    assert_eq!((bulk.created, bulk.invalid), (2, 1));
    let flaw = json!({"error": "value_not_welcome", "value": "p1@example.com", "property": "email"});
    let errors = json!({"p1@example.com": {"properties": [{"error": {"email": [flaw]}}]}});
    assert_eq!(Value::Object(bulk.errors), errors);
    bench.turn(3, |workers| workers.refuse.clear());
    assert_eq!(bench.import(&people(3), 3).created, 1);
}
