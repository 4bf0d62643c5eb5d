use super::*;

#[test]
fn answers_to_the_letter_and_upserts_by_unique_id() {
    let mut bench = Bench::new();
    let answer = bench.push(&json!([member("u1"), member("u2")]), 1);
    assert_eq!((answer.status, answer.body.as_str(), answer.content_type), (200, "{“OK”}", "application/json"));
    let mut left = member("u1");
    left["status"] = json!("in_active");
    assert_eq!(bench.push(&json!([left]), 2).status, 200);
    let members = bench.veris.members(at(2));
    assert_eq!(members.len(), 2);
    assert_eq!((members["u1"].fields.status, members["u1"].pushes), (Status::InActive, 2));
    assert_eq!((members["u2"].fields.status, members["u2"].last_push), (Status::Active, Some(at(1))));
    let receipt = bench.last();
    assert_eq!((receipt.at, receipt.size, receipt.in_active), (at(2), Some(1), Some(1)));
    assert_eq!((receipt.outcome, receipt.answer.as_str()), (Outcome::Applied, "200"));
}

#[test]
fn twice_in_one_batch_the_last_one_stays() {
    let mut bench = Bench::new();
    let mut second = member("u1");
    second["first_name"] = json!("Augusta");
    bench.push(&json!([member("u1"), second]), 0);
    assert_eq!(bench.veris.members(at(0))["u1"].fields.first_name, "Augusta");
}

#[test]
fn a_token_is_good_for_fifteen_minutes() {
    let mut bench = Bench::new();
    assert_eq!(bench.push(&batch(1), 14).status, 200);
    assert_eq!(bench.push(&batch(1), 15), Answer::error(401, "token expired"));
    assert_eq!(bench.last().outcome, Outcome::Unauthorized);
}

#[test]
fn only_a_bearer_token_opens() {
    let mut bench = Bench::new();
    let good = bench.authorization.clone();
    for scheme in ["bearer", "Bearer", "BEARER"] {
        bench.authorization = good.replace("bearer", scheme);
        assert_eq!(bench.push(&batch(1), 0).status, 200);
    }
    for wrong in ["", "bearer", "bearer nobody", &good.replace("bearer", "Basic"), &good.replace("bearer ", "")] {
        wrong.clone_into(&mut bench.authorization);
        assert_eq!(bench.push(&batch(1), 0).status, 401, "{wrong}");
    }
    assert_eq!(bench.veris.push(&Push::default(), at(0)).status, 401);
}

#[test]
fn what_is_no_json_array_is_unreadable() {
    let mut bench = Bench::new();
    assert_eq!(bench.raw(b"[{", 0), Answer::error(400, "not JSON"));
    assert_eq!(bench.raw(b"", 0), Answer::error(400, "not JSON"));
    assert_eq!(bench.push(&member("u1"), 0), Answer::error(400, "not a JSON array"));
    let authorization = Some(bench.authorization.as_str());
    let push = Push { authorization, content_type: Some("text/plain"), body: b"[]" };
    assert_eq!(bench.veris.push(&push, at(0)).status, 415);
    assert_eq!(bench.veris.counts()[&Target::Members][&Outcome::Unreadable], 4);
}

#[test]
fn five_hundred_at_once_but_not_one_more() {
    let mut bench = Bench::new();
    assert_eq!(bench.push(&batch(501), 0).status, 413);
    assert!(bench.ids(0).is_empty());
    assert_eq!(bench.last().size, Some(501));
    assert_eq!(bench.push(&batch(500), 0).status, 200);
    assert_eq!(bench.ids(0).len(), 500);
}

#[test]
fn one_bad_member_refuses_the_whole_batch_and_is_not_named() {
    let mut bench = Bench::new();
    let mut members = batch(3);
    members[1]["email"] = json!("nowhere");
    assert_eq!(bench.push(&members, 0), Answer::error(422, "validation failed"));
    assert!(bench.ids(0).is_empty());
    let receipt = bench.last();
    assert_eq!(receipt.outcome, Outcome::Refused);
    assert_eq!(receipt.reason.unwrap(), "member 1: email not a mail address");
}

#[test]
fn seeding_is_no_push_but_keeps_the_rules() {
    let mut bench = Bench::new();
    assert_eq!(bench.veris.seed(vec![member("u1")]), Ok(()));
    assert_eq!(bench.veris.members(at(0))["u1"].pushes, 0);
    let error = bench.veris.seed(vec![member("u2"), json!({})]).unwrap_err();
    assert_eq!(error, "member 1: first_name mandatory");
    assert_eq!(bench.ids(0), ["u1"]);
    assert!(bench.veris.receipts().is_empty());
}

#[test]
fn a_reset_forgets_everything_but_how_it_started() {
    let options = Options { quota: 1, faults: vec![Fault::new(Effect::RefuseAll).times(1)], ..Options::default() };
    let mut bench = Bench { veris: Veris::new(options), authorization: String::new() };
    bench.veris.token(&GOOD, at(0));
    bench.veris.seed(vec![member("u1")]).unwrap();
    bench.veris.set_faults(Vec::new());
    bench.veris.reset();
    assert!(bench.ids(0).is_empty() && bench.veris.counts().is_empty());
    assert_eq!((bench.veris.ledger(at(0)).remaining, bench.veris.faults().len()), (1, 1));
    assert_eq!(bench.push(&batch(1), 0).status, 401);
}
