use super::*;

fn one(member: &Value) -> Value {
    json!([member])
}

#[test]
fn whoever_comes_gets_the_documented_defaults() {
    let mut bench = Bench::new();
    let bulk = bench.import(&one(&member("Joe@Example.com")), 0);
    assert_eq!((bulk.created, bulk.updated, bulk.invalid), (1, 0, 0));
    let record = bench.member("joe@example.com");
    assert_eq!(record.properties, json!({"email": "Joe@Example.com", "first_name": "Joe"}));
    assert!(record.sms_enabled && record.email_enabled && record.push_enabled && !record.has_password);
    assert_eq!((record.optin_channel, record.optin_subchannel), (json!("import"), json!("day")));
    assert_eq!((record.id, record.imports, record.consents.len()), (1, 1, 0));
    assert_eq!((record.created_at, record.updated_at), (at(2), at(2)));
}

#[test]
fn an_update_leaves_alone_what_it_does_not_mention() {
    let mut bench = Bench::new();
    let whole = json!({
        "properties": {"email": "a@b.no", "msisdn": "4740485124", "first_name": "Ada", "language": "en"},
        "password": "secret", "sms_enabled": false, "optin_channel": "till", "optin_subchannel": "two",
        "consents": {"one": {"status": true, "updated_at": "2017-01-19T10:07:08.336Z"}, "two": {"status": false}},
    });
    bench.import(&one(&whole), 0);
    let change = json!({
        "properties": {"email": "A@B.no", "first_name": "Augusta", "language": null},
        "push_enabled": false, "email_enabled": null, "consents": {"two": {"status": true}},
    });
    let bulk = bench.import(&one(&change), 10);
    assert_eq!((bulk.created, bulk.updated), (0, 1));
    let record = bench.member("4740485124");
    assert_eq!(record.properties, json!({"email": "A@B.no", "msisdn": "4740485124", "first_name": "Augusta"}));
    assert_eq!([record.sms_enabled, record.email_enabled, record.push_enabled], [false, true, false]);
    assert_eq!((record.optin_channel, record.optin_subchannel), (json!("till"), json!("two")));
    assert_eq!(record.consents["one"], json!({"status": true, "updated_at": "2017-01-19T10:07:08.336Z"}));
    assert_eq!(record.consents["two"], json!({"status": true, "updated_at": "2018-07-30T11:23:20.417Z"}));
    assert!(record.has_password);
    assert_eq!((record.created_at, record.updated_at, record.imports), (at(2), at(12), 2));
}

#[test]
fn times_may_be_told() {
    let mut bench = Bench::new();
    let mut joe = member("joe@example.com");
    joe["created_at"] = json!("2017-01-19T10:07:08.336+01:00");
    joe["updated_at"] = json!("2017-04-03T09:35:19.313+02:00");
    bench.import(&one(&joe), 0);
    joe["created_at"] = json!("2016-01-19T10:07:08.336+01:00");
    joe["updated_at"] = json!("yesterday");
    bench.import(&one(&joe), 10);
    let record = bench.member("joe@example.com");
    assert_eq!((record.created_at, record.updated_at), ("2017-01-19T09:07:08.336Z".parse().unwrap(), at(12)));
}

#[test]
fn an_update_may_subscribe_again_where_the_club_is_like_that() {
    for resubscribe in [false, true] {
        let mut bench = Bench::with(Options { resubscribe, ..Options::default() });
        let mut joe = member("joe@example.com");
        for channel in ["sms_enabled", "email_enabled"] {
            joe[channel] = json!(false);
        }
        bench.import(&one(&joe), 0);
        bench.import(&one(&json!({"properties": {"email": "joe@example.com"}, "email_enabled": false})), 10);
        let record = bench.member("joe@example.com");
        assert_eq!([record.sms_enabled, record.email_enabled], [resubscribe, false]);
    }
}

#[test]
fn either_identifier_finds_and_the_other_may_change() {
    let mut bench = Bench::new();
    bench.import(&one(&json!({"properties": {"email": "a@b.no"}})), 0);
    bench.import(&one(&json!({"properties": {"email": "a@b.no", "msisdn": "4740485124"}})), 10);
    bench.import(&one(&json!({"properties": {"email": "new@b.no", "msisdn": "4740485124"}})), 20);
    assert_eq!(bench.0.members(at(30)).len(), 1);
    assert_eq!((bench.member("new@b.no").imports, bench.0.member("a@b.no", at(30))), (3, None));
    bench.import(&one(&json!({"properties": {"email": null, "msisdn": "4740485124"}})), 30);
    assert_eq!(bench.0.member("new@b.no", at(40)), None);
    assert_eq!(bench.0.members(at(40))["4740485124"].properties, json!({"msisdn": "4740485124"}));
    let bulk = bench.import(&one(&json!({"properties": {"email": "new@b.no"}})), 40);
    assert_eq!(bulk.created, 1, "the address was free again");
}

