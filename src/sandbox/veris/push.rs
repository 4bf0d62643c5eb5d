//! `POST /members`

use jiff::Timestamp;
use serde_json::{Value, json};

use super::member::{Broken, Member, Status};
use super::{Effect, Outcome, Receipt, Target, Veris};
use crate::sandbox::answer::Answer;

/// The documented answer, curly quotes and all. It is not JSON.
pub(super) const OK: &str = "{\u{201c}OK\u{201d}}";

/// A push as it came in.
#[derive(Default, Clone, Copy)]
pub(in crate::sandbox) struct Push<'a> {
    pub(in crate::sandbox) authorization: Option<&'a str>,
    pub(in crate::sandbox) content_type: Option<&'a str>,
    pub(in crate::sandbox) body: &'a [u8],
}

/// What became of a push, and what its client is told.
struct Verdict {
    outcome: Outcome,
    answer: Answer,
    size: Option<usize>,
    in_active: Option<usize>,
    reason: Option<String>,
}

/// Why a push is not taken.
struct Refusal {
    outcome: Outcome,
    status: u16,
    size: Option<usize>,
    /// For the journal.
    reason: String,
    /// For the client.
    told: Value,
}

impl Refusal {
    fn new(outcome: Outcome, status: u16, size: Option<usize>, reason: &str) -> Self {
        Self { outcome, status, size, reason: reason.into(), told: json!({ "error": reason }) }
    }

    fn verdict(self) -> Verdict {
        let Self { outcome, status, size, reason, told } = self;
        Verdict { outcome, answer: Answer::json(status, &told), size, in_active: None, reason: Some(reason) }
    }
}

impl Veris {
    /// All of a batch takes effect, or nothing of it.
    pub(in crate::sandbox) fn push(&mut self, push: &Push<'_>, now: Timestamp) -> Answer {
        self.settle(now);
        let verdict = match self.faults.before(Target::Members) {
            Some(answer) => {
                let reason = Some("sandbox fault".into());
                Verdict { outcome: Outcome::Fault, answer, size: None, in_active: None, reason }
            }
            None => self.read(push, now).map_or_else(Refusal::verdict, |members| self.apply(members, now)),
        };
        let Verdict { outcome, answer, size, in_active, reason } = verdict;
        self.journal.pushed(Receipt { at: now, size, in_active, outcome, answer: answer.seen(), reason });
        answer
    }

    fn read(&mut self, push: &Push<'_>, now: Timestamp) -> Result<Vec<Member>, Refusal> {
        self.authorize(push.authorization, now)
            .map_err(|reason| Refusal::new(Outcome::Unauthorized, 401, None, reason))?;
        let json = push.content_type.is_some_and(|kind| kind.trim_start().starts_with("application/json"));
        if !json {
            return Err(Refusal::new(Outcome::Unreadable, 415, None, "Content-Type is not application/json"));
        }
        let values: Vec<Value> = match serde_json::from_slice(push.body) {
            Ok(Value::Array(values)) => values,
            Ok(_) => return Err(Refusal::new(Outcome::Unreadable, 400, None, "not a JSON array")),
            Err(_) => return Err(Refusal::new(Outcome::Unreadable, 400, None, "not JSON")),
        };
        let size = values.len();
        let limit = |effect: &Effect| if let Effect::BatchLimit(limit) = effect { Some(*limit) } else { None };
        if size > self.faults.fire(Target::Members, limit).unwrap_or(self.options.batch_limit) {
            return Err(Refusal::new(Outcome::OverLimit, 413, Some(size), "too many members in one request"));
        }
        self.judge(values).map_err(|(index, broken)| self.refuse(size, index, &broken))
    }

    fn authorize(&self, header: Option<&str>, now: Timestamp) -> Result<(), &'static str> {
        let (scheme, token) = header.and_then(|header| header.split_once(' ')).ok_or("no bearer token")?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err("no bearer token");
        }
        let till = self.tokens.get(token.trim()).ok_or("unknown token")?;
        if now < *till { Ok(()) } else { Err("token expired") }
    }

    /// The members, or the first that breaks a rule or is to be refused.
    fn judge(&mut self, values: Vec<Value>) -> Result<Vec<Member>, (usize, Broken)> {
        let require = |effect: &Effect| if let Effect::Require(fields) = effect { Some(fields.clone()) } else { None };
        let required = self.faults.fire(Target::Members, require).unwrap_or_default();
        let read = |(index, value)| Member::read(value, &required).map_err(|broken| (index, broken));
        let members: Vec<Member> = values.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
        let unwanted = |effect: &Effect| match effect {
            Effect::RefuseAll => Some(0),
            Effect::Refuse(ids) => members.iter().position(|member| ids.contains(&member.unique_id)),
            _ => None,
        };
        match self.faults.fire(Target::Members, unwanted) {
            Some(index) => Err((index, Broken { field: "unique_id".into(), rule: "not acceptable" })),
            None => Ok(members),
        }
    }

    fn refuse(&mut self, size: usize, index: usize, broken: &Broken) -> Refusal {
        let Broken { field, rule } = broken;
        let named = |effect: &Effect| (*effect == Effect::NameRefused).then_some(());
        let told = match self.faults.fire(Target::Members, named) {
            Some(()) => json!({"error": "validation failed", "index": index, "field": field, "reason": rule}),
            None => json!({"error": "validation failed"}),
        };
        let reason = format!("member {index}: {field} {rule}");
        Refusal { outcome: Outcome::Refused, status: 422, size: Some(size), reason, told }
    }

    fn apply(&mut self, members: Vec<Member>, now: Timestamp) -> Verdict {
        let size = Some(members.len());
        let in_active = Some(members.iter().filter(|member| member.status == Status::InActive).count());
        let fate = self.faults.fate(Target::Members);
        let outcome = if let Some(Effect::Late(late)) = &fate {
            self.postpone(members, now, late.after);
            Outcome::AppliedLate
        } else {
            self.upsert(members, now);
            Outcome::Applied
        };
        let answer = self.faults.dress(Target::Members, Answer::new(200, OK), fate);
        Verdict { outcome, answer, size, in_active, reason: None }
    }
}
