use super::*;
use crate::sandbox::boostcom::{Effect, Fault, Late, Malformed, Outcome, Permits, Status, Target, Then, When, Workers};

const CLUB: &str = "/api/v3/loyalty_clubs/infinity-mall/members/imports";

/// With the headers of a good client.
fn signed(request: RequestBuilder) -> RequestBuilder {
    request
        .header("X-Client-Authorization", "sandbox-token")
        .header("X-Product-Name", "default")
        .header("X-User-Agent", "a test")
        .header("Content-Type", "application/json")
}

impl Bench {
    fn import(&self, body: &Value) -> RequestBuilder {
        signed(self.client.post(self.url(CLUB))).body(body.to_string())
    }

    async fn status(&self, path: &str) -> (u16, Value) {
        told(signed(self.get(&format!("{CLUB}/{path}")))).await
    }
}

async fn told(request: RequestBuilder) -> (u16, Value) {
    let reply = request.send().await.unwrap();
    let status = reply.status().as_u16();
    (status, serde_json::from_str(&reply.text().await.unwrap()).unwrap_or_default())
}

fn joe() -> Value {
    json!({"properties": {"email": "joe@example.com", "language": "pl"}})
}

fn day() -> Value {
    json!({"import_id": "day 1/2", "request_number": 1, "members": [joe(), {"properties": {"msisdn": "4740485124"}}]})
}

#[tokio::test]
async fn a_bulk_from_its_request_to_its_errors() {
    let bench = Bench::new().await;
    bench.sandbox.boostcom().set_workers(Workers { waiting: FOREVER, working: FOREVER, ..Workers::default() });
    assert_eq!(told(bench.import(&day())).await, (200, json!({"import_id": "day 1/2"})));
    let (status, import) = bench.status("day%201%2F2").await;
    assert_eq!((status, &import["bulks"][0]["status"]), (200, &json!("waiting")));
    bench.sandbox.advance(FOREVER);
    assert_eq!(bench.status("day%201%2F2/bulks/1").await.1["status"], "working");
    bench.sandbox.advance(FOREVER);
    let (_, bulk) = bench.status("day%201%2F2/bulks/1").await;
    assert_eq!(bulk["status"], "finished");
    let flaw = &bulk["members_errors"]["joe@example.com"]["properties"][0]["error"]["language"][0];
    assert_eq!(flaw["error"], "value_not_match");
    let boostcom = bench.sandbox.boostcom();
    assert_eq!(boostcom.members().into_keys().collect::<Vec<_>>(), ["4740485124"]);
    assert_eq!((boostcom.bulks()[0].status, boostcom.receipts().len()), (Status::Finished, 4));
    assert_eq!(boostcom.counts()[&Target::Send][&Outcome::Taken], 1);
    assert!(bench.sandbox.receipts().is_empty(), "nothing of it is about Veris");
}

