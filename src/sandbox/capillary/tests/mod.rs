//! The stand-in without HTTP.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::sandbox::answer::Delivery;
use crate::sandbox::clock::later;

mod changes;
mod faults;
mod knobs;
mod refused;
mod samples;
mod scopes;
mod tokens;

const SECOND: Duration = Duration::from_secs(1);
const CLIENTS: &str = "/v3/integrations/clients";
const KEY: &str = "sandboxAdminClientKey0001";
const SECRET: &str = "sandboxAdminClientSecret0000000000000001";
/// `sandbox:` and the MD5 of `sandbox-password`.
const BASIC: &str = "Basic c2FuZGJveDo5MTFiN2JmNTViN2IwM2NkZmUyYWY5ZDFlNjhlNDg5Nw==";

fn at(seconds: u32) -> Timestamp {
    later("2020-04-15T08:44:06.104Z".parse().unwrap(), SECOND * seconds)
}

/// A stand-in, asked by somebody with a password.
struct Bench(Capillary);

impl Bench {
    fn new() -> Self {
        Self(Capillary::new(Options::default()))
    }

    fn ask(&mut self, method: &str, path: &str, body: &Value, seconds: u32) -> (u16, Value) {
        let body = body.to_string();
        let request = Request {
            method,
            path,
            authorization: Some(BASIC),
            content_type: Some("application/json"),
            body: body.as_bytes(),
            ..Request::default()
        };
        read(&self.0.handle(&request, at(seconds)))
    }

    fn get(&mut self, path: &str, seconds: u32) -> (u16, Value) {
        self.ask("GET", path, &Value::Null, seconds)
    }

    fn create(&mut self, body: &Value, seconds: u32) -> Value {
        let (status, reply) = self.ask("POST", CLIENTS, body, seconds);
        assert_eq!((status, &reply["errors"]), (200, &Value::Null), "{reply}");
        reply["data"].clone()
    }

    fn update(&mut self, key: &str, body: &Value, seconds: u32) -> (u16, Value) {
        self.ask("PUT", &format!("{CLIENTS}/{key}"), body, seconds)
    }

    fn delete(&mut self, key: &str, seconds: u32) -> (u16, Value) {
        self.ask("DELETE", &format!("{CLIENTS}/{key}"), &Value::Null, seconds)
    }

    fn details(&mut self, key: &str, seconds: u32) -> (u16, Value) {
        self.get(&format!("{CLIENTS}/{key}"), seconds)
    }

    fn generate(&mut self, key: &str, secret: &str, seconds: u32) -> (u16, Value) {
        self.ask("POST", "/v3/oauth/token/generate", &json!({"key": key, "secret": secret}), seconds)
    }

    fn token(&mut self, key: &str, secret: &str, seconds: u32) -> String {
        let (_, reply) = self.generate(key, secret, seconds);
        reply["data"]["accessToken"].as_str().unwrap().to_owned()
    }

    /// With a token and nothing else.
    fn by_token(&mut self, token: &str, method: &str, path: &str, seconds: u32) -> u16 {
        let request = Request { method, path, token: Some(token), ..Request::default() };
        self.0.handle(&request, at(seconds)).status
    }

    fn names(&mut self, seconds: u32) -> Vec<String> {
        self.0.clients(at(seconds)).into_iter().map(|client| client.name).collect()
    }

    fn last(&self) -> Receipt {
        self.0.receipts().pop().unwrap()
    }
}

fn read(answer: &Answer) -> (u16, Value) {
    (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
}

fn client(name: &str) -> Value {
    json!({
        "name": name, "description": "Sample description", "expirationTokenTime": 600, "defaultTillId": 15_000_449,
        "scopes": [{"entityId": 1, "permission": "READWRITE", "resources": [".*v3/targetGroups.*"]}],
    })
}

fn error(code: u16, message: &str) -> Value {
    json!({"data": null, "errors": [{"status": false, "code": code, "message": message}]})
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}
