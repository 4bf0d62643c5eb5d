use super::*;

#[test]
fn all_headers_are_needed_before_anything_else_is_looked_at() {
    let nothing: Option<&str> = None;
    for missing in [nothing, Some(""), Some(" ")] {
        for (name, request) in [
            ("X-Client-Authorization", Request { authorization: missing, ..good("POST") }),
            ("X-Product-Name", Request { product: missing, ..good("POST") }),
            ("X-User-Agent", Request { user_agent: missing, ..good("POST") }),
            ("Content-Type", Request { content_type: missing, ..good("POST") }),
        ] {
            let mut bench = Bench::new();
            let answer = bench.0.handle(&request, at(0));
            assert_eq!(answer, Answer::error(470, &format!("{name} is missing")));
            assert_eq!((bench.last().outcome, bench.last().size), (Outcome::HeaderMissing, None));
        }
    }
}

#[test]
fn who_is_unknown_is_told_what_is_wrong() {
    let elsewhere = "/api/v3/loyalty_clubs/another-mall/members/imports";
    for (status, outcome, request) in [
        (471, Outcome::HeaderWrong, Request { product: Some("facebook"), ..good("POST") }),
        (401, Outcome::Unauthorized, Request { authorization: Some("no"), ..good("POST") }),
        (401, Outcome::Unauthorized, Request { path: elsewhere, ..good("POST") }),
        (406, Outcome::Unreadable, Request { content_type: Some("text/plain"), ..good("POST") }),
        (406, Outcome::Unreadable, Request { body: b"{\"members\": [", ..good("POST") }),
        (406, Outcome::Unreadable, Request { body: b"", ..good("POST") }),
        (400, Outcome::Unreadable, Request { body: b"[]", ..good("POST") }),
        (400, Outcome::Unreadable, Request { body: b"{\"import_id\": 7}", ..good("POST") }),
        (400, Outcome::Unreadable, Request { body: b"{\"import_id\": \"\"}", ..good("POST") }),
        (400, Outcome::Unreadable, Request { body: b"{\"request_number\": \"7\"}", ..good("POST") }),
        (400, Outcome::Unreadable, Request { body: b"{\"only_create\": \"no\"}", ..good("POST") }),
        (400, Outcome::Unreadable, Request { body: b"{\"members\": {}}", ..good("POST") }),
    ] {
        let mut bench = Bench::new();
        let answer = bench.0.handle(&request, at(0));
        assert_eq!((answer.status, bench.last().outcome), (status, outcome), "{request:?}");
        let error: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(error["error"].as_str(), bench.last().reason.as_deref());
        assert!(bench.0.bulks(at(0)).is_empty());
    }
}

#[test]
fn permits_are_needed_and_named() {
    let mut bench = Bench::new();
    bench.send(&people(1), 0);
    bench.0.set_permits(Permits { create: false, get: true });
    let refused = Answer::error(403, "requires BL:Api:Members:Imports:Create permit");
    assert_eq!(bench.post(&json!({"members": people(1)}), 0), refused);
    assert_eq!(bench.get("day", 0).0, 200);
    bench.0.set_permits(Permits { create: true, get: false });
    let refused = json!({"error": "requires BL:Api:Members:Imports:Get permit"});
    assert_eq!(bench.get("day", 0), (403, refused.clone()));
    assert_eq!(bench.get("day/bulks/1", 0), (403, refused));
    assert_eq!(bench.post(&json!({"members": people(1)}), 0).status, 200);
    assert_eq!(bench.0.counts()[&Target::Send][&Outcome::Forbidden], 1);
}

#[test]
fn members_as_a_whole_are_refused_in_the_documented_words() {
    let by_number = |msisdn: &str| json!({"properties": {"msisdn": msisdn}});
    let nameless = json!({"properties": {"first_name": "Joe"}});
    let twice = json!([member("Joe@example.com"), member("joe@EXAMPLE.com")]);
    let everything = json!([by_number("4740485124"), by_number("4740485124"), member("a@b.no"), member("a@b.no"), {}]);
    let both = json!([by_number("4740485124"), by_number("4740485124"), member("a@b.no"), member("a@b.no")]);
    for (code, members) in [
        ("members_empty", json!([])),
        ("members_empty", json!(null)),
        ("members_size_incorrect", people(1001)),
        ("missing_identifier", json!([member("a@b.no"), nameless])),
        ("missing_identifier", json!([{}])),
        ("missing_identifier", json!(["a@b.no"])),
        ("missing_identifier", json!([{"properties": {"email": ""}}])),
        ("missing_identifier", json!([{"properties": {"email": null, "msisdn": " "}}])),
        ("missing_identifier", json!([{"properties": {"msisdn": 4_740_485_124_u64}}])),
        ("missing_identifier", everything),
        ("duplicated_emails", twice),
        ("duplicated_emails", both),
        ("duplicated_msisdns", json!([by_number("4740485124"), by_number("4740485124")])),
    ] {
        let mut bench = Bench::new();
        let size = members.as_array().map_or(0, Vec::len);
        let answer = bench.post(&json!({"import_id": "day", "request_number": 7, "members": members}), 0);
        assert_eq!(answer, Answer::error(422, code));
        let Receipt { import_id, request_number, size: seen, outcome, answer, reason, .. } = bench.last();
        assert_eq!((import_id.as_deref(), request_number, seen), (Some("day"), Some(7), Some(size)));
        assert_eq!((outcome, answer.as_str(), reason.as_deref()), (Outcome::Refused, "422", Some(code)));
        assert!(bench.0.bulks(at(0)).is_empty());
    }
    assert_eq!(Bench::new().post(&json!({}), 0), Answer::error(422, "members_empty"));
    assert_eq!(Bench::new().post(&json!({"members": people(1000)}), 0).status, 200);
}

#[test]
fn what_was_never_sent_is_not_found() {
    let mut bench = Bench::new();
    bench.send(&people(1), 0);
    bench.post(&json!({"import_id": "other", "members": people(1)}), 0);
    let no_import = (404, json!({"error": "no such import"}));
    let no_bulk = (404, json!({"error": "no such bulk"}));
    assert_eq!(bench.get("night", 0), no_import);
    for unknown in ["night/bulks/1", "day/bulks/2", "day/bulks/0", "day/bulks/x", "day/bulks/+1", "day/bulks/01"] {
        assert_eq!(bench.get(unknown, 0), no_bulk, "{unknown}");
    }
    assert_eq!(bench.0.counts()[&Target::BulkStatus][&Outcome::NotFound], 6);
    assert_eq!(bench.get("day/bulks", 0), (404, json!({"error": "no such path"})));
    assert_eq!(bench.0.handle(&good("GET"), at(0)), Answer::error(405, "no such method"));
    assert_eq!(bench.0.handle(&Request { path: "/api/v3/elsewhere", ..good("GET") }, at(0)).status, 404);
}
