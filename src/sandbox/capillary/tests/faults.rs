use super::*;

fn once(effect: Effect) -> Fault {
    Fault::new(effect).times(1)
}

fn late(seconds: u32, then: Then) -> Fault {
    once(Effect::Late(Late { after: SECOND * seconds, then }))
}

impl Bench {
    fn delivered(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let request = Request { method, path, authorization: Some(BASIC), body: body.as_bytes(), ..Request::default() };
        self.0.handle(&request, at(0))
    }
}

#[test]
fn a_creation_that_a_fault_keeps_away_has_created_nothing() {
    for (effect, status, delivery) in [
        (Effect::Status(503), 503, Delivery::Whole),
        (Effect::RetryAfter(30), 429, Delivery::Whole),
        (Effect::Redirect(Redirect { to: "/x".into(), status: 307 }), 307, Delivery::Whole),
        (Effect::Cut(When::Before), 500, Delivery::Cut),
        (Effect::Hang(When::Before), 500, Delivery::Hang),
        (Effect::RefuseAll, 400, Delivery::Whole),
        (Effect::Refuse(vec!["b".into(), "a".into()]), 400, Delivery::Whole),
    ] {
        let mut bench = Bench::new();
        bench.0.set_faults(vec![once(effect)]);
        let answer = bench.delivered("POST", CLIENTS, &client("a"));
        assert_eq!((answer.status, answer.delivery), (status, delivery));
        assert_eq!(bench.names(0), ["rosterd"]);
        bench.create(&client("a"), 0);
    }
}

#[test]
fn faults_speak_as_the_api_does() {
    let mut bench = Bench::new();
    bench.0.set_faults(vec![Fault::new(Effect::Status(500)).on(Target::List)]);
    assert_eq!(bench.get(CLIENTS, 0), (500, error(500, "sandbox fault")));
    assert_eq!(bench.last().outcome, Outcome::Fault);
    bench.0.set_faults(vec![Fault::new(Effect::RetryAfter(7))]);
    let answer = bench.delivered("POST", CLIENTS, &client("a"));
    assert_eq!((answer.retry_after, read(&answer).1), (Some(7), error(429, "sandbox fault")));
}

#[test]
fn a_creation_whose_answer_is_lost_has_created() {
    for (effect, seen) in [
        (Effect::Cut(When::After), "cut"),
        (Effect::Hang(When::After), "hang"),
        (Effect::Body(Malformed::Truncated), "200 truncated"),
        (Effect::Body(Malformed::Empty), "200"),
    ] {
        let mut bench = Bench::new();
        bench.0.set_faults(vec![once(effect)]);
        bench.delivered("POST", CLIENTS, &client("a"));
        assert_eq!((bench.last().outcome, bench.last().answer.as_str()), (Outcome::Created, seen));
        assert_eq!(bench.names(0), ["rosterd", "a"]);
    }
}

#[test]
fn each_kind_of_request_has_its_own() {
    for (target, method, path) in [
        (Target::Token, "POST", "/v3/oauth/token/generate"),
        (Target::Scopes, "GET", "/v3/integrations/scopes"),
        (Target::Create, "POST", CLIENTS),
        (Target::List, "GET", CLIENTS),
        (Target::Details, "GET", "/v3/integrations/clients/sandboxAdminClientKey0001"),
        (Target::Update, "PUT", "/v3/integrations/clients/sandboxAdminClientKey0001"),
        (Target::Resource, "GET", "/v3/targetGroups"),
        (Target::Delete, "DELETE", "/v3/integrations/clients/sandboxAdminClientKey0001"),
    ] {
        assert_eq!(Capillary::target(method, path), target);
        let mut bench = Bench::new();
        let mut body = client("a");
        (body["key"], body["secret"]) = (KEY.into(), SECRET.into());
        for on in [target, Target::All] {
            bench.0.set_faults(vec![once(Effect::Status(503)).on(on)]);
            assert_eq!(bench.ask(method, path, &body, 0).0, 503);
        }
        bench.0.set_faults(vec![once(Effect::Body(Malformed::Text("7".into()))).on(target)]);
        assert_eq!(bench.get("/v1.1/nothing", 0).0, 404, "who fails for a reason of its own uses up none");
        assert_eq!(bench.ask(method, path, &body, 0), (200, json!(7)));
        assert!(bench.0.faults().is_empty());
    }
}

#[test]
fn a_late_client_appears_when_it_is_due() {
    let mut bench = Bench::new();
    bench.0.set_faults(vec![late(60, Then::GatewayTimeout)]);
    assert_eq!(bench.ask("POST", CLIENTS, &client("a"), 0).0, 504);
    assert_eq!(bench.last().outcome, Outcome::CreatedLate);
    assert_eq!(bench.names(59), ["rosterd"]);
    assert_eq!(bench.0.summary(at(59))["late"][0]["target"], "create");
    assert_eq!(bench.create(&client("b"), 59)["id"], 3);
    assert_eq!(bench.names(60), ["rosterd", "a", "b"]);
    let came = bench.0.clients(at(61))[1].clone();
    assert_eq!((came.created, came.updated, came.id), (at(60), at(60), 2));
    assert_eq!(bench.0.summary(at(61))["late"], json!([]));
}

