//! Capillary's stand-in, and others who are at work there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{Deed, Target};
use crate::destination::{Method, Request};
use crate::roster::{Payload, Timestamp};
use crate::sandbox::capillary::{self, Capillary, Effect, Fault, Options, Record};
use crate::simulation::random::Random;

mod meddler;

/// What ours are found by: the target shows nobody the resources of a client, nor does anybody else touch them.
const WHOSE: &str = "people/";
const ENTITIES: [&str; 3] = ["TargetGroups", "All", "Transaction"];

/// Who has clients at the target.
pub struct Organisation {
    room: Capillary,
    /// What others have there, by key.
    foreign: BTreeMap<String, Record>,
    /// What we have, by key, as the rest of the simulation knows members.
    pub own: BTreeMap<String, Value>,
    /// Tokens, in the order of their making.
    granted: Vec<String>,
    /// Ours whom somebody else has changed since we last did.
    pub edited: BTreeSet<String>,
    /// Ours whom somebody else has taken away.
    pub removed: BTreeSet<String>,
    /// Ours that were confirmed when last somebody looked.
    pub confirmed: BTreeSet<String>,
    /// Whose client was taken away after that, and for whom the guard has not let another one be made.
    pub bereft: BTreeSet<String>,
    /// The name of the client that was to be made last.
    wanted: Option<String>,
    /// Of these an administrator was told that they may be nobody's.
    pub told: BTreeSet<String>,
    /// How far its clock is ahead.
    pub ahead: SignedDuration,
}

impl Organisation {
    pub fn new() -> Self {
        let mut room = Capillary::new(Options::default());
        // The client by which we are known ourselves.
        let foreign =
            room.clients(Timestamp::UNIX_EPOCH).into_iter().map(|client| (client.key.clone(), client)).collect();
        Self {
            room,
            foreign,
            own: BTreeMap::new(),
            granted: Vec::new(),
            edited: BTreeSet::new(),
            removed: BTreeSet::new(),
            confirmed: BTreeSet::new(),
            bereft: BTreeSet::new(),
            wanted: None,
            told: BTreeSet::new(),
            ahead: SignedDuration::ZERO,
        }
    }

    /// What the documentation leaves open, and what time it is there.
    pub fn arrange(&mut self, random: &mut Random) {
        let habits = capillary::Habits { keeps_deleted: random.percent(30), errors_with_200: random.percent(20) };
        self.room.set_habits(habits);
        self.ahead = SignedDuration::from_secs(random.pick(&[0, 0, 2, -7, 400, -86_000]));
    }

    /// A client's secret, whatever became of the client.
    pub fn secret(&mut self, key: &str) -> Option<String> {
        self.room.client(key, Timestamp::UNIX_EPOCH).map(|client| client.secret)
    }

    /// Others' clients that are not as they were left.
    pub fn touched(&mut self) -> Option<String> {
        let Self { room, foreign, .. } = self;
        let mut touched = |key: &str, left: &Record| room.client(key, Timestamp::UNIX_EPOCH).as_ref() != Some(left);
        foreign.iter().find_map(|(key, left)| touched(key, left).then(|| left.name.clone()))
    }

    /// An administrator deletes those of whom they were told.
    pub fn clear(&mut self, ours: &BTreeSet<String>, now: Timestamp) {
        for key in self.told.difference(ours) {
            if self.own.contains_key(key) {
                self.room.remove(key, now + self.ahead).unwrap();
            }
        }
    }

    /// The number of a token.
    pub fn token(&self, request: &Request) -> Option<usize> {
        let (_, token) = request.headers.iter().find(|(name, _)| *name == "X-CAP-API-OAUTH-TOKEN")?;
        self.granted.iter().position(|granted| granted == token.expose_secret()).map(|at| at + 1)
    }

    /// Gives a token, whatever secret it is asked for with.
    pub fn grant(&mut self, now: Timestamp) -> String {
        let Options { key, secret, .. } = Options::default();
        let body = json!({ "key": key, "secret": secret }).to_string();
        let path = "/v3/oauth/token/generate";
        let asked = capillary::Request { method: "POST", path, body: body.as_bytes(), ..capillary::Request::default() };
        let answer = self.room.handle(&asked, now + self.ahead);
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        self.granted.push(told["data"]["accessToken"].as_str().unwrap().to_owned());
        answer.body
    }

