//! The stand-in over HTTP. Every wait has an end.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::veris::{Effect, Fault, Late, Malformed, Outcome, Redirect, Target, Then, When};
use super::{Options, Sandbox};

mod api;
mod boostcom;
mod capillary;
mod connection;
mod control;
mod faults;
mod kept;

/// More than anything here should take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Enough to see that nothing comes.
const BRIEF: Duration = Duration::from_millis(200);
/// Longer than any test.
const FOREVER: Duration = Duration::from_hours(1);

struct Bench {
    sandbox: Sandbox,
    client: Client,
}

impl Bench {
    async fn new() -> Self {
        let sandbox = Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Options::default()).await.unwrap();
        Self { sandbox, client: client() }
    }

    fn url(&self, path: &str) -> String {
        self.sandbox.url() + path
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    fn ask(&self) -> RequestBuilder {
        self.get("/access-token")
            .header("client_id", "sandbox")
            .header("client_secret", "sandbox-secret")
            .header("x-api-key", "sandbox-key")
    }

    async fn token(&self) -> String {
        let reply: Value = self.ask().send().await.unwrap().json().await.unwrap();
        reply["AccessToken"].as_str().unwrap().to_owned()
    }

    fn push(&self, token: &str, members: &Value) -> RequestBuilder {
        self.client.post(self.url("/members")).header("authorization", format!("bearer {token}")).json(members)
    }

    /// With a fresh token, and these faults on.
    async fn pushed(&self, faults: impl IntoIterator<Item = Fault>) -> reqwest::Result<Response> {
        let token = self.token().await;
        self.sandbox.faults(faults);
        self.push(&token, &batch(2)).send().await
    }

    fn outcomes(&self, target: Target) -> BTreeMap<Outcome, u64> {
        self.sandbox.counts().remove(&target).unwrap_or_default()
    }
}

/// Waits for something to become true at the sandbox.
async fn until(holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap();
}

fn client() -> Client {
    // Wanted by the client even where nothing is encrypted; an error says that another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().timeout(PATIENCE).redirect(redirect::Policy::none()).build().unwrap()
}

fn member(unique_id: &str) -> Value {
    json!({"first_name": "Ada", "last_name": "Byron", "designation": "Analyst", "email": "ada@example.com",
        "country": "India", "status": "active", "unique_id": unique_id})
}

fn batch(size: usize) -> Value {
    (0..size).map(|number| member(&format!("u{number:03}"))).collect()
}