#[test]
fn identifiers_of_two_members_are_an_error_and_change_nothing() {
    let mut bench = Bench::new();
    bench.import(&json!([{"properties": {"email": "a@b.no"}}, {"properties": {"msisdn": "4740485124"}}]), 0);
    let before = bench.0.members(at(2));
    let mixed = json!({"properties": {"email": "a@b.no", "msisdn": "4740485124", "first_name": "Ada"}});
    let bulk = bench.import(&one(&mixed), 10);
    assert_eq!((bulk.created, bulk.updated, bulk.invalid), (0, 0, 1));
    let errors = json!({
        "email": [{"error": "duplicated_email", "property": "email"}],
        "msisdn": [{"error": "duplicated_msisdn", "property": "msisdn"}],
    });
    assert_eq!(bulk.errors["a@b.no"], errors);
    assert_eq!(bench.0.members(at(20)), before);
}

#[test]
fn only_create_leaves_alone_whoever_is_there() {
    let mut bench = Bench::new();
    bench.import(&people(1), 0);
    let mut members = people(2);
    members[0]["properties"]["first_name"] = json!("Augusta");
    bench.post(&json!({"import_id": "day", "only_create": true, "members": members}), 10);
    let bulk = bench.bulk(2, 12);
    assert_eq!((bulk.created, bulk.updated, bulk.invalid, bulk.size), (1, 0, 0, 2));
    assert_eq!(bench.get("day/bulks/2", 12).1["only_create"], true);
    let record = bench.member("p0@example.com");
    assert_eq!((&record.properties["first_name"], record.imports), (&json!("Joe"), 1));
}

#[test]
fn what_is_wrong_with_one_member_concerns_no_other() {
    let mut bench = Bench::new();
    let mut members = people(3);
    members[1]["properties"]["birthday"] = json!("201X-01-01");
    members[1]["sms_enabled"] = json!("yes");
    members[1]["consents"] = json!({"one": true});
    members[1]["password"] = json!(7);
    let bulk = bench.import(&members, 0);
    assert_eq!((bulk.created, bulk.invalid), (2, 1));
    let flaw = |error, value: Value, property| json!([{"error": error, "value": value, "property": property}]);
    let errors = json!({
        "properties": [{"error": {"birthday": flaw("invalid_date_format", json!("201X-01-01"), "birthday")}}],
        "sms_enabled": flaw("type_not_match", json!("yes"), "sms_enabled"),
        "consents": flaw("type_not_match", json!({"one": true}), "consents"),
        "password": flaw("type_not_match", json!(7), "password"),
    });
    assert_eq!(bulk.errors, *json!({"p1@example.com": errors}).as_object().unwrap());
    assert_eq!(bench.0.member("p1@example.com", at(2)), None);
}

#[test]
fn seeding_is_no_import_but_keeps_the_rules() {
    let mut bench = Bench::new();
    bench.0.seed(&[member("a@b.no")], at(0)).unwrap();
    assert_eq!((bench.member("a@b.no").imports, bench.member("a@b.no").created_at), (0, at(0)));
    assert_eq!(bench.0.seed(&[member("c@b.no"), json!({})], at(0)).unwrap_err(), "missing_identifier");
    let error = bench.0.seed(&[member("c@b.no"), member("nowhere")], at(0)).unwrap_err();
    assert!(error.starts_with("member 1: ") && error.contains("invalid_email"), "{error}");
    assert_eq!(bench.0.members(at(0)).len(), 1);
    bench.import(&one(&member("a@b.no")), 0);
    assert_eq!(bench.member("a@b.no").imports, 1);
}

#[test]
fn nobody_is_printed_by_accident() {
    let mut bench = Bench::new();
    let bulk = bench.import(&one(&member("nowhere")), 0);
    bench.import(&one(&member("a@b.no")), 10);
    let printed = format!("{bulk:?} {:?} {:?}", bench.member("a@b.no"), Options::default());
    for secret in ["nowhere", "a@b.no", "Joe", "sandbox-token"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn a_reset_forgets_everything_but_how_it_started() {
    let mut bench = Bench::working(|workers| workers.fail_next = 1);
    bench.send(&people(1), 0);
    bench.0.seed(&[member("a@b.no")], at(0)).unwrap();
    bench.0.set_faults(vec![Fault::new(Effect::RefuseAll)]);
    bench.0.set_permits(Permits { create: false, get: false });
    bench.turn(0, |workers| workers.fail_next = 0);
    bench.0.reset();
    assert!(bench.0.members(at(9)).is_empty() && bench.0.bulks(at(9)).is_empty());
    assert!(bench.0.receipts().is_empty() && bench.0.counts().is_empty() && bench.0.faults().is_empty());
    assert_eq!((bench.0.workers().fail_next, bench.0.permits().create), (1, true));
}
