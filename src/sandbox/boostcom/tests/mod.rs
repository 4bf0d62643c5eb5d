//! The stand-in without HTTP.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::sandbox::answer::Delivery;
use crate::sandbox::clock::later;

mod faults;
mod jobs;
mod members;
mod refused;
mod removed;
mod samples;
mod schema;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);
const CLUB: &str = "/api/v3/loyalty_clubs/infinity-mall/members/imports";

fn at(seconds: u32) -> Timestamp {
    later("2018-07-30T11:23:08.417Z".parse().unwrap(), SECOND * seconds)
}

fn good(method: &'static str) -> Request<'static> {
    Request {
        method,
        path: CLUB,
        authorization: Some("sandbox-token"),
        product: Some("default"),
        user_agent: Some("a test"),
        content_type: Some("application/json"),
        body: b"",
    }
}

/// A stand-in whose workers take a second for everything.
struct Bench(Boostcom);

impl Bench {
    fn new() -> Self {
        Self::with(Options::default())
    }

    fn with(options: Options) -> Self {
        Self(Boostcom::new(options))
    }

    /// With other workers.
    fn working(change: impl FnOnce(&mut Workers)) -> Self {
        let mut options = Options::default();
        change(&mut options.workers);
        Self::with(options)
    }

    fn turn(&mut self, seconds: u32, change: impl FnOnce(&mut Workers)) {
        let mut workers = self.0.workers().clone();
        change(&mut workers);
        self.0.set_workers(workers, at(seconds));
    }

    fn post(&mut self, body: &Value, seconds: u32) -> Answer {
        let body = body.to_string();
        self.0.handle(&Request { body: body.as_bytes(), ..good("POST") }, at(seconds))
    }

    /// Members as a bulk of the import `day`.
    fn send(&mut self, members: &Value, seconds: u32) -> u64 {
        let answer = self.post(&json!({"import_id": "day", "request_number": 7, "members": members}), seconds);
        assert_eq!(answer, Answer::json(200, &json!({"import_id": "day"})));
        self.0.bulks(at(seconds)).len() as u64
    }

    /// Members as a bulk, until it is finished.
    fn import(&mut self, members: &Value, seconds: u32) -> Bulk {
        let id = self.send(members, seconds);
        let bulk = self.bulk(id, seconds + 2);
        assert_eq!(bulk.status, Status::Finished);
        bulk
    }

    fn get(&mut self, path: &str, seconds: u32) -> (u16, Value) {
        let path = format!("{CLUB}/{path}");
        let answer = self.0.handle(&Request { path: &path, ..good("GET") }, at(seconds));
        (answer.status, serde_json::from_str(&answer.body).unwrap())
    }

    fn bulk(&mut self, id: u64, seconds: u32) -> Bulk {
        self.0.bulks(at(seconds)).iter().find(|bulk| bulk.id == id).unwrap().clone()
    }

    fn statuses(&mut self, seconds: u32) -> Vec<Status> {
        self.0.bulks(at(seconds)).iter().map(|bulk| bulk.status).collect()
    }

    #[track_caller]
    fn member(&mut self, identifier: &str) -> Record {
        self.0.member(identifier, Timestamp::MIN).unwrap()
    }

    fn last(&self) -> Receipt {
        self.0.receipts().pop().unwrap()
    }
}

fn member(email: &str) -> Value {
    json!({"properties": {"email": email, "first_name": "Joe"}})
}

fn people(count: usize) -> Value {
    (0..count).map(|number| member(&format!("p{number}@example.com"))).collect()
}
