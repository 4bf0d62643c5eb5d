use super::*;

async fn sent(request: RequestBuilder) -> (u16, Value) {
    let reply = request.send().await.unwrap();
    let status = reply.status().as_u16();
    let text = reply.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_default())
}

#[tokio::test]
async fn faults_are_switched_on_read_and_switched_off_while_it_runs() {
    let bench = Bench::new().await;
    let url = bench.url("/sandbox/faults");
    let one = json!({"status": 503, "times": 2});
    let as_read = json!([{"status": 503, "target": "members", "times": 2}]);
    assert_eq!(sent(bench.client.put(&url).json(&one)).await, (200, as_read.clone()));
    let script = json!([{"cut": "after", "times": 1}, {"valid_till": "past"}, {"refuse_all": true}]);
    assert_eq!(sent(bench.client.put(&url).json(&script)).await.0, 200);
    assert_eq!(bench.sandbox.faults_on().len(), 3, "the earlier one is gone");
    bench.sandbox.faults([Fault::new(Effect::Status(503)).times(2)]);
    assert_eq!(sent(bench.get("/sandbox/faults")).await, (200, as_read));
    assert_eq!(sent(bench.client.delete(&url)).await.0, 204);
    assert_eq!(sent(bench.get("/sandbox/faults")).await, (200, json!([])));
}

#[tokio::test]
async fn a_mistaken_fault_is_refused_and_changes_nothing() {
    let bench = Bench::new().await;
    bench.sandbox.faults([Fault::new(Effect::RefuseAll)]);
    let wrong = bench.client.put(bench.url("/sandbox/faults")).json(&json!([{"status": 500}, {"statuss": 500}]));
    let (status, body) = sent(wrong).await;
    assert_eq!(status, 400);
    assert!(body["error"].as_str().unwrap().contains("unknown variant `statuss`"), "{body}");
    assert_eq!(bench.sandbox.faults_on(), [Fault::new(Effect::RefuseAll)]);
}

#[tokio::test]
async fn the_state_shows_everything() {
    let bench = Bench::new().await;
    bench.pushed([]).await.unwrap();
    let (_, state) = sent(bench.get("/sandbox/state")).await;
    assert_eq!(state["requests"], json!({"token": {"issued": 1}, "members": {"applied": 1}}));
    assert_eq!(state["token_requests"]["used"], 1);
    assert_eq!(state["token_requests"]["remaining"], 149);
    assert_eq!(state["token_requests"]["hits"].as_array().unwrap().len(), 1);
    assert_eq!(state["receipts"][0]["size"], 2);
    assert_eq!(state["receipts"][0]["outcome"], "applied");
    assert_eq!(state["totals"], json!({"active": 2, "in_active": 0}));
    assert_eq!(state["members"][0]["fields"], member("u000"));
    assert_eq!(state["members"][1]["fields"], member("u001"));
    assert_eq!(state["members"][1]["pushes"], 1);
    let (_, state) = sent(bench.get("/sandbox/state?members=false")).await;
    assert_eq!((state.get("members"), &state["totals"]["active"]), (None, &json!(2)));
}

#[tokio::test]
async fn one_member_by_its_unique_id_which_may_be_an_address() {
    let bench = Bench::new().await;
    bench.sandbox.seed(vec![member("ada+1/x@example.com")]).unwrap();
    let (status, record) = sent(bench.get("/sandbox/members/ada+1%2Fx@example.com")).await;
    assert_eq!((status, &record["fields"]["first_name"]), (200, &json!("Ada")));
    assert_eq!(record["last_push"], Value::Null);
    assert_eq!(sent(bench.get("/sandbox/members/nobody")).await.0, 404);
}

#[tokio::test]
async fn the_clock_is_moved_forward() {
    let bench = Bench::new().await;
    let token = bench.token().await;
    let advance = |body: Value| bench.client.post(bench.url("/sandbox/clock")).json(&body);
    assert_eq!(sent(advance(json!({"advance": "16m"}))).await.0, 200);
    assert_eq!(sent(bench.push(&token, &batch(1))).await.0, 401);
    assert_eq!(sent(advance(json!({"advance": "yesterday"}))).await.0, 400);
    assert_eq!(sent(advance(json!({"advanced": "1m"}))).await.0, 400);
    let (_, clock) = sent(bench.get("/sandbox/clock")).await;
    assert!(clock["now"].as_str().unwrap() > jiff::Timestamp::now().to_string().as_str());
}

#[tokio::test]
async fn members_are_seeded_and_everything_is_reset() {
    let bench = Bench::new().await;
    let seed = |body: Value| bench.client.post(bench.url("/sandbox/seed")).json(&body);
    assert_eq!(sent(seed(batch(501))).await, (200, json!({"seeded": 501})));
    let wrong = (422, json!({"error": "member 1: email mandatory"}));
    let mut members = batch(2);
    members[1].as_object_mut().unwrap().remove("email");
    assert_eq!(sent(seed(members)).await, wrong);
    assert_eq!(sent(seed(json!({}))).await.0, 400);
    bench.pushed([Fault::new(Effect::RefuseAll)]).await.unwrap();
    bench.sandbox.advance(FOREVER);
    assert_eq!(sent(bench.client.post(bench.url("/sandbox/reset"))).await.0, 204);
    assert!(bench.sandbox.members().is_empty() && bench.sandbox.faults_on().is_empty());
    assert!(bench.sandbox.counts().is_empty() && bench.sandbox.receipts().is_empty());
    assert_eq!(bench.sandbox.ledger().used, 0);
    assert!(bench.sandbox.now().duration_since(jiff::Timestamp::now()).as_secs() <= 0);
}
