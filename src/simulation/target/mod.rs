//! Targets that keep their members in maps and fail on demand.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

use jiff::SignedDuration;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::destination::{Chore, Request};
use crate::engine::Event;
use crate::roster::{Payload, Timestamp};
use crate::sandbox::boostcom::Boostcom;

mod clients;
mod fault;
pub mod imports;

pub use clients::Client;
pub use fault::Fault;
use fault::{answer, answered, shown};

/// Which target it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Veris,
    Imports,
    Clients,
}

impl Kind {
    /// A member as the simulation knows members, out of what rosterd stores.
    pub fn flat(self, body: &Value) -> Value {
        if self == Self::Imports { imports::flat(body) } else { body.clone() }
    }

    /// What is mapped of such a member.
    pub fn payload(self, flat: &Value) -> Payload {
        if self == Self::Imports { imports::payload(flat) } else { Payload::from_json(&flat.to_string()).unwrap() }
    }
}

/// What a call changes at the target.
#[derive(Clone, Debug)]
enum Deed {
    Nothing,
    Members(Vec<Value>),
    Import(Request),
    Create(String, Value),
    Put(String, Value),
    Delete(String),
}

/// The target and what it will do.
pub struct Target {
    pub kind: Kind,
    /// Status and designation, by `unique_id`.
    pub members: BTreeMap<String, (String, String)>,
    /// `token`, `members 4`, `members 4 → 400`.
    pub calls: Vec<String>,
    pub tokens: usize,
    /// For the next calls, in order.
    pub token_faults: VecDeque<Fault>,
    pub member_faults: VecDeque<Fault>,
    /// A batch with one of them is answered 400.
    pub culprits: BTreeSet<String>,
    /// They are named in the answer instead, and the others are taken.
    pub names_culprits: bool,
    pub refuses_everybody: bool,
    /// More members a request are answered 413.
    pub most: Option<usize>,
    /// Tokens before this one are not accepted any more.
    pub revoked_before: usize,
    /// So many secrets can't be kept.
    pub keep_fails: usize,
    /// Lists are cut short.
    pub short_lists: bool,
    /// When tokens were asked for.
    pub asked: Vec<Timestamp>,
    /// The whole of each member, by `unique_id`.
    pub bodies: BTreeMap<String, Value>,
    /// What takes effect later.
    late: Vec<(Timestamp, Deed)>,
    /// Somebody of the last call of whom an earlier one is still under way.
    pub overtaken: Option<String>,
    /// What the last call was to bring.
    pub last: Vec<Value>,
    /// Calls that were to bring something.
    pub brought: usize,
    /// Members somebody else has changed here, and nobody has looked since.
    pub meddled: BTreeSet<String>,
    /// Clients somebody else has here.
    pub foreign: usize,
    /// Secrets that were kept.
    pub kept: BTreeMap<PathBuf, String>,
    /// By key.
    pub clients: BTreeMap<String, Client>,
    /// Who takes imports.
    pub room: Boostcom,
    /// Clients made so far.
    made: usize,
}

impl Default for Target {
    fn default() -> Self {
        Self::new(Kind::default())
    }
}

