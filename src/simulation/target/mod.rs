//! Targets that keep their members in maps and fail on demand.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

use jiff::SignedDuration;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::destination::{Chore, Method, Request};
use crate::engine::Event;
use crate::roster::{Payload, Timestamp};
use crate::sandbox::boostcom::Boostcom;

pub mod clients;
mod fault;
pub mod imports;

use clients::Organisation;
pub use fault::Fault;
use fault::{answer, answered, shown};

/// Which target it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    #[default]
    Veris,
    Imports,
    Clients,
}

impl Kind {
    /// A member as the simulation knows members, out of what rosterd stores.
    pub fn flat(self, body: &Value) -> Value {
        match self {
            Self::Veris => body.clone(),
            Self::Imports => imports::flat(body),
            Self::Clients => clients::flat(body),
        }
    }

    /// What is mapped of such a member.
    pub fn payload(self, flat: &Value) -> Payload {
        match self {
            Self::Veris => Payload::from_json(&flat.to_string()).unwrap(),
            Self::Imports => imports::payload(flat),
            Self::Clients => clients::payload(flat),
        }
    }
}

/// What a call changes at the target.
#[derive(Clone, Debug)]
enum Deed {
    Nothing,
    Members(Vec<Value>),
    Import(Request),
    Ask(Request),
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
    /// So many secrets can't be kept; of two the first is noticed before there is one.
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
    /// Secrets that were kept.
    pub kept: BTreeMap<PathBuf, String>,
    /// Whose clients there are.
    pub clients: Organisation,
    /// Faults are for calls that bring something.
    pub spares_reads: bool,
    /// What the last call that arrived was answered.
    answer: Option<(u16, String)>,
    /// Who takes imports.
    pub room: Boostcom,
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
            kept: BTreeMap::new(),
            clients: Organisation::new(),
            spares_reads: false,
            answer: None,
            room: imports::room(),
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
        match self.kind {
            Kind::Veris => {}
            Kind::Imports => self.work(now),
            Kind::Clients => self.look_around(now),
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
            Deed::Ask(request) => self.answer = Some(self.answer_client(&request, now)),
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
        if matches!(path, "access-token" | "v3/oauth/token/generate") {
            return self.token(now);
        }
        let spared = self.spares_reads && request.method == Method::Get;
        let fault = if spared { None } else { self.member_faults.pop_front() };
        let (mut reply, deed) = match self.kind {
            Kind::Veris => self.push(request),
            Kind::Imports => self.import(request, now),
            Kind::Clients => self.client(request),
        };
        self.overtaken = self.overtakes(now);
        self.brought += usize::from(!self.last.is_empty());
        let planned = fault.is_some_and(|fault| !matches!(fault, Fault::Fine));
        if !planned && let Some(refused) = self.refused(request) {
            reply = (refused, String::new());
        }
        let done = if reply.0 < 300 { deed } else { Deed::Nothing };
        match fault {
            Some(Fault::Late(seconds)) => self.late.push((now + SignedDuration::from_secs(seconds), done)),
            Some(Fault::Twice(seconds)) => {
                self.late.push((now + SignedDuration::from_secs(seconds), done.clone()));
                self.apply(done, now);
            }
            None | Some(Fault::Cut | Fault::Applied(_) | Fault::Fine) => self.apply(done, now),
            Some(Fault::Status(..) | Fault::Lost | Fault::Unsent) => {}
        }
        // Some are answered when they arrive.
        reply = self.answer.take().unwrap_or(reply);
        let said = if reply.0 == 200 { shown(fault) } else { format!(" → {}", reply.0) };
        self.calls.push(format!("{}{said}", self.told(request, path)));
        let date = now + self.clients.ahead;
        answer(fault, answered(reply.0, None, &reply.1, date), date)
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
            Deed::Ask(request) => clients::brought(request).into_iter().collect(),
            Deed::Nothing => Vec::new(),
        });
        let mut under_way: Vec<Value> = late.collect();
        under_way.extend(self.at_work(now));
        let brings = |id: &str| self.last.iter().any(|member| identity(member) == id);
        under_way.iter().find(|member| brings(identity(member))).map(|member| identity(member).to_owned())
    }

    fn told(&self, request: &Request, path: &str) -> String {
        match (self.last.len(), self.kind) {
            (_, Kind::Clients) => {
                let whose = self.last.first().map(|member| format!(" {}", identity(member))).unwrap_or_default();
                format!("{:?} {}{whose}", request.method, path.trim_start_matches("v3/integrations/"))
            }
            (members, Kind::Veris) => format!("members {members}"),
            (0, Kind::Imports) => path.rsplit("members/").next().unwrap_or_default().to_owned(),
            (members, Kind::Imports) => format!("imports {members}"),
        }
    }

    /// The status of a call that is refused whatever else it is.
    fn refused(&self, request: &Request) -> Option<u16> {
        let culprit = self.last.iter().any(|member| self.culprits.contains(identity(member)));
        let token = request.headers.iter().find(|(name, _)| *name == "Authorization");
        let token = token.map(|(_, token)| token.expose_secret().trim_start_matches("bearer t").parse().unwrap());
        let token: Option<usize> = token.or_else(|| self.clients.token(request));
        match () {
            () if token.is_some_and(|token| token < self.revoked_before) => Some(401),
            () if self.last.is_empty() => None,
            () if self.most.is_some_and(|most| self.last.len() > most) => Some(413),
            () if culprit && self.names_culprits && self.kind != Kind::Clients => None,
            () if culprit || self.refuses_everybody => Some(if self.kind == Kind::Imports { 422 } else { 400 }),
            () => None,
        }
    }

    /// A secret is written to a file; half of it also if that failed.
    pub fn keep(&mut self, chore: &Chore) -> Event {
        let fails = match chore {
            Chore::Prepare(_) => self.keep_fails > 1,
            Chore::Keep(secret) => {
                let (fails, value) = (self.keep_fails > 0, secret.value.expose_secret());
                let written = value[..if fails { value.len() / 2 } else { value.len() }].to_owned();
                self.kept.insert(secret.path.clone().unwrap(), written);
                fails
            }
            Chore::Discard(path) => {
                self.kept.remove(path);
                false
            }
        };
        self.keep_fails -= usize::from(fails);
        Event::Kept(if fails { Err("no space left".to_owned()) } else { Ok(()) })
    }

    fn token(&mut self, now: Timestamp) -> Event {
        let fault = self.token_faults.pop_front();
        self.calls.push(format!("token{}", shown(fault)));
        self.tokens += usize::from(!matches!(fault, Some(Fault::Unsent)));
        if !matches!(fault, Some(Fault::Unsent)) {
            self.asked.push(now);
        }
        let granted = match (self.kind, fault) {
            (Kind::Clients, Some(Fault::Unsent)) => String::new(),
            (Kind::Clients, _) => self.clients.grant(now),
            _ => json!({ "Status": "Success", "AccessToken": format!("t{}", self.tokens) }).to_string(),
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
