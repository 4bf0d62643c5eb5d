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

impl Verdict {
    fn refused(outcome: Outcome, answer: Answer, size: Option<usize>, reason: impl Into<String>) -> Self {
        Self { outcome, answer, size, in_active: None, reason: Some(reason.into()) }
    }

    fn plain(outcome: Outcome, status: u16, size: Option<usize>, reason: &str) -> Self {
        Self::refused(outcome, Answer::error(status, reason), size, reason)
    }
}

impl Veris {
    /// All of a batch takes effect, or nothing of it.
    pub(in crate::sandbox) fn push(&mut self, push: &Push<'_>, now: Timestamp) -> Answer {
        self.settle(now);
        let verdict = match self.before(Target::Members) {
            Some(answer) => Verdict::refused(Outcome::Fault, answer, None, "sandbox fault"),
            None => self.read(push, now).map_or_else(|verdict| verdict, |members| self.apply(members, now)),
        };
        let Verdict { outcome, answer, size, in_active, reason } = verdict;
        self.journal.pushed(Receipt { at: now, size, in_active, outcome, answer: answer.seen(), reason });
        answer
    }

    fn read(&mut self, push: &Push<'_>, now: Timestamp) -> Result<Vec<Member>, Verdict> {
        self.authorize(push.authorization, now)
            .map_err(|reason| Verdict::plain(Outcome::Unauthorized, 401, None, reason))?;
        let json = push.content_type.is_some_and(|kind| kind.trim_start().starts_with("application/json"));
        if !json {
            return Err(Verdict::plain(Outcome::Unreadable, 415, None, "Content-Type is not application/json"));
        }
        let values: Vec<Value> = match serde_json::from_slice(push.body) {
            Ok(Value::Array(values)) => values,
            Ok(_) => return Err(Verdict::plain(Outcome::Unreadable, 400, None, "not a JSON array")),
            Err(_) => return Err(Verdict::plain(Outcome::Unreadable, 400, None, "not JSON")),
        };
        let size = values.len();
        let limit = |effect: &Effect| if let Effect::BatchLimit(limit) = effect { Some(*limit) } else { None };
        if size > self.faults.fire(Target::Members, limit).unwrap_or(self.options.batch_limit) {
            return Err(Verdict::plain(Outcome::OverLimit, 413, Some(size), "too many members in one request"));
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

    fn refuse(&mut self, size: usize, index: usize, broken: &Broken) -> Verdict {
        let Broken { field, rule } = broken;
        let named = |effect: &Effect| (*effect == Effect::NameRefused).then_some(());
        let answer = match self.faults.fire(Target::Members, named) {
            Some(()) => Answer::json(
                422,
                &json!({"error": "validation failed", "index": index, "field": field, "reason": rule}),
            ),
            None => Answer::error(422, "validation failed"),
        };
        Verdict::refused(Outcome::Refused, answer, Some(size), format!("member {index}: {field} {rule}"))
    }

    fn apply(&mut self, members: Vec<Member>, now: Timestamp) -> Verdict {
        let size = Some(members.len());
        let in_active = Some(members.iter().filter(|member| member.status == Status::InActive).count());
        let fate = self.fate(Target::Members);
        let outcome = match &fate {
            Some(Effect::Late(late)) => {
                self.postpone(members, now, late.after);
                Outcome::AppliedLate
            }
            _ => {
                self.upsert(members, now);
                Outcome::Applied
            }
        };
        let answer = self.dress(Target::Members, Answer::new(200, OK), fate);
        Verdict { outcome, answer, size, in_active, reason: None }
    }
}
