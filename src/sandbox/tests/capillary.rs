use super::*;
use crate::sandbox::capillary::{
    Edit, Effect, Entity, Fault, Habits, Late, Malformed, Outcome, Permission, Scope, Target, Then, When,
};

const CLIENTS: &str = "/v3/integrations/clients";
const KEY: &str = "sandboxAdminClientKey0001";
const SECRET: &str = "sandboxAdminClientSecret0000000000000001";
const BASIC: &str = "Basic c2FuZGJveDo5MTFiN2JmNTViN2IwM2NkZmUyYWY5ZDFlNjhlNDg5Nw==";

impl Bench {
    async fn access(&self, key: &str, secret: &str) -> (u16, String) {
        let credentials = json!({"key": key, "secret": secret});
        let (status, reply) = told(self.client.post(self.url("/v3/oauth/token/generate")).json(&credentials)).await;
        (status, reply["data"]["accessToken"].as_str().unwrap_or_default().to_owned())
    }

    async fn admin(&self) -> Admin<'_> {
        Admin { bench: self, token: self.access(KEY, SECRET).await.1 }
    }
}

/// The client that is there from the start, with a token.
struct Admin<'a> {
    bench: &'a Bench,
    token: String,
}

impl Admin<'_> {
    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("X-CAP-API-OAUTH-TOKEN", &self.token)
    }

    fn create(&self, name: &str) -> RequestBuilder {
        self.signed(self.bench.client.post(self.bench.url(CLIENTS))).json(&wanted(name))
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.signed(self.bench.get(path))
    }
}

async fn told(request: RequestBuilder) -> (u16, Value) {
    let reply = request.send().await.unwrap();
    let status = reply.status().as_u16();
    (status, serde_json::from_str(&reply.text().await.unwrap()).unwrap_or_default())
}

fn wanted(name: &str) -> Value {
    json!({"name": name, "description": "Sample description", "expirationTokenTime": 600, "defaultTillId": 15_000_449,
        "scopes": [{"entityId": 1, "permission": "READWRITE", "resources": [".*v3/targetGroups.*"]}]})
}

#[tokio::test]
async fn a_client_from_its_creation_to_its_end() {
    let bench = Bench::new().await;
    let admin = bench.admin().await;
    let (status, created) = told(admin.create("a")).await;
    assert_eq!((status, &created["data"]["id"], &created["errors"]), (200, &json!(2), &Value::Null));
    let key = created["data"]["clientKey"].as_str().unwrap();
    let path = format!("{CLIENTS}/{key}");
    let (status, token) = bench.access(key, created["data"]["clientSecret"].as_str().unwrap()).await;
    let group = || bench.get("/v3/targetGroups/7?size=1").header("X-CAP-API-OAUTH-TOKEN", &token);
    assert_eq!((status, told(group()).await), (200, (200, json!({"data": [], "errors": null}))));
    let elsewhere = |path: &str| bench.get(path).header("X-CAP-API-OAUTH-TOKEN", &token);
    assert_eq!((told(elsewhere(CLIENTS)).await.0, told(elsewhere("/v1.1/transaction/add")).await.0), (403, 403));
    let put = admin.signed(bench.client.put(bench.url(&path))).json(&wanted("b"));
    assert_eq!(told(put).await.1["data"]["name"], "b");
    assert_eq!(told(admin.get(&path)).await.1["data"]["scopes"], json!([{"permission": "READWRITE", "entityId": 1}]));
    assert_eq!(told(admin.get(CLIENTS)).await.1["data"].as_array().unwrap().len(), 2);
    assert_eq!(told(admin.get("/v3/integrations/scopes")).await.1["data"][1], json!({"id": 2, "entity": "All"}));
    let delete = || admin.signed(bench.client.delete(bench.url(&path)));
    assert_eq!(told(delete()).await.1["data"]["isValid"], false);
    assert_eq!((told(delete()).await.0, told(group()).await.0), (404, 401));
    let capillary = bench.sandbox.capillary();
    assert_eq!(capillary.clients().len(), 1);
    assert!(capillary.client(key).unwrap().deleted);
    assert_eq!((capillary.tokens(), capillary.receipts().len()), (2, 13));
    assert_eq!(capillary.counts()[&Target::Delete], [(Outcome::Deleted, 1), (Outcome::NotFound, 1)].into());
    assert!(bench.sandbox.receipts().is_empty(), "nothing of it is about Veris");
}

