//! A loyalty club as the target: what `check`, `plan` and `explain` say of it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use serde_json::json;
use tokio::task::JoinHandle;

use super::world::World;
use crate::fixtures::ldif::{self, PEOPLE, uuid};

/// A club that answers every question with one status; it ends with this value.
struct Club {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Club {
    async fn answering(status: StatusCode) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
        let heard = Arc::clone(&asked);
        let answer = move |request: Request| {
            let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            let headers = ["x-client-authorization", "x-product-name", "x-user-agent"].map(header);
            heard.lock().unwrap().push(format!("{} {} {headers:?}", request.method(), request.uri().path()));
            async move { status }
        };
        let task = tokio::spawn(async { axum::serve(listener, Router::new().fallback(answer)).await.unwrap() });
        Self { address, asked, task }
    }

    /// Makes it the world's target.
    fn joins(&self, world: &World) {
        world.configure(|text| {
            let (before, after) = text.split_once("destinations:").unwrap();
            let (_, after) = after.split_once("syncs:").unwrap();
            let (sync, _) = after.split_once("    fields:").unwrap();
            let club = format!(
                "
  mall: {{ type: boostcom, url: http://{}, loyalty_club: infinity-mall, product_name: default, user_agent: us,
    client_authorization: '${{env:ROSTERD_TEST_SECRET}}' }}
",
                self.address
            );
            let fields = "    fields:
      properties: { email: mail, msisdn: \"{{ mobile | msisdn('47') }}\", first_name: givenName }
      password: title
      consents: { newsletter: { status: \"{{ title == 'Engineer' }}\" } }
";
            format!("{before}destinations:{club}syncs:{sync}{fields}").replace("to: veris", "to: mall")
        });
    }
}

impl Drop for Club {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Two who share a number, and one without an address.
fn people() -> String {
    let mobile = |number: usize, mobile: &str| ldif::person(number, PEOPLE, &[("mobile", mobile)]);
    let unmailed = ldif::person(3, PEOPLE, &[]).replace(&ldif::line("mail", b"p3@corp.example.com"), "");
    ldif::skeleton() + &mobile(1, "99 88 77 66") + &mobile(2, "+47 99887766") + &unmailed
}

#[tokio::test(flavor = "multi_thread")]
async fn a_club_s_people_are_looked_at_to_the_last_field() {
    let (world, club) = (World::with(&people()).await, Club::answering(StatusCode::NOT_FOUND).await);
    club.joins(&world);
    let said = world.ends(0, &["check"]).out;
    for line in [
        format!("warning  employees: 1 of 3 people have no properties.email: 1 would be invalid ({})", uuid(3)),
        "ok       employees: 1 of 3 people have no properties.msisdn".to_owned(),
        format!(
            "warning  employees: 2 people have the same msisdn: whoever has it at the target keeps it, and nothing is \
             sent of the others ({}, {})",
            uuid(1),
            uuid(2)
        ),
        "ok       mall: accepted our credentials".to_owned(),
    ] {
        assert!(said.contains(&line), "{line}: {said}");
    }
    assert!(!said.contains("@corp") && !said.contains("998877"), "{said}");
    let asked = club.asked.lock().unwrap().clone();
    let [asked] = &asked[..] else { panic!("{asked:?}") };
    let (path, headers) = asked.split_once(" [").unwrap();
    assert!(path.starts_with("GET /api/v3/loyalty_clubs/infinity-mall/members/imports/"), "{path}");
    assert_eq!(headers, r#"Some("sandbox-secret"), Some("default"), Some("us")]"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_club_s_no_is_told_in_words() {
    let world = World::with(&people()).await;
    for (status, words) in [
        (
            StatusCode::UNAUTHORIZED,
            "refused our credentials: answered 401 Unauthorized: the credential is not accepted",
        ),
        (StatusCode::FORBIDDEN, "refused our credentials: answered 403 Forbidden: the credential lacks the permit BL:"),
        (StatusCode::SERVICE_UNAVAILABLE, "can't tell whether our credentials are good: answered 503"),
    ] {
        let club = Club::answering(status).await;
        club.joins(&world);
        let said = world.ends(1, &["check"]).out;
        assert!(said.contains(&format!("FAILED   mall: {words}")), "{words}: {said}");
    }
    let said = world.ends(1, &["check"]).out;
    assert!(
        said.contains("can't tell whether our credentials are good: nothing was sent: could not connect"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_name_fields_within_fields_and_never_show_a_password() {
    let people = people().replace(&ldif::line("mobile", b"+47 99887766"), "");
    let (world, club) = (World::with(&people).await, Club::answering(StatusCode::NOT_FOUND).await);
    club.joins(&world);
    let planned = world.json(0, &["plan"]);
    let joins = planned["changes"].as_array().unwrap();
    let of = |identity: &str| joins.iter().find(|change| change["identity"] == identity).map(|join| &join["fields"]);
    assert_eq!(
        of("p1@corp.example.com"),
        Some(&json!({
            "consents.newsletter.status": [null, true],
            "properties.email": [null, "p1@corp.example.com"],
            "properties.first_name": [null, "Żoë"],
            "properties.msisdn": [null, "4799887766"],
        })),
        "{planned}"
    );
    world.run(&["sync"]);
    let said = world.ends(0, &["explain", &uuid(3)]).out;
    let fields = "mapped
             consents.newsletter.status: true
             properties.first_name: \"Żoë\"
  INVALID    properties.email: is missing
";
    assert!(said.contains(fields), "{said}");
    let json = world.json(0, &["explain", &uuid(3)]);
    let found = &json["directory"]["found"]["fields"];
    assert_eq!(
        found,
        &json!({ "consents": { "newsletter": { "status": true } }, "properties": { "first_name": "Żoë" } })
    );
}
