//! A Veris that keeps its members in a map and fails on demand.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::SignedDuration;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::destination::{Reply, Request};
use crate::engine::Event;
use crate::roster::Timestamp;

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Answered with this status, nothing applied; `Retry-After` in seconds.
    Status(u16, Option<i64>),
    /// Applied, but the answer is lost.
    Cut,
    /// Neither applied nor answered.
    Lost,
    /// Never left.
    Unsent,
    /// Not answered, and takes effect so many seconds later.
    Late(i64),
    /// Applied, but answered with this status.
    Applied(u16),
    /// All is well; the fault after it is for the next call.
    Fine,
}

/// The target and what it will do.
#[derive(Default)]
pub struct Target {
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
    /// When tokens were asked for.
    pub asked: Vec<Timestamp>,
    /// The whole of each member, by `unique_id`.
    pub bodies: BTreeMap<String, Value>,
    /// What takes effect later.
    late: Vec<(Timestamp, Vec<Value>)>,
    /// What the last call was to bring.
    pub last: Vec<Value>,
}

impl Target {
    /// What was under way takes effect by now.
    pub fn arrive(&mut self, now: Timestamp) {
        let (due, late) = std::mem::take(&mut self.late).into_iter().partition(|(at, _)| *at <= now);
        self.late = late;
        let mut due: Vec<(Timestamp, Vec<Value>)> = due;
        due.sort_by_key(|(at, _)| *at);
        for (_, members) in due {
            self.apply(&members);
        }
    }

    fn apply(&mut self, members: &[Value]) {
        let text = |member: &Value, name: &str| member[name].as_str().unwrap_or_default().to_owned();
        for member in members {
            let id = text(member, "unique_id");
            self.members.insert(id.clone(), (text(member, "status"), text(member, "designation")));
            self.bodies.insert(id, member.clone());
        }
    }

    /// Somebody else puts members there.
    pub fn plant(&mut self, members: &[Value]) {
        self.apply(members);
    }

    pub fn call(&mut self, request: &Request, now: Timestamp) -> Event {
        self.arrive(now);
        self.last.clear();
        match &request.body {
            None => self.token(now),
            Some(body) => {
                let token = request.headers.iter().find(|(name, _)| *name == "Authorization").unwrap();
                let token = token.1.expose_secret().strip_prefix("bearer t").unwrap().parse().unwrap();
                let members = serde_json::from_str::<Vec<Value>>(body).unwrap();
                self.last.clone_from(&members);
                self.push(&members, token, now)
            }
        }
    }

    /// Takes those it does not refuse, and names the others.
    fn take_some(&mut self, members: &[Value], now: Timestamp) -> Event {
        let refused = |member: &Value| self.culprits.contains(member["unique_id"].as_str().unwrap());
        let (bad, good): (Vec<Value>, Vec<Value>) = members.iter().cloned().partition(refused);
        self.apply(&good);
        self.calls.push(format!("members {} → {} refused", members.len(), bad.len()));
        let named = |member: &Value| json!({ "unique_id": member["unique_id"], "message": "not welcome" });
        reply(200, None, &json!({ "errors": bad.iter().map(named).collect::<Vec<_>>() }).to_string(), now)
    }

    fn token(&mut self, now: Timestamp) -> Event {
        let fault = self.token_faults.pop_front();
        self.calls.push(format!("token{}", shown(fault)));
        self.tokens += usize::from(!matches!(fault, Some(Fault::Unsent)));
        if !matches!(fault, Some(Fault::Unsent)) {
            self.asked.push(now);
        }
        let granted = json!({ "Status": "Success", "AccessToken": format!("t{}", self.tokens) });
        answer(fault, reply(200, None, &granted.to_string(), now), now)
    }

    fn push(&mut self, members: &[Value], token: usize, now: Timestamp) -> Event {
        let fault = self.member_faults.pop_front();
        let text = |member: &Value, name: &str| member[name].as_str().unwrap().to_owned();
        let culprit = members.iter().any(|member| self.culprits.contains(&text(member, "unique_id")));
        let status = match () {
            () if fault.is_some_and(|fault| !matches!(fault, Fault::Fine)) => 200,
            () if token < self.revoked_before => 401,
            () if self.most.is_some_and(|most| members.len() > most) => 413,
            () if culprit && self.names_culprits && fault.is_none() => return self.take_some(members, now),
            () if culprit || self.refuses_everybody => 400,
            () => 200,
        };
        let said = if status == 200 { shown(fault) } else { format!(" → {status}") };
        self.calls.push(format!("members {}{said}", members.len()));
        if status == 200 && matches!(fault, None | Some(Fault::Cut | Fault::Applied(_) | Fault::Fine)) {
            self.apply(members);
        }
        if let Some(Fault::Late(seconds)) = fault {
            self.late.push((now + SignedDuration::from_secs(seconds), members.to_vec()));
        }
        answer(fault, reply(status, None, "{\"OK\"}", now), now)
    }
}

fn shown(fault: Option<Fault>) -> String {
    fault.map(|fault| format!(" → {fault:?}")).unwrap_or_default()
}

fn answer(fault: Option<Fault>, whole: Event, now: Timestamp) -> Event {
    match fault {
        None | Some(Fault::Fine) => whole,
        Some(Fault::Status(status, wait)) => reply(status, wait, "", now),
        Some(Fault::Applied(status)) => reply(status, None, "", now),
        Some(Fault::Cut | Fault::Lost | Fault::Late(_)) => Event::Unanswered("the connection was cut".to_owned()),
        Some(Fault::Unsent) => Event::Unsent("no route to host".to_owned()),
    }
}

fn reply(status: u16, wait: Option<i64>, body: &str, now: Timestamp) -> Event {
    let retry_after = wait.map(|seconds| now + SignedDuration::from_secs(seconds));
    Event::Replied(Reply { status, date: Some(now), retry_after, redirect: None, body: body.to_owned() })
}