#[tokio::test]
async fn whats_wrong_is_told_in_errors() {
    let bench = Bench::new().await;
    let error = |code: u16, message: &str| {
        (code, json!({"data": null, "errors": [{"status": false, "code": code, "message": message}]}))
    };
    assert_eq!(told(bench.get(CLIENTS)).await, error(401, "no token and no password"));
    assert_eq!(told(bench.get("/v3/elsewhere")).await.0, 401);
    let basic = |request: RequestBuilder| request.header("Authorization", BASIC);
    assert_eq!(told(basic(bench.get("/v3/elsewhere"))).await, error(404, "no such path"));
    assert_eq!(told(basic(bench.client.patch(bench.url(CLIENTS)))).await, error(405, "no such method"));
    let post = || basic(bench.client.post(bench.url(CLIENTS)));
    assert_eq!(told(post().body("{")).await, error(400, "not JSON"));
    assert_eq!(told(post().json(&json!({}))).await, error(400, "scopes is mandatory"));
    let form = post().header("Content-Type", "application/x-www-form-urlencoded").body("{}");
    assert_eq!(told(form).await, error(415, "Content-Type is not application/json"));
    assert_eq!(bench.access(KEY, "x").await.0, 401);
    assert_eq!(bench.sandbox.capillary().clients().len(), 1);
    assert_eq!(told(post().json(&wanted("a"))).await.0, 200);
}

#[tokio::test]
async fn a_token_ends_with_the_sandboxes_clock_and_so_does_the_date() {
    let bench = Bench::new().await;
    let admin = bench.admin().await;
    bench.sandbox.advance(FOREVER);
    let reply = admin.get(CLIENTS).send().await.unwrap();
    assert_eq!(reply.status(), 401);
    let date = reply.headers()["date"].to_str().unwrap().replace("GMT", "+0000");
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned(date).unwrap().timestamp();
    assert!(date.duration_since(jiff::Timestamp::now()).as_mins() >= 59);
    assert_eq!(told(bench.admin().await.get(CLIENTS)).await.0, 200);
}

#[tokio::test]
async fn faults_reach_the_client() {
    let bench = Bench::new().await;
    let admin = bench.admin().await;
    let capillary = bench.sandbox.capillary();
    capillary.faults([Fault::new(Effect::Cut(When::After)).times(1)]);
    assert!(!admin.create("lost").send().await.unwrap_err().is_timeout());
    assert_eq!(capillary.clients()[1].name, "lost");
    capillary.faults([Fault::new(Effect::Hang(When::Before)).on(Target::List)]);
    assert!(admin.get(CLIENTS).timeout(BRIEF).send().await.unwrap_err().is_timeout());
    capillary.faults([Fault::new(Effect::Body(Malformed::Truncated)).on(Target::Scopes)]);
    assert!(admin.get("/v3/integrations/scopes").send().await.unwrap().bytes().await.is_err());
    capillary.faults([Fault::new(Effect::Late(Late { after: Duration::from_mins(5), then: Then::GatewayTimeout }))]);
    assert_eq!(told(admin.create("late")).await.0, 504);
    assert_eq!(capillary.clients().len(), 2);
    bench.sandbox.advance(Duration::from_mins(5));
    assert_eq!(capillary.clients()[2].name, "late");
    capillary.faults([Fault::new(Effect::Latency(FOREVER)).times(1)]);
    assert!(admin.create("held").timeout(BRIEF).send().await.unwrap_err().is_timeout());
    assert!(capillary.faults_on().is_empty());
    assert_eq!(capillary.clients().len(), 3, "who gives up meanwhile has changed nothing");
}

