//! The stand-in without HTTP.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::sandbox::answer::{Answer, Delivery};

mod faults;
mod push;
mod token;

const MINUTE: Duration = Duration::from_mins(1);

const GOOD: Credentials<'static> =
    Credentials { client_id: Some("sandbox"), client_secret: Some("sandbox-secret"), api_key: Some("sandbox-key") };

fn at(minutes: u32) -> Timestamp {
    later("2026-01-31T12:00:00Z".parse().unwrap(), MINUTE * minutes)
}

/// A stand-in with a token of minute 0 and nothing on its books but that.
struct Bench {
    veris: Veris,
    authorization: String,
}

impl Bench {
    fn new() -> Self {
        let mut veris = Veris::new(Options::default());
        let reply: Value = serde_json::from_str(&veris.token(&GOOD, at(0)).body).unwrap();
        Self { authorization: format!("bearer {}", reply["AccessToken"].as_str().unwrap()), veris }
    }

    fn with(faults: impl IntoIterator<Item = Fault>) -> Self {
        let mut bench = Self::new();
        bench.veris.set_faults(faults.into_iter().collect());
        bench
    }

    fn push(&mut self, members: &Value, minute: u32) -> Answer {
        self.raw(members.to_string().as_bytes(), minute)
    }

    fn raw(&mut self, body: &[u8], minute: u32) -> Answer {
        let authorization = Some(self.authorization.as_str());
        let push = Push { authorization, content_type: Some("application/json"), body };
        self.veris.push(&push, at(minute))
    }

    fn ids(&mut self, minute: u32) -> Vec<String> {
        self.veris.members(at(minute)).keys().cloned().collect()
    }

    fn last(&self) -> Receipt {
        self.veris.receipts().pop().unwrap()
    }
}

fn member(unique_id: &str) -> Value {
    json!({"first_name": "Ada", "last_name": "Byron", "designation": "Analyst", "email": "ada@example.com",
        "country": "India", "status": "active", "unique_id": unique_id})
}

fn batch(size: usize) -> Value {
    (0..size).map(|number| member(&format!("u{number:03}"))).collect()
}
