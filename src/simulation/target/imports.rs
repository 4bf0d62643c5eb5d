//! Boostcom's stand-in: bulks are taken at once, and worked on for as long as it takes.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Deed, Target};
use crate::destination::{Method, Request};
use crate::roster::{Payload, Timestamp};
use crate::sandbox::boostcom::{self, Boostcom, Bulk, Options, Order, Record, Workers};
use crate::simulation::random::Random;

/// The stand-in, fit for simulated people.
pub fn room() -> Boostcom {
    Boostcom::new(Options::default())
}

/// How fast it works, from now on: mostly seconds, at times hours, at times not at all.
pub fn pace(random: &mut Random) -> Workers {
    let seconds = |random: &mut Random| {
        std::time::Duration::from_secs(random.pick(&[0, 0, 1, 4, 20, 90, 600, 3_600, 10_800, 18_000]))
    };
    Workers {
        waiting: seconds(random),
        working: seconds(random),
        retry_after: seconds(random),
        order: random.pick(&[Order::InOrder, Order::NewestFirst]),
        at_once: random.pick(&[0, 1, 1, 2, 4]),
        fail_next: random.pick(&[0, 0, 0, 1, 3, 6, 20]),
        ..Workers::default()
    }
}

/// A member as the rest of the simulation knows members: their properties alone, by a `unique_id`.
pub fn flat(member: &Value) -> Value {
    let mut fields = member["properties"].as_object().cloned().unwrap_or_default();
    fields.retain(|_, value| !value.is_null());
    if let Some(email) = fields.get("email").cloned() {
        fields.insert("unique_id".to_owned(), email);
    }
    Value::Object(fields)
}

/// What is mapped of somebody who is known as that.
pub fn payload(flat: &Value) -> Payload {
    Payload::default().with("properties", flat.clone()).with("push_enabled", true)
}

impl Target {
    /// What a call brings is brought when it arrives; until then it is taken for good.
    pub(super) fn import(&mut self, request: &Request, now: Timestamp) -> ((u16, String), Deed) {
        if request.method == Method::Get {
            return (self.ask(request, now), Deed::Nothing);
        }
        let body: Value = serde_json::from_str(request.body.as_ref().unwrap()).unwrap();
        self.last = body["members"].as_array().unwrap().iter().map(|member| self.whole(member)).collect();
        ((200, json!({ "import_id": body["import_id"] }).to_string()), Deed::Import(request.clone()))
    }

    /// A call that arrives.
    pub(super) fn ask(&mut self, request: &Request, now: Timestamp) -> (u16, String) {
        let path = &request.url[request.url.find("/api/").unwrap()..];
        let method = if request.method == Method::Get { "GET" } else { "POST" };
        let asked = boostcom::Request {
            method,
            path,
            authorization: Some("sandbox-token"),
            product: Some("default"),
            user_agent: Some("simulation"),
            content_type: Some("application/json"),
            body: request.body.as_deref().unwrap_or_default().as_bytes(),
        };
        let answer = self.room.handle(&asked, now);
        (answer.status, answer.body)
    }

    /// A member after what is sent of them was laid over what is there, and what was deleted beside it: somebody may be sent
    /// without a number for a while although that is not all that is due.
    fn whole(&self, member: &Value) -> Value {
        let sent = flat(member);
        let known = sent["unique_id"].as_str().and_then(|identity| self.bodies.get(identity));
        let mut whole = known.cloned().unwrap_or_else(|| json!({ "first_name": "" }));
        let fields = whole.as_object_mut().unwrap();
        let properties = member["properties"].as_object().unwrap();
        fields.extend(sent.as_object().unwrap().clone());
        fields.extend(properties.clone());
        whole
    }

    /// Members the target has taken and is not done with.
    pub(super) fn at_work(&mut self, now: Timestamp) -> Vec<Value> {
        let bulks = self.room.bulks(now).iter().filter(|bulk| !bulk.is_done());
        bulks.flat_map(Bulk::members).map(flat).collect()
    }

    /// What ought to be done by now is done.
    pub(super) fn work(&mut self, now: Timestamp) {
        let mut workers = self.room.workers().clone();
        let unwelcome = if self.names_culprits { self.culprits.clone() } else { BTreeSet::new() };
        if workers.refuse != unwelcome {
            workers.refuse = unwelcome;
            self.room.set_workers(workers, now);
        }
        let known = self.room.members(now);
        self.bodies = known.iter().map(|(identity, record)| (identity.clone(), shown(record))).collect();
    }

    /// Somebody else puts members there.
    pub(super) fn plant_members(&mut self, members: &[Value], now: Timestamp) {
        for member in members {
            let mut properties: Map<String, Value> = member.as_object().unwrap().clone();
            properties.insert("email".to_owned(), member["unique_id"].clone());
            self.room.seed(&[json!({ "properties": properties })], now).unwrap();
        }
        self.work(now);
    }
}

fn shown(record: &Record) -> Value {
    flat(&json!({ "properties": record.properties }))
}