#[test]
fn what_was_told_of_a_late_client_holds() {
    let mut bench = Bench::new();
    bench.0.set_faults(vec![late(60, Then::Ok)]);
    let created = bench.create(&client("a"), 0);
    let (key, secret) = (text(&created, "clientKey"), text(&created, "clientSecret"));
    assert_eq!((bench.details(key, 59).0, bench.generate(key, secret, 59).0), (404, 401));
    assert_eq!(bench.details(key, 60).1["data"]["id"], created["id"]);
    assert_eq!(bench.generate(key, secret, 60).0, 200);
}

#[test]
fn late_updates_and_deletions_take_effect_when_they_are_due_and_only_on_what_is_there() {
    let mut bench = Bench::new();
    let created = bench.create(&client("a"), 0);
    let key = text(&created, "clientKey");
    bench.0.set_faults(vec![late(60, Then::Ok).on(Target::Update), late(90, Then::Cut).on(Target::Delete)]);
    assert_eq!(bench.update(key, &client("b"), 0).1["data"]["name"], "b");
    assert_eq!(bench.last().outcome, Outcome::UpdatedLate);
    bench.delete(key, 0);
    assert_eq!((bench.last().outcome, bench.last().answer.as_str()), (Outcome::DeletedLate, "cut"));
    assert_eq!(bench.names(59), ["rosterd", "a"]);
    assert_eq!(bench.names(60), ["rosterd", "b"]);
    assert_eq!(bench.0.client(key, at(61)).unwrap().updated, at(60));
    let token = bench.token(key, text(&created, "clientSecret"), 89);
    assert_eq!((bench.names(89).len(), bench.by_token(&token, "GET", "/v3/targetGroups", 89)), (2, 200));
    assert_eq!((bench.names(90).len(), bench.by_token(&token, "GET", "/v3/targetGroups", 90)), (1, 401));
    let other = bench.create(&client("c"), 100);
    bench.0.set_faults(vec![late(60, Then::Ok).on(Target::Update)]);
    bench.update(text(&other, "clientKey"), &client("d"), 100);
    bench.delete(text(&other, "clientKey"), 101);
    assert_eq!(bench.names(200), ["rosterd"]);
    assert_eq!(bench.0.client(text(&other, "clientKey"), at(200)).unwrap().name, "c");
}

#[test]
fn a_list_may_be_short() {
    let mut bench = Bench::new();
    bench.create(&client("a"), 0);
    bench.create(&client("b"), 0);
    bench.0.set_faults(vec![once(Effect::ShortList(2)), once(Effect::ShortList(9))]);
    let told = |bench: &mut Bench| -> Vec<Value> {
        bench.get(CLIENTS, 0).1["data"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect()
    };
    assert_eq!([told(&mut bench), told(&mut bench)], [vec![json!("rosterd")], vec![]]);
    assert_eq!(told(&mut bench), ["rosterd", "a", "b"]);
}

#[test]
fn only_some_names_may_be_unwelcome() {
    let mut bench = Bench::new();
    bench.0.set_faults(vec![Fault::new(Effect::Refuse(vec!["b".into()])).on(Target::All)]);
    let created = bench.create(&client("a"), 0);
    let key = text(&created, "clientKey");
    assert_eq!(bench.update(key, &client("b"), 0), (400, error(400, "not acceptable")));
    assert_eq!(bench.ask("POST", CLIENTS, &client("b"), 0).0, 400);
    assert_eq!(bench.delete(key, 0).0, 200);
}

#[test]
fn faults_are_written_as_for_the_other_stand_ins() {
    let read = |value: Value| serde_json::from_value::<Fault>(value).map_err(|error| error.to_string());
    assert_eq!(json!(Fault::new(Effect::Status(503))), json!({"status": 503, "target": "create"}));
    assert_eq!(read(json!({"short_list": 3})).unwrap(), Fault::new(Effect::ShortList(3)).on(Target::List));
    let lost = read(json!({"cut": "after", "target": "delete", "times": 2})).unwrap();
    assert_eq!(lost, Fault::new(Effect::Cut(When::After)).on(Target::Delete).times(2));
    for senseless in [
        json!({"late": {"after": "1s"}, "target": "list"}),
        json!({"short_list": 1, "target": "details"}),
        json!({"refuse_all": true, "target": "delete"}),
        json!({"valid_till": "past"}),
        json!({"batch_limit": 1}),
    ] {
        assert!(read(senseless).unwrap_err().contains("no sense"));
    }
}
