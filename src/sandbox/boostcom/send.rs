//! `POST …/members/imports`

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use xxhash_rust::xxh3::xxh3_128;

use super::bulk::Bulk;
use super::people::identifier;
use super::settle::Arrival;
use super::{About, Boostcom, Outcome, Refusal, Target, Verdict};
use crate::sandbox::answer::Answer;
use crate::sandbox::clock::later;
use crate::sandbox::fault::Effect;

/// What was sent, of the right kinds and with good members as a whole; nobody has looked at a single one of them.
pub(super) struct Sent {
    pub(super) import_id: Option<String>,
    pub(super) request_number: Option<i64>,
    pub(super) only_create: bool,
    pub(super) members: Vec<Value>,
}

impl Sent {
    /// The documentation has no answer for a field of the wrong kind; silence would hide a client's mistake.
    fn read(mut fields: Map<String, Value>) -> Result<Self, &'static str> {
        let mut take = |name| fields.remove(name).filter(|value| !value.is_null());
        Ok(Self {
            import_id: match take("import_id") {
                None => None,
                Some(Value::String(id)) if !id.is_empty() => Some(id),
                Some(_) => return Err("import_id is a string"),
            },
            request_number: match take("request_number") {
                None => None,
                Some(number) => Some(number.as_i64().ok_or("request_number is an integer")?),
            },
            only_create: match take("only_create") {
                None => false,
                Some(wish) => wish.as_bool().ok_or("only_create is a boolean")?,
            },
            members: match take("members") {
                None => Vec::new(),
                Some(Value::Array(members)) => members,
                Some(_) => return Err("members is an array"),
            },
        })
    }
}

/// The rule that members break as a whole, in the order in which they are looked at.
pub(super) fn broken(members: &[Value], limit: usize) -> Option<&'static str> {
    let values = |name| members.iter().filter_map(move |member| identifier(member.get("properties")?, name));
    let nobody = |member: &Value| {
        let given = |name| member.get("properties").and_then(|properties| identifier(properties, name));
        given("email").or(given("msisdn")).is_none()
    };
    if members.is_empty() {
        Some("members_empty")
    } else if members.len() > limit {
        Some("members_size_incorrect")
    } else if members.iter().any(nobody) {
        Some("missing_identifier")
    } else if twice(values("email")) {
        Some("duplicated_emails")
    } else if twice(values("msisdn")) {
        Some("duplicated_msisdns")
    } else {
        None
    }
}

fn twice(mut values: impl Iterator<Item = String>) -> bool {
    let mut seen = BTreeSet::new();
    values.any(|value| !seen.insert(value))
}

impl Boostcom {
    pub(super) fn send(&mut self, body: &[u8], now: Timestamp) -> Result<Verdict, Refusal> {
        let fields = match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(Refusal::new(Outcome::Unreadable, 400, "not a JSON object")),
            Err(_) => return Err(Refusal::new(Outcome::Unreadable, 406, "not JSON")),
        };
        let sent = Sent::read(fields).map_err(|reason| Refusal::new(Outcome::Unreadable, 400, reason))?;
        let (request_number, size) = (sent.request_number, Some(sent.members.len()));
        if let Some(code) = self.refusal(&sent.members) {
            let about = About { import_id: sent.import_id, request_number, size };
            return Err(Refusal::new(Outcome::Refused, 422, code).about(about));
        }
        let import_id = sent.import_id.clone().unwrap_or_else(|| self.fresh_id(now));
        let fate = self.faults.fate(Target::Send);
        let outcome = if let Some(Effect::Late(late)) = &fate {
            self.arrivals.push(Arrival { due: later(now, late.after), import_id: import_id.clone(), sent });
            Outcome::TakenLate
        } else {
            self.arrive(import_id.clone(), sent, now);
            Outcome::Taken
        };
        let answer = Answer::json(200, &json!({ "import_id": import_id }));
        let answer = self.faults.dress(Target::Send, answer, fate);
        Ok(Verdict { outcome, answer, about: About { import_id: Some(import_id), request_number, size }, reason: None })
    }

    /// Why members are not taken as a whole: a rule, or a fault. Faults answer as if somebody had no identifier, which
    /// "depends on community".
    fn refusal(&mut self, members: &[Value]) -> Option<&'static str> {
        let limit = |effect: &Effect| if let Effect::BatchLimit(limit) = effect { Some(*limit) } else { None };
        let limit = self.faults.fire(Target::Send, limit).unwrap_or(self.options.bulk_limit);
        if let Some(code) = broken(members, limit) {
            return Some(code);
        }
        let wanted = |ids: &[String]| {
            let is = |member: &Value, name, id: &String| {
                member.get("properties").and_then(|properties| identifier(properties, name)).as_ref() == Some(id)
            };
            members.iter().any(|member| ids.iter().any(|id| is(member, "email", id) || is(member, "msisdn", id)))
        };
        let unwanted = |effect: &Effect| match effect {
            Effect::RefuseAll => Some(()),
            Effect::Refuse(ids) => wanted(ids).then_some(()),
            _ => None,
        };
        self.faults.fire(Target::Send, unwanted).map(|()| "missing_identifier")
    }

    /// A bulk begins to wait.
    pub(super) fn arrive(&mut self, import_id: String, sent: Sent, at: Timestamp) {
        let id = self.bulks.len() as u64 + 1;
        self.bulks.push(Bulk::new(id, import_id, sent, at));
        self.unfinished.insert(id);
    }

    /// A UUID that is the same whenever the same things happened.
    fn fresh_id(&self, now: Timestamp) -> String {
        let seed = format!("{now} {} {}", self.bulks.len(), self.arrivals.len());
        let hex = format!("{:032x}", xxh3_128(seed.as_bytes()));
        format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
    }
}