#[tokio::test]
async fn whats_wrong_is_told_by_the_status() {
    let bench = Bench::new().await;
    let url = bench.url(CLUB);
    assert_eq!(told(bench.client.post(&url).json(&day())).await.0, 470);
    let wrong = |name: &str, value: &str| {
        let mut request = bench.import(&day()).build().unwrap();
        request
            .headers_mut()
            .insert(reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        RequestBuilder::from_parts(bench.client.clone(), request)
    };
    assert_eq!(told(wrong("x-product-name", "other")).await.0, 471);
    assert_eq!(told(wrong("x-client-authorization", "other")).await.0, 401);
    assert_eq!(told(bench.import(&day()).body("{")).await.0, 406);
    assert_eq!(told(bench.import(&json!({}))).await, (422, json!({"error": "members_empty"})));
    assert_eq!(bench.status("nothing").await, (404, json!({"error": "no such import"})));
    assert_eq!(told(signed(bench.client.delete(&url))).await.0, 405);
    assert_eq!(told(signed(bench.get("/api/v3/elsewhere"))).await.0, 404);
    bench.sandbox.boostcom().set_permits(Permits { create: false, get: true });
    assert_eq!(told(bench.import(&day())).await.0, 403);
    assert!(bench.sandbox.boostcom().bulks().is_empty());
}

#[tokio::test]
async fn faults_reach_the_client() {
    let bench = Bench::new().await;
    let boostcom = bench.sandbox.boostcom();
    boostcom.faults([Fault::new(Effect::Cut(When::After)).times(1)]);
    assert!(!bench.import(&day()).send().await.unwrap_err().is_timeout());
    assert_eq!(boostcom.bulks().len(), 1);
    boostcom.faults([Fault::new(Effect::Hang(When::Before)).on(Target::ImportStatus)]);
    let hanging = signed(bench.get(&format!("{CLUB}/x"))).timeout(BRIEF).send().await;
    assert!(hanging.unwrap_err().is_timeout());
    boostcom.faults([Fault::new(Effect::Body(Malformed::Truncated)).on(Target::BulkStatus)]);
    let reply = signed(bench.get(&format!("{CLUB}/day%201%2F2/bulks/1"))).send().await.unwrap();
    assert!(reply.bytes().await.is_err());
    boostcom.faults([Fault::new(Effect::Late(Late { after: FOREVER, then: Then::Ok }))]);
    assert_eq!(bench.import(&day()).send().await.unwrap().status(), 200);
    assert_eq!(boostcom.bulks().len(), 1);
    bench.sandbox.advance(FOREVER);
    assert_eq!(boostcom.bulks().len(), 2);
    boostcom.faults([Fault::new(Effect::Latency(FOREVER)).times(1)]);
    let held = bench.import(&day()).timeout(BRIEF).send().await;
    assert!(held.unwrap_err().is_timeout() && boostcom.faults_on().is_empty());
    assert_eq!(boostcom.bulks().len(), 2, "who gives up meanwhile has changed nothing");
}

#[tokio::test]
async fn everything_is_seen_and_turned_while_it_runs() {
    let bench = Bench::new().await;
    let at = |path: &str| bench.url(&format!("/sandbox/boostcom/{path}"));
    let put = |path: &str, body: Value| bench.client.put(at(path)).json(&body);
    let (status, workers) = told(put("workers", json!({"waiting": "1h", "order": "newest_first"}))).await;
    assert_eq!((status, &workers["waiting"], &workers["working"]), (200, &json!("1h"), &json!("1s")));
    assert_eq!(told(put("workers", json!({"fail_next": 2}))).await.1["order"], "newest_first", "only what is named");
    assert_eq!(told(bench.client.get(at("workers"))).await.1["fail_next"], 2);
    assert_eq!(told(put("workers", json!({"speed": 2}))).await.0, 400);
    assert_eq!(told(put("permits", json!({"get": false}))).await, (200, json!({"create": true, "get": false})));
    assert_eq!(told(bench.client.get(at("permits"))).await.1, json!({"create": true, "get": false}));
    let written = json!([{"status": 503, "target": "send", "times": 1}]);
    assert_eq!(told(put("faults", json!({"status": 503, "times": 1}))).await, (200, written.clone()));
    assert_eq!(told(bench.client.get(at("faults"))).await.1, written);
    assert_eq!(told(put("faults", json!({"valid_till": "past"}))).await.0, 400);
    assert_eq!(told(bench.client.delete(at("faults"))).await.0, 204);
    let seed = |body: Value| bench.client.post(at("seed")).json(&body);
    assert_eq!(told(seed(json!([{"properties": {"email": "a+1/x@b.no"}}]))).await, (200, json!({"seeded": 1})));
    assert_eq!(told(seed(json!([joe()]))).await.0, 422);
    assert_eq!(told(seed(json!({}))).await.0, 400);
    let (status, record) = told(bench.client.get(at("members/a+1%2Fx@b.no"))).await;
    assert_eq!((status, &record["imports"], &record["has_password"]), (200, &json!(0), &json!(false)));
    assert_eq!(told(bench.client.get(at("members/nobody"))).await.0, 404);
    bench.import(&day()).send().await.unwrap();
    let (_, state) = told(bench.client.get(at("state"))).await;
    assert_eq!((&state["bulks"][0]["status"], &state["members"][0]["id"]), (&json!("waiting"), &json!(1)));
    assert_eq!((&state["receipts"][0]["outcome"], &state["totals"]["members"]), (&json!("taken"), &json!(1)));
    assert_eq!(told(bench.client.get(at("state?members=false"))).await.1.get("members"), None);
    assert_eq!(told(bench.client.post(bench.url("/sandbox/reset"))).await.0, 204);
    let (_, state) = told(bench.client.get(at("state"))).await;
    assert_eq!((&state["bulks"], &state["members"], &state["permits"]["get"]), (&json!([]), &json!([]), &json!(true)));
}

#[tokio::test]
async fn the_documentations_example() {
    let mall = crate::sandbox::boostcom::Options { resubscribe: true, ..Default::default() };
    let options = Options { boostcom: mall, ..Options::default() };
    let sandbox = Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), options).await.unwrap();
    let bench = Bench { sandbox, client: client() };
    let mall = bench.sandbox.boostcom();
    mall.set_workers(Workers { waiting: Duration::from_hours(2), fail_next: 1, ..Workers::default() });
    mall.faults([Fault::new(Effect::Cut(When::After)).on(Target::Send).times(1)]);
    let body = json!({"members": [{"properties": {"email": "joe@example.com"}}]});
    bench.import(&body).send().await.unwrap_err();
    bench.sandbox.advance(Duration::from_hours(3));
    assert_eq!((mall.bulks()[0].status, mall.bulks()[0].retries), (Status::Finished, 1));
    assert_eq!(mall.member("joe@example.com").unwrap().imports, 1);
}
