//! The documentation's own examples.

use super::*;

#[test]
fn the_request_of_the_documentation_is_taken() {
    let mut bench = Bench::new();
    let body = json!({
        "import_id": "import_21", "request_number": 3, "only_create": false,
        "members": [{
            "properties": {"email": "foo@bar.baz"}, "password": "pass",
            "sms_enabled": true, "email_enabled": true, "push_enabled": true,
            "optin_channel": true, "optin_subchannel": true, "created_at": "foo", "updated_at": "bar",
            "consents": {"email_marketing": {"status": true}}
        }]
    });
    let answer = bench.post(&body, 0);
    assert_eq!((answer.status, answer.content_type), (200, "application/json"));
    assert_eq!(answer.body, r#"{"import_id":"import_21"}"#);
    let record = {
        bench.0.members(at(2));
        bench.member("foo@bar.baz")
    };
    assert!(record.has_password && record.sms_enabled && record.email_enabled && record.push_enabled);
    assert_eq!((record.optin_channel, record.optin_subchannel), (json!(true), json!(true)));
    assert_eq!((record.created_at, record.updated_at), (at(2), at(2)));
    let consent = json!({"status": true, "updated_at": "2018-07-30T11:23:10.417Z"});
    assert_eq!(record.consents["email_marketing"], consent);
}

#[test]
fn an_import_without_an_id_gets_one() {
    let mut bench = Bench::new();
    let mut id = || {
        let answer = bench.post(&json!({"members": people(1)}), 0);
        serde_json::from_str::<Value>(&answer.body).unwrap()["import_id"].as_str().unwrap().to_owned()
    };
    let (first, second) = (id(), id());
    assert_ne!(first, second);
    let lengths: Vec<usize> = first.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    assert_eq!(bench.get(&first, 0).1["bulks"], json!([{"id": 1, "request_number": null, "status": "waiting"}]));
}

#[test]
fn a_bulk_that_is_sent_twice_is_there_twice() {
    let mut bench = Bench::new();
    assert_eq!([bench.import(&people(1), 0).id, bench.import(&people(1), 10).id], [1, 2]);
    let bulks = json!([
        {"id": 1, "request_number": 7, "status": "finished"}, {"id": 2, "request_number": 7, "status": "finished"},
    ]);
    assert_eq!(bench.get("day", 20).1["bulks"], bulks);
    assert_eq!(bench.member("p0@example.com").imports, 2);
}

/// 4000 members in four bulks; of each number as many as it takes.
fn four_thousand(bench: &mut Bench) {
    let there: Vec<Value> = (0..531).map(|number| member(&format!("p{number}@example.com"))).collect();
    bench.0.seed(&there, at(0)).unwrap();
    let member = |number: usize| {
        let language = if (531..531 + 449).contains(&number) { "pl" } else { "no" };
        json!({"properties": {"email": format!("p{number}@example.com"), "language": language}})
    };
    for bulk in 0..4 {
        let members: Value = (bulk * 1000..(bulk + 1) * 1000).map(member).collect();
        let body = json!({"import_id": "day", "request_number": bulk + 1, "members": members});
        assert_eq!(bench.post(&body, 0).status, 200);
    }
}

#[test]
fn the_import_of_the_documentation_adds_up() {
    let mut bench = Bench::new();
    four_thousand(&mut bench);
    let answer = bench.0.handle(&Request { path: &format!("{CLUB}/day"), ..good("GET") }, at(2));
    let sample = r#"{"members_in_payloads_number":4000,"members_created_number":3020,"members_updated_number":531,"members_with_validation_errors_number":449,"created_at":"2018-07-30T11:23:08.417Z","bulks":[{"id":1,"request_number":1,"status":"finished"},{"id":2,"request_number":2,"status":"finished"},{"id":3,"request_number":3,"status":"finished"},{"id":4,"request_number":4,"status":"finished"}]}"#;
    assert_eq!(answer.body, sample);
    assert_eq!(bench.0.members(at(2)).len(), 3020 + 531);
    assert_eq!(bench.0.bulks(at(2))[0].errors.len(), 449);
}

#[test]
fn the_four_statuses_of_the_documentation_stand_side_by_side() {
    let mut bench = Bench::working(|workers| {
        workers.at_once = 1;
        workers.retry_after = Duration::ZERO;
        workers.fail_bulks = [2].into();
    });
    four_thousand(&mut bench);
    let bulks = json!([
        {"id": 1, "request_number": 1, "status": "finished"}, {"id": 2, "request_number": 2, "status": "failed"},
        {"id": 3, "request_number": 3, "status": "working"}, {"id": 4, "request_number": 4, "status": "waiting"},
    ]);
    assert_eq!(bench.get("day", 7).1["bulks"], bulks);
}

#[test]
fn the_table_spells_it_otherwise() {
    let mut bench = Bench::with(Options { spelling: Spelling::Table, ..Options::default() });
    bench.send(&people(3), 0);
    let (_, status) = bench.get("day", 0);
    assert_eq!((&status["members_in_payload_number"], status.get("members_in_payloads_number")), (&json!(3), None));
}

#[test]
fn the_bulk_of_the_documentation() {
    let mut bench = Bench::new();
    bench.0.seed(&[member("p0@example.com"), member("p1@example.com")], at(0)).unwrap();
    let mut members = people(13);
    members[5] = json!({"properties": {"email": "joe@example.com", "language": "pl"}});
    let body = json!({"import_id": "89405ae3-2dd5-46cb-a13b-840bc588199b", "request_number": 1, "members": members});
    bench.post(&body, 0);
    let sample: Value = serde_json::from_str(
        r#"{
            "id": 1,
            "import_id": "89405ae3-2dd5-46cb-a13b-840bc588199b",
            "request_number": 1,
            "only_create": false,
            "status": "finished",
            "members_in_payload_number": 13,
            "members_created_number": 10,
            "members_updated_number": 2,
            "members_with_validation_errors_number": 1,
            "retries": 0,
            "members_errors": {
                "joe@example.com": {
                    "properties": [
                        {
                            "error": {
                                "language": [
                                    {
                                      "error": "value_not_match",
                                      "value": "pl",
                                      "values": "en, no",
                                      "property": "language"
                                    }
                                ]
                            }
                        }
                    ]
                }
            },
            "created_at": "2018-07-30T11:23:08.417Z"
        }"#,
    )
    .unwrap();
    assert_eq!(bench.get("89405ae3-2dd5-46cb-a13b-840bc588199b/bulks/1", 2), (200, sample));
}