impl Target {
    /// One that nobody is known to.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            members: BTreeMap::new(),
            calls: Vec::new(),
            tokens: 0,
            token_faults: VecDeque::new(),
            member_faults: VecDeque::new(),
            culprits: BTreeSet::new(),
            names_culprits: false,
            refuses_everybody: false,
            most: None,
            revoked_before: 0,
            keep_fails: 0,
            short_lists: false,
            asked: Vec::new(),
            bodies: BTreeMap::new(),
            late: Vec::new(),
            overtaken: None,
            last: Vec::new(),
            brought: 0,
            meddled: BTreeSet::new(),
            foreign: 0,
            kept: BTreeMap::new(),
            clients: BTreeMap::new(),
            room: imports::room(),
            made: 0,
        }
    }

    /// What was under way takes effect by now.
    pub fn arrive(&mut self, now: Timestamp) {
        let (mut due, late): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.late).into_iter().partition(|(at, _)| *at <= now);
        self.late = late;
        due.sort_by_key(|(at, _)| *at);
        for (at, deed) in due {
            self.apply(deed, at);
        }
        if self.kind == Kind::Imports {
            self.work(now);
        }
    }

    fn apply(&mut self, deed: Deed, now: Timestamp) {
        match deed {
            Deed::Nothing => {}
            Deed::Members(members) => self.take(&members),
            Deed::Import(request) => {
                self.ask(&request, now);
                self.work(now);
            }
            Deed::Create(..) | Deed::Put(..) | Deed::Delete(_) => self.change_client(deed),
        }
    }

    fn take(&mut self, members: &[Value]) {
        let text = |member: &Value, name: &str| member[name].as_str().unwrap_or_default().to_owned();
        for member in members {
            let id = text(member, "unique_id");
            let known = self.bodies.entry(id.clone()).or_insert_with(|| json!({}));
            // What is not sent stays as it was.
            known.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
            self.members.insert(id, (text(known, "status"), text(known, "designation")));
        }
    }

    /// Somebody else puts members there.
    pub fn plant(&mut self, members: &[Value], now: Timestamp) {
        if self.kind == Kind::Imports { self.plant_members(members, now) } else { self.take(members) }
    }

    pub fn call(&mut self, request: &Request, now: Timestamp) -> Event {
        self.arrive(now);
        self.last.clear();
        let path = request.url.splitn(4, '/').nth(3).unwrap();
        if matches!(path, "access-token" | "token") {
            return self.token(now);
        }
        let fault = self.member_faults.pop_front();
        let (mut reply, deed) = match self.kind {
            Kind::Veris => self.push(request),
            Kind::Imports => self.import(request, now),
            Kind::Clients => self.client(request, path),
        };
        self.overtaken = self.overtakes(now);
        self.brought += usize::from(!self.last.is_empty());
        let planned = fault.is_some_and(|fault| !matches!(fault, Fault::Fine));
        if !planned && let Some(refused) = self.refused(request) {
            reply = (refused, String::new());
        }
        let done = if reply.0 < 300 { deed } else { Deed::Nothing };
        let said = if reply.0 == 200 { shown(fault) } else { format!(" → {}", reply.0) };
        self.calls.push(format!("{}{said}", self.told(path)));
        match fault {
            Some(Fault::Late(seconds)) => self.late.push((now + SignedDuration::from_secs(seconds), done)),
            Some(Fault::Twice(seconds)) => {
                self.late.push((now + SignedDuration::from_secs(seconds), done.clone()));
                self.apply(done, now);
            }
            None | Some(Fault::Cut | Fault::Applied(_) | Fault::Fine) => self.apply(done, now),
            Some(Fault::Status(..) | Fault::Lost | Fault::Unsent) => {}
        }
        answer(fault, answered(reply.0, None, &reply.1, now), now)
    }

    /// Whom of the last call something is still to be done for.
    fn overtakes(&mut self, now: Timestamp) -> Option<String> {
        let imported = |request: &Request| -> Vec<Value> {
            let body: Value = serde_json::from_str(request.body.as_ref().unwrap()).unwrap();
            body["members"].as_array().unwrap().iter().map(imports::flat).collect()
        };
        let late = self.late.iter().flat_map(|(_, deed)| match deed {
            Deed::Members(members) => members.clone(),
            Deed::Import(request) => imported(request),
            Deed::Create(_, fields) | Deed::Put(_, fields) => vec![fields.clone()],
            Deed::Nothing | Deed::Delete(_) => Vec::new(),
        });
        let mut under_way: Vec<Value> = late.collect();
        under_way.extend(self.at_work(now));
        let brings = |id: &str| self.last.iter().any(|member| identity(member) == id);
        under_way.iter().find(|member| brings(identity(member))).map(|member| identity(member).to_owned())
    }

    fn told(&self, path: &str) -> String {
        match (self.last.len(), self.kind) {
            (members, Kind::Veris) => format!("members {members}"),
            (0, Kind::Imports) => path.rsplit("members/").next().unwrap_or_default().to_owned(),
            (0, _) => path.to_owned(),
            (members, Kind::Imports) => format!("imports {members}"),
            (members, _) => format!("{path} {members}"),
        }
    }

    /// The status of a call that is refused whatever else it is.
    fn refused(&self, request: &Request) -> Option<u16> {
        let culprit = self.last.iter().any(|member| self.culprits.contains(identity(member)));
        let token = request.headers.iter().find(|(name, _)| *name == "Authorization");
        let token =
            token.map(|(_, token)| token.expose_secret().trim_start_matches("bearer t").trim_start_matches('t'));
        match () {
            () if token.is_some_and(|token| token.parse::<usize>().unwrap() < self.revoked_before) => Some(401),
            () if self.last.is_empty() => None,
            () if self.most.is_some_and(|most| self.last.len() > most) => Some(413),
            () if culprit && self.names_culprits && self.kind != Kind::Clients => None,
            () if culprit || self.refuses_everybody => Some(if self.kind == Kind::Imports { 422 } else { 400 }),
            () => None,
        }
    }

    /// A secret is written to a file.
    pub fn keep(&mut self, chore: &Chore) -> Event {
        let Chore::Keep(secret) = chore else { return Event::Kept(Ok(())) };
        if self.keep_fails > 0 {
            self.keep_fails -= 1;
            return Event::Kept(Err("no space left".to_owned()));
        }
        self.kept.insert(secret.path.clone().unwrap(), secret.value.expose_secret().to_owned());
        Event::Kept(Ok(()))
    }

    fn token(&mut self, now: Timestamp) -> Event {
        let fault = self.token_faults.pop_front();
        self.calls.push(format!("token{}", shown(fault)));
        self.tokens += usize::from(!matches!(fault, Some(Fault::Unsent)));
        if !matches!(fault, Some(Fault::Unsent)) {
            self.asked.push(now);
        }
        let token = format!("t{}", self.tokens);
        let granted = match self.kind {
            Kind::Veris => json!({ "Status": "Success", "AccessToken": token }).to_string(),
            Kind::Imports | Kind::Clients => token,
        };
        answer(fault, answered(200, None, &granted, now), now)
    }

    /// Veris takes those it does not refuse, and may name the others.
    fn push(&mut self, request: &Request) -> ((u16, String), Deed) {
        let members: Vec<Value> = serde_json::from_str(request.body.as_ref().unwrap()).unwrap();
        self.last.clone_from(&members);
        let (bad, good): (Vec<Value>, Vec<Value>) =
            members.into_iter().partition(|member| self.names_culprits && self.culprits.contains(identity(member)));
        let named = |member: &Value| json!({ "unique_id": member["unique_id"], "message": "not welcome" });
        let errors: Vec<Value> = bad.iter().map(named).collect();
        let body = if errors.is_empty() { "{\"OK\"}".to_owned() } else { json!({ "errors": errors }).to_string() };
        ((200, body), Deed::Members(good))
    }
}

fn identity(member: &Value) -> &str {
    member["unique_id"].as_str().unwrap()
}