#[tokio::test]
async fn everything_is_seen_and_turned_while_it_runs() {
    let bench = Bench::new().await;
    let at = |path: &str| bench.url(&format!("/sandbox/capillary/{path}"));
    let put = |path: &str, body: Value| bench.client.put(at(path)).json(&body);
    let get = |path: &str| bench.client.get(at(path));
    let seed = |body: Value| bench.client.post(at("seed")).json(&body);
    assert_eq!(told(seed(json!([wanted("a"), wanted("b")]))).await, (200, json!({"seeded": 2})));
    assert_eq!(told(seed(json!([{}]))).await.0, 422);
    assert_eq!(told(seed(json!({}))).await.0, 400);
    let key = bench.sandbox.capillary().clients()[1].key.clone();
    let one = format!("clients/{key}");
    let (status, client) = told(get(&one)).await;
    assert_eq!((status, &client["name"], client.get("secret")), (200, &json!("a"), None));
    let (status, client) = told(put(&one, json!({"name": "c", "isValid": false}))).await;
    assert_eq!((status, &client["name"], &client["isValid"]), (200, &json!("c"), &json!(false)));
    assert_eq!(told(put(&one, json!({"scopes": []}))).await.0, 422);
    assert_eq!(told(put(&one, json!({"named": "c"}))).await.0, 400);
    assert_eq!(told(put("clients/nobody", json!({}))).await.0, 422);
    assert_eq!(told(bench.client.delete(at(&one))).await.0, 204);
    assert_eq!(told(bench.client.delete(at(&one))).await.0, 422);
    assert_eq!((told(get(&one)).await.1["deleted"].clone(), told(get("clients/nobody")).await.0), (json!(true), 404));
    let written = json!([{"short_list": 1, "target": "list", "times": 1}]);
    assert_eq!(told(put("faults", json!({"short_list": 1, "times": 1}))).await, (200, written.clone()));
    assert_eq!(told(get("faults")).await.1, written);
    assert_eq!(told(put("faults", json!({"valid_till": "past"}))).await.0, 400);
    assert_eq!(told(bench.client.delete(at("faults"))).await.0, 204);
    let habits = json!({"keeps_deleted": true, "errors_with_200": false});
    assert_eq!(told(put("habits", json!({"keeps_deleted": true}))).await, (200, habits.clone()));
    assert_eq!(told(put("habits", json!({"keeps": true}))).await.0, 400);
    assert_eq!(told(get("habits")).await.1, habits);
    let scopes = json!([{"id": 2, "entity": "All"}]);
    assert_eq!(told(put("scopes", scopes.clone())).await, (200, scopes.clone()));
    assert_eq!((told(put("scopes", json!([{}]))).await.0, told(get("scopes")).await.1), (400, scopes));
    let admin = bench.admin().await;
    assert_eq!(told(bench.client.delete(at("tokens"))).await.0, 204);
    assert_eq!(told(admin.get(CLIENTS)).await.0, 401);
    let (_, state) = told(get("state")).await;
    assert_eq!((&state["clients"][1]["name"], &state["clients"][2]["name"]), (&json!("c"), &json!("b")));
    assert_eq!((&state["tokens"], &state["receipts"][1]["outcome"]), (&json!(1), &json!("unauthorized")));
    assert_eq!(told(bench.client.post(bench.url("/sandbox/reset"))).await.0, 204);
    let (_, state) = told(get("state")).await;
    assert_eq!((state["clients"].as_array().unwrap().len(), &state["receipts"]), (1, &json!([])));
    assert_eq!((&state["habits"]["keeps_deleted"], &state["scopes"][0]["id"]), (&json!(false), &json!(1)));
}

#[tokio::test]
async fn everything_is_turned_from_a_test() {
    let bench = Bench::new().await;
    let capillary = bench.sandbox.capillary();
    assert_eq!(capillary.seed(vec![wanted("a")]), Ok(1));
    assert!(capillary.seed(vec![json!({})]).is_err());
    let key = capillary.clients()[1].key.clone();
    let scope = Scope { entity_id: 2, permission: Permission::Read, resources: vec![] };
    capillary.edit(&key, Edit { scopes: Some(vec![scope.clone()]), ..Edit::default() }).unwrap();
    assert_eq!(capillary.client(&key).unwrap().scopes, [scope]);
    assert!(capillary.edit("nobody", Edit::default()).is_err() && capillary.remove("nobody").is_err());
    capillary.remove(&key).unwrap();
    assert_eq!(capillary.clients().len(), 1);
    capillary.set_habits(Habits { keeps_deleted: true, ..capillary.habits() });
    assert!(!capillary.clients()[1].is_valid);
    capillary.set_scopes([Entity { id: 2, entity: "All".into() }]);
    assert_eq!(capillary.scopes().len(), 1);
    let admin = bench.admin().await;
    capillary.revoke_tokens();
    assert_eq!((told(admin.get(CLIENTS)).await.0, capillary.tokens()), (401, 1));
}

#[tokio::test]
async fn the_documentations_example() {
    let options = crate::sandbox::capillary::Options {
        habits: Habits { errors_with_200: true, ..Habits::default() },
        ..Default::default()
    };
    let options = Options { capillary: options, ..Options::default() };
    let sandbox = Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), options).await.unwrap();
    let bench = Bench { sandbox, client: client() };
    let clients = bench.sandbox.capillary();
    clients.seed(vec![wanted("somebody else's")]).unwrap();
    clients.faults([Fault::new(Effect::Cut(When::After)).on(Target::Create).times(1)]);
    bench.admin().await.create("loyalty").send().await.unwrap_err();
    assert_eq!(clients.clients().last().unwrap().name, "loyalty");
    clients.remove(&clients.clients().last().unwrap().key).unwrap();
}
