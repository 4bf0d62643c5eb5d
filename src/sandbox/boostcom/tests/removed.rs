use super::*;

const DAY: u32 = 24 * 3600;

#[test]
fn after_a_day_what_is_personal_is_gone_and_the_numbers_stay() {
    let mut bench = Bench::new();
    let mut members = people(2);
    members[1]["properties"]["language"] = json!("pl");
    bench.import(&members, 0);
    assert!(!bench.bulk(1, DAY - 1).is_removed());
    assert_eq!(bench.bulk(1, DAY - 1).errors.len(), 1);
    assert!(bench.bulk(1, DAY).is_removed());
    let (_, status) = bench.get("day/bulks/1", DAY);
    assert_eq!(status["members_errors"], json!({}));
    assert_eq!((&status["status"], &status["members_created_number"]), (&json!("finished"), &json!(1)));
    assert_eq!(status["members_with_validation_errors_number"], 1);
    assert_eq!(bench.0.members(at(DAY)).len(), 1, "members are not what is removed");
}

#[test]
fn what_was_not_worked_on_by_then_never_will_be() {
    let mut bench = Bench::working(|workers| workers.waiting = HOUR * 100);
    bench.send(&people(1), 0);
    bench.send(&people(1), 60);
    assert_eq!(bench.statuses(DAY), [Status::Failed, Status::Waiting]);
    bench.turn(DAY, |workers| workers.waiting = SECOND);
    assert_eq!(bench.statuses(DAY + 59), [Status::Failed, Status::Finished]);
    let bulk = bench.bulk(1, DAY + 59);
    assert_eq!((bulk.retries, bulk.created, bulk.since), (0, 0, at(DAY)));
}