    /// A call that arrives.
    fn ask(&mut self, request: &Request, now: Timestamp) -> (u16, String) {
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        };
        let token = request.headers.iter().find(|(name, _)| *name == "X-CAP-API-OAUTH-TOKEN");
        let asked = capillary::Request {
            method,
            path: path(request),
            token: token.map(|(_, token)| token.expose_secret()),
            content_type: Some("application/json"),
            body: request.body.as_deref().unwrap_or_default().as_bytes(),
            ..capillary::Request::default()
        };
        let answer = self.room.handle(&asked, now + self.ahead);
        if request.method == Method::Put && answer.body.contains("\"errors\":null") {
            self.edited.remove(key(request).unwrap());
        }
        (answer.status, answer.body)
    }

    /// From the first of these on lists show nobody.
    fn shorten(&mut self, from: Option<&BTreeSet<String>>, now: Timestamp) {
        let clients = self.room.clients(now + self.ahead);
        let at = from.and_then(|keys| clients.iter().position(|client| keys.contains(&client.key)));
        let fault = at.map(|at| Fault::new(Effect::ShortList(clients.len() - at)));
        self.room.set_faults(fault.into_iter().collect());
    }
}

fn path(request: &Request) -> &str {
    &request.url[request.url.find("/v3/").unwrap()..]
}

/// Of the client that a call is about.
fn key(request: &Request) -> Option<&str> {
    path(request).strip_prefix("/v3/integrations/clients/")
}

/// A client as the rest of the simulation knows members, by a `unique_id`.
pub fn flat(client: &Value) -> Value {
    let scopes: Vec<&Value> = client["scopes"].as_array().into_iter().flatten().collect();
    let whose = scopes.iter().find_map(|scope| scope["resources"][0].as_str()?.strip_prefix(WHOSE));
    let mut given: Vec<Value> = scopes.iter().map(|scope| json!([entity(scope), scope["permission"]])).collect();
    given.sort_by_key(Value::to_string);
    json!({
        "unique_id": whose.unwrap_or_default(),
        "first_name": whose.unwrap_or_default(),
        "name": client["name"],
        "description": client["description"],
        "expirationTokenTime": client["expirationTokenTime"],
        "defaultTillId": client["defaultTillId"],
        "scopes": given,
        "status": "active",
    })
}

fn entity(scope: &Value) -> &str {
    let number = || ENTITIES[usize::try_from(scope["entityId"].as_u64().unwrap()).unwrap() - 1];
    scope["entity"].as_str().unwrap_or_else(number)
}

/// What is mapped of somebody who is known as that.
pub fn payload(flat: &Value) -> Payload {
    let resources = json!([format!("{WHOSE}{}", flat["unique_id"].as_str().unwrap())]);
    let scope = |given: &Value| json!({ "entity": given[0], "permission": given[1], "resources": resources });
    let scopes: Vec<Value> = flat["scopes"].as_array().unwrap().iter().map(scope).collect();
    let fields = ["name", "description", "expirationTokenTime", "defaultTillId"];
    fields
        .iter()
        .fold(Payload::default(), |payload, name| payload.with(name, flat[*name].clone()))
        .with("scopes", scopes)
}

impl Target {
    /// What a call brings is brought when it arrives; until then it is taken for good.
    pub(super) fn client(&mut self, request: &Request) -> ((u16, String), Deed) {
        match (request.method, key(request)) {
            (Method::Get, _) => {}
            (Method::Delete, key) => {
                let leaves = key.and_then(|key| self.clients.own.get(key));
                let leaves = leaves.cloned().map(|mut leaves| {
                    leaves["status"] = json!("in_active");
                    leaves["key"] = json!(key);
                    leaves
                });
                self.last.extend(leaves);
            }
            _ => {
                self.last.extend(brought(request));
                self.clients.wanted = self.last.last().map(|client| client["name"].as_str().unwrap().to_owned());
            }
        }
        ((200, String::new()), Deed::Ask(request.clone()))
    }

    /// A call that arrives.
    pub(super) fn answer_client(&mut self, request: &Request, now: Timestamp) -> (u16, String) {
        let known = self.short_lists.then(|| self.kept_keys());
        self.clients.shorten(known.as_ref(), now);
        let answer = self.clients.ask(request, now);
        self.look_around(now);
        answer
    }

    /// Whose secrets are kept.
    pub fn kept_keys(&self) -> BTreeSet<String> {
        self.kept.keys().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    }

    /// What is there by now.
    pub(super) fn look_around(&mut self, now: Timestamp) {
        let Organisation { room, foreign, own, ahead, .. } = &mut self.clients;
        let ours = |client: &Record| client.is_valid && !foreign.contains_key(&client.key);
        let clients = room.clients(now + *ahead).into_iter().filter(ours);
        *own = clients.map(|client| (client.key.clone(), flat(&serde_json::to_value(client).unwrap()))).collect();
        self.bodies = own.values().map(|client| (super::identity(client).to_owned(), client.clone())).collect();
    }
}

/// The client that a call is to bring.
pub(super) fn brought(request: &Request) -> Option<Value> {
    request.body.as_ref().map(|body| flat(&serde_json::from_str(body).unwrap()))
}
